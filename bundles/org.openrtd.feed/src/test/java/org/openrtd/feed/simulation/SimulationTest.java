package org.openrtd.feed.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The promises hold in every history; {@code -Dfeed.seed=…} runs one again, {@code -Dfeed.histories=…} says how many, and
 * {@code -Dfeed.seconds=…} after how long no further one begins.
 */
class SimulationTest {

    private static final int HISTORIES = Integer.getInteger("feed.histories", 100_000);
    private static final int SECONDS = Integer.getInteger("feed.seconds", 240);

    @Test
    void keepsEveryPromiseInEveryHistory() throws InterruptedException {
        Long seed = Long.getLong("feed.seed");
        if (seed != null) {
            Histories.check(seed);
            return;
        }
        long began = System.nanoTime();
        long done = new Histories(1, HISTORIES, began + TimeUnit.SECONDS.toNanos(SECONDS)).run();
        System.out.println(done + " of " + HISTORIES + " histories of the feed in "
                + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began) + " s, every promise kept");
        assertTrue(done > 0);
    }
}
