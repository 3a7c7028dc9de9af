package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.CommittedTransaction;
import org.openrtd.centraldb.EventLog;
import org.openrtd.configuration.CentralBackup.Progress;
import org.openrtd.configuration.CentralBackup.State;
import org.openrtd.configuration.ConfigurationResult.Committed;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.feed.Change;
import org.openrtd.feed.DurableHistory;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Follower;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Link;
import org.openrtd.feed.LinkListener;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Position;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.Row;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.Table;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

class BackupTest {

    private static final Table CALL_TYPE = Catalog.table("Call_Type").table();

    @TempDir
    Path temporary;

    private final SettableClock clock = new SettableClock();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    /** One start of a centre. */
    private final class Run {
        private final TestDatabase database;
        private final SqlEventLog log;
        private final SqlConfigurationStore store;
        private final DatabaseBackup backup;

        Run(TestDatabase database) {
            this(database, EpochFile.NONE);
        }

        Run(TestDatabase database, EpochFile epochs) {
            this.database = database;
            CentralDatabase central = new CentralDatabase(database.dataSource());
            log = new SqlEventLog(central, Duration.ofHours(1), clock);
            store = new SqlConfigurationStore(
                    central, Catalog.feed(Catalog.CONFIG), () -> ConfigurationDefaults.USUAL, clock, epochs);
            backup = new DatabaseBackup(central, log, store, clock);
            open.add(this::end);
        }

        void end() {
            log.close();
            store.close();
            database.release();
        }

        void commit(int id, String description) {
            Object[] values = new Object[CALL_TYPE.columns().size()];
            values[0] = id;
            values[CALL_TYPE.column("EnterpriseName")] = "Call type " + id;
            values[CALL_TYPE.column("Description")] = description;
            values[CALL_TYPE.column("Deleted")] = "N";
            assertEquals(
                    new Committed(store.recoveryKey() + 1),
                    store.commit(new ConfigurationTransaction(
                            description + store.recoveryKey(), "ada", List.of(Change.put(CALL_TYPE.row(values))))));
        }

        Path backUp() throws InterruptedException {
            Progress begun = backup.start(temporary.resolve("backups"));
            backup.await();
            Progress done = backup.progress();
            assertEquals(State.DONE, done.state(), done.problem());
            assertEquals(begun.directory(), done.directory());
            assertTrue(done.bytes() > 0);
            return done.directory();
        }
    }

    private TestDatabase directory() {
        return TestDatabase.onDisk(Product.DERBY, temporary.resolve("central"));
    }

    /** What docs/central-database.md tells operators to do. */
    private void restore(Path backup) throws IOException {
        Path directory = temporary.resolve("central");
        Files.move(directory, temporary.resolve("central-before-" + clock.millis()));
        copy(backup.resolve("central"), directory);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    @Test
    void holdsAllThatWasCommittedBeforeAndNothingInPartWhileOthersGoOnCommitting() throws Exception {
        Run centre = new Run(directory());
        AtomicBoolean enough = new AtomicBoolean();
        CountDownLatch going = new CountDownLatch(20);
        Thread editor = new Thread(() -> {
            for (int i = 1; !enough.get(); i++) {
                centre.commit(1 + i % 7, "edit " + i);
                centre.log.append(List.of(
                        new EventLog.Entry("bank", 1, 2L * i - 1, bytes("odd")),
                        new EventLog.Entry("bank", 1, 2L * i, bytes("even"))));
                going.countDown();
            }
        });
        editor.start();
        assertTrue(going.await(60, TimeUnit.SECONDS));
        Path backup = centre.backUp();
        Progress done = centre.backup.progress();
        enough.set(true);
        editor.join();
        long keyAtTheEnd = centre.store.recoveryKey();
        centre.end();

        assertTrue(Files.readString(backup.resolve("backup.txt")).contains("feed id: " + centre.store.feedId()));
        restore(backup);
        Run restored = new Run(directory());
        long key = restored.store.recoveryKey();
        assertTrue(key >= done.recoveryKey() && key <= keyAtTheEnd, done.recoveryKey() + " " + key);
        Map<List<Object>, Row> fromLog = new java.util.HashMap<>();
        List<CommittedTransaction> all = restored.store.after(0, Integer.MAX_VALUE);
        assertEquals(key, all.size());
        all.forEach(transaction -> transaction.changes().forEach(change -> fromLog.put(change.key(), change.row())));
        assertEquals(
                Set.copyOf(fromLog.values()),
                new HashSet<>(restored.store.rows().rows()));
        assertTrue(restored.log.lastSequence() >= done.logSequence());
        assertEquals(0, restored.log.lastSequence() % 2, "an append is there as a whole");
        assertEquals(restored.log.lastSequence(), restored.log.mark("bank", 1).orElseThrow());
    }

    /** Both times the follower has keys that the restored history gives to other transactions. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isANewEpochForFollowersThatWereAheadOfIt(boolean restartedSinceTheBackup) throws Exception {
        Run centre = new Run(directory());
        Site site = new Site();
        site.follow(centre.store, centre.store.history());
        for (int i = 1; i <= 3; i++) {
            centre.commit(i, "kept " + i);
        }
        Path backup = centre.backUp();
        if (restartedSinceTheBackup) {
            centre.end();
            clock.advance(Duration.ofMinutes(1));
            centre = new Run(directory());
            site.follow(centre.store, centre.store.history());
        }
        for (int i = 2; i <= 6; i++) {
            centre.commit(i, "lost " + i);
        }
        site.settle();
        assertEquals(new Position(centre.store.epoch(), 8), site.position());
        long snapshots = site.follower.replica().statistics().snapshots();
        Position ahead = site.position();
        centre.end();

        restore(backup);
        clock.advance(Duration.ofMinutes(1));
        Run restored = new Run(directory());
        assertEquals(3, restored.store.recoveryKey());
        assertEquals(centre.store.feedId(), restored.store.feedId());
        assertTrue(restored.store.epoch() > centre.store.epoch());
        for (int i = 3; i <= 12; i++) {
            restored.commit(i, "other " + i);
        }
        site.follow(restored.store, restored.store.history());

        assertEquals(new Position(restored.store.epoch(), 13), site.position());
        assertTrue(site.position().compareTo(ahead) > 0, "it goes back only by a later epoch");
        assertEquals(snapshots + 1, site.follower.replica().statistics().snapshots());
        assertEquals(0, site.follower.replica().statistics().repairs());
        assertEquals(new HashSet<>(restored.store.rows().rows()), site.rows());
    }

    /** The clock is a year ahead for a while; then it is right again, and the database put back to before all that. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isFollowedAlsoByThoseWhoKnowAnEpochOfAClockThatWasAhead(boolean remembers) throws Exception {
        // The twin begins with what the database and the clock say, as if nobody had kept what it said before.
        Supplier<EpochFile> epochs =
                () -> remembers ? new EpochFile(temporary.resolve("centraldb").resolve("epoch")) : EpochFile.NONE;
        Run centre = new Run(directory(), epochs.get());
        Site site = new Site();
        site.follow(centre.store, centre.store.history());
        centre.commit(1, "kept");
        Path backup = centre.backUp();
        centre.end();

        clock.advance(Duration.ofDays(365));
        Run ahead = new Run(directory(), epochs.get());
        site.follow(ahead.store, ahead.store.history());
        ahead.commit(2, "lost");
        site.settle();
        assertEquals(new Position(ahead.store.epoch(), 2), site.position());
        long realTime = ahead.store.beginEpoch(0, clock.millis());
        ahead.end();

        clock.advance(Duration.ofDays(-365));
        restore(backup);
        Run restored = new Run(directory(), epochs.get());
        restored.commit(3, "other");
        assertEquals(remembers, restored.store.epoch() > ahead.store.epoch());
        assertEquals(remembers, restored.store.beginEpoch(0, clock.millis()) > realTime, "of the real-time feeds");
        if (remembers) {
            site.follow(restored.store, restored.store.history());
            assertEquals(new HashSet<>(restored.store.rows().rows()), site.rows());
        } else {
            AssertionError stays =
                    assertThrows(AssertionError.class, () -> site.follow(restored.store, restored.store.history()));
            assertTrue(stays.getMessage().contains("source central is behind"), stays.getMessage());
        }
    }

    @Test
    void isMissedByAFollowerOfATwinThatBeginsNoEpochUntilTheDigestsDiffer() throws Exception {
        Run centre = new Run(directory());
        Site site = new Site();
        site.follow(centre.store, centre.store.history());
        centre.commit(1, "kept");
        Path backup = centre.backUp();
        centre.commit(2, "lost");
        centre.commit(3, "lost");
        site.settle();
        long epoch = centre.store.epoch();
        centre.end();

        restore(backup);
        clock.advance(Duration.ofMinutes(1));
        Run restored = new Run(directory());
        restored.commit(4, "other");
        restored.commit(5, "other");
        restored.commit(6, "other");
        site.follow(restored.store, withoutEpochsAfter(epoch, restored.store.history()));

        assertTrue(site.follower.replica().statistics().repairs() > 0, "the right one needs no repair");
    }

    private static DurableHistory withoutEpochsAfter(long epoch, DurableHistory history) {
        return new DurableHistory() {
            @Override
            public List<Epoch> epochs() {
                return history.epochs().stream()
                        .filter(known -> known.epoch() <= epoch)
                        .toList();
            }

            @Override
            public List<Entry> after(long key, int limit) {
                return history.after(key, limit);
            }
        };
    }

    @Test
    void isRefusedWhereItCannotBeMade() throws Exception {
        Run centre = new Run(directory());
        IllegalArgumentException relative =
                assertThrows(IllegalArgumentException.class, () -> centre.backup.start(Path.of("backups")));
        assertTrue(relative.getMessage().startsWith("backups is not an absolute path"), relative.getMessage());
        Path file = Files.writeString(temporary.resolve("file"), "in the way");
        IllegalArgumentException occupied =
                assertThrows(IllegalArgumentException.class, () -> centre.backup.start(file));
        assertTrue(
                occupied.getMessage().contains("Name a directory that the node may write to"), occupied.getMessage());
        centre.backUp();
        IllegalArgumentException twice =
                assertThrows(IllegalArgumentException.class, () -> centre.backup.start(temporary.resolve("backups")));
        assertTrue(twice.getMessage().contains("FileAlreadyExists"), "within one second: " + twice.getMessage());
    }

    @Test
    void leavesNothingWhenItFailsAndSaysWhy() throws Exception {
        try (TestDatabase memory = TestDatabase.fresh(Product.DERBY)) {
            FailingDataSource failing = new FailingDataSource(memory.dataSource());
            CentralDatabase central = new CentralDatabase(failing);
            SqlEventLog log = new SqlEventLog(central, Duration.ofHours(1), clock);
            SqlConfigurationStore store = new SqlConfigurationStore(
                    central, Catalog.feed(Catalog.CONFIG), ConfigurationDefaults.USUAL, clock);
            DatabaseBackup backup = new DatabaseBackup(central, log, store, clock);
            Path directory = temporary.resolve("backups");

            failing.nextCommit(FailingDataSource.Fail.BEFORE_COMMIT);
            backup.start(directory);
            backup.await();

            assertEquals(State.FAILED, backup.progress().state());
            assertTrue(backup.summary().contains("the disk is full"), backup.summary());
            try (Stream<Path> left = Files.list(directory)) {
                assertEquals(List.of(), left.toList());
            }
            store.close();
            log.close();
        }
    }

    @Test
    void namesTheProgramThatBacksUpPostgreSql() {
        try (TestDatabase database = TestDatabase.fresh(Product.POSTGRESQL)) {
            Run centre = new Run(database);
            UnsupportedOperationException refusal = assertThrows(
                    UnsupportedOperationException.class, () -> centre.backup.start(temporary.resolve("backups")));
            assertTrue(refusal.getMessage().contains("pg_dump --format=custom"), refusal.getMessage());
            assertFalse(Files.exists(temporary.resolve("backups")));
            centre.end();
            open.clear();
        }
    }

    /** In the SQL that docs/central-database.md tells administrators, but for the databases' names. */
    @Test
    void isMadeAndRestoredByPostgreSqlAndIsANewEpoch() throws Exception {
        try (TestDatabase database = TestDatabase.fresh(Product.POSTGRESQL)) {
            String name = database.place().replaceFirst("\\?.*", "").replaceFirst(".*/", "");
            DataSource server = TestDatabase.at(database.place().replace("/" + name + "?", "/postgres?"));
            Run centre = new Run(database);
            Site site = new Site();
            site.follow(centre.store, centre.store.history());
            for (int i = 1; i <= 3; i++) {
                centre.commit(i, "kept " + i);
            }
            centre.log.append(List.of(new EventLog.Entry("bank", 1, 1, bytes("kept"))));
            centre.end();
            TestDatabase.execute(server, "CREATE DATABASE " + name + "_copy TEMPLATE " + name + " OWNER openrtd");

            clock.advance(Duration.ofMinutes(1));
            centre = new Run(database);
            site.follow(centre.store, centre.store.history());
            for (int i = 2; i <= 6; i++) {
                centre.commit(i, "lost " + i);
            }
            centre.log.append(List.of(new EventLog.Entry("bank", 1, 2, bytes("lost"))));
            site.settle();
            assertEquals(new Position(centre.store.epoch(), 8), site.position());
            centre.end();

            TestDatabase.execute(server, "ALTER DATABASE " + name + " RENAME TO " + name + "_before");
            TestDatabase.execute(server, "CREATE DATABASE " + name + " TEMPLATE " + name + "_copy OWNER openrtd");
            clock.advance(Duration.ofMinutes(1));
            Run restored = new Run(database);
            assertEquals(3, restored.store.recoveryKey());
            assertEquals(centre.store.feedId(), restored.store.feedId());
            assertEquals(1, restored.log.mark("bank", 1).orElseThrow());
            restored.commit(3, "other");
            site.follow(restored.store, restored.store.history());

            assertEquals(new Position(restored.store.epoch(), 4), site.position());
            assertEquals(0, site.follower.replica().statistics().repairs());
            assertEquals(new HashSet<>(restored.store.rows().rows()), site.rows());
            restored.end();
            open.clear();
            TestDatabase.execute(server, "DROP DATABASE " + name + "_copy");
            TestDatabase.execute(server, "DROP DATABASE " + name + "_before");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A follower, and a line to whatever centre runs, by which all arrives in its order. */
    private final class Site implements SourceTransport {
        private final Queue<Runnable> line = new ArrayDeque<>();
        private final Follower follower = new Follower(
                FollowerSettings.of("config", List.of("central")), this::now, new SplittableRandom(1), this::connect);
        private long now;
        private Origin origin;
        private AutoCloseable listening;
        private LinkListener listener;

        private long now() {
            return now;
        }

        private Link connect(int source, LinkListener to) {
            listener = to;
            line.add(() -> to.connected("central"));
            return new Link() {
                @Override
                public void send(byte[] request) {
                    line.add(() -> origin.request(new ReplyTo("site", "1"), request));
                }

                @Override
                public void close() {
                    if (listener == to) {
                        listener = null;
                    }
                }
            };
        }

        @Override
        public void publish(Hop hop, byte[] message) {
            LinkListener to = listener;
            if (to != null) {
                line.add(() -> to.topic("central", hop, message));
            }
        }

        @Override
        public void reply(ReplyTo to, byte[] message) {
            LinkListener listening = listener;
            if (listening != null) {
                line.add(() -> listening.reply(message));
            }
        }

        /** The line to the centre before breaks, and there is one to this. */
        void follow(SqlConfigurationStore store, DurableHistory history) throws Exception {
            if (origin != null) {
                origin.close();
                listening.close();
                line.clear();
                if (listener != null) {
                    listener.closed("the centre has ended");
                }
            }
            List<DurableHistory.Epoch> epochs = history.epochs();
            origin = new Origin(
                    store.schema(),
                    new FeedIdentity(
                            store.feedId(), epochs.get(epochs.size() - 1).epoch()),
                    "central",
                    SourceSettings.DEFAULT,
                    this::now,
                    new SplittableRandom(2),
                    this,
                    history,
                    store.recoveryKey(),
                    store.rows().rows());
            listening =
                    store.listen(store.recoveryKey(), committed -> origin.commit(committed.cut(), committed.changes()));
            settle();
        }

        /** A minute passes. */
        void settle() {
            for (int step = 0; step < 600; step++) {
                now += 100;
                origin.time();
                follower.time();
                while (!line.isEmpty()) {
                    line.remove().run();
                }
            }
            assertEquals(
                    FeedState.LIVE,
                    follower.replica().state(),
                    follower.replica().reason());
        }

        Position position() {
            return follower.replica().view().position();
        }

        Set<Row> rows() {
            Set<Row> rows = new HashSet<>();
            for (Table table : follower.replica().view().schema().tables()) {
                follower.replica().view().forEach(table, rows::add);
            }
            return rows;
        }
    }
}
