package org.openrtd.feed.internal;

/**
 * Reckons when, by the own clock, the origin made something. The smallest difference seen between the two clocks is that
 * of the message that was delivered fastest; against it every delay shows. Answers bound how long that one took.
 */
public final class Freshness {

    // Clocks run apart by up to this part of the time; without it, after a day, fresh data would look seconds old.
    private static final long DRIFT = 5000;

    /** How long the way of an answer is taken to be at most, as a part of the heartbeat's interval. */
    public static final int WAY_BACK = 4;

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

    /**
     * An answer is here to what was asked at {@code asked}: so it was made after that. No single message could say how long
     * it was on its way, and a line that is slow from the beginning would pass for a fast one, and for ever; nor would
     * anything tell that a clock stood still, as that of a suspended machine does.
     *
     * @param wayBack how long the answer may have been on its way at most; what took longer counts as the rows' age
     */
    void answered(long asked, long now, long originTime, long age, long wayBack) {
        heard(now, originTime, age);
        long least = asked - age - originTime;
        long is = difference(now);
        long between = Math.max(least, Math.min(is, least + wayBack));
        if (between != is) {
            difference = between;
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
