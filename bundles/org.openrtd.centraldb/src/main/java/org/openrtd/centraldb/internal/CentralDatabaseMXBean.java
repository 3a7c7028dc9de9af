package org.openrtd.centraldb.internal;

import java.util.Date;

/** What operators see of the central database. */
public interface CentralDatabaseMXBean {

    long getLogSequence();

    double getAppendedPerSecond();

    /** Sequence 0 and no time before the first. */
    long getLastCheckpointSequence();

    Date getLastCheckpointTime();

    long getLastCheckpointBytes();

    long getRecoveryKey();

    double getCommittedPerSecond();

    long getRefusedTransactions();

    long getChangeLogFirstKey();

    long getChangeLogEntries();

    long getChangeLogBytes();

    String getFeedId();

    long getEpoch();

    String getDatabaseProduct();

    String getDatabaseUrl();

    long getDatabaseBytes();

    String getBackup();

    /** Returns at once. */
    void startBackup(String directory);
}
