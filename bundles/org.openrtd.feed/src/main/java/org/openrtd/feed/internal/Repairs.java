package org.openrtd.feed.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Sees to it that no source is asked for more than a few repairs an hour. */
public class Repairs {

    public static final int MOST = 3;
    private static final long HOUR = 3_600_000;

    private final Map<Integer, Deque<Long>> bySource = new HashMap<>();

    public boolean allows(int source, long now) {
        Deque<Long> times = bySource.computeIfAbsent(source, s -> new ArrayDeque<>());
        while (!times.isEmpty() && now - times.peekFirst() >= HOUR) {
            times.removeFirst();
        }
        return times.size() < MOST;
    }

    public void count(int source, long now) {
        bySource.computeIfAbsent(source, s -> new ArrayDeque<>()).addLast(now);
    }

    /** The sources are others now. */
    public void clear() {
        bySource.clear();
    }

    /** The next source after {@code source} that may be asked, or -1. */
    public int next(int source, int sources, long now) {
        for (int i = 1; i < sources; i++) {
            int other = (source + i) % sources;
            if (allows(other, now)) {
                return other;
            }
        }
        return -1;
    }
}
