package org.openrtd.updater.internal;

import java.time.Duration;

/**
 * Limits and intervals.
 *
 * @param partRows how many rows one transaction changes at most, but for a single transaction of the centre
 * @param scrubInterval between the end of a scrub and the next; all rows are compared with those that were written
 * @param lease for how long readers may take what was said of the feed for true
 */
record UpdaterSettings(int partRows, Duration scrubInterval, Duration lease) {

    static final UpdaterSettings DEFAULT = new UpdaterSettings(5000, Duration.ofHours(1), Duration.ofSeconds(15));

    UpdaterSettings {
        if (partRows < 1 || partRows > 1_000_000) {
            throw new IllegalArgumentException("partRows is 1 to 1000000, not " + partRows);
        }
        if (scrubInterval.toMillis() < 1000) {
            throw new IllegalArgumentException("scrubIntervalMillis is at least 1000, not " + scrubInterval.toMillis());
        }
        if (lease.toSeconds() < 3) {
            throw new IllegalArgumentException("leaseSeconds is at least 3, not " + lease.toSeconds());
        }
    }
}
