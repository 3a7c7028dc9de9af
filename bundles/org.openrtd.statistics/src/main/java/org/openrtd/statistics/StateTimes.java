package org.openrtd.statistics;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * How many agents of a group are in each state, and how long they have been, together: over the last five minutes, the
 * current half hour and the current day. The number of agents in a state is a step function of whole seconds; only its
 * steps within the window are held.
 */
final class StateTimes {

    static final int AVAIL = 0;
    static final int NOT_READY = 1;
    static final int TALK = 2;
    static final int HOLD = 3;
    static final int WORK_READY = 4;
    static final int WORK_NOT_READY = 5;
    static final int BUSY_OTHER = 6;
    static final int RESERVED = 7;
    static final int LOGGED_ON = 8;
    static final int STATES = 9;

    /** How many are in each state now. */
    final int[] now = new int[STATES];

    final long[] to5 = new long[STATES];
    final long[] half = new long[STATES];
    final long[] today = new long[STATES];

    /** How many were in each state when the window began. */
    private final int[] then = new int[STATES];

    private final Changes steps = new Changes();

    /** Up to which second the times are reckoned. */
    private long reckoned = Long.MIN_VALUE;

    void change(int state, int amount, long second) {
        reckon(second);
        now[state] += amount;
        // Only a clock that was set before it was first told can lie behind; the steps stay in order even so.
        steps.add(Math.max(second, reckoned), state, amount);
    }

    /** Brings the times up to a second. */
    void reckon(long second) {
        if (reckoned == Long.MIN_VALUE) {
            reckoned = second;
        }
        while (reckoned < second) {
            long step = steps.isEmpty() ? second : Math.min(second, steps.firstSecond() + Counters.WINDOW);
            long lasted = step - reckoned;
            if (lasted > 0) {
                for (int state = 0; state < STATES; state++) {
                    to5[state] += (now[state] - then[state]) * lasted;
                    half[state] += now[state] * lasted;
                    today[state] += now[state] * lasted;
                }
                reckoned = step;
            }
            while (steps.firstSecond() <= reckoned - Counters.WINDOW) {
                then[steps.firstWhat()] += (int) steps.firstAmount();
                steps.removeFirst();
            }
        }
    }

    /** Whether the times move with each second. */
    boolean moves() {
        return now[LOGGED_ON] != 0 || then[LOGGED_ON] != 0 || !steps.isEmpty();
    }

    void endHalf(long second) {
        reckon(second);
        Arrays.fill(half, 0);
    }

    void endDay() {
        Arrays.fill(today, 0);
    }

    void writeTo(DataOutput out) throws IOException {
        Wire.writeLong(out, reckoned);
        for (int state = 0; state < STATES; state++) {
            Wire.writeLong(out, then[state]);
        }
        Wire.writeLongs(out, to5);
        Wire.writeLongs(out, half);
        Wire.writeLongs(out, today);
        steps.writeTo(out);
    }

    void readFrom(DataInput in) throws IOException {
        reckoned = Wire.readLong(in);
        for (int state = 0; state < STATES; state++) {
            then[state] = Wire.readInt(in);
        }
        Wire.readLongs(in, to5);
        Wire.readLongs(in, half);
        Wire.readLongs(in, today);
        steps.readFrom(in, STATES);
        System.arraycopy(then, 0, now, 0, STATES);
        steps.forEach((state, amount) -> now[state] += (int) amount);
    }
}
