package org.openrtd.web.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;

/**
 * How the server listens and what it bears.
 *
 * @param keyStore {@code null} for no TLS
 */
record WebSettings(
        String host,
        int port,
        boolean allowPlain,
        Path keyStore,
        String keyStorePassword,
        int maxConnections,
        int maxStreams,
        int maxStreamsOfUser,
        int sessionHours) {

    /** @throws IllegalArgumentException when passwords would cross a network in clear; the message says what to set */
    void check() {
        if (keyStore == null && !allowPlain && !loopback()) {
            throw new IllegalArgumentException("host = " + host
                    + " is not loopback, and without TLS passwords can be read on the network: set keyStorePath, or"
                    + " allowPlain = true where something else sees to that");
        }
        if (keyStore != null && !java.nio.file.Files.isReadable(keyStore)) {
            throw new IllegalArgumentException(
                    "keyStorePath = " + keyStore + " cannot be read: make it a PKCS12 or JKS file");
        }
    }

    private boolean loopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("host = " + host + " is no address of this host");
        }
    }

    @Override
    public String toString() {
        return (keyStore == null ? "http://" : "https://") + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + port;
    }
}
