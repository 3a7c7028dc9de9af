package org.openrtd.localdb.internal;

import java.time.Duration;

/**
 * How real-time rows are written.
 *
 * @param minInterval between two writings of a feed
 * @param emptyAfter the age at which rows are deleted
 * @param lease after which readers see a feed as stale whose writer says nothing
 */
record WriterSettings(Duration minInterval, Duration emptyAfter, Duration lease) {

    WriterSettings {
        if (minInterval.toMillis() < 1 || emptyAfter.toMillis() < 1000 || lease.toSeconds() < 2) {
            throw new IllegalArgumentException("minIntervalMillis = " + minInterval.toMillis()
                    + ", emptyAfterSeconds = " + emptyAfter.toSeconds() + ", leaseSeconds = " + lease.toSeconds()
                    + ": they are at least 1, 1 and 2; correct them in etc/" + LocalDb.PID + ".cfg");
        }
    }
}
