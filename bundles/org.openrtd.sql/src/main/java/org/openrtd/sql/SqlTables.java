package org.openrtd.sql;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.openrtd.feed.Table;

/**
 * The tables of feeds in a database, made from their descriptions: {@link #create} makes what is missing, {@link #of} gives
 * the statements of one, {@link SqlSession} reads and writes rows.
 *
 * <p>Usable from any thread.
 */
public final class SqlTables {

    private final Dialect dialect;
    private final TableLayout layout;
    private final Map<Table, SqlTable> tables = new ConcurrentHashMap<>();

    public SqlTables(Dialect dialect, TableLayout layout) {
        this.dialect = dialect;
        this.layout = layout;
    }

    public Dialect dialect() {
        return dialect;
    }

    /** The table as it lies in the database, whether it has been created or not. */
    public SqlTable of(Table table) {
        return tables.computeIfAbsent(table, described -> new SqlTable(described, dialect, layout));
    }

    /**
     * Creates what is missing: tables, with their indexes, and columns of tables, which are NULL in the rows that are there.
     * The caller commits.
     */
    public void create(Connection connection, Collection<Table> wanted) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (Table described : wanted) {
                SqlTable table = of(described);
                Set<String> present = columns(connection, table);
                if (present.isEmpty()) {
                    statement.execute(table.createTable());
                    for (String index : table.createIndexes()) {
                        statement.execute(index);
                    }
                    continue;
                }
                for (Map.Entry<String, String> column : table.columns().entrySet()) {
                    if (!present.contains(column.getKey().toLowerCase(Locale.ROOT))) {
                        statement.execute("ALTER TABLE " + table.name() + " ADD COLUMN " + column.getKey() + " "
                                + column.getValue().replace(SqlTable.NOT_NULL, ""));
                    }
                }
            }
        }
    }

    /** The columns that the database has, in lower case; none when it does not have the table. */
    public Set<String> columns(Connection connection, SqlTable table) throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        // Not taken for a pattern: an underscore stands for itself.
        String name = dialect.storedName(table.name()).replace("_", meta.getSearchStringEscape() + "_");
        Set<String> names = new HashSet<>();
        try (ResultSet columns = meta.getColumns(null, connection.getSchema(), name, null)) {
            while (columns.next()) {
                names.add(columns.getString("COLUMN_NAME").toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }
}
