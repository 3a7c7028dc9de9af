package org.openrtd.realtimeserver.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.ConfigurationStore;
import org.openrtd.feed.Change;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FollowerStatus;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Origin;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.jms.FollowerLine;
import org.openrtd.feed.jms.JmsSource;
import org.openrtd.feed.jms.LocalBroker;

/** All feeds that the centre makes: {@code calls} and {@code agents} by the fold, {@code config} by the central database. */
final class OriginFeeds implements Feeds, AutoCloseable {

    private final String source;
    private final String node;
    private final ConfigurationStore store;
    private final Map<String, OriginFeed> feeds = new LinkedHashMap<>();
    private AutoCloseable configurations = () -> {};
    private SourceSettings settings;
    private LocalBroker broker;
    private Supplier<String> whyNotCurrent = () -> null;

    OriginFeeds(String source, String node, ConfigurationStore store, SourceSettings settings) {
        this.source = source;
        this.node = node;
        this.store = store;
        this.settings = settings;
    }

    /** Why the rows of a feed are wrong until the next start; {@code null} when they are right. */
    String problem() {
        return all().stream()
                .map(OriginFeed::problem)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Who knows whether the real-time feeds are current; before they begin. */
    void currentBy(Supplier<String> why) {
        whyNotCurrent = why;
    }

    @Override
    public void begin(long epoch, Cut cut, List<Change> calls, List<Change> agents) {
        realTime(Catalog.CALLS, epoch, cut, calls);
        realTime(Catalog.AGENTS, epoch, cut, agents);
        configuration();
    }

    private void realTime(String feed, long epoch, Cut cut, List<Change> rows) {
        SourceSettings present = settings;
        add(
                feed,
                new OriginFeed(
                        feed,
                        source,
                        node,
                        transport -> {
                            Origin origin = new Origin(
                                    Catalog.feed(feed),
                                    new FeedIdentity(store.feedId(), epoch),
                                    node,
                                    present,
                                    MonotonicClock.SYSTEM,
                                    OriginFeed.random(),
                                    transport);
                            origin.commit(cut, rows);
                            return origin;
                        },
                        whyNotCurrent));
    }

    private void configuration() {
        SourceSettings present = settings;
        ConfigurationStore.Configuration rows = store.rows();
        OriginFeed feed = new OriginFeed(
                Catalog.CONFIG,
                source,
                node,
                transport -> new Origin(
                        store.schema(),
                        new FeedIdentity(store.feedId(), store.epoch()),
                        node,
                        present,
                        MonotonicClock.SYSTEM,
                        OriginFeed.random(),
                        transport,
                        store.history(),
                        rows.recoveryKey(),
                        rows.rows()),
                () -> null);
        add(Catalog.CONFIG, feed);
        configurations = store.listen(
                rows.recoveryKey(),
                transaction -> feed.commitLater(transaction.recoveryKey(), transaction.cut(), transaction.changes()));
    }

    private synchronized void add(String name, OriginFeed feed) {
        feeds.put(name, feed);
        if (broker != null) {
            feed.attach(broker);
        }
    }

    @Override
    public void commit(String feed, Cut cut, List<Change> changes) throws InterruptedException {
        OriginFeed origin;
        synchronized (this) {
            origin = feeds.get(feed);
        }
        if (origin == null) {
            throw new InterruptedException("closed");
        }
        origin.commit(cut, changes);
    }

    synchronized List<OriginFeed> all() {
        return new ArrayList<>(feeds.values());
    }

    /** Who follows them. */
    List<FollowerStatus> followers() {
        LocalBroker present;
        List<JmsSource> sources;
        synchronized (this) {
            present = broker;
            sources = feeds.values().stream().map(OriginFeed::source).toList();
        }
        return FollowerLine.followers(present, sources);
    }

    synchronized void attach(LocalBroker present) {
        broker = present;
        feeds.values().forEach(feed -> feed.attach(present));
    }

    synchronized void detach(LocalBroker gone) {
        if (broker == gone) {
            broker = null;
        }
        feeds.values().forEach(feed -> feed.detach(gone));
    }

    synchronized void settings(SourceSettings next) {
        settings = next;
        feeds.values().forEach(feed -> feed.settings(next));
    }

    /** Ends the feeds; they may begin again. */
    @Override
    public synchronized void close() {
        try {
            configurations.close();
        } catch (Exception gone) {
            // The central database went first, and took its listeners with it.
        }
        feeds.values().forEach(OriginFeed::close);
        feeds.clear();
        configurations = () -> {};
    }
}
