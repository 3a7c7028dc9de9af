package org.openrtd.itests;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.Test;

/**
 * {@code kill -9} of each role at random moments of a recorded day changes nothing in the end, and is seen meanwhile; how
 * soon the client's record says so is reported.
 */
public class FaultsIT {

    private static final LocalDate DAY = LocalDate.of(1999, 1, 5);

    @Test
    public void endsTheDayAsIfNobodyHadBeenKilled() throws Exception {
        long seed = Long.getLong("faults.seed", System.nanoTime() & 0xffff);
        System.out.println("FaultsIT: run again with -Dfaults.seed=" + seed);
        Random random = new Random(seed);
        Path file = Recording.file();
        try (ThreeNodes nodes = new ThreeNodes(FaultsIT.class)) {
            KarafNode gateway = nodes.replay(FaultsIT.class, file, "990105", "400");
            nodes.start();
            gateway.start();
            nodes.client.await("the feeds at the client", () -> nodes.clientIsCurrent());

            List<KarafNode> victims = new ArrayList<>(List.of(nodes.central, nodes.north, nodes.client, gateway));
            Collections.shuffle(victims, random);
            for (KarafNode victim : victims) {
                nodes.awaitCutsAtTheClient(1 + random.nextInt(20));
                StaleLines stale = new StaleLines(nodes.record());
                long killed = victim.kill();
                if (victim != nodes.client) {
                    nodes.client.await("the client to record that its numbers are old", stale::seen);
                    System.out.printf("FaultsIT: %s killed, seen %s%n", victim.name(), stale.since(killed));
                    nodes.client.await("the client to say that its numbers are old", () -> !nodes.clientIsCurrent());
                }
                victim.start();
                nodes.client.await("the client to be current again", () -> nodes.clientIsCurrent());
            }
            // The rest of the day need not take its time.
            gateway.set("org.openrtd.gateway.replay", "speed", "max");
            nodes.awaitFinished();
            nodes.awaitEqualPositions();

            RecordedDayCheck check = new RecordedDayCheck(DAY, nodes.record());
            check.assertTheEnd();
            nodes.assertReplicasEqual();
        }
    }
}
