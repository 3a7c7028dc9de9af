package org.openrtd.feed.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Cut;
import org.openrtd.feed.Digest;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Position;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.Row;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.Table;

/** What {@code docs/feed-protocol.md} shows as examples is what the code does. */
class DocumentedWireTest {

    private static final Table CALLS = Table.named("Call_Type_Real_Time")
            .key("CallTypeID", ColumnType.INT)
            .column("CallsQNow", ColumnType.INT)
            .column("LongestCallQ", ColumnType.TIMESTAMP)
            .column("ServiceLevel", ColumnType.DOUBLE)
            .column("Name", ColumnType.STRING)
            .build();

    private final String document = document().replaceAll("\\s+", " ");
    private final StringBuilder lacking = new StringBuilder();
    private final StringBuilder sent = new StringBuilder();

    private static String document() {
        try {
            Path path = Path.of("").toAbsolutePath();
            while (!Files.exists(path.resolve("docs/feed-protocol.md"))) {
                path = path.getParent();
            }
            return Files.readString(path.resolve("docs/feed-protocol.md"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(long value) {
        return HexFormat.of().toHexDigits(value);
    }

    @Test
    void hashesAsTheTestVectorsSay() {
        Layout layout = new Layout(CALLS);
        Row row = CALLS.row(5007, 3, 1_000_000_000_123L, 0.5, null);
        Map<String, Long> vectors = new LinkedHashMap<>();
        vectors.put("mix(1)", Hash.mix(1));
        vectors.put("text(\"\")", Hash.text(""));
        vectors.put("text(\"Zoë\")", Hash.text("Zoë"));
        vectors.put("value(NULL)", Hash.value(ColumnType.INT, null));
        vectors.put("value(INT 0)", Hash.value(ColumnType.INT, 0));
        vectors.put("value(LONG -1)", Hash.value(ColumnType.LONG, -1L));
        vectors.put("value(DOUBLE 0.5)", Hash.value(ColumnType.DOUBLE, 0.5));
        vectors.put("value(DOUBLE -0.0)", Hash.value(ColumnType.DOUBLE, -0.0));
        vectors.put("value(BOOLEAN true)", Hash.value(ColumnType.BOOLEAN, true));
        vectors.put("value(BYTES 00 ff)", Hash.value(ColumnType.BYTES, new byte[] {0, -1}));
        vectors.put("column(Call_Type_Real_Time.CallsQNow)", Hash.column("Call_Type_Real_Time", "CallsQNow"));
        vectors.put("key(INT 5007)", layout.seed(row));
        vectors.put("sum of the row (5007, 3, 1000000000123, 0.5, NULL)", layout.digest(layout.seed(row), row));
        vectors.forEach((what, value) -> shows("| `" + what + "` | `" + hex(value) + "` |"));
        assertEquals("", lacking.toString());
    }

    @Test
    void addsTheCellsUp() {
        Layout layout = new Layout(CALLS);
        Row row = CALLS.row(5007, 3, 1_000_000_000_123L, 0.5, null);
        Row next = CALLS.row(5007, 4, null, 0.5, "Sales");
        TableRows.Builder builder = TableRows.empty(layout).builder();
        builder.insert(0, layout.seed(row), row);
        builder.replace(0, layout.seed(row), row, next);
        TableRows rows = builder.build();

        assertEquals(new Digest(1, layout.digest(layout.seed(next), next)), rows.digest());
        assertEquals(rows.digest(), rows.recompute());
    }

    @Test
    void writesBatchesAsTheExamplesShow() {
        Origin origin = new Origin(
                new FeedSchema("calls", 1, false, List.of(CALLS)),
                new FeedIdentity("id", 300),
                "centre",
                SourceSettings.DEFAULT,
                () -> 100,
                new SplittableRandom(1),
                new SourceTransport() {
                    @Override
                    public void publish(Hop hop, byte[] message) {
                        sent.setLength(0);
                        sent.append(HexFormat.ofDelimiter(" ").formatHex(message));
                    }

                    @Override
                    public void reply(ReplyTo to, byte[] message) {}
                });
        origin.commit(
                new Cut(1, 5000, 7),
                List.of(
                        Change.put(CALLS.row(5007, 3, 4000L, 0.5, null)),
                        Change.put(CALLS.row(5008, 0, null, 1.0, "Zoë"))));
        shows(sent.toString());
        origin.commit(
                new Cut(2, 6000, 7),
                List.of(
                        Change.put(CALLS.row(5007, 2, null, 0.5, null)),
                        Change.put(CALLS.row(5008, 1, 6000L, 1.0, "Zoë"))));
        shows(sent.toString());
        origin.commit(new Cut(3, 7000, 7), List.of(Change.delete(CALLS, List.of(5007))));
        shows(sent.toString());
        shows(HexFormat.ofDelimiter(" ")
                .formatHex(new Messages.Resume(1, "calls", "", Position.NONE, 0, false, 0, 0, List.of()).encode()));
        assertEquals("", lacking.toString());
    }

    private void shows(String text) {
        if (!document.contains(text)) {
            lacking.append(text).append('\n');
        }
    }
}
