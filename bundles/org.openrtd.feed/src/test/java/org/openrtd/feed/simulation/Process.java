package org.openrtd.feed.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import org.openrtd.feed.MonotonicClock;

/**
 * One run of a process: its clock begins anywhere. What arrives while it is paused happens when it goes on; what arrives
 * after it stopped never does.
 */
public final class Process {

    final String name;
    final int run;
    private final Scheduler scheduler;
    private final long clockOffset;
    private final Deque<Runnable> held = new ArrayDeque<>();
    private boolean paused;
    private boolean stopped;

    Process(String name, int run, Scheduler scheduler, long clockOffset) {
        this.name = name;
        this.run = run;
        this.scheduler = scheduler;
        this.clockOffset = clockOffset;
    }

    public MonotonicClock clock() {
        return () -> scheduler.now() + clockOffset;
    }

    boolean isRunning() {
        return !paused && !stopped;
    }

    boolean isStopped() {
        return stopped;
    }

    void pause() {
        paused = true;
    }

    void goOn() {
        paused = false;
        while (!held.isEmpty() && !paused) {
            held.remove().run();
        }
    }

    void stop() {
        stopped = true;
        held.clear();
    }

    /** Has it happen in this process, now or when it goes on. */
    void run(Runnable what) {
        if (stopped) {
            return;
        }
        if (paused) {
            held.add(what);
        } else {
            what.run();
        }
    }

    /** Calls it at each interval while the process lives; intervals that a pause covered are made up for once. */
    void every(long interval, Runnable what) {
        boolean[] waiting = new boolean[1];
        tick(interval, () -> {
            if (!waiting[0]) {
                waiting[0] = true;
                run(() -> {
                    waiting[0] = false;
                    what.run();
                });
            }
        });
    }

    private void tick(long interval, Runnable what) {
        scheduler.after(interval, () -> {
            if (!stopped) {
                what.run();
                tick(interval, what);
            }
        });
    }

    @Override
    public String toString() {
        return name + "#" + run;
    }
}
