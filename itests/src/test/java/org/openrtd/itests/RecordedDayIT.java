package org.openrtd.itests;

import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
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

            Path lacking = withoutOneChange(nodes.record());
            assertThrows("a lost change goes unseen", AssertionError.class, () -> new RecordedDayCheck(DAY, lacking));
        }
    }

    /** The broken twin: the same record, without the last change of a row of Call_Type_Real_Time that counts an answer. */
    private static Path withoutOneChange(Path record) throws Exception {
        Path lacking = Files.createDirectories(record.resolveSibling("lacking"));
        for (String feed : List.of("config", "agents", "calls")) {
            List<String> lines = new ArrayList<>(Files.readAllLines(record.resolve(feed + ".jsonl")));
            if (feed.equals("calls")) {
                int at = lines.size() - 1;
                while (!lines.get(at).contains("\"table\":\"Call_Type_Real_Time\"")
                        || !lines.get(at).contains("\"CallsAnsweredToday\":")
                        || !lines.get(at).contains("\"operation\":\"update\"")) {
                    at--;
                }
                lines.remove(at);
            }
            Files.write(lacking.resolve(feed + ".jsonl"), lines);
        }
        return lacking;
    }
}
