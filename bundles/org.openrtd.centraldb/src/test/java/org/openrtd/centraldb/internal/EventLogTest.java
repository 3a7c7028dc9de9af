package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.centraldb.CentralDatabaseException;
import org.openrtd.centraldb.EventLog;
import org.openrtd.centraldb.EventLog.Checkpoint;
import org.openrtd.centraldb.EventLog.Entry;
import org.openrtd.centraldb.EventLog.Logged;
import org.openrtd.centraldb.EventLog.Mark;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

@ParameterizedClass
@EnumSource(Product.class)
class EventLogTest {

    private final Product product;
    private final TestDatabase real;
    private final FailingDataSource database;
    private final SettableClock clock = new SettableClock();
    private SqlEventLog log;

    EventLogTest(Product product) {
        this.product = product;
        real = TestDatabase.fresh(product);
        database = new FailingDataSource(real.dataSource());
        log = open(database);
    }

    @AfterEach
    void close() {
        log.close();
        real.close();
    }

    @Test
    void numbersWhatItStoresWithoutGaps() {
        List<Logged> first = log.append(events("bank", 7, 1, 2));
        List<Logged> second = log.append(List.of(Entry.ofController(bytes("clock")), event("bank", 7, 3)));

        assertEquals(List.of(1L, 2L), sequences(first));
        assertEquals(List.of(3L, 4L), sequences(second));
        assertEquals(4, log.lastSequence());
    }

    @Test
    void readsBackWhatWasStoredInItsOrder() {
        log.append(events("bank", -3, 1, 400));
        log.append(List.of(Entry.ofController(new byte[0]), event("shop", Long.MAX_VALUE, 1), event("bank", -3, 401)));

        List<Logged> all = read(log, 0);

        assertEquals(403, all.size());
        assertEquals(LongStream.rangeClosed(1, 403).boxed().toList(), sequences(all));
        assertSame(event("bank", -3, 400), all.get(399).entry());
        assertSame(Entry.ofController(new byte[0]), all.get(400).entry());
        assertSame(event("shop", Long.MAX_VALUE, 1), all.get(401).entry());
        assertSame(event("bank", -3, 401), all.get(402).entry());
    }

    @Test
    void readsFromTheMiddleOfABlock() {
        log.append(events("bank", 1, 1, 100));
        log.append(events("bank", 1, 101, 200));

        assertEquals(LongStream.rangeClosed(58, 200).boxed().toList(), sequences(read(log, 57)));
        assertEquals(List.of(), read(log, 200));
    }

    @Test
    void splitsALargeAppendIntoSeveralBlocks() {
        List<Entry> large = new ArrayList<>();
        for (int number = 1; number <= 300; number++) {
            large.add(new Entry("bank", 1, number, new byte[1000]));
        }
        large.add(new Entry("bank", 1, 301, new byte[3_000_000]));

        log.append(large);

        assertTrue(TestDatabase.number(database, "SELECT COUNT(*) FROM Event_Log") > 3);
        List<Logged> all = read(log, 0);
        assertEquals(301, all.size());
        assertEquals(3_000_000, all.get(300).entry().payload().length);
    }

    @Test
    void storesNoNumberTwice() {
        log.append(events("bank", 7, 1, 5));

        List<Logged> stored = log.append(events("bank", 7, 4, 8));

        assertEquals(
                List.of(6L, 7L, 8L),
                stored.stream().map(s -> s.entry().number()).toList());
        assertEquals(List.of(6L, 7L, 8L), sequences(stored));
        assertEquals(List.of(), log.append(events("bank", 7, 1, 8)));
    }

    @Test
    void storesNoNumberTwiceWithinOneAppend() {
        List<Entry> twice = new ArrayList<>(events("bank", 7, 1, 3));
        twice.addAll(events("bank", 7, 2, 4));

        assertEquals(4, log.append(twice).size());
    }

    @Test
    void refusesAGapAndStoresNothingOfThatAppend() {
        log.append(events("bank", 7, 1, 3));

        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class, () -> log.append(List.of(event("shop", 1, 1), event("bank", 7, 5))));

        assertEquals("Event 5 of gateway bank, run 7, does not follow event 3", refusal.getMessage());
        assertEquals(3, log.lastSequence());
        assertEquals(OptionalLong.empty(), log.mark("shop", 1));
    }

    @Test
    void keepsAMarkForEachRunWhateverTheirOrder() {
        log.append(events("bank", 7, 1, 5));
        log.append(events("bank", -2, 1, 2));

        assertEquals(Map.of("bank", new Mark(-2, 2)), log.marks());
        assertEquals(OptionalLong.of(5), log.mark("bank", 7));
        assertEquals(OptionalLong.empty(), log.mark("bank", 8));

        log.append(events("bank", 7, 1, 6));
        assertEquals(Map.of("bank", new Mark(7, 6)), log.marks());
    }

    @Test
    void remembersAllOfItAfterARestart() {
        log.append(events("bank", 7, 1, 5));
        log.append(events("bank", 9, 1, 2));
        log.append(List.of(Entry.ofController(bytes("clock"))));

        log.close();
        log = open(database);

        assertEquals(8, log.lastSequence());
        assertEquals(Map.of("bank", new Mark(9, 2)), log.marks());
        assertEquals(List.of(), log.append(events("bank", 7, 1, 5)));
        assertEquals(List.of(9L), sequences(log.append(List.of(event("bank", 7, 6)))));
    }

    @Test
    void storesOnceWhatIsAppendedAgainAfterACommitThatSeemedToFail() {
        log.append(events("bank", 7, 1, 5));
        database.nextCommit(FailingDataSource.Fail.AFTER_COMMIT);
        assertThrows(CentralDatabaseException.class, () -> log.append(events("bank", 7, 6, 9)));

        assertEquals(List.of(), log.append(events("bank", 7, 6, 9)));
        assertEquals(9, log.lastSequence());
        assertEquals(9, read(log, 0).size());
    }

    @Test
    void findsOutByAnAppendOfNothingWhatWasStoredByACommitThatSeemedToFail() {
        log.append(events("bank", 7, 1, 5));
        database.nextCommit(FailingDataSource.Fail.AFTER_COMMIT);
        assertThrows(CentralDatabaseException.class, () -> log.append(events("bank", 7, 6, 9)));

        assertEquals(List.of(), log.append(List.of()));
        assertEquals(List.of(6L, 7L, 8L, 9L), sequences(read(log, 5)));
    }

    @Test
    void storesWhatIsAppendedAgainAfterACommitThatFailed() {
        log.append(events("bank", 7, 1, 5));
        database.nextCommit(FailingDataSource.Fail.BEFORE_COMMIT);
        CentralDatabaseException failure =
                assertThrows(CentralDatabaseException.class, () -> log.append(events("bank", 7, 6, 9)));

        assertTrue(failure.getMessage().contains("the disk is full"), failure.getMessage());
        assertEquals(4, log.append(events("bank", 7, 6, 9)).size());
        assertEquals(9, read(log, 0).size());
    }

    @Test
    void refusesWhatIsTooLargeBeforeItTouchesTheDatabase() {
        List<Entry> many = events("bank", 7, 1, EventLog.MAX_ENTRIES + 1);

        assertThrows(IllegalArgumentException.class, () -> log.append(many));
        assertThrows(
                IllegalArgumentException.class, () -> new Entry("bank", 1, 1, new byte[EventLog.MAX_ENTRY_BYTES + 1]));
        assertThrows(IllegalArgumentException.class, () -> new Entry("bank", 1, 0, new byte[1]));
        assertThrows(IllegalArgumentException.class, () -> new Entry(EventLog.CONTROLLER, 0, 1, new byte[1]));
    }

    @Test
    void saysWhichBlockIsDamaged() {
        log.append(events("bank", 7, 1, 5));
        log.append(events("bank", 7, 6, 9));
        log.writeCheckpoint(9, 0, bytes("not a block"));
        // The products do not share a way to write bytes as a constant.
        TestDatabase.execute(
                database, "UPDATE Event_Log SET Block = (SELECT State FROM Event_Checkpoint) WHERE FirstSequence = 6");

        CentralDatabaseException damage = assertThrows(CentralDatabaseException.class, () -> read(log, 0));

        assertEquals(
                "The event log is damaged: the block at 6 fails its checksum. Restore a backup of the central database",
                damage.getMessage());
    }

    @Test
    void saysWhichEntriesAreMissing() {
        log.append(events("bank", 7, 1, 5));
        log.append(events("bank", 7, 6, 9));
        log.append(events("bank", 7, 10, 11));
        TestDatabase.execute(database, "DELETE FROM Event_Log WHERE FirstSequence = 6");

        CentralDatabaseException damage = assertThrows(CentralDatabaseException.class, () -> read(log, 0));

        assertTrue(damage.getMessage().contains("entry 6 is missing before the block at 10"), damage.getMessage());
    }

    @Test
    void hasNoCheckpointAtFirst() {
        assertTrue(log.latestCheckpoint().isEmpty());
    }

    @Test
    void returnsTheNewestCheckpoint() {
        log.append(events("bank", 7, 1, 9));
        log.writeCheckpoint(3, 0, bytes("three"));
        log.writeCheckpoint(5, 0, bytes("five"));
        log.writeCheckpoint(9, 0, bytes("nine"));

        assertCheckpoint(9, "nine", log);
        assertCheckpoint(9, "nine", open(database));
        assertEquals(2, TestDatabase.number(database, "SELECT COUNT(*) FROM Event_Checkpoint"));
    }

    @Test
    void fallsBackToTheOlderCheckpointWhenTheNewestIsNotAsItWasWritten() {
        log.append(events("bank", 7, 1, 9));
        log.writeCheckpoint(5, 0, bytes("five"));
        log.writeCheckpoint(9, 0, bytes("nine"));
        TestDatabase.execute(
                database, "UPDATE Event_Checkpoint SET State = (SELECT Block FROM Event_Log) WHERE LogSequence = 9");

        assertCheckpoint(5, "five", log);

        log.writeCheckpoint(9, 0, bytes("again"));
        assertCheckpoint(9, "again", log);
        TestDatabase.execute(database, "UPDATE Event_Checkpoint SET LogSequence = 8 WHERE LogSequence = 9");
        assertCheckpoint(5, "five", log);
    }

    @Test
    void beginsWithNothingWhenBothCheckpointsAreDamaged() {
        log.append(events("bank", 7, 1, 9));
        log.writeCheckpoint(5, 0, bytes("five"));
        log.writeCheckpoint(9, 0, bytes("nine"));
        TestDatabase.execute(database, "UPDATE Event_Checkpoint SET Checksum = 1");

        assertTrue(log.latestCheckpoint().isEmpty());
        assertEquals(9, read(log, 0).size());
    }

    @Test
    void refusesACheckpointOfWhatIsNotLoggedOrOlderThanTheLast() {
        log.append(events("bank", 7, 1, 9));
        log.writeCheckpoint(5, 0, bytes("five"));

        assertThrows(IllegalArgumentException.class, () -> log.writeCheckpoint(10, 0, bytes("ten")));
        assertThrows(IllegalArgumentException.class, () -> log.writeCheckpoint(4, 0, bytes("four")));
        assertCheckpoint(5, "five", log);
    }

    @Test
    void prunesWhatIsOldAndBelowTheOlderCheckpoint() {
        log.append(events("bank", 7, 1, 5));
        log.append(events("bank", 7, 6, 9));
        clock.advance(Duration.ofHours(30));
        log.append(events("bank", 7, 10, 12));
        log.writeCheckpoint(7, 0, bytes("seven"));
        log.writeCheckpoint(12, 0, bytes("twelve"));

        assertEquals(7, read(log, 5).size(), "the block with entry 7 is needed by the older checkpoint");
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> read(log, 0));
        assertTrue(
                refusal.getMessage().startsWith("The event log begins at 6; entry 1 has been pruned"),
                refusal.getMessage());
    }

    @Test
    void keepsWhatIsNotOldEnough() {
        log.append(events("bank", 7, 1, 5));
        clock.advance(Duration.ofHours(23));
        log.append(events("bank", 7, 6, 9));
        log.writeCheckpoint(9, 0, bytes("nine"));
        log.writeCheckpoint(9, 0, bytes("nine"));

        assertEquals(9, read(log, 0).size());
    }

    @Test
    void prunesManyBlocksAndGoesOnWithItsNumbers() {
        for (int number = 1; number <= 600; number++) {
            log.append(List.of(event("bank", 7, number)));
        }
        clock.advance(Duration.ofDays(3));
        log.writeCheckpoint(600, 0, bytes("old"));
        log.writeCheckpoint(600, 0, bytes("new"));

        assertEquals(1, TestDatabase.number(database, "SELECT COUNT(*) FROM Event_Log"));
        log.close();
        log = open(database);
        assertEquals(List.of(601L), sequences(log.append(List.of(event("bank", 7, 601)))));
    }

    @Test
    void readsAndWritesCheckpointsWhileAnAppendIsOnItsWay() throws Exception {
        for (int number = 1; number <= 50; number++) {
            log.append(List.of(event("bank", 7, number)));
        }
        Thread appender = new Thread(() -> {
            for (int number = 51; number <= 400; number++) {
                log.append(List.of(event("bank", 7, number)));
            }
        });
        appender.start();
        int whole = 0;
        while (appender.isAlive()) {
            long end = log.lastSequence();
            List<Logged> all = read(log, 0);
            assertEquals(LongStream.rangeClosed(1, all.size()).boxed().toList(), sequences(all));
            assertTrue(all.size() >= end);
            log.writeCheckpoint(end, 0, bytes("at " + end));
            assertFalse(log.latestCheckpoint().isEmpty());
            whole++;
        }
        appender.join();
        assertTrue(whole > 0);
        assertEquals(400, log.lastSequence());
    }

    @Test
    void isOnDiskWhatItReturned(@TempDir Path directory) {
        Path here = directory.resolve("central");
        TestDatabase stays = TestDatabase.onDisk(product, here);
        SqlEventLog onDisk = open(stays.dataSource());
        onDisk.append(events("bank", 7, 1, 5));
        onDisk.writeCheckpoint(4, 0, bytes("four"));
        onDisk.close();
        stays.release();

        SqlEventLog again = open(stays.dataSource());

        assertEquals(5, again.lastSequence());
        assertCheckpoint(4, "four", again);
        again.close();
        stays.close();
    }

    private SqlEventLog open(DataSource in) {
        return new SqlEventLog(new CentralDatabase(in), Duration.ofHours(24), clock);
    }

    private static void assertCheckpoint(long sequence, String state, EventLog log) {
        Checkpoint checkpoint = log.latestCheckpoint().orElseThrow();
        assertEquals(sequence, checkpoint.logSequence());
        assertEquals(state, new String(checkpoint.state(), StandardCharsets.UTF_8));
    }

    private static void assertSame(Entry expected, Entry actual) {
        assertEquals(expected.gateway(), actual.gateway());
        assertEquals(expected.run(), actual.run());
        assertEquals(expected.number(), actual.number());
        assertArrayEquals(expected.payload(), actual.payload());
    }

    private static List<Logged> read(EventLog log, long after) {
        List<Logged> all = new ArrayList<>();
        log.read(after, all::add);
        return all;
    }

    private static List<Long> sequences(List<Logged> logged) {
        return logged.stream().map(Logged::sequence).toList();
    }

    static List<Entry> events(String gateway, long run, long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(number -> event(gateway, run, number))
                .toList();
    }

    private static Entry event(String gateway, long run, long number) {
        return new Entry(gateway, run, number, bytes(gateway + run + "event" + number));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
