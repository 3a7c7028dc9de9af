package org.openrtd.centraldb.internal;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openrtd.feed.Column;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.Dialect;

/**
 * The configuration tables in SQL, made from the catalog's tables: how they are created, and how a row is read, written
 * and found. Instants are stored as UTC ms, exact whatever the zone and its summer time.
 */
final class ConfigurationTables {

    private final FeedSchema schema;
    private final Dialect dialect;

    ConfigurationTables(FeedSchema schema, Dialect dialect) {
        this.schema = schema;
        this.dialect = dialect;
    }

    /** Creates what is missing: tables, and columns of tables. The caller commits. */
    void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (Table table : schema.tables()) {
                Set<String> present = columns(connection, table);
                if (present.isEmpty()) {
                    statement.execute(createTable(table));
                    for (String sql : createIndexes(table)) {
                        statement.execute(sql);
                    }
                    continue;
                }
                for (Column column : table.columns()) {
                    if (!present.contains(column.name().toLowerCase(Locale.ROOT))) {
                        statement.execute("ALTER TABLE " + table.name() + " ADD COLUMN " + column.name() + " "
                                + type(table, column));
                    }
                }
            }
        }
    }

    /**
     * What the checks look up. They are no constraints: a transaction may pass through what it must not end with, and
     * constraints that Derby defers to the commit make each row dearer than the one before it.
     */
    private static List<String> createIndexes(Table table) {
        Set<String> columns = new LinkedHashSet<>();
        ConfigurationRules.TableRules rules = ConfigurationRules.of(table);
        rules.unique().forEach(unique -> columns.add(String.join(", ", unique)));
        rules.references().forEach(reference -> columns.add(reference.column()));
        // The key has its index.
        columns.remove(keys(table, ", ", ""));
        List<String> indexes = new ArrayList<>();
        for (String indexed : columns) {
            indexes.add("CREATE INDEX IX_" + table.name() + "_" + (indexes.size() + 1) + " ON " + table.name() + " ("
                    + indexed + ")");
        }
        return indexes;
    }

    private Set<String> columns(Connection connection, Table table) throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        Set<String> names = new HashSet<>();
        try (ResultSet columns =
                meta.getColumns(null, connection.getSchema(), dialect.storedName(table.name()), null)) {
            while (columns.next()) {
                names.add(columns.getString("COLUMN_NAME").toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    private String createTable(Table table) {
        StringBuilder sql =
                new StringBuilder("CREATE TABLE ").append(table.name()).append(" (");
        ConfigurationRules.TableRules rules = ConfigurationRules.of(table);
        for (int i = 0; i < table.columns().size(); i++) {
            Column column = table.columns().get(i);
            sql.append(column.name()).append(' ').append(type(table, column));
            if (i < table.keyColumns() || rules.isRequired(column.name())) {
                sql.append(" NOT NULL");
            }
            sql.append(", ");
        }
        return sql.append("PRIMARY KEY (")
                .append(keys(table, ", ", ""))
                .append("))")
                .toString();
    }

    private String type(Table table, Column column) {
        return switch (column.type()) {
            case INT -> "INTEGER";
            case LONG, TIMESTAMP -> "BIGINT";
            case DOUBLE -> dialect.doubleType();
            case BOOLEAN -> "BOOLEAN";
            case STRING -> dialect.textType(ConfigurationRules.of(table).length(column.name()));
            case BYTES -> dialect.binaryType();
        };
    }

    static String select(Table table) {
        return "SELECT " + columnNames(table) + " FROM " + table.name();
    }

    static String selectByKey(Table table) {
        return select(table) + whereKey(table);
    }

    static String insert(Table table) {
        return "INSERT INTO " + table.name() + " (" + columnNames(table) + ") VALUES ("
                + "?, ".repeat(table.columns().size() - 1) + "?)";
    }

    /** Parameters: the columns that are not the key, then the key. */
    static String update(Table table) {
        return "UPDATE " + table.name() + " SET "
                + table.columns().stream()
                        .skip(table.keyColumns())
                        .map(column -> column.name() + " = ?")
                        .collect(Collectors.joining(", "))
                + whereKey(table);
    }

    static String delete(Table table) {
        return "DELETE FROM " + table.name() + whereKey(table);
    }

    static String selectWhere(Table table, List<String> columns) {
        return select(table) + " WHERE "
                + columns.stream().map(column -> column + " = ?").collect(Collectors.joining(" AND "));
    }

    private static String whereKey(Table table) {
        return " WHERE " + keys(table, " AND ", " = ?");
    }

    private static String keys(Table table, String between, String after) {
        return IntStream.range(0, table.keyColumns())
                .mapToObj(i -> table.columns().get(i).name() + after)
                .collect(Collectors.joining(between));
    }

    private static String columnNames(Table table) {
        return table.columns().stream().map(Column::name).collect(Collectors.joining(", "));
    }

    static void set(PreparedStatement statement, int parameter, ColumnType type, Object value) throws SQLException {
        switch (type) {
            case INT -> {
                if (value == null) {
                    statement.setNull(parameter, Types.INTEGER);
                } else {
                    statement.setInt(parameter, (Integer) value);
                }
            }
            case LONG, TIMESTAMP -> {
                if (value == null) {
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

    static Row row(Table table, ResultSet result) throws SQLException {
        Object[] values = new Object[table.columns().size()];
        for (int i = 0; i < values.length; i++) {
            Object value =
                    switch (table.columns().get(i).type()) {
                        case INT -> result.getInt(i + 1);
                        case LONG, TIMESTAMP -> result.getLong(i + 1);
                        case DOUBLE -> result.getDouble(i + 1);
                        case BOOLEAN -> result.getBoolean(i + 1);
                        case STRING -> result.getString(i + 1);
                        case BYTES -> result.getBytes(i + 1);
                    };
            values[i] = result.wasNull() ? null : value;
        }
        return table.row(values);
    }

    /** Hands over every row of a table. */
    static void forEach(Connection connection, Table table, Consumer<Row> to) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(select(table))) {
            while (result.next()) {
                to.accept(row(table, result));
            }
        }
    }
}
