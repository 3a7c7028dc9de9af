package org.openrtd.realtimeserver.internal;

import java.util.function.LongSupplier;
import org.openrtd.feed.MonotonicClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller's time where the controller itself moves it: the wall clock at the start plus monotonic time, drawn
 * towards the wall clock slowly and never back. A step of the wall clock of more than 5 s is not followed until an operator
 * accepts it. For one thread, except {@link #step} and {@link #accept}.
 */
final class ControllerClock {

    private static final Logger LOG = LoggerFactory.getLogger(ControllerClock.class);
    static final long STEP_MILLIS = 5_000;
    /** One millisecond in two hundred: no duration shows it, and a minute's difference is gone in a few hours. */
    private static final long SLEW = 200;

    private final MonotonicClock monotonic;
    private final LongSupplier wall;
    private long lastMonotonic;
    /** Controller time at lastMonotonic, and what of a millisecond is owed to the slewing. */
    private long now;

    private long owed;
    private long given;
    private volatile long step;
    private volatile boolean accepted;

    /** @param atLeast where the controller's time has come to before */
    ControllerClock(MonotonicClock monotonic, LongSupplier wall, long atLeast) {
        this.monotonic = monotonic;
        this.wall = wall;
        this.lastMonotonic = monotonic.millis();
        this.now = Math.max(wall.getAsLong(), atLeast);
        this.given = now;
    }

    /** UTC ms; never less than before. */
    long millis() {
        long present = monotonic.millis();
        long passed = Math.max(0, present - lastMonotonic);
        lastMonotonic = present;
        now += passed;
        long behind = wall.getAsLong() - now;
        if (Math.abs(behind) > STEP_MILLIS && !accepted) {
            if (step == 0) {
                LOG.warn(
                        "The wall clock of this node was set {} ms {}; the controller's clock goes on as before. Set the"
                                + " wall clock right, or accept it by the operation acceptClockStep of"
                                + " org.openrtd:type=RealTimeServer",
                        Math.abs(behind),
                        behind > 0 ? "ahead" : "back");
            }
            step = behind;
        } else {
            if (step != 0 && Math.abs(behind) <= STEP_MILLIS) {
                LOG.info("The wall clock of this node and the controller's clock agree again");
            }
            step = 0;
            if (behind > STEP_MILLIS) {
                now += behind;
            } else if (behind < -STEP_MILLIS) {
                // Time does not go back, but it may stand still until the wall clock has come here.
                now -= passed;
            } else {
                slew(passed, behind);
            }
            if (Math.abs(behind) <= STEP_MILLIS) {
                accepted = false;
            }
        }
        given = Math.max(given, now);
        return given;
    }

    private void slew(long passed, long behind) {
        owed += passed;
        long correction = Math.min(owed / SLEW, Math.abs(behind));
        if (behind == 0) {
            owed = 0;
        } else {
            owed -= (owed / SLEW) * SLEW;
            now += behind > 0 ? correction : -correction;
        }
    }

    /** How far the wall clock is ahead, in ms, when that waits for an operator; else 0. */
    long step() {
        return step;
    }

    /** Follows the wall clock where it was set to: ahead at once, back by standing still until then. */
    void accept() {
        accepted = true;
    }
}
