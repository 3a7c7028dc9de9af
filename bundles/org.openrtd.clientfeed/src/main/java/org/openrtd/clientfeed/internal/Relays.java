package org.openrtd.clientfeed.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openrtd.feed.FollowerStatus;
import org.openrtd.feed.Followers;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.FeedLine;
import org.openrtd.feed.jms.FollowerLine;
import org.openrtd.feed.jms.JmsRelay;
import org.openrtd.feed.jms.JmsSource;
import org.openrtd.feed.jms.LocalBroker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One relay for each feed that there is a replica of; the replica of the highest rank where there are several. */
final class Relays implements RoleStatus, Followers, ClientFeedMXBean, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Relays.class);

    private record Present(Replica replica, int rank) {}

    private record Relayed(Replica replica, JmsRelay relay) {}

    private final String name;
    private final Map<Replica, Present> present = new LinkedHashMap<>();
    private final Map<String, Relayed> relayed = new TreeMap<>();
    /** Both are {@code null} until there were settings that make sense. */
    private String source;

    private SourceSettings settings;
    private LocalBroker broker;
    private boolean follows;
    /** What is wrong with the newest settings, or {@code null}. */
    private String problem;

    private boolean closed;

    /** Passes nothing on before it has settings. */
    Relays(String name) {
        this.name = name;
    }

    /** A replica is there, or its rank has changed. */
    synchronized void add(Replica replica, int rank) {
        present.put(replica, new Present(replica, rank));
        choose(replica.feed());
    }

    synchronized void remove(Replica replica) {
        present.remove(replica);
        choose(replica.feed());
    }

    synchronized void attach(LocalBroker there) {
        broker = there;
        relayed.values().forEach(each -> each.relay.attach(there));
    }

    synchronized void detach(LocalBroker gone) {
        if (broker == gone) {
            broker = null;
        }
        relayed.values().forEach(each -> each.relay.detach(gone));
    }

    /** @param as what this client feed is called in addresses; the same each time */
    synchronized void settings(String as, SourceSettings next) {
        source = as;
        settings = next;
        relayed.values().forEach(each -> each.relay.settings(next));
        present.keySet().forEach(replica -> choose(replica.feed()));
    }

    /** New settings make no sense; what is passed on is so as before. */
    synchronized void wrong(String why) {
        problem = why;
    }

    /**
     * Whether the role is told to follow sources of its own.
     *
     * @param wrong what is wrong with those settings, or {@code null}
     */
    synchronized void following(boolean wanted, String wrong) {
        follows = wanted;
        problem = wrong;
    }

    private void choose(String feed) {
        if (closed || settings == null) {
            return;
        }
        Replica best = present.values().stream()
                .filter(each -> each.replica.feed().equals(feed))
                .max(Comparator.comparingInt(Present::rank))
                .map(Present::replica)
                .orElse(null);
        Relayed now = relayed.get(feed);
        if (now != null && now.replica == best) {
            return;
        }
        if (now != null) {
            relayed.remove(feed);
            now.relay.close();
            if (best == null) {
                LOG.info("Feed {} is passed on no more: its replica has gone", feed);
            }
        }
        if (best != null) {
            JmsRelay relay = new JmsRelay(best, source, name, Addresses.CLIENT_ROLE, settings);
            relayed.put(feed, new Relayed(best, relay));
            if (broker != null) {
                relay.attach(broker);
            }
            LOG.info("Feed {} is passed on to clients as {}", feed, Addresses.topic(feed, source));
        }
    }

    @Override
    public String role() {
        return "client-feed";
    }

    @Override
    public synchronized String summary() {
        if (settings == null) {
            return "not running: " + problem;
        }
        if (relayed.isEmpty()) {
            return "has nothing to pass on: "
                    + (problem != null
                            ? problem
                            : follows
                                    ? "no feed of followUrls is there"
                                    : "no role of this node holds a feed, and followUrls is not set");
        }
        List<String> shut = new ArrayList<>();
        relayed.forEach((feed, each) -> {
            if (!each.relay.source().open()) {
                shut.add(feed + ": " + each.relay.source().state());
            }
        });
        String passed = shut.isEmpty() ? "passes on " + String.join(", ", relayed.keySet()) : String.join("; ", shut);
        return problem == null ? passed : passed + "; new settings are not used: " + problem;
    }

    @Override
    public synchronized Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        if (source != null) {
            details.put("source", source);
        }
        relayed.forEach((feed, each) -> details.put(
                "feed " + feed,
                each.relay.source().messagesSent() + " messages, "
                        + each.relay.source().bytesSent() + " bytes sent, "
                        + each.relay.source().requests() + " requests"
                        + each.relay
                                .source()
                                .said()
                                .map(hop -> ", health " + hop.health() + (hop.primary() ? ", the primary" : ""))
                                .orElse("")));
        return details;
    }

    @Override
    public synchronized String getSourceName() {
        return source == null ? "" : source;
    }

    @Override
    public String getSummary() {
        return summary();
    }

    @Override
    public synchronized List<FeedLine> getFeeds() {
        Map<String, FeedLine> lines = new HashMap<>();
        relayed.forEach((feed, each) -> lines.put(feed, FeedLine.of(each.replica, each.relay.source())));
        return relayed.keySet().stream().map(lines::get).toList();
    }

    @Override
    public List<FollowerStatus> followers() {
        LocalBroker there;
        List<JmsSource> sources;
        synchronized (this) {
            there = broker;
            sources = relayed.values().stream().map(each -> each.relay.source()).toList();
        }
        return FollowerLine.followers(there, sources);
    }

    @Override
    public synchronized long wantedMillisAgo(String feed) {
        Relayed each = relayed.get(feed);
        return each == null ? -1 : each.relay.source().wantedMillisAgo();
    }

    @Override
    public List<FollowerLine> getFollowers() {
        return FollowerLine.of(followers());
    }

    @Override
    public synchronized void close() {
        closed = true;
        relayed.values().forEach(each -> each.relay.close());
        relayed.clear();
    }
}
