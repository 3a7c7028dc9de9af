package org.openrtd.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.Calendar;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.stream.Collectors;
import org.openrtd.feed.Column;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/**
 * One table of a feed as it lies in a database: its statements, and how values and rows pass through JDBC. Made by
 * {@link SqlTables#of}.
 *
 * <p>Immutable; usable from any thread.
 */
public final class SqlTable {

    static final String NOT_NULL = " NOT NULL";

    private final Table table;
    private final String name;
    private final Instants instants;
    private final Dialect dialect;
    private final TableLayout layout;
    private final String select;
    private final String selectByKey;
    private final String insert;
    private final String update;
    private final String delete;

    SqlTable(Table table, Dialect dialect, TableLayout layout) {
        this.table = table;
        this.dialect = dialect;
        this.layout = layout;
        this.name = layout.name(table);
        this.instants = layout.instants(table);
        for (Column column : keys()) {
            if (column.type() == ColumnType.TIMESTAMP && !instants.exact()) {
                throw new IllegalArgumentException("Column " + column.name() + " of the key of " + table
                        + " is an instant, and local time alone is not unique: let UTC stand beside it");
            }
        }
        List<Column> values =
                table.columns().subList(table.keyColumns(), table.columns().size());
        Set<String> all = columns(table.columns()).keySet();
        select = "SELECT " + table.columns().stream().map(this::exactName).collect(Collectors.joining(", ")) + " FROM "
                + name;
        String whereKey = " WHERE " + equal(keys());
        selectByKey = select + whereKey;
        insert = "INSERT INTO " + name + " (" + String.join(", ", all) + ") VALUES (" + "?, ".repeat(all.size() - 1)
                + "?)";
        update = values.isEmpty()
                ? null
                : "UPDATE " + name + " SET "
                        + columns(values).keySet().stream()
                                .map(column -> column + " = ?")
                                .collect(Collectors.joining(", "))
                        + whereKey;
        delete = "DELETE FROM " + name + whereKey;
    }

    public Table table() {
        return table;
    }

    /** What it is called in the database. */
    public String name() {
        return name;
    }

    /** All columns as the database has them, in order, each with its type and its bounds. */
    public Map<String, String> columns() {
        return columns(table.columns());
    }

    private Map<String, String> columns(List<Column> of) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (Column column : of) {
            String notNull = keys().contains(column) || layout.isRequired(table, column) ? NOT_NULL : "";
            columns.put(column.name(), type(column) + notNull);
            if (hasCompanion(column)) {
                columns.put(exactName(column), "BIGINT" + notNull);
                if (table.hasColumn(exactName(column))) {
                    throw new IllegalArgumentException("Table " + table + " has a column " + exactName(column)
                            + " already, beside " + column.name());
                }
            }
        }
        return columns;
    }

    private String type(Column column) {
        return switch (column.type()) {
            case INT -> "INTEGER";
            case LONG -> "BIGINT";
            case TIMESTAMP -> instants.isLocal() ? "TIMESTAMP" : "BIGINT";
            case DOUBLE -> dialect.doubleType();
            case BOOLEAN -> "BOOLEAN";
            case STRING -> dialect.textType(layout.length(table, column));
            case BYTES -> dialect.binaryType();
        };
    }

    private boolean hasCompanion(Column column) {
        return column.type() == ColumnType.TIMESTAMP && instants.hasCompanion();
    }

    /** The database's column that is read, and that says which row it is. */
    private String exactName(Column column) {
        return hasCompanion(column) ? column.name() + "UTC" : column.name();
    }

    private List<Column> keys() {
        return table.columns().subList(0, table.keyColumns());
    }

    private String equal(List<Column> columns) {
        return columns.stream().map(column -> exactName(column) + " = ?").collect(Collectors.joining(" AND "));
    }

    private String exactNames(List<Column> columns) {
        return columns.stream().map(this::exactName).collect(Collectors.joining(", "));
    }

    String createTable() {
        return "CREATE TABLE " + name + " ("
                + columns().entrySet().stream()
                        .map(column -> column.getKey() + " " + column.getValue())
                        .collect(Collectors.joining(", "))
                + ", PRIMARY KEY (" + exactNames(keys()) + "))";
    }

    /** The columns of each index beside the key's, by their names in the database. */
    List<List<String>> indexes() {
        Set<List<String>> indexes = new LinkedHashSet<>();
        for (List<String> index : layout.indexes(table)) {
            indexes.add(index.stream()
                    .map(column -> exactName(table.columns().get(table.column(column))))
                    .toList());
        }
        // The key has its index.
        indexes.remove(keys().stream().map(this::exactName).toList());
        return List.copyOf(indexes);
    }

    /** Selects all rows; see {@link #row}. */
    public String select() {
        return select;
    }

    /** Parameters: {@link #setKey}. */
    public String selectByKey() {
        return selectByKey;
    }

    /** Selects the rows whose columns have the values that {@link #set(PreparedStatement, int, String, Object)} is given. */
    public String selectWhere(List<String> columns) {
        return select + " WHERE "
                + equal(columns.stream()
                        .map(column -> table.columns().get(table.column(column)))
                        .toList());
    }

    /** Parameters: {@link #setInsert}. */
    public String insert() {
        return insert;
    }

    /** Parameters: {@link #setUpdate}. {@code null} for a table that is nothing but its key. */
    public String update() {
        return update;
    }

    /** Parameters: {@link #setKey}. */
    public String delete() {
        return delete;
    }

    public void setInsert(PreparedStatement statement, Row row) throws SQLException {
        setAll(statement, 1, 0, row);
    }

    public void setUpdate(PreparedStatement statement, Row row) throws SQLException {
        setKey(statement, setAll(statement, 1, table.keyColumns(), row), row.key());
    }

    public void setKey(PreparedStatement statement, List<Object> key) throws SQLException {
        setKey(statement, 1, key);
    }

    private void setKey(PreparedStatement statement, int parameter, List<Object> key) throws SQLException {
        for (int i = 0; i < table.keyColumns(); i++) {
            setExact(statement, parameter + i, table.columns().get(i), key.get(i));
        }
    }

    /** Sets the value that a column is compared with. */
    public void set(PreparedStatement statement, int parameter, String column, Object value) throws SQLException {
        setExact(statement, parameter, table.columns().get(table.column(column)), value);
    }

    private int setAll(PreparedStatement statement, int parameter, int from, Row row) throws SQLException {
        int next = parameter;
        for (int i = from; i < table.columns().size(); i++) {
            Column column = table.columns().get(i);
            if (hasCompanion(column)) {
                setLocal(statement, next++, (Long) row.get(i));
            }
            setExact(statement, next++, column, row.get(i));
        }
        return next;
    }

    private void setExact(PreparedStatement statement, int parameter, Column column, Object value) throws SQLException {
        switch (column.type()) {
            case INT -> {
                if (value == null) {
                    statement.setNull(parameter, Types.INTEGER);
                } else {
                    statement.setInt(parameter, (Integer) value);
                }
            }
            case LONG, TIMESTAMP -> {
                if (column.type() == ColumnType.TIMESTAMP && instants.isLocal() && !instants.hasCompanion()) {
                    setLocal(statement, parameter, (Long) value);
                } else if (value == null) {
                    statement.setNull(parameter, Types.BIGINT);
                } else {
                    statement.setLong(parameter, (Long) value);
                }
            }
            case DOUBLE -> {
                if (value == null) {
                    statement.setNull(parameter, Types.DOUBLE);
                } else {
                    statement.setDouble(parameter, (Double) value);
                }
            }
            case BOOLEAN -> {
                if (value == null) {
                    statement.setNull(parameter, Types.BOOLEAN);
                } else {
                    statement.setBoolean(parameter, (Boolean) value);
                }
            }
            case STRING -> statement.setString(parameter, (String) value);
            case BYTES -> statement.setBytes(parameter, (byte[]) value);
        }
    }

    private void setLocal(PreparedStatement statement, int parameter, Long utcMillis) throws SQLException {
        if (utcMillis == null) {
            statement.setNull(parameter, Types.TIMESTAMP);
        } else {
            statement.setTimestamp(parameter, new Timestamp(instants.toLocal(utcMillis)), utc());
        }
    }

    /** The row at which a result of one of the selects stands. */
    public Row row(ResultSet result) throws SQLException {
        Object[] values = new Object[table.columns().size()];
        for (int i = 0; i < values.length; i++) {
            Object value =
                    switch (table.columns().get(i).type()) {
                        case INT -> result.getInt(i + 1);
                        case LONG -> result.getLong(i + 1);
                        case TIMESTAMP ->
                            instants.isLocal() && !instants.hasCompanion()
                                    ? local(result.getTimestamp(i + 1, utc()))
                                    : (Long) result.getLong(i + 1);
                        case DOUBLE -> result.getDouble(i + 1);
                        case BOOLEAN -> result.getBoolean(i + 1);
                        case STRING -> result.getString(i + 1);
                        case BYTES -> result.getBytes(i + 1);
                    };
            values[i] = result.wasNull() ? null : value;
        }
        return table.row(values);
    }

    private Long local(Timestamp timestamp) {
        return timestamp == null ? null : (Long) instants.fromLocal(timestamp.getTime());
    }

    /** A new one each time: drivers change it. */
    private static Calendar utc() {
        return Calendar.getInstance(TimeZone.getTimeZone("UTC"));
    }

    @Override
    public String toString() {
        return name;
    }
}
