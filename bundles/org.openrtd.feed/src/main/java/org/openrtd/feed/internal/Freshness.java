package org.openrtd.feed.internal;

/**
 * Reckons when, by the own clock, the origin made something. The smallest difference seen between the two clocks is that
 * of the message that was delivered fastest; against it every delay shows.
 */
final class Freshness {

    // Clocks run apart by up to this part of the time; without it, after a day, fresh data would look seconds old.
    private static final long DRIFT = 5000;

    private boolean known;
    private long difference;
    private long seenAt;

    /** Another origin's clock begins elsewhere. */
    void restart() {
        known = false;
    }

    /** A message that the origin made at {@code originTime} is here, or was {@code age} ago at the source it came from. */
    void heard(long now, long originTime, long age) {
        long sample = now - age - originTime;
        if (!known || sample < difference(now)) {
            known = true;
            difference = sample;
            seenAt = now;
        }
    }

    boolean isKnown() {
        return known;
    }

    private long difference(long now) {
        return difference + (now - seenAt) / DRIFT;
    }

    /** When the origin's {@code originTime} was, by the own clock. */
    long own(long now, long originTime) {
        return Math.min(now, originTime + difference(now));
    }
}
