package org.openrtd.feed.jms;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.jms.ConnectionFactory;
import javax.security.auth.Subject;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.postoffice.impl.LocalQueueBinding;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.server.impl.AddressInfo;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager5;
import org.apache.activemq.artemis.spi.core.security.jaas.UserPrincipal;

/**
 * A real broker in this JVM, bounded and closed as a node's is; can be stopped and started again on the same port. Tests of
 * other modules use it too.
 */
public final class TestBroker implements LocalBroker, AutoCloseable {

    public static final String USER = "north";
    public static final String PASSWORD = "right";

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final int id = COUNT.incrementAndGet();
    private final Map<String, Integer> opened = new ConcurrentHashMap<>();
    private EmbeddedActiveMQ server;
    private int port;

    public TestBroker() throws Exception {
        start();
    }

    public void start() throws Exception {
        ConfigurationImpl configuration = new ConfigurationImpl();
        configuration.setName("test-" + id);
        configuration.setPersistenceEnabled(false);
        configuration.setSecurityEnabled(true);
        configuration.setPopulateValidatedUser(true);
        configuration.setJMXManagementEnabled(false);
        configuration.setConnectionTTLOverride(-1);
        configuration.setAddressQueueScanPeriod(200);
        configuration.addAcceptorConfiguration("invm", "vm://" + id);
        configuration.addAcceptorConfiguration("tcp", "tcp://127.0.0.1:" + port + "?protocols=CORE");
        configuration.addAddressSetting(
                "#",
                new AddressSettings()
                        .setAutoCreateAddresses(false)
                        .setAutoCreateQueues(false)
                        .setDefaultRingSize(500)
                        .setAddressFullMessagePolicy(AddressFullMessagePolicy.DROP)
                        .setMaxSizeBytes(-1));
        configuration.addAddressSetting(
                "openrtd.reply.#",
                new AddressSettings()
                        .setAutoCreateAddresses(true)
                        .setAutoDeleteAddresses(true)
                        .setAutoCreateQueues(false)
                        .setDefaultRingSize(500));
        server = new EmbeddedActiveMQ();
        server.setConfiguration(configuration);
        server.setSecurityManager(new Users());
        server.start();
        if (port == 0) {
            port = ((NettyAcceptor)
                            server.getActiveMQServer().getRemotingService().getAcceptor("tcp"))
                    .getActualPort();
        }
        opened.clear();
    }

    public void stop() throws Exception {
        server.stop();
    }

    @Override
    public void close() throws Exception {
        stop();
    }

    public BrokerAddress address() {
        return BrokerAddress.parse("tcp://127.0.0.1:" + port);
    }

    /** How many messages its subscribers' queues took from an address, all together. */
    long taken(String address) {
        return server.getActiveMQServer()
                .getPostOffice()
                .getAllBindings()
                .filter(binding -> binding instanceof LocalQueueBinding
                        && binding.getAddress().toString().equals(address))
                .mapToLong(binding -> ((LocalQueueBinding) binding).getQueue().getMessagesAdded())
                .sum();
    }

    public int port() {
        return port;
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public ConnectionFactory connections() {
        return new ActiveMQConnectionFactory("vm://" + id);
    }

    @Override
    public boolean hasAddress(String address) {
        return server.getActiveMQServer().getAddressInfo(SimpleString.of(address)) != null;
    }

    @Override
    public Set<String> roles(String user) {
        return Set.of();
    }

    @Override
    public String user() {
        return "openrtd-node";
    }

    @Override
    public String password() {
        return "node";
    }

    @Override
    public Opened openSource(String feed, String source, String readerRole) {
        String topic = Addresses.topic(feed, source);
        address(topic, RoutingType.MULTICAST);
        Opened requests = openQueue(Addresses.resume(feed, source), readerRole);
        return () -> {
            requests.close();
            remove(topic);
        };
    }

    @Override
    public Opened openQueue(String address, String senderRole) {
        address(address, RoutingType.ANYCAST);
        return () -> remove(address);
    }

    private void address(String address, RoutingType type) {
        if (opened.merge(address, 1, Integer::sum) > 1) {
            return;
        }
        try {
            server.getActiveMQServer().addAddressInfo(new AddressInfo(SimpleString.of(address), type));
            if (type == RoutingType.ANYCAST) {
                server.getActiveMQServer()
                        .createQueue(QueueConfiguration.of(address)
                                .setRoutingType(type)
                                .setDurable(false));
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void remove(String address) {
        if (opened.merge(address, -1, (a, b) -> a + b == 0 ? null : a + b) != null) {
            return;
        }
        try {
            server.getActiveMQServer().removeAddressInfo(SimpleString.of(address), null, true);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Users implements ActiveMQSecurityManager5 {

        private static final Map<String, String> PASSWORDS =
                Map.of(USER, PASSWORD, "south", "other", "openrtd-node", "node");

        @Override
        public Subject authenticate(String user, String password, RemotingConnection connection, String domain) {
            if (!validateUser(user, password)) {
                return null;
            }
            Subject subject = new Subject();
            subject.getPrincipals().add(new UserPrincipal(user));
            return subject;
        }

        @Override
        public boolean authorize(Subject subject, Set<Role> roles, CheckType check, String address) {
            String user = subject.getPrincipals().iterator().next().getName();
            return !address.startsWith("openrtd.reply.")
                    || user.equals("openrtd-node")
                    || address.startsWith("openrtd.reply." + user + ".");
        }

        @Override
        public boolean validateUser(String user, String password) {
            return password != null && password.equals(PASSWORDS.get(user == null ? "" : user));
        }

        @Override
        public boolean validateUserAndRole(String user, String password, Set<Role> roles, CheckType check) {
            return validateUser(user, password);
        }
    }
}
