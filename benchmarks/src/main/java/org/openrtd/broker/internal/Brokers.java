package org.openrtd.broker.internal;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.openrtd.feed.jms.LocalBroker;

/** Starts nodes' brokers without a container. */
public final class Brokers {

    private Brokers() {}

    /** A broker as a node's with the default settings, on loopback; each user's password is the name. */
    public static LocalBroker start(String name, int port, Map<String, Set<String>> rolesByUser) {
        BrokerSettings settings = new BrokerSettings(
                name,
                "127.0.0.1",
                port,
                false,
                BrokerSettings.Store.NONE,
                BrokerSettings.Store.NONE,
                false,
                2000,
                256 << 10,
                256,
                60_000);
        return new NodeBroker(
                settings,
                (user, password) ->
                        user.equals(password) ? Optional.ofNullable(rolesByUser.get(user)) : Optional.empty());
    }

    public static void stop(LocalBroker broker) {
        ((NodeBroker) broker).stop();
    }
}
