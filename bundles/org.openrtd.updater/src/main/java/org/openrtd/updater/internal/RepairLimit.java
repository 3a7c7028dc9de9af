package org.openrtd.updater.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** At most a few repairs of a table an hour, so that what cannot be repaired is not repaired for ever. */
final class RepairLimit {

    static final int MOST = 3;
    private static final long HOUR_MILLIS = 3_600_000;

    private final Map<String, Deque<Long>> byTable = new HashMap<>();

    /** Whether one more is allowed; if so, it is counted. */
    boolean take(String table, long now) {
        Deque<Long> times = byTable.computeIfAbsent(table, name -> new ArrayDeque<>());
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
