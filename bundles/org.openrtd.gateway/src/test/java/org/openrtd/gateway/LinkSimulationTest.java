package org.openrtd.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code -Dseed=N} plays other histories, {@code -Dhistories=N} more of them. */
class LinkSimulationTest {

    private static final long SEED = Long.getLong("seed", 20_260);
    private static final int HISTORIES = Integer.getInteger("histories", 400);

    @Test
    void everyEventReachesTheLogOnceAndInOrderWhateverHappens() {
        int connections = 0;
        int duplicates = 0;
        int gaps = 0;
        for (int i = 0; i < HISTORIES; i++) {
            LinkSimulation simulation = new LinkSimulation(SEED + i, LinkSimulation.Twin.NONE);
            assertEquals("", simulation.play(), "seed " + (SEED + i));
            connections += simulation.connections;
            duplicates += simulation.duplicates;
            gaps += simulation.gaps;
        }
        assertTrue(
                connections > 3 * HISTORIES && duplicates > HISTORIES && gaps > HISTORIES / 4,
                "The histories are too quiet: " + connections + " connections, " + duplicates + " events twice, " + gaps
                        + " gaps");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void noticesEachBrokenTwin(LinkSimulation.Twin twin) {
        for (int i = 0; i < HISTORIES; i++) {
            if (!new LinkSimulation(SEED + i, twin).play().isEmpty()) {
                return;
            }
        }
        throw new AssertionError("No history of " + HISTORIES + " shows that " + twin + ", from seed " + SEED);
    }
}
