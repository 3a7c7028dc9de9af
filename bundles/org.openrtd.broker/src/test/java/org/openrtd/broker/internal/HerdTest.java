package org.openrtd.broker.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openrtd.access.KeyStoreFile;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Origin;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.Table;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.BrokerAddress;
import org.openrtd.feed.jms.FeedLoop;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.feed.jms.JmsSource;

/** Very many followers of one source over one node's broker, in one JVM. */
@Timeout(240)
class HerdTest {

    private static final int FOLLOWERS = 210;
    private static final int ROWS = 3000;
    private static final Table TABLE = Table.named("T")
            .key("Id", ColumnType.INT)
            .column("Name", ColumnType.STRING)
            .build();

    private final int port;
    private final NodeBroker broker;
    private final List<JmsFollower> followers = new ArrayList<>();
    private FeedLoop loop;
    private JmsSource source;
    private Origin origin;

    HerdTest() throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        broker = new NodeBroker(
                new BrokerSettings(
                        "test",
                        "127.0.0.1",
                        port,
                        false,
                        KeyStoreFile.NONE,
                        KeyStoreFile.NONE,
                        false,
                        2 * FOLLOWERS,
                        256 << 10,
                        256,
                        60_000),
                (user, password) -> Optional.of(Set.of(Addresses.CLIENT_ROLE)));
    }

    @AfterEach
    void close() {
        followers.parallelStream().forEach(JmsFollower::close);
        stop();
        broker.stop();
    }

    private void start(long epoch, Duration snapshotLife) {
        loop = new FeedLoop("origin");
        source = new JmsSource(
                "calls", Addresses.DISTRIBUTOR, "site", Addresses.CLIENT_ROLE, loop, MonotonicClock.SYSTEM);
        SourceSettings usual = SourceSettings.DEFAULT;
        origin = loop.call(() -> new Origin(
                new FeedSchema("calls", 1, false, List.of(TABLE)),
                new FeedIdentity("test", epoch),
                "site",
                new SourceSettings(
                        usual.heartbeatInterval(), usual.ringBytes(), usual.servingRingBytes(), snapshotLife),
                MonotonicClock.SYSTEM,
                RandomGenerator.getDefault(),
                source));
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            changes.add(Change.put(TABLE.row(i, "row " + i + " of epoch " + epoch)));
        }
        loop.call(() -> origin.commit(new Cut(1, 1000, 0), changes));
        source.answerWith(origin::request);
        loop.every(Duration.ofMillis(50), origin::time);
        source.attach(broker);
    }

    private void stop() {
        source.close();
        loop.close();
    }

    private void follow(int count) {
        String url = "tcp://127.0.0.1:" + port;
        for (int i = 0; i < count; i++) {
            followers.add(new JmsFollower(
                    FollowerSettings.of("calls", List.of(url)),
                    new JmsFollower.Sources(
                            Addresses.DISTRIBUTOR, List.of(BrokerAddress.parse(url)), "client" + i, "x", ""),
                    () -> null));
        }
    }

    private void awaitAllLive(long epoch) throws InterruptedException {
        for (JmsFollower follower : followers) {
            while (follower.replica().state() != FeedState.LIVE
                    || follower.replica().view().position().epoch() != epoch) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            assertEquals(ROWS, follower.replica().view().size(TABLE));
        }
    }

    @Test
    void costsOneSnapshotWhenAllComeAndWhenAllComeBackToOneThatStartedAnew() throws Exception {
        start(1, Duration.ofMinutes(10));
        follow(FOLLOWERS);
        awaitAllLive(1);
        assertEquals(1, loop.call(origin::snapshotsMade));

        stop();
        start(2, Duration.ofMinutes(10));
        awaitAllLive(2);
        assertEquals(1, loop.call(origin::snapshotsMade));
    }

    @Test
    void answersWhoMissedMoreBatchesThanTheBrokerKeepsForOneFollower() throws Exception {
        start(1, Duration.ofMinutes(10));
        follow(1);
        awaitAllLive(1);
        for (int i = 2; i <= 1_500; i++) {
            int tick = i;
            loop.call(() -> origin.commit(
                    new Cut(tick, tick * 1000L, 0), List.of(Change.put(TABLE.row(1, "version " + tick)))));
        }
        // They get the snapshot of the first one, and then what came after it.
        follow(6);
        awaitAllLive(1);
        for (JmsFollower follower : followers.subList(1, 7)) {
            assertEquals(1_500, follower.replica().view().position().sequence());
            assertEquals(1, follower.replica().statistics().snapshots());
            // One whose answer was cut by the broker found some of it missing.
            assertEquals(0, follower.replica().statistics().gaps());
        }
    }

    @Test
    void wouldCostManyIfTheyWereNotKept() throws Exception {
        start(1, Duration.ofMillis(1));
        for (int i = 0; i < 3; i++) {
            follow(1);
            awaitAllLive(1);
            // What was made for one is forgotten before the next one comes.
            long then = MonotonicClock.SYSTEM.millis();
            while (MonotonicClock.SYSTEM.millis() - then < 2) {
                Thread.onSpinWait();
            }
            loop.call(() -> {
                origin.time();
                return null;
            });
        }
        assertTrue(loop.call(origin::snapshotsMade) > 1);
    }
}
