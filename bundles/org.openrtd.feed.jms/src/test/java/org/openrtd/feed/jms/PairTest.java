package org.openrtd.feed.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import org.openrtd.feed.Follower.ChangeOver;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Replica;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.Table;

/** A site of two distributors over real brokers, and a client that knows both. */
@Timeout(300)
class PairTest {

    private static final Table TABLE = Table.named("Skill_Group_Real_Time")
            .key("SkillTargetID", ColumnType.INT)
            .column("RouterCallsQNow", ColumnType.INT)
            .build();
    private static final FeedSchema SCHEMA = new FeedSchema("calls", 1, false, List.of(TABLE));
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    private final List<AutoCloseable> open = new ArrayList<>();
    private TestBroker centre;
    private TestBroker north1;
    private TestBroker north2;
    private FrozenLine line;
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
        centre = opened(new TestBroker());
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
        line = opened(new FrozenLine(north1.port()));
        client = client();
        await(() -> isMoved(client, "north-1") && isReady(client, "north-2"));
    }

    private JmsFollower client() {
        return opened(follower(
                Addresses.DISTRIBUTOR,
                List.of(BrokerAddress.parse("tcp://127.0.0.1:" + line.port()), north2.address())));
    }

    private static boolean isReady(JmsFollower client, String name) {
        return client.ready()
                .filter(ready -> ready.name().equals(name)
                        && ready.said().isPresent()
                        && ready.said().get().state() == FeedState.LIVE)
                .isPresent();
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
        return follower(usual, sources, false);
    }

    private static JmsFollower follower(String usual, List<BrokerAddress> sources, boolean returnToPrimary) {
        FollowerSettings settings = FollowerSettings.of("calls", List.of("x")).withHeartbeat(HEARTBEAT);
        return new JmsFollower(
                new FollowerSettings(
                        settings.feed(),
                        settings.sources(),
                        settings.feedId(),
                        settings.needed(),
                        settings.heartbeatInterval(),
                        settings.resumeTimeout(),
                        settings.staleAfter(),
                        settings.backOff(),
                        settings.maxBackOff(),
                        settings.bufferBytes(),
                        settings.snapshotBytes(),
                        returnToPrimary),
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

    private static boolean isLiveFrom(JmsFollower client, String source) {
        Replica replica = client.replica();
        return replica.state() == FeedState.LIVE && replica.source().equals(source);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(5);
        }
    }

    /** As when its process is killed: the lines end, and nobody says why. */
    @Test
    void everyClientGoesOnWithTheOtherAtTheNextBatchWhenTheFirstIsKilled() throws Exception {
        List<JmsFollower> clients = new ArrayList<>(List.of(client));
        for (int i = 0; i < 14; i++) {
            clients.add(client());
        }
        for (JmsFollower each : clients) {
            await(() -> isMoved(each, "north-1") && isReady(each, "north-2"));
        }

        line.close();

        for (JmsFollower each : clients) {
            await(() -> isLiveFrom(each, "north-2"));
            long before = each.replica().statistics().batches();
            await(() -> each.replica().statistics().batches() > before + 10);
            assertEquals(1, each.replica().statistics().snapshots());
            ChangeOver change = each.lastChange().orElseThrow();
            assertEquals("north-2", change.to());
            assertFalse(change.snapshot());
            assertTrue(FeedLine.of(each).getChangeOvers() > 0);
            assertTrue(each.line().contains("; goes on with north-2 after "), each::line);
        }
        System.out.println("PairTest: " + clients.size() + " clients were not live for "
                + clients.stream()
                        .map(each -> each.lastChange().orElseThrow().millis())
                        .sorted()
                        .toList()
                + " ms");
    }

    @Test
    void leavesADistributorThatHangsAndDoesNotReturnWhenItWakes() throws Exception {
        line.freeze(true);
        await(() -> isLiveFrom(client, "north-2"));
        line.freeze(false);
        await(() -> isReady(client, "north-1"));

        await(() -> isLiveFrom(client, "north-2"));
        assertEquals(1, client.replica().statistics().snapshots());
    }

    @Test
    void goesToThePrimary() throws Exception {
        TestBroker third = opened(new TestBroker());
        distributor(centre, third, "north-3", true);
        JmsFollower other = opened(follower(Addresses.DISTRIBUTOR, List.of(north2.address(), third.address()), true));
        await(() -> isLiveFrom(other, "north-3") && isReady(other, "north-2"));
        await(() -> FeedLine.of(other).isPrimary());
    }

    @Test
    void saysHowHealthyTheSourcesAre() throws Exception {
        await(() -> {
            FeedLine feed = FeedLine.of(client);
            return feed.getHealth() > 100
                    && feed.getReadyHealth() > 100
                    && feed.getReady().startsWith("ready is north-2, LIVE, health ");
        });
    }

    @Test
    void goesThereAndBackWhenItIsTold() throws Exception {
        await(() -> isMoved(client, "north-2"));
        await(() -> isMoved(client, "north-1"));

        assertEquals(1, client.replica().statistics().snapshots());
        // The change is counted a little after it can be seen.
        await(() -> client.changes() > 1);
    }

    /** Whether it is there; it is sent there once it can be, as each change ends what was ready. */
    private static boolean isMoved(JmsFollower client, String to) {
        if (isReady(client, to)) {
            try {
                client.failover("a test wants it");
            } catch (IllegalStateException movesAlready) {
                return false;
            }
        }
        return isLiveFrom(client, to);
    }

    @Test
    void hearsHeartbeatsAloneOfTheOneThatIsReady() throws Exception {
        String topic = Addresses.topic("calls", Addresses.DISTRIBUTOR);
        long changes;
        long stream;
        long beats;
        // On a slow machine it may go to the other one by itself, and then that one's stream is taken.
        do {
            await(() -> isMoved(client, "north-1") && isReady(client, "north-2"));
            long then = client.changes();
            changes = then;
            long followed = north1.taken(topic);
            long ready = north2.taken(topic);
            await(() ->
                    client.changes() != then || north1.taken(topic) >= followed + 200 && north2.taken(topic) > ready);
            stream = north1.taken(topic) - followed;
            beats = north2.taken(topic) - ready;
        } while (client.changes() != changes || !isLiveFrom(client, "north-1"));

        assertTrue(beats * 4 < stream, beats + " messages of the one that is only ready");
    }
}
