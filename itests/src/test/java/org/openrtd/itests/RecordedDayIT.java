package org.openrtd.itests;

import static org.junit.Assert.assertTrue;

import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.Test;

/**
 * A recorded day through a gateway, the centre, a distributor and a client, each a process of its own, against what the
 * file says when it is asked anew for each moment.
 */
public class RecordedDayIT {

    private static final LocalDate DAY = LocalDate.of(1999, 1, 5);

    @Test
    public void showsAtTheClientAtEveryBatchWhatTheFileDetermines() throws Exception {
        Path file = Recording.file();
        try (ThreeNodes nodes = new ThreeNodes(RecordedDayIT.class)) {
            KarafNode gateway = nodes.replay(RecordedDayIT.class, file, "990105", "max");
            // Many batches, so that many moments are compared.
            nodes.central.set("org.openrtd.realtimeserver", "minIntervalMillis", 1);
            nodes.start();
            nodes.client.await("the feeds at the client", () -> ThreeNodes.isCurrent(nodes.client, "Client", "calls"));
            // Only now, so that the client sees the whole day.
            gateway.start();
            nodes.awaitFinished();
            nodes.awaitEqualPositions();

            RecordedDayCheck check = new RecordedDayCheck(DAY, nodes.record());
            assertTrue("only " + check.moments() + " moments were compared", check.moments() > 100);
            check.assertTheEnd();
            nodes.assertReplicasEqual();
        }
    }
}
