package org.openrtd.feed.jms;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sees to it that no follower asks for more than others can bear: some requests may come at once, further ones are answered
 * later, and only those of a follower that does not wait for answers are dropped. Used by one thread.
 */
final class Pace {

    /** A request for eight parts of a snapshot each: twice what a line of 1 Gbit/s carries. */
    static final int REQUESTS_PER_SECOND = 500;

    static final int AT_ONCE = 100;
    /** Of one follower. Those of this project have at most two on the way. */
    static final int LATER = 25;

    private static final long INTERVAL_MILLIS = 1000 / REQUESTS_PER_SECOND;
    private static final int MAX_FOLLOWERS_REMEMBERED = 10_000;

    /** By follower: when the next request would be answered, had none been let through at once. */
    private final Map<String, Long> paces = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_FOLLOWERS_REMEMBERED;
        }
    };

    /** In how many milliseconds a request that has come now is to be answered; negative for never. */
    long delay(String follower, long now) {
        long due = Math.max(paces.getOrDefault(follower, now), now);
        long delay = Math.max(0, due - now - AT_ONCE * INTERVAL_MILLIS);
        if (delay > LATER * INTERVAL_MILLIS) {
            return -1;
        }
        paces.put(follower, due + INTERVAL_MILLIS);
        return delay;
    }
}
