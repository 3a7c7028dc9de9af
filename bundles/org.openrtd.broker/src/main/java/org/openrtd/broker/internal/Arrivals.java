package org.openrtd.broker.internal;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets so many connect at a time. When a whole site comes back at once, each of hundreds would take longer than its client
 * waits; all would give up, begin again, and leave the broker to clear up, and none would ever be connected. Who is put off
 * comes again within seconds, and those who are connecting are done soon.
 */
final class Arrivals {

    private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);

    /** Who takes longer than this is slow by himself, and keeps nobody out. */
    static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long TELL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final int most;
    private final LongSupplier nanoTime;
    /** Since when they have been connecting, by the connection's id. */
    private final Map<Object, Long> connecting = new ConcurrentHashMap<>();

    /** All who were let in, until they go. */
    private final Set<Object> known = ConcurrentHashMap.newKeySet();

    private final LongAdder putOff = new LongAdder();
    private long toldAt;
    private boolean told;

    Arrivals(int most, LongSupplier nanoTime) {
        this.most = most;
        this.nanoTime = nanoTime;
    }

    /** Whether he was let in before. */
    boolean isKnown(Object id) {
        return known.contains(id);
    }

    /** Whether one more may connect now; he is counted until {@link #done}, and known until {@link #gone}. */
    synchronized boolean begin(Object id) {
        long now = nanoTime.getAsLong();
        connecting.values().removeIf(since -> now - since > LONGEST_NANOS);
        if (connecting.size() < most) {
            connecting.put(id, now);
            known.add(id);
            return true;
        }
        putOff.increment();
        if (!told || now - toldAt > TELL_NANOS) {
            told = true;
            toldAt = now;
            LOG.info(
                    "{} are connecting at this moment: who comes meanwhile is put off, {} times since the start",
                    most,
                    putOff.sum());
        }
        return false;
    }

    /** He has connected, and begins. */
    void done(Object id) {
        if (!connecting.isEmpty()) {
            connecting.remove(id);
        }
    }

    /** His connection has ended. */
    void gone(Object id) {
        known.remove(id);
        connecting.remove(id);
    }

    /** How often somebody was put off. */
    long putOff() {
        return putOff.sum();
    }
}
