package org.openrtd.feed.internal;

import org.openrtd.feed.Row;

/**
 * Decodes a table's stream of a snapshot as its parts come, so that little is left to be done when the last one is there. Its
 * equivalent is {@link ServedSnapshot}.
 */
final class RowsDecoder {

    private final Layout layout;
    private final long time;
    /** How many octets of the stream are still to come, or hold rows that were not read yet. */
    private long left;

    private final TableRows.Builder rows;
    private int count = -1;
    private int read;
    private long last = -1;
    /** What has come of a row that is not whole yet. */
    private final WireWriter rest = new WireWriter(0);
    /** How many octets there have to be before it is tried again, so that a long row is not tried with each part. */
    private long tryAt;

    /** @param bytes how long the stream is */
    RowsDecoder(Layout layout, long bytes, long time) {
        this.layout = layout;
        this.left = bytes;
        this.time = time;
        this.rows = TableRows.empty(layout).builder();
    }

    /** Takes the next part. */
    void add(byte[] part) throws Undecodable {
        byte[] bytes = part;
        if (rest.length() > 0) {
            rest.raw(part, 0, part.length);
            if (rest.length() < tryAt && rest.length() < left) {
                return;
            }
            bytes = rest.toBytes();
        }
        WireReader from = new WireReader(bytes);
        int begun = 0;
        try {
            if (count < 0) {
                count = from.count((int) Math.min(Wire.MOST_ROWS, left), "rows");
                begun = from.offset();
            }
            for (; read < count; read++) {
                row(from);
                begun = from.offset();
            }
        } catch (Undecodable e) {
            // The rest of this row comes in the next part, unless there is none.
            if (!e.isTooShort() || bytes.length >= left) {
                throw e;
            }
        }
        left -= begun;
        rest.clear().raw(bytes, begun, bytes.length - begun);
        tryAt = 2L * rest.length();
    }

    private void row(WireReader from) throws Undecodable {
        long header = from.varint();
        long step = header >>> 1;
        if (step > Wire.MOST_ROWS || last + 1 + step >= Wire.MOST_ROWS) {
            throw new Undecodable("more rows than a table can have");
        }
        Row row = layout.table.row(RowCodec.readValues(from, layout, layout.columns, (header & 1) != 0, time));
        last += 1 + step;
        rows.insert((int) last, layout.seed(row), row);
    }

    /** The rows, when all parts were taken. */
    TableRows end() throws Undecodable {
        if (read != count) {
            throw new Undecodable("a table without a stream");
        }
        if (left > 0) {
            throw new Undecodable(left + " bytes after the last row of a snapshot");
        }
        return rows.build();
    }

    /** The rows of a stream that is there as a whole. */
    static TableRows decode(Layout layout, byte[] stream, long time) throws Undecodable {
        RowsDecoder decoder = new RowsDecoder(layout, stream.length, time);
        decoder.add(stream);
        return decoder.end();
    }
}
