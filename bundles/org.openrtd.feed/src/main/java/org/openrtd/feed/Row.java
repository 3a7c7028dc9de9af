package org.openrtd.feed;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * One row of a {@link Table}: a value or {@code null} for each column, of the Java type that {@link ColumnType} states.
 *
 * <p>Immutable; usable from any thread. The array it is made from is not copied and must not be changed afterwards.
 */
public final class Row {

    private final Table table;
    private final Object[] values;

    Row(Table table, Object[] values) {
        if (values.length != table.columns().size()) {
            throw new IllegalArgumentException(
                    "A row of " + table + " has " + table.columns().size() + " values, not " + values.length);
        }
        this.table = table;
        this.values = values;
    }

    public Table table() {
        return table;
    }

    public Object get(int column) {
        return values[column];
    }

    /** @throws IllegalArgumentException when the table has no such column */
    public Object get(String column) {
        return values[table.column(column)];
    }

    /** @throws NullPointerException when the value is NULL */
    public int getInt(String column) {
        return ((Number) get(column)).intValue();
    }

    /** @throws NullPointerException when the value is NULL */
    public long getLong(String column) {
        return ((Number) get(column)).longValue();
    }

    public String getString(String column) {
        return (String) get(column);
    }

    /** The value of a TIMESTAMP column, or {@code null}. */
    public Instant getInstant(String column) {
        Object value = get(column);
        return value == null ? null : Instant.ofEpochMilli((Long) value);
    }

    /** The values of the key columns. */
    public List<Object> key() {
        return Collections.unmodifiableList(Arrays.asList(values).subList(0, table.keyColumns()));
    }

    /** A copy of all values, in column order. */
    public Object[] values() {
        return values.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Row that && table.equals(that.table) && Arrays.deepEquals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(values);
    }

    @Override
    public String toString() {
        return table.name() + Arrays.deepToString(values);
    }
}
