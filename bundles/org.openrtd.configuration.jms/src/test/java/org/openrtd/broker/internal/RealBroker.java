package org.openrtd.broker.internal;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.openrtd.access.KeyStoreFile;
import org.openrtd.feed.jms.BrokerAddress;
import org.openrtd.feed.jms.LocalBroker;

/** A node's broker, with its rules, on a port of its own; can be stopped and started again there. */
public final class RealBroker implements AutoCloseable {

    private final int port;
    private final Map<String, Set<String>> users;
    private NodeBroker broker;

    /** @param users with their roles; each has the password {@code secret} */
    public RealBroker(Map<String, Set<String>> users) throws IOException {
        this.users = users;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        start();
    }

    public void start() {
        broker = new NodeBroker(
                new BrokerSettings(
                        "node",
                        "127.0.0.1",
                        port,
                        false,
                        KeyStoreFile.NONE,
                        KeyStoreFile.NONE,
                        false,
                        100,
                        256 << 10,
                        256,
                        60_000),
                (user, password) ->
                        password.equals("secret") ? Optional.ofNullable(users.get(user)) : Optional.empty());
    }

    public void stop() {
        if (broker != null) {
            broker.stopArtemis();
            broker = null;
        }
    }

    public LocalBroker local() {
        return broker;
    }

    public BrokerAddress address() {
        return BrokerAddress.parse("tcp://127.0.0.1:" + port);
    }

    @Override
    public void close() {
        stop();
    }
}
