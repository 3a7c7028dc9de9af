package org.openrtd.realtimeserver.internal;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Set;

/**
 * What the engine goes by.
 *
 * @param zone of the centre; used when nothing has been folded yet
 * @param autoConfigure gateways whose unknown names are configured; {@code *} for all
 * @param maxWaitingEvents that wait for the database, before gateways wait
 */
record Settings(
        ClockMode clock,
        ZoneId zone,
        Set<String> autoConfigure,
        Duration silentAfter,
        Duration minInterval,
        Duration checkpointInterval,
        int maxWaitingEvents) {

    Settings {
        autoConfigure = Set.copyOf(autoConfigure);
        atLeast("silentAfterMillis", silentAfter.toMillis(), 100);
        atLeast("minIntervalMillis", minInterval.toMillis(), 1);
        atLeast("checkpointSeconds", checkpointInterval.toSeconds(), 1);
        atLeast("maxWaitingEvents", maxWaitingEvents, 1);
    }

    private static void atLeast(String key, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(key + " is at least " + least + ", not " + value
                    + ": set it in etc/org.openrtd.realtimeserver.cfg");
        }
    }

    /** With the clock and the zone of others, which take effect at a start only. */
    Settings as(Settings started) {
        return new Settings(
                started.clock,
                started.zone,
                autoConfigure,
                silentAfter,
                minInterval,
                checkpointInterval,
                maxWaitingEvents);
    }

    boolean configures(String gateway) {
        return autoConfigure.contains("*") || autoConfigure.contains(gateway);
    }
}
