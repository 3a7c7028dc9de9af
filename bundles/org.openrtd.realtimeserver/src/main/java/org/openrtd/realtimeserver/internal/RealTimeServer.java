package org.openrtd.realtimeserver.internal;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.management.DynamicMBean;
import org.openrtd.centraldb.CentralDatabaseException;
import org.openrtd.centraldb.ConfigurationStore;
import org.openrtd.centraldb.EventLog;
import org.openrtd.events.EventCodec;
import org.openrtd.feed.Followers;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.NumericSettings;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.Whereabouts;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.BrokerService;
import org.openrtd.feed.jms.FeedLine;
import org.openrtd.feed.jms.FollowedFeeds;
import org.openrtd.feed.jms.FollowerLine;
import org.openrtd.feed.jms.LocalBroker;
import org.openrtd.feed.jms.NodeIdentity;
import org.openrtd.feed.jms.OfferedSource;
import org.openrtd.feed.jms.RoleMBean;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The role {@code real-time-server}: joins the engine to the broker, the central database and the operators. */
final class RealTimeServer implements RoleStatus, RealTimeServerMXBean {

    private static final Logger LOG = LoggerFactory.getLogger(RealTimeServer.class);

    static final String PID = "org.openrtd.realtimeserver";
    private static final String FILE = "etc/" + PID + ".cfg";

    private static final long RETRY_MILLIS = 5_000;

    private final BundleContext context;
    private final NodeIdentity node;
    private final EventLog log;
    private final ConfigurationStore store;
    private final String source;
    private final Settings started;
    private final OriginFeeds feeds;
    private final BrokerService intake;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Settings present;
    private volatile Centre centre;
    /** Why the centre has not started yet; {@code null} when it has. */
    private volatile String notStarted;

    /** What is wrong with the newest settings; {@code null} when they are in use. */
    private volatile String unusable;

    private Thread starting;

    RealTimeServer(
            BundleContext context,
            NodeIdentity node,
            EventLog log,
            ConfigurationStore store,
            RealTimeServerConfig config) {
        this(context, node, log, store, config, RETRY_MILLIS);
    }

    /**
     * @param retryMillis between attempts to start while the central database fails
     * @throws IllegalArgumentException when a setting makes no sense; the message says which and what to do
     */
    RealTimeServer(
            BundleContext context,
            NodeIdentity node,
            EventLog log,
            ConfigurationStore store,
            RealTimeServerConfig config,
            long retryMillis) {
        this.context = context;
        this.node = node;
        this.log = log;
        this.store = store;
        source = Addresses.word(config.source());
        started = settings(config);
        feeds = new OriginFeeds(source, node.name(), store, sourceSettings(config));
        present = started;
        String queue = Addresses.events(source);
        intake = new BrokerService(
                "event-intake", queue, broker -> broker.openQueue(queue, Addresses.GATEWAY_ROLE), this::arrived);
        feeds.currentBy(() -> centre.whyNotCurrent());
        notStarted = "is starting";
        centre = centre();
        try {
            register(context.registerService(RoleStatus.class, this, null));
            register(context.registerService(Followers.class, feeds::followers, null));
            register(context.registerService(
                    OfferedSource.class, new OfferedSource(source, Addresses.DISTRIBUTOR_ROLE), null));
            ServiceRegistration<DynamicMBean> bean =
                    new RoleMBean(this, RealTimeServerMXBean.class).publish(context, "RealTimeServer");
            register(bean);
            if (!start()) {
                starting = new Thread(() -> startLater(retryMillis), "openrtd-real-time-server-start");
                starting.setDaemon(true);
                starting.start();
            }
        } catch (RuntimeException e) {
            LOG.error("The real-time server is not running. {}", e.getMessage());
            close();
            throw e;
        }
    }

    private Centre centre() {
        return new Centre(
                log,
                store,
                feeds,
                (to, message) -> intakeReply(to, EventCodec.encode(message)),
                MonotonicClock.SYSTEM,
                System::currentTimeMillis,
                present);
    }

    /** Whether the centre runs now; otherwise the central database failed, and a new centre waits to be started. */
    private boolean start() {
        try {
            centre.start();
        } catch (CentralDatabaseException e) {
            centre.close();
            feeds.close();
            centre = centre();
            String why = "cannot start: " + e.getMessage();
            if (!why.equals(notStarted)) {
                LOG.error("The real-time server {}; trying again until it can", why);
            }
            notStarted = why;
            return false;
        }
        // Settings that came meanwhile.
        centre.settings(present);
        for (OriginFeed feed : feeds.all()) {
            Hashtable<String, Object> properties = new Hashtable<>();
            properties.put(Replica.FEED, feed.replica().feed());
            properties.put(Replica.SOURCE, feed.replica().source());
            properties.put(FollowedFeeds.ROLE, role());
            // A role in this node that follows this centre is nearer to its readers.
            properties.put(Constants.SERVICE_RANKING, -1);
            register(context.registerService(Replica.class, feed.replica(), properties));
        }
        notStarted = null;
        return true;
    }

    private void register(ServiceRegistration<?> registration) {
        synchronized (registrations) {
            registrations.add(registration);
        }
    }

    private void startLater(long retryMillis) {
        try {
            while (!isClosing(retryMillis)) {
                if (start()) {
                    return;
                }
            }
        } catch (RuntimeException e) {
            if (closing.getCount() > 0) {
                notStarted = "cannot start: " + e.getMessage();
                LOG.error("The real-time server is not running. {}", e.getMessage(), e);
            }
        }
    }

    private boolean isClosing(long patienceMillis) {
        try {
            return closing.await(patienceMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // Not by close(): Derby interrupts whoever is at work in a database that ends.
            return closing.getCount() == 0;
        }
    }

    void modified(RealTimeServerConfig config) {
        Settings next;
        SourceSettings nextOfSources;
        try {
            next = settings(config);
            nextOfSources = sourceSettings(config);
        } catch (IllegalArgumentException e) {
            LOG.error("The real-time server goes on with the settings before. {}", e.getMessage());
            unusable = e.getMessage();
            return;
        }
        unusable = null;
        if (!source.equals(config.source())
                || next.clock() != started.clock()
                || !next.zone().equals(started.zone())) {
            LOG.warn("New values of source, clock and zone take effect when the bundle is restarted: bundle:restart"
                    + " org.openrtd.realtimeserver");
        }
        present = next.as(started);
        centre.settings(present);
        feeds.settings(nextOfSources);
    }

    void broker(LocalBroker broker) {
        feeds.attach(broker);
        intake.attach(broker);
    }

    void brokerGone(LocalBroker broker) {
        intake.detach(broker);
        feeds.detach(broker);
    }

    void close() {
        closing.countDown();
        if (starting != null) {
            try {
                // Not interrupted: an embedded database takes that badly.
                starting.join(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        synchronized (registrations) {
            registrations.forEach(registration -> {
                try {
                    registration.unregister();
                } catch (IllegalStateException bundleStopped) {
                    // The framework has unregistered it with the bundle.
                }
            });
        }
        centre.close();
        intake.close();
        feeds.close();
    }

    private void arrived(String user, String id, byte[] payload) {
        try {
            centre.arrived(new Replies.To(user, id), payload);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void intakeReply(Replies.To to, byte[] message) {
        intake.reply(to.user(), to.id(), message);
    }

    private static Settings settings(RealTimeServerConfig config) {
        NumericSettings.check(RealTimeServerConfig.class, config, PID);
        ClockMode clock;
        try {
            clock = ClockMode.valueOf(config.clock().trim().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "clock is gateway or controller, not '" + config.clock() + "': set it in " + FILE, e);
        }
        ZoneId zone;
        try {
            zone = config.zone().isBlank()
                    ? ZoneId.systemDefault()
                    : ZoneId.of(config.zone().trim());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "zone is a time zone such as Europe/Berlin, not '" + config.zone() + "': set it in " + FILE, e);
        }
        return new Settings(
                clock,
                zone,
                Arrays.stream(config.autoConfigure())
                        .flatMap(value -> Arrays.stream(value.split(",")))
                        .map(String::trim)
                        .filter(name -> !name.isEmpty())
                        .collect(Collectors.toSet()),
                Duration.ofMillis(config.silentAfterMillis()),
                Duration.ofMillis(config.minIntervalMillis()),
                Duration.ofSeconds(config.checkpointSeconds()),
                config.maxWaitingEvents());
    }

    private SourceSettings sourceSettings(RealTimeServerConfig config) {
        return new SourceSettings(
                Duration.ofMillis(config.heartbeatIntervalMillis()),
                config.ringBytes(),
                config.servingRingBytes(),
                Duration.ofMillis(config.snapshotLifeMillis()),
                false,
                // Edits and the event log end here, whatever else is put before them.
                () -> node.whereabouts().or(new Whereabouts("", node.name(), node.name())));
    }

    // ---------------------------------------------------------------- for operators

    @Override
    public String role() {
        return "real-time-server";
    }

    @Override
    public String summary() {
        return unusable == null ? doing() : doing() + "; new settings are not used: " + unusable;
    }

    private String doing() {
        if (notStarted != null) {
            return notStarted;
        }
        String broken = feeds.problem();
        if (broken == null) {
            broken = centre.whyNotCurrent();
        }
        if (broken != null) {
            return broken;
        }
        if (centre.clockStepMillis() != 0) {
            return "the wall clock was set by " + centre.clockStepMillis() + " ms and is not followed: set it right, or"
                    + " accept it over JMX";
        }
        if (!intake.connected()) {
            return "gateways cannot send: " + intake.state();
        }
        long up = centre.gateways().stream()
                .filter(gateway -> gateway.state().equals("up"))
                .count();
        return "makes calls, agents, config from " + up + (up == 1 ? " gateway" : " gateways");
    }

    @Override
    public Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("clock", getClock());
        details.put("controller time", getControllerTime().isEmpty() ? "not begun" : getControllerTime());
        Centre.Counts counts = centre.counts();
        details.put(
                "events",
                counts.accepted() + " accepted, " + counts.untidy() + " untidy, " + counts.refused() + " refused, "
                        + centre.duplicates() + " duplicate, " + centre.eventsWaiting() + " waiting"
                        + (counts.errors() == 0 ? "" : ", " + counts.errors() + " failed"));
        details.put("event log", "at " + centre.logSequence() + ", checkpoint at " + centre.checkpointSequence());
        centre.gateways()
                .forEach(gateway -> details.put(
                        "gateway " + gateway.gateway(),
                        gateway.state() + ", events up to " + gateway.mark()
                                + (gateway.heardMillisAgo() < 0
                                        ? ""
                                        : ", heard " + gateway.heardMillisAgo() / 1000 + " s ago")));
        return details;
    }

    @Override
    public String getSummary() {
        return summary();
    }

    @Override
    public String getClock() {
        return started.clock().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String getControllerTime() {
        return centre.controllerTime() == 0
                ? ""
                : Instant.ofEpochMilli(centre.controllerTime()).toString();
    }

    @Override
    public long getClockStepMillis() {
        return centre.clockStepMillis();
    }

    @Override
    public void acceptClockStep() {
        centre.acceptClockStep();
    }

    @Override
    public long getEventsLogged() {
        return centre.eventsLogged();
    }

    @Override
    public long getEventsDuplicate() {
        return centre.duplicates();
    }

    @Override
    public int getEventsWaiting() {
        return centre.eventsWaiting();
    }

    @Override
    public long getEventsAccepted() {
        return centre.counts().accepted();
    }

    @Override
    public long getEventsUntidy() {
        return centre.counts().untidy();
    }

    @Override
    public long getEventsRefused() {
        return centre.counts().refused();
    }

    @Override
    public long getEventsFailed() {
        return centre.counts().errors();
    }

    @Override
    public long getLogSequence() {
        return centre.logSequence();
    }

    @Override
    public long getCheckpointSequence() {
        return centre.checkpointSequence();
    }

    @Override
    public long getCheckpointAgeMillis() {
        return centre.checkpointAgeMillis();
    }

    @Override
    public long getCuts() {
        return centre.ticks();
    }

    @Override
    public List<GatewayLine> getGateways() {
        return centre.gateways().stream().map(GatewayLine::new).toList();
    }

    @Override
    public List<FollowerLine> getFollowers() {
        return FollowerLine.of(feeds.followers());
    }

    @Override
    public List<FeedLine> getFeeds() {
        return feeds.all().stream()
                .map(feed -> FeedLine.of(feed.replica(), feed.source()))
                .toList();
    }
}
