package org.openrtd.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** When each of a series is due, and how long after that it arrived. */
final class Due {

    private final AtomicLongArray at;
    private final AtomicLongArray arrived;

    Due(int count) {
        at = new AtomicLongArray(count);
        arrived = new AtomicLongArray(count);
    }

    interface Send {
        void send(int index, long due) throws Exception;
    }

    void run(int intervalMillis, Send send) throws Exception {
        long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
        for (int i = 0; i < at.length(); i++) {
            long due = begin + TimeUnit.MILLISECONDS.toNanos((long) i * intervalMillis);
            at.set(i, due);
            for (long left; (left = due - System.nanoTime()) > 0; ) {
                LockSupport.parkNanos(left);
            }
            send.send(i, due);
        }
    }

    void arrived(int index, long now) {
        if (index >= 0 && index < arrived.length()) {
            arrived.set(index, now);
        }
    }

    boolean complete() {
        return arrived.get(arrived.length() - 1) != 0;
    }

    Histogram histogram() {
        Histogram histogram = new Histogram(3);
        for (int i = 0; i < arrived.length(); i++) {
            histogram.recordValue(Math.max(0, arrived.get(i) - at.get(i)));
        }
        return histogram;
    }
}
