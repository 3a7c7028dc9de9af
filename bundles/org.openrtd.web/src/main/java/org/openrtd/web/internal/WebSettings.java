package org.openrtd.web.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.openrtd.access.KeyStoreFile;
import org.openrtd.access.Listening;

/**
 * How the server listens and what it bears.
 *
 * @param proxy addresses, separated by commas, of those whose word is taken for who asks
 */
record WebSettings(
        String host,
        int port,
        boolean allowPlain,
        KeyStoreFile keyStore,
        String proxy,
        int maxConnections,
        int maxStreams,
        int maxStreamsOfUser,
        int sessionHours) {

    /**
     * @throws IllegalArgumentException when passwords would cross a network in clear, or something is wrong; the message says
     *     what to set. Its cause is an {@link UnknownHostException} where a name is not known, which may be so for a while
     */
    void check() {
        Listening.check(host, keyStore, allowPlain, WebRole.PID);
        keyStore.check("keyStorePath", WebRole.PID);
        proxies();
    }

    Set<InetAddress> proxies() {
        Set<InetAddress> proxies = new HashSet<>();
        for (String address : proxy.split(",")) {
            try {
                if (!address.isBlank()) {
                    proxies.addAll(List.of(InetAddress.getAllByName(address.strip())));
                }
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(
                        "proxy = " + address.strip() + " is no address: correct it in etc/" + WebRole.PID
                                + ".cfg, or leave it empty",
                        e);
            }
        }
        return proxies;
    }

    @Override
    public String toString() {
        return (keyStore.present() ? "https://" : "http://") + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + port;
    }
}
