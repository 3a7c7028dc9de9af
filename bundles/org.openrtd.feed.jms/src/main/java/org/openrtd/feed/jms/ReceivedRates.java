package org.openrtd.feed.jms;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaStatistics;

/**
 * What replicas received per second between the times that somebody asked: over at least a second and, where it was asked
 * that long ago, a minute. Whoever asks regularly gets regular rates; nobody's asking spoils another's.
 */
final class ReceivedRates {

    /** Negative while nobody asked a second ago or more. */
    record Rates(double batches, double rowChanges, double bytes) {
        private static final Rates UNKNOWN = new Rates(-1, -1, -1);
    }

    private record Sample(long nanos, ReplicaStatistics statistics) {}

    private static final long SECOND = 1_000_000_000;
    private static final long WINDOW = 60 * SECOND;

    private final LongSupplier nanoTime;
    private final Map<Replica, Deque<Sample>> samples = new WeakHashMap<>();

    ReceivedRates(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized Rates of(Replica replica, ReplicaStatistics now) {
        long nanos = nanoTime.getAsLong();
        Deque<Sample> kept = samples.computeIfAbsent(replica, asked -> new ArrayDeque<>());
        while (kept.size() > 1 && nanos - kept.getFirst().nanos > WINDOW) {
            kept.removeFirst();
        }
        Sample first = kept.peekFirst();
        if (kept.isEmpty() || nanos - kept.getLast().nanos >= SECOND) {
            kept.addLast(new Sample(nanos, now));
        }
        if (first == null || nanos - first.nanos < SECOND) {
            return Rates.UNKNOWN;
        }
        double seconds = (nanos - first.nanos) / (double) SECOND;
        return new Rates(
                (now.batches() - first.statistics.batches()) / seconds,
                (now.rowChanges() - first.statistics.rowChanges()) / seconds,
                (now.bytes() - first.statistics.bytes()) / seconds);
    }
}
