package org.openrtd.centraldb.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/** A connection to the configuration tables with its prepared statements; belongs to whoever holds the store's lock. */
final class ConfigurationSession {

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    ConfigurationSession(Connection connection) {
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    PreparedStatement statement(String sql) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        return statement;
    }

    /** The row with that key, or {@code null}. */
    Row find(Table table, List<Object> key) throws SQLException {
        PreparedStatement select = statement(ConfigurationTables.selectByKey(table));
        for (int i = 0; i < key.size(); i++) {
            ConfigurationTables.set(select, i + 1, table.columns().get(i).type(), key.get(i));
        }
        try (ResultSet result = select.executeQuery()) {
            return result.next() ? ConfigurationTables.row(table, result) : null;
        }
    }

    /** The rows whose columns have those values. */
    List<Row> find(Table table, List<String> columns, List<Object> values) throws SQLException {
        PreparedStatement select = statement(ConfigurationTables.selectWhere(table, columns));
        for (int i = 0; i < columns.size(); i++) {
            ColumnType type = table.columns().get(table.column(columns.get(i))).type();
            ConfigurationTables.set(select, i + 1, type, values.get(i));
        }
        List<Row> rows = new ArrayList<>();
        try (ResultSet result = select.executeQuery()) {
            while (result.next()) {
                rows.add(ConfigurationTables.row(table, result));
            }
        }
        return rows;
    }

    void insert(Row row) throws SQLException {
        PreparedStatement insert = statement(ConfigurationTables.insert(row.table()));
        for (int i = 0; i < row.table().columns().size(); i++) {
            ConfigurationTables.set(insert, i + 1, row.table().columns().get(i).type(), row.get(i));
        }
        insert.executeUpdate();
    }

    void update(Row row) throws SQLException {
        Table table = row.table();
        PreparedStatement update = statement(ConfigurationTables.update(table));
        int parameter = 1;
        for (int i = table.keyColumns(); i < table.columns().size(); i++) {
            ConfigurationTables.set(update, parameter++, table.columns().get(i).type(), row.get(i));
        }
        for (int i = 0; i < table.keyColumns(); i++) {
            ConfigurationTables.set(update, parameter++, table.columns().get(i).type(), row.get(i));
        }
        update.executeUpdate();
    }

    void delete(Table table, List<Object> key) throws SQLException {
        PreparedStatement delete = statement(ConfigurationTables.delete(table));
        for (int i = 0; i < key.size(); i++) {
            ConfigurationTables.set(delete, i + 1, table.columns().get(i).type(), key.get(i));
        }
        delete.executeUpdate();
    }

    void forEach(Table table, Consumer<Row> to) throws SQLException {
        ConfigurationTables.forEach(connection, table, to);
    }

    /** The number that a query answers; 0 when it answers NULL or nothing. */
    long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }
}
