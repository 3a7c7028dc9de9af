package org.openrtd.centraldb.internal;

import java.util.function.LongSupplier;

/** How many a second, over the last ten whole seconds of a monotonic clock. */
final class Rate {

    private static final int SECONDS = 10;

    private final LongSupplier nanos;
    private final long[] counts = new long[SECONDS + 1];
    private long second;

    Rate(LongSupplier nanos) {
        this.nanos = nanos;
        this.second = now();
    }

    synchronized void add(long count) {
        advance();
        counts[index(second)] += count;
    }

    synchronized double perSecond() {
        advance();
        long sum = 0;
        for (int i = 1; i <= SECONDS; i++) {
            sum += counts[index(second - i)];
        }
        return (double) sum / SECONDS;
    }

    private void advance() {
        long now = now();
        for (long next = Math.max(second + 1, now - SECONDS); next <= now; next++) {
            counts[index(next)] = 0;
        }
        second = now;
    }

    private long now() {
        return Math.floorDiv(nanos.getAsLong(), 1_000_000_000L);
    }

    private int index(long of) {
        return (int) Math.floorMod(of, (long) counts.length);
    }
}
