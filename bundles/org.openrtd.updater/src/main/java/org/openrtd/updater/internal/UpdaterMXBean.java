package org.openrtd.updater.internal;

import org.openrtd.feed.jms.Description;

/** What the updater shows over JMX. */
@Description("The role updater: keeps the configuration in the local database in step with the centre.")
public interface UpdaterMXBean {

    @Description("One line: what it does, or what is wrong.")
    String getSummary();

    @Description("What somebody has to look at, and what to do; empty when there is nothing.")
    String getAlarm();

    @Description("The id of the central database whose configuration is in the local database; empty before the first.")
    String getFeedId();

    @Description("The part of the history: epoch:recovery key of the last transaction in the local database.")
    String getPosition();

    @Description("The recovery key of the last transaction in the local database.")
    long getRecoveryKey();

    @Description("EQUAL, UNKNOWN or DIFFERENT: whether the rows are those of the centre.")
    String getDigests();

    @Description("Transactions that the replica has and the local database has not yet.")
    int getWaiting();

    @Description("Transactions of the centre written since the updater began.")
    long getTransactions();

    @Description("Rows put or deleted since the updater began.")
    long getChangedRows();

    @Description("How often rows were found to differ and written anew since the updater began.")
    long getRepairs();

    @Description("The last repair: when, and why; empty when there was none.")
    String getLastRepair();

    @Description("How often all rows were read and compared since the updater began.")
    long getScrubs();

    @Description("How often the database refused something since the updater began.")
    long getFailures();

    @Description("How long the last commit took, in ms.")
    long getCommitMillis();

    @Description("Reads all rows of the local database and compares them with those that were written, now.")
    void scrub();
}
