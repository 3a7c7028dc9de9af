package org.openrtd.feed.internal;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.openrtd.feed.Digest;
import org.openrtd.feed.Row;
import org.openrtd.feed.RowChange;

/**
 * One table's rows by ordinal, with their digest and an index by key. Immutable, so that a reader may hold it for as long
 * as it likes; the next one shares all chunks that did not change.
 */
public final class TableRows {

    private static final int BITS = 7;
    private static final int CHUNK = 1 << BITS;

    final Layout layout;
    private final Row[][] chunks;
    private final KeyIndex index;
    private final int limit;
    private final int size;
    private final long sum;

    private TableRows(Layout layout, Row[][] chunks, KeyIndex index, int limit, int size, long sum) {
        this.layout = layout;
        this.chunks = chunks;
        this.index = index;
        this.limit = limit;
        this.size = size;
        this.sum = sum;
    }

    public static TableRows empty(Layout layout) {
        return new TableRows(layout, new Row[0][], KeyIndex.EMPTY, 0, 0, 0);
    }

    public int size() {
        return size;
    }

    /** Above every ordinal in use. */
    public int limit() {
        return limit;
    }

    public Digest digest() {
        return new Digest(size, sum);
    }

    /** The row with that ordinal, or {@code null}. */
    public Row get(int ordinal) {
        return get(chunks, ordinal);
    }

    private static Row get(Row[][] chunks, int ordinal) {
        int chunk = ordinal >>> BITS;
        return chunk >= chunks.length || chunks[chunk] == null ? null : chunks[chunk][ordinal & CHUNK - 1];
    }

    Row find(List<Object> key) {
        for (int ordinal : index.candidates(layout.seed(key))) {
            Row row = get(ordinal);
            if (layout.sameKey(row, key)) {
                return row;
            }
        }
        return null;
    }

    public void forEach(Consumer<Row> action) {
        for (Row[] chunk : chunks) {
            if (chunk != null) {
                for (Row row : chunk) {
                    if (row != null) {
                        action.accept(row);
                    }
                }
            }
        }
    }

    /** What differs from {@code before}; chunks that both share are passed over. */
    void changesSince(TableRows before, Consumer<RowChange> to) {
        for (int c = 0; c < Math.max(chunks.length, before.chunks.length); c++) {
            Row[] now = c < chunks.length ? chunks[c] : null;
            Row[] then = c < before.chunks.length ? before.chunks[c] : null;
            if (now == then) {
                continue;
            }
            for (int i = 0; i < CHUNK; i++) {
                Row after = now == null ? null : now[i];
                Row old = then == null ? null : then[i];
                if (after == old) {
                    continue;
                }
                // An ordinal may be another row's by now.
                if (after != null) {
                    Row was = old != null && layout.sameKey(old, after) ? old : before.find(after.key());
                    if (was != after && !after.equals(was)) {
                        to.accept(new RowChange(layout.table, was, after));
                    }
                }
                if (old != null && (after == null || !layout.sameKey(old, after)) && find(old.key()) == null) {
                    to.accept(new RowChange(layout.table, old, null));
                }
            }
        }
    }

    /** The digest of the rows as they are now, not as they were kept account of. */
    public Digest recompute() {
        long[] counts = new long[2];
        forEach(row -> {
            counts[0]++;
            counts[1] += layout.digest(layout.seed(row), row);
        });
        return new Digest(counts[0], counts[1]);
    }

    public Builder builder() {
        return new Builder(this);
    }

    /** Makes the next rows; copies each chunk at most once. */
    public static final class Builder {

        final TableRows base;
        final Layout layout;
        private Row[][] chunks;
        private boolean[] own;
        private KeyIndex.Builder index;
        private int limit;
        private int size;
        private long sum;
        private int[] touched = new int[16];
        private int touchedCount;

        private Builder(TableRows base) {
            this.base = base;
            this.layout = base.layout;
            this.chunks = base.chunks.clone();
            this.own = new boolean[chunks.length];
            this.limit = base.limit;
            this.size = base.size;
            this.sum = base.sum;
        }

        Row get(int ordinal) {
            return TableRows.get(chunks, ordinal);
        }

        int limit() {
            return limit;
        }

        int size() {
            return size;
        }

        /** The ordinal of the row with that key and its hash, or -1. */
        int find(long seed, Row like) {
            for (int ordinal : index == null ? base.index.candidates(seed) : index.candidates(seed)) {
                if (layout.sameKey(get(ordinal), like)) {
                    return ordinal;
                }
            }
            return -1;
        }

        int find(long seed, List<Object> key) {
            for (int ordinal : index == null ? base.index.candidates(seed) : index.candidates(seed)) {
                if (layout.sameKey(get(ordinal), key)) {
                    return ordinal;
                }
            }
            return -1;
        }

        void insert(int ordinal, long seed, Row row) {
            set(ordinal, row);
            limit = Math.max(limit, ordinal + 1);
            size++;
            sum += layout.digest(seed, row);
            addToIndex(seed, ordinal);
        }

        /**
         * A row of which nothing has been checked, in place of the one with its key or behind all others.
         *
         * @throws IllegalArgumentException when it is none that this table can have
         */
        public void put(Row row) {
            Row own = layout.canonical(layout.own(row));
            long seed = layout.seed(own);
            int ordinal = find(seed, own);
            if (ordinal >= 0) {
                replace(ordinal, seed, get(ordinal), own);
            } else if (limit >= Wire.MOST_ROWS) {
                throw new IllegalArgumentException("Table " + layout.table + " has all the rows it can have");
            } else {
                insert(limit, seed, own);
            }
        }

        private void addToIndex(long seed, int ordinal) {
            if (index == null) {
                index = new KeyIndex.Builder(base.index);
            }
            if (!index.tooSmallFor(size)) {
                index.add(seed, ordinal);
                return;
            }
            index = KeyIndex.Builder.ofSize(size * 2);
            for (int i = 0; i < limit; i++) {
                Row row = get(i);
                if (row != null) {
                    index.add(layout.seed(row), i);
                }
            }
        }

        /** Another row with the same key. */
        void replace(int ordinal, long seed, Row before, Row after) {
            for (int i = layout.keys; i < layout.columns; i++) {
                Object old = before.get(i);
                Object now = after.get(i);
                if (!Layout.same(old, now)) {
                    sum += layout.cell(i, seed, now) - layout.cell(i, seed, old);
                }
            }
            set(ordinal, after);
        }

        /**
         * A row with the same key, of which nothing has been checked but the key; answers whether it differs.
         *
         * @throws IllegalArgumentException when it has a value that its column cannot have
         */
        boolean replaceBy(int ordinal, long seed, Row row) {
            Row before = get(ordinal);
            Object[] copy = null;
            long difference = 0;
            boolean differs = false;
            // What is as it was needs neither check nor digest: that is most of a row, most of the time.
            for (int i = layout.keys; i < layout.columns; i++) {
                Object old = before.get(i);
                Object value = row.get(i);
                if (Layout.same(old, value)) {
                    continue;
                }
                Object now = layout.canonical(i, value);
                if (now != value) {
                    copy = copy == null ? row.values() : copy;
                    copy[i] = now;
                    if (Layout.same(old, now)) {
                        continue;
                    }
                }
                difference += layout.cell(i, seed, now) - layout.cell(i, seed, old);
                differs = true;
            }
            if (differs) {
                sum += difference;
                set(ordinal, copy == null ? row : layout.table.row(copy));
            }
            return differs;
        }

        /** Another row, by one who has kept account of the digest. */
        void replace(int ordinal, Row after, long difference) {
            sum += difference;
            set(ordinal, after);
        }

        void remove(int ordinal, long seed, Row before) {
            sum -= layout.digest(seed, before);
            set(ordinal, null);
            size--;
            if (index == null) {
                index = new KeyIndex.Builder(base.index);
            }
            index.remove(seed, ordinal);
        }

        private void set(int ordinal, Row row) {
            int at = ordinal >>> BITS;
            if (at >= chunks.length) {
                int length = Math.max(at + 1, chunks.length + (chunks.length >> 2));
                chunks = Arrays.copyOf(chunks, length);
                own = Arrays.copyOf(own, length);
            }
            if (!own[at]) {
                chunks[at] = chunks[at] == null ? new Row[CHUNK] : chunks[at].clone();
                own[at] = true;
            }
            chunks[at][ordinal & CHUNK - 1] = row;
            if (touchedCount == touched.length) {
                touched = Arrays.copyOf(touched, touchedCount * 2);
            }
            touched[touchedCount++] = ordinal;
        }

        /** The ordinals that were set, ascending, each once. */
        int[] touched() {
            int[] sorted = Arrays.copyOf(touched, touchedCount);
            boolean ascending = true;
            for (int i = 1; i < sorted.length && ascending; i++) {
                ascending = sorted[i] > sorted[i - 1];
            }
            if (ascending) {
                return sorted;
            }
            Arrays.sort(sorted);
            int count = 1;
            for (int i = 1; i < sorted.length; i++) {
                if (sorted[i] != sorted[i - 1]) {
                    sorted[count++] = sorted[i];
                }
            }
            return Arrays.copyOf(sorted, count);
        }

        /** The rows; the builder must not be used any more. */
        public TableRows build() {
            return new TableRows(layout, chunks, index == null ? base.index : index.build(), limit, size, sum);
        }
    }
}
