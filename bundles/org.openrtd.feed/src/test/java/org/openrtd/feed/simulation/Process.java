package org.openrtd.feed.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import org.openrtd.feed.MonotonicClock;

/**
 * One run of a process: its clock begins anywhere, and is a little fast or slow. What arrives while it is paused happens when it goes on; what arrives
 * after it stopped never does.
 */
public final class Process {

    final String name;
    final int run;
    private final Scheduler scheduler;
    private final long clockOffset;
    private final long drift;
    private final String text;
    private final Deque<Runnable> held = new ArrayDeque<>();
    private boolean paused;
    private boolean stopped;
    /** Since when its machine is suspended, which stops the clock too; or -1. */
    private long suspendedAt = -1;
    /** For how long it was so far. */
    private long suspended;

    /** @param drift by how many millionths its clock is fast, or slow when negative */
    Process(String name, int run, Scheduler scheduler, long clockOffset, int drift) {
        this.name = name;
        this.run = run;
        this.scheduler = scheduler;
        this.clockOffset = clockOffset;
        this.drift = drift;
        this.text = name + "#" + run;
    }

    public MonotonicClock clock() {
        return () -> {
            long ran = (suspendedAt < 0 ? scheduler.now() : suspendedAt) - suspended;
            return ran + ran * drift / 1_000_000 + clockOffset;
        };
    }

    boolean isRunning() {
        return !paused && !stopped;
    }

    boolean isStopped() {
        return stopped;
    }

    boolean isSuspended() {
        return suspendedAt >= 0;
    }

    void pause() {
        paused = true;
    }

    /** Pauses with all its machine. */
    void suspend() {
        paused = true;
        suspendedAt = suspendedAt < 0 ? scheduler.now() : suspendedAt;
    }

    void goOn() {
        paused = false;
        if (suspendedAt >= 0) {
            suspended += scheduler.now() - suspendedAt;
            suspendedAt = -1;
        }
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
        return text;
    }
}
