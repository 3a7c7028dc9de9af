package org.openrtd.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import org.openrtd.benchmarks.Main.Settings;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.feed.Change;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.ReplicaListener;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.View;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.localdb.CopyPosition;
import org.openrtd.localdb.internal.LocalDatabases;
import org.openrtd.updater.internal.RunningCopy;

/**
 * The copies of the configuration at sites: the central database, the centre's broker, and for each site a follower over
 * TCP and an updater with a local database of its own; all on this machine's disk and in one process, so that one clock
 * times them. Beside it, in turns of the same run, plain JDBC writes the same rows into the same tables of another Derby
 * database, one for each site.
 *
 * <p>First load: from when the follower, just connected, asks to the commit of the last rows. One change:
 * from when the centre has acknowledged it to its commit at the site, while nothing else goes on. Many waiting: updaters
 * that were held back, from when they are let go to the commit of the last transaction. Settings: {@code rows} and
 * {@code sites}, with commas between several; {@code turns}, {@code changes} one by one, {@code waiting} changes,
 * {@code seed}, {@code directory}.
 */
final class UpdaterBenchmark implements AutoCloseable {

    private static final long PATIENCE_NANOS = 1_800_000_000_000L;
    private static final int EDITORS = 8;

    private final Workplace workplace;
    private final GeneratedConfiguration configuration;
    private final ConfigurationCentre centre;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private int databases;
    private int edits;

    static void run(Settings settings) throws Exception {
        int[] sites = settings.numbers("sites", "1,2,4");
        int most = 1;
        for (int count : sites) {
            most = Math.max(most, count);
        }
        System.out.printf(
                "%n%9s %5s | %9s %9s %6s | %8s %8s %8s %8s | %9s %9s %6s%n",
                "", "", "load", "plain", "", "change", "", "plain", "", "waiting", "plain", "");
        System.out.printf(
                "%9s %5s | %9s %9s %6s | %8s %8s %8s %8s | %9s %9s %6s%n",
                "rows",
                "sites",
                "rows/s",
                "rows/s",
                "ratio",
                "p50, ms",
                "p99, ms",
                "p50, ms",
                "p99, ms",
                "changes/s",
                "changes/s",
                "ratio");
        boolean warm = false;
        for (int rows : settings.numbers("rows", "1000,100000,1000000")) {
            try (Workplace workplace = Workplace.of("updater", settings);
                    UpdaterBenchmark benchmark = new UpdaterBenchmark(workplace, settings, rows, most)) {
                if (!warm) {
                    benchmark.line(1, 2, settings, false);
                    warm = true;
                }
                for (int count : sites) {
                    benchmark.line(count, settings.number("turns", 2), settings, true);
                }
            }
        }
    }

    private UpdaterBenchmark(Workplace workplace, Settings settings, int rows, int sites)
            throws IOException, SQLException {
        this.workplace = workplace;
        this.configuration = new GeneratedConfiguration(rows, settings.number("seed", 7));
        this.centre = new ConfigurationCentre(workplace.path().resolve("central"), configuration, sites);
    }

    private void line(int count, int turns, Settings settings, boolean print) throws Exception {
        double loaded = 0;
        double inserted = 0;
        double caughtUp = 0;
        double updated = 0;
        Histogram changed = new Histogram(3);
        Histogram plain = new Histogram(3);
        for (int turn = 0; turn < turns; turn++) {
            List<Site> sites = new ArrayList<>();
            List<Plain> plains = new ArrayList<>();
            try {
                for (int i = 0; i < count; i++) {
                    sites.add(new Site(i));
                    plains.add(new Plain());
                }
                loaded += load(sites) / turns;
                inserted += insert(plains) / turns;
                oneByOne(sites, settings.number("changes", 200) / turns, changed);
                update(plains, settings.number("changes", 200) / turns, plain);
                caughtUp += catchUp(sites, settings.number("waiting", 2_000)) / turns;
                updated += update(plains, settings.number("waiting", 2_000), new Histogram(3)) / turns;
            } finally {
                for (Site site : sites) {
                    site.close();
                }
                for (Plain one : plains) {
                    one.close();
                }
            }
        }
        if (print) {
            System.out.printf(
                    "%9d %5d | %9.0f %9.0f %6.2f | %8.2f %8.2f %8.2f %8.2f | %9.0f %9.0f %6.2f%n",
                    configuration.rows(),
                    count,
                    loaded,
                    inserted,
                    loaded / inserted,
                    changed.getValueAtPercentile(50) / 1e6,
                    changed.getValueAtPercentile(99) / 1e6,
                    plain.getValueAtPercentile(50) / 1e6,
                    plain.getValueAtPercentile(99) / 1e6,
                    caughtUp,
                    updated,
                    caughtUp / updated);
        }
    }

    /** Rows a second of each site, until the last one has them all. */
    private double load(List<Site> sites) throws Exception {
        long key = centre.store().recoveryKey();
        for (Site site : sites) {
            site.begin();
        }
        long last = sites.get(0).committed(key);
        long first = sites.get(0).requestedAt;
        for (Site site : sites) {
            last = Math.max(last, site.committed(key));
            first = Math.min(first, site.requestedAt);
        }
        return configuration.rows() * 1e9 / (last - first);
    }

    private double insert(List<Plain> plains) throws Exception {
        long begin = System.nanoTime();
        together(plains, plain -> plain.jdbc.insert(configuration.all()));
        return configuration.rows() * 1e9 / (System.nanoTime() - begin);
    }

    private void oneByOne(List<Site> sites, int count, Histogram times) throws Exception {
        for (int i = 0; i < count; i++) {
            long key = commit(edit());
            long acknowledged = System.nanoTime();
            for (Site site : sites) {
                times.recordValue(Math.max(0, site.committed(key) - acknowledged));
            }
        }
    }

    private double update(List<Plain> plains, int count, Histogram times) throws Exception {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            changes.add(edit());
        }
        long begin = System.nanoTime();
        together(plains, plain -> {
            Histogram own = new Histogram(3);
            plain.jdbc.update(changes, own);
            synchronized (times) {
                times.add(own);
            }
        });
        return count * 1e9 / (System.nanoTime() - begin);
    }

    private double catchUp(List<Site> sites, int count) throws Exception {
        sites.forEach(site -> site.copy.hold(true));
        List<Future<?>> editors = new ArrayList<>();
        for (int e = 0; e < EDITORS; e++) {
            List<Change> changes = new ArrayList<>();
            for (int i = e; i < count; i += EDITORS) {
                changes.add(edit());
            }
            editors.add(threads.submit(() -> changes.forEach(this::commit)));
        }
        for (Future<?> editor : editors) {
            editor.get();
        }
        long key = centre.store().recoveryKey();
        for (Site site : sites) {
            site.replicaAt(key);
        }
        long begin = System.nanoTime();
        sites.forEach(site -> site.copy.hold(false));
        long last = begin;
        for (Site site : sites) {
            last = Math.max(last, site.committed(key));
        }
        return count * 1e9 / (last - begin);
    }

    private Change edit() {
        edits++;
        return configuration.edit(edits % configuration.agents(), "Edited " + edits);
    }

    private long commit(Change change) {
        ConfigurationResult result = centre.store()
                .commit(new ConfigurationTransaction(UUID.randomUUID().toString(), "benchmark", List.of(change)));
        if (result instanceof ConfigurationResult.Committed committed) {
            return committed.recoveryKey();
        }
        throw new IllegalStateException("Refused: " + result);
    }

    private interface Work {
        void on(Plain plain) throws Exception;
    }

    private void together(List<Plain> plains, Work work) throws Exception {
        List<Future<Object>> done = new ArrayList<>();
        for (Plain plain : plains) {
            Callable<Object> task = () -> {
                work.on(plain);
                return null;
            };
            done.add(threads.submit(task));
        }
        for (Future<Object> one : done) {
            one.get();
        }
    }

    private Path newDatabase() {
        return workplace.path().resolve("local" + databases++);
    }

    private static void drop(Path directory) throws Exception {
        LocalDatabases.shutDown(directory);
        if (Files.exists(directory)) {
            Workplace.delete(directory);
        }
    }

    /** A follower with an updater behind it. */
    private final class Site implements ReplicaListener, AutoCloseable {
        private final int number;
        private final Path directory = newDatabase();
        private final RunningCopy copy;
        private JmsFollower follower;
        private boolean requested;
        private volatile long requestedAt;
        private long committed = -1;
        private long committedAt;

        Site(int number) throws SQLException {
            this.number = number;
            this.copy = new RunningCopy(LocalDatabases.open(directory), this::committed);
        }

        void begin() {
            requestedAt = System.nanoTime();
            follower = centre.follower(number);
            follower.replica().listen(this);
            copy.follow(follower.replica());
        }

        /** The first time that it has connected, and asks. */
        @Override
        public void stateChanged(FeedState from, FeedState to, String reason) {
            if (!requested && to == FeedState.RESUMING) {
                requested = true;
                requestedAt = System.nanoTime();
            }
        }

        @Override
        public void reset(View view) {}

        @Override
        public void applied(View before, View after, List<RowChange> changes) {}

        private synchronized void committed(CopyPosition position) {
            if (position.complete()) {
                committed = position.position().sequence();
                committedAt = System.nanoTime();
                notifyAll();
            }
        }

        /** Waits until that key, or a later one, is committed; answers when it was. */
        synchronized long committed(long key) throws InterruptedException {
            long until = System.nanoTime() + PATIENCE_NANOS;
            while (committed < key) {
                wait(1_000);
                if (System.nanoTime() > until) {
                    throw new IllegalStateException(
                            "The local database is at " + committed + " and not at " + key + ": " + copy.summary());
                }
            }
            return committedAt;
        }

        void replicaAt(long key) throws InterruptedException {
            long until = System.nanoTime() + PATIENCE_NANOS;
            while (follower.replica().state() != FeedState.LIVE
                    || follower.replica().view().position().sequence() < key) {
                if (System.nanoTime() > until) {
                    throw new IllegalStateException(
                            "The replica is " + follower.replica().state());
                }
                Thread.sleep(1);
            }
        }

        @Override
        public void close() throws Exception {
            copy.close();
            if (follower != null) {
                follower.close();
            }
            drop(directory);
        }
    }

    /** The peer of a site. */
    private final class Plain implements AutoCloseable {
        private final Path directory = newDatabase();
        private final PlainDatabase jdbc;

        Plain() throws SQLException {
            jdbc = new PlainDatabase(LocalDatabases.open(directory));
        }

        @Override
        public void close() throws Exception {
            jdbc.close();
            drop(directory);
        }
    }

    @Override
    public void close() throws Exception {
        threads.shutdown();
        centre.close();
    }
}
