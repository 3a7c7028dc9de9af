package org.openrtd.updater.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.updater.internal.Centre.MEMBER;
import static org.openrtd.updater.internal.Centre.PERSON;
import static org.openrtd.updater.internal.Centre.VARIABLE;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.configuration.CopyStatus;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Position;
import org.openrtd.feed.Table;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

@ParameterizedClass
@EnumSource
class ConfigurationCopyTest {

    @Parameter
    Product product;

    private final long[] time = {1_700_000_000_000L};
    private final Centre centre = new Centre(() -> time[0]);
    private TestDatabase place;
    private Site site;

    @AfterEach
    void close() {
        if (site != null) {
            site.close();
        }
        if (place != null) {
            place.close();
        }
    }

    private Site site() {
        place = TestDatabase.fresh(product);
        site = new Site(centre, place, time);
        return site;
    }

    private Site started() {
        site().start();
        site.run();
        return site;
    }

    private void restart() {
        site.stop();
        site.start();
    }

    private static Change person(int id, String login) {
        return Change.put(PERSON.row(id, login, id / 2.0, 1_600_000_000_123L + id, null));
    }

    private static Change member(int group, int agent) {
        return Change.put(MEMBER.row(group, agent, null));
    }

    private static Change variable(String name, String content) {
        return Change.put(VARIABLE.row(name, content, null));
    }

    private void commitMany(int from, int count, String login) {
        Change[] changes = new Change[count];
        for (int i = 0; i < count; i++) {
            changes[i] = person(from + i, login + i);
        }
        centre.commit(changes);
    }

    private void assertEqual() {
        assertEquals(List.of(), site.differences());
        assertEquals(centre.origin.replica().view().position(), site.position());
        assertEquals("LIVE", site.copy.status().state());
        assertEquals("", site.copy.status().alarm());
    }

    // ---- in step

    @Test
    void writesTheFirstLoad() {
        centre.commit(person(1, "anna"), member(7, 1), variable("greeting", "Grüß Gott"));
        started();
        assertEqual();
        assertEquals(CopyStatus.Digests.EQUAL, site.copy.status().digests());
        assertEquals("one", site.copy.status().feedId());
        assertEquals(3, site.copy.status().schemaVersion());
    }

    @Test
    void makesEachTransactionOfTheCentreOneHere() {
        started();
        long before = site.faults.count("commit");
        centre.commit(person(1, "anna"), member(7, 1));
        centre.commit(person(1, "anne"));
        centre.commit(Change.delete(MEMBER, List.of(7, 1)));
        site.run(1);

        assertEqual();
        assertEquals(3, site.copy.transactions());
        assertEquals(3, site.faults.count("commit") - before);
        assertEquals(1, site.replica().statistics().snapshots(), "the first load");
    }

    @Test
    void commitsRowsAndPositionTogether() {
        started();
        List<String> calls = new ArrayList<>();
        for (String method : List.of("put", "delete", "position", "commit")) {
            site.faults.before(method, () -> calls.add(method));
        }
        centre.commit(person(1, "anna"));
        site.run(1);
        // It looks where the database is, writes rows and position, and commits once.
        assertEquals(List.of("position", "put", "position", "commit"), calls);
    }

    @Test
    void answersWhatChangedSinceAKey() {
        centre.commit(person(1, "anna"), person(2, "bert"));
        started();
        Position before = site.position();
        centre.commit(person(2, "berta"));
        site.run(1);
        assertEquals(1, site.number("SELECT COUNT(*) FROM t_Person WHERE RecoveryKey > " + before.sequence()));
    }

    @Test
    void takesOnTheNextEpochOfTheCentre() {
        centre.commit(person(1, "anna"));
        started();
        centre.start(200);
        site.run();
        assertEqual();
        assertEquals(200, site.position().epoch());
        assertEquals(1, site.replica().statistics().snapshots());
    }

    @Test
    void keepsUpByTheDifferenceWhenItFallsTooFarBehind() {
        started();
        site.faults.before("put", () -> {
            throw new SQLException("busy");
        });
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 30; i++) {
                commitMany(1, 1500, "round " + round + " " + i + " ");
            }
            site.run(1);
        }
        assertTrue(site.copy.waiting() <= 200, "bounded: " + site.copy.waiting());
        site.faults.none();
        site.run(300);
        assertEqual();
    }

    // ---- begins again

    @Test
    void goesOnFromWhatIsStored() {
        centre.commit(person(1, "anna"));
        started();
        restart();
        assertEquals(1, site.replica().view().size(PERSON), "readable at once");
        centre.commit(person(2, "bert"));
        site.run();

        assertEqual();
        assertEquals(0, site.replica().statistics().snapshots());
        assertEquals(1, site.copy.transactions());
        assertEquals(0, site.copy.repairs());
    }

    @Test
    void doesNotWaitForTheDatabaseWhereItCameLater() {
        centre.commit(person(1, "anna"));
        started();
        centre.commit(person(2, "bert"));
        site.stop();
        site.start(false);
        site.run();
        assertEqual();
        assertEquals(1, site.replica().statistics().snapshots());
    }

    @Test
    void writesALargeFirstLoadInPartsAndSaysThatItIsNotAllThere() {
        commitMany(1, 500, "login ");
        site().start();
        List<Long> incomplete = new ArrayList<>();
        site.faults.after(
                "commit",
                () -> incomplete.add(site.number(
                        "SELECT COUNT(*) FROM Feed_Position WHERE FeedName = 'config' AND Complete = 'N'")));
        site.run();
        assertEqual();
        assertEquals(9, incomplete.stream().filter(count -> count == 1).count(), "parts of 50 rows but the last");
        assertEquals(0L, incomplete.get(incomplete.size() - 1));
    }

    @Test
    void goesOnWithALoadThatWasInterrupted() {
        commitMany(1, 500, "login ");
        site().start();
        int[] parts = {0};
        site.faults.before("insert", () -> {
            if (++parts[0] > 4) {
                throw new SQLException("the disk is full");
            }
        });
        site.run(3);
        assertEquals(200, site.number("SELECT COUNT(*) FROM t_Person"));
        assertEquals(Position.NONE, site.position());
        assertTrue(
                site.copy.status().state().contains("the disk is full"),
                site.copy.status().state());

        site.faults.none();
        restart();
        long before = site.faults.count("insert");
        site.run();
        assertEqual();
        assertEquals(6, site.faults.count("insert") - before, "300 rows in parts of 50");
    }

    @Test
    void writesRowsAnewThatWereChangedBehindItsBack() {
        commitMany(1, 20, "login ");
        centre.commit(member(7, 1));
        started();
        site.stop();
        site.execute("UPDATE t_Person SET LoginName = 'eve' WHERE PersonID = 3");
        site.execute("DELETE FROM t_Person WHERE PersonID = 4");
        site.start();
        site.run();

        assertEqual();
        assertEquals(1, site.replica().statistics().repairs(), "by the digests of the rows in the database");
        assertEquals(0, site.replica().statistics().snapshots(), "of one table");
        assertNotNull(site.copy.status().lastRepair());
    }

    @Test
    void comesBackWhenTheDatabaseIsDeleted() {
        commitMany(1, 120, "login ");
        started();
        site.stop();
        place.close();
        place = TestDatabase.fresh(product);
        Site again = new Site(centre, place, time);
        site = again;
        again.start();
        again.run();
        assertEqual();
    }

    @Test
    void comesBackWhenTheRowsVanishWhileItRuns() {
        commitMany(1, 120, "login ");
        started();
        site.execute("DELETE FROM t_Person");
        site.execute("DELETE FROM Feed_Position");
        site.run(400);
        assertEqual();
    }

    // ---- the centre is another one, or was put back

    @Test
    void takesBackWhatARestoredBackupDoesNotKnow() {
        centre.commit(person(1, "anna"));
        centre.commit(person(2, "bert"));
        centre.commit(person(3, "carl"));
        started();
        centre.restore(1);
        centre.start(200);
        centre.commit(person(4, "dora"));
        site.run();

        assertEqual();
        assertEquals(new Position(200, 2), site.position());
        assertEquals(0, site.number("SELECT COUNT(*) FROM t_Person WHERE PersonID = 3"));
    }

    @Test
    void takesBackWhatARestoredBackupDoesNotKnowAlsoWhenItComesBackLater() {
        centre.commit(person(1, "anna"));
        centre.commit(person(2, "bert"));
        started();
        site.stop();
        centre.restore(1);
        centre.start(200);
        site.start();
        site.run();
        assertEqual();
    }

    @Test
    void namesASecondCentreThatIsBehindAndKeepsItsRows() {
        centre.commit(person(1, "anna"));
        started();
        site.stop();
        centre.restore(0);
        centre.epochs.clear();
        centre.start(50);
        site.start();
        site.run();

        assertEquals(new Position(100, 1), site.position());
        assertEquals(1, site.number("SELECT COUNT(*) FROM t_Person"));
        assertTrue(
                site.copy.status().state().contains("is behind"),
                site.copy.status().state());
        assertEquals("", site.copy.status().alarm());
        site.run(1000);
        assertTrue(
                site.copy.status().alarm().startsWith("ALARM: source central is behind: "),
                site.copy.status().alarm());
        centre.start(200);
        site.run(1500);
        assertEquals("", site.copy.status().alarm());
    }

    @Test
    void refusesACentreOfAnotherIdentityUntilAnOperatorForgetsTheOldOne() {
        centre.commit(person(1, "anna"));
        started();
        site.stop();
        centre.restore(0);
        centre.epochs.clear();
        centre.feedId = "two";
        centre.start(200);
        centre.commit(person(9, "zoe"));
        site.start();
        site.run();

        assertEquals(FeedState.REFUSED, site.replica().state());
        assertEquals("one", site.copy.status().feedId());
        assertTrue(
                site.copy.status().alarm().startsWith("identity: "),
                site.copy.status().alarm());
        assertEquals(1, site.number("SELECT COUNT(*) FROM t_Person WHERE LoginName = 'anna'"), "stays readable");

        assertTrue(site.follower.forgetIdentity());
        centre.reachable(false);
        site.run();
        assertEquals("", site.copy.status().feedId());
        assertEquals(1, site.number("SELECT COUNT(*) FROM t_Person WHERE LoginName = 'anna'"), "until others come");

        // Forgotten for good, also by the process after this one.
        restart();
        assertNull(site.stored());
        centre.reachable(true);
        site.run(200);
        assertEqual();
        assertEquals("two", site.copy.status().feedId());
    }

    @Test
    void keepsItsRowsWhereAReplicaThatBeganWithoutThemHasThoseOfAnotherCentralDatabase() {
        centre.commit(person(1, "anna"));
        started();
        site.stop();
        centre.restore(0);
        centre.epochs.clear();
        centre.feedId = "two";
        centre.start(200);
        centre.commit(person(9, "zoe"));
        site.start(false);
        site.run();
        centre.commit(person(8, "yves"));
        site.run();

        assertEquals("one", site.copy.status().feedId());
        assertTrue(
                site.copy.status().alarm().startsWith("identity: "),
                site.copy.status().alarm());
        assertEquals(1, site.number("SELECT COUNT(*) FROM t_Person"), "stays readable");
        assertEquals(1, site.number("SELECT COUNT(*) FROM Feed_Lease WHERE FeedName = 'config' AND NotCurrent = 'Y'"));

        assertTrue(site.copy.forgetIdentity());
        assertFalse(site.copy.forgetIdentity(), "once is enough");
        site.run();
        assertEqual();
        assertEquals("two", site.copy.status().feedId());
    }

    @Test
    void keepsItsRowsWhereAReplicaThatBeganWithoutThemIsBehind() {
        centre.commit(person(1, "anna"));
        started();
        site.stop();
        centre.restore(0);
        centre.epochs.clear();
        centre.start(50);
        site.start(false);
        site.run();
        assertEquals(new Position(100, 1), site.position());
        assertTrue(
                site.copy.status().alarm().contains("is behind"),
                site.copy.status().alarm());

        centre.start(200);
        site.run();
        assertEqual();
    }

    @Test
    void leavesOutTheColumnsOfANewerSchemaAndTakesThemOnWithANewerDatabase() {
        centre.commit(person(1, "anna"));
        started();
        Table longer = Table.named("Person")
                .key("PersonID", ColumnType.INT)
                .column("LoginName", ColumnType.STRING)
                .column("Share", ColumnType.DOUBLE)
                .column("ChangedAt", ColumnType.TIMESTAMP)
                .column("Nickname", ColumnType.STRING)
                .column("RecoveryKey", ColumnType.LONG)
                .build();
        FeedSchema next = new FeedSchema("config", 4, true, List.of(longer, MEMBER, VARIABLE));
        centre.schema = next;
        centre.rows.replaceAll((key, row) -> longer.row(row.get(0), row.get(1), row.get(2), row.get(3), "nick", 1L));
        centre.start(200);
        centre.commit(Change.put(longer.row(2, "bert", 1.0, 5L, "bertie", null)));
        site.run();
        assertEqual();
        assertEquals(4, site.copy.status().schemaVersion());
        site.copy.scrubNow();
        site.run();
        assertEquals(0, site.copy.repairs());
        assertTrue(site.copy.scrubs() > 0);

        // A second snapshot in one process, with rows that are gone: only like can be compared with like.
        centre.commit(Change.put(longer.row(3, "carl", 1.0, 5L, "c", null)));
        site.run();
        centre.restore(centre.log.size() - 2);
        centre.rows.put(List.of("Person", 1), longer.row(1, "anna", 0.5, 1_600_000_000_124L, "nick", 1L));
        long failures = site.copy.failures();
        centre.start(300);
        site.run();
        assertEqual();
        assertEquals(0, site.number("SELECT COUNT(*) FROM t_Person WHERE PersonID IN (2, 3)"));
        assertEquals(failures, site.copy.failures());
        centre.commit(Change.put(longer.row(2, "bert", 1.0, 5L, "bertie", null)));
        site.run();

        site.stop();
        site.start();
        assertNull(site.stored(), "rows without all columns are nothing to begin with");
        site.run();
        assertEqual();

        site.stop();
        site = new Site(centre, place, time, next).start();
        site.run();
        assertEqual();
        assertEquals(1, site.number("SELECT COUNT(*) FROM t_Person WHERE Nickname = 'bertie'"));
        restart();
        site.run();
        assertEqual();
        assertEquals(0, site.replica().statistics().snapshots());
    }

    @Test
    void followsACentreThatGoesBackToAnOlderSchema() {
        centre.commit(person(1, "anna"));
        started();
        Table shorter = Table.named("Person")
                .key("PersonID", ColumnType.INT)
                .column("LoginName", ColumnType.STRING)
                .column("RecoveryKey", ColumnType.LONG)
                .build();
        centre.schema = new FeedSchema("config", 2, true, List.of(shorter, MEMBER, VARIABLE));
        centre.rows.replaceAll((key, row) -> shorter.row(row.get(0), row.get(1), 1L));
        centre.start(200);
        site.run();
        assertEqual();
        assertEquals(1, site.number("SELECT COUNT(*) FROM t_Person WHERE Share IS NULL"));
        restart();
        site.run();
        assertEqual();
    }

    // ---- the database fails

    @Test
    void losesNothingWhenTheDatabaseRefuses() {
        started();
        for (String method : List.of("position", "put", "state", "commit")) {
            site.faults.before(method, () -> {
                throw new SQLException(method + " refused");
            });
            centre.commit(person(1, "at " + method), member(7, centre.log.size()));
            // How it stands is said anew every five seconds.
            site.run(method.equals("state") ? 110 : 4);
            assertTrue(
                    site.copy.status().state().contains("refused"),
                    site.copy.status().state());
            site.faults.none();
            site.run(300);
            assertEqual();
        }
        assertTrue(site.copy.failures() >= 4);
    }

    @Test
    void findsOutWhetherACommitOfUnknownOutcomeTookPlace() {
        started();
        boolean[] broken = {true};
        site.faults.after("commit", () -> {
            if (broken[0]) {
                broken[0] = false;
                throw new SQLException("the line broke");
            }
        });
        centre.commit(person(1, "anna"), member(7, 1));
        site.run(100);
        assertEqual();
        assertEquals(1, site.number("SELECT COUNT(*) FROM t_Skill_Group_Member"));
    }

    @Test
    void callsForSomebodyWhenTheDatabaseRefusesForLong() {
        started();
        site.faults.before("commit", () -> {
            throw new SQLException("the disk is full");
        });
        centre.commit(person(1, "anna"));
        site.run(1000);
        assertTrue(
                site.copy.status().alarm().startsWith("ALARM: cannot write to the local database: the disk is full"),
                site.copy.status().alarm());
        site.faults.none();
        site.run(400);
        assertEqual();
    }

    @Test
    void noticesThatSomebodyElseWrites() {
        centre.commit(person(1, "anna"));
        started();
        site.execute("UPDATE Feed_Position SET FeedSequence = 77 WHERE FeedName = 'config'");
        centre.commit(person(2, "bert"));
        site.run(100);
        assertEqual();
        assertTrue(site.copy.failures() > 0);
    }

    // ---- proofs

    @Test
    void findsRowsThatAreWrongByReadingThemAll() {
        commitMany(1, 2500, "login ");
        centre.commit(variable("a", "1"), variable("b", "2"));
        started();
        long scrubs = site.copy.scrubs();
        site.execute("UPDATE t_Person SET LoginName = 'eve' WHERE PersonID = 2200");
        site.execute("DELETE FROM t_User_Variable WHERE Name = 'b'");
        site.execute("INSERT INTO t_Skill_Group_Member (SkillGroupID, AgentID) VALUES (8, 8)");
        site.copy.scrubNow();
        site.run();

        assertEqual();
        assertEquals(3, site.copy.repairs(), "a table each");
        assertTrue(site.copy.scrubs() > scrubs);
        assertEquals(0, site.replica().statistics().repairs(), "what is in memory was right");
        assertEquals(CopyStatus.Digests.EQUAL, site.copy.status().digests());
    }

    @Test
    void comparesAllRowsAtEachInterval() {
        commitMany(1, 10, "login ");
        site();
        site.settings = new UpdaterSettings(50, Duration.ofSeconds(30), Duration.ofSeconds(15));
        site.start();
        site.run(1300);
        assertEquals(3, site.copy.scrubs(), "of the first load, and two");
    }

    @Test
    void goesOnWritingWhileItCompares() {
        commitMany(1, 4000, "login ");
        started();
        site.copy.scrubNow();
        for (int i = 0; i < 40; i++) {
            commitMany(1 + 100 * i, 30, "round " + i + " ");
            site.run(1);
        }
        site.run();
        assertEqual();
        assertTrue(site.copy.scrubs() > 0);
        assertEquals(0, site.copy.repairs());
    }

    @Test
    void repairsThreeTimesAnHourAndThenCallsForSomebodyWhileEditsGoOn() {
        centre.commit(person(1, "anna"), member(7, 1));
        started();
        // A database that never has what was written.
        site.faults.after("commit", () -> site.execute("UPDATE t_Person SET LoginName = 'eve' WHERE PersonID = 1"));
        centre.commit(person(3, "carl"));
        site.copy.scrubNow();
        site.run();

        assertEquals(3, site.copy.repairs());
        CopyStatus status = site.copy.status();
        assertEquals(CopyStatus.Digests.DIFFERENT, status.digests());
        assertTrue(
                status.alarm().startsWith("ALARM: rows of Person in the local database are not what was written"),
                status.alarm());
        assertEquals(
                1, site.number("SELECT COUNT(*) FROM Feed_Lease WHERE FeedName = 'config' AND Reason LIKE 'ALARM%'"));

        centre.commit(person(2, "bert"));
        site.copy.scrubNow();
        site.run();
        assertEquals(3, site.copy.repairs(), "not for ever");
        assertEquals(1, site.number("SELECT COUNT(*) FROM t_Person WHERE LoginName = 'bert'"), "edits go on");
        assertEquals(centre.origin.replica().view().position(), site.position());

        site.faults.none();
        time[0] += 3_600_000;
        site.copy.scrubNow();
        site.run();
        assertEqual();
        assertEquals(4, site.copy.repairs());
    }

    @Test
    void endsWithAnAlarmWhenTheDigestsOfTheCentreDifferForEver() {
        centre.commit(person(1, "anna"), member(7, 1));
        started();
        centre.lies = true;
        site.run(400);

        assertEquals(3, site.replica().statistics().repairs());
        CopyStatus status = site.copy.status();
        assertTrue(status.alarm().startsWith("ALARM: digest of User_Variable differs"), status.alarm());
        assertEquals(CopyStatus.Digests.DIFFERENT, status.digests());
        assertEquals(1, site.number("SELECT COUNT(*) FROM t_Person WHERE LoginName = 'anna'"), "stays readable");

        centre.commit(person(2, "bert"));
        site.run(400);
        assertEquals(3, site.replica().statistics().repairs(), "not for ever");
        assertEquals(List.of(), site.differences(), "edits go on");

        centre.lies = false;
        site.run();
        assertEqual();
        assertEquals(0, site.copy.repairs(), "in the database nothing ever differed");
    }

    @Test
    void saysEqualOnlyWhenWhatWasWrittenWasReadBack() {
        centre.commit(person(1, "anna"));
        site().start();
        site.faults.before("after", () -> {
            throw new SQLException("cannot be read");
        });
        site.run();
        assertEquals(centre.origin.replica().view().position(), site.position());
        assertEquals(CopyStatus.Digests.UNKNOWN, site.copy.status().digests());
        site.faults.none();
        site.run(400);
        assertEquals(CopyStatus.Digests.EQUAL, site.copy.status().digests());
    }

    @Test
    void cutsATextThatIsTooLongAndDoesNotRepairItForEver() {
        started();
        centre.commit(person(1, "a".repeat(2000)));
        site.run();
        for (int i = 0; i < 5; i++) {
            site.copy.scrubNow();
            site.run();
        }
        site.stop();
        site.start();
        site.run();
        assertEquals(1, site.number("SELECT COUNT(*) FROM t_Person WHERE LoginName = '" + "a".repeat(1024) + "'"));
        assertEquals(0, site.copy.repairs());
        assertEquals("", site.copy.status().alarm());
    }

    @Test
    void leavesARowOutWhoseKeyIsTooLongAndSaysSo() {
        String name = "a".repeat(1025);
        started();
        // Cut, both would have the same key.
        centre.commit(variable(name + "b", "one"), variable(name + "c", "two"), variable("short", "three"));
        centre.commit(variable(name + "b", "four"));
        site.run(400);
        restart();
        site.run(400);
        site.copy.scrubNow();
        site.run();
        assertEquals(1, site.number("SELECT COUNT(*) FROM t_User_Variable"));
        assertEquals(centre.origin.replica().view().position(), site.position());
        assertEquals(0, site.copy.repairs());
        assertEquals(0, site.copy.failures());
        assertTrue(
                site.copy.status().alarm().contains("of User_Variable is not kept"),
                site.copy.status().alarm());

        centre.commit(Change.delete(VARIABLE, List.of(name + "b")), Change.delete(VARIABLE, List.of(name + "c")));
        site.copy.scrubNow();
        site.run();
        assertEqual();
    }

    @Test
    void isNotHeldUpByALoadWhenItIsAskedToCompare() throws Exception {
        site().start();
        boolean[] asked = new boolean[1];
        site.faults.before("insert", () -> {
            Thread asking = new Thread(() -> {
                site.copy.scrubNow();
                asked[0] = true;
            });
            asking.start();
            try {
                asking.join(10_000);
            } catch (InterruptedException e) {
                throw new SQLException(e);
            }
        });
        centre.commit(person(1, "anna"));
        site.run();
        assertTrue(asked[0]);
        assertTrue(site.copy.scrubs() > 0);
    }

    @Test
    void goesOnAfterAnError() {
        started();
        boolean[] once = {true};
        site.faults.before("put", () -> {
            if (once[0]) {
                once[0] = false;
                throw new OutOfMemoryError("tried");
            }
        });
        centre.commit(person(1, "anna"));
        site.run(1);
        assertTrue(site.copy.status().state().contains("OutOfMemoryError"), site.copy.summary());
        site.run(300);
        assertEqual();
    }

    @Test
    void saysWhatWasRepairedAlsoWhenTheCentreMovedOn() {
        commitMany(1, 20, "login ");
        started();
        site.stop();
        site.execute("UPDATE t_Person SET LoginName = 'eve' WHERE PersonID = 3");
        site.start();
        for (int i = 0; i < 60; i++) {
            centre.commit(person(100, "edit " + i));
            site.run(1);
        }
        site.run();
        assertEqual();
        assertEquals(1, site.replica().statistics().repairs());
        assertNotNull(site.copy.status().lastRepair());
    }

    // ---- for readers in SQL

    @Test
    void tellsReadersHowItStandsAndForHowLongThatHolds() {
        centre.commit(person(1, "anna"));
        started();
        String live = "SELECT COUNT(*) FROM Feed_Lease WHERE FeedName = 'config' AND FeedState = 'LIVE'"
                + " AND NotCurrent = 'N' AND LeaseSeconds = 15";
        assertEquals(1, site.number(live));
        long said = site.faults.count("state");
        site.run(400);
        assertTrue(site.faults.count("state") - said >= 3, "again within each lease");

        centre.reachable(false);
        site.run(10);
        assertEquals(0, site.number(live));
        assertEquals(
                1,
                site.number("SELECT COUNT(*) FROM Feed_Lease WHERE FeedName = 'config' AND NotCurrent = 'Y'"
                        + " AND FeedState = 'CONNECTING'"));
    }

    @Test
    void saysWhereItIsInWords() {
        assertEquals(
                "no role of this node follows the feed config", unfollowed().summary());
        commitMany(1, 10, "login ");
        started();
        assertEquals("LIVE", site.copy.summary());
        centre.reachable(false);
        site.run();
        assertTrue(site.copy.summary().startsWith("CONNECTING: "), site.copy.summary());
        assertFalse(site.copy.details().isEmpty());
        assertEquals(CopyStatus.Digests.UNKNOWN, site.copy.status().digests());
    }

    private ConfigurationCopy unfollowed() {
        return new ConfigurationCopy(
                "north-1",
                () -> {
                    throw new SQLException("not asked for");
                },
                () -> time[0],
                java.time.Clock.systemUTC(),
                UpdaterSettings.DEFAULT);
    }

    // ---- all of it

    @Test
    void isEqualAfterEveryHistory() {
        long seed = Long.getLong("updater.seed", 20_261_122L);
        for (int history = 0; history < Integer.getInteger("updater.histories", 3); history++) {
            run(seed + history);
        }
    }

    /** Edits, restarts of site and centre, refusals of the database, lines that break, backups put back. */
    private void run(long seed) {
        System.out.println("updater.seed=" + seed + " on " + product);
        SplittableRandom random = new SplittableRandom(seed);
        centre.rows.clear();
        centre.log.clear();
        centre.epochs.clear();
        long[] epoch = {time[0]};
        centre.start(epoch[0]);
        site().start();
        for (int round = 0; round < 120; round++) {
            switch (random.nextInt(14)) {
                case 0 -> restart();
                case 1 -> {
                    site.stop();
                    site.start(false);
                }
                case 2 -> centre.start(++epoch[0]);
                case 3 -> {
                    centre.restore(centre.log.size() - random.nextInt(Math.min(4, centre.log.size() + 1)));
                    centre.start(++epoch[0]);
                }
                case 4 -> centre.cut("cut");
                case 5 -> {
                    String method = List.of("put", "commit", "position", "delete", "insert")
                            .get(random.nextInt(5));
                    site.faults.before(method, () -> {
                        if (random.nextInt(3) == 0) {
                            throw new SQLException(method + " refused");
                        }
                    });
                }
                case 6 ->
                    site.faults.after("commit", () -> {
                        if (random.nextInt(4) == 0) {
                            throw new SQLException("unknown outcome");
                        }
                    });
                case 7 -> site.faults.none();
                case 8 -> site.copy.scrubNow();
                case 9 -> commitMany(random.nextInt(300), 1 + random.nextInt(200), "many " + round + " ");
                default -> {
                    Change[] changes = new Change[1 + random.nextInt(4)];
                    for (int i = 0; i < changes.length; i++) {
                        int id = random.nextInt(40);
                        changes[i] = switch (random.nextInt(4)) {
                            case 0 -> person(id, "round " + round);
                            case 1 -> Change.delete(PERSON, List.of(id));
                            case 2 -> member(id % 3, id);
                            default -> variable("name " + id % 5, "round " + round);
                        };
                    }
                    centre.commit(changes);
                }
            }
            site.run(random.nextInt(12));
        }
        site.faults.none();
        site.run(600);
        assertEqual();
        assertEquals(0, site.copy.repairs(), "nothing was ever wrong: " + site.copy.details());
        site.close();
        place.close();
    }
}
