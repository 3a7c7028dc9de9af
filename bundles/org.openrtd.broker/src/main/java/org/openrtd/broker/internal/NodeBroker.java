package org.openrtd.broker.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.jms.ConnectionFactory;
import org.apache.activemq.artemis.api.core.ActiveMQDisconnectedException;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.postoffice.Binding;
import org.apache.activemq.artemis.core.postoffice.QueueBinding;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMConnection;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMConnector;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.server.ServerProducer;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.server.impl.AddressInfo;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.remoting.Acceptor;
import org.apache.activemq.artemis.utils.critical.CriticalAnalyzerPolicy;
import org.openrtd.access.Accounts;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.BrokerClient;
import org.openrtd.feed.jms.LocalBroker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Artemis broker inside this node. It stores nothing: what it carries is either asked for again or sent again by the
 * protocols above it.
 */
final class NodeBroker implements LocalBroker {

    private static final Logger LOG = LoggerFactory.getLogger(NodeBroker.class);
    private static final AtomicInteger SERVER_IDS = new AtomicInteger();
    private static final String TCP = "tcp";
    /** Never opened, so nobody may use it. */
    private static final SimpleString UNUSED = SimpleString.of("openrtd.unused");
    /** Of requests or events that wait for the node to read them; it reads them at once. */
    private static final long MAX_QUEUE_BYTES = 64L << 20;
    /**
     * Of answers that wait for one who asked. The largest answer to one request of ours is a page of a continuation with the
     * largest batch, 4 MiB and what the broker counts for its 66 messages.
     */
    static final long MAX_REPLY_BYTES = 6L << 20;

    private static final long WATCH_MILLIS = 1000;
    /** The thread pools are the factory's own, so that nothing stays when it is closed. */
    private static final String IN_VM_PARAMETERS =
            "?useGlobalPools=false&threadPoolMaxSize=8&scheduledThreadPoolMaxSize=1"
                    + "&reconnectAttempts=0&callTimeout=5000&blockOnNonDurableSend=false&blockOnAcknowledge=false"
                    + "&consumerWindowSize=262144&producerWindowSize=1048576&minLargeMessageSize=1048576";

    private final BrokerSettings settings;
    private final AddressRules rules = new AddressRules();
    private final BrokerSecurity security;
    private final BrokerGuard guard;
    private final EmbeddedActiveMQ artemis = new EmbeddedActiveMQ();
    private final ActiveMQConnectionFactory connections;
    private final MemoryWatch memory;
    /** By address; guarded by this. */
    private final Map<String, Open> open = new TreeMap<>();

    private static final class Open {
        final RoutingType kind;
        String role;
        int count;

        Open(RoutingType kind) {
            this.kind = kind;
        }
    }

    NodeBroker(BrokerSettings settings, Accounts accounts) {
        this.settings = settings;
        security = new BrokerSecurity(accounts, rules);
        guard = new BrokerGuard(settings);
        int id = SERVER_IDS.incrementAndGet();
        refuseUsedPort();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Artemis names many of its parts in texts, and loads them through the thread's class loader.
        thread.setContextClassLoader(EmbeddedActiveMQ.class.getClassLoader());
        try {
            artemis.setConfiguration(configuration(id));
            artemis.setSecurityManager(security);
            artemis.start();
            ActiveMQServer server = artemis.getActiveMQServer();
            server.getRemotingService().addIncomingInterceptor(guard);
            server.registerBrokerPlugin(guard);
            server.waitForActivation(10, TimeUnit.SECONDS);
            // Only now, so that no connection comes in before the guard stands.
            startListening(server);
            connections = new ActiveMQConnectionFactory("vm://" + id + IN_VM_PARAMETERS);
            memory = new MemoryWatch(server, settings.maxMemoryBytes());
            // Ends with the broker.
            server.getScheduledPool()
                    .scheduleWithFixedDelay(memory::look, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            stopArtemis();
            throw new IllegalStateException(
                    "The broker could not start on " + settings.url() + ": " + e.getMessage(), e);
        } finally {
            thread.setContextClassLoader(before);
        }
        if (settings.exposed()) {
            LOG.warn(
                    "The broker listens on {} without TLS (allowPlain = true): passwords and data can be read on the network",
                    settings.url());
        }
        LOG.info("Broker {} is up, {}", settings.name(), settings.url());
    }

    /** Artemis tells of a port in use in several lines and goes on without it; we want one, and to stop. */
    private void refuseUsedPort() {
        if (settings.port() == 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(settings.host(), settings.port()));
        } catch (IOException e) {
            String message = "Cannot listen on " + settings.host() + ":" + settings.port() + ": " + e.getMessage()
                    + ". Set another port (or host) in etc/org.openrtd.broker.cfg, or stop what uses it";
            throw new IllegalStateException(message);
        }
    }

    private Configuration configuration(int id) throws Exception {
        Path data = Path.of(System.getProperty("karaf.data", System.getProperty("java.io.tmpdir")), "broker");
        ConfigurationImpl configuration = new ConfigurationImpl();
        configuration
                .setName(settings.name())
                .setPersistenceEnabled(false)
                .setJournalDirectory(data.resolve("journal").toString())
                .setBindingsDirectory(data.resolve("bindings").toString())
                .setPagingDirectory(data.resolve("paging").toString())
                .setLargeMessagesDirectory(data.resolve("large").toString())
                // Nothing is written, so a full disk must not stop the feed.
                .setMaxDiskUsage(-1)
                .setGlobalMaxSize(settings.maxMemoryBytes())
                .setSecurityEnabled(true)
                .setPopulateValidatedUser(true)
                .setRejectEmptyValidatedUser(true)
                .setClusterUser("openrtd-unused")
                .setClusterPassword(security.secret())
                .setManagementNotificationAddress(UNUSED)
                .setJMXManagementEnabled(false)
                .setMessageCounterEnabled(false)
                .setCriticalAnalyzer(true)
                // HALT, the default, would end the whole node.
                .setCriticalAnalyzerPolicy(CriticalAnalyzerPolicy.LOG)
                .setGracefulShutdownEnabled(false)
                .setConnectionTtlCheckInterval(1000)
                .setAddressQueueScanPeriod(2000)
                .setMessageExpiryScanPeriod(-1);
        configuration.addAcceptorConfiguration(new TransportConfiguration(
                InVMAcceptorFactory.class.getName(), new LinkedHashMap<>(Map.of("serverId", id)), "in-vm"));
        configuration.addAddressSetting("#", closed());
        configuration.addAddressSetting(
                AddressRules.REPLY + "#",
                topicSettings()
                        .setMaxSizeBytes(MAX_REPLY_BYTES)
                        .setAutoCreateAddresses(true)
                        .setAutoDeleteAddresses(true));
        return configuration;
    }

    private void startListening(ActiveMQServer server) throws Exception {
        if (settings.port() == 0) {
            return;
        }
        Acceptor acceptor = server.getRemotingService()
                .createAcceptor(
                        new TransportConfiguration(NettyAcceptorFactory.class.getName(), settings.acceptor(), TCP));
        acceptor.start();
        if (!acceptor.isStarted()) {
            throw new IllegalStateException("not listening; the log says why");
        }
    }

    private static AddressSettings closed() {
        return new AddressSettings()
                .setAutoCreateAddresses(false)
                .setAutoCreateQueues(false)
                .setAutoDeleteAddresses(false)
                .setAutoDeleteQueues(false)
                .setMaxDeliveryAttempts(-1)
                // Artemis begins with room for 8,192 messages in each queue, 64 KiB; a client has several queues.
                .setInitialQueueBufferSize(64)
                // Nothing expires and nothing is given up; without names Artemis warns of each queue.
                .setDeadLetterAddress(UNUSED)
                .setExpiryAddress(UNUSED);
    }

    /** Each subscription is bounded by itself; the address as a whole only against a mistake of ours. */
    private AddressSettings topicSettings() {
        long ring = (long) settings.subscriptionMessages() * settings.maxMessageBytes();
        return closed().setDefaultAddressRoutingType(RoutingType.MULTICAST)
                .setDefaultQueueRoutingType(RoutingType.MULTICAST)
                .setDefaultRingSize(settings.subscriptionMessages())
                .setMaxSizeBytes(Math.max(ring, MAX_QUEUE_BYTES))
                .setAddressFullMessagePolicy(AddressFullMessagePolicy.DROP);
    }

    private AddressSettings queueSettings(AddressFullMessagePolicy full) {
        return closed().setDefaultAddressRoutingType(RoutingType.ANYCAST)
                .setMaxSizeBytes(MAX_QUEUE_BYTES)
                .setAddressFullMessagePolicy(full);
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public ConnectionFactory connections() {
        return connections;
    }

    @Override
    public String user() {
        return BrokerSecurity.NODE_USER;
    }

    @Override
    public String password() {
        return security.secret();
    }

    @Override
    public Set<String> roles(String user) {
        return security.roles(user);
    }

    @Override
    public synchronized Opened openSource(String feed, String source, String readerRole) {
        String topic = Addresses.topic(feed, source);
        String resume = Addresses.resume(feed, source);
        // A request that finds no room is asked again by the follower. Before the topic: who finds that asks at once.
        open(resume, RoutingType.ANYCAST, readerRole, queueSettings(AddressFullMessagePolicy.DROP));
        open(topic, RoutingType.MULTICAST, readerRole, topicSettings());
        return closer(topic, resume);
    }

    @Override
    public synchronized Opened openQueue(String address, String senderRole) {
        if (address.startsWith(AddressRules.REPLY)) {
            throw new IllegalArgumentException(address + " is kept for replies");
        }
        open(address, RoutingType.ANYCAST, senderRole, queueSettings(AddressFullMessagePolicy.BLOCK));
        return closer(address);
    }

    private void open(String address, RoutingType kind, String role, AddressSettings addressSettings) {
        Open opened = open.get(address);
        if (opened != null && opened.kind != kind) {
            throw new IllegalArgumentException(address + " is open as another kind of address");
        }
        // Who finds the address may use it.
        if (kind == RoutingType.MULTICAST) {
            rules.openTopic(address, role);
        } else {
            rules.openQueue(address, role);
        }
        try {
            if (opened == null) {
                ActiveMQServer server = artemis.getActiveMQServer();
                server.getAddressSettingsRepository().addMatch(address, addressSettings);
                SimpleString name = SimpleString.of(address);
                server.addAddressInfo(new AddressInfo(name, kind).setAutoCreated(false));
                if (kind == RoutingType.ANYCAST) {
                    server.createQueue(QueueConfiguration.of(name)
                            .setAddress(name)
                            .setRoutingType(RoutingType.ANYCAST)
                            .setDurable(false)
                            .setAutoCreated(false)
                            .setAutoDelete(false));
                }
                opened = new Open(kind);
                open.put(address, opened);
            }
        } catch (Exception e) {
            rules.close(address);
            throw new IllegalStateException("Cannot open " + address + ": " + e.getMessage(), e);
        }
        opened.role = role;
        opened.count++;
    }

    private Opened closer(String... addresses) {
        AtomicBoolean done = new AtomicBoolean();
        return () -> {
            if (done.compareAndSet(false, true)) {
                close(List.of(addresses));
            }
        };
    }

    private synchronized void close(List<String> addresses) {
        List<String> unused = new ArrayList<>();
        for (String address : addresses) {
            Open opened = open.get(address);
            if (opened != null && --opened.count == 0) {
                open.remove(address);
                rules.close(address);
                unused.add(address);
            }
        }
        ActiveMQServer server = artemis.getActiveMQServer();
        if (unused.isEmpty() || server == null || !server.isActive()) {
            return;
        }
        disconnectUsers(server, Set.copyOf(unused));
        for (String address : unused) {
            try {
                SimpleString name = SimpleString.of(address);
                for (Queue queue : queues(server, name)) {
                    server.destroyQueue(queue.getName(), null, false, true);
                }
                if (server.getAddressInfo(name) != null) {
                    server.removeAddressInfo(name, null, true);
                }
                server.getAddressSettingsRepository().removeMatch(address);
            } catch (Exception e) {
                LOG.warn("Address {} could not be removed: {}", address, e.getMessage());
            }
        }
    }

    /** So that who used them learns at once that they are gone, and not by waiting. */
    private static void disconnectUsers(ActiveMQServer server, Set<String> addresses) {
        Set<RemotingConnection> users = new LinkedHashSet<>();
        for (ServerSession session : server.getSessions()) {
            for (ServerConsumer consumer : session.getServerConsumers()) {
                if (addresses.contains(consumer.getQueueAddress().toString())) {
                    users.add(session.getRemotingConnection());
                }
            }
            for (ServerProducer producer : session.getServerProducers()) {
                if (addresses.contains(producer.getAddress())) {
                    users.add(session.getRemotingConnection());
                }
            }
        }
        for (RemotingConnection user : users) {
            user.fail(new ActiveMQDisconnectedException("The role that opened the address has gone"));
        }
    }

    private static List<Queue> queues(ActiveMQServer server, SimpleString address) throws Exception {
        List<Queue> queues = new ArrayList<>();
        for (Binding binding : server.getPostOffice().getDirectBindings(address)) {
            if (binding instanceof QueueBinding queue) {
                queues.add(queue.getQueue());
            }
        }
        return queues;
    }

    void stop() {
        connections.close();
        stopArtemis();
        // Shared by all in-VM connections; left alone, its threads would outlive the broker by a minute.
        InVMConnector.resetThreadPool();
        LOG.info("Broker {} is down", settings.name());
    }

    /** Leaves what in-VM connections share, for a process that has several brokers. */
    void stopArtemis() {
        try {
            artemis.stop();
        } catch (Exception e) {
            LOG.warn("The broker did not stop cleanly: {}", e.toString());
        }
    }

    BrokerSettings settings() {
        return settings;
    }

    int connectionCount() {
        int count = 0;
        for (RemotingConnection connection : server().getRemotingService().getConnections()) {
            if (!(connection.getTransportConnection() instanceof InVMConnection)) {
                count++;
            }
        }
        return count;
    }

    long refusedLogins() {
        return security.refusedLogins();
    }

    long refusedUses() {
        return security.refusedUses();
    }

    long refusedMessages() {
        return guard.refusedMessages();
    }

    /** How often somebody was told to connect later, as many were connecting. */
    long putOff() {
        return guard.putOff();
    }

    /** What waits in the broker, all messages together. */
    long memoryBytes() {
        return server().getPagingManager().getGlobalSize();
    }

    /** What waits of answers to those who asked. */
    long waitingReplyBytes() {
        return MemoryWatch.replies(server()).values().stream()
                .mapToLong(MemoryWatch.Replies::bytes)
                .sum();
    }

    /** Who was disconnected as the answers that waited for it took the most memory when that was short. */
    long disconnectedForMemory() {
        return memory.disconnected();
    }

    @Override
    public List<BrokerClient> clients() {
        Map<RemotingConnection, BrokerClient> clients = new LinkedHashMap<>();
        for (ServerSession session : server().getSessions()) {
            RemotingConnection connection = session.getRemotingConnection();
            BrokerClient client = clients.computeIfAbsent(
                    connection,
                    each -> new BrokerClient(
                            session.getValidatedUser() == null ? "" : session.getValidatedUser(),
                            each.getTransportConnection() instanceof InVMConnection
                                    ? ""
                                    : plain(each.getRemoteAddress()),
                            Math.max(0, System.currentTimeMillis() - each.getCreationTime()),
                            new ArrayList<>()));
            for (ServerConsumer consumer : session.getServerConsumers()) {
                Queue queue = consumer.getQueue();
                if (queue.getRoutingType() == RoutingType.MULTICAST) {
                    client.subscriptions()
                            .add(new BrokerClient.Subscription(
                                    consumer.getQueueAddress().toString(),
                                    queue.getFilter() != null,
                                    queue.getMessageCount(),
                                    queue.getPersistentSize()));
                }
            }
        }
        return List.copyOf(clients.values());
    }

    /** Artemis puts a slash before it. */
    private static String plain(String address) {
        return address == null ? "?" : address.startsWith("/") ? address.substring(1) : address;
    }

    @Override
    public boolean hasAddress(String address) {
        return server().getAddressInfo(SimpleString.of(address)) != null;
    }

    synchronized List<BrokerMXBean.Address> addresses() {
        List<BrokerMXBean.Address> result = new ArrayList<>();
        open.forEach((address, opened) -> {
            boolean topic = opened.kind == RoutingType.MULTICAST;
            int users = 0;
            long waiting = 0;
            long messages = 0;
            try {
                for (Queue queue : queues(server(), SimpleString.of(address))) {
                    users += queue.getConsumerCount();
                    waiting += queue.getMessageCount();
                }
                AddressInfo info = server().getAddressInfo(SimpleString.of(address));
                messages = info == null ? 0 : info.getRoutedMessageCount();
            } catch (Exception e) {
                LOG.debug("No figures of {}", address, e);
            }
            result.add(new BrokerMXBean.Address(
                    address, topic ? "topic" : "queue", opened.role, opened.count, users, waiting, messages));
        });
        return result;
    }

    private ActiveMQServer server() {
        return artemis.getActiveMQServer();
    }

    /** For operators, by name. */
    Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        details.put(
                "connections",
                connectionCount() + " of " + settings.maxConnections()
                        + (putOff() == 0 ? "" : "; put off for a moment as many came at once: " + putOff()));
        details.put(
                "memory of waiting messages",
                (memoryBytes() >> 10) + " KiB of " + (settings.maxMemoryBytes() >> 20) + " MiB; answers "
                        + (waitingReplyBytes() >> 10) + " KiB");
        details.put("refused logins", Long.toString(refusedLogins()));
        for (BrokerMXBean.Address address : addresses()) {
            details.put(
                    address.address(),
                    address.users() + (address.kind().equals("topic") ? " subscriptions" : " readers") + ", "
                            + address.messages() + " messages");
        }
        return details;
    }
}
