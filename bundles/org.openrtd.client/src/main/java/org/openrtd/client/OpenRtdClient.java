package org.openrtd.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.TableInfo;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.Table;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.BrokerAddress;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.feed.jms.NodeName;

/**
 * Follows a site from a plain Java program, without OSGi:
 *
 * <pre>{@code
 * OpenRtdClient client = OpenRtdClient.builder()
 *         .distributors("tcp://north-1:61616", "tcp://north-2:61616")
 *         .credentials("wallboard", password)
 *         .tables("Call_Type_Real_Time", "Call_Type")
 *         .listener(listener)
 *         .open();
 * }</pre>
 *
 * <p>From then on the client holds the tables in memory, changes to another distributor when it has to, and goes on at the
 * next batch there. {@link Builder#open} does not wait for the first rows; {@link #awaitLive} does. What broke is never an
 * exception later on: rows stay readable, and every answer says its state, position and age ({@link FeedStatus}).
 *
 * <p>All methods may be called from any thread, and those that read wait for nothing. The {@link OpenRtdListener} is called on
 * one thread of the client's own. All threads are daemons: a program whose {@code main} returns ends.
 */
public final class OpenRtdClient implements AutoCloseable {

    /** A connection that hangs in a call is let go of within the link's own time-outs, which are shorter. */
    private static final Duration MOST_FOR_CONNECTIONS = Duration.ofSeconds(5);

    private final List<JmsFollower> followers = new ArrayList<>();
    private final List<FollowedFeed> feeds = new ArrayList<>();
    private final Delivery delivery;

    private OpenRtdClient(Builder settings) {
        delivery = new Delivery(settings.listener);
        JmsFollower.Sources sources = settings.sources();
        List<FollowerSettings> all = settings.followers();
        boolean several =
                all.stream().filter(each -> !each.feed().equals(Catalog.CONFIG)).count() > 1;
        try {
            for (FollowerSettings each : all) {
                JmsFollower follower = new JmsFollower(each, sources, () -> null, settings.name);
                followers.add(follower);
                feeds.add(new FollowedFeed(
                        follower.replica(), settings.wanted.get(each.feed()), each.staleAfter(), several, delivery));
            }
        } catch (RuntimeException e) {
            followers.forEach(JmsFollower::close);
            throw e;
        }
        delivery.start(feeds);
        feeds.forEach(feed -> feed.replica().listen(feed));
    }

    /** Begins with nothing set. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads tables at one moment: of each feed all changes of a batch or none, and real-time feeds at the same tick of the
     * controller while they are live (see {@link Reading#sameMoment}). Never waits and never fails for what broke on the way:
     * the reading says its state.
     *
     * @param tables any that the client was asked for; none for all
     * @throws IllegalArgumentException when the client was not asked for one of them
     */
    public Reading read(String... tables) {
        Set<FollowedFeed> asked = new LinkedHashSet<>();
        for (String table : tables) {
            asked.add(feedOf(table));
        }
        return new Reading(parts(tables.length == 0 ? feeds : asked));
    }

    List<JmsFollower> followers() {
        return followers;
    }

    /** How good the rows are, feed by feed. */
    public List<FeedStatus> statuses() {
        return feeds.stream().map(FollowedFeed::status).toList();
    }

    /**
     * Waits until all feeds are live: until then there may be no rows, or old ones.
     *
     * @throws TimeoutException when they are not within {@code most}; the message says of each why, by every reason that was
     *     met meanwhile. The client goes on trying
     * @throws IllegalStateException when a feed is refused, or the client closed; the message says why
     */
    public void awaitLive(Duration most) throws InterruptedException, TimeoutException {
        long until = System.nanoTime() + most.toNanos();
        Map<String, String> atFirst = new HashMap<>();
        Map<String, Set<String>> reasons = new HashMap<>();
        while (true) {
            List<FeedStatus> now = statuses();
            if (delivery.closed()) {
                throw new IllegalStateException("Not live: this client is closed");
            }
            for (FeedStatus status : now) {
                if (status.state() == FeedState.REFUSED) {
                    throw new IllegalStateException("Feed " + status.feed() + " is refused: " + status.reason());
                }
                // What was so before this waited says less than what is found meanwhile, where anything is.
                atFirst.putIfAbsent(status.feed(), status.reason());
                if (status.stale()
                        && (reasons.containsKey(status.feed())
                                || !status.reason().equals(atFirst.get(status.feed())))) {
                    reasons.computeIfAbsent(status.feed(), feed -> new LinkedHashSet<>())
                            .add(status.reason());
                }
            }
            if (now.stream().noneMatch(FeedStatus::stale)) {
                return;
            }
            long left = until - System.nanoTime();
            if (left <= 0) {
                throw new TimeoutException("Not live within " + most.toMillis() / 1000.0 + " s: "
                        + String.join(
                                "; ",
                                now.stream()
                                        .filter(FeedStatus::stale)
                                        .map(status -> status.feed() + " is " + status.state() + ": "
                                                + String.join(
                                                        ", ",
                                                        reasons.getOrDefault(status.feed(), Set.of(status.reason()))))
                                        .toList()));
            }
            delivery.await(Duration.ofNanos(Math.min(left, Duration.ofMillis(20).toNanos())));
        }
    }

    /**
     * Has each feed followed from the distributor that is held ready for it, at its next batch, without a snapshot where that
     * one's memory reaches back. It stays there while that is well.
     *
     * @return the feeds that change over
     * @throws IllegalStateException when none can; the message says of each why, and nothing changes
     */
    public List<String> failover() {
        List<String> moved = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (JmsFollower follower : followers) {
            try {
                follower.failover("the program wants it");
                moved.add(follower.replica().feed());
            } catch (IllegalStateException e) {
                problems.add(e.getMessage());
            }
        }
        if (moved.isEmpty()) {
            throw new IllegalStateException(String.join("; ", problems));
        }
        return moved;
    }

    /**
     * Ends the connections and the client's threads. The listener hears nothing after this has returned. Waits for a call of
     * the listener and for a distributor that does not answer, for at most 5 s each; called by the listener itself, it does
     * not wait for that call. What was read stays readable, and {@link #read} goes on to answer, as stale.
     */
    @Override
    public void close() {
        // Whoever is told to end by an interrupt closes too, and that is no reason to leave connections behind.
        boolean interrupted = Thread.interrupted();
        delivery.close();
        followers.forEach(JmsFollower::close);
        try {
            for (JmsFollower follower : followers) {
                follower.awaitEnd(MOST_FOR_CONNECTIONS);
            }
        } catch (InterruptedException again) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The feeds and their states, for people. */
    @Override
    public String toString() {
        return String.join("; ", statuses().stream().map(FeedStatus::toString).toList());
    }

    private FollowedFeed feedOf(String table) {
        for (FollowedFeed feed : feeds) {
            if (feed.has(feed.replica().view(), table)) {
                return feed;
            }
        }
        TableInfo known = Catalog.table(table);
        throw new IllegalArgumentException("This client does not follow " + known.name() + ": add tables(\""
                + known.name() + "\"), or feeds(\"" + known.feed() + "\"), before open()");
    }

    /** At the newest tick that all real-time feeds have, if all of them are current; else each as new as it is. */
    private static List<Reading.Part> parts(Collection<FollowedFeed> asked) {
        List<FollowedFeed> ticking =
                asked.stream().filter(feed -> !feed.durable()).toList();
        List<Reading.Part> newest = asked.stream().map(FollowedFeed::newest).toList();
        if (ticking.size() < 2
                || newest.stream()
                        .anyMatch(
                                part -> !part.feed().durable() && part.status().stale())) {
            return newest;
        }
        for (FollowedFeed.Moment moment : ticking.get(0).moments()) {
            Map<FollowedFeed, Reading.Part> then = new HashMap<>();
            ticking.forEach(feed -> feed.at(moment).ifPresent(part -> then.put(feed, part)));
            if (then.size() == ticking.size()) {
                return newest.stream()
                        .map(part -> then.getOrDefault(part.feed(), part))
                        .toList();
            }
        }
        return newest;
    }

    /** Collects what a client is to do. Not thread-safe. */
    public static final class Builder {

        private String[] distributors = {};
        private String user = "";
        private String password = "";
        /** {@code null} when nobody wants to hear. */
        private OpenRtdListener listener;

        private Duration heartbeatInterval = Duration.ofSeconds(1);
        private Duration resumeTimeout = Duration.ofSeconds(5);
        private Duration staleAfter = Duration.ofSeconds(3);
        private Duration longestBackOff = Duration.ofSeconds(5);
        private boolean returnToPrimary;
        private String name = NodeName.of("");
        /** By feed, names of tables in lower case; {@code null} for all of the feed. */
        private final Map<String, Set<String>> wanted = new LinkedHashMap<>();

        private Builder() {}

        /**
         * The brokers of the site's distributors, in order of preference: {@code tcp://host:port}, with TLS {@code
         * tcp://host:port?sslEnabled=true&trustStorePath=FILE&trustStorePassword=PASSWORD}. Append {@code #NAME} for one that
         * is not called {@code distributor} in addresses.
         */
        public Builder distributors(String... urls) {
            distributors = urls.clone();
            return this;
        }

        /** The user, and its password, at all distributors; there it needs the role {@code rtd-client}. */
        public Builder credentials(String user, String password) {
            this.user = Objects.requireNonNull(user, "user");
            this.password = Objects.requireNonNull(password, "password");
            return this;
        }

        /**
         * Follows all tables of these feeds, beside what was asked for before.
         *
         * @throws IllegalArgumentException when there is no such feed; the message names those there are
         */
        public Builder feeds(String... names) {
            for (String name : names) {
                wanted.put(Catalog.feed(name).feed(), null);
            }
            return this;
        }

        /**
         * Follows these tables, beside what was asked for before. What crosses the line and is held in memory is the feed that
         * each is in; the listener hears of these tables only.
         *
         * @throws IllegalArgumentException when there is no such table; the message names the nearest ones
         */
        public Builder tables(String... names) {
            for (String name : names) {
                TableInfo table = Catalog.table(name);
                Set<String> known = wanted.containsKey(table.feed())
                        ? wanted.get(table.feed())
                        : wanted.computeIfAbsent(table.feed(), feed -> new HashSet<>());
                if (known != null) {
                    known.add(table.name().toLowerCase(Locale.ROOT));
                }
            }
            return this;
        }

        /** Who hears of rows, batches and states. */
        public Builder listener(OpenRtdListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** How often the distributors send a heartbeat, as set there; 1 s unless set. */
        public Builder heartbeatInterval(Duration interval) {
            heartbeatInterval = interval;
            return this;
        }

        /**
         * The age at which rows count as not current, and the silence after which a distributor is left; longer than the
         * heartbeat interval; 3 s unless set.
         */
        public Builder staleAfter(Duration age) {
            staleAfter = age;
            return this;
        }

        /** How long connecting or resuming may make no progress before the next distributor is tried; 5 s unless set. */
        public Builder resumeTimeout(Duration timeout) {
            resumeTimeout = timeout;
            return this;
        }

        /** The longest time between two attempts to connect; 5 s unless set. */
        public Builder longestBackOff(Duration most) {
            longestBackOff = most;
            return this;
        }

        /**
         * Whether to go back to the distributor that says that it is the primary, when it has been well again for a while;
         * else only {@link OpenRtdClient#failover} goes back. Not unless set.
         */
        public Builder returnToPrimary(boolean returns) {
            returnToPrimary = returns;
            return this;
        }

        /**
         * What the distributors' operators see this program as ({@code rtd:clients}); the host's name unless set.
         *
         * @throws IllegalArgumentException when it is not 1 to 64 letters, digits, dots, underscores, dashes and spaces
         */
        public Builder name(String name) {
            this.name = NodeName.check(name);
            return this;
        }

        /**
         * Begins to follow; does not wait for a connection.
         *
         * @throws IllegalArgumentException when what was set makes no sense; the message says what and what to do
         */
        public OpenRtdClient open() {
            return new OpenRtdClient(this);
        }

        private JmsFollower.Sources sources() {
            List<BrokerAddress> addresses = BrokerAddress.parse(distributors);
            if (addresses.isEmpty()) {
                throw new IllegalArgumentException(
                        "Nobody to follow: name distributors(...), for example tcp://host:61616");
            }
            if (addresses.stream().anyMatch(BrokerAddress::isLocal)) {
                throw new IllegalArgumentException(
                        "A program outside of a node has no local broker: name distributors(...) as tcp://host:port");
            }
            if (user.isBlank() || password.isEmpty()) {
                throw new IllegalArgumentException("User or password is missing: set credentials(user, password)");
            }
            Addresses.word(user);
            return new JmsFollower.Sources(
                    Addresses.DISTRIBUTOR,
                    addresses,
                    user,
                    password,
                    "check credentials(user, password), and etc/users.properties of the distributor");
        }

        private List<FollowerSettings> followers() {
            if (wanted.isEmpty()) {
                throw new IllegalArgumentException(
                        "Nothing to follow: name tables(...), or feeds(...) of " + String.join(", ", Catalog.feeds()));
            }
            List<FollowerSettings> followers = new ArrayList<>();
            wanted.forEach((feed, tables) -> {
                FollowerSettings usual = FollowerSettings.of(feed, Arrays.asList(distributors));
                followers.add(new FollowerSettings(
                        feed,
                        usual.sources(),
                        usual.feedId(),
                        needed(feed, tables),
                        heartbeatInterval,
                        resumeTimeout,
                        staleAfter,
                        usual.backOff(),
                        longestBackOff,
                        usual.bufferBytes(),
                        usual.snapshotBytes(),
                        returnToPrimary));
            });
            return followers;
        }

        /** A distributor that lacks a table that was asked for by name is refused: no rows would look like an empty table. */
        private static FeedSchema needed(String feed, Set<String> tables) {
            if (tables == null) {
                return null;
            }
            FeedSchema known = Catalog.feed(feed);
            List<Table> keys = known.tables().stream()
                    .filter(table -> tables.contains(table.name().toLowerCase(Locale.ROOT)))
                    .map(table -> new Table(
                            table.name(), table.keyColumns(), table.columns().subList(0, table.keyColumns())))
                    .toList();
            return new FeedSchema(feed, known.version(), known.durable(), keys);
        }
    }
}
