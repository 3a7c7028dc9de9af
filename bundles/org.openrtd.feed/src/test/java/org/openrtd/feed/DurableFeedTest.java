package org.openrtd.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.internal.Comparison;
import org.openrtd.feed.internal.Messages;
import org.openrtd.feed.internal.Wire;

class DurableFeedTest {

    private static final Table PERSON = Table.named("Person")
            .key("PersonID", ColumnType.INT)
            .column("LoginName", ColumnType.STRING)
            .build();
    private static final Table TEAM = Table.named("Team")
            .key("TeamID", ColumnType.INT)
            .column("Name", ColumnType.STRING)
            .build();
    private static final FeedSchema SCHEMA = new FeedSchema("config", 1, true, List.of(PERSON, TEAM));
    private static final Table LONGER = Table.named("Person")
            .key("PersonID", ColumnType.INT)
            .column("LoginName", ColumnType.STRING)
            .column("Deleted", ColumnType.STRING)
            .build();
    private static final FeedSchema NEXT = new FeedSchema("config", 2, true, List.of(LONGER, TEAM));

    private final List<DurableHistory.Epoch> epochs = new ArrayList<>();
    private final List<DurableHistory.Entry> log = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private final List<Runnable> wire = new ArrayList<>();
    private final SourceSettings noRing = new SourceSettings(Duration.ofSeconds(1), 0, 0, Duration.ofSeconds(1));
    private LinkListener listener;
    private FeedSchema schema = SCHEMA;
    private String id = "id";
    private Origin origin;
    private Follower follower;
    private long now = 10_000;

    @BeforeEach
    void start() {
        startOrigin(100);
        startFollower();
    }

    private void startFollower() {
        listener = null;
        follower = new Follower(
                FollowerSettings.of("config", List.of("centre")),
                () -> now,
                new SplittableRandom(2),
                (index, heard) -> {
                    listener = heard;
                    wire.add(() -> heard.connected("centre"));
                    return new Link() {
                        @Override
                        public void send(byte[] request) {
                            wire.add(() -> origin.request(new ReplyTo("user", "1"), request));
                        }

                        @Override
                        public void close() {}
                    };
                });
    }

    private void startOrigin(long epoch) {
        epochs.add(new DurableHistory.Epoch(epoch, log.size()));
        DurableHistory history = new DurableHistory() {
            @Override
            public List<Epoch> epochs() {
                return epochs;
            }

            @Override
            public List<Entry> after(long key, int limit) {
                return log.stream()
                        .filter(entry -> entry.key() > key)
                        .limit(limit)
                        .toList();
            }
        };
        SourceTransport transport = new SourceTransport() {
            @Override
            public void publish(Hop hop, byte[] message) {
                LinkListener to = listener;
                if (to != null) {
                    wire.add(() -> to.topic("centre", hop, message));
                }
            }

            @Override
            public void reply(ReplyTo to, byte[] message) {
                LinkListener at = listener;
                wire.add(() -> at.reply(message));
            }
        };
        origin = new Origin(
                schema,
                new FeedIdentity(id, epoch),
                "centre",
                noRing,
                () -> now,
                new SplittableRandom(1),
                transport,
                history,
                log.size(),
                List.copyOf(rows));
    }

    private void put(int id, String login) {
        Change change = Change.put(PERSON.row(id, login));
        Cut cut = new Cut(0, now, 0);
        Position at = origin.commit(cut, List.of(change));
        log.add(new DurableHistory.Entry(at.sequence(), at.sequence() - 1, cut, List.of(change)));
        rows.removeIf(row -> row.key().equals(List.of(id)));
        rows.add(change.row());
    }

    private void run() {
        for (int i = 0; i < 40; i++) {
            now += 50;
            origin.time();
            follower.time();
            while (!wire.isEmpty()) {
                wire.remove(0).run();
            }
        }
    }

    private void disconnect() {
        LinkListener old = listener;
        wire.clear();
        old.closed("cut");
    }

    private void assertEqual() {
        assertEquals(
                FeedState.LIVE, follower.replica().state(), follower.replica().reason());
        View mine = follower.replica().view();
        assertEquals(origin.replica().view().position(), mine.position());
        assertTrue(Comparison.compare(origin.replica().view(), mine).equal());
    }

    @Test
    void numbersBatchesByRecoveryKey() {
        put(1, "anna");
        put(2, "bert");
        assertEquals(new Position(100, 2), origin.replica().view().position());
        run();
        assertEqual();
    }

    @Test
    void goesOnFromTheLogWhereTheRingDoesNotReach() {
        put(1, "anna");
        run();
        disconnect();
        put(2, "bert");
        put(1, "anne");
        run();
        assertEqual();
        assertEquals(1, follower.replica().statistics().snapshots());
        assertEquals(2, follower.replica().statistics().batches());
    }

    @Test
    void goesOnFromTheLogInWhateverOrderATransactionNamedItsTables() {
        put(1, "anna");
        run();
        disconnect();
        List<Change> changes = List.of(
                Change.put(TEAM.row(7, "north")), Change.put(PERSON.row(2, "bert")), Change.put(TEAM.row(8, "south")));
        Cut cut = new Cut(0, now, 0);
        origin.commit(cut, changes);
        log.add(new DurableHistory.Entry(2, 1, cut, changes));
        run();
        assertEqual();
        assertEquals(0, follower.replica().statistics().undecodable());
        assertEquals(1, follower.replica().statistics().snapshots());
    }

    @Test
    void goesOnOverARestartOfTheOrigin() {
        put(1, "anna");
        run();
        disconnect();
        put(2, "bert");
        startOrigin(200);
        put(3, "carl");
        run();

        assertEqual();
        assertEquals(new Position(200, 3), follower.replica().view().position());
        assertEquals(1, follower.replica().statistics().snapshots());
    }

    @Test
    void takesASnapshotFromADatabaseThatWasPutBackToABackup() {
        put(1, "anna");
        put(2, "bert");
        put(3, "carl");
        run();
        disconnect();
        log.remove(2);
        rows.remove(2);
        startOrigin(200);
        put(4, "dora");
        run();

        assertEqual();
        assertEquals(new Position(200, 3), follower.replica().view().position());
        assertEquals(2, follower.replica().statistics().snapshots());
    }

    @Test
    void takesASnapshotWhenTheEpochIsNotOneOfThisDatabase() {
        put(1, "anna");
        run();
        disconnect();
        epochs.clear();
        startOrigin(200);
        run();

        assertEqual();
        assertEquals(2, follower.replica().statistics().snapshots());
    }

    @Test
    void neverGoesBackToALowerEpoch() {
        put(1, "anna");
        run();
        disconnect();
        epochs.clear();
        startOrigin(50);
        run();

        assertEquals(new Position(100, 1), follower.replica().view().position());
        assertEquals(FeedState.CONNECTING, follower.replica().state());
        assertTrue(
                follower.replica().reason().contains("behind"),
                follower.replica().reason());
    }

    /** What a database behind the replica holds of a view, at that moment. */
    private static StoredFeed.Stored stored(View view) {
        ViewBuilder rows = new ViewBuilder(view.schema());
        view.schema().tables().forEach(table -> view.forEach(table, row -> rows.put(table.row(row.values()))));
        return new StoredFeed.Stored(
                "id",
                List.of(new DurableHistory.Epoch(100, 0)),
                rows.build(view.position(), new Cut(0, view.controllerTime(), 0)),
                Duration.ofMinutes(5));
    }

    /** Another process, with those rows from the one before. */
    private void restartFollowerWith(StoredFeed.Stored stored) {
        wire.clear();
        startFollower();
        follower.awaitStored();
        follower.prime(stored);
    }

    @Test
    void goesOnFromRowsThatOutlivedTheProcess() {
        put(1, "anna");
        run();
        StoredFeed.Stored stored = stored(follower.replica().view());
        put(2, "bert");
        put(1, "anne");
        restartFollowerWith(stored);
        run();

        assertEqual();
        assertEquals(0, follower.replica().statistics().snapshots());
        assertEquals(2, follower.replica().statistics().batches());
        assertEquals("id", follower.replica().feedId());
    }

    @Test
    void goesOnFromStoredRowsOverARestartOfTheOrigin() {
        put(1, "anna");
        run();
        StoredFeed.Stored stored = stored(follower.replica().view());
        put(2, "bert");
        startOrigin(200);
        put(3, "carl");
        restartFollowerWith(stored);
        run();

        assertEqual();
        assertEquals(0, follower.replica().statistics().snapshots());
    }

    @Test
    void showsStoredRowsAtOnceAsNotCurrent() {
        put(1, "anna");
        run();
        StoredFeed.Stored stored = stored(follower.replica().view());
        restartFollowerWith(stored);

        Replica replica = follower.replica();
        assertEquals(new Position(100, 1), replica.view().position());
        assertEquals(1, replica.view().size(PERSON));
        assertEquals(FeedState.CONNECTING, replica.state());
        assertTrue(replica.stale());
        assertEquals(Duration.ofMinutes(5), replica.age());
    }

    @Test
    void tellsListenersOfStoredRows() {
        put(1, "anna");
        run();
        StoredFeed.Stored stored = stored(follower.replica().view());
        wire.clear();
        startFollower();
        List<Position> resets = new ArrayList<>();
        follower.replica().listen(new ReplicaListener() {
            @Override
            public void reset(View view) {
                resets.add(view.position());
            }

            @Override
            public void applied(View before, View after, List<RowChange> changes) {}
        });
        follower.awaitStored();
        follower.time();
        follower.prime(stored);
        run();

        assertEquals(List.of(Position.NONE, new Position(100, 1)), resets);
    }

    @Test
    void connectsOnlyWhenItKnowsWhatIsStored() {
        put(1, "anna");
        startFollower();
        follower.awaitStored();
        run();
        assertEquals(FeedState.CONNECTING, follower.replica().state());
        assertEquals("waits for the rows that were stored", follower.replica().reason());

        follower.prime(null);
        run();
        assertEqual();
        assertThrows(IllegalStateException.class, () -> follower.prime(null), "too late");
    }

    @Test
    void hasTheOneTableRepairedWhoseStoredRowsAreWrong() {
        put(1, "anna");
        origin.commit(new Cut(0, now, 0), List.of(Change.put(TEAM.row(7, "north"))));
        run();
        View right = follower.replica().view();
        ViewBuilder wrong = new ViewBuilder(SCHEMA);
        wrong.put(PERSON.row(1, "Anna"));
        wrong.put(TEAM.row(7, "north"));
        restartFollowerWith(
                new StoredFeed.Stored("id", List.of(), wrong.build(right.position(), new Cut(0, 0, 0)), Duration.ZERO));
        run();

        assertEqual();
        assertEquals(1, follower.replica().statistics().repairs());
        assertEquals(0, follower.replica().statistics().snapshots());
    }

    @Test
    void takesASnapshotForStoredRowsThatAreAheadOfTheCentre() {
        put(1, "anna");
        put(2, "bert");
        run();
        StoredFeed.Stored stored = stored(follower.replica().view());
        log.remove(1);
        rows.remove(1);
        startOrigin(200);
        restartFollowerWith(stored);
        run();

        assertEqual();
        assertEquals(1, follower.replica().statistics().snapshots());
    }

    @Test
    void refusesACentreOfAnotherIdentityThanTheStoredRows() {
        put(1, "anna");
        run();
        StoredFeed.Stored stored = stored(follower.replica().view());
        id = "other";
        epochs.clear();
        startOrigin(200);
        restartFollowerWith(stored);
        run();

        Replica replica = follower.replica();
        assertEquals(FeedState.REFUSED, replica.state());
        assertTrue(replica.reason().startsWith("identity: "), replica.reason());
        assertEquals(1, replica.view().size(PERSON), "old rows stay readable");

        assertTrue(follower.forgetIdentity());
        run();
        assertEqual();
        assertEquals("other", replica.feedId());
    }

    @Test
    void takesASnapshotForStoredRowsOfAnOlderSchemaAndOfANewerOne() {
        put(1, "anna");
        run();
        StoredFeed.Stored older = stored(follower.replica().view());
        schema = NEXT;
        rows.replaceAll(row -> LONGER.row(row.get(0), row.get(1), "N"));
        log.clear();
        log.add(new DurableHistory.Entry(1, 0, new Cut(0, 0, 0), List.of()));
        startOrigin(200);
        restartFollowerWith(older);
        run();
        assertEqual();
        assertEquals(1, follower.replica().statistics().snapshots());
        StoredFeed.Stored newer = stored(follower.replica().view());

        schema = SCHEMA;
        rows.replaceAll(row -> PERSON.row(row.get(0), row.get(1)));
        startOrigin(300);
        restartFollowerWith(newer);
        run();
        assertEqual();
        assertEquals(1, follower.replica().statistics().snapshots());
    }

    @Test
    void takesASnapshotFromAnOriginThatCameBackWithOtherTables() {
        put(1, "anna");
        run();
        disconnect();
        schema = NEXT;
        rows.replaceAll(row -> LONGER.row(row.get(0), row.get(1), "N"));
        startOrigin(200);
        run();

        assertEqual();
        assertEquals(NEXT, follower.replica().view().schema());
        assertEquals(2, follower.replica().statistics().snapshots());
    }

    @Test
    void tellsRelaysTheEpochsThatStoredRowsDidNotKnow() throws Exception {
        put(1, "anna");
        run();
        StoredFeed.Stored stored = stored(follower.replica().view());
        startOrigin(200);
        StoredFeed.Stored unaware = new StoredFeed.Stored("id", List.of(), stored.view(), Duration.ZERO);
        restartFollowerWith(unaware);
        List<byte[]> answers = new ArrayList<>();
        Relay relay = new Relay(
                follower.replica(),
                Runnable::run,
                "north",
                noRing,
                () -> now,
                new SplittableRandom(3),
                new SourceTransport() {
                    @Override
                    public void publish(Hop hop, byte[] message) {}

                    @Override
                    public void reply(ReplyTo to, byte[] message) {
                        answers.add(message);
                    }
                });
        run();
        relay.request(
                new ReplyTo("desk", "1"),
                new Messages.Resume(7, "config", "id", new Position(100, 1), 1, false, 0, 0, List.of()).encode());
        assertEquals(Wire.CONTINUE, answers.get(0)[3]);
    }

    @Test
    void refusesStoredRowsOfAnotherFeedAndThoseOfFeedsThatAreNotDurable() {
        FeedSchema agents = new FeedSchema("agents", 1, true, List.of(PERSON));
        startFollower();
        follower.awaitStored();
        StoredFeed.Stored other = new StoredFeed.Stored(
                "id", List.of(), new ViewBuilder(agents).build(new Position(100, 1), new Cut(0, 0, 0)), Duration.ZERO);
        assertThrows(IllegalArgumentException.class, () -> follower.prime(other));
        run();
        assertEqual();

        FeedSchema fleeting = new FeedSchema("calls", 1, false, List.of(PERSON));
        View view = new ViewBuilder(fleeting).build(new Position(100, 1), new Cut(0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new StoredFeed.Stored("id", List.of(), view, Duration.ZERO));
    }
}
