package org.openrtd.feed.jms;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.openrtd.feed.Connector;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Follower;
import org.openrtd.feed.Follower.ChangeOver;
import org.openrtd.feed.FollowerReport;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Link;
import org.openrtd.feed.LinkListener;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Replica;
import org.openrtd.feed.StoredFeed.Stored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one feed over brokers, on a thread of its own, from the moment it is made until it is closed. What becomes of the
 * connection is logged: one line when it changes, not one for each attempt.
 */
public final class JmsFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JmsFollower.class);
    private static final Duration TICK = Duration.ofMillis(50);
    private static final int MAX_REASONS = 100;

    /**
     * Whom to follow, and as whom.
     *
     * @param usualSource the source's name in addresses where an address states none
     * @param sources in order of preference
     * @param user on the sources' brokers; not used at the node's own
     * @param remedy what to do when user or password are wrong, for people: names the settings
     */
    public record Sources(
            String usualSource, List<BrokerAddress> sources, String user, String password, String remedy) {

        public Sources {
            sources = List.copyOf(sources);
        }

        /** Without the password. */
        @Override
        public String toString() {
            return user + "@" + sources;
        }

        private List<String> names() {
            return sources.stream().map(BrokerAddress::toString).toList();
        }
    }

    private final String feed;
    private final FeedLoop loop;
    private final Supplier<LocalBroker> local;
    private final Supplier<String> node;
    private final Follower follower;
    private volatile Replica replica;
    private final Set<String> said = new HashSet<>();
    private JmsConnector connector;
    private Sources now;
    private Consumer<String> sourceChanged = source -> {};
    private String source = "";
    private boolean closed;
    private volatile int sourceIndex;
    /** Why there is no second source, as it was said last; empty when there is one. */
    private String notReady = "";

    private long changesSaid;

    /**
     * Begins to follow.
     *
     * @param settings its sources are replaced by {@code sources}
     * @param local the node's broker, or {@code null} while there is none
     * @throws IllegalArgumentException when it cannot work with these settings
     */
    public JmsFollower(FollowerSettings settings, Sources sources, Supplier<LocalBroker> local) {
        this(settings, sources, local, NodeName.of(""));
    }

    /**
     * Begins to follow.
     *
     * @param node what the sources' operators see this follower as
     * @throws IllegalArgumentException when it cannot work with these settings
     */
    public JmsFollower(FollowerSettings settings, Sources sources, Supplier<LocalBroker> local, String node) {
        this(settings, sources, local, null, () -> node);
    }

    /**
     * Begins to follow, once it is known with which rows.
     *
     * @param stored completes with the rows that outlived another process, if any did; {@code null} when none can have
     * @param node what this node is called, for the sources' operators
     */
    JmsFollower(
            FollowerSettings settings,
            Sources sources,
            Supplier<LocalBroker> local,
            CompletableFuture<Optional<Stored>> stored,
            Supplier<String> node) {
        this.node = node;
        this.feed = settings.feed();
        this.local = local;
        this.loop = new FeedLoop(feed + "-follower");
        try {
            this.connector = connector(sources);
            this.now = sources;
            this.follower = new Follower(
                    withSources(settings, sources),
                    MonotonicClock.SYSTEM,
                    RandomGenerator.of("L64X128MixRandom"),
                    new Connector() {
                        @Override
                        public Link connect(int index, LinkListener listener) {
                            return connector.connect(index, listener);
                        }

                        @Override
                        public Standby standby(int index, LinkListener listener) {
                            return connector.standby(index, listener);
                        }
                    });
        } catch (RuntimeException e) {
            loop.close();
            throw e;
        }
        this.replica = follower.replica();
        if (stored != null) {
            follower.awaitStored();
            stored.whenComplete((rows, failed) -> loop.execute(() -> prime(failed == null ? rows : Optional.empty())));
        }
        // No news.
        said.add(replica.state() + replica.reason());
        loop.every(TICK, () -> {
            follower.time();
            sourceIndex = follower.source();
            reportChange();
            report();
            reportReady();
            if (!source.equals(replica.source())) {
                source = replica.source();
                sourceChanged.accept(source);
            }
        });
    }

    public Replica replica() {
        return replica;
    }

    private void prime(Optional<Stored> stored) {
        try {
            follower.prime(stored.orElse(null));
        } catch (IllegalArgumentException e) {
            LOG.warn("Feed {}: all comes in a snapshot. {}", feed, e.getMessage());
        }
        // No news either.
        said.add(replica.state() + replica.reason());
    }

    /** Tells, on the feed's thread, that another source is followed; a listener of the replica would cost each batch. */
    void onSource(Consumer<String> next) {
        loop.execute(() -> {
            sourceChanged = next;
            next.accept(source);
        });
    }

    /** From now on with these; what the replica holds stays. */
    public void settings(FollowerSettings settings, Sources sources) {
        JmsConnector next = connector(sources);
        loop.execute(() -> {
            connector = next;
            said.clear();
            follower.settings(withSources(settings, sources));
            // Names say nothing of the user, or of a URL's parameters.
            if (!sources.equals(now)) {
                now = sources;
                follower.reconnect("new settings");
            }
        });
    }

    /** Has the follower forget the rows of another central database; see {@link Follower#forgetIdentity}. */
    public boolean forgetIdentity() {
        return loop.call(() -> {
            said.clear();
            return follower.forgetIdentity();
        });
    }

    /** Ends the connection and the thread; the replica stays readable, as not current. */
    @Override
    public void close() {
        try {
            loop.call(() -> {
                closed = true;
                follower.close();
                return null;
            });
        } catch (IllegalStateException alreadyClosed) {
            LOG.debug("{}", feed, alreadyClosed);
        }
        loop.close();
    }

    /**
     * After {@link #close}, waits for the connection's own threads too, which the library may hold for some time against a
     * broker that has stopped; answers whether they have ended.
     */
    public boolean awaitEnd(Duration most) throws InterruptedException {
        return connector.awaitEnd(most);
    }

    /** The source that is held ready beside the followed one; empty with one source. */
    public Optional<Follower.ReadySource> ready() {
        return follower.ready();
    }

    /** The same, for people. */
    Optional<String> readyLine() {
        return ready().map(ready -> ready.said()
                .map(hop -> "ready is " + ready.name() + ", " + hop.state() + ", " + health(hop))
                .orElse(ready.name() + " is not ready" + (ready.problem().isEmpty() ? "" : ": " + ready.problem())));
    }

    private static String health(Hop hop) {
        return "health " + hop.health() + (hop.primary() ? ", the primary" : "");
    }

    /** How the feed is, for people. */
    String line() {
        return replica.state() + " from " + replica.source() + " at "
                + replica.view().position()
                + said().map(hop -> ", its " + health(hop)).orElse("")
                + readyLine().map(line -> "; " + line).orElse("")
                + lastChange().map(change -> "; " + described(change)).orElse("");
    }

    private static String described(ChangeOver change) {
        return "goes on with " + change.to() + " after " + change.millis() / 1000.0 + " s, "
                + (change.snapshot() ? "with" : "without") + " a snapshot; " + change.from() + " was left: "
                + change.why();
    }

    /** What the followed source said of itself last. */
    Optional<Hop> said() {
        return follower.said();
    }

    /** How it came to the source it follows, if it had another one before. */
    public Optional<ChangeOver> lastChange() {
        return follower.lastChange();
    }

    /** How many times it has changed over. */
    long changes() {
        return follower.changes();
    }

    /** Follows the source that is ready from now on; see {@link Follower#failover}. */
    public void failover(String why) {
        loop.call(() -> {
            follower.failover(why);
            return null;
        });
    }

    /** Whether to follow nobody; see {@link Follower#idle}. */
    void idle(boolean is) {
        loop.execute(() -> {
            follower.idle(is);
            // What became of earlier attempts is no news when it begins again; that it does so is none either.
            said.clear();
            said.add(replica.state() + replica.reason());
        });
    }

    /** Whether it follows nobody now. */
    boolean isIdle() {
        return follower.isIdle();
    }

    /** Which source is followed now, or was tried last: an index into the list. */
    int sourceIndex() {
        return sourceIndex;
    }

    private JmsConnector connector(Sources sources) {
        JmsConnector made = new JmsConnector(
                feed,
                sources.usualSource,
                sources.sources,
                sources.user,
                sources.password,
                sources.remedy,
                loop,
                local);
        made.reporting(ready -> FollowerReport.of(node.get(), ready, replica));
        return made;
    }

    private static FollowerSettings withSources(FollowerSettings settings, Sources sources) {
        return new FollowerSettings(
                settings.feed(),
                sources.names(),
                settings.feedId(),
                settings.needed(),
                settings.heartbeatInterval(),
                settings.resumeTimeout(),
                settings.staleAfter(),
                settings.backOff(),
                settings.maxBackOff(),
                settings.bufferBytes(),
                settings.snapshotBytes(),
                settings.returnToPrimary());
    }

    /** A second source that cannot be had is not missed before the first is gone, so it is said; each reason once. */
    private void reportReady() {
        Follower.ReadySource ready = follower.ready().orElse(null);
        if (ready == null) {
            return;
        }
        if (!ready.problem().isEmpty() && !ready.problem().equals(notReady)) {
            notReady = ready.problem();
            LOG.warn(
                    follower.isIdle()
                            ? "Feed {} is idle, and has no source ready: {}: {}"
                            : "Feed {} has no second source ready: {}: {}",
                    feed,
                    ready.name(),
                    ready.problem());
        } else if (ready.said().isPresent() && !notReady.isEmpty()) {
            notReady = "";
            LOG.info("Feed {} has {} ready again", feed, ready.name());
        }
    }

    private void reportChange() {
        if (follower.changes() > changesSaid) {
            changesSaid = follower.changes();
            said.clear();
            LOG.info("Feed {} {}", feed, described(follower.lastChange().orElseThrow()));
        }
    }

    /** Each reason is said once until the feed is live again, however many attempts fail for it. */
    private void report() {
        FeedState state = replica.state();
        if (state == FeedState.LIVE) {
            if (!said.isEmpty()) {
                said.clear();
                LOG.info("Feed {} is live again, from {}", feed, replica.source());
            }
        } else if (state != FeedState.RESUMING && !closed && !follower.isIdle()) {
            String reason = replica.reason();
            if (said.size() < MAX_REASONS && !reason.isEmpty() && said.add(state + reason)) {
                if (reason.startsWith(Follower.CHANGES_OVER)) {
                    LOG.warn("Feed {} {}", feed, reason);
                } else if (state == FeedState.REFUSED) {
                    LOG.error("Feed {} is refused: {}", feed, reason);
                } else {
                    LOG.warn("Feed {} is not connected: {}; trying again", feed, reason);
                }
            }
        }
    }
}
