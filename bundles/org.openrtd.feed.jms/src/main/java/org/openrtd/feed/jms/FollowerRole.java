package org.openrtd.feed.jms;

import java.time.Duration;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import javax.management.DynamicMBean;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the roles that follow feeds have in common: the feeds as services, the role's status and its MBean. A role's
 * component makes one with its settings, hands new settings on, and closes it.
 */
public final class FollowerRole implements RoleStatus, FollowerRoleMXBean, Upstream, AutoCloseable {

    /**
     * A role's settings, as they stand in its file.
     *
     * @param pid the file's name, for messages
     * @param urlsKey the key of the addresses, for messages
     * @param idleAfter when set, real-time feeds are followed only while clients of this node ask for them, and for so long
     *     after; {@code null} to follow them always
     * @throws IllegalArgumentException when they make no sense; the message says which and what to do
     */
    public record Settings(
            String pid,
            String urlsKey,
            String usualSource,
            String[] urls,
            String user,
            String password,
            String[] feeds,
            long heartbeatIntervalMillis,
            long resumeTimeoutMillis,
            long staleAfterMillis,
            long maxBackOffMillis,
            boolean returnToPrimary,
            Duration idleAfter) {

        /** Of a role that always follows. */
        public Settings(
                String pid,
                String urlsKey,
                String usualSource,
                String[] urls,
                String user,
                String password,
                String[] feeds,
                long heartbeatIntervalMillis,
                long resumeTimeoutMillis,
                long staleAfterMillis,
                long maxBackOffMillis,
                boolean returnToPrimary) {
            this(
                    pid,
                    urlsKey,
                    usualSource,
                    urls,
                    user,
                    password,
                    feeds,
                    heartbeatIntervalMillis,
                    resumeTimeoutMillis,
                    staleAfterMillis,
                    maxBackOffMillis,
                    returnToPrimary,
                    null);
        }

        public Settings {
            // A .cfg file holds one string, which nobody splits on the way here.
            urls = split(urls);
            feeds = split(feeds);
            String file = "etc/" + pid + ".cfg";
            List<BrokerAddress> addresses;
            try {
                addresses = BrokerAddress.parse(urls);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(e.getMessage() + " (" + urlsKey + " in " + file + ")", e);
            }
            if (addresses.isEmpty()) {
                throw new IllegalArgumentException(
                        "Nobody to follow: set " + urlsKey + " in " + file + ", for example tcp://host:61616");
            }
            boolean remote = !addresses.stream().allMatch(BrokerAddress::isLocal);
            if (remote && (user.isBlank() || password.isEmpty())) {
                throw new IllegalArgumentException("User or password is missing: set user and password in " + file);
            }
            if (remote) {
                Addresses.word(user);
            }
            if (feeds.length == 0) {
                throw new IllegalArgumentException("No feed to follow: set feeds in " + file);
            }
        }

        private static String[] split(String[] values) {
            return Arrays.stream(values)
                    .flatMap(value -> Arrays.stream(value.split(",")))
                    .map(String::trim)
                    .filter(value -> !value.isEmpty())
                    .distinct()
                    .toArray(String[]::new);
        }

        public List<String> feedNames() {
            return List.of(feeds);
        }

        public JmsFollower.Sources sources() {
            return new JmsFollower.Sources(
                    usualSource,
                    BrokerAddress.parse(urls),
                    user,
                    password,
                    "check user and password in etc/" + pid + ".cfg, and etc/users.properties of the other node");
        }

        public List<FollowerSettings> followers() {
            return feedNames().stream()
                    .map(feed -> {
                        FollowerSettings usual = FollowerSettings.of(feed, List.of("replaced"));
                        return new FollowerSettings(
                                feed,
                                usual.sources(),
                                usual.feedId(),
                                usual.needed(),
                                Duration.ofMillis(heartbeatIntervalMillis),
                                Duration.ofMillis(resumeTimeoutMillis),
                                Duration.ofMillis(staleAfterMillis),
                                usual.backOff(),
                                Duration.ofMillis(maxBackOffMillis),
                                usual.bufferBytes(),
                                usual.snapshotBytes(),
                                returnToPrimary);
                    })
                    .toList();
        }

        /** Without the password. */
        @Override
        public String toString() {
            return user + "@" + Arrays.toString(urls) + Arrays.toString(feeds);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(FollowerRole.class);

    private final BundleContext context;
    private final String role;
    private final ServiceRegistration<RoleStatus> status;
    private final ServiceRegistration<DynamicMBean> bean;
    /** {@code null} while the settings make no sense; then {@link #problem} says why. */
    private volatile Settings settings;

    private volatile FollowedFeeds feeds;
    private volatile String problem;
    private LocalBroker broker;
    private ServiceRegistration<Upstream> upstream;

    /**
     * Begins to follow. Settings that make no sense are said in one line, in the log and to whoever asks for the role's
     * status, and nothing is followed until they are mended: a role that has just been installed is not configured yet.
     *
     * @param role its name, as in {@link RoleStatus#role}
     * @param beanType the type in its MBean's name
     */
    public FollowerRole(BundleContext context, String role, String beanType, Supplier<Settings> settings) {
        this.context = context;
        this.role = role;
        settings(settings);
        this.status = context.registerService(RoleStatus.class, this, null);
        this.bean = new RoleMBean(this, FollowerRoleMXBean.class).publish(context, beanType);
    }

    /** From now on with these: what is followed still keeps what its replicas hold. */
    public synchronized void settings(Supplier<Settings> given) {
        Settings next;
        try {
            next = given.get();
            next.followers();
        } catch (IllegalArgumentException e) {
            problem = e.getMessage();
            LOG.error("{}: {}{}", role, problem, feeds == null ? "" : "; going on as before");
            return;
        }
        boolean fresh = feeds == null || !feeds.follows(next.feedNames());
        if (!fresh) {
            feeds.settings(next.followers(), next.sources());
        } else {
            if (feeds != null) {
                feeds.close();
            }
            feeds = new FollowedFeeds(context, role, next.followers(), next.sources());
            if (broker != null) {
                feeds.attach(broker);
            }
        }
        if (fresh ? next.idleAfter() != null : !Objects.equals(settings.idleAfter(), next.idleAfter())) {
            feeds.idle(next.idleAfter());
        }
        settings = next;
        problem = null;
        if (upstream == null) {
            upstream = context.registerService(Upstream.class, this, null);
        } else {
            // Whoever goes the same way hears that it may be another.
            upstream.setProperties(new Hashtable<>());
        }
    }

    /** The node's broker is there. */
    public synchronized void attach(LocalBroker present) {
        broker = present;
        if (feeds != null) {
            feeds.attach(present);
        }
    }

    /** That broker is gone. */
    public synchronized void detach(LocalBroker gone) {
        if (broker == gone) {
            broker = null;
        }
        if (feeds != null) {
            feeds.detach(gone);
        }
    }

    /** The replicas it keeps. */
    public List<Replica> replicas() {
        return feeds == null ? List.of() : feeds.replicas();
    }

    @Override
    public String role() {
        return role;
    }

    @Override
    public JmsFollower.Sources sources() {
        return settings.sources();
    }

    @Override
    public int current() {
        FollowedFeeds now = feeds;
        return now == null ? 0 : now.sourceIndex("config");
    }

    @Override
    public String summary() {
        if (feeds == null) {
            return problem;
        }
        return problem == null ? feeds.summary() : feeds.summary() + "; new settings are not used: " + problem;
    }

    @Override
    public Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        if (settings != null) {
            details.put("sources", String.join(", ", getSources()));
            details.put("user", getUser());
        }
        FollowedFeeds now = feeds;
        if (now != null) {
            now.followers().forEach(each -> details.put("feed " + each.replica().feed(), each.line()));
        }
        return details;
    }

    @Override
    public List<String> failover() {
        FollowedFeeds now = feeds;
        if (now == null) {
            throw new IllegalStateException(problem);
        }
        return now.failover();
    }

    @Override
    public List<String> getSources() {
        Settings now = settings;
        if (now == null) {
            return List.of();
        }
        return now.sources().sources().stream().map(BrokerAddress::toString).toList();
    }

    @Override
    public String getUser() {
        return settings == null ? "" : settings.user();
    }

    @Override
    public String getSummary() {
        return summary();
    }

    @Override
    public List<FeedLine> getFeeds() {
        FollowedFeeds now = feeds;
        return now == null
                ? List.of()
                : now.followers().stream().map(FeedLine::of).toList();
    }

    @Override
    public synchronized List<String> forgetIdentity() {
        return feeds == null ? List.of() : feeds.forgetIdentity();
    }

    @Override
    public synchronized void close() {
        if (upstream != null) {
            unregister(upstream);
        }
        unregister(status);
        unregister(bean);
        if (feeds != null) {
            feeds.close();
        }
    }

    private static void unregister(ServiceRegistration<?> registration) {
        try {
            registration.unregister();
        } catch (IllegalStateException bundleStopped) {
            // The framework has unregistered it with the bundle.
        }
    }
}
