package org.openrtd.feed.jms;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.management.DynamicMBean;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/**
 * What the roles that follow feeds have in common: the feeds as services, the role's status and its MBean. A role's
 * component makes one with its settings, hands new settings on, and closes it.
 */
public final class FollowerRole implements RoleStatus, FollowerRoleMXBean, AutoCloseable {

    /**
     * A role's settings, as they stand in its file.
     *
     * @param pid the file's name, for messages
     * @param urlsKey the key of the addresses, for messages
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
            long maxBackOffMillis) {

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
                                usual.snapshotBytes());
                    })
                    .toList();
        }

        /** Without the password. */
        @Override
        public String toString() {
            return user + "@" + Arrays.toString(urls) + Arrays.toString(feeds);
        }
    }

    private final BundleContext context;
    private final String role;
    private final ServiceRegistration<RoleStatus> status;
    private final ServiceRegistration<DynamicMBean> bean;
    private volatile Settings settings;
    private volatile FollowedFeeds feeds;
    private LocalBroker broker;

    /**
     * Begins to follow.
     *
     * @param role its name, as in {@link RoleStatus#role}
     * @param beanType the type in its MBean's name
     * @throws IllegalArgumentException when it cannot work with these settings; nothing is left behind then
     */
    public FollowerRole(BundleContext context, String role, String beanType, Settings settings) {
        this.context = context;
        this.role = role;
        this.settings = settings;
        this.feeds = new FollowedFeeds(context, role, settings.followers(), settings.sources());
        this.status = context.registerService(RoleStatus.class, this, null);
        this.bean = new RoleMBean(this, FollowerRoleMXBean.class).publish(context, beanType);
    }

    /** From now on with these: what is followed still keeps what its replicas hold. */
    public synchronized void settings(Settings next) {
        if (feeds.follows(next.feedNames())) {
            feeds.settings(next.followers(), next.sources());
        } else {
            feeds.close();
            feeds = new FollowedFeeds(context, role, next.followers(), next.sources());
            if (broker != null) {
                feeds.attach(broker);
            }
        }
        settings = next;
    }

    /** The node's broker is there. */
    public synchronized void attach(LocalBroker present) {
        broker = present;
        feeds.attach(present);
    }

    /** That broker is gone. */
    public synchronized void detach(LocalBroker gone) {
        if (broker == gone) {
            broker = null;
        }
        feeds.detach(gone);
    }

    /** The replicas it keeps. */
    public List<Replica> replicas() {
        return feeds.replicas();
    }

    @Override
    public String role() {
        return role;
    }

    @Override
    public String summary() {
        return feeds.summary();
    }

    @Override
    public Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("sources", String.join(", ", getSources()));
        details.put("user", settings.user());
        for (Replica replica : feeds.replicas()) {
            details.put(
                    "feed " + replica.feed(),
                    replica.state() + " from " + replica.source() + " at "
                            + replica.view().position());
        }
        return details;
    }

    @Override
    public List<String> getSources() {
        return settings.sources().sources().stream()
                .map(BrokerAddress::toString)
                .toList();
    }

    @Override
    public String getUser() {
        return settings.user();
    }

    @Override
    public String getSummary() {
        return summary();
    }

    @Override
    public List<FeedLine> getFeeds() {
        return feeds.replicas().stream().map(FeedLine::of).toList();
    }

    @Override
    public synchronized void close() {
        unregister(status);
        unregister(bean);
        feeds.close();
    }

    private static void unregister(ServiceRegistration<?> registration) {
        try {
            registration.unregister();
        } catch (IllegalStateException bundleStopped) {
            // The framework has unregistered it with the bundle.
        }
    }
}
