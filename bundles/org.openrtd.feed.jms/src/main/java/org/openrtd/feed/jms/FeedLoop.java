package org.openrtd.feed.jms;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A feed's thread: all that happens to one origin, relay or follower happens on it, in order.
 *
 * <p>A task that throws is logged and counted, and the next one runs: an error in one message must not stop a feed. After
 * {@link #close} tasks are forgotten.
 */
public final class FeedLoop implements Executor, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FeedLoop.class);
    private static final long LOG_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String name;
    private final ScheduledThreadPoolExecutor executor;
    private final AtomicLong errors = new AtomicLong();
    private volatile Thread thread;
    private long lastLogged;

    public FeedLoop(String name) {
        this.name = name;
        this.executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "openrtd-" + name);
            made.setDaemon(true);
            thread = made;
            return made;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(() -> run(task));
        } catch (RejectedExecutionException closed) {
            // Closed: what still arrives is of no use to anyone.
        }
    }

    /** Runs the task once, then. */
    void later(long millis, Runnable task) {
        try {
            executor.schedule(() -> run(task), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            // As above.
        }
    }

    /** Runs the task every so often until the loop is closed. */
    public void every(Duration interval, Runnable task) {
        executor.scheduleWithFixedDelay(() -> run(task), interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Runs the task on the loop and waits for its result; when called on the loop, runs it at once.
     *
     * @throws IllegalStateException when the loop is closed before the task has run, or the task fails
     */
    public <T> T call(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        try {
            if (Thread.currentThread() == thread) {
                future.run();
            } else {
                executor.execute(future);
            }
            while (true) {
                try {
                    return future.get(100, TimeUnit.MILLISECONDS);
                } catch (java.util.concurrent.TimeoutException waiting) {
                    if (executor.isTerminated() && !future.isDone()) {
                        throw new IllegalStateException("The loop " + name + " was closed");
                    }
                }
            }
        } catch (RejectedExecutionException closed) {
            throw new IllegalStateException("The loop " + name + " is closed", closed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the loop " + name, interrupted);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(failed.getCause());
        }
    }

    /** Tasks that threw. */
    public long errors() {
        return errors.get();
    }

    /** Tasks that wait. */
    public int waiting() {
        return executor.getQueue().size();
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable error) {
            errors.incrementAndGet();
            long now = System.nanoTime();
            // An error that comes with each tick would fill the disk with its stack traces.
            if (lastLogged == 0 || now - lastLogged > LOG_EVERY_NANOS) {
                lastLogged = now;
                LOG.error("Error number {} on the thread of {}; going on", errors.get(), name, error);
            }
            if (error instanceof VirtualMachineError && !(error instanceof StackOverflowError)) {
                throw error;
            }
        }
    }

    /** Lets the running task end, forgets those that wait, and ends the thread; waits for that up to 5 s. */
    @Override
    public void close() {
        executor.shutdown();
        executor.getQueue().clear();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("The thread of {} is still busy after 5 s; it ends by itself", name);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
