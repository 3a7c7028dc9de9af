package org.openrtd.feed.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

/** A distributor that follows the centre only while a client asks for rows, over real brokers. */
@Timeout(300)
class IdleTest {

    private static final Table TABLE = Table.named("Skill_Group_Real_Time")
            .key("SkillTargetID", ColumnType.INT)
            .column("RouterCallsQNow", ColumnType.INT)
            .build();
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicBoolean wanted = new AtomicBoolean();
    private TestBroker centre;
    private TestBroker site;
    private FeedLoop loop;
    private Origin origin;
    private JmsFollower distributor;
    private JmsRelay relay;
    private volatile int tick;

    private <T extends AutoCloseable> T opened(T closeable) {
        open.add(0, closeable);
        return closeable;
    }

    @BeforeEach
    void start() throws Exception {
        centre = opened(new TestBroker());
        site = opened(new TestBroker());
        loop = opened(new FeedLoop("origin"));
        JmsSource source = opened(new JmsSource(
                "calls", Addresses.CENTRE, "centre", Addresses.DISTRIBUTOR_ROLE, loop, MonotonicClock.SYSTEM));
        origin = loop.call(() -> new Origin(
                new FeedSchema("calls", 1, false, List.of(TABLE)),
                new FeedIdentity("test", 1),
                "centre",
                SourceSettings.withHeartbeat(HEARTBEAT),
                MonotonicClock.SYSTEM,
                RandomGenerator.getDefault(),
                source));
        source.answerWith(origin::request);
        loop.every(Duration.ofMillis(20), origin::time);
        loop.every(Duration.ofMillis(20), this::put);
        source.attach(centre);
        distributor = opened(follower(Addresses.CENTRE, centre));
        relay = opened(new JmsRelay(
                distributor.replica(),
                Addresses.DISTRIBUTOR,
                "north",
                Addresses.CLIENT_ROLE,
                SourceSettings.withHeartbeat(HEARTBEAT)));
        relay.attach(site);
    }

    private void idleAfter(ToMillis ago) {
        opened(new IdleFeeds(
                List.of("calls"),
                Duration.ofSeconds(10),
                feed -> ago.get(),
                (feed, idle) -> distributor.idle(idle),
                MonotonicClock.SYSTEM));
    }

    private interface ToMillis {
        long get();
    }

    private static JmsFollower follower(String usual, TestBroker broker) {
        return new JmsFollower(
                FollowerSettings.of("calls", List.of("x")).withHeartbeat(HEARTBEAT),
                new JmsFollower.Sources(
                        usual, List.of(broker.address()), TestBroker.USER, TestBroker.PASSWORD, "set the password"),
                () -> null);
    }

    private void put() {
        tick++;
        origin.commit(new Cut(tick, tick * 20L, 0), List.of(Change.put(TABLE.row(tick % 50, tick))));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(5);
        }
    }

    private boolean isIdle() {
        return distributor.replica().state() == FeedState.CONNECTING && distributor.isIdle();
    }

    private boolean holdsTheCentreReady() {
        return distributor
                .ready()
                .filter(ready -> ready.said().isPresent() && ready.said().get().state() == FeedState.LIVE)
                .isPresent();
    }

    @Test
    void followsWhenAClientAsksAndTakesNoBatchUntilThen() throws Exception {
        idleAfter(() -> relay.source().wantedMillisAgo());
        await(() -> isIdle() && holdsTheCentreReady());
        long batches = distributor.replica().statistics().batches();
        long bytes = distributor.replica().statistics().bytes();
        int then = tick;
        await(() -> tick > then + 100);
        assertTrue(isIdle());
        assertEquals(batches, distributor.replica().statistics().batches());
        assertEquals(bytes, distributor.replica().statistics().bytes());

        JmsFollower client = opened(follower(Addresses.DISTRIBUTOR, site));
        await(() -> client.replica().state() == FeedState.LIVE);
        await(() -> distributor.replica().state() == FeedState.LIVE);
        await(() -> distributor.replica().statistics().batches() > batches + 10);
    }

    @Test
    void isIdleAgainWhenNobodyAsksAndKeepsItsRows() throws Exception {
        wanted.set(true);
        idleAfter(() -> wanted.get() ? 0 : 20_000);
        await(() -> distributor.replica().state() == FeedState.LIVE
                && distributor.replica().view().size(TABLE) == 50);

        wanted.set(false);
        await(this::isIdle);
        assertEquals(50, distributor.replica().view().size(TABLE));
        assertTrue(distributor.replica().stale());

        wanted.set(true);
        await(() -> distributor.replica().state() == FeedState.LIVE);
        assertEquals(1, distributor.replica().statistics().snapshots(), "it went on from the rows it had");
    }

    @Test
    void findsTheCentreAgainThatWasAwayWhileItWasIdle() throws Exception {
        idleAfter(() -> wanted.get() ? 0 : -1);
        await(() -> isIdle() && holdsTheCentreReady());
        centre.stop();
        await(() -> !holdsTheCentreReady());
        assertTrue(isIdle());
        centre.start();
        await(this::holdsTheCentreReady);

        wanted.set(true);
        await(() -> distributor.replica().state() == FeedState.LIVE);
    }
}
