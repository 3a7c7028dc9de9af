package org.openrtd.feed.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.openrtd.feed.Digest;
import org.openrtd.feed.DurableHistory.Epoch;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Row;

/**
 * A snapshot at a source: each table is encoded once, when it is first asked for, whoever asks; and in steps, so that a large
 * one holds up nobody who follows already.
 */
final class ServedSnapshot {

    /** Between two looks at the clock. */
    private static final int ROWS_AT_A_TIME = 512;

    final long id;
    final FeedView view;
    final long madeAt;
    long askedAt;
    private final long originTime;
    private final Map<Integer, Encoded> streams = new HashMap<>();
    private final Map<Integer, Encoding> unfinished = new HashMap<>();

    private record Encoded(byte[][] parts, long bytes) {}

    /** A table's stream in the making. */
    private static final class Encoding {
        private final TableRows rows;
        private final long time;
        private final WireWriter to;
        private int ordinal;
        private int last = -1;

        Encoding(TableRows rows, long time) {
            this.rows = rows;
            this.time = time;
            to = new WireWriter(256 + rows.size() * rows.layout.columns);
            to.varint(rows.size());
        }

        /** Whether it is complete. */
        boolean step(int most) {
            int end = (int) Math.min(rows.limit(), (long) ordinal + most);
            for (; ordinal < end; ordinal++) {
                Row row = rows.get(ordinal);
                if (row != null) {
                    RowCodec.writeRow(to, rows.layout, ordinal - last - 1, row, time);
                    last = ordinal;
                }
            }
            return ordinal >= rows.limit();
        }
    }

    ServedSnapshot(long id, FeedView view, long originTime, long now) {
        this.id = id;
        this.view = view;
        this.originTime = originTime;
        this.madeAt = now;
        this.askedAt = now;
    }

    /** What it consists of, for one follower; of all tables with the schema, or of some, which are encoded by now. */
    Messages.Snapshot manifest(long resume, String feedId, List<Epoch> epochs, int[] tables) {
        List<Messages.Stream> list = new ArrayList<>();
        if (tables.length == 0) {
            Encoded schema = streams.computeIfAbsent(0, n -> encoded(n, Messages.encode(view.schema())));
            list.add(new Messages.Stream(0, schema.bytes, new Digest(0, 0)));
            for (int t = 0; t < view.tables(); t++) {
                list.add(table(t));
            }
        }
        for (int t : tables) {
            list.add(table(t));
        }
        return new Messages.Snapshot(resume, id, view.position(), view.cut(), originTime, feedId, epochs, list);
    }

    private Messages.Stream table(int table) {
        return new Messages.Stream(
                table + 1, streams.get(table + 1).bytes, view.rows(table).digest());
    }

    /** The message with that part, or {@code null} when there is none, or none that was offered. */
    byte[] part(int stream, int number) {
        Encoded known = streams.get(stream);
        return known != null && number < known.parts.length ? known.parts[number] : null;
    }

    /** Whether nothing is left to be encoded of these tables, or of all. */
    boolean isEncoded(int[] tables) {
        return numbers(tables).allMatch(streams::containsKey);
    }

    /** Whether some table is encoded in part. */
    boolean isUnfinished() {
        return !unfinished.isEmpty();
    }

    /** Encodes these tables, or all, until that time; answers whether it is done. */
    boolean encode(int[] tables, MonotonicClock clock, long until) {
        return numbers(tables).allMatch(number -> {
            while (!streams.containsKey(number)) {
                if (clock.millis() >= until) {
                    return false;
                }
                step(number, ROWS_AT_A_TIME);
            }
            return true;
        });
    }

    private IntStream numbers(int[] tables) {
        return (tables.length == 0 ? IntStream.range(0, view.tables()) : IntStream.of(tables)).map(table -> table + 1);
    }

    private void step(int number, int rows) {
        Encoding encoding = unfinished.computeIfAbsent(
                number, n -> new Encoding(view.rows(n - 1), view.cut().controllerTime()));
        if (encoding.step(rows)) {
            unfinished.remove(number);
            streams.put(number, encoded(number, encoding.to.toBytes()));
        }
    }

    private Encoded encoded(int number, byte[] bytes) {
        byte[][] parts = new byte[(bytes.length + Wire.PART_BYTES - 1) / Wire.PART_BYTES][];
        for (int i = 0; i < parts.length; i++) {
            int from = i * Wire.PART_BYTES;
            parts[i] = Messages.Part.encode(id, number, i, bytes, from, Math.min(Wire.PART_BYTES, bytes.length - from));
        }
        return new Encoded(parts, bytes.length);
    }

    static byte[] encode(TableRows rows, long time) {
        Encoding encoding = new Encoding(rows, time);
        encoding.step(Integer.MAX_VALUE);
        return encoding.to.toBytes();
    }

    /** The rows of a table's stream. Its equivalent is {@link #encode}. */
    static TableRows decode(Layout layout, byte[] stream, long time) throws Undecodable {
        WireReader from = new WireReader(stream);
        TableRows.Builder rows = TableRows.empty(layout).builder();
        int count = from.count(from.remaining(), "rows");
        long last = -1;
        for (int i = 0; i < count; i++) {
            long header = from.varint();
            long step = header >>> 1;
            if (step > Wire.MOST_ROWS || last + 1 + step >= Wire.MOST_ROWS) {
                throw new Undecodable("more rows than a table can have");
            }
            last += 1 + step;
            Row row = layout.table.row(RowCodec.readValues(from, layout, layout.columns, (header & 1) != 0, time));
            rows.insert((int) last, layout.seed(row), row);
        }
        from.end();
        return rows.build();
    }
}
