package org.openrtd.feed.internal;

import java.util.Arrays;
import java.util.List;
import org.openrtd.feed.Column;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/** A table with what coding and digesting its rows needs, computed once. */
public final class Layout {

    private static final ColumnType[] TYPES = ColumnType.values();

    final Table table;
    final int columns;
    final int keys;
    final ColumnType[] types;
    private final long[] seeds;

    public Layout(Table table) {
        this.table = table;
        this.columns = table.columns().size();
        this.keys = table.keyColumns();
        this.types = table.columns().stream().map(Column::type).toArray(ColumnType[]::new);
        this.seeds = table.columns().stream()
                .mapToLong(column -> Hash.column(table.name(), column.name()))
                .toArray();
    }

    static ColumnType type(int ordinal) throws Undecodable {
        if (ordinal >= TYPES.length) {
            throw new Undecodable("column type " + ordinal);
        }
        return TYPES[ordinal];
    }

    long seed(Row row) {
        long seed = 0;
        for (int i = 0; i < keys; i++) {
            seed = Hash.key(seed, Hash.value(types[i], row.get(i)));
        }
        return seed;
    }

    long seed(List<Object> key) {
        long seed = 0;
        for (int i = 0; i < keys; i++) {
            seed = Hash.key(seed, Hash.value(types[i], key.get(i)));
        }
        return seed;
    }

    long cell(int column, long key, Object value) {
        return Hash.cell(seeds[column], key, Hash.value(types[column], value));
    }

    /** @throws IllegalArgumentException when the row is none that this table can have */
    public long digest(Row row) {
        Row canonical = canonical(own(row));
        return digest(seed(canonical), canonical);
    }

    long digest(long key, Row row) {
        long sum = 0;
        for (int i = 0; i < columns; i++) {
            sum += cell(i, key, row.get(i));
        }
        return sum;
    }

    static boolean same(Object a, Object b) {
        if (a == b) {
            return true;
        }
        if (a == null || b == null) {
            return false;
        }
        return a instanceof byte[] left ? b instanceof byte[] right && Arrays.equals(left, right) : a.equals(b);
    }

    boolean sameKey(Row row, Row other) {
        for (int i = 0; i < keys; i++) {
            if (!same(row.get(i), other.get(i))) {
                return false;
            }
        }
        return true;
    }

    boolean sameKey(Row row, List<Object> key) {
        for (int i = 0; i < keys; i++) {
            if (!same(row.get(i), key.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether the values are as many and of the Java types that the key's columns have. */
    boolean isKey(List<Object> key) {
        if (key.size() != keys) {
            return false;
        }
        for (int i = 0; i < keys; i++) {
            if (key.get(i) != null && !isOf(types[i], key.get(i))) {
                return false;
            }
        }
        return true;
    }

    static boolean isOf(ColumnType type, Object value) {
        return switch (type) {
            case INT -> value instanceof Integer;
            case LONG, TIMESTAMP -> value instanceof Long;
            case DOUBLE -> value instanceof Double;
            case BOOLEAN -> value instanceof Boolean;
            case STRING -> value instanceof String;
            case BYTES -> value instanceof byte[];
        };
    }

    /**
     * The row as one of this very table.
     *
     * @throws IllegalArgumentException when it is a row of another one
     */
    Row own(Row row) {
        Table of = row.table();
        if (of == table) {
            return row;
        }
        if (!of.equals(table)) {
            throw new IllegalArgumentException("A row of " + of + " as the feed does not know it");
        }
        return table.row(row.values());
    }

    /** The row with canonical values; see {@link #canonical(int, Object)}. */
    Row canonical(Row row) {
        Object[] copy = null;
        for (int i = 0; i < columns; i++) {
            Object value = row.get(i);
            Object canonical = canonical(i, value);
            if (canonical != value) {
                copy = copy == null ? row.values() : copy;
                copy[i] = canonical;
            }
        }
        return copy == null ? row : table.row(copy);
    }

    /**
     * The value as digests and the wire have it: zero is never negative.
     *
     * @throws IllegalArgumentException when it is none that the column can have
     */
    Object canonical(int column, Object value) {
        if (value == null) {
            return null;
        }
        if (!isOf(types[column], value)) {
            throw unfit(
                    column,
                    "holds " + types[column] + ", not " + value.getClass().getSimpleName());
        }
        if (value instanceof String text) {
            checkText(column, text);
        } else if (value instanceof Double number) {
            if (!Double.isFinite(number)) {
                throw unfit(column, "cannot hold " + number);
            }
            if (number == 0) {
                return 0.0;
            }
        }
        return value;
    }

    private void checkText(int column, String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit == 0) {
                throw unfit(column, "cannot hold text with \\u0000");
            }
            if (Character.isSurrogate(unit)) {
                if (Character.isLowSurrogate(unit)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(++i))) {
                    throw unfit(column, "cannot hold text with half a surrogate pair");
                }
            }
        }
    }

    private IllegalArgumentException unfit(int column, String what) {
        return new IllegalArgumentException(
                table.name() + "." + table.columns().get(column).name() + " " + what);
    }
}
