package org.openrtd.sql;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openrtd.feed.Table;

/**
 * The tables of feeds in a database, made from their descriptions: {@link #create} makes what is missing, {@link #of} gives
 * the statements of one, {@link SqlSession} reads and writes rows.
 *
 * <p>Usable from any thread.
 */
public final class SqlTables {

    private static final Pattern VARCHAR = Pattern.compile("VARCHAR\\((\\d+)\\)");

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
     * Makes the tables as they are described, as far as that loses nothing: creates what is missing, tables, columns (NULL in
     * the rows that are there) and indexes, makes texts longer, and takes NOT NULL off what may be NULL now. The caller
     * commits.
     */
    public void create(Connection connection, Collection<Table> wanted) throws SQLException {
        Map<String, Map<String, PresentColumn>> present = present(connection, wanted);
        try (Statement statement = connection.createStatement()) {
            for (Table described : wanted) {
                SqlTable table = of(described);
                Map<String, PresentColumn> columns = present.get(lower(table.name()));
                if (columns == null) {
                    statement.execute(table.createTable());
                } else {
                    for (Map.Entry<String, String> column : table.columns().entrySet()) {
                        alter(
                                statement,
                                table,
                                column.getKey(),
                                column.getValue(),
                                columns.get(lower(column.getKey())));
                    }
                }
                createIndexes(connection, statement, table, columns == null);
            }
        }
    }

    private record PresentColumn(String type, int length, boolean isRequired) {}

    private static void alter(
            Statement statement, SqlTable table, String column, String definition, PresentColumn present)
            throws SQLException {
        String type = definition.replace(SqlTable.NOT_NULL, "");
        String alter = "ALTER TABLE " + table.name();
        if (present == null) {
            statement.execute(alter + " ADD COLUMN " + column + " " + type);
            return;
        }
        Matcher text = VARCHAR.matcher(type);
        if (text.matches()
                && present.type().equalsIgnoreCase("VARCHAR")
                && present.length() < Integer.parseInt(text.group(1))) {
            statement.execute(alter + " ALTER COLUMN " + column + " SET DATA TYPE " + type);
        }
        if (present.isRequired() && type.equals(definition)) {
            statement.execute(alter + " ALTER COLUMN " + column + " DROP NOT NULL");
        }
    }

    private void createIndexes(Connection connection, Statement statement, SqlTable table, boolean isNew)
            throws SQLException {
        List<List<String>> wanted = table.indexes();
        if (wanted.isEmpty()) {
            return;
        }
        Map<String, List<String>> present = isNew ? Map.of() : indexes(connection, table);
        int number = 0;
        for (List<String> columns : wanted) {
            if (present.containsValue(columns.stream().map(SqlTables::lower).toList())) {
                continue;
            }
            String name;
            do {
                name = "IX_" + table.name() + "_" + ++number;
            } while (present.containsKey(lower(name)));
            statement.execute("CREATE INDEX " + name + " ON " + table.name() + " (" + String.join(", ", columns) + ")");
        }
    }

    /** The columns of each index that the table has, in lower case, by its name. */
    private Map<String, List<String>> indexes(Connection connection, SqlTable table) throws SQLException {
        Map<String, SortedMap<Integer, String>> found = new HashMap<>();
        try (ResultSet parts = connection
                .getMetaData()
                .getIndexInfo(null, connection.getSchema(), dialect.storedName(table.name()), false, true)) {
            while (parts.next()) {
                // A driver may answer with a row about the table itself.
                String name = parts.getString("INDEX_NAME");
                if (name != null) {
                    found.computeIfAbsent(lower(name), any -> new TreeMap<>())
                            .put(parts.getInt("ORDINAL_POSITION"), lower(parts.getString("COLUMN_NAME")));
                }
            }
        }
        Map<String, List<String>> indexes = new HashMap<>();
        found.forEach((name, columns) -> indexes.put(name, List.copyOf(columns.values())));
        return indexes;
    }

    /** The columns that the database has, in lower case; none when it does not have the table. */
    public Set<String> columns(Connection connection, SqlTable table) throws SQLException {
        return present(connection, List.of(table.table()))
                .getOrDefault(lower(table.name()), Map.of())
                .keySet();
    }

    /** By table and column, in lower case. Of several tables in one go: each question of the catalogue costs a start time. */
    private Map<String, Map<String, PresentColumn>> present(Connection connection, Collection<Table> wanted)
            throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        // Not taken for a pattern: an underscore stands for itself.
        String name = wanted.size() != 1
                ? "%"
                : dialect.storedName(of(wanted.iterator().next()).name())
                        .replace("_", meta.getSearchStringEscape() + "_");
        Map<String, Map<String, PresentColumn>> present = new HashMap<>();
        try (ResultSet columns = meta.getColumns(null, connection.getSchema(), name, null)) {
            while (columns.next()) {
                present.computeIfAbsent(lower(columns.getString("TABLE_NAME")), any -> new HashMap<>())
                        .put(
                                lower(columns.getString("COLUMN_NAME")),
                                new PresentColumn(
                                        columns.getString("TYPE_NAME"),
                                        columns.getInt("COLUMN_SIZE"),
                                        columns.getInt("NULLABLE") == DatabaseMetaData.columnNoNulls));
            }
        }
        return present;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
