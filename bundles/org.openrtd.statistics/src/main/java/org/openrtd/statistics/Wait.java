package org.openrtd.statistics;

/** One service level clock and one place in a queue: a call's at its call type, or at one of its skill groups. */
class Wait {

    /** When it entered the queue, by the peripheral's clock, UTC ms. */
    long queuedTime;

    Line.Spot<Wait> queueSpot;
    Line.Spot<Wait> dueSpot;

    /** The threshold in force when the clock started, in seconds. */
    int threshold;

    /** Whether the one service level event has been, or there is to be none. */
    boolean serviceLevelDone;

    /** Whether that event was the passing of the threshold. */
    boolean thresholdPassed;

    /** Ends the clock: nothing passes any more. */
    final void stopClock() {
        serviceLevelDone = true;
        if (dueSpot != null) {
            dueSpot.leave();
            dueSpot = null;
        }
    }

    final boolean inQueue() {
        return queueSpot != null;
    }

    /** Whether {@code lasted} ms are within the threshold, which includes its last moment. */
    final boolean within(long lasted) {
        return lasted <= threshold * 1000L;
    }
}
