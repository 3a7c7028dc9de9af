package org.openrtd.benchmarks;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.openrtd.broker.internal.Brokers;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.ConfigurationStore;
import org.openrtd.centraldb.internal.CentralDatabases;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Origin;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.FeedLoop;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.feed.jms.JmsSource;
import org.openrtd.feed.jms.LocalBroker;

/** The central database on disk, the origin of its feed as the real-time server makes it, and the centre's broker. */
final class ConfigurationCentre implements AutoCloseable {

    private static final String SITE = "site";

    private final ConfigurationStore store;
    private final LocalBroker broker;
    private final FeedLoop loop = new FeedLoop("config-origin");
    private final JmsSource source;
    private final AutoCloseable listening;
    private final int port;

    ConfigurationCentre(Path directory, GeneratedConfiguration configuration, int sites)
            throws IOException, SQLException {
        store = CentralDatabases.configuration(directory, configuration.all());
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Map<String, Set<String>> users = new HashMap<>();
        for (int i = 0; i < sites; i++) {
            users.put(SITE + i, Set.of(Addresses.DISTRIBUTOR_ROLE));
        }
        broker = Brokers.start("centre", port, users);
        source = new JmsSource(
                Catalog.CONFIG, Addresses.CENTRE, "centre", Addresses.DISTRIBUTOR_ROLE, loop, MonotonicClock.SYSTEM);
        ConfigurationStore.Configuration rows = store.rows();
        Origin origin = loop.call(() -> new Origin(
                store.schema(),
                new FeedIdentity(store.feedId(), store.epoch()),
                "centre",
                SourceSettings.DEFAULT,
                MonotonicClock.SYSTEM,
                RandomGenerator.getDefault(),
                source,
                store.history(),
                rows.recoveryKey(),
                rows.rows()));
        source.answerWith(origin::request);
        source.attach(broker);
        loop.every(Duration.ofMillis(50), origin::time);
        listening = store.listen(
                rows.recoveryKey(),
                committed -> loop.execute(() -> origin.commit(committed.cut(), committed.changes())));
    }

    ConfigurationStore store() {
        return store;
    }

    /** A site's follower, which asks for everything; over TCP. */
    JmsFollower follower(int site) {
        return Centre.follower(Catalog.CONFIG, Addresses.CENTRE, port, SITE + site);
    }

    @Override
    public void close() throws Exception {
        listening.close();
        source.close();
        loop.close();
        Brokers.stop(broker);
        CentralDatabases.close(store);
    }
}
