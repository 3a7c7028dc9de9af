package org.openrtd.broker.internal;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.openrtd.access.KeyStoreFile;
import org.openrtd.feed.jms.LocalBroker;

/** Starts nodes' brokers without a container. */
public final class Brokers {

    /** How many messages a broker holds for one subscription, at most. */
    public static final int SUBSCRIPTION_MESSAGES = 256;

    private Brokers() {}

    /** A broker as a node's with the default settings, on loopback; each user's password is the name. */
    public static LocalBroker start(String name, int port, Map<String, Set<String>> rolesByUser) {
        return start(name, port, 2000, rolesByUser);
    }

    /** The same for more connections. */
    public static LocalBroker start(String name, int port, int connections, Map<String, Set<String>> rolesByUser) {
        BrokerSettings settings = new BrokerSettings(
                name,
                "127.0.0.1",
                port,
                false,
                KeyStoreFile.NONE,
                KeyStoreFile.NONE,
                false,
                connections,
                256 << 10,
                SUBSCRIPTION_MESSAGES,
                60_000);
        return new NodeBroker(
                settings,
                (user, password) ->
                        user.equals(password) ? Optional.ofNullable(rolesByUser.get(user)) : Optional.empty());
    }

    /** Messages that wait for the subscriptions of a topic. */
    public static long waiting(LocalBroker broker, String topic) {
        return address(broker, topic).waiting();
    }

    public static int subscriptions(LocalBroker broker, String topic) {
        return address(broker, topic).users();
    }

    private static BrokerMXBean.Address address(LocalBroker broker, String address) {
        return ((NodeBroker) broker)
                .addresses().stream()
                        .filter(one -> one.address().equals(address))
                        .findFirst()
                        .orElseThrow();
    }

    public static void stop(LocalBroker broker) {
        ((NodeBroker) broker).stop();
    }
}
