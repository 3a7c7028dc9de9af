package org.openrtd.statistics;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A queue of (second, what, how much), at most one entry for each second and what: what a sliding window has to take back
 * when it leaves a second behind. It holds entries only for seconds in which something happened.
 */
final class Changes {

    private static final int WHATS = 64;

    private long[] keys = new long[0];
    private long[] amounts = new long[0];
    private int first;
    private int size;

    void add(long second, int what, long amount) {
        long key = second * WHATS + what;
        for (int i = size - 1; i >= 0; i--) {
            int at = (first + i) & (keys.length - 1);
            if (keys[at] == key) {
                amounts[at] += amount;
                return;
            }
            if (Math.floorDiv(keys[at], WHATS) != second) {
                break;
            }
        }
        if (size == keys.length) {
            grow();
        }
        int at = (first + size++) & (keys.length - 1);
        keys[at] = key;
        amounts[at] = amount;
    }

    private void grow() {
        int capacity = Math.max(16, keys.length * 2);
        long[] newKeys = new long[capacity];
        long[] newAmounts = new long[capacity];
        for (int i = 0; i < size; i++) {
            newKeys[i] = keys[(first + i) & (keys.length - 1)];
            newAmounts[i] = amounts[(first + i) & (keys.length - 1)];
        }
        keys = newKeys;
        amounts = newAmounts;
        first = 0;
    }

    boolean isEmpty() {
        return size == 0;
    }

    long firstSecond() {
        return size == 0 ? Long.MAX_VALUE : Math.floorDiv(keys[first], WHATS);
    }

    int firstWhat() {
        return (int) Math.floorMod(keys[first], (long) WHATS);
    }

    long firstAmount() {
        return amounts[first];
    }

    void removeFirst() {
        first = (first + 1) & (keys.length - 1);
        if (--size == 0 && keys.length > 16) {
            // What was busy and is quiet now gives its memory back.
            keys = new long[0];
            amounts = new long[0];
            first = 0;
        }
    }

    interface Visitor {
        void visit(int what, long amount);
    }

    void forEach(Visitor visitor) {
        for (int i = 0; i < size; i++) {
            int at = (first + i) & (keys.length - 1);
            visitor.visit((int) Math.floorMod(keys[at], (long) WHATS), amounts[at]);
        }
    }

    void writeTo(DataOutput out) throws IOException {
        Wire.writeLong(out, size);
        long before = 0;
        for (int i = 0; i < size; i++) {
            int at = (first + i) & (keys.length - 1);
            Wire.writeLong(out, keys[at] - before);
            Wire.writeLong(out, amounts[at]);
            before = keys[at];
        }
    }

    void readFrom(DataInput in, int whats) throws IOException {
        int count = Wire.readCount(in, Wire.MANY);
        long before = 0;
        for (int i = 0; i < count; i++) {
            before += Wire.readLong(in);
            long second = Math.floorDiv(before, WHATS);
            int what = (int) Math.floorMod(before, (long) WHATS);
            if (what >= whats) {
                throw new IOException("A checkpoint counts something unknown: " + what);
            }
            add(second, what, Wire.readLong(in));
        }
    }
}
