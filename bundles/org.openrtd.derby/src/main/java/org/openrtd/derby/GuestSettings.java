package org.openrtd.derby;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Who may read what, and how.
 *
 * @param host the address to listen on; beyond loopback it needs a key store
 * @param port 0 for a free one
 * @param database its name, as in the data source's URL
 * @param user the guests' user, which can do nothing but SELECT
 * @param password that user's
 * @param keyStore the server's key and certificate; {@code null} for no TLS
 * @param keyStorePassword opens it
 * @param locks how long a guest may keep a writer waiting
 * @param connections at one time
 */
public record GuestSettings(
        String host,
        int port,
        String database,
        String user,
        String password,
        Path keyStore,
        String keyStorePassword,
        Duration locks,
        int connections) {

    /** Without what must not be in a log. */
    @Override
    public String toString() {
        return host + ":" + port + " for " + user + (keyStore == null ? "" : ", with TLS");
    }
}
