package org.openrtd.broker.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import org.openrtd.access.KeyStoreFile;
import org.openrtd.access.Listening;

/** Settings that have been found to be possible; each refusal names its key and the remedy. */
record BrokerSettings(
        String name,
        String host,
        int port,
        boolean allowPlain,
        KeyStoreFile keyStore,
        KeyStoreFile trustStore,
        boolean requireClientCertificate,
        int maxConnections,
        int maxMessageBytes,
        int subscriptionMessages,
        int maxSilenceMillis,
        int maxUserConnections,
        long maxMemoryBytes) {

    /** An answer to a follower has one message less at most; of a shorter store its first would be lost each time. */
    static final int LEAST_SUBSCRIPTION_MESSAGES = 192;
    /** Less than one queue of requests and a few answers to followers would fit into nothing smaller. */
    static final long LEAST_MEMORY_BYTES = 32L << 20;

    /** With no bound for each user, and half of the heap. */
    BrokerSettings(
            String name,
            String host,
            int port,
            boolean allowPlain,
            KeyStoreFile keyStore,
            KeyStoreFile trustStore,
            boolean requireClientCertificate,
            int maxConnections,
            int maxMessageBytes,
            int subscriptionMessages,
            int maxSilenceMillis) {
        this(
                name,
                host,
                port,
                allowPlain,
                keyStore,
                trustStore,
                requireClientCertificate,
                maxConnections,
                maxMessageBytes,
                subscriptionMessages,
                maxSilenceMillis,
                0,
                0);
    }

    BrokerSettings {
        if (maxMemoryBytes == 0) {
            maxMemoryBytes = Math.max(LEAST_MEMORY_BYTES, Runtime.getRuntime().maxMemory() / 2);
        }
        keyStore.check("keyStorePath", BrokerComponent.PID);
        trustStore.check("trustStorePath", BrokerComponent.PID);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port = " + port + ": must be 1 to 65535, or 0 for none");
        }
        if (requireClientCertificate && !(keyStore.present() && trustStore.present())) {
            throw new IllegalArgumentException(
                    "requireClientCertificate needs keyStorePath and trustStorePath in etc/org.openrtd.broker.cfg");
        }
        if (port != 0) {
            Listening.check(host, keyStore, allowPlain, BrokerComponent.PID);
        }
    }

    static BrokerSettings of(BrokerConfig config, String nodeName) {
        // The description's bounds are the console's; a file is read without them.
        least("maxConnections", config.maxConnections(), 1);
        least("maxMessageKiB", config.maxMessageKiB(), 64);
        if (config.maxMessageKiB() > 1024) {
            throw wrong("maxMessageKiB", config.maxMessageKiB(), "is too much: at most 1024");
        }
        least("subscriptionMessages", config.subscriptionMessages(), LEAST_SUBSCRIPTION_MESSAGES);
        least("maxSilenceSeconds", config.maxSilenceSeconds(), 5);
        least("maxUserConnections", config.maxUserConnections(), 0);
        if (config.maxMemoryMiB() != 0) {
            least("maxMemoryMiB", config.maxMemoryMiB(), (int) (LEAST_MEMORY_BYTES >> 20));
        }
        return new BrokerSettings(
                nodeName,
                config.host().trim(),
                config.port(),
                config.allowPlain(),
                new KeyStoreFile(config.keyStorePath(), config.keyStorePassword()),
                new KeyStoreFile(config.trustStorePath(), config.trustStorePassword()),
                config.requireClientCertificate(),
                config.maxConnections(),
                config.maxMessageKiB() * 1024,
                config.subscriptionMessages(),
                config.maxSilenceSeconds() * 1000,
                config.maxUserConnections(),
                (long) config.maxMemoryMiB() << 20);
    }

    private static void least(String key, int value, int least) {
        if (value < least) {
            throw wrong(key, value, "is too little: at least " + least);
        }
    }

    private static IllegalArgumentException wrong(String key, int value, String bound) {
        return new IllegalArgumentException(
                key + " = " + value + " " + bound + ": correct it in etc/org.openrtd.broker.cfg");
    }

    boolean tls() {
        return keyStore.present();
    }

    /** Plain beyond loopback, as somebody has allowed explicitly. */
    boolean exposed() {
        return port != 0 && !tls() && !Listening.loopback(host, BrokerComponent.PID);
    }

    String url() {
        return port == 0 ? "in this node only" : (tls() ? "tls://" : "tcp://") + host + ":" + port;
    }

    /** What Artemis calls the parameters of an acceptor. */
    Map<String, Object> acceptor() {
        Map<String, Object> acceptor = new LinkedHashMap<>();
        acceptor.put("host", host);
        acceptor.put("port", port);
        acceptor.put("protocols", "CORE");
        acceptor.put("useEpoll", false);
        acceptor.put("useKQueue", false);
        acceptor.put("connectionsAllowed", (long) maxConnections);
        // Left to the system; Artemis would ask for 2 MB a connection.
        acceptor.put("tcpSendBufferSize", -1);
        acceptor.put("tcpReceiveBufferSize", -1);
        if (tls()) {
            acceptor.put("sslEnabled", true);
            acceptor.put("sslAutoReload", true);
            acceptor.put("enabledProtocols", "TLSv1.3,TLSv1.2");
            acceptor.put("keyStorePath", keyStore.path());
            acceptor.put("keyStorePassword", keyStore.password());
            acceptor.put("keyStoreType", keyStore.type());
            acceptor.put("needClientAuth", requireClientCertificate);
            if (trustStore.present()) {
                acceptor.put("trustStorePath", trustStore.path());
                acceptor.put("trustStorePassword", trustStore.password());
                acceptor.put("trustStoreType", trustStore.type());
            }
        }
        return acceptor;
    }
}
