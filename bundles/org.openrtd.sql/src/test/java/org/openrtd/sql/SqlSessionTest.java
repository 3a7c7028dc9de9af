package org.openrtd.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.openrtd.feed.ColumnType.BOOLEAN;
import static org.openrtd.feed.ColumnType.BYTES;
import static org.openrtd.feed.ColumnType.DOUBLE;
import static org.openrtd.feed.ColumnType.INT;
import static org.openrtd.feed.ColumnType.LONG;
import static org.openrtd.feed.ColumnType.STRING;
import static org.openrtd.feed.ColumnType.TIMESTAMP;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.feed.Column;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

@ParameterizedClass
@EnumSource(Product.class)
class SqlSessionTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static final Table EVERYTHING = Table.named("Every_Thing")
            .key("ID", INT)
            .key("Name", STRING)
            .column("Count", LONG)
            .column("Share", DOUBLE)
            .column("Flag", BOOLEAN)
            .column("DateTime", TIMESTAMP)
            .column("Script", STRING)
            .column("Content", BYTES)
            .build();

    private static final Table ONLY_KEY =
            Table.named("Member").key("GroupID", INT).key("AgentID", INT).build();

    private static final Table INTERVAL = Table.named("Half_Hour")
            .key("DateTime", TIMESTAMP)
            .column("Calls", INT)
            .build();

    private record Layout(Instants instants) implements TableLayout {

        @Override
        public String name(Table table) {
            return "t_" + table.name();
        }

        @Override
        public int length(Table table, Column column) {
            return column.name().equals("Script") ? 262_144 : 64;
        }

        @Override
        public List<List<String>> indexes(Table table) {
            return table == EVERYTHING ? List.of(List.of("Name"), List.of("ID", "Name")) : List.of();
        }

        @Override
        public Instants instants(Table table) {
            return instants;
        }
    }

    private final TestDatabase database;
    private final Connection connection;

    SqlSessionTest(Product product) throws SQLException {
        database = TestDatabase.fresh(product);
        connection = database.dataSource().getConnection();
        connection.setAutoCommit(false);
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.rollback();
        connection.close();
        database.close();
    }

    private SqlSession session(Instants instants, Table... tables) throws SQLException {
        SqlTables in = new SqlTables(Dialect.of(connection), new Layout(instants));
        in.create(connection, List.of(tables));
        return new SqlSession(connection, in);
    }

    private static Row row(int id, String name) {
        return EVERYTHING.row(
                id,
                name,
                Long.MIN_VALUE,
                -1.5e300,
                true,
                Instant.parse("2026-11-22T18:18:01.234Z").toEpochMilli(),
                "x".repeat(200_000) + "ÄöŁ€😀'\"\\%",
                new byte[] {0, 1, -1});
    }

    private static List<Row> all(SqlSession session, Table table) throws SQLException {
        List<Row> rows = new ArrayList<>();
        session.forEach(table, rows::add);
        return rows;
    }

    @Test
    void readsBackWhatItWrites() throws SQLException {
        SqlSession session = session(Instants.UTC_MILLIS, EVERYTHING);
        Row nulls = EVERYTHING.row(2, "none", null, null, null, null, null, null);
        session.insert(row(1, "one"));
        session.insert(nulls);

        assertEquals(row(1, "one"), session.find(EVERYTHING, List.of(1, "one")));
        assertEquals(List.of(nulls), session.find(EVERYTHING, List.of("Name"), List.of("none")));
        assertNull(session.find(EVERYTHING, List.of(1, "none")));
        assertEquals(2, session.number("SELECT COUNT(*) FROM t_Every_Thing"));
    }

    @Test
    void updatesAndDeletesByKey() throws SQLException {
        SqlSession session = session(Instants.UTC_MILLIS, EVERYTHING);
        session.insert(row(1, "one"));
        session.insert(row(2, "two"));

        Row emptied = EVERYTHING.row(1, "one", null, null, null, null, null, null);
        session.update(emptied);
        session.delete(EVERYTHING, List.of(2, "two"));

        assertEquals(List.of(emptied), all(session, EVERYTHING));
    }

    @Test
    void putsRowsWhetherTheyAreThereOrNot() throws SQLException {
        SqlSession session = session(Instants.UTC_MILLIS, EVERYTHING, ONLY_KEY);
        List<Row> rows = IntStream.range(0, 2500)
                .mapToObj(id -> EVERYTHING.row(id, "n", (long) id, null, null, null, null, null))
                .toList();
        session.insertAll(EVERYTHING, rows.subList(0, 1200));
        session.putAll(EVERYTHING, rows);
        session.deleteAll(EVERYTHING, rows.stream().skip(2000).map(Row::key).toList());
        assertEquals(2000, all(session, EVERYTHING).size());

        List<Row> members = List.of(ONLY_KEY.row(1, 1), ONLY_KEY.row(1, 2));
        session.putAll(ONLY_KEY, members.subList(0, 1));
        session.putAll(ONLY_KEY, members);
        session.update(members.get(0));
        assertEquals(2, all(session, ONLY_KEY).size());
    }

    @Test
    void addsColumnsThatAreMissingAndLeavesTheRestAsItIs() throws SQLException {
        Table older = new Table("Every_Thing", 2, EVERYTHING.columns().subList(0, 5));
        SqlSession before = session(Instants.localTimeAndUtc(BERLIN), older);
        before.insert(older.row(1, "one", 1L, 1.0, true));

        SqlSession after = session(Instants.localTimeAndUtc(BERLIN), EVERYTHING);
        assertEquals(List.of(EVERYTHING.row(1, "one", 1L, 1.0, true, null, null, null)), all(after, EVERYTHING));
    }

    /** As the catalog of an earlier program had it, and as that program made it. */
    @Test
    void makesIndexesTextsAndNullsOfTablesThatAreThereAsTheyAreDescribedNow() throws SQLException {
        SqlTables in = new SqlTables(Dialect.of(connection), new Layout(Instants.UTC_MILLIS));
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t_Every_Thing (ID INTEGER NOT NULL, Name VARCHAR(8) NOT NULL,"
                    + " Count BIGINT NOT NULL, PRIMARY KEY (ID, Name))");
            statement.execute("CREATE INDEX IX_t_Every_Thing_1 ON t_Every_Thing (Count)");
            statement.execute("INSERT INTO t_Every_Thing VALUES (1, 'one', 1)");
        }
        in.create(connection, List.of(EVERYTHING, ONLY_KEY));
        connection.commit();

        SqlSession session = new SqlSession(connection, in);
        Row row = EVERYTHING.row(2, "n".repeat(64), null, null, null, null, null, null);
        session.insert(row);
        assertEquals(List.of(row), session.find(EVERYTHING, List.of("Name"), List.of(row.get(1))));
        Map<String, String> indexes = indexes("t_Every_Thing");
        assertEquals("count", indexes.get("ix_t_every_thing_1"), "another one's stays");
        assertEquals("name", indexes.get("ix_t_every_thing_2"), indexes.toString());

        in.create(connection, List.of(EVERYTHING));
        in.create(connection, List.of(EVERYTHING, ONLY_KEY));
        assertEquals(indexes, indexes("t_Every_Thing"), "nothing is made twice");
    }

    private Map<String, String> indexes(String table) throws SQLException {
        Map<String, String> indexes = new TreeMap<>();
        try (ResultSet parts = connection
                .getMetaData()
                .getIndexInfo(
                        null, connection.getSchema(), Dialect.of(connection).storedName(table), false, true)) {
            while (parts.next()) {
                indexes.merge(
                        parts.getString("INDEX_NAME").toLowerCase(Locale.ROOT),
                        parts.getString("COLUMN_NAME").toLowerCase(Locale.ROOT),
                        (one, other) -> one + "," + other);
            }
        }
        return indexes;
    }

    @Test
    void showsLocalTimeAndReadsBackTheExactInstantBesideIt() throws SQLException {
        SqlSession session = session(Instants.localTimeAndUtc(BERLIN), INTERVAL);
        // 02:30 twice, when summer time ends.
        Row first = INTERVAL.row(Instant.parse("2026-10-25T00:30:00.123Z").toEpochMilli(), 1);
        Row second = INTERVAL.row(Instant.parse("2026-10-25T01:30:00.123Z").toEpochMilli(), 2);
        session.insertAll(INTERVAL, List.of(first, second));

        assertEquals(first, session.find(INTERVAL, first.key()));
        assertEquals(second, session.find(INTERVAL, second.key()));
        assertEquals(2, session.number("SELECT COUNT(*) FROM t_Half_Hour WHERE {fn HOUR(DateTime)} = 2"));
    }

    @Test
    void showsTheLocalTimeOfTheZoneWhateverTheZoneOfTheMachine() throws SQLException {
        java.util.TimeZone machine = java.util.TimeZone.getDefault();
        // 02:30 of that day does not exist in New York.
        java.util.TimeZone.setDefault(java.util.TimeZone.getTimeZone("America/New_York"));
        try {
            SqlSession session = session(Instants.localTime(BERLIN), EVERYTHING);
            long instant = Instant.parse("2026-03-08T01:30:00Z").toEpochMilli();
            session.insert(EVERYTHING.row(1, "one", null, null, null, instant, null, null));
            session.insert(EVERYTHING.row(2, "two", null, null, null, null, null, null));

            assertEquals(instant, session.find(EVERYTHING, List.of(1, "one")).get("DateTime"));
            assertNull(session.find(EVERYTHING, List.of(2, "two")).get("DateTime"));
            assertEquals(2, session.number("SELECT {fn HOUR(DateTime)} FROM t_Every_Thing WHERE ID = 1"));
        } finally {
            java.util.TimeZone.setDefault(machine);
        }
    }

    @Test
    void refusesAKeyOfLocalTimeAlone() {
        SqlTables tables = new SqlTables(new DerbyDialect(), new Layout(Instants.localTime(BERLIN)));
        assertThrows(IllegalArgumentException.class, () -> tables.of(INTERVAL));
    }
}
