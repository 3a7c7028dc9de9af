package org.openrtd.web.internal;

import org.openrtd.access.KeyStoreFile;
import org.openrtd.access.Listening;

/** How the server listens and what it bears. */
record WebSettings(
        String host,
        int port,
        boolean allowPlain,
        KeyStoreFile keyStore,
        int maxConnections,
        int maxStreams,
        int maxStreamsOfUser,
        int sessionHours) {

    /** @throws IllegalArgumentException when passwords would cross a network in clear; the message says what to set */
    void check() {
        Listening.check(host, keyStore, allowPlain, WebRole.PID);
        keyStore.check("keyStorePath", WebRole.PID);
    }

    @Override
    public String toString() {
        return (keyStore.present() ? "https://" : "http://") + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + port;
    }
}
