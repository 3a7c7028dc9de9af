package org.openrtd.feed.simulation;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Virtual time: what is to happen when, in one order. */
public final class Scheduler {

    private record Task(long at, long number, Runnable what) {}

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::number));
    private long now;
    private long number;

    public long now() {
        return now;
    }

    public void at(long time, Runnable what) {
        tasks.add(new Task(Math.max(now, time), number++, what));
    }

    public void after(long delay, Runnable what) {
        at(now + delay, what);
    }

    /** Has all happen that is due until then. */
    public void runUntil(long time) {
        while (!tasks.isEmpty() && tasks.peek().at() <= time) {
            Task task = tasks.remove();
            now = task.at();
            task.what().run();
        }
        now = time;
    }
}
