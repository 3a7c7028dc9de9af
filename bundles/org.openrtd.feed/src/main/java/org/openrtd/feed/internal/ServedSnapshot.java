package org.openrtd.feed.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openrtd.feed.Digest;
import org.openrtd.feed.DurableHistory.Epoch;
import org.openrtd.feed.Row;

/** A snapshot at a source: each table is encoded once, when it is first asked for, whoever asks. */
final class ServedSnapshot {

    final long id;
    final FeedView view;
    final long madeAt;
    long askedAt;
    private final long originTime;
    private final Map<Integer, Encoded> streams = new HashMap<>();

    private record Encoded(byte[][] parts, long bytes) {}

    ServedSnapshot(long id, FeedView view, long originTime, long now) {
        this.id = id;
        this.view = view;
        this.originTime = originTime;
        this.madeAt = now;
        this.askedAt = now;
    }

    /** What it consists of, for one follower; of all tables with the schema, or of some. */
    Messages.Snapshot manifest(long resume, String feedId, List<Epoch> epochs, int[] tables) {
        List<Messages.Stream> list = new ArrayList<>();
        if (tables.length == 0) {
            list.add(new Messages.Stream(0, stream(0).bytes, new Digest(0, 0)));
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
                table + 1, stream(table + 1).bytes, view.rows(table).digest());
    }

    /** The message with that part, or {@code null} when there is none. */
    byte[] part(int stream, int number) {
        if (stream > view.tables()) {
            return null;
        }
        byte[][] parts = stream(stream).parts;
        return number < parts.length ? parts[number] : null;
    }

    private Encoded stream(int number) {
        return streams.computeIfAbsent(number, n -> {
            byte[] bytes = n == 0
                    ? Messages.encode(view.schema())
                    : encode(view.rows(n - 1), view.cut().controllerTime());
            byte[][] parts = new byte[(bytes.length + Wire.PART_BYTES - 1) / Wire.PART_BYTES][];
            for (int i = 0; i < parts.length; i++) {
                int from = i * Wire.PART_BYTES;
                parts[i] = Messages.Part.encode(id, n, i, bytes, from, Math.min(Wire.PART_BYTES, bytes.length - from));
            }
            return new Encoded(parts, bytes.length);
        });
    }

    static byte[] encode(TableRows rows, long time) {
        WireWriter to = new WireWriter(256 + rows.size() * rows.layout.columns);
        to.varint(rows.size());
        int last = -1;
        for (int ordinal = 0; ordinal < rows.limit(); ordinal++) {
            Row row = rows.get(ordinal);
            if (row != null) {
                RowCodec.writeRow(to, rows.layout, ordinal - last - 1, row, time);
                last = ordinal;
            }
        }
        return to.toBytes();
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
