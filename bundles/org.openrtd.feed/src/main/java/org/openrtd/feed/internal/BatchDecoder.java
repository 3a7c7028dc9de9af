package org.openrtd.feed.internal;

import java.util.ArrayList;
import java.util.List;
import org.openrtd.feed.Row;
import org.openrtd.feed.RowChange;

/** Applies an encoded batch to a view, whole or not at all. Its equivalent is {@link BatchEncoder}. */
public final class BatchDecoder {

    /** A freed slot more than this, beyond one for each row, and a durable table is laid out anew. */
    private static final int SPARE = 1024;

    private final FeedView view;
    private final long time;
    private final List<RowChange> changes;
    private long rowChanges;

    private BatchDecoder(FeedView view, long time, List<RowChange> changes) {
        this.view = view;
        this.time = time;
        this.changes = changes;
    }

    /** What a batch led to; {@code changes} is {@code null} when nobody wanted them. */
    public record Applied(FeedView view, long rowChanges, List<RowChange> changes) {}

    /**
     * The view after the batch, of which the header has been read; {@code view} stays as it is.
     *
     * @throws Undecodable when the bytes are no batch or do not fit the rows
     */
    public static Applied apply(FeedView view, BatchHeader header, WireReader from, boolean wantChanges)
            throws Undecodable {
        BatchDecoder decoder =
                new BatchDecoder(view, header.cut().controllerTime(), wantChanges ? new ArrayList<>() : null);
        TableRows[] tables = view.allRows();
        int count = from.count(tables.length, "tables");
        int last = -1;
        for (int i = 0; i < count; i++) {
            int table = from.count(Math.max(0, tables.length - 1), "as a table's number");
            if (table <= last) {
                throw new Undecodable("tables out of order");
            }
            last = table;
            TableRows.Builder rows = tables[table].builder();
            if (view.schema().durable()) {
                decoder.byKey(from, rows);
            } else {
                decoder.byOrdinal(from, rows);
            }
            tables[table] = rows.build();
            if (view.schema().durable() && tables[table].limit() > 2 * tables[table].size() + SPARE) {
                tables[table] = laidOutAnew(tables[table]);
            }
        }
        from.end();
        return new Applied(view.next(header.position(), header.cut(), tables), decoder.rowChanges, decoder.changes);
    }

    static TableRows laidOutAnew(TableRows rows) {
        TableRows.Builder builder = TableRows.empty(rows.layout).builder();
        rows.forEach(row -> builder.insert(builder.size(), rows.layout.seed(row), row));
        return builder.build();
    }

    private void changed(TableRows.Builder rows, Row before, Row after) {
        rowChanges++;
        if (changes != null) {
            changes.add(new RowChange(rows.layout.table, before, after));
        }
    }

    private void byKey(WireReader from, TableRows.Builder rows) throws Undecodable {
        Layout layout = rows.layout;
        int deletes = from.count(from.remaining(), "deletes");
        for (int i = 0; i < deletes; i++) {
            boolean nulls = from.count(1, "as a flag") == 1;
            List<Object> key = java.util.Arrays.asList(RowCodec.readValues(from, layout, layout.keys, nulls, time));
            long seed = layout.seed(key);
            int ordinal = rows.find(seed, key);
            // A row that is not there is as good as deleted.
            if (ordinal >= 0) {
                Row before = rows.get(ordinal);
                rows.remove(ordinal, seed, before);
                changed(rows, before, null);
            }
        }
        int puts = from.count(from.remaining(), "puts");
        for (int i = 0; i < puts; i++) {
            boolean nulls = from.count(1, "as a flag") == 1;
            Row row = layout.table.row(RowCodec.readValues(from, layout, layout.columns, nulls, time));
            long seed = layout.seed(row);
            int ordinal = rows.find(seed, row);
            if (ordinal < 0) {
                if (rows.limit() >= Wire.MOST_ROWS) {
                    throw new Undecodable("more rows than a table can have");
                }
                rows.insert(rows.limit(), seed, row);
                changed(rows, null, row);
            } else {
                Row before = rows.get(ordinal);
                rows.replace(ordinal, seed, before, row);
                changed(rows, before, row);
            }
        }
    }

    private void byOrdinal(WireReader from, TableRows.Builder rows) throws Undecodable {
        Layout layout = rows.layout;
        int deletes = from.count(from.remaining(), "deletes");
        int last = -1;
        for (int i = 0; i < deletes; i++) {
            last = ordinal(last, from.varint());
            Row before = rows.get(last);
            if (before == null) {
                throw unfit(layout, last, "is not there to delete");
            }
            rows.remove(last, layout.seed(before), before);
            changed(rows, before, null);
        }
        int inserts = from.count(from.remaining(), "inserts");
        last = -1;
        for (int i = 0; i < inserts; i++) {
            long header = from.varint();
            last = ordinal(last, header >>> 1);
            if (rows.get(last) != null) {
                throw unfit(layout, last, "is there already");
            }
            Row row = layout.table.row(RowCodec.readValues(from, layout, layout.columns, (header & 1) != 0, time));
            rows.insert(last, layout.seed(row), row);
            changed(rows, null, row);
        }
        updates(from, rows);
    }

    private void updates(WireReader from, TableRows.Builder rows) throws Undecodable {
        Layout layout = rows.layout;
        int updates = from.count(from.remaining(), "updates");
        byte[] mask = new byte[layout.columns + 7 >>> 3];
        int changed = 0;
        int last = -1;
        for (int i = 0; i < updates; i++) {
            long header = from.varint();
            last = ordinal(last, header >>> 2);
            Row before = rows.get(last);
            if (before == null) {
                throw unfit(layout, last, "is not there to update");
            }
            if ((header & 1) == 0) {
                RowCodec.readSparse(from, mask, layout.columns);
                changed = 0;
                for (byte octet : mask) {
                    changed += Integer.bitCount(octet & 0xFF);
                }
                for (int key = 0; key < layout.keys; key++) {
                    if ((mask[key >>> 3] & 1 << (key & 7)) != 0) {
                        throw unfit(layout, last, "changes its key");
                    }
                }
            }
            byte[] nulls = (header & 2) == 0 ? null : RowCodec.readBitmap(from, changed);
            update(from, rows, last, before, mask, nulls);
        }
    }

    private void update(WireReader from, TableRows.Builder rows, int ordinal, Row before, byte[] mask, byte[] nulls)
            throws Undecodable {
        Layout layout = rows.layout;
        long seed = layout.seed(before);
        long difference = 0;
        Object[] values = before.values();
        int bit = 0;
        for (int o = 0; o < mask.length; o++) {
            for (int bits = mask[o] & 0xFF; bits != 0; bits &= bits - 1) {
                int column = (o << 3) + Integer.numberOfTrailingZeros(bits);
                Object value = nulls != null && (nulls[bit >>> 3] & 1 << (bit & 7)) != 0
                        ? null
                        : RowCodec.read(from, layout.types[column], time);
                bit++;
                difference += layout.cell(column, seed, value) - layout.cell(column, seed, values[column]);
                values[column] = value;
            }
        }
        Row after = layout.table.row(values);
        rows.replace(ordinal, after, difference);
        changed(rows, before, after);
    }

    private static int ordinal(int last, long step) throws Undecodable {
        if (step < 0 || step > Wire.MOST_ROWS || last + 1 + step >= Wire.MOST_ROWS) {
            throw new Undecodable("row " + (last + 1 + step) + ", more than a table can have");
        }
        return (int) (last + 1 + step);
    }

    private static Undecodable unfit(Layout layout, int ordinal, String what) {
        return new Undecodable("row " + ordinal + " of " + layout.table + " " + what);
    }
}
