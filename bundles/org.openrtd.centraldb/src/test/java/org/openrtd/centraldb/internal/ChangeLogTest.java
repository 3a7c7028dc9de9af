package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.centraldb.internal.TestConfiguration.callType;
import static org.openrtd.centraldb.internal.TestConfiguration.transaction;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.centraldb.CentralDatabaseException;
import org.openrtd.centraldb.CommittedTransaction;
import org.openrtd.centraldb.EventLog;
import org.openrtd.centraldb.internal.FailingDataSource.Fail;
import org.openrtd.configuration.ConfigurationResult.Committed;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.KnownTransaction;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Follower;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Link;
import org.openrtd.feed.LinkListener;
import org.openrtd.feed.Origin;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.Row;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.Table;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

/** The change log is kept by age and size, and whoever needs what is gone gets a snapshot. */
@ParameterizedClass
@EnumSource(Product.class)
class ChangeLogTest {

    private static final long UNBOUNDED = Long.MAX_VALUE / 2;
    private static final Duration YEAR = Duration.ofDays(365);
    private static final Duration DAY = Duration.ofDays(1);

    private final TestDatabase place;
    private final FailingDataSource database;
    private final SettableClock clock = new SettableClock();
    private SqlConfigurationStore store;
    private SqlEventLog events;

    ChangeLogTest(Product product) {
        place = TestDatabase.fresh(product);
        database = new FailingDataSource(place.dataSource());
        store = TestConfiguration.open(database, clock);
        events = new SqlEventLog(new CentralDatabase(place.dataSource()), YEAR, Clock.systemUTC());
        events.append(List.of(EventLog.Entry.ofController(new byte[] {1})));
        for (int i = 1; i <= 10; i++) {
            commit(i);
            clock.advance(DAY);
        }
    }

    @AfterEach
    void close() {
        store.close();
        events.close();
        place.close();
    }

    @Test
    void keepsAllThatAStartMayNeedHoweverOldItIs() {
        assertEquals(0, store.prune(Duration.ZERO, 0), "without a checkpoint a start reads from the beginning");
        checkpoint(7);
        assertEquals(0, store.prune(Duration.ZERO, 0), "with one, it does when that is damaged");
        checkpoint(9);
        assertEquals(7, store.prune(Duration.ZERO, 0), "what is in the older one");
        assertEquals(List.of(8L, 9L, 10L), logged(7));
        checkpoint(10);
        assertEquals(2, store.prune(Duration.ZERO, 0));
        assertEquals(0, store.prune(Duration.ZERO, 0));
    }

    @Test
    void doesNotKnowWhatCheckpointsOfEarlierProgramsNeed() {
        checkpoint(7);
        checkpoint(9);
        place.execute("UPDATE Event_Checkpoint SET RecoveryKey = NULL WHERE RecoveryKey = 7");

        assertEquals(0, store.prune(Duration.ZERO, 0));
    }

    @Test
    void prunesByAge() {
        checkpoint(10);
        checkpoint(10);

        assertEquals(0, store.prune(YEAR, UNBOUNDED));
        // Ten days after the first, five after the sixth.
        assertEquals(5, store.prune(DAY.multipliedBy(5), UNBOUNDED));
        assertEquals(List.of(6L, 7L, 8L, 9L, 10L), logged(5));
        assertEquals(6, store.logged().firstKey());
        assertEquals(5, store.logged().entries());
    }

    @Test
    void prunesBySize() {
        checkpoint(10);
        checkpoint(10);
        long bytes = store.logged().bytes();
        assertEquals(bytes, place.number("SELECT SUM(MessageBytes) FROM Config_Message_Log"));

        assertEquals(0, store.prune(YEAR, bytes));
        assertEquals(1, store.prune(YEAR, bytes - 1));
        assertTrue(store.prune(YEAR, bytes / 2) >= 4);
        assertTrue(store.logged().bytes() <= bytes / 2);
        assertEquals(store.logged().bytes(), place.number("SELECT SUM(MessageBytes) FROM Config_Message_Log"));
        reopen();
        assertEquals(store.logged().bytes(), place.number("SELECT SUM(MessageBytes) FROM Config_Message_Log"));
    }

    @Test
    void prunesMoreThanAPageInSeveralTransactions() {
        for (int i = 11; i <= 500; i++) {
            commit(i);
        }
        checkpoint(499);
        checkpoint(500);

        int before = database.commits();
        assertEquals(499, store.prune(Duration.ZERO, 0));
        assertEquals(4, database.commits() - before, "the last finds nothing more");
        assertEquals(List.of(500L), logged(499));
    }

    @Test
    void recognisesATransactionWhoseEntryIsGone() {
        checkpoint(10);
        checkpoint(10);
        store.prune(Duration.ZERO, 0);

        assertEquals(new Committed(3), store.commit(transaction("tx 3", "ada", callType(3, "Type 3"))));
        reopen();
        assertEquals(new Committed(10), store.commit(transaction("tx 10", "ada@north", callType(10, "Type 10"))));
        assertEquals(10, store.recoveryKey());
        assertEquals(0, store.logged().entries());
        assertEquals(new Committed(11), store.commit(transaction("tx 11", "ada", callType(11, "Type 11"))));
        assertEquals(11, store.logged().firstKey());
    }

    @Test
    void refusesAnotherTransactionUnderTheIdOfOneWhoseEntryIsGone() {
        checkpoint(10);
        checkpoint(10);
        store.prune(Duration.ZERO, 0);

        for (ConfigurationTransaction other : List.of(
                transaction("tx 3", "ada", callType(99, "Type 3")),
                transaction("tx 3", "eve", callType(3, "Type 3")))) {
            assertEquals(
                    "the id tx 3 was another transaction's, committed under recovery key 3 by ada: give this one an id of"
                            + " its own",
                    TestConfiguration.problems(store.commit(other)).get(0).reason());
        }
        KnownTransaction known = store.find("tx 3", true).orElseThrow();
        assertEquals(3, known.position().sequence());
        assertEquals("ada", known.author());
        assertEquals(List.of(), known.changes());
        assertNull(known.time());
    }

    @Test
    void takesForTheSameWhatWasPrunedBeforeItsContentWasKept() {
        checkpoint(10);
        checkpoint(10);
        store.prune(Duration.ZERO, 0);
        place.execute("UPDATE Config_Old_Transaction SET Author = NULL, Content = NULL");

        assertEquals(new Committed(3), store.commit(transaction("tx 3", "eve", callType(99, "Other"))));
        assertEquals("", store.find("tx 3", true).orElseThrow().author());
    }

    @Test
    void forgetsAnIdAMillionTransactionsLater() {
        checkpoint(5);
        checkpoint(9);
        store.prune(Duration.ZERO, 0);
        place.execute("UPDATE Config_Old_Transaction SET RecoveryKey = RecoveryKey - 999994");
        checkpoint(9);

        store.prune(Duration.ZERO, 0);
        assertEquals(5 + 4 - 4, place.number("SELECT COUNT(*) FROM Config_Old_Transaction"));
    }

    @Test
    void saysThatWhatIsGoneIsGone() {
        checkpoint(4);
        checkpoint(10);
        store.prune(Duration.ZERO, 0);

        assertThrows(IllegalArgumentException.class, () -> store.after(3, 10));
        assertEquals(List.of(), store.history().after(3, 10));
        assertEquals(6, store.history().after(4, 10).size());
        assertEquals(List.of(), store.history("Call_Type", List.of(1), 10), "nothing is known of it any more");
        assertEquals(1, store.history("Call_Type", List.of(5), 10).size());
    }

    @Test
    void losesNothingWhenAPruneFailsBeforeOrAfterItsCommit() {
        checkpoint(4);
        checkpoint(10);
        database.nextCommit(Fail.BEFORE_COMMIT);
        assertThrows(CentralDatabaseException.class, () -> store.prune(Duration.ZERO, 0));
        assertEquals(10, logged(0).size());
        assertEquals(10, store.rows().rows().size(), "over a new connection");
        database.nextCommit(Fail.AFTER_COMMIT);
        assertThrows(CentralDatabaseException.class, () -> store.prune(Duration.ZERO, 0));

        assertEquals(0, store.prune(Duration.ZERO, 0), "it was done");
        assertEquals(List.of(5L, 6L, 7L, 8L, 9L, 10L), logged(4));
        assertEquals(5, store.logged().firstKey());
        assertEquals(6, store.logged().entries());
        assertEquals(new Committed(2), store.commit(transaction("tx 2", "ada", callType(2, "Type 2"))));
    }

    @Test
    void aFollowerGoesOnFromTheLogWhereItReachesBack() {
        Site site = new Site();
        site.settle();
        assertEquals(1, site.follower.replica().statistics().snapshots());
        site.cut();
        for (int i = 11; i <= 15; i++) {
            commit(i);
        }
        reopen();
        site.centre();
        site.settle();

        assertEquals(1, site.follower.replica().statistics().snapshots(), "the log had what it lacked");
        assertEquals(5, site.follower.replica().statistics().batches());
    }

    @Test
    void aFollowerGetsASnapshotWhereTheLogDoesNotReachBackAnyMore() {
        Site site = new Site();
        site.settle();
        site.cut();
        for (int i = 11; i <= 15; i++) {
            commit(i);
        }
        checkpoint(12);
        checkpoint(15);
        assertEquals(12, store.prune(Duration.ZERO, 0));
        reopen();
        site.centre();
        site.settle();

        assertEquals(2, site.follower.replica().statistics().snapshots());
        commit(16);
        site.settle();
        assertEquals(1, site.follower.replica().statistics().batches());
    }

    /** Large ones take several readings: nobody holds 200 of them. */
    @Test
    void handsOverLittleMoreAtOnceThanItsBound() {
        for (int at = 11; at <= 16; at++) {
            List<Row> rows = new ArrayList<>();
            rows.add(TestConfiguration.row(
                    "Master_Script",
                    "MasterScriptID",
                    at,
                    "EnterpriseName",
                    "Script " + at,
                    "NextAvailableVersion",
                    16));
            for (int version = 1; version <= 15; version++) {
                rows.add(TestConfiguration.row(
                        "Script",
                        "ScriptID",
                        at * 100 + version,
                        "MasterScriptID",
                        at,
                        "Version",
                        version,
                        "ScriptText",
                        "x".repeat(256 << 10)));
            }
            assertEquals(new Committed(at), store.commit(transaction("large " + at, "ada", rows.toArray(Row[]::new))));
        }
        assertEquals(LongStream.rangeClosed(1, 15).boxed().toList(), logged(0), "five of 3.9 MB are more than 16 MiB");

        List<Long> heard = new ArrayList<>();
        store.listen(0, committed -> heard.add(committed.recoveryKey()));
        assertEquals(LongStream.rangeClosed(1, 16).boxed().toList(), heard, "whoever goes on gets them all");

        checkpoint(16);
        checkpoint(16);
        assertEquals(16, store.prune(YEAR, 0), "in more than one transaction, too");
        assertEquals(0, store.logged().bytes());
    }

    private void commit(int number) {
        assertEquals(
                new Committed(number),
                store.commit(transaction("tx " + number, "ada", callType(number, "Type " + number))));
    }

    private void checkpoint(long recoveryKey) {
        events.writeCheckpoint(1, recoveryKey, new byte[] {1});
    }

    private void reopen() {
        store.close();
        store = TestConfiguration.open(database, clock);
    }

    private List<Long> logged(long after) {
        return store.after(after, 1000).stream()
                .map(CommittedTransaction::recoveryKey)
                .toList();
    }

    /** The origin of the config feed and one that follows it, by a clock of the test's. */
    private final class Site {

        private long time;
        private final List<Runnable> wire = new ArrayList<>();
        private LinkListener line;
        private Origin origin;
        private final Follower follower = new Follower(
                FollowerSettings.of("config", List.of("central")),
                () -> time,
                new SplittableRandom(1),
                (index, listener) -> {
                    line = listener;
                    wire.add(() -> {
                        if (origin == null) {
                            listener.closed("nobody there");
                        } else {
                            listener.connected("central");
                        }
                    });
                    return new Link() {
                        @Override
                        public void send(byte[] request) {
                            wire.add(() -> {
                                if (origin != null) {
                                    origin.request(new ReplyTo("site", "1"), request);
                                }
                            });
                        }

                        @Override
                        public void close() {
                            line = null;
                        }
                    };
                });

        Site() {
            centre();
        }

        void centre() {
            SqlConfigurationStore.Configuration rows = store.rows();
            origin = new Origin(
                    store.schema(),
                    new FeedIdentity(store.feedId(), store.epoch()),
                    "central",
                    SourceSettings.withHeartbeat(Duration.ofSeconds(1)),
                    () -> time,
                    new SplittableRandom(2),
                    new SourceTransport() {
                        @Override
                        public void publish(Hop hop, byte[] message) {
                            wire.add(() -> {
                                if (line != null) {
                                    line.topic("central", hop, message);
                                }
                            });
                        }

                        @Override
                        public void reply(ReplyTo to, byte[] message) {
                            wire.add(() -> {
                                if (line != null) {
                                    line.reply(message);
                                }
                            });
                        }
                    },
                    store.history(),
                    rows.recoveryKey(),
                    rows.rows());
            Origin made = origin;
            store.listen(rows.recoveryKey(), committed -> made.commit(committed.cut(), committed.changes()));
        }

        void cut() {
            origin = null;
            wire.clear();
            line.closed("cut");
        }

        void settle() {
            boolean settled = false;
            for (int i = 0; i < 1000 && !settled; i++) {
                time += 100;
                origin.time();
                follower.time();
                while (!wire.isEmpty()) {
                    wire.remove(0).run();
                }
                settled = follower.replica().state() == FeedState.LIVE
                        && follower.replica().view().position().sequence() == store.recoveryKey();
            }
            assertTrue(
                    settled,
                    follower.replica().state() + " " + follower.replica().view().position());
            Set<Row> copied = new HashSet<>();
            for (Table table : TestConfiguration.SCHEMA.tables()) {
                follower.replica().view().forEach(table, copied::add);
            }
            assertEquals(new HashSet<>(store.rows().rows()), copied);
        }
    }
}
