package org.openrtd.configuration.jms.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openrtd.catalog.Catalog;
import org.openrtd.configuration.CopyReport;
import org.openrtd.configuration.CopyStatus;
import org.openrtd.configuration.SyncStatus.Picture;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.View;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.NodeIdentity;
import org.openrtd.feed.jms.OfferedSource;
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
