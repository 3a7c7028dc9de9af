package org.openrtd.feed.jms;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Follower;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.Followers;
import org.openrtd.feed.IdentityKeeper;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Replica;
import org.openrtd.feed.SourceChooser;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The feeds that a role follows, each registered as a {@link Replica} service. */
public final class FollowedFeeds implements IdentityKeeper, SourceChooser, AutoCloseable {

    private static final String DURABLE = "config";

    /** Service property of a replica: the role that keeps it. */
    public static final String ROLE = "role";

    private record Followed(JmsFollower follower, ServiceRegistration<Replica> registration) {}

    private static final Logger LOG = LoggerFactory.getLogger(FollowedFeeds.class);

    private final Map<String, Followed> followed = new LinkedHashMap<>();
    private final AtomicReference<LocalBroker> local = new AtomicReference<>();
    private final BundleContext context;
    private final String role;
    private volatile JmsFollower.Sources sources;
    private final StoredFeeds stored;
    private IdleFeeds idle;
    private final ServiceRegistration<IdentityKeeper> keeper;
    private final ServiceRegistration<SourceChooser> chooser;

    /**
     * Begins to follow.
     *
     * @param role for the service property {@link #ROLE}
     * @throws IllegalArgumentException when it cannot work with these settings; nothing is left behind then
     */
    public FollowedFeeds(
            BundleContext context, String role, List<FollowerSettings> feeds, JmsFollower.Sources sources) {
        this.context = context;
        this.role = role;
        this.sources = sources;
        this.stored = new StoredFeeds(context);
        try {
            for (FollowerSettings settings : feeds) {
                JmsFollower follower =
                        new JmsFollower(settings, sources, local::get, stored.read(settings.feed()), this::node);
                Replica replica = follower.replica();
                Hashtable<String, Object> properties = properties(replica, role);
                ServiceRegistration<Replica> registration = context.registerService(Replica.class, replica, properties);
                followed.put(settings.feed(), new Followed(follower, registration));
                follower.onSource(source -> update(replica, role, registration));
            }
            this.keeper = context.registerService(IdentityKeeper.class, this, null);
            this.chooser = context.registerService(SourceChooser.class, this, null);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private String node() {
        ServiceReference<NodeIdentity> reference = context.getServiceReference(NodeIdentity.class);
        return reference == null ? NodeName.of("") : ask(reference, NodeName.of(""), NodeIdentity::name);
    }

    /**
     * Whether the real-time feeds are followed only while clients of this node ask for their rows.
     *
     * @param after for how long they are followed when nobody asks any more; {@code null} to follow them always
     */
    synchronized void idle(Duration after) {
        if (idle != null && after != null) {
            idle.after(after);
            return;
        }
        if (idle != null) {
            idle.close();
            idle = null;
        }
        // The configuration is followed always: databases of this node, and edits, need it, and it costs little.
        List<String> feeds =
                followed.keySet().stream().filter(feed -> !feed.equals(DURABLE)).toList();
        if (after != null) {
            idle = new IdleFeeds(
                    feeds,
                    after,
                    this::wantedMillisAgo,
                    (feed, none) -> followed.get(feed).follower.idle(none),
                    MonotonicClock.SYSTEM);
        } else {
            feeds.forEach(feed -> followed.get(feed).follower.idle(false));
        }
    }

    private long wantedMillisAgo(String feed) {
        long least = -1;
        try {
            for (ServiceReference<Followers> reference : context.getServiceReferences(Followers.class, null)) {
                long ago = ask(reference, -1L, followers -> followers.wantedMillisAgo(feed));
                least = ago < 0 || least >= 0 && least < ago ? least : ago;
            }
        } catch (InvalidSyntaxException never) {
            throw new IllegalStateException(never);
        }
        return least;
    }

    /** Asks a service, and lets go of it again: this is done many times a second. */
    private <S, T> T ask(ServiceReference<S> reference, T otherwise, Function<S, T> question) {
        S service = context.getService(reference);
        if (service == null) {
            return otherwise;
        }
        try {
            return question.apply(service);
        } finally {
            context.ungetService(reference);
        }
    }

    /** The node's broker is there. */
    public void attach(LocalBroker broker) {
        local.set(broker);
    }

    /** That broker is gone. */
    public void detach(LocalBroker broker) {
        local.compareAndSet(broker, null);
    }

    /** Whether it follows exactly these feeds, so that {@link #settings} is enough for a change. */
    public boolean follows(List<String> feeds) {
        return List.copyOf(followed.keySet()).equals(feeds);
    }

    /** From now on with these; what the replicas hold stays. */
    public void settings(List<FollowerSettings> feeds, JmsFollower.Sources sources) {
        this.sources = sources;
        feeds.forEach(settings -> followed.get(settings.feed()).follower.settings(settings, sources));
    }

    @Override
    public String role() {
        return role;
    }

    /**
     * Which source a feed is followed from now, or was tried last: an index into the sources' list. For a feed that is not
     * followed, as another one is.
     */
    int sourceIndex(String feed) {
        Followed asked = followed.get(feed);
        if (asked != null) {
            return asked.follower.sourceIndex();
        }
        return followed.values().stream()
                .findFirst()
                .map(each -> each.follower.sourceIndex())
                .orElse(0);
    }

    @Override
    public List<String> failover() {
        if (sources.sources().size() < 2) {
            throw new IllegalStateException("There is one source only, "
                    + sources.sources().get(0) + ": name others beside it in the settings");
        }
        List<String> moved = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        followed.forEach((feed, each) -> {
            try {
                each.follower.failover("an operator wants it");
                moved.add(feed);
            } catch (IllegalStateException e) {
                problems.add(e.getMessage());
            }
        });
        if (moved.isEmpty()) {
            throw new IllegalStateException(String.join("; ", problems));
        }
        problems.forEach(problem -> LOG.warn("{}: {}", role, problem));
        return moved;
    }

    List<JmsFollower> followers() {
        return followed.values().stream().map(Followed::follower).toList();
    }

    @Override
    public List<String> forgetIdentity() {
        List<String> forgotten = new ArrayList<>();
        followed.forEach((feed, each) -> {
            if (each.follower.forgetIdentity()) {
                forgotten.add(feed);
            }
        });
        return forgotten;
    }

    public List<Replica> replicas() {
        List<Replica> replicas = new ArrayList<>();
        followed.values().forEach(each -> replicas.add(each.follower.replica()));
        return replicas;
    }

    /** One line on how the feeds are, for people. */
    public String summary() {
        long live = replicas().stream()
                .filter(replica -> replica.state() == FeedState.LIVE && !replica.stale())
                .count();
        if (live == followed.size()) {
            return "follows " + String.join(", ", followed.keySet()) + ", all live" + unready();
        }
        StringBuilder broken = new StringBuilder();
        for (JmsFollower follower : followers()) {
            Replica replica = follower.replica();
            if (follower.isIdle()) {
                broken.append(broken.isEmpty() ? "" : "; ")
                        .append(replica.feed())
                        .append(" is ")
                        .append(Follower.IDLE);
            } else if (replica.state() != FeedState.LIVE || replica.stale()) {
                broken.append(broken.isEmpty() ? "" : "; ")
                        .append(replica.feed())
                        .append(" is ")
                        .append(replica.state())
                        .append(replica.reason().isEmpty() ? "" : " (" + replica.reason() + ")");
            }
        }
        boolean anyIdle = followers().stream().anyMatch(JmsFollower::isIdle);
        return broken + (anyIdle ? unready() : "");
    }

    /** A second source that cannot be had, or for one that is idle the only one: what breaks next will be seen. */
    private String unready() {
        return followers().stream()
                .flatMap(each -> each.ready().stream())
                .filter(ready -> !ready.problem().isEmpty())
                .map(ready -> "; " + ready.name() + " is not ready: " + ready.problem())
                .findFirst()
                .orElse("");
    }

    /** Unregisters the replicas, then ends all connections and threads. */
    @Override
    public void close() {
        synchronized (this) {
            if (idle != null) {
                idle.close();
            }
        }
        stored.close();
        unregister(keeper);
        unregister(chooser);
        followed.values().forEach(each -> unregister(each.registration));
        followed.values().forEach(each -> each.follower.close());
    }

    private static void unregister(ServiceRegistration<?> registration) {
        try {
            if (registration != null) {
                registration.unregister();
            }
        } catch (IllegalStateException bundleStopped) {
            // The framework has unregistered it with the bundle.
        }
    }

    private static Hashtable<String, Object> properties(Replica replica, String role) {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put(Replica.FEED, replica.feed());
        properties.put(Replica.SOURCE, replica.source());
        properties.put(ROLE, role);
        return properties;
    }

    /** Keeps the service property in step with the source that is followed. */
    private static void update(Replica replica, String role, ServiceRegistration<Replica> registration) {
        try {
            registration.setProperties(properties(replica, role));
        } catch (IllegalStateException unregistered) {
            // The role is going.
        }
    }
}
