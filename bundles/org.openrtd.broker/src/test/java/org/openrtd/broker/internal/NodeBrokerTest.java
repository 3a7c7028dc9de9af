package org.openrtd.broker.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.Destination;
import javax.jms.JMSException;
import javax.jms.JMSSecurityException;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.Session;
import javax.management.MBeanAttributeInfo;
import javax.management.openmbean.CompositeData;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openrtd.access.KeyStoreFile;
import org.openrtd.feed.jms.LocalBroker;

class NodeBrokerTest {

    private static final int RING = 32;
    private static final Map<String, Set<String>> USERS = Map.of(
            "north", Set.of("rtd-distributor"),
            "south", Set.of("rtd-distributor"),
            "gateway-1", Set.of("rtd-gateway"),
            "wallboard", Set.of("rtd-client"),
            "planner", Set.of("rtd-editor"),
            "operator", Set.of("rtd-admin", "admin"));

    @TempDir
    Path directory;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private int port;
    private NodeBroker broker;

    @BeforeEach
    void startABroker() throws IOException {
        port = freePort();
        broker = new NodeBroker(settings("127.0.0.1", port, false, KeyStoreFile.NONE), NodeBrokerTest::roles);
    }

    @AfterEach
    void stopTheBroker() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        broker.stop();
    }

    @Test
    void carriesAFeedToTheRoleThatMayReadIt() throws Exception {
        broker.openSource("calls", "central", "rtd-distributor");
        MessageConsumer subscription = subscribe(connect("north"), "openrtd.calls.central");

        publish("openrtd.calls.central", 7);

        assertEquals(7, number(subscription.receive(5000)));
    }

    @Test
    void stampsARequestWithTheUserWhoSentIt() throws Exception {
        broker.openSource("calls", "central", "rtd-distributor");
        Session session = session(connect("north"));
        BytesMessage request = session.createBytesMessage();
        request.setStringProperty("JMSXUserID", "south");
        session.createProducer(session.createQueue("openrtd.calls.central.resume"))
                .send(request);

        Session node = session(inVm());
        Message received = node.createConsumer(node.createQueue("openrtd.calls.central.resume"))
                .receive(5000);
        assertEquals("north", received.getStringProperty("JMSXUserID"));
    }

    @Test
    void carriesARepliesToTheUserWhoAskedOnly() throws Exception {
        MessageConsumer replies = subscribe(connect("north"), "openrtd.reply.north.a1");
        publish("openrtd.reply.north.a1", 9);
        assertEquals(9, number(replies.receive(5000)));

        Connection south = connect("south");
        assertThrows(JMSException.class, () -> subscribe(south, "openrtd.reply.north.a1"));
        assertThrows(JMSException.class, () -> subscribe(south, "openrtd.reply.north.b2"));
        assertThrows(JMSException.class, () -> subscribe(south, "openrtd.reply.#"));
        assertThrows(JMSException.class, () -> send(connect("south"), true, "openrtd.reply.north.a1"));
    }

    @Test
    void removesAReplyAddressWithItsConnection() throws Exception {
        Connection north = connect("north");
        subscribe(north, "openrtd.reply.north.a1");
        assertTrue(exists("openrtd.reply.north.a1"));
        north.close();
        // The broker removes it in its next scan; nobody can send to it before.
        assertTrue(eventually(() -> !exists("openrtd.reply.north.a1")));
    }

    @Test
    void refusesWhoGivesNoUser() {
        assertThrows(JMSSecurityException.class, () -> connect(null, null));
        assertEquals(1, broker.refusedLogins());
    }

    @Test
    void refusesAWrongPassword() {
        assertThrows(JMSSecurityException.class, () -> connect("north", "guess"));
        assertEquals(1, broker.refusedLogins());
    }

    @Test
    void refusesAUserOfTheConsoleWhoHasNoRoleHere() {
        assertThrows(JMSSecurityException.class, () -> connect("operator"));
    }

    @Test
    void refusesTheNodesOwnNameOverTcpEvenWithItsPassword() {
        assertThrows(JMSSecurityException.class, () -> connect(broker.user(), broker.password()));
    }

    @Test
    void refusesAFeedToAnotherRole() throws Exception {
        broker.openSource("calls", "central", "rtd-distributor");
        Connection wallboard = connect("wallboard");
        assertThrows(JMSSecurityException.class, () -> subscribe(wallboard, "openrtd.calls.central"));
    }

    @Test
    void takesEditsOfEditorsOnly() throws Exception {
        broker.openQueue("openrtd.configuration.central", "rtd-editor");
        send(connect("planner"), false, "openrtd.configuration.central");

        assertThrows(JMSException.class, () -> send(connect("north"), false, "openrtd.configuration.central"));
        assertThrows(JMSException.class, () -> send(connect("wallboard"), false, "openrtd.configuration.central"));
        Connection planner = connect("planner");
        assertThrows(JMSException.class, () -> session(planner)
                .createConsumer(session(planner).createQueue("openrtd.configuration.central")));
    }

    @Test
    void refusesToPublishForAnybodyButTheNode() throws Exception {
        broker.openSource("calls", "central", "rtd-distributor");
        assertThrows(JMSException.class, () -> send(connect("north"), true, "openrtd.calls.central"));
        assertThrows(JMSException.class, () -> send(connect("gateway-1"), true, "openrtd.calls.central"));
    }

    @Test
    void takesEventsFromGatewaysOnlyAndGivesThemToNobody() throws Exception {
        broker.openQueue("openrtd.events.central", "rtd-gateway");
        send(connect("gateway-1"), false, "openrtd.events.central");

        assertThrows(JMSException.class, () -> send(connect("north"), false, "openrtd.events.central"));
        Session gateway = session(connect("gateway-1"));
        assertThrows(JMSException.class, () -> gateway.createConsumer(gateway.createQueue("openrtd.events.central")));
        assertThrows(JMSException.class, () -> gateway.createBrowser(gateway.createQueue("openrtd.events.central"))
                .getEnumeration());
    }

    @Test
    void refusesWhatNobodyHasOpened() throws Exception {
        broker.openSource("calls", "central", "rtd-distributor");
        Connection north = connect("north");
        for (String address :
                List.of("openrtd.#", "#", "openrtd.calls.*", "activemq.management", "activemq.notifications", "mine")) {
            assertThrows(JMSException.class, () -> subscribe(north, address), address);
            assertThrows(JMSException.class, () -> send(connect("north"), false, address), address);
        }
        Session session = session(north);
        assertThrows(JMSException.class, session::createTemporaryQueue);
    }

    @Test
    void keepsNothingForASubscriberThatIsAway() throws Exception {
        broker.openSource("calls", "central", "rtd-distributor");
        Connection north = connect("north");
        Session session = session(north);
        assertThrows(
                JMSException.class,
                () -> session.createSharedDurableConsumer(session.createTopic("openrtd.calls.central"), "mine"));
    }

    @Test
    void boundsASubscriberThatDoesNotReadAndServesTheOther() throws Exception {
        broker.openSource("calls", "central", "rtd-distributor");
        // It asks for a boundless ring, and takes no message out of it.
        Session stuck = session(connect("south", "south-secret", "?consumerWindowSize=0"));
        stuck.createConsumer(stuck.createTopic("openrtd.calls.central?ring-size=-1"));
        MessageConsumer healthy = subscribe(connect("north"), "openrtd.calls.central");

        for (int i = 0; i < 20 * RING; i++) {
            publish("openrtd.calls.central", i);
            assertEquals(i, number(healthy.receive(5000)));
        }
        assertEquals(2, broker.addresses().get(0).users());
        // The broker cuts the ring on a thread of its own, some time after it took a message; and one more may be on
        // its
        // way from the ring to the subscriber. Without a ring all of them would wait, for ever.
        assertTrue(eventually(() -> broker.addresses().get(0).waiting() <= RING + 1), () -> broker.addresses()
                .toString());
    }

    @Test
    void disconnectsWhoSendsAMessageThatIsTooLarge() throws Exception {
        broker.openQueue("openrtd.events.central", "rtd-gateway");
        Connection gateway = connect("gateway-1", "gateway-1-secret", "?minLargeMessageSize=10000000");
        assertThrows(JMSException.class, () -> send(gateway, false, "openrtd.events.central", 300 * 1024));
        assertEquals(1, broker.refusedMessages());
    }

    @Test
    void disconnectsWhoSendsAMessageInPieces() throws Exception {
        broker.openQueue("openrtd.events.central", "rtd-gateway");
        Connection gateway = connect("gateway-1", "gateway-1-secret", "?minLargeMessageSize=1000");
        assertThrows(JMSException.class, () -> send(gateway, false, "openrtd.events.central", 100 * 1024));
        assertTrue(broker.refusedMessages() > 0);
    }

    @Test
    void leavesNothingOfAnAddressThatIsClosed() throws Exception {
        LocalBroker.Opened source = broker.openSource("calls", "central", "rtd-distributor");
        Connection north = connect("north");
        CountDownLatch disconnected = new CountDownLatch(1);
        north.setExceptionListener(e -> disconnected.countDown());
        subscribe(north, "openrtd.calls.central");

        source.close();

        assertTrue(disconnected.await(10, TimeUnit.SECONDS));
        assertFalse(exists("openrtd.calls.central"));
        assertFalse(exists("openrtd.calls.central.resume"));
        assertEquals(List.of(), broker.addresses());
    }

    @Test
    void keepsAnAddressUntilTheLastOfThoseWhoOpenedItClosesIt() throws Exception {
        LocalBroker.Opened old = broker.openSource("calls", "central", "rtd-distributor");
        MessageConsumer subscription = subscribe(connect("north"), "openrtd.calls.central");
        LocalBroker.Opened next = broker.openSource("calls", "central", "rtd-distributor");

        old.close();
        old.close();
        publish("openrtd.calls.central", 3);
        assertEquals(3, number(subscription.receive(5000)));

        next.close();
        assertFalse(exists("openrtd.calls.central"));
    }

    @Test
    void saysWhatToDoWhenThePortIsInUse() {
        IllegalStateException refused = assertThrows(
                IllegalStateException.class,
                () -> new NodeBroker(settings("127.0.0.1", port, false, KeyStoreFile.NONE), NodeBrokerTest::roles));
        assertTrue(refused.getMessage().contains("127.0.0.1:" + port), refused.getMessage());
        assertTrue(refused.getMessage().contains("Set another port"), refused.getMessage());
    }

    @Test
    void doesNotListenBeyondLoopbackWithoutTlsUnlessThatIsAllowed() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> settings("0.0.0.0", port, false, KeyStoreFile.NONE));
        assertTrue(refused.getMessage().contains("keyStorePath"), refused.getMessage());
        assertTrue(refused.getMessage().contains("allowPlain"), refused.getMessage());
        assertTrue(settings("0.0.0.0", port, true, KeyStoreFile.NONE).exposed(), "allowed, and to be warned of");
    }

    @Test
    void refusesAStoreInWhichAnAnswerWouldLoseItsFirstMessage() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> BrokerSettings.of(config("subscriptionMessages", 191), "n"));
        assertEquals(
                "subscriptionMessages = 191 is too little: at least 192: correct it in etc/org.openrtd.broker.cfg",
                refused.getMessage());
        assertEquals(
                192, BrokerSettings.of(config("subscriptionMessages", 192), "n").subscriptionMessages());
        assertThrows(IllegalArgumentException.class, () -> BrokerSettings.of(config("maxMemoryMiB", 31), "n"));
        assertEquals(
                Runtime.getRuntime().maxMemory() / 2,
                BrokerSettings.of(config("maxMemoryMiB", 0), "n").maxMemoryBytes());
    }

    /** The defaults with one other value. */
    private static BrokerConfig config(String key, Object value) {
        return (BrokerConfig) Proxy.newProxyInstance(
                NodeBrokerTest.class.getClassLoader(),
                new Class<?>[] {BrokerConfig.class},
                (self, method, arguments) -> method.getName().equals(key) ? value : method.getDefaultValue());
    }

    @Test
    void namesAKeyStoreThatCannotBeRead() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> settings("0.0.0.0", port, false, new KeyStoreFile("/nowhere.p12", "x")));
        assertTrue(refused.getMessage().contains("keyStorePath = /nowhere.p12"), refused.getMessage());
    }

    @Test
    void speaksTlsWithItsKeyStore() throws Exception {
        Path store = directory.resolve("broker.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "broker",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .inheritIO()
                .start();
        assertEquals(0, keytool.waitFor());
        int tlsPort = freePort();
        NodeBroker tls = new NodeBroker(
                settings("127.0.0.1", tlsPort, false, new KeyStoreFile(store.toString(), "changeit")),
                NodeBrokerTest::roles);
        String trusting = "tcp://127.0.0.1:" + tlsPort + "?sslEnabled=true&trustStorePath=" + store
                + "&trustStorePassword=changeit&trustStoreType=PKCS12";
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(trusting);
                Connection connection = factory.createConnection("north", "north-secret");
                ActiveMQConnectionFactory plain =
                        new ActiveMQConnectionFactory("tcp://127.0.0.1:" + tlsPort + "?callTimeout=2000")) {
            assertNotNull(connection.createSession());
            assertEquals(1, tls.connectionCount());
            assertThrows(JMSException.class, () -> plain.createConnection("north", "north-secret"));
        } finally {
            tls.stop();
        }
    }

    @Test
    void tellsItsFiguresOverJmxAndDescribesThem() throws Exception {
        broker.openSource("calls", "central", "rtd-distributor");
        subscribe(connect("north"), "openrtd.calls.central");
        BrokerControl control = new BrokerControl(broker);

        CompositeData[] addresses = (CompositeData[]) control.getAttribute("Addresses");
        assertEquals("openrtd.calls.central", addresses[0].get("address"));
        assertEquals(1, addresses[0].get("users"));
        assertEquals(1, control.getAttribute("Connections"));
        for (MBeanAttributeInfo attribute : control.getMBeanInfo().getAttributes()) {
            assertTrue(attribute.getDescription().length() > 10, attribute.getName());
        }
    }

    @Test
    void leavesNoThreadWhenItStops() throws Exception {
        broker.stop();
        assertTrue(eventually(() -> artemisThreads().isEmpty()), () -> artemisThreads()
                .toString());
        NodeBroker another =
                new NodeBroker(settings("127.0.0.1", port, false, KeyStoreFile.NONE), NodeBrokerTest::roles);
        another.connections()
                .createConnection(another.user(), another.password())
                .close();
        another.stop();
        assertTrue(eventually(() -> artemisThreads().isEmpty()), () -> artemisThreads()
                .toString());
    }

    private static Set<String> artemisThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                // Of this test's own clients, which share them.
                .filter(name -> !name.matches(".*client-(global|remoting|netty).*"))
                .filter(name ->
                        name.toLowerCase(Locale.ROOT).matches(".*(activemq|artemis|netty|nioeventloop|globalevent).*"))
                .collect(Collectors.toSet());
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    /** Waits for what another thread does in its own time, at most a minute. */
    private static boolean eventually(Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.onSpinWait();
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return true;
    }

    private static Optional<Set<String>> roles(String user, String password) {
        return password.equals(user + "-secret") ? Optional.ofNullable(USERS.get(user)) : Optional.empty();
    }

    private static BrokerSettings settings(String host, int port, boolean allowPlain, KeyStoreFile keyStore) {
        return new BrokerSettings(
                "test", host, port, allowPlain, keyStore, KeyStoreFile.NONE, false, 100, 256 * 1024, RING, 60_000);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private boolean exists(String address) {
        return broker.hasAddress(address);
    }

    private Connection connect(String user) throws JMSException {
        return connect(user, user + "-secret");
    }

    private Connection connect(String user, String password) throws JMSException {
        return connect(user, password, "");
    }

    private Connection connect(String user, String password, String parameters) throws JMSException {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(
                "tcp://127.0.0.1:" + port + (parameters.isEmpty() ? "?" : parameters + "&") + "callTimeout=2000");
        opened.add(0, factory);
        Connection connection = factory.createConnection(user, password);
        opened.add(0, connection);
        connection.start();
        return connection;
    }

    private Connection inVm() throws JMSException {
        Connection connection = broker.connections().createConnection(broker.user(), broker.password());
        opened.add(0, connection);
        connection.start();
        return connection;
    }

    private static Session session(Connection connection) throws JMSException {
        return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    private static MessageConsumer subscribe(Connection connection, String topic) throws JMSException {
        Session session = session(connection);
        return session.createConsumer(session.createTopic(topic));
    }

    private void publish(String topic, int number) throws JMSException {
        if (publisher == null) {
            publisher = session(inVm());
        }
        BytesMessage message = publisher.createBytesMessage();
        message.writeInt(number);
        MessageProducer producer = publisher.createProducer(publisher.createTopic(topic));
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        producer.send(message);
        producer.close();
    }

    private Session publisher;

    private static void send(Connection connection, boolean topic, String address) throws JMSException {
        send(connection, topic, address, 100);
    }

    /** In a transaction, so that a refusal comes back before this returns. */
    private static void send(Connection connection, boolean topic, String address, int bytes) throws JMSException {
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        Destination destination = topic ? session.createTopic(address) : session.createQueue(address);
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(new byte[bytes]);
        session.createProducer(destination).send(message);
        session.commit();
    }

    private static int number(Message message) throws JMSException {
        assertNotNull(message);
        return ((BytesMessage) message).readInt();
    }
}
