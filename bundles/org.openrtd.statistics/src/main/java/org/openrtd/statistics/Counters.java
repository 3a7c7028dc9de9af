package org.openrtd.statistics;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Counters over the last five minutes, the current half hour and the current day. */
final class Counters {

    /** The sliding window is (t − 300 s, t]. */
    static final int WINDOW = 300;

    final long[] to5;
    final long[] half;
    final long[] today;
    private final Changes window = new Changes();

    Counters(int counters) {
        to5 = new long[counters];
        half = new long[counters];
        today = new long[counters];
    }

    void add(int counter, long amount, long second) {
        if (amount == 0) {
            return;
        }
        to5[counter] += amount;
        half[counter] += amount;
        today[counter] += amount;
        window.add(second, counter, amount);
    }

    /** Takes back what the window left behind; says whether that was anything. */
    boolean slide(long second) {
        boolean moved = false;
        while (window.firstSecond() <= second - WINDOW) {
            to5[window.firstWhat()] -= window.firstAmount();
            window.removeFirst();
            moved = true;
        }
        return moved;
    }

    boolean slides() {
        return !window.isEmpty();
    }

    void endHalf() {
        java.util.Arrays.fill(half, 0);
    }

    void endDay() {
        java.util.Arrays.fill(today, 0);
    }

    void writeTo(DataOutput out) throws IOException {
        Wire.writeLongs(out, half);
        Wire.writeLongs(out, today);
        window.writeTo(out);
    }

    void readFrom(DataInput in) throws IOException {
        Wire.readLongs(in, half);
        Wire.readLongs(in, today);
        window.readFrom(in, to5.length);
        // What is in the window is what the window's sums are made of.
        window.forEach((what, amount) -> to5[what] += amount);
    }
}
