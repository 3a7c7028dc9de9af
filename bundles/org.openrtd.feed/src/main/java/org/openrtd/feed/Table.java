package org.openrtd.feed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The schema of one table of a feed: its columns in order, the first {@link #keyColumns()} of which are its key.
 *
 * <p>Immutable; usable from any thread. Column names are found whatever their case, as in SQL.
 */
public final class Table {

    private final String name;
    private final int keyColumns;
    private final List<Column> columns;
    private final Map<String, Integer> indexes;

    /** @throws IllegalArgumentException when there is no key column, or two columns share a name */
    public Table(String name, int keyColumns, List<Column> columns) {
        if (name.isEmpty() || name.length() > 128) {
            throw new IllegalArgumentException("A table's name has 1 to 128 characters, not " + name.length());
        }
        if (keyColumns < 1 || keyColumns > columns.size()) {
            throw new IllegalArgumentException(
                    "Table " + name + " has " + columns.size() + " columns, so its key cannot have " + keyColumns);
        }
        this.name = name;
        this.keyColumns = keyColumns;
        this.columns = List.copyOf(columns);
        this.indexes = new HashMap<>();
        for (int i = 0; i < this.columns.size(); i++) {
            String column = this.columns.get(i).name();
            if (indexes.put(column.toLowerCase(java.util.Locale.ROOT), i) != null) {
                throw new IllegalArgumentException("Table " + name + " has two columns named " + column);
            }
        }
    }

    public String name() {
        return name;
    }

    /** How many of the first columns are the key. */
    public int keyColumns() {
        return keyColumns;
    }

    public List<Column> columns() {
        return columns;
    }

    /**
     * The index of the column with that name, in whatever case.
     *
     * @throws IllegalArgumentException when the table has no such column
     */
    public int column(String column) {
        Integer index = indexes.get(column.toLowerCase(java.util.Locale.ROOT));
        if (index == null) {
            throw new IllegalArgumentException("Table " + name + " has no column " + column);
        }
        return index;
    }

    public boolean hasColumn(String column) {
        return indexes.containsKey(column.toLowerCase(java.util.Locale.ROOT));
    }

    /** A row of this table; {@code values} are in column order and are not copied. See {@link Row}. */
    public Row row(Object... values) {
        return new Row(this, values);
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof Table that
                        && name.equals(that.name)
                        && keyColumns == that.keyColumns
                        && columns.equals(that.columns);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }

    /** Starts a table: {@code Table.named("Agent_Real_Time").key("SkillTargetID", INT).column("AgentState", INT).build()}. */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** Collects a table's columns, keys first. */
    public static final class Builder {
        private final String name;
        private final List<Column> columns = new ArrayList<>();
        private int keys;

        private Builder(String name) {
            this.name = name;
        }

        public Builder key(String column, ColumnType type) {
            if (keys != columns.size()) {
                throw new IllegalStateException("Key columns come first: " + name + "." + column);
            }
            keys++;
            columns.add(new Column(column, type));
            return this;
        }

        public Builder column(String column, ColumnType type) {
            columns.add(new Column(column, type));
            return this;
        }

        /** Adds several columns of one type. */
        public Builder columns(ColumnType type, String... names) {
            Arrays.stream(names).forEach(column -> column(column, type));
            return this;
        }

        public Table build() {
            return new Table(name, keys, columns);
        }
    }
}
