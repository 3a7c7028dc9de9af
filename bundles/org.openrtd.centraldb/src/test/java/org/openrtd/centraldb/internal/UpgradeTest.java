package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.centraldb.CommittedTransaction;
import org.openrtd.centraldb.EventLog;
import org.openrtd.configuration.ConfigurationResult.Committed;
import org.openrtd.configuration.ConfigurationResult.Refused;
import org.openrtd.feed.Row;
import org.openrtd.sql.Dialect;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

/** What an earlier program left, opened by this one: the database of commit 6599e2f, made by its very statements. */
@ParameterizedClass
@EnumSource(Product.class)
class UpgradeTest {

    private static final String BEFORE = "central-6599e2f.sql";
    private static final String FEED_ID = "3cd7b2fc-72eb-4a46-86be-99c4996c8c36";

    private final TestDatabase database;
    private final TestDatabase fresh;
    private final SettableClock clock = new SettableClock();
    private SqlEventLog events;
    private SqlConfigurationStore store;

    UpgradeTest(Product product) {
        database = TestDatabase.fresh(product);
        fresh = TestDatabase.fresh(product);
    }

    @BeforeEach
    void upgrade() throws SQLException, IOException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                InputStream script = UpgradeTest.class.getResourceAsStream(BEFORE)) {
            String bytes = connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")
                    ? "'\\\\x$1'::bytea"
                    : "CAST(X'$1' AS BLOB)";
            String sql = new String(script.readAllBytes(), StandardCharsets.UTF_8)
                    .replaceAll("(?m)^--.*\n", "")
                    .replace("${binary}", Dialect.of(connection).binaryType())
                    .replaceAll("\\$\\{bytes:(\\w*)}", bytes);
            for (String one : sql.split(";\n")) {
                statement.execute(one);
            }
        }
        open();
    }

    private void open() {
        events = new SqlEventLog(new CentralDatabase(database.dataSource()), Duration.ofHours(1), clock);
        store = TestConfiguration.open(database.dataSource(), clock);
    }

    @AfterEach
    void close() {
        store.close();
        events.close();
        database.close();
        fresh.close();
    }

    @Test
    void looksAsOneThatThisProgramMade() throws SQLException {
        TestConfiguration.open(fresh.dataSource(), clock).close();
        Map<String, String> wanted = layout(fresh);

        Map<String, String> upgraded = layout(database);
        assertEquals(List.of(), differences(wanted, upgraded));

        store.close();
        store = TestConfiguration.open(database.dataSource(), clock);
        assertEquals(upgraded, layout(database), "another start changes nothing");
    }

    /** But for what must have a value now and may lack it in rows of then. */
    private static List<String> differences(Map<String, String> wanted, Map<String, String> is) {
        List<String> differences = new ArrayList<>();
        Map<String, String> all = new TreeMap<>(wanted);
        all.putAll(is);
        for (String name : all.keySet()) {
            String one = String.valueOf(wanted.get(name));
            String other = String.valueOf(is.get(name));
            if (!one.equals(other) && !one.replaceFirst(" NO$", " YES").equals(other)) {
                differences.add(name + " should be " + one + " and is " + other);
            }
        }
        return differences;
    }

    /** Every table's columns and indexes. */
    private static Map<String, String> layout(TestDatabase of) throws SQLException {
        Map<String, String> layout = new TreeMap<>();
        try (Connection connection = of.dataSource().getConnection()) {
            DatabaseMetaData meta = connection.getMetaData();
            String schema = connection.getSchema();
            try (ResultSet columns = meta.getColumns(null, schema, "%", null)) {
                while (columns.next()) {
                    layout.put(
                            lower(columns.getString("TABLE_NAME") + "." + columns.getString("COLUMN_NAME")),
                            columns.getString("TYPE_NAME") + " " + columns.getInt("COLUMN_SIZE") + " "
                                    + columns.getString("IS_NULLABLE"));
                }
            }
            for (String table : new TreeSet<>(layout.keySet().stream()
                    .map(column -> column.replaceFirst("\\..*", ""))
                    .toList())) {
                Map<String, String> indexes = new TreeMap<>();
                try (ResultSet parts =
                        meta.getIndexInfo(null, schema, Dialect.of(connection).storedName(table), false, true)) {
                    while (parts.next()) {
                        indexes.merge(
                                parts.getString("INDEX_NAME"),
                                lower(parts.getString("COLUMN_NAME")),
                                (one, other) -> one + "," + other);
                    }
                }
                layout.put(table + " indexes", new ArrayList<>(new TreeSet<>(indexes.values())).toString());
            }
        }
        return layout;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    @Test
    void isTheSameConfigurationInANewEpoch() {
        assertEquals(FEED_ID, store.feedId());
        assertEquals(5, store.recoveryKey());
        assertEquals(2, store.history().epochs().size());
        assertEquals(1793520000000L, store.history().epochs().get(0).epoch());
        Row asEdited = TestConfiguration.stored(store, "Call_Type", 5000);
        assertEquals(new Committed(3), commit("edit-2", asEdited), "is known");
        assertInstanceOf(Refused.class, commit("edit-2", TestConfiguration.callType(9, "Another one")));

        List<CommittedTransaction> log = store.after(0, 100);
        assertEquals(
                List.of(1L, 2L, 3L, 4L, 5L),
                log.stream().map(CommittedTransaction::recoveryKey).toList());
        Map<String, Row> replayed = new TreeMap<>();
        log.forEach(transaction -> transaction
                .changes()
                .forEach(change -> replayed.put(change.table() + "" + change.key(), change.row())));
        replayed.values().removeIf(row -> row == null);
        Map<String, Row> stored = new TreeMap<>();
        store.rows().rows().forEach(row -> stored.put(row.table() + "" + row.key(), row));
        assertEquals(17, stored.size());
        assertEquals(replayed, stored, "each row has the key of the transaction that last changed it");
    }

    @Test
    void isEditedOnByTodaysRules() {
        Row deleted = TestConfiguration.stored(store, "Call_Type", 5000);
        assertEquals("Credit cards", deleted.getString("EnterpriseName"));
        assertEquals(3L, deleted.getLong("RecoveryKey"));
        assertEquals(new Committed(6), commit("back", TestConfiguration.with(deleted, "Deleted", "N")));

        assertRefused(
                "was Y when it was read, is to be Y, and is N now", TestConfiguration.with(deleted, "Deleted", "Y"));
        assertRefused("belongs to [5001]", TestConfiguration.callType(9, "Cards"));
        Row agent = TestConfiguration.stored(store, "Agent", 5002);
        assertRefused(
                "refers to Agent_Desk_Settings 7, which is not there",
                TestConfiguration.with(agent, "AgentDeskSettingsID", 7));
        assertEquals(
                new Committed(7),
                commit(
                        "new tables",
                        TestConfiguration.row(
                                "Agent_Desk_Settings", "AgentDeskSettingsID", 7, "EnterpriseName", "Usual"),
                        TestConfiguration.with(agent, "AgentDeskSettingsID", 7)));
        assertEquals(5004, store.allotIds("Skill_Target", 1), "ids go on");
        assertEquals(
                List.of(6L, 3L),
                store.history("Call_Type", List.of(5000), 10).stream()
                        .map(entry -> entry.recoveryKey())
                        .toList(),
                "as far as what was before is known");
    }

    @Test
    void goesOnWithItsEvents() {
        assertEquals(3, events.lastSequence());
        assertEquals(3, events.mark("bank", 1).orElseThrow());
        assertArrayEquals(
                "state 3".getBytes(StandardCharsets.UTF_8),
                events.latestCheckpoint().orElseThrow().state());
        List<String> read = new ArrayList<>();
        events.append(List.of(new EventLog.Entry("bank", 1, 4, "four".getBytes(StandardCharsets.UTF_8))));
        events.read(0, logged -> read.add(new String(logged.entry().payload(), StandardCharsets.UTF_8)));
        assertEquals(List.of("one", "two", "three", "four"), read);

        events.writeCheckpoint(4, store.recoveryKey(), new byte[] {1});
        assertEquals(0, store.prune(Duration.ZERO, 0), "what the older checkpoint needs is not known");
        events.writeCheckpoint(4, store.recoveryKey(), new byte[] {1});
        clock.advance(Duration.ofDays(365));
        assertEquals(5, store.prune(Duration.ZERO, 0));
    }

    private Object commit(String id, Row... rows) {
        return store.commit(TestConfiguration.transaction(id, "ada", rows));
    }

    private void assertRefused(String why, Row row) {
        String problems = TestConfiguration.problems(store.commit(TestConfiguration.transaction("wrong", "ada", row)))
                .toString();
        assertTrue(problems.contains(why), problems);
    }
}
