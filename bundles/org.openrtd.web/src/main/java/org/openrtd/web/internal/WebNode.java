package org.openrtd.web.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.openrtd.access.Accounts;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Followers;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All of a node that answers HTTP, put together; without OSGi. Thread-safe. */
final class WebNode implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WebNode.class);

    private final SortedMap<String, Channel> channels = new TreeMap<>();
    private final Map<Replica, String> roleOf = new ConcurrentHashMap<>();
    private final Supplier<String> name;
    private final Supplier<String> site;
    private final Supplier<? extends Collection<RoleStatus>> roles;
    private final Supplier<? extends Collection<Followers>> followers;
    private final Pages pages;
    private final History history = new History();
    private final SiteStatus status;
    private final SignIn signIn;
    private final Sessions sessions;
    private final Streams streams;
    private volatile StreamPump pump;
    private volatile WebServer server;
    private WebSettings settings;

    /** @param sessionFile {@code null} to keep sessions in memory alone */
    WebNode(
            Accounts accounts,
            Pages pages,
            Path sessionFile,
            Supplier<String> name,
            Supplier<String> site,
            Supplier<? extends Collection<RoleStatus>> roles,
            Supplier<? extends Collection<Followers>> followers) {
        this.name = name;
        this.site = site;
        this.roles = roles;
        this.followers = followers;
        this.pages = pages;
        for (String feed : Catalog.feeds()) {
            channels.put(feed, new Channel(feed, this::changed, history));
        }
        this.status = new SiteStatus(channels, feed -> {
            Replica replica = channels.get(feed).replica();
            return replica == null ? null : roleOf.get(replica);
        });
        this.signIn = new SignIn(accounts, () -> System.nanoTime() / 1_000_000);
        this.sessions = new Sessions(sessionFile, Instant::now, accounts::version);
        this.streams = new Streams(
                Long.toString(Instant.now().toEpochMilli(), 36)
                        + Integer.toString(new java.security.SecureRandom().nextInt(1 << 20), 36),
                channels,
                site,
                status::broken);
    }

    private void changed() {
        StreamPump driven = pump;
        if (driven != null) {
            driven.changed();
        }
    }

    void add(Replica replica, String role) {
        Channel channel = channels.get(replica.feed());
        if (channel != null) {
            if (role != null) {
                roleOf.put(replica, role);
            }
            channel.add(replica);
        }
    }

    void remove(Replica replica) {
        Channel channel = channels.get(replica.feed());
        if (channel != null) {
            channel.remove(replica);
            roleOf.remove(replica);
        }
    }

    /**
     * Serves by these settings, and no longer by others.
     *
     * @throws IllegalArgumentException when they make no sense
     * @throws IOException when they cannot be had
     */
    synchronized void serve(WebSettings next) throws IOException {
        if (next.equals(settings) && server != null) {
            return;
        }
        next.check();
        stopServing();
        StreamPump driving = new StreamPump(streams, history::count, this::beat);
        Web web = new Web(
                channels, status, history, pages, signIn, sessions, name, site, this::metrics, next.sessionHours());
        WebServer serving = new WebServer(next, web, streams, driving);
        serving.start();
        settings = next;
        server = serving;
        pump = driving;
        driving.start();
    }

    /** What is due each second. */
    void beat() {
        dropSlow(System.nanoTime());
        WebServer serving = server;
        if (serving != null) {
            serving.renewKeys();
        }
    }

    void dropSlow(long now) {
        WebServer serving = server;
        if (serving != null) {
            serving.dropSlow(now);
        }
    }

    private byte[] metrics() {
        return Metrics.of(channels.values(), roles.get(), followers.get(), pump, streams, signIn, server);
    }

    synchronized void stopServing() {
        if (pump != null) {
            pump.close();
            pump = null;
        }
        if (server != null) {
            server.close();
            server = null;
        }
        settings = null;
    }

    /** {@code null} while nobody is served. */
    StreamPump pump() {
        return pump;
    }

    /** The port that is listened on; 0 when none is. */
    int port() {
        WebServer serving = server;
        return serving == null ? 0 : serving.port();
    }

    /** Does not wait while settings change, which takes seconds. */
    Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        WebServer serving = server;
        StreamPump driven = pump;
        if (serving != null && driven != null) {
            details.put("connections", Integer.toString(serving.connected()));
            details.put("streams", Integer.toString(driven.count()));
            details.put("sessions", Integer.toString(sessions.size()));
            details.put("sign-ins refused", Long.toString(signIn.refused()));
        }
        return details;
    }

    @Override
    public void close() {
        stopServing();
        new ArrayList<>(channels.values()).forEach(Channel::close);
        LOG.debug("Nobody is served any more");
    }
}
