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
    /** Whether somebody waits for what is not encoded yet. */
    private boolean awaited;

    private record Encoded(byte[][] parts, long bytes) {}

    /** A stream in the making; what is complete of it stands in parts already. */
    private final class Encoding {
        private final int number;
        private final List<byte[]> parts = new ArrayList<>();
        private final WireWriter to = new WireWriter(Wire.PART_BYTES + 1024);
        private long bytes;
        private int ordinal;
        private int last = -1;

        Encoding(int number) {
            this.number = number;
        }

        /** Goes on with a table's rows; answers whether it is complete. */
        boolean step(TableRows rows, long time, int most) {
            if (ordinal == 0) {
                to.varint(rows.size());
            }
            int end = (int) Math.min(rows.limit(), (long) ordinal + most);
            for (; ordinal < end; ordinal++) {
                Row row = rows.get(ordinal);
                if (row != null) {
                    RowCodec.writeRow(to, rows.layout, ordinal - last - 1, row, time);
                    last = ordinal;
                    if (to.length() >= Wire.PART_BYTES) {
                        cut(Wire.PART_BYTES);
                    }
                }
            }
            return ordinal >= rows.limit();
        }

        /** Makes parts of what is written, as long as that is so much at least. */
        private void cut(int least) {
            int from = 0;
            while (to.length() - from >= least) {
                int count = Math.min(Wire.PART_BYTES, to.length() - from);
                parts.add(Messages.Part.encode(id, number, parts.size(), to.array(), from, count));
                from += count;
            }
            bytes += from;
            to.drop(from);
        }

        Encoded end() {
            cut(1);
            return new Encoded(parts.toArray(byte[][]::new), bytes);
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
            Encoded schema = streams.computeIfAbsent(0, this::schema);
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

    /** Whether it is being encoded, also between two tables. */
    boolean isUnfinished() {
        return awaited;
    }

    /** Encodes these tables, or all, until that time, but never nothing at all; answers whether it is done. */
    boolean encode(int[] tables, MonotonicClock clock, long until) {
        awaited = !encodeUntil(tables, clock, until);
        return !awaited;
    }

    private boolean encodeUntil(int[] tables, MonotonicClock clock, long until) {
        for (int number : numbers(tables).toArray()) {
            while (!streams.containsKey(number)) {
                step(number);
                if (clock.millis() >= until) {
                    return isEncoded(tables);
                }
            }
        }
        return true;
    }

    private IntStream numbers(int[] tables) {
        return (tables.length == 0 ? IntStream.range(0, view.tables()) : IntStream.of(tables)).map(table -> table + 1);
    }

    private void step(int number) {
        Encoding encoding = unfinished.computeIfAbsent(number, Encoding::new);
        if (encoding.step(view.rows(number - 1), view.cut().controllerTime(), ROWS_AT_A_TIME)) {
            unfinished.remove(number);
            streams.put(number, encoding.end());
        }
    }

    private Encoded schema(int number) {
        Encoding encoding = new Encoding(number);
        byte[] schema = Messages.encode(view.schema());
        encoding.to.raw(schema, 0, schema.length);
        return encoding.end();
    }
}
