package org.openrtd.feed.simulation;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The promises hold in every history; {@code -Dfeed.seed=…} runs one again, {@code -Dfeed.histories=…} more of them. */
class SimulationTest {

    private static final World.Parts OURS = new World.Parts() {};

    @Test
    void keepsEveryPromiseInEveryHistory() {
        Long seed = Long.getLong("feed.seed");
        if (seed != null) {
            check(seed);
            return;
        }
        int histories = Integer.getInteger("feed.histories", 2000);
        for (long i = 1; i <= histories; i++) {
            check(i);
        }
    }

    private static void check(long seed) {
        History history = World.run(seed, OURS);
        for (Promise promise : Promise.values()) {
            Optional<String> broken = promise.brokenBy(history);
            if (broken.isPresent()) {
                fail(promise + " is broken in the history of seed " + seed + ", " + broken.get()
                        + "\nAgain: mvn -pl bundles/org.openrtd.feed test -Dtest=SimulationTest -Dfeed.seed=" + seed);
            }
        }
    }
}
