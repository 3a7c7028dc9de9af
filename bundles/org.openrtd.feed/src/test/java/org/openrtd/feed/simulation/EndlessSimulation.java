package org.openrtd.feed.simulation;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Histories of new seeds until one breaks a promise, or {@code -Dfeed.minutes=…} are over; no test of the build, as its
 * name says:
 *
 * <pre>./mvnw -q -pl bundles/org.openrtd.feed test -Dtest=EndlessSimulation -Dfeed.minutes=600</pre>
 */
class EndlessSimulation {

    private static final long MINUTES = Long.getLong("feed.minutes", TimeUnit.DAYS.toMinutes(3650));

    @Test
    void keepsEveryPromise() throws InterruptedException {
        // Far from the seeds of the build, and from those of another endless run.
        long first = Long.getLong("feed.first", new Random().nextLong(1L << 40, 1L << 60));
        System.out.println("From seed " + first);
        long began = System.nanoTime();
        Histories histories = new Histories(first, Long.MAX_VALUE - first, began + TimeUnit.MINUTES.toNanos(MINUTES));
        Thread progress = new Thread(() -> {
            try {
                while (true) {
                    TimeUnit.MINUTES.sleep(1);
                    say(histories, began);
                }
            } catch (InterruptedException e) {
                // That is how it ends.
            }
        });
        progress.setDaemon(true);
        progress.start();
        try {
            histories.run();
        } finally {
            progress.interrupt();
            say(histories, began);
        }
    }

    private static void say(Histories histories, long began) {
        long seconds = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began));
        System.out.println(histories.done() + " histories in " + seconds + " s, " + histories.done() / seconds
                + " a second, every promise kept");
    }
}
