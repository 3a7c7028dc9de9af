package org.openrtd.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.internal.Comparison;

class DurableFeedTest {

    private static final Table PERSON = Table.named("Person")
            .key("PersonID", ColumnType.INT)
            .column("LoginName", ColumnType.STRING)
            .build();
    private static final FeedSchema SCHEMA = new FeedSchema("config", 1, true, List.of(PERSON));

    private final List<DurableHistory.Epoch> epochs = new ArrayList<>();
    private final List<DurableHistory.Entry> log = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private final List<Runnable> wire = new ArrayList<>();
    private final SourceSettings noRing = new SourceSettings(Duration.ofSeconds(1), 0, 0, Duration.ofSeconds(1));
    private LinkListener listener;
    private Origin origin;
    private Follower follower;
    private long now = 10_000;

    @BeforeEach
    void start() {
        startOrigin(100);
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
                SCHEMA,
                new FeedIdentity("id", epoch),
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
}
