package org.openrtd.localdb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.feed.ColumnType.INT;
import static org.openrtd.feed.ColumnType.STRING;
import static org.openrtd.feed.ColumnType.TIMESTAMP;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.TableInfo;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.Whereabouts;
import org.openrtd.localdb.CopyPosition;
import org.openrtd.localdb.FeedSession;
import org.openrtd.sql.Dialect;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

@ParameterizedClass
@EnumSource(Product.class)
class LocalSchemaTest {

    // Named as one of the catalog's configuration, so that exact instants stand beside the local ones.
    private static final Table PERSON = Table.named("Person")
            .key("PersonID", INT)
            .column("FirstName", STRING)
            .column("DateTime", TIMESTAMP)
            .build();

    private static final CopyPosition AT_SEVEN =
            new CopyPosition("centre-a", new Position(300, 7), new Cut(9, 1_700_000_000_000L, 7), 1, true, "");

    private final TestDatabase database;
    private final DataSource source;

    LocalSchemaTest(Product product) {
        database = TestDatabase.fresh(product);
        source = database.dataSource();
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void hasEachTableOfTheCatalogUnderBothNames() throws SQLException {
        new SqlLocalDatabase(source);
        for (TableInfo table : Catalog.tables()) {
            String columns = String.join(
                    ", ", table.columns().stream().map(column -> column.name()).toList());
            assertEquals(List.of(), Sql.query(source, "SELECT " + columns + " FROM t_" + table.name()));
            assertEquals(List.of(), Sql.query(source, "SELECT " + columns + " FROM " + table.name()));
        }
    }

    @Test
    void keepsRowsAndPositionOverAnotherStart() throws SQLException {
        Row person = PERSON.row(1, "Ann", 1_700_000_000_123L);
        try (FeedSession session = database(1, PERSON).open("config")) {
            session.insert(PERSON, List.of(person));
            session.position(AT_SEVEN);
            session.commit();
        }
        try (FeedSession session = database(1, PERSON).open("config")) {
            assertEquals(AT_SEVEN, session.position().orElseThrow());
            assertEquals(List.of(person), all(session, PERSON));
        }
    }

    @Test
    void addsWhatALaterCatalogHasMore() throws SQLException {
        try (FeedSession session = database(1, PERSON).open("config")) {
            session.insert(PERSON, List.of(PERSON.row(1, "Ann", null)));
            session.position(AT_SEVEN);
            session.commit();
        }
        Table longer = Table.named("Person")
                .key("PersonID", INT)
                .column("FirstName", STRING)
                .column("LastName", STRING)
                .column("DateTime", TIMESTAMP)
                .build();
        Table team = Table.named("Agent_Team").key("AgentTeamID", INT).build();
        try (FeedSession session = database(2, longer, team).open("config")) {
            assertEquals(List.of(longer.row(1, "Ann", null, null)), all(session, longer));
            assertEquals(AT_SEVEN, session.position().orElseThrow());
        }
        assertEquals(List.of("1 Ann null null"), Sql.query(source, "SELECT * FROM Person"));
        assertEquals(List.of(), Sql.query(source, "SELECT * FROM t_Agent_Team"));
    }

    @Test
    void makesATableAnewThatIsNotOnlyLonger() throws SQLException {
        try (FeedSession session = database(1, PERSON).open("config")) {
            session.insert(PERSON, List.of(PERSON.row(1, "Ann", null)));
            session.position(AT_SEVEN);
            session.commit();
        }
        Table other = Table.named("Person").key("PersonID", STRING).build();
        try (FeedSession session = database(2, other).open("config")) {
            assertEquals(List.of(), all(session, other));
            assertTrue(session.position().isEmpty(), "the rows have to come again");
        }
    }

    @Test
    void refusesADatabaseOfANewerProgram() throws SQLException {
        database(8, PERSON);
        SQLException refusal = assertThrows(SQLException.class, () -> database(7, PERSON));
        assertTrue(refusal.getMessage().contains("catalog version 8"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("install the newer program"), refusal.getMessage());
        database(8, PERSON);
    }

    @Test
    void leavesOutWhatItDoesNotKnow() throws SQLException {
        Table newer = Table.named("Person")
                .key("PersonID", INT)
                .column("Nickname", STRING)
                .column("FirstName", STRING)
                .build();
        Table unknown = Table.named("Campaign").key("CampaignID", INT).build();
        try (FeedSession session = database(1, PERSON).open("config")) {
            session.put(newer, List.of(newer.row(1, "Nan", "Ann")));
            session.put(unknown, List.of(unknown.row(1)));
            session.commit();
            assertEquals(List.of(PERSON.row(1, "Ann", null)), all(session, PERSON));
        }
    }

    @Test
    void showsInstantsInTheControllersTimeAndReadsThemBackExactly() throws Exception {
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        // The hour that is there twice, and the half second before and after the one that is not there.
        List<Instant> instants = List.of(
                Instant.parse("2026-10-25T00:30:00.001Z"),
                Instant.parse("2026-10-25T01:30:00.001Z"),
                Instant.parse("2026-03-29T00:59:59.500Z"),
                Instant.parse("2026-03-29T01:00:00.500Z"));
        List<Row> rows = new ArrayList<>();
        for (Instant instant : instants) {
            rows.add(PERSON.row(rows.size() + 1, "Ann", instant.toEpochMilli()));
        }
        SqlLocalDatabase database = database(1, PERSON);
        try (FeedSession session = database.open("config")) {
            session.insert(PERSON, rows);
            session.commit();
            assertEquals(ZoneOffset.UTC, database.zone());
            // Written before the controller's zone was known.
            database.zone(berlin);
            assertEquals(rows, all(session, PERSON));
            assertEquals(rows.subList(1, 3), session.after(PERSON, List.of(1), 2));
        }
        assertEquals(
                List.of(
                        "2026-10-25 02:30:00.001",
                        "2026-10-25 02:30:00.001",
                        "2026-03-29 01:59:59.5",
                        "2026-03-29 03:00:00.5"),
                Sql.query(source, "SELECT DateTime FROM Person ORDER BY PersonID"));
        assertEquals(berlin, database(1, PERSON).zone());
    }

    @Test
    void showsReadersAFeedAsStaleWhenItsWriterIsGone() throws SQLException {
        String stale = "SELECT FeedName, FeedState, Stale FROM Feed_State";
        try (FeedSession session = database(1, PERSON).open("config")) {
            session.position(AT_SEVEN);
            session.commit();
            assertEquals(List.of("config null Y"), Sql.query(source, stale));
            Whereabouts whereabouts = new Whereabouts("north", "central", "https://central:8443/");
            session.state(FeedState.LIVE, "", false, Duration.ofMillis(1500), Duration.ofSeconds(10), whereabouts);
            session.commit();
            assertEquals(
                    List.of("north central https://central:8443/"),
                    Sql.query(source, "SELECT Site, ConfigurationAt, HistoryAt FROM Feed_State"));
            assertEquals(List.of("config LIVE N"), Sql.query(source, stale));
            // The writer's last word lies further back than its lease.
            written(-11);
            assertEquals(List.of("config LIVE Y"), Sql.query(source, stale));
            assertEquals(List.of("12"), Sql.query(source, "SELECT AgeSeconds FROM t_Feed_State"));
            // As when the clock was put back since.
            written(3600);
            assertEquals(List.of("config LIVE Y"), Sql.query(source, stale));
        }
    }

    private void written(int secondsFromNow) throws SQLException {
        Dialect dialect;
        try (Connection connection = source.getConnection()) {
            dialect = Dialect.of(connection);
        }
        database.execute("UPDATE Feed_Lease SET WrittenAt = "
                + dialect.plusSeconds(dialect.now(), Integer.toString(secondsFromNow)));
    }

    private SqlLocalDatabase database(int version, Table... tables) throws SQLException {
        return new SqlLocalDatabase(source, List.of(new FeedSchema("config", version, true, List.of(tables))));
    }

    private static List<Row> all(FeedSession session, Table table) throws SQLException {
        List<Row> rows = new ArrayList<>();
        session.forEach(table, rows::add);
        session.rollback();
        return rows;
    }
}
