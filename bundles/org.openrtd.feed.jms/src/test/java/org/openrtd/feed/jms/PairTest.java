package org.openrtd.feed.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
import org.openrtd.feed.Replica;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.Table;

/** A site of two distributors over real brokers, and a client that knows both. */
@Timeout(120)
class PairTest {

    private static final Table TABLE = Table.named("Skill_Group_Real_Time")
            .key("SkillTargetID", ColumnType.INT)
            .column("RouterCallsQNow", ColumnType.INT)
            .build();
    private static final FeedSchema SCHEMA = new FeedSchema("calls", 1, false, List.of(TABLE));
    private static final Duration HEARTBEAT = Duration.ofMillis(200);

    private final List<AutoCloseable> open = new ArrayList<>();
    private TestBroker north1;
    private TestBroker north2;
    private FeedLoop loop;
    private Origin origin;
    private JmsFollower client;
    private int tick;

    private <T extends AutoCloseable> T opened(T closeable) {
        open.add(0, closeable);
        return closeable;
    }

    @BeforeEach
    void start() throws Exception {
        TestBroker centre = opened(new TestBroker());
        north1 = opened(new TestBroker());
        north2 = opened(new TestBroker());
        loop = opened(new FeedLoop("origin"));
        JmsSource source = opened(new JmsSource(
                "calls", Addresses.CENTRE, "centre", Addresses.DISTRIBUTOR_ROLE, loop, MonotonicClock.SYSTEM));
        origin = loop.call(() -> new Origin(
                SCHEMA,
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
        distributor(centre, north1, "north-1", false);
        distributor(centre, north2, "north-2", false);
        client = opened(follower(Addresses.DISTRIBUTOR, List.of(north1.address(), north2.address())));
        await(() -> isLiveFrom("north-1")
                && client.ready()
                        .filter(ready -> ready.name().equals("north-2")
                                && ready.said().isPresent()
                                && ready.said().get().state() == FeedState.LIVE)
                        .isPresent());
    }

    private void distributor(TestBroker centre, TestBroker site, String name, boolean primary) {
        JmsFollower distributor = opened(follower(Addresses.CENTRE, List.of(centre.address())));
        SourceSettings usual = SourceSettings.withHeartbeat(HEARTBEAT);
        opened(new JmsRelay(
                        distributor.replica(),
                        Addresses.DISTRIBUTOR,
                        name,
                        Addresses.CLIENT_ROLE,
                        new SourceSettings(
                                usual.heartbeatInterval(),
                                usual.ringBytes(),
                                usual.servingRingBytes(),
                                usual.snapshotLife(),
                                primary)))
                .attach(site);
    }

    private static JmsFollower follower(String usual, List<BrokerAddress> sources) {
        return new JmsFollower(
                FollowerSettings.of("calls", List.of("x")).withHeartbeat(HEARTBEAT),
                new JmsFollower.Sources(usual, sources, TestBroker.USER, TestBroker.PASSWORD, "set the password"),
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

    private boolean isLiveFrom(String source) {
        Replica replica = client.replica();
        return replica.state() == FeedState.LIVE && replica.source().equals(source);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(5);
        }
    }

    @Test
    void goesOnWithTheOtherDistributorAtTheNextBatchWhenTheFirstDies() throws Exception {
        north1.stop();

        await(() -> isLiveFrom("north-2"));

        assertEquals(1, client.replica().statistics().snapshots());
        long before = client.replica().statistics().batches();
        await(() -> client.replica().statistics().batches() > before + 10);
        // The first comes back, and is ready; nobody goes there for that.
        north1.start();
    }

    @Test
    void goesThereAndBackWhenItIsTold() throws Exception {
        client.failover("a test wants it");
        await(() -> isLiveFrom("north-2"));
        await(() -> client.ready()
                .filter(ready -> ready.name().equals("north-1") && ready.said().isPresent())
                .isPresent());
        client.failover("a test wants it");
        await(() -> isLiveFrom("north-1"));

        assertEquals(1, client.replica().statistics().snapshots());
        await(() -> client.sourceIndex() == 0);
    }

    @Test
    void hearsHeartbeatsAloneOfTheOneThatIsReady() throws Exception {
        String topic = Addresses.topic("calls", Addresses.DISTRIBUTOR);
        long followed = north1.taken(topic);
        long ready = north2.taken(topic);
        await(() -> north1.taken(topic) >= followed + 200 && north2.taken(topic) > ready);

        long beats = north2.taken(topic) - ready;
        assertTrue(beats * 4 < north1.taken(topic) - followed, beats + " messages of the one that is only ready");
    }
}
