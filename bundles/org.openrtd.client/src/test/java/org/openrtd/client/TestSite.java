package org.openrtd.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Replica;
import org.openrtd.feed.Row;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.Table;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.FeedLoop;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.feed.jms.JmsRelay;
import org.openrtd.feed.jms.JmsSource;
import org.openrtd.feed.jms.TestBroker;

/** A centre and distributors of a site, with real brokers, origins and relays, in this JVM; without OSGi. */
public final class TestSite implements AutoCloseable {

    public static final Duration HEARTBEAT = Duration.ofMillis(200);
    private static final SourceSettings SOURCE = SourceSettings.withHeartbeat(HEARTBEAT);

    private record Made(FeedLoop loop, JmsSource source, Origin origin) {}

    private final TestBroker centre = new TestBroker();
    private final Map<String, Made> feeds = new LinkedHashMap<>();
    private final List<Distributor> distributors = new ArrayList<>();
    private long tick = 1000;

    /** @param lacking tables that this site does not know */
    public TestSite(String... lacking) throws Exception {
        for (String feed : Catalog.feeds()) {
            FeedSchema known = Catalog.feed(feed);
            FeedSchema schema = new FeedSchema(
                    feed,
                    known.version(),
                    false,
                    known.tables().stream()
                            .filter(table -> !List.of(lacking).contains(table.name()))
                            .toList());
            FeedLoop loop = new FeedLoop(feed + "-origin");
            JmsSource source = new JmsSource(
                    feed, Addresses.CENTRE, "centre", Addresses.DISTRIBUTOR_ROLE, loop, MonotonicClock.SYSTEM);
            Origin origin = loop.call(() -> new Origin(
                    schema,
                    new FeedIdentity("test", 1),
                    "centre",
                    SOURCE,
                    MonotonicClock.SYSTEM,
                    RandomGenerator.getDefault(),
                    source));
            source.answerWith(origin::request);
            loop.every(Duration.ofMillis(20), origin::time);
            source.attach(centre);
            feeds.put(feed, new Made(loop, source, origin));
        }
        commit();
    }

    /** Cuts a batch of both real-time feeds at one tick, and one of the configuration if any of it changes. */
    public void commit(Row... rows) {
        tick++;
        Cut cut = new Cut(tick, tick * 1000, 0);
        feeds.forEach((feed, made) -> {
            List<Change> changes = new ArrayList<>();
            for (Row row : rows) {
                if (Catalog.table(row.table().name()).feed().equals(feed)) {
                    changes.add(Change.put(row));
                }
            }
            if (!changes.isEmpty() || !feed.equals(Catalog.CONFIG) || tick == 1001) {
                made.loop.call(() -> made.origin.commit(cut, changes));
            }
        });
    }

    public void delete(Row row) {
        tick++;
        Made made = feeds.get(Catalog.table(row.table().name()).feed());
        made.loop.call(() ->
                made.origin.commit(new Cut(tick, tick * 1000, 0), List.of(Change.delete(row.table(), row.key()))));
    }

    /** A row with these values, and NULL in all other columns: {@code row("Call_Type", "CallTypeID", 5000)}. */
    public static Row row(String table, Object... columnsAndValues) {
        Table schema = Catalog.table(table).table();
        Object[] values = new Object[schema.columns().size()];
        for (int i = 0; i < columnsAndValues.length; i += 2) {
            values[schema.column((String) columnsAndValues[i])] = columnsAndValues[i + 1];
        }
        return schema.row(values);
    }

    /** What the centre has. */
    public Replica origin(String feed) {
        return feeds.get(feed).origin.replica();
    }

    public Distributor distributor(String name) throws Exception {
        Distributor made = new Distributor(name);
        distributors.add(made);
        return made;
    }

    @Override
    public void close() throws Exception {
        for (Distributor distributor : distributors) {
            distributor.close();
        }
        for (Made made : feeds.values()) {
            made.loop.call(() -> {
                made.origin.close();
                return null;
            });
            made.loop.close();
            made.source.close();
        }
        centre.close();
    }

    /** Follows the centre and passes on to clients. */
    public final class Distributor implements AutoCloseable {

        private final TestBroker broker = new TestBroker();
        private final List<JmsFollower> followers = new ArrayList<>();
        private final List<JmsRelay> relays = new ArrayList<>();
        private boolean closed;

        private Distributor(String name) throws Exception {
            for (String feed : feeds.keySet()) {
                JmsFollower follower = new JmsFollower(
                        FollowerSettings.of(feed, List.of("centre")).withHeartbeat(HEARTBEAT),
                        new JmsFollower.Sources(
                                Addresses.CENTRE,
                                List.of(centre.address()),
                                TestBroker.USER,
                                TestBroker.PASSWORD,
                                "check the test"),
                        () -> null);
                followers.add(follower);
                JmsRelay relay =
                        new JmsRelay(follower.replica(), Addresses.DISTRIBUTOR, name, Addresses.CLIENT_ROLE, SOURCE);
                relay.attach(broker);
                relays.add(relay);
            }
        }

        public String url() {
            return broker.address().url();
        }

        /** Not there for its clients, until it is {@link #back}. */
        public void away() throws Exception {
            relays.forEach(relay -> relay.detach(broker));
            broker.stop();
        }

        public void back() throws Exception {
            broker.start();
            relays.forEach(relay -> relay.attach(broker));
        }

        /** All at once, as when its process is killed. */
        public void kill() throws Exception {
            broker.stop();
            close();
        }

        @Override
        public void close() throws Exception {
            if (!closed) {
                closed = true;
                relays.forEach(JmsRelay::close);
                followers.forEach(JmsFollower::close);
                broker.close();
            }
        }
    }
}
