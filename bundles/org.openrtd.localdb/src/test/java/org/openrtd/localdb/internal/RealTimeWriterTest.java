package org.openrtd.localdb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.feed.ColumnType.BOOLEAN;
import static org.openrtd.feed.ColumnType.DOUBLE;
import static org.openrtd.feed.ColumnType.INT;
import static org.openrtd.feed.ColumnType.LONG;
import static org.openrtd.feed.ColumnType.STRING;
import static org.openrtd.feed.ColumnType.TIMESTAMP;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.feed.Change;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

@ParameterizedClass
@EnumSource(Product.class)
class RealTimeWriterTest {

    private static final Table TIME = Table.named("Controller_Time")
            .key("ControllerID", INT)
            .column("NowTime", TIMESTAMP)
            .column("TimeZone", STRING)
            .build();
    private static final Table GROUP = Table.named("Skill_Group_Real_Time")
            .key("SkillTargetID", INT)
            .column("LoggedOn", INT)
            .column("Calls", LONG)
            .column("ServiceLevel", DOUBLE)
            .column("Busy", BOOLEAN)
            .column("LongestCallQ", TIMESTAMP)
            .column("Name", STRING)
            .build();
    private static final FeedSchema CALLS = new FeedSchema("calls", 1, false, List.of(TIME, GROUP));
    private static final FeedSchema CONFIG = new FeedSchema(
            "config",
            1,
            true,
            List.of(Table.named("Person").key("PersonID", INT).build()));

    private final TestDatabase database;
    private final Faults faults;
    private final AtomicLong millis = new AtomicLong(1_000_000);
    private final List<RealTimeWriter> writers = new ArrayList<>();
    private volatile WriterSettings settings =
            new WriterSettings(Duration.ofMillis(1), Duration.ofSeconds(300), Duration.ofSeconds(15));
    private TestFeed feed = new TestFeed(CALLS);

    RealTimeWriterTest(Product product) {
        database = TestDatabase.fresh(product);
        faults = new Faults(database.dataSource());
    }

    @AfterEach
    void close() {
        writers.forEach(RealTimeWriter::close);
        database.close();
    }

    @Test
    void writesEachValueAndEachNull() throws Exception {
        feed.put(
                GROUP.row(
                        1,
                        12,
                        1L << 40,
                        0.25,
                        true,
                        Instant.parse("2026-07-01T10:00:00.250Z").toEpochMilli(),
                        "Sales"),
                GROUP.row(2, null, null, null, null, null, null),
                TIME.row(1, Instant.parse("2026-07-01T10:00:01Z").toEpochMilli(), "Asia/Jerusalem"));
        assertTrue(writer(feed).write());
        assertEquals(
                List.of("12 " + (1L << 40) + " 0.25 2026-07-01 13:00:00.25 Sales", "null null null null null"),
                query("SELECT LoggedOn, Calls, ServiceLevel, LongestCallQ, Name FROM Skill_Group_Real_Time"
                        + " ORDER BY SkillTargetID"));
        assertEquals(List.of("1"), query("SELECT SkillTargetID FROM t_Skill_Group_Real_Time WHERE Busy"));
        assertEquals(List.of(), differences(feed.view()));
        assertEquals(
                List.of("calls centre-a 300 1 1 Y LIVE N"),
                query("SELECT FeedName, FeedID, FeedEpoch, FeedSequence, SchemaVersion, Complete, FeedState, Stale"
                        + " FROM Feed_State"));
    }

    @Test
    void makesOneWritingOfAllThatCameMeanwhile() throws Exception {
        RealTimeWriter writer = writer(feed);
        feed.put(GROUP.row(1, 1, null, null, null, null, null), GROUP.row(2, 1, null, null, null, null, null));
        assertTrue(writer.write());
        for (int i = 2; i < 50; i++) {
            feed.put(GROUP.row(1, i, null, null, null, null, null));
        }
        feed.delete(GROUP, 2);
        feed.put(GROUP.row(3, 1, null, null, null, null, null));
        long before = writer.progress().rows();
        assertTrue(writer.write());
        assertEquals(3, writer.progress().rows() - before);
        assertEquals(2, writer.progress().writings());
        assertEquals(List.of("1 49", "3 1"), groups());
        assertTrue(writer.write());
        assertEquals(2, writer.progress().writings(), "what is as it was is not written again");
    }

    @Test
    void showsTimesInTheControllersZoneWhenThatChanges() throws Exception {
        long instant = Instant.parse("2026-01-15T10:00:00Z").toEpochMilli();
        RealTimeWriter writer = writer(feed);
        feed.put(TIME.row(1, instant, "UTC"), GROUP.row(1, null, null, null, null, instant, null));
        assertTrue(writer.write());
        feed.put(TIME.row(1, instant, "Europe/Berlin"));
        assertTrue(writer.write());
        assertEquals(List.of("2026-01-15 11:00:00"), trimmed(query("SELECT LongestCallQ FROM Skill_Group_Real_Time")));
        assertEquals(List.of(), differences(feed.view()));
    }

    @Test
    void writesTimesOfTheHourThatIsThereTwiceAndOfTheOneThatIsNot() throws Exception {
        List<Row> rows = new ArrayList<>();
        rows.add(TIME.row(1, 0L, "Europe/Berlin"));
        for (String each : List.of(
                "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z")) {
            rows.add(GROUP.row(
                    rows.size(), null, null, null, null, Instant.parse(each).toEpochMilli(), null));
        }
        feed.put(rows.toArray(Row[]::new));
        RealTimeWriter writer = writer(feed);
        assertTrue(writer.write());
        assertEquals(
                List.of("2026-10-25 02:30:00", "2026-10-25 02:30:00", "2026-03-29 01:59:59", "2026-03-29 03:00:00"),
                trimmed(query("SELECT LongestCallQ FROM Skill_Group_Real_Time ORDER BY SkillTargetID")));
        assertEquals(List.of(), differences(feed.view()));
    }

    @Test
    void goesOnFromWhatIsThereAfterARestart() throws Exception {
        feed.put(GROUP.row(1, 1, null, null, null, null, null), GROUP.row(2, 2, null, null, null, null, null));
        RealTimeWriter first = writer(feed);
        assertTrue(first.write());
        first.close();
        feed.put(GROUP.row(2, 3, null, null, null, null, null), GROUP.row(4, 4, null, null, null, null, null));
        feed.delete(GROUP, 1);
        RealTimeWriter second = writer(feed);
        assertTrue(second.write());
        assertEquals(List.of("2 3", "4 4"), groups());
        assertEquals(3, second.progress().rows(), "what is there already is not written again");
    }

    @Test
    void emptiesTheTablesOfAFeedThatIsTooOld() throws Exception {
        RealTimeWriter writer = writer(feed);
        feed.put(GROUP.row(1, 1, null, null, null, null, null));
        assertTrue(writer.write());
        feed.now(FeedState.CONNECTING, "cannot reach tcp://centre", Duration.ofSeconds(299));
        assertTrue(writer.write());
        assertEquals(List.of("1 1"), groups());
        assertEquals(
                List.of("CONNECTING cannot reach tcp://centre Y 299"),
                query("SELECT FeedState, Reason, Stale, AgeSeconds FROM Feed_State"));
        feed.now(FeedState.CONNECTING, "cannot reach tcp://centre", Duration.ofSeconds(300));
        assertTrue(writer.write());
        assertEquals(List.of(), groups());
        assertEquals(
                List.of("CONNECTING Y N 0"), query("SELECT FeedState, Stale, Complete, FeedSequence FROM Feed_State"));
        feed.now(FeedState.LIVE, "", Duration.ZERO);
        assertTrue(writer.write());
        assertEquals(List.of("1 1"), groups());
        assertEquals(List.of("LIVE N"), query("SELECT FeedState, Stale FROM Feed_State"));
    }

    @Test
    void emptiesWhatAnEarlierProcessLeftLongAgo() throws Exception {
        feed.put(GROUP.row(1, 1, null, null, null, null, null));
        RealTimeWriter first = writer(feed);
        assertTrue(first.write());
        first.close();
        RealTimeWriter second = writer(null);
        assertTrue(second.write());
        assertEquals(List.of("1 1"), groups());
        second.close();
        database.execute("UPDATE Feed_Lease SET AgeMillis = 301000");
        RealTimeWriter third = writer(null);
        assertTrue(third.write());
        assertEquals(List.of(), groups());
    }

    @Test
    void leavesOutWhatTheDatabaseDoesNotKnow() throws Exception {
        Table newer = Table.named("Skill_Group_Real_Time")
                .key("SkillTargetID", INT)
                .column("Mood", STRING)
                .column("LoggedOn", INT)
                .build();
        Table unknown = Table.named("Campaign_Real_Time").key("CampaignID", INT).build();
        feed = new TestFeed(new FeedSchema("calls", 2, false, List.of(unknown, newer)));
        feed.put(newer.row(1, "fine", 5), unknown.row(9));
        RealTimeWriter writer = writer(feed);
        assertTrue(writer.write());
        feed.put(newer.row(1, "better", 6), unknown.row(10));
        assertTrue(writer.write());
        assertEquals(List.of("1 6"), groups());
        assertEquals(List.of("2"), query("SELECT SchemaVersion FROM Feed_State"));
    }

    @Test
    void cutsATextThatIsTooLong() throws Exception {
        feed.put(GROUP.row(1, 1, null, null, null, null, "x".repeat(1023) + "\uD83D\uDE00"));
        assertTrue(writer(feed).write());
        assertEquals(List.of("x".repeat(1023)), query("SELECT Name FROM Skill_Group_Real_Time"));
    }

    @Test
    void triesAgainUntilTheDatabaseIsBack() throws Exception {
        RealTimeWriter writer = writer(feed);
        feed.put(GROUP.row(1, 1, null, null, null, null, null));
        assertTrue(writer.write());
        faults.left = 0;
        feed.put(GROUP.row(1, 2, null, null, null, null, null));
        assertFalse(writer.write());
        assertFalse(writer.write());
        assertEquals("the database is gone", writer.progress().failure());
        assertTrue(writer.line().contains("the database is gone"), writer.line());
        faults.left = -1;
        assertTrue(writer.write());
        assertEquals(List.of("1 2"), groups());
        assertEquals(null, writer.progress().failure());
    }

    /** At whichever statement a writer dies, what is committed is the view of the position that stands beside it. */
    @Test
    void keepsRowsAndPositionTogetherWhereverItDies() throws Exception {
        assertEquals("", dieEverywhere(false, 11));
    }

    @Test
    void catchesATwinThatCommitsThePositionByItself() throws Exception {
        assertNotEquals("", dieEverywhere(true, 11));
    }

    private String dieEverywhere(boolean committingAtOnce, long seed) throws Exception {
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Map<Position, View> history = new HashMap<>();
        for (int round = 0; round < 60; round++) {
            randomBatch(random);
            history.put(feed.view().position(), feed.view());
            RealTimeWriter writer = writer(feed);
            faults.committingAtOnce = committingAtOnce;
            faults.commitsAnyway = random.nextBoolean();
            faults.left = round % 9;
            boolean done = writer.write();
            faults.left = -1;
            writer.close();
            faults.committingAtOnce = false;
            List<String> position = query("SELECT FeedEpoch, FeedSequence FROM Feed_Position");
            if (position.isEmpty()) {
                if (!groups().isEmpty()) {
                    return "rows without a position";
                }
                continue;
            }
            String[] parts = position.get(0).split(" ");
            View view = history.get(new Position(Long.parseLong(parts[0]), Long.parseLong(parts[1])));
            if (done && view != feed.view()) {
                return "it says that it has written, and has not";
            }
            List<String> differences = differences(view);
            if (!differences.isEmpty()) {
                return "round " + round + ": " + differences;
            }
        }
        return "";
    }

    @Test
    void equalsTheReplicaAfterEachWritingOfARandomHistory() throws Exception {
        long seed = Long.getLong("localdb.seed", 7);
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        RealTimeWriter writer = writer(feed);
        for (int round = 0; round < 40; round++) {
            for (int batches = random.nextInt(4); batches >= 0; batches--) {
                randomBatch(random);
            }
            if (random.nextInt(10) == 0) {
                // Another centre's history, as after a restart there.
                feed = new TestFeed(CALLS, 301 + round);
                randomBatch(random);
                writer.follow(feed);
            }
            assertTrue(writer.write());
            assertEquals(List.of(), differences(feed.view()), "seed " + seed + ", round " + round);
        }
    }

    private void randomBatch(SplittableRandom random) {
        List<Change> changes = new ArrayList<>();
        for (int i = random.nextInt(30); i >= 0; i--) {
            int key = random.nextInt(200);
            if (random.nextInt(4) == 0) {
                changes.add(Change.delete(GROUP, List.of(key)));
            } else {
                changes.add(Change.put(GROUP.row(
                        key,
                        random.nextBoolean() ? random.nextInt() : null,
                        random.nextBoolean() ? random.nextLong() : null,
                        random.nextBoolean() ? random.nextDouble() * 1e6 : null,
                        random.nextBoolean() ? random.nextBoolean() : null,
                        random.nextBoolean() ? 1_700_000_000_000L + random.nextInt() : null,
                        random.nextBoolean() ? "Ä \uD83D\uDE00 '" + random.nextInt() : null)));
            }
        }
        feed.commit(changes);
    }

    @Test
    void doesNotHoldUpTheFeedWhileAReaderHoldsItUp() throws Exception {
        feed.put(GROUP.row(1, 1, null, null, null, null, null));
        RealTimeWriter writer = writer(feed, MonotonicClock.SYSTEM);
        writer.start();
        // It counts a writing after its commit, which a reader may see before.
        await(() -> groups().equals(List.of("1 1")) && writer.progress().writings() == 1);
        try (Connection reader = database.dataSource().getConnection();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            // What a writer waits for, whatever the product: rows that another transaction has changed.
            statement.executeUpdate("UPDATE t_Skill_Group_Real_Time SET LoggedOn = 0");
            long writings = writer.progress().writings();
            for (int i = 2; i < 500; i++) {
                feed.put(GROUP.row(1, i, null, null, null, null, null));
            }
            assertEquals(new Position(300, 499), feed.view().position());
            assertEquals(writings, writer.progress().writings());
            reader.rollback();
        }
        await(() -> groups().equals(List.of("1 499")));
        assertEquals(List.of(), differences(feed.view()));
    }

    @Test
    void saysAgainThatItIsThereWhenNothingChanges() throws Exception {
        RealTimeWriter writer = writer(feed);
        feed.put(GROUP.row(1, 1, null, null, null, null, null));
        assertTrue(writer.write());
        database.execute("UPDATE Feed_Lease SET LeaseSeconds = 0");
        assertTrue(writer.write());
        assertEquals(List.of("0"), query("SELECT LeaseSeconds FROM Feed_Lease"));
        millis.addAndGet(5_000);
        assertTrue(writer.write());
        assertEquals(List.of("15"), query("SELECT LeaseSeconds FROM Feed_Lease"));
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < until, "nothing came of it within a minute");
            Thread.sleep(5);
        }
    }

    private RealTimeWriter writer(TestFeed from) throws SQLException {
        return writer(from, millis::get);
    }

    private RealTimeWriter writer(TestFeed from, MonotonicClock clock) throws SQLException {
        RealTimeWriter writer = new RealTimeWriter(
                new SqlLocalDatabase(faults, List.of(CALLS, CONFIG)), "calls", () -> settings, clock);
        writer.follow(from);
        writers.add(writer);
        return writer;
    }

    private List<String> groups() {
        return query("SELECT SkillTargetID, LoggedOn FROM Skill_Group_Real_Time ORDER BY SkillTargetID");
    }

    private List<String> query(String sql) {
        return Sql.query(database.dataSource(), sql);
    }

    /** PostgreSQL leaves a fraction of 0 out, and Derby does not. */
    private static List<String> trimmed(List<String> times) {
        return times.stream().map(time -> time.replaceFirst("\\.0$", "")).toList();
    }

    /** By SQL of its own, column by column. */
    private List<String> differences(View view) throws SQLException {
        List<String> expected = new ArrayList<>();
        SqlLocalDatabase reading = new SqlLocalDatabase(database.dataSource(), List.of(CALLS, CONFIG));
        view.forEach(GROUP, row -> expected.add(text(row, reading)));
        expected.sort(null);
        List<String> present = new ArrayList<>(query("SELECT SkillTargetID, LoggedOn, Calls, ServiceLevel,"
                        + " CASE WHEN Busy THEN 1 WHEN NOT Busy THEN 0 END, LongestCallQ, Name FROM"
                        + " Skill_Group_Real_Time")
                .stream()
                .map(line -> line.replaceAll("(:\\d\\d)\\.0 ", "$1 "))
                .toList());
        present.sort(null);
        List<String> differences = new ArrayList<>(expected);
        differences.removeAll(present);
        present.removeAll(expected);
        differences.addAll(present);
        return differences;
    }

    private static String text(Row row, SqlLocalDatabase reading) {
        Object time = row.get("LongestCallQ");
        String local = time == null
                ? "null"
                : java.time.LocalDateTime.ofInstant(Instant.ofEpochMilli((Long) time), reading.zone())
                                .format(java.time.format.DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss"))
                        + ((Long) time % 1000 == 0
                                ? ""
                                : ("." + String.format("%03d", Math.floorMod((Long) time, 1000L)))
                                        .replaceFirst("0+$", ""));
        Object busy = row.get("Busy");
        return row.get("SkillTargetID") + " " + row.get("LoggedOn") + " " + row.get("Calls") + " "
                + row.get("ServiceLevel") + " " + (busy == null ? "null" : (Boolean) busy ? "1" : "0") + " " + local
                + " "
                + row.get("Name");
    }
}
