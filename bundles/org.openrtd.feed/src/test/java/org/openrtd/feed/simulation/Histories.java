package org.openrtd.feed.simulation;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Runs many histories on all processors, until one breaks a promise. */
final class Histories {

    private static final World.Parts OURS = new World.Parts() {};

    private final AtomicLong next;
    private final long end;
    private final long until;
    private final AtomicLong done = new AtomicLong();
    private final AtomicReference<Throwable> broken = new AtomicReference<>();

    /**
     * @param first the first seed
     * @param most how many histories, at most
     * @param until when no further one begins, by {@link System#nanoTime}
     */
    Histories(long first, long most, long until) {
        this.next = new AtomicLong(first);
        this.end = first + most;
        this.until = until;
    }

    /** How many there were, all promises kept. */
    long run() throws InterruptedException {
        Thread[] threads = new Thread[Runtime.getRuntime().availableProcessors()];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(this::work, "histories-" + i);
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (broken.get() != null) {
            throw new AssertionError(broken.get().getMessage(), broken.get());
        }
        return done.get();
    }

    long done() {
        return done.get();
    }

    private void work() {
        try {
            for (long seed = next.getAndIncrement();
                    seed < end && broken.get() == null && System.nanoTime() - until < 0;
                    seed = next.getAndIncrement()) {
                check(seed);
                done.incrementAndGet();
            }
        } catch (Throwable e) {
            broken.compareAndSet(null, e);
        }
    }

    /** Fails when the history of that seed breaks a promise, or the engine throws in it. */
    static void check(long seed) {
        String how;
        Throwable cause = null;
        try {
            how = brokenBy(World.run(seed, OURS)).orElse(null);
        } catch (RuntimeException e) {
            how = "The engine failed in the history of seed %SEED";
            cause = e;
        }
        if (how != null) {
            throw new AssertionError(
                    how.replace("%SEED", Long.toString(seed)) + "\nAgain: ./mvnw -pl bundles/org.openrtd.feed test"
                            + " -Dtest=SimulationTest -Dfeed.seed=" + seed,
                    cause);
        }
    }

    private static Optional<String> brokenBy(History history) {
        for (Promise promise : Promise.values()) {
            Optional<String> broken = promise.brokenBy(history);
            if (broken.isPresent()) {
                return Optional.of(promise + " is broken in the history of seed %SEED, " + broken.get());
            }
        }
        return Optional.empty();
    }
}
