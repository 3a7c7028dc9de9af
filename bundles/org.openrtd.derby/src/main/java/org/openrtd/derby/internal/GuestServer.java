package org.openrtd.derby.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.sql.DataSource;
import org.openrtd.derby.GuestSettings;
import org.openrtd.derby.Guests;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets guests in, as many as there may be, and disconnects those that keep a writer waiting. */
final class GuestServer implements Guests {

    private static final Logger LOG = LoggerFactory.getLogger(GuestServer.class);
    private static final long LOOK_MILLIS = 250;
    private static final long LOGIN_MILLIS = 10_000;
    private static final String NAME = "[A-Za-z][A-Za-z0-9_]{0,29}";

    private final GuestSettings settings;
    private final DataSource database;
    private final NetworkServer server;
    private final ServerSocket socket;
    private final Set<GuestSocket> guests = ConcurrentHashMap.newKeySet();
    private final AtomicLong letIn = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong disconnected = new AtomicLong();
    private final long wrongPasswordsBefore = Accounts.refused();
    private final Thread accepting = new Thread(this::accept, "openrtd-derby-guests");
    private final Thread watching = new Thread(this::watch, "openrtd-derby-guest-locks");
    private volatile boolean closed;
    private long refusalSaidAt = -60_000;

    /** @param database by its owner */
    GuestServer(GuestSettings settings, DataSource database) throws IOException, SQLException {
        this.settings = settings;
        this.database = database;
        check(settings);
        try (Connection connection = database.getConnection()) {
            new GuestRights(connection, settings.user()).protect();
        }
        socket = listen(settings);
        try {
            server = new NetworkServer();
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
        Accounts.guest(settings.user(), settings.password(), settings.database());
        for (Thread thread : List.of(accepting, watching)) {
            thread.setDaemon(true);
            thread.setContextClassLoader(GuestServer.class.getClassLoader());
            thread.start();
        }
    }

    private static void check(GuestSettings settings) throws IOException {
        if (!settings.user().matches(NAME)
                || settings.user().toUpperCase(Locale.ROOT).matches("APP|PUBLIC|SYS.*|NULLID|SQLJ")) {
            throw new IllegalArgumentException("user = " + settings.user()
                    + ": a guest's name has letters, digits and _, at most 30, and is none of the database's own");
        }
        if (settings.password().isBlank()) {
            throw new IllegalArgumentException("password is empty: guests need one");
        }
        if (settings.keyStore() == null
                && !InetAddress.getByName(settings.host()).isLoopbackAddress()) {
            throw new IllegalArgumentException("host = " + settings.host()
                    + " is reachable from other hosts: set keyStorePath and keyStorePassword, or host = 127.0.0.1");
        }
        if (settings.locks().toMillis() < 1000 || settings.connections() < 1) {
            throw new IllegalArgumentException(
                    "guestLockSeconds = " + settings.locks().toSeconds() + ", maxConnections = "
                            + settings.connections() + ": both are at least 1");
        }
    }

    private static ServerSocket listen(GuestSettings settings) throws IOException {
        int backlog = settings.connections();
        InetAddress host = InetAddress.getByName(settings.host());
        if (settings.keyStore() == null) {
            return ServerSocketFactory.getDefault().createServerSocket(settings.port(), backlog, host);
        }
        try (InputStream in = Files.newInputStream(settings.keyStore())) {
            char[] password = settings.keyStorePassword().toCharArray();
            String type = settings.keyStore().toString().endsWith(".jks") ? "JKS" : "PKCS12";
            KeyStore keys = KeyStore.getInstance(type);
            keys.load(in, password);
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            SSLServerSocket socket = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(settings.port(), backlog, host);
            socket.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            return socket;
        } catch (GeneralSecurityException e) {
            throw new IOException("Cannot use the key store " + settings.keyStore() + ": " + e.getMessage(), e);
        }
    }

    private void accept() {
        while (!closed) {
            Socket accepted = null;
            try {
                accepted = socket.accept();
                if (guests.size() >= settings.connections()) {
                    refuse(settings.connections() + " are connected already");
                    accepted.close();
                    continue;
                }
                try (Connection connection = database.getConnection()) {
                    // The database may have been made anew since the last one came.
                    new GuestRights(connection, settings.user()).protect();
                }
                GuestSocket guest = new GuestSocket(accepted, settings.database(), now(), this::refuse, guests::remove);
                guest.setTcpNoDelay(true);
                guest.setKeepAlive(true);
                guests.add(guest);
                letIn.incrementAndGet();
                server.serve(guest);
            } catch (IOException | SQLException | RuntimeException e) {
                if (!closed) {
                    LOG.warn("A guest was not let in: {}", e.getMessage());
                    LOG.debug("A guest was not let in", e);
                }
                close(accepted);
                if (accepted == null) {
                    // As when there are no file descriptors: not again and again without a pause.
                    pause();
                }
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException derbyEndsADatabase) {
            // Then without one.
        }
    }

    private static void close(Socket socket) {
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException e) {
                LOG.debug("Cannot close a guest's connection", e);
            }
        }
    }

    private synchronized void refuse(String why) {
        refused.incrementAndGet();
        // Whoever tries again and again does not fill the log.
        if (now() - refusalSaidAt >= 60_000) {
            refusalSaidAt = now();
            LOG.warn("A guest was refused: {}", why);
        }
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    /** Looks, while there are guests, for writers that wait for them. */
    private void watch() {
        Map<String, Long> waitingSince = new HashMap<>();
        while (!closed) {
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                // By close(); or by Derby, which interrupts whoever is at work in a database that is shut down.
                continue;
            }
            if (guests.isEmpty()) {
                waitingSince.clear();
                continue;
            }
            try {
                endLateLogins();
                look(waitingSince);
            } catch (SQLException | RuntimeException e) {
                if (!closed) {
                    LOG.debug("Cannot look for locks of guests", e);
                }
            }
        }
    }

    private void endLateLogins() {
        Set<Socket> loggedIn = new HashSet<>();
        for (NetworkServer.Session session : server.sessions()) {
            if (session.connection() != null) {
                loggedIn.add(session.socket());
            }
        }
        for (GuestSocket guest : guests) {
            if (!loggedIn.contains(guest) && now() - guest.since() > LOGIN_MILLIS) {
                close(guest);
            }
        }
    }

    private record Lock(String transaction, String what, boolean waits) {}

    private void look(Map<String, Long> waitingSince) throws SQLException {
        List<NetworkServer.Session> sessions = server.sessions();
        Map<String, NetworkServer.Session> ofGuests = new HashMap<>();
        for (NetworkServer.Session session : sessions) {
            NetworkServer.transactions(session).forEach(id -> ofGuests.put(id, session));
        }
        List<Lock> locks = locks();
        Map<String, Long> still = new HashMap<>();
        Set<NetworkServer.Session> ending = new HashSet<>();
        for (Lock waiting : locks) {
            if (!waiting.waits || ofGuests.containsKey(waiting.transaction)) {
                continue;
            }
            String key = waiting.transaction + " " + waiting.what;
            long since = waitingSince.getOrDefault(key, now());
            still.put(key, since);
            if (now() - since >= settings.locks().toMillis()) {
                for (Lock other : locks) {
                    // Also one that only waits stands before a writer that came later.
                    if (other.what.equals(waiting.what) && ofGuests.containsKey(other.transaction)) {
                        ending.add(ofGuests.get(other.transaction));
                    }
                }
            }
        }
        waitingSince.clear();
        waitingSince.putAll(still);
        for (NetworkServer.Session session : ending) {
            boolean waits = locks.stream().anyMatch(lock -> lock.waits && ofGuests.get(lock.transaction) == session);
            disconnected.incrementAndGet();
            LOG.warn(
                    "A guest from {} was disconnected: it kept a writer waiting for more than {} s",
                    session.socket().getInetAddress(),
                    settings.locks().toSeconds());
            server.end(session, waits);
        }
    }

    private List<Lock> locks() throws SQLException {
        List<Lock> locks = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT XID, TABLENAME, LOCKNAME, STATE FROM SYSCS_DIAG.LOCK_TABLE")) {
            while (result.next()) {
                locks.add(new Lock(
                        result.getString(1),
                        result.getString(2) + " " + result.getString(3),
                        "WAIT".equals(result.getString(4))));
            }
        }
        return locks;
    }

    @Override
    public int port() {
        return socket.getLocalPort();
    }

    @Override
    public int connected() {
        return guests.size();
    }

    @Override
    public long letIn() {
        return letIn.get();
    }

    @Override
    public long refused() {
        return refused.get() + Accounts.refused() - wrongPasswordsBefore;
    }

    @Override
    public long disconnected() {
        return disconnected.get();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Accounts.noGuest();
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("Cannot close the guests' port", e);
        }
        server.close();
        guests.forEach(GuestServer::close);
        watching.interrupt();
    }
}
