package org.openrtd.client.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Origin;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.Table;

class FeedRecorderTest {

    private static final Table TABLE = Table.named("Call_Type_Real_Time")
            .key("CallTypeID", ColumnType.INT)
            .column("CallsToday", ColumnType.INT)
            .column("RouterLongestCallInQ", ColumnType.TIMESTAMP)
            .column("Name", ColumnType.STRING)
            .build();

    private static final SourceTransport NOWHERE = new SourceTransport() {
        @Override
        public void publish(Hop hop, byte[] message) {}

        @Override
        public void reply(ReplyTo to, byte[] message) {}
    };

    @TempDir
    Path directory;

    private Origin origin;

    @BeforeEach
    void begin() {
        origin = new Origin(
                new FeedSchema("calls", 1, false, List.of(TABLE)),
                new FeedIdentity("test", 7),
                "centre",
                SourceSettings.DEFAULT,
                () -> 0,
                RandomGenerator.getDefault(),
                NOWHERE);
    }

    private void commit(long tick, Change... changes) {
        origin.commit(new Cut(tick, 915_537_600_000L + tick * 1000, 3), List.of(changes));
    }

    /** Listening begins on the feed's thread, at its next turn. */
    private FeedRecorder record() {
        FeedRecorder recorder = new FeedRecorder(origin.replica(), directory);
        origin.time();
        return recorder;
    }

    private List<String> recorded() throws Exception {
        return Files.readAllLines(directory.resolve("calls.jsonl"));
    }

    @Test
    void beginsWithAllRowsBetweenResetAndSnapshot() throws Exception {
        commit(1, Change.put(TABLE.row(5000, 1, null, "Sales")));
        record().close();
        String at = "\"controllerTime\":\"1999-01-05T12:00:01Z\",\"epoch\":7,\"sequence\":1,\"tick\":1,";
        assertEquals(
                List.of(
                        "{\"feed\":\"calls\"," + at + "\"operation\":\"reset\"}",
                        "{\"feed\":\"calls\"," + at + "\"operation\":\"insert\",\"table\":\"Call_Type_Real_Time\","
                                + "\"key\":{\"CallTypeID\":5000},"
                                + "\"values\":{\"CallsToday\":1,\"RouterLongestCallInQ\":null,\"Name\":\"Sales\"}}",
                        "{\"feed\":\"calls\"," + at + "\"operation\":\"snapshot\",\"changes\":1}"),
                recorded());
    }

    @Test
    void writesOnlyTheValuesThatChangedAndEndsEachBatch() throws Exception {
        commit(1, Change.put(TABLE.row(5000, 1, null, "Sales")));
        try (FeedRecorder recorder = record()) {
            commit(2, Change.put(TABLE.row(5000, 2, 915_537_601_500L, "Sales")));
            commit(3, Change.delete(TABLE, List.of(5000)));
            commit(4);
        }
        List<String> lines = recorded();
        assertTrue(
                lines.get(3)
                        .endsWith("\"operation\":\"update\",\"table\":\"Call_Type_Real_Time\","
                                + "\"key\":{\"CallTypeID\":5000},\"values\":{\"CallsToday\":2,"
                                + "\"RouterLongestCallInQ\":\"1999-01-05T12:00:01.500Z\"}}"),
                lines.get(3));
        assertTrue(lines.get(4).endsWith("\"sequence\":2,\"tick\":2,\"operation\":\"batch\",\"changes\":1}"));
        assertTrue(lines.get(5)
                .endsWith("\"operation\":\"delete\",\"table\":\"Call_Type_Real_Time\","
                        + "\"key\":{\"CallTypeID\":5000},\"values\":{}}"));
        assertTrue(lines.get(6).endsWith("\"operation\":\"batch\",\"changes\":1}"));
        assertTrue(lines.get(7).endsWith("\"tick\":4,\"operation\":\"batch\",\"changes\":0}"));
        assertEquals(8, lines.size());
    }

    @Test
    void saysWhenTheStateChanged() throws Exception {
        try (FeedRecorder recorder = record()) {
            origin.notCurrent("gateway \"one\" is silent");
        }
        assertTrue(
                recorded()
                        .get(2)
                        .endsWith("\"operation\":\"state\",\"from\":\"LIVE\",\"to\":\"RESUMING\","
                                + "\"reason\":\"gateway \\\"one\\\" is silent\"}"),
                recorded()::toString);
    }

    @Test
    void continuesAFileAndCutsOffTheHalfLineOfACrash() throws Exception {
        record().close();
        int before = recorded().size();
        Files.writeString(directory.resolve("calls.jsonl"), "{\"feed\":\"cal", StandardOpenOption.APPEND);
        record().close();
        List<String> lines = recorded();
        assertEquals(2 * before, lines.size());
        assertTrue(lines.get(before).endsWith("\"operation\":\"reset\"}"), lines.get(before));
    }

    @Test
    void saysWhichSettingIsWrongWhenItCannotWrite() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        UncheckedIOException e = assertThrows(
                UncheckedIOException.class, () -> new FeedRecorder(origin.replica(), file.resolve("below")));
        assertTrue(e.getMessage().contains("set directory in etc/org.openrtd.client.recorder.cfg"), e.getMessage());
    }
}
