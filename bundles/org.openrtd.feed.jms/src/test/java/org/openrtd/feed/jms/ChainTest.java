package org.openrtd.feed.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
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
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaListener;
import org.openrtd.feed.Row;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.StoredFeed.Stored;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.feed.ViewBuilder;
import org.openrtd.feed.Whereabouts;
import org.openrtd.feed.internal.FeedReplica;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Centre, distributor and client over two real brokers, in one JVM. */
@Timeout(90)
class ChainTest {

    private static final Table TABLE = Table.named("Skill_Group_Real_Time")
            .key("SkillTargetID", ColumnType.INT)
            .column("RouterCallsQNow", ColumnType.INT)
            .column("Name", ColumnType.STRING)
            .build();
    private static final FeedSchema SCHEMA = new FeedSchema("calls", 1, false, List.of(TABLE));
    private static final SourceSettings SOURCE = SourceSettings.withHeartbeat(Duration.ofMillis(200));

    private final List<AutoCloseable> open = new ArrayList<>();
    private final TestBroker centre = opened(new TestBroker());
    private final TestBroker site = opened(new TestBroker());
    private FeedLoop loop;
    private JmsSource source;
    private Origin origin;
    private long tick;

    ChainTest() throws Exception {
        startOrigin(1);
    }

    private <T extends AutoCloseable> T opened(T closeable) {
        open.add(0, closeable);
        return closeable;
    }

    @AfterEach
    void close() throws Exception {
        stopOrigin();
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    private void startOrigin(long epoch) {
        loop = new FeedLoop("origin");
        source = new JmsSource(
                "calls", Addresses.CENTRE, "centre", Addresses.DISTRIBUTOR_ROLE, loop, MonotonicClock.SYSTEM);
        origin = loop.call(() -> new Origin(
                SCHEMA,
                new FeedIdentity("test", epoch),
                "centre",
                SOURCE,
                MonotonicClock.SYSTEM,
                RandomGenerator.getDefault(),
                source));
        source.answerWith(origin::request);
        loop.every(Duration.ofMillis(20), origin::time);
        source.attach(centre);
    }

    private void stopOrigin() {
        loop.call(() -> {
            origin.close();
            return null;
        });
        loop.close();
        source.close();
    }

    private Position put(int rows) {
        return loop.call(() -> {
            List<Change> changes = new ArrayList<>();
            tick++;
            for (int i = 0; i < rows; i++) {
                changes.add(Change.put(TABLE.row(i, (int) tick, "group " + i)));
            }
            return origin.commit(new Cut(tick, tick * 1000, 0), changes);
        });
    }

    private JmsFollower distributor() {
        return opened(follower(centre.address(), Addresses.CENTRE, TestBroker.PASSWORD));
    }

    private JmsFollower client() {
        return opened(follower(site.address(), Addresses.DISTRIBUTOR, TestBroker.PASSWORD));
    }

    private static JmsFollower follower(BrokerAddress address, String usual, String password) {
        return new JmsFollower(
                FollowerSettings.of("calls", List.of("x")).withHeartbeat(Duration.ofMillis(200)),
                new JmsFollower.Sources(usual, List.of(address), TestBroker.USER, password, "set the password"),
                () -> null);
    }

    private JmsRelay relay(JmsFollower follower) {
        JmsRelay relay = opened(
                new JmsRelay(follower.replica(), Addresses.DISTRIBUTOR, "north-1", Addresses.CLIENT_ROLE, SOURCE));
        relay.attach(site);
        return relay;
    }

    /** Waits until the replica is as wanted, without asking it again and again. */
    private static void await(Replica replica, Predicate<Replica> wanted) throws Exception {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        ReplicaListener listener = new ReplicaListener() {
            @Override
            public void reset(View view) {
                look();
            }

            @Override
            public void applied(View before, View after, List<RowChange> changes) {
                look();
            }

            @Override
            public void stateChanged(FeedState from, FeedState to, String reason) {
                look();
            }

            private void look() {
                if (wanted.test(replica)) {
                    reached.complete(null);
                }
            }
        };
        try (AutoCloseable listening = replica.listen(listener)) {
            if (!wanted.test(replica)) {
                reached.get(60, TimeUnit.SECONDS);
            }
        }
    }

    /** A reason alone is no news to listeners. */
    private static void awaitReason(Replica replica, String part) {
        while (!replica.reason().contains(part)) {
            Thread.onSpinWait();
        }
    }

    private static void awaitLiveAt(Replica replica, Position position) throws Exception {
        await(replica, r -> r.state() == FeedState.LIVE && r.view().position().compareTo(position) >= 0);
    }

    private void assertEqualToOrigin(Replica replica) {
        View theirs = replica.view();
        View ours = origin.replica().view();
        assertEquals(ours.position(), theirs.position());
        assertEquals(rows(ours), rows(theirs));
    }

    private static List<Row> rows(View view) {
        List<Row> rows = new ArrayList<>();
        view.forEach(TABLE, rows::add);
        rows.sort(java.util.Comparator.comparingInt(row -> row.getInt("SkillTargetID")));
        return rows;
    }

    @Test
    void carriesSnapshotAndBatchesFromTheCentreToAClient() throws Exception {
        put(5000);
        JmsFollower distributor = distributor();
        relay(distributor);
        JmsFollower client = client();
        awaitLiveAt(client.replica(), origin.replica().view().position());
        assertEquals("north-1", client.replica().source());
        Position last = null;
        for (int i = 0; i < 200; i++) {
            last = put(100);
        }
        awaitLiveAt(client.replica(), last);
        assertEqualToOrigin(client.replica());
        assertEqualToOrigin(distributor.replica());
        assertEquals(0, client.replica().statistics().gaps());
    }

    @Test
    void tellsClientsWhereTheirSourceIsAndWhatElseIsToBeHadWhere() throws Exception {
        put(10);
        loop.call(() -> {
            origin.settings(with(new Whereabouts("head office", "central", "central")));
            return null;
        });
        JmsFollower distributor = distributor();
        JmsRelay relay = relay(distributor);
        relay.settings(with(new Whereabouts("north", "", "https://north-1:8443/")));
        JmsFollower client = client();
        Whereabouts there = new Whereabouts("north", "central", "https://north-1:8443/");
        while (!client.replica().whereabouts().equals(there)) {
            Thread.sleep(5);
        }
        FeedLine line = FeedLine.of(client);
        assertEquals("north", line.getSite());
        assertEquals("central", line.getConfigurationAt());
        assertEquals("https://north-1:8443/", line.getHistoryAt());
        assertEquals("north", FeedLine.of(distributor.replica(), relay.source()).getSite());
    }

    private static SourceSettings with(Whereabouts whereabouts) {
        return new SourceSettings(
                SOURCE.heartbeatInterval(),
                SOURCE.ringBytes(),
                SOURCE.servingRingBytes(),
                SOURCE.snapshotLife(),
                false,
                () -> whereabouts);
    }

    @Test
    void goesOnWhenTheCentresBrokerWasRestarted() throws Exception {
        put(100);
        JmsFollower distributor = distributor();
        relay(distributor);
        JmsFollower client = client();
        awaitLiveAt(client.replica(), origin.replica().view().position());

        source.detach(centre);
        centre.stop();
        await(distributor.replica(), r -> r.state() == FeedState.CONNECTING);
        put(100);
        centre.start();
        source.attach(centre);

        awaitLiveAt(client.replica(), put(100));
        assertEqualToOrigin(client.replica());
    }

    @Test
    void goesOnWhenTheSitesBrokerWasRestarted() throws Exception {
        put(100);
        JmsRelay relay = relay(distributor());
        JmsFollower client = client();
        awaitLiveAt(client.replica(), origin.replica().view().position());

        relay.detach(site);
        site.stop();
        await(client.replica(), r -> r.state() == FeedState.CONNECTING);
        put(100);
        site.start();
        relay.attach(site);

        awaitLiveAt(client.replica(), put(100));
        assertEqualToOrigin(client.replica());
    }

    @Test
    void takesOverANewEpochWhenTheCentreWasRestarted() throws Exception {
        put(100);
        relay(distributor());
        JmsFollower client = client();
        awaitLiveAt(client.replica(), origin.replica().view().position());

        stopOrigin();
        startOrigin(2);

        awaitLiveAt(client.replica(), put(50));
        assertEqualToOrigin(client.replica());
        assertEquals(2, client.replica().view().position().epoch());
    }

    @Test
    void aClientChangesToTheOtherDistributorAndGoesOnFromWhereItWas() throws Exception {
        TestBroker other = opened(new TestBroker());
        put(100);
        JmsFollower first = distributor();
        relay(first);
        JmsFollower second = distributor();
        JmsRelay spare =
                opened(new JmsRelay(second.replica(), Addresses.DISTRIBUTOR, "north-2", Addresses.CLIENT_ROLE, SOURCE));
        spare.attach(other);
        awaitLiveAt(second.replica(), origin.replica().view().position());
        JmsFollower client = opened(new JmsFollower(
                FollowerSettings.of("calls", List.of("x")).withHeartbeat(Duration.ofMillis(200)),
                new JmsFollower.Sources(
                        Addresses.DISTRIBUTOR,
                        List.of(site.address(), other.address()),
                        TestBroker.USER,
                        TestBroker.PASSWORD,
                        "set the password"),
                () -> null));
        awaitLiveAt(client.replica(), origin.replica().view().position());
        long snapshots = client.replica().statistics().snapshots();

        // Whichever it has come to: it holds the other one ready.
        boolean atFirst = client.replica().source().equals("north-1");
        (atFirst ? site : other).stop();
        awaitLiveAt(client.replica(), put(100));

        assertEquals(atFirst ? "north-2" : "north-1", client.replica().source());
        assertEquals(snapshots, client.replica().statistics().snapshots());
        assertEqualToOrigin(client.replica());
    }

    @Test
    void leavesABrokerThatStopsWithoutAWordAndComesBackToIt() throws Exception {
        FrozenLine line = opened(new FrozenLine(centre.port()));
        put(100);
        JmsFollower distributor = opened(
                follower(BrokerAddress.parse("tcp://127.0.0.1:" + line.port()), Addresses.CENTRE, TestBroker.PASSWORD));
        awaitLiveAt(distributor.replica(), origin.replica().view().position());

        line.freeze(true);
        await(distributor.replica(), r -> r.state() == FeedState.CONNECTING);
        assertTrue(distributor.replica().stale());
        Position missed = put(100);
        line.freeze(false);

        awaitLiveAt(distributor.replica(), missed);
        assertEqualToOrigin(distributor.replica());
    }

    @Test
    void saysThatThePasswordIsWrongAndWhatToDo() throws Exception {
        JmsFollower distributor = opened(follower(centre.address(), Addresses.CENTRE, "wrong"));
        awaitReason(distributor.replica(), "wrong user or password");
        assertTrue(
                distributor.replica().reason().endsWith("; set the password"),
                distributor.replica().reason());
    }

    @Test
    void findsTheRightPasswordWithoutBeingMadeAnew() throws Exception {
        Position position = put(10);
        JmsFollower distributor = opened(follower(centre.address(), Addresses.CENTRE, "wrong"));
        awaitReason(distributor.replica(), "wrong user or password");
        distributor.settings(
                FollowerSettings.of("calls", List.of("x")).withHeartbeat(Duration.ofMillis(200)),
                new JmsFollower.Sources(
                        Addresses.CENTRE,
                        List.of(centre.address()),
                        TestBroker.USER,
                        TestBroker.PASSWORD,
                        "set the password"));
        awaitLiveAt(distributor.replica(), position);
    }

    @Test
    void connectsAnewWhenOnlyThePasswordIsAnother() throws Exception {
        Position position = put(10);
        JmsFollower distributor = distributor();
        awaitLiveAt(distributor.replica(), position);
        distributor.settings(
                FollowerSettings.of("calls", List.of("x")).withHeartbeat(Duration.ofMillis(200)),
                new JmsFollower.Sources(
                        Addresses.CENTRE, List.of(centre.address()), TestBroker.USER, "wrong", "set the password"));
        awaitReason(distributor.replica(), "wrong user or password");
    }

    @Test
    void keepsTheServicePropertyInStepWithTheSourceWithoutListeningToTheRows() throws Exception {
        put(10);
        CompletableFuture<Object> source = new CompletableFuture<>();
        Object registration = fake(ServiceRegistration.class, (self, method, arguments) -> {
            if (method.getName().equals("setProperties")) {
                Object name = ((Dictionary<?, ?>) arguments[0]).get(Replica.SOURCE);
                if (!name.equals("")) {
                    source.complete(name);
                }
            }
            return null;
        });
        BundleContext context = (BundleContext) fake(
                BundleContext.class,
                (self, method, arguments) -> method.getName().equals("getBundles") ? null : registration);
        try (FollowedFeeds feeds = new FollowedFeeds(
                context,
                "client",
                List.of(FollowerSettings.of("calls", List.of("x")).withHeartbeat(Duration.ofMillis(200))),
                new JmsFollower.Sources(
                        Addresses.CENTRE, List.of(centre.address()), TestBroker.USER, TestBroker.PASSWORD, ""))) {
            FeedReplica replica = (FeedReplica) feeds.replicas().get(0);
            assertEquals("centre", source.get(20, TimeUnit.SECONDS));
            assertFalse(replica.hasListeners());
        }
    }

    @Test
    void goesOnFromTheRowsThatTheNodesDatabaseKept() throws Exception {
        FeedSchema schema = new FeedSchema("config", 1, true, List.of(TABLE));
        ViewBuilder rows = new ViewBuilder(schema);
        rows.put(TABLE.row(1, 2, "north"));
        CompletableFuture<Optional<Stored>> stored = new CompletableFuture<>();
        JmsFollower follower = opened(new JmsFollower(
                FollowerSettings.of("config", List.of("x")),
                new JmsFollower.Sources(
                        Addresses.CENTRE, List.of(centre.address()), TestBroker.USER, TestBroker.PASSWORD, ""),
                () -> null,
                stored,
                () -> "test"));
        Position position = new Position(3, 7);
        stored.complete(
                Optional.of(new Stored("test", List.of(), rows.build(position, new Cut(0, 0, 0)), Duration.ZERO)));
        await(follower.replica(), replica -> replica.view().position().equals(position));
        assertEquals(1, follower.replica().view().size(TABLE));
        assertTrue(follower.replica().stale());
    }

    private static Object fake(Class<?> type, InvocationHandler answers) {
        return Proxy.newProxyInstance(ChainTest.class.getClassLoader(), new Class<?>[] {type}, answers);
    }

    @Test
    void followsTheNodesOwnBroker() throws Exception {
        Position position = put(10);
        JmsFollower own = opened(new JmsFollower(
                FollowerSettings.of("calls", List.of("x")),
                new JmsFollower.Sources(
                        Addresses.CENTRE, List.of(BrokerAddress.parse("local")), "", "", "set the password"),
                () -> centre));
        awaitLiveAt(own.replica(), position);
        assertEqualToOrigin(own.replica());
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        Position position = put(10);
        JmsFollower distributor = distributor();
        awaitLiveAt(distributor.replica(), position);
        distributor.close();
        stopOrigin();
        // A link lets go of the broker on its own thread.
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("openrtd-")) {
                thread.join(10_000);
                assertTrue(!thread.isAlive(), thread.getName());
            }
        }
        startOrigin(3);
    }
}
