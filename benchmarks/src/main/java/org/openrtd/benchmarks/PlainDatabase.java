package org.openrtd.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.openrtd.feed.Change;
import org.openrtd.feed.Column;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.localdb.LocalDatabase;

/** The same tables, written by plain JDBC: what an updater has to be compared with. */
final class PlainDatabase implements AutoCloseable {

    private static final int BATCH = 1_000;

    private final Connection connection;

    PlainDatabase(LocalDatabase tables) throws SQLException {
        connection = tables.connect();
    }

    /** Inserts the rows in prepared batches, table by table, in one transaction. */
    void insert(List<Row> rows) throws SQLException {
        Map<Table, List<Row>> byTable = new LinkedHashMap<>();
        rows.forEach(row ->
                byTable.computeIfAbsent(row.table(), table -> new ArrayList<>()).add(row));
        for (Map.Entry<Table, List<Row>> entry : byTable.entrySet()) {
            Table table = entry.getKey();
            int columns = table.columns().size();
            String names = table.columns().stream().map(Column::name).collect(Collectors.joining(", "));
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO t_" + table.name() + " (" + names + ") VALUES (" + "?, ".repeat(columns - 1) + "?)")) {
                int waiting = 0;
                for (Row row : entry.getValue()) {
                    for (int c = 0; c < columns; c++) {
                        set(insert, c + 1, table.columns().get(c), row.get(c));
                    }
                    insert.addBatch();
                    if (++waiting == BATCH) {
                        insert.executeBatch();
                        waiting = 0;
                    }
                }
                insert.executeBatch();
            }
        }
        connection.commit();
    }

    /** Updates one row after the other by its key, each in a transaction of its own. */
    void update(List<Change> changes, Histogram times) throws SQLException {
        Table table = changes.get(0).table();
        List<Column> columns = table.columns();
        String sets =
                columns.stream().skip(1).map(column -> column.name() + " = ?").collect(Collectors.joining(", "));
        try (PreparedStatement update = connection.prepareStatement("UPDATE t_" + table.name() + " SET " + sets
                + " WHERE " + columns.get(0).name() + " = ?")) {
            for (Change change : changes) {
                long begin = System.nanoTime();
                for (int c = 1; c < columns.size(); c++) {
                    set(update, c, columns.get(c), change.row().get(c));
                }
                set(update, columns.size(), columns.get(0), change.row().get(0));
                update.executeUpdate();
                connection.commit();
                times.recordValue(System.nanoTime() - begin);
            }
        }
    }

    private static void set(PreparedStatement statement, int parameter, Column column, Object value)
            throws SQLException {
        switch (column.type()) {
            case INT -> statement.setObject(parameter, value, Types.INTEGER);
            case LONG -> statement.setObject(parameter, value, Types.BIGINT);
            case STRING -> statement.setString(parameter, (String) value);
            default -> throw new IllegalArgumentException("Generated rows have no column like " + column);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.rollback();
        connection.close();
    }
}
