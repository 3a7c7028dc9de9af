package org.openrtd.updater.internal;

import java.util.ArrayDeque;
import java.util.Deque;

/** At most a few repairs an hour, so that what cannot be repaired is not repaired for ever. */
final class RepairLimit {

    static final int MOST = 3;
    private static final long HOUR_MILLIS = 3_600_000;

    private final Deque<Long> times = new ArrayDeque<>();

    /** Whether one more is allowed; if so, it is counted. */
    boolean take(long now) {
        while (!times.isEmpty() && now - times.peek() >= HOUR_MILLIS) {
            times.remove();
        }
        if (times.size() >= MOST) {
            return false;
        }
        times.add(now);
        return true;
    }
}
