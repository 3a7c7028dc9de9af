package org.openrtd.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.JMSSecurityException;
import javax.jms.Session;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/**
 * A central controller, a distributor and a client, three processes of one assembly; and what happens to them when an
 * operator gives a node a role, takes one away or brings a new version, and when a node dies.
 */
public class ChainIT {

    private static final Set<String> FEEDS = Set.of("agents", "calls", "config");

    private static KarafNode central;
    private static KarafNode north;
    private static KarafNode client;

    @BeforeClass
    public static void start() {
        central = Centre.simulated(Centre.central(ChainIT.class));
        north = Centre.distributor(ChainIT.class, "north", central);
        client = Centre.client(ChainIT.class, "wallboard", north);
        // A user who may read the console only, and one who may not even that.
        north.user("viewer", "viewer-secret", "_g_:viewers");
        central.start();
        north.start();
        client.start();
        client.awaitLive("Client", FEEDS);
    }

    @AfterClass
    public static void end() {
        for (KarafNode node : new KarafNode[] {client, north, central}) {
            if (node != null) {
                node.close();
            }
        }
    }

    @Test
    public void carriesTheCentresFeedsToTheClient() {
        assertEquals(FEEDS, client.liveFeeds("Client"));
        long position = client.sequence("Client", "calls");
        client.await("the next batch", () -> client.sequence("Client", "calls") > position);
    }

    @Test
    public void hasAllBundlesOfEachNodeActiveAndNoErrorInItsLog() throws Exception {
        for (KarafNode node : new KarafNode[] {central, north, client}) {
            assertEquals(node.name(), Set.of(), Framework.of(node).notActive());
        }
        assertEquals(Set.of(), errors(client));
    }

    @Test
    public void takesARoleAtTheConsoleAndRestartsNothingElse() throws Exception {
        central.set("org.openrtd.distributor", "centreUrls", "local");
        Framework before = Framework.of(central);
        Set<String> threads = central.threads();
        // The centre's own, begun with its first checkpoint, which may come meanwhile.
        threads.add("openrtd-checkpoint");
        Set<String> mbeans = central.mbeans();

        String answer = central.console("feature:install openrtd-distributor");

        assertFalse(answer, answer.contains("Error"));
        central.awaitLive("Distributor", FEEDS);
        assertEquals(Set.of(), before.changedIn(Framework.of(central)));

        central.console("feature:uninstall openrtd-distributor");

        assertEquals(mbeans, central.mbeans());
        assertEquals(before.names(), Framework.of(central).names());
        assertEquals(Set.of(), before.changedIn(Framework.of(central)));
        central.awaitNoThreadsBut(threads);
    }

    @Test
    public void takesARolesNewVersionFromTheDeployFolderAndLeavesItsNeighboursAlone() throws Exception {
        Framework before = Framework.of(north);
        String version = System.getProperty("openrtd.version");
        Path jar = north.home()
                .resolve("system/org/openrtd/org.openrtd.clientfeed/" + version + "/org.openrtd.clientfeed-" + version
                        + ".jar");
        // Copied beside and renamed, so that the node never sees half of it.
        Path partial = north.home().resolve("clientfeed.part");
        Files.copy(jar, partial, StandardCopyOption.REPLACE_EXISTING);
        Files.move(partial, north.home().resolve("deploy/clientfeed.jar"), StandardCopyOption.ATOMIC_MOVE);

        north.await(
                "the update",
                () -> Framework.of(north).bundle("org.openrtd.clientfeed").lastModified()
                        != before.bundle("org.openrtd.clientfeed").lastModified());
        north.await("its MBean", () -> north.mbeans().contains("org.openrtd:type=ClientFeed"));
        client.awaitLive("Client", FEEDS);
        assertEquals(Set.of("org.openrtd.clientfeed"), bundles(before.changedIn(Framework.of(north))));
        assertEquals(Set.of(), Framework.of(north).notActive());
    }

    @Test
    public void updatesARoleAtTheConsoleAndItsFollowersGoOn() throws Exception {
        Framework before = Framework.of(north);

        north.console("bundle:update org.openrtd.distributor");

        north.awaitLive("Distributor", FEEDS);
        client.awaitLive("Client", FEEDS);
        // The client feed relays the new replicas; it is told of them, and not restarted.
        assertEquals(Set.of("org.openrtd.distributor"), bundles(before.changedIn(Framework.of(north))));
    }

    @Test
    public void refusesWhoIsNotKnownAndWhatARoleMayNot() throws Exception {
        assertThrows(JMSSecurityException.class, () -> connect(null, null));
        assertThrows(JMSSecurityException.class, () -> connect("wallboard", "guess"));
        assertThrows("a console user", JMSSecurityException.class, () -> connect("viewer", "viewer-secret"));
        long refused = ((Number) north.attribute("org.openrtd:type=Broker", "RefusedLogins")).longValue();
        assertTrue(Long.toString(refused), refused >= 3);

        north.user("reader", "reader-secret", "rtd-client");
        try (Connection connection = connect("reader", "reader-secret")) {
            Session session = connection.createSession();
            session.createConsumer(session.createTopic("openrtd.calls.distributor"))
                    .close();
            assertThrows(
                    JMSException.class, () -> session.createConsumer(session.createTopic("openrtd.reply.wallboard.x")));
            assertThrows(
                    JMSException.class, () -> session.createConsumer(session.createTopic("openrtd.calls.nowhere")));
            assertThrows(
                    JMSException.class,
                    () -> session.createConsumer(session.createQueue("openrtd.calls.distributor.resume")));
        }
        assertFalse(
                "the password is kept as its digest",
                Files.readString(north.home().resolve("etc/users.properties")).contains("reader-secret"));
    }

    @Test
    public void letsAViewerLookAndAnAdministratorChange() {
        String looked = north.consoleAs("viewer", "viewer-secret", "rtd:status");
        assertTrue(looked, looked.contains("distributor"));
        String changed = north.consoleAs("viewer", "viewer-secret", "feature:uninstall openrtd-client-feed");
        assertTrue(changed, changed.contains("Command not found") || changed.contains("credentials"));
        assertTrue(north.mbeans().contains("org.openrtd:type=ClientFeed"));
        // Files of the node, and settings, hold passwords.
        for (String command : List.of(
                "cat etc/users.properties",
                "grep viewer etc/users.properties",
                "echo x | tac -f etc/users.properties",
                "config:list")) {
            String refused = north.consoleAs("viewer", "viewer-secret", command);
            assertTrue(
                    command + ": " + refused, refused.contains("Command not found") || refused.contains("credentials"));
        }
    }

    @Test
    public void goesOnAfterADistributorWasKilled() {
        north.kill();
        client.await("the client to say so", () -> client.liveFeeds("Client").isEmpty());
        north.start();
        client.awaitLive("Client", FEEDS);
    }

    @Test
    public void goesOnAfterTheCentreWasKilled() {
        central.kill();
        client.await("the client to say so", () -> client.liveFeeds("Client").isEmpty());
        central.start();
        client.awaitLive("Client", FEEDS);
    }

    @Test
    public void showsDataAsStaleWhileADistributorStandsStill() {
        north.pause();
        try {
            client.await(
                    "the client to say so", () -> client.liveFeeds("Client").isEmpty());
        } finally {
            north.resume();
        }
        client.awaitLive("Client", FEEDS);
    }

    @Test
    public void splitsADistributorsRolesOverTwoContainers() {
        KarafNode feed = Centre.clientFeed(ChainIT.class, "north-feed", central);
        KarafNode reader = Centre.client(ChainIT.class, "reader-of-the-feed", feed);
        try (feed;
                reader) {
            feed.start();
            reader.start();
            reader.awaitLive("Client", FEEDS);
            assertFalse(feed.mbeans().contains("org.openrtd:type=Distributor"));
        }
    }

    private static Connection connect(String user, String password) throws JMSException {
        Connection connection = new ActiveMQConnectionFactory(north.brokerUrl()).createConnection(user, password);
        connection.start();
        return connection;
    }

    private static Set<String> bundles(Set<String> changed) {
        return changed.stream()
                .map(each -> each.replaceFirst(":.*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> errors(KarafNode node) {
        return node.log().lines().filter(line -> line.contains("| ERROR |")).collect(Collectors.toSet());
    }

    static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }
}
