package org.openrtd.feed.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.feed.RowChange;

/** Encodes batches; keeps its buffers from one to the next. Its equivalent is {@link BatchDecoder}. */
public final class BatchEncoder {

    private final WireWriter out = new WireWriter(4096);
    private byte[] mask = new byte[0];
    private byte[] lastMask = new byte[0];
    private Row[] before = new Row[64];
    private Row[] after = new Row[64];
    private long rowChanges;

    /** How many rows the last batch put or deleted. */
    public long rowChanges() {
        return rowChanges;
    }

    /**
     * Encodes what the builders changed; {@code null} where a table has none.
     *
     * @param durable whether rows are named by key
     * @param changes gets the changed rows, if not {@code null}
     */
    public byte[] encode(BatchHeader header, TableRows.Builder[] builders, boolean durable, List<RowChange> changes) {
        rowChanges = 0;
        out.clear().header(Wire.BATCH);
        header.write(out);
        int tables = 0;
        int[][] touched = new int[builders.length][];
        for (int t = 0; t < builders.length; t++) {
            if (builders[t] != null) {
                touched[t] = builders[t].touched();
                tables += touched[t].length > 0 ? 1 : 0;
            }
        }
        out.varint(tables);
        for (int t = 0; t < builders.length; t++) {
            if (touched[t] != null && touched[t].length > 0) {
                out.varint(t);
                table(builders[t], touched[t], durable, header.cut().controllerTime(), changes);
            }
        }
        return out.toBytes();
    }

    private void table(TableRows.Builder rows, int[] ordinals, boolean durable, long time, List<RowChange> changes) {
        if (before.length < ordinals.length) {
            before = new Row[ordinals.length * 2];
            after = new Row[ordinals.length * 2];
        }
        int deletes = 0;
        int inserts = 0;
        int updates = 0;
        for (int i = 0; i < ordinals.length; i++) {
            before[i] = rows.base.get(ordinals[i]);
            after[i] = rows.get(ordinals[i]);
            if (after[i] == null) {
                deletes += before[i] == null ? 0 : 1;
            } else if (before[i] == null) {
                inserts++;
            } else {
                updates++;
            }
            if (changes != null && before[i] != after[i]) {
                changes.add(new RowChange(rows.layout.table, before[i], after[i]));
            }
        }
        rowChanges += deletes + inserts + updates;
        if (durable) {
            byKey(rows.layout, ordinals.length, deletes, inserts + updates, time);
        } else {
            byOrdinal(rows.layout, ordinals, deletes, inserts, updates, time);
        }
        Arrays.fill(before, 0, ordinals.length, null);
        Arrays.fill(after, 0, ordinals.length, null);
    }

    private void byKey(Layout layout, int count, int deletes, int puts, long time) {
        out.varint(deletes);
        for (int i = 0; i < count; i++) {
            if (after[i] == null && before[i] != null) {
                RowCodec.writeKey(out, layout, before[i].key(), time);
            }
        }
        out.varint(puts);
        for (int i = 0; i < count; i++) {
            if (after[i] != null) {
                RowCodec.writeRow(out, layout, 0, after[i], time);
            }
        }
    }

    private void byOrdinal(Layout layout, int[] ordinals, int deletes, int inserts, int updates, long time) {
        out.varint(deletes);
        int last = -1;
        for (int i = 0; deletes > 0 && i < ordinals.length; i++) {
            if (after[i] == null && before[i] != null) {
                out.varint(ordinals[i] - last - 1);
                last = ordinals[i];
                deletes--;
            }
        }
        out.varint(inserts);
        last = -1;
        for (int i = 0; inserts > 0 && i < ordinals.length; i++) {
            if (after[i] != null && before[i] == null) {
                RowCodec.writeRow(out, layout, ordinals[i] - last - 1, after[i], time);
                last = ordinals[i];
                inserts--;
            }
        }
        out.varint(updates);
        int octets = layout.columns + 7 >>> 3;
        if (mask.length != octets) {
            mask = new byte[octets];
            lastMask = new byte[octets];
        }
        Arrays.fill(lastMask, (byte) 0);
        last = -1;
        for (int i = 0; updates > 0 && i < ordinals.length; i++) {
            if (after[i] != null && before[i] != null) {
                update(layout, ordinals[i] - last - 1, before[i], after[i], time);
                last = ordinals[i];
                updates--;
            }
        }
    }

    private void update(Layout layout, int step, Row old, Row now, long time) {
        Arrays.fill(mask, (byte) 0);
        int changed = 0;
        boolean nulls = false;
        for (int i = layout.keys; i < layout.columns; i++) {
            Object value = now.get(i);
            if (!Layout.same(old.get(i), value)) {
                mask[i >>> 3] |= (byte) (1 << (i & 7));
                changed++;
                nulls |= value == null;
            }
        }
        boolean sameMask = Arrays.equals(mask, lastMask);
        out.varint((long) step << 2 | (nulls ? 2 : 0) | (sameMask ? 1 : 0));
        if (!sameMask) {
            RowCodec.writeSparse(out, mask);
        }
        if (nulls) {
            nulls(now, changed);
        }
        for (int o = 0; o < mask.length; o++) {
            for (int bits = mask[o] & 0xFF; bits != 0; bits &= bits - 1) {
                int column = (o << 3) + Integer.numberOfTrailingZeros(bits);
                Object value = now.get(column);
                if (value != null) {
                    RowCodec.write(out, layout.types[column], value, time);
                }
            }
        }
        byte[] swap = lastMask;
        lastMask = mask;
        mask = swap;
    }

    private void nulls(Row now, int changed) {
        int octet = 0;
        int bit = 0;
        for (int o = 0; o < mask.length; o++) {
            for (int bits = mask[o] & 0xFF; bits != 0; bits &= bits - 1) {
                octet |= now.get((o << 3) + Integer.numberOfTrailingZeros(bits)) == null ? 1 << (bit & 7) : 0;
                if ((++bit & 7) == 0 || bit == changed) {
                    out.octet(octet);
                    octet = 0;
                }
            }
        }
    }

    /** Encodes a transaction of a durable feed as its log has it: whole rows, and only what became of each in the end. */
    public byte[] encode(BatchHeader header, FeedView schema, List<Change> changes) {
        Map<List<Object>, Change> last = new LinkedHashMap<>();
        for (Change change : changes) {
            List<Object> name = new ArrayList<>(change.key());
            name.add(change.table().name());
            last.remove(name);
            last.put(name, change);
        }
        out.clear().header(Wire.BATCH);
        header.write(out);
        // Ascending, in whatever order the transaction named them.
        Map<Integer, List<Change>> byTable = new TreeMap<>();
        for (Change change : last.values()) {
            int table = schema.index(change.table().name());
            if (table >= 0) {
                byTable.computeIfAbsent(table, t -> new ArrayList<>()).add(change);
            }
        }
        long time = header.cut().controllerTime();
        out.varint(byTable.size());
        byTable.forEach((table, its) -> {
            Layout layout = schema.rows(table).layout;
            out.varint(table);
            out.varint(its.stream().filter(change -> change.row() == null).count());
            its.stream()
                    .filter(change -> change.row() == null)
                    .forEach(change -> RowCodec.writeKey(out, layout, change.key(), time));
            out.varint(its.stream().filter(change -> change.row() != null).count());
            its.stream()
                    .filter(change -> change.row() != null)
                    .forEach(change ->
                            RowCodec.writeRow(out, layout, 0, layout.canonical(layout.own(change.row())), time));
        });
        return out.toBytes();
    }

    /** A batch as the messages that carry it: itself, or numbered parts. */
    public static byte[][] messages(BatchHeader header, byte[] batch) {
        if (batch.length <= Wire.PART_BYTES) {
            return new byte[][] {batch};
        }
        int parts = (batch.length + Wire.PART_BYTES - 1) / Wire.PART_BYTES;
        byte[][] messages = new byte[parts][];
        for (int i = 0; i < parts; i++) {
            int from = i * Wire.PART_BYTES;
            messages[i] = new WireWriter(Wire.PART_BYTES + 64)
                    .header(Wire.BATCH_PART)
                    .varint(header.position().epoch())
                    .varint(header.position().sequence())
                    .varint(i)
                    .varint(parts)
                    .raw(batch, from, Math.min(Wire.PART_BYTES, batch.length - from))
                    .toBytes();
        }
        return messages;
    }
}
