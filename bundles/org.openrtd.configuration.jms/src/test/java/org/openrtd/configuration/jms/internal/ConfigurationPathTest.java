package org.openrtd.configuration.jms.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openrtd.broker.internal.RealBroker;
import org.openrtd.catalog.Catalog;
import org.openrtd.configuration.ConfigurationEditor;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.CopyReport;
import org.openrtd.configuration.CopyStatus;
import org.openrtd.configuration.SyncStatus.Picture;
import org.openrtd.feed.Change;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.View;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.BrokerAddress;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.feed.jms.NodeIdentity;
import org.openrtd.feed.jms.OfferedSource;
import org.openrtd.feed.jms.Upstream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

class ConfigurationPathTest {

    private final ConfigurationPath path = new ConfigurationPath(container(), new NodeIdentity("north-1", "north"));

    @AfterEach
    void close() {
        path.close();
    }

    @Test
    void saysThatEditsHaveNowhereToGoWhereNoRoleIs() throws Exception {
        assertEquals("edits have nowhere to go", path.summary());
        Picture picture = path.picture().get();
        assertEquals("this node follows no source", picture.problem());
        assertEquals(List.of(), picture.copies());
    }

    @Test
    void saysWhatItTakesEditsFor() {
        path.offered(new OfferedSource("distributor", Addresses.CLIENT_ROLE));
        assertEquals(
                "edits have nowhere to go; takes edits as distributor: the broker of this node is not running",
                path.summary());
    }

    @Test
    void answersForTheCentreWhereItIs() throws Exception {
        path.replica(replica(FeedState.LIVE, false, "", null), Map.of("role", "real-time-server"));
        Picture picture = path.picture().get();

        assertEquals("", picture.problem());
        assertEquals(CopyStatus.Kind.CENTRE, picture.copies().get(0).status().kind());
        assertEquals(0, picture.copies().get(0).lag());
        assertEquals("CENTRE", path.askCopies().get(0).getKind());
    }

    @Test
    void saysHowAReplicaIs() throws Exception {
        assertStatus(CopyStatus.Digests.EQUAL, "LIVE", "", replica(FeedState.LIVE, false, "", null));
        assertStatus(
                CopyStatus.Digests.UNKNOWN,
                "STALE CONNECTING (no answer)",
                "",
                replica(FeedState.CONNECTING, true, "no answer", null));
        assertStatus(
                CopyStatus.Digests.DIFFERENT,
                "STALE RESUMING (digest of Agent differs at 3:7)",
                "",
                replica(FeedState.RESUMING, true, "digest of Agent differs at 3:7", "digest of Agent differs at 3:7"));
        assertStatus(
                CopyStatus.Digests.DIFFERENT,
                "STALE LIVE (ALARM: digest of Agent differs)",
                "ALARM: digest of Agent differs",
                replica(FeedState.LIVE, true, "ALARM: digest of Agent differs", "digest of Agent differs"));
        assertStatus(
                CopyStatus.Digests.UNKNOWN,
                "STALE REFUSED (identity: another)",
                "identity: another",
                replica(FeedState.REFUSED, true, "identity: another", null));
    }

    @Test
    void keepsTheTimeOfARepairStill() throws Exception {
        path.replica(replica(FeedState.LIVE, false, "", "digest of Agent differs"), Map.of("role", "client"));
        CopyReport first = path.picture().get().copies().get(0);
        CopyReport second = path.picture().get().copies().get(0);
        assertEquals("digest of Agent differs", first.status().lastRepair().reason());
        assertEquals(first.status(), second.status());
        assertTrue(path.askCopies().get(0).getLastRepair().endsWith("digest of Agent differs"));
    }

    @Test
    void goesTheWayThatLeadsOnWhicheverRoleCameFirst() throws Exception {
        path.upstream(EditPathTest.upstream(sources("distributor", "local")));
        path.offered(new OfferedSource("distributor", Addresses.CLIENT_ROLE));
        assertTrue(path.summary().startsWith("edits have nowhere to go"), path.summary());

        Upstream distributor = EditPathTest.upstream(sources("central", "tcp://127.0.0.1:1"));
        path.upstream(distributor);
        assertTrue(path.summary().startsWith("edits go up"), path.summary());

        path.upstreamGone(distributor);
        assertTrue(path.summary().startsWith("edits have nowhere to go"), path.summary());
    }

    @Test
    void noticesThatNewSettingsLeadToThisNodeItself() throws Exception {
        AtomicReference<JmsFollower.Sources> settings =
                new AtomicReference<>(sources("distributor", "tcp://127.0.0.1:1"));
        Upstream client = proxy(Upstream.class, Map.of("role", "client", "current", 0), "sources", settings::get);
        path.offered(new OfferedSource("distributor", Addresses.CLIENT_ROLE));
        path.upstream(client);
        assertTrue(path.summary().startsWith("edits go up"), path.summary());

        settings.set(sources("distributor", "local"));
        path.upstreamChanged(client);
        assertTrue(path.summary().startsWith("edits have nowhere to go"), path.summary());
    }

    /** Client and distributor in one node, both started; the client first, as its service was the one that was taken. */
    @Test
    @Timeout(120)
    void sendsEditsOfItsClientsUpOnceAndShowsNoCopyTwice() throws Exception {
        AtomicInteger commits = new AtomicInteger();
        ConfigurationEditor editor = proxy(ConfigurationEditor.class, Map.of(), "commit", () -> {
            commits.incrementAndGet();
            return CompletableFuture.completedFuture(new ConfigurationResult.Committed(1));
        });
        try (RealBroker centre = new RealBroker(Map.of("north", Set.of("rtd-distributor", "rtd-editor")));
                RealBroker north = new RealBroker(Map.of("desk7", Set.of("rtd-client", "rtd-editor")));
                EditService service = new EditService(
                        new OfferedSource("central", Addresses.DISTRIBUTOR_ROLE), "central", () -> editor);
                EditLink desk = new EditLink(() -> null, source -> false, MonotonicClock.SYSTEM, () -> 15_000)) {
            service.attach(centre.local());
            path.broker(north.local());
            path.upstream(EditPathTest.upstream(sources("distributor", "local")));
            path.offered(new OfferedSource("distributor", Addresses.CLIENT_ROLE));
            path.upstream(EditPathTest.upstream(new JmsFollower.Sources(
                    "central", List.of(centre.address()), "north", "secret", "ask an operator")));
            desk.upstream(EditPathTest.upstream(new JmsFollower.Sources(
                    "distributor", List.of(north.address()), "desk7", "secret", "ask an operator")));

            ConfigurationResult result = desk.commit(new ConfigurationTransaction(
                            "one", "", List.of(Change.put(EditPathTest.reason(1, "Lunch")))))
                    .get(60, TimeUnit.SECONDS);

            assertEquals(new ConfigurationResult.Committed(1), result);
            assertEquals(1, commits.get());
            assertEquals(1, path.getEditsSent());
            path.brokerGone(north.local());
        }
    }

    private static JmsFollower.Sources sources(String usual, String address) {
        return new JmsFollower.Sources(
                usual, List.of(BrokerAddress.parse(address)), "north", "secret", "ask an operator");
    }

    private static <T> T proxy(Class<T> type, Map<String, Object> answers, String changing, Supplier<?> answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> method.getName().equals(changing) ? answer.get() : answers.get(method.getName());
                }));
    }

    private void assertStatus(CopyStatus.Digests digests, String state, String alarm, Replica replica)
            throws Exception {
        path.replica(replica, Map.of("role", "distributor"));
        CopyStatus status = path.picture().get().copies().get(0).status();
        path.replicaGone(replica);
        assertEquals(digests, status.digests());
        assertEquals(state, status.state());
        assertEquals(alarm, status.alarm());
        assertEquals("north-1", status.node());
        assertEquals(CopyStatus.Kind.REPLICA, status.kind());
    }

    private static Replica replica(FeedState state, boolean stale, String reason, String repair) {
        View view = proxy(View.class, Map.of("position", new Position(3, 7), "schema", Catalog.feed("config")));
        return proxy(
                Replica.class,
                Map.of(
                        "state", state,
                        "stale", stale,
                        "reason", reason,
                        "view", view,
                        "feedId", "feed",
                        "lastRepair",
                                Optional.ofNullable(repair)
                                        .map(why -> new Replica.Repair(Duration.ofSeconds(5), why))));
    }

    private static <T> T proxy(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> answers.get(method.getName());
                }));
    }

    /** A container that takes every service and forgets it. */
    private static BundleContext container() {
        ClassLoader loader = ConfigurationPathTest.class.getClassLoader();
        return (BundleContext) Proxy.newProxyInstance(
                loader,
                new Class<?>[] {BundleContext.class},
                (proxy, method, arguments) -> Proxy.newProxyInstance(
                        loader, new Class<?>[] {ServiceRegistration.class}, (registration, called, given) -> null));
    }
}
