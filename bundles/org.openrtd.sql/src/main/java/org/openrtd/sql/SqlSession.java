package org.openrtd.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/**
 * A connection without auto-commit, by which rows of feeds' tables are read and written, with its prepared statements.
 * Commits nothing: that is its owner's.
 *
 * <p>For one thread at a time.
 */
public final class SqlSession implements AutoCloseable {

    /** How many rows a reader holds at once, and how many a batch has. */
    private static final int PORTION = 1000;

    private final Connection connection;
    private final SqlTables tables;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    /** @param connection is closed with the session */
    public SqlSession(Connection connection, SqlTables tables) {
        this.connection = connection;
        this.tables = tables;
    }

    public Connection connection() {
        return connection;
    }

    public SqlTables tables() {
        return tables;
    }

    /** The prepared statement, which stays the session's. */
    public PreparedStatement statement(String sql) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        return statement;
    }

    /** The row with that key, or {@code null}. */
    public Row find(Table table, List<Object> key) throws SQLException {
        SqlTable in = tables.of(table);
        PreparedStatement select = statement(in.selectByKey());
        in.setKey(select, key);
        try (ResultSet result = select.executeQuery()) {
            return result.next() ? in.row(result) : null;
        }
    }

    /** The rows whose columns have those values, none of which is {@code null}. */
    public List<Row> find(Table table, List<String> columns, List<Object> values) throws SQLException {
        List<Row> rows = new ArrayList<>();
        findFirst(table, columns, values, row -> !rows.add(row));
        return rows;
    }

    /** What a row is looked at by. */
    public interface Condition {
        boolean holds(Row row) throws SQLException;
    }

    /**
     * The first row, of those whose columns have those values, none of which is {@code null}, for which a condition holds;
     * {@code null} when there is none. Of many rows it holds few at once. The condition may read by this session, by other
     * columns.
     */
    public Row findFirst(Table table, List<String> columns, List<Object> values, Condition condition)
            throws SQLException {
        SqlTable in = tables.of(table);
        PreparedStatement select = statement(in.selectWhere(columns));
        for (int i = 0; i < columns.size(); i++) {
            in.set(select, i + 1, columns.get(i), values.get(i));
        }
        select.setFetchSize(PORTION);
        try (ResultSet result = select.executeQuery()) {
            while (result.next()) {
                Row row = in.row(result);
                if (condition.holds(row)) {
                    return row;
                }
            }
        }
        return null;
    }

    public void insert(Row row) throws SQLException {
        SqlTable in = tables.of(row.table());
        PreparedStatement insert = statement(in.insert());
        in.setInsert(insert, row);
        insert.executeUpdate();
    }

    /** Writes a row that is there. */
    public void update(Row row) throws SQLException {
        SqlTable in = tables.of(row.table());
        if (in.update() != null) {
            PreparedStatement update = statement(in.update());
            in.setUpdate(update, row);
            update.executeUpdate();
        }
    }

    public void delete(Table table, List<Object> key) throws SQLException {
        SqlTable in = tables.of(table);
        PreparedStatement delete = statement(in.delete());
        in.setKey(delete, key);
        delete.executeUpdate();
    }

    /** Inserts rows that are not there, in batches. */
    public void insertAll(Table table, Collection<Row> rows) throws SQLException {
        SqlTable in = tables.of(table);
        batched(in.insert(), rows, in::setInsert);
    }

    /** Writes rows, in batches, whether they are there or not: those that no update finds are inserted. */
    public void putAll(Table table, Collection<Row> rows) throws SQLException {
        SqlTable in = tables.of(table);
        if (in.update() == null) {
            deleteAll(table, rows.stream().map(Row::key).toList());
            insertAll(table, rows);
            return;
        }
        int[] found = batched(in.update(), rows, in::setUpdate);
        List<Row> missing = new ArrayList<>();
        int i = 0;
        for (Row row : rows) {
            if (found[i++] == 0) {
                missing.add(row);
            }
        }
        insertAll(table, missing);
    }

    /** Deletes the rows with those keys, in batches; those that are not there are no error. */
    public void deleteAll(Table table, Collection<List<Object>> keys) throws SQLException {
        SqlTable in = tables.of(table);
        batched(in.delete(), keys, in::setKey);
    }

    private interface Setter<T> {
        void set(PreparedStatement statement, T value) throws SQLException;
    }

    private <T> int[] batched(String sql, Collection<T> values, Setter<T> setter) throws SQLException {
        PreparedStatement statement = statement(sql);
        int[] counts = new int[values.size()];
        int done = 0;
        int waiting = 0;
        for (T value : values) {
            setter.set(statement, value);
            statement.addBatch();
            waiting++;
            if (waiting == PORTION || done + waiting == counts.length) {
                System.arraycopy(statement.executeBatch(), 0, counts, done, waiting);
                done += waiting;
                waiting = 0;
            }
        }
        return counts;
    }

    /** Hands over every row of a table, in no particular order. */
    public void forEach(Table table, Consumer<Row> to) throws SQLException {
        SqlTable in = tables.of(table);
        try (Statement statement = connection.createStatement()) {
            // PostgreSQL's driver fetches all rows at once otherwise.
            statement.setFetchSize(PORTION);
            try (ResultSet result = statement.executeQuery(in.select())) {
                while (result.next()) {
                    to.accept(in.row(result));
                }
            }
        }
    }

    /** The number that a query answers; 0 when it answers NULL or nothing. */
    public long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    /** Rolls back what is not committed, and closes the connection. */
    @Override
    public void close() throws SQLException {
        // Derby refuses to close a connection with an open transaction.
        try (connection) {
            if (!connection.isClosed() && !connection.getAutoCommit()) {
                connection.rollback();
            }
        }
    }
}
