package org.openrtd.feed.simulation;

import java.util.Arrays;

/** Virtual time: what is to happen when, in one order. A heap of its own, as this is half of what a history costs. */
public final class Scheduler {

    /** The time in the upper half, a running number in the lower one: what is due at one moment happens as it was asked. */
    private long[] keys = new long[256];

    private Runnable[] tasks = new Runnable[256];
    private int size;
    private long now;
    private long number;

    public long now() {
        return now;
    }

    public void at(long time, Runnable what) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, size * 2);
            tasks = Arrays.copyOf(tasks, size * 2);
        }
        long key = Math.max(now, time) << 32 | number++;
        int at = size++;
        while (at > 0 && keys[at - 1 >>> 1] > key) {
            int parent = at - 1 >>> 1;
            keys[at] = keys[parent];
            tasks[at] = tasks[parent];
            at = parent;
        }
        keys[at] = key;
        tasks[at] = what;
    }

    public void after(long delay, Runnable what) {
        at(now + delay, what);
    }

    /** Has all happen that is due until then. */
    public void runUntil(long time) {
        while (size > 0 && keys[0] >>> 32 <= time) {
            now = keys[0] >>> 32;
            remove().run();
        }
        now = time;
    }

    private Runnable remove() {
        Runnable first = tasks[0];
        long key = keys[--size];
        Runnable last = tasks[size];
        tasks[size] = null;
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && keys[child + 1] < keys[child]) {
                child++;
            }
            if (keys[child] >= key) {
                break;
            }
            keys[at] = keys[child];
            tasks[at] = tasks[child];
            at = child;
        }
        if (size > 0) {
            keys[at] = key;
            tasks[at] = last;
        }
        return first;
    }
}
