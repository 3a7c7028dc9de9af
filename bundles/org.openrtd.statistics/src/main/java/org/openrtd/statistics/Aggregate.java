package org.openrtd.statistics;

import org.openrtd.catalog.Catalog;

/** What calls are counted for: a call type or a skill group. */
abstract class Aggregate extends Live {

    /** A threshold that is not configured: no call has a service level event. */
    static final int NO_THRESHOLD = -1;

    final int id;
    String name;
    int threshold = NO_THRESHOLD;
    int serviceLevelType = 1;
    Period period;

    final Counters counters;

    /** Who is in queue, in the order of entry. */
    final Line<Wait> queue = new Line<>();

    /** Whose service level threshold is still to pass, in the order of passing. */
    final Line<Wait> due = new Line<>();

    /** The sum of the whole seconds at which those in queue entered it: what all have waited is a subtraction. */
    long enteredSum;

    /** Whether it is among those that each second looks at. */
    boolean active;

    Aggregate(int id, int counterCount) {
        this.id = id;
        this.counters = new Counters(counterCount);
    }

    @Override
    String feed() {
        return Catalog.CALLS;
    }

    /** Counts that a threshold passed. */
    abstract void passed(Wait wait, long second);

    /** Takes note of a second that has passed; says whether the row changed. */
    abstract boolean tick(long second);

    /** Whether the next seconds can change the row without an event. */
    abstract boolean needsTicks();

    abstract void endHalf(long second);

    abstract void endDay();

    final void enqueue(Wait wait, long at) {
        wait.queueSpot = queue.join(wait, at);
        enteredSum += Math.floorDiv(at, 1000L);
    }

    final void dequeue(Wait wait) {
        if (wait.queueSpot != null) {
            enteredSum -= Math.floorDiv(wait.queueSpot.time, 1000L);
            wait.queueSpot.leave();
            wait.queueSpot = null;
        }
    }

    /** Lets a call's service level clock start. */
    final void expect(Wait wait, long at) {
        wait.threshold = threshold;
        wait.serviceLevelDone = threshold == NO_THRESHOLD;
        if (!wait.serviceLevelDone) {
            wait.dueSpot = due.join(wait, at + threshold * 1000L);
        }
    }

    final boolean firePassed(long second) {
        boolean fired = false;
        while (due.firstTime() <= second * 1000) {
            Wait wait = due.first();
            wait.dueSpot.leave();
            wait.dueSpot = null;
            wait.serviceLevelDone = true;
            wait.thresholdPassed = true;
            passed(wait, second);
            fired = true;
        }
        return fired;
    }

    /** The service level by type, or {@code null} when its divisor is 0. */
    static Double serviceLevel(int type, long calls, long abandoned, long offered) {
        long divisor = type == 1 ? offered - abandoned : offered;
        if (divisor <= 0) {
            return null;
        }
        return (double) (type == 3 ? calls + abandoned : calls) / divisor;
    }

    static Integer average(long sum, long count) {
        return count == 0 ? null : (Integer) number(sum / count);
    }
}
