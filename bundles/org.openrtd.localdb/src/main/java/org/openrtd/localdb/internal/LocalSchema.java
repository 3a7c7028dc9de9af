package org.openrtd.localdb.internal;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.openrtd.feed.Column;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Table;
import org.openrtd.sql.Dialect;
import org.openrtd.sql.Migrations;
import org.openrtd.sql.SqlTable;
import org.openrtd.sql.SqlTables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the database to this program's catalog: what is missing is added. A table that differs otherwise is made anew, and
 * its feed loses its position, since all of it is a copy and comes again.
 */
final class LocalSchema {

    private static final Logger LOG = LoggerFactory.getLogger(LocalSchema.class);
    private static final Migrations MIGRATIONS =
            new Migrations("local database", LocalSchema.class, "0001-local-database.sql", "0002-whereabouts.sql");

    private final Connection connection;
    private final Dialect dialect;
    private final List<FeedSchema> feeds;
    private ZoneId zone = ZoneOffset.UTC;

    LocalSchema(Connection connection, List<FeedSchema> feeds) throws SQLException {
        this.connection = connection;
        this.dialect = Dialect.of(connection);
        this.feeds = feeds;
    }

    Dialect dialect() {
        return dialect;
    }

    ZoneId zone() {
        return zone;
    }

    /** @throws SQLException when it cannot, or when a newer program has made the database; nothing is changed then */
    void bringUpToDate() throws SQLException {
        int migrated = MIGRATIONS.migrate(connection);
        int version = feeds.stream().mapToInt(FeedSchema::version).max().orElse(0);
        boolean sameCatalog = readDatabase(version);
        SqlTables tables = new SqlTables(dialect, new LocalLayout(zone));
        Map<String, String> made = definitions();
        Set<String> present = present();
        List<String> added = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            for (FeedSchema feed : feeds) {
                for (Table table : feed.tables()) {
                    String definition = definition(tables.of(table));
                    String before = made.get(table.name());
                    boolean there = present.contains(dialect.storedName("t_" + table.name()));
                    if (definition.equals(before) && there && present.contains(dialect.storedName(table.name()))) {
                        continue;
                    }
                    dropView(statement, table.name());
                    if (before != null && !(there && isExtended(before, definition))) {
                        LOG.warn(
                                "Table {} of the local database is made anew, since it {}: its rows come again",
                                table,
                                there ? "has changed" : "is gone");
                        if (there) {
                            statement.execute("DROP TABLE t_" + table.name());
                        }
                        statement.execute("DELETE FROM Feed_Position WHERE FeedName = '" + feed.feed() + "'");
                    }
                    tables.create(connection, List.of(table));
                    createView(statement, table);
                    write(table.name(), definition, before == null);
                    added.add(table.name());
                }
            }
            stateViews(statement, made);
        }
        writeDatabase(version);
        connection.commit();
        if (migrated > 0 || !added.isEmpty() || !sameCatalog) {
            LOG.info("Local database: {} tables made or extended, catalog version {}", added.size(), version);
        }
    }

    /** Answers whether the database is as this catalog's version has left it. */
    private boolean readDatabase(int version) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT CatalogVersion, ControllerZone FROM Local_Database")) {
            if (!result.next()) {
                return false;
            }
            int present = result.getInt(1);
            if (present > version) {
                throw new SQLException("The local database has catalog version " + present
                        + ", and this program knows versions up to " + version
                        + ": install the newer program, or remove the database, which is a copy and comes again");
            }
            String name = result.getString(2);
            if (name != null) {
                zone = zone(name);
            }
            return present == version;
        }
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            LOG.warn("This Java does not know the time zone {} of the controller; instants are written in UTC", name);
            return ZoneOffset.UTC;
        }
    }

    private void writeDatabase(int version) throws SQLException {
        try (PreparedStatement update =
                        connection.prepareStatement("UPDATE Local_Database SET CatalogVersion = ? WHERE ID = 1");
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO Local_Database (ID, CatalogVersion) VALUES (1, ?)")) {
            update.setInt(1, version);
            if (update.executeUpdate() == 0) {
                insert.setInt(1, version);
                insert.executeUpdate();
            }
        }
    }

    private Map<String, String> definitions() throws SQLException {
        Map<String, String> definitions = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT TableName, Definition FROM Local_Table")) {
            while (result.next()) {
                definitions.put(result.getString(1), result.getString(2));
            }
        }
        return definitions;
    }

    /** The tables and views that are there, whatever should be. */
    private Set<String> present() throws SQLException {
        Set<String> present = new HashSet<>();
        try (ResultSet tables =
                connection.getMetaData().getTables(null, connection.getSchema(), "%", new String[] {"TABLE", "VIEW"})) {
            while (tables.next()) {
                present.add(tables.getString("TABLE_NAME"));
            }
        }
        return present;
    }

    private void write(String table, String definition, boolean isNew) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                isNew
                        ? "INSERT INTO Local_Table (Definition, TableName) VALUES (?, ?)"
                        : "UPDATE Local_Table SET Definition = ? WHERE TableName = ?")) {
            statement.setString(1, definition);
            statement.setString(2, table);
            statement.executeUpdate();
        }
    }

    /** The key's columns, then all columns, each with its type; one a line. */
    private static String definition(SqlTable table) {
        return table.table().keyColumns() + "\n"
                + table.columns().entrySet().stream()
                        .map(column -> column.getKey() + " " + column.getValue())
                        .collect(Collectors.joining("\n"));
    }

    /** Whether all that was there is there as it was. */
    private static boolean isExtended(String before, String now) {
        Set<String> was = new LinkedHashSet<>(before.lines().toList());
        Set<String> is = new LinkedHashSet<>(now.lines().toList());
        Set<String> names = is.stream().map(LocalSchema::name).collect(Collectors.toSet());
        // A column that the catalog has no more stays, and is NULL in rows that come.
        return was.stream()
                .allMatch(line -> is.contains(line) || !names.contains(name(line)) && !line.contains("NOT NULL"));
    }

    private static String name(String line) {
        return line.split(" ", 2)[0];
    }

    private void createView(Statement statement, Table table) throws SQLException {
        String columns = table.columns().stream().map(Column::name).collect(Collectors.joining(", "));
        statement.execute(
                "CREATE VIEW " + table.name() + " (" + columns + ") AS SELECT " + columns + " FROM t_" + table.name());
    }

    private void dropView(Statement statement, String name) throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        String pattern = dialect.storedName(name).replace("_", meta.getSearchStringEscape() + "_");
        boolean present;
        try (ResultSet views = meta.getTables(null, connection.getSchema(), pattern, new String[] {"VIEW"})) {
            present = views.next();
        }
        if (present) {
            statement.execute("DROP VIEW " + name);
        }
    }

    /** How a feed stands as a reader sees it: what its writer said last, and how long ago that is by the database's clock. */
    private void stateViews(Statement statement, Map<String, String> made) throws SQLException {
        String since = dialect.secondsBetween("L.WrittenAt", dialect.now());
        String select = "SELECT P.FeedName, P.FeedID, P.FeedEpoch, P.FeedSequence, P.ControllerTime, P.SchemaVersion,"
                + " P.Complete, L.FeedState, L.Reason, L.AgeMillis / 1000 + " + since + ", L.WrittenAt, "
                + dialect.plusSeconds("L.WrittenAt", "L.LeaseSeconds")
                // A time before the writing: a clock that was put back, as at the end of summer time.
                + ", CASE WHEN L.NotCurrent = 'N' AND P.Complete = 'Y' AND " + since + " <= L.LeaseSeconds AND " + since
                + " >= -1 THEN 'N' ELSE 'Y' END, L.Site, L.ConfigurationAt, L.HistoryAt"
                + " FROM Feed_Position P LEFT JOIN Feed_Lease L ON L.FeedName = P.FeedName";
        String columns =
                " (FeedName, FeedID, FeedEpoch, FeedSequence, ControllerTime, SchemaVersion, Complete, FeedState,"
                        + " Reason, AgeSeconds, WrittenAt, LeaseUntil, Stale, Site, ConfigurationAt, HistoryAt) AS ";
        String definition = (select + columns).toLowerCase(Locale.ROOT);
        String before = made.get("Feed_State");
        if (definition.equals(before)) {
            return;
        }
        dropView(statement, "t_Feed_State");
        dropView(statement, "Feed_State");
        statement.execute("CREATE VIEW Feed_State" + columns + select);
        statement.execute("CREATE VIEW t_Feed_State AS SELECT * FROM Feed_State");
        write("Feed_State", definition, before == null);
    }
}
