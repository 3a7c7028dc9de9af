package org.openrtd.access;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Where a node may listen: by itself on loopback only, as passwords must not cross a network in clear unasked. */
public final class Listening {

    private Listening() {}

    /**
     * @param pid whose settings these are
     * @throws IllegalArgumentException when {@code host} is reachable from other hosts, there is no key store for TLS, and
     *     nobody has allowed that; or as {@link #loopback}; the message says what to do
     */
    public static void check(String host, KeyStoreFile keyStore, boolean allowPlain, String pid) {
        if (!loopback(host, pid) && !keyStore.present() && !allowPlain) {
            throw new IllegalArgumentException("host = " + host + " is reachable from other hosts: set keyStorePath and"
                    + " keyStorePassword for TLS, or allowPlain = true where the network is trusted, in etc/" + pid
                    + ".cfg");
        }
    }

    /**
     * @param pid whose settings these are
     * @throws IllegalArgumentException when this machine has no such address; the message says what to do, and the cause is
     *     an {@link UnknownHostException}, as a name may be known later
     */
    public static boolean loopback(String host, String pid) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "host = " + host + " is no address of this machine: correct it in etc/" + pid + ".cfg", e);
        }
    }
}
