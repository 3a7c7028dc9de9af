package org.openrtd.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.openrtd.benchmarks.Main.Settings;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;
import org.openrtd.feed.Digest;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Follower;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.Link;
import org.openrtd.feed.LinkListener;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.Row;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.Table;
import org.openrtd.feed.internal.RawSnapshot;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.BrokerAddress;
import org.openrtd.feed.jms.FeedLoop;
import org.openrtd.feed.jms.JmsConnector;

/**
 * How long a follower needs from when it begins to connect until it is live, with all rows: it missed nothing; what it
 * missed is in the ring; it is past the ring; it has nothing, and is the first to ask, or comes when the snapshot is
 * encoded already. Beside it, in the same rounds, the snapshot's bytes over one plain TCP connection, decoded into the same
 * row store and checked against the same digest. Settings: {@code rows}, several with commas; {@code table}; {@code gap}
 * batches of {@code batch} rows that were missed, with {@code share} percent of the columns; {@code rounds}, {@code
 * warmups}; {@code kinds} to leave some out.
 */
final class ReconnectBenchmark implements AutoCloseable {

    private enum Kind {
        RAW("raw transfer"),
        CONNECTION("missed nothing"),
        RING("in the ring"),
        PAST("past the ring"),
        FIRST("cold, first"),
        NEXT("cold, next");

        private final String title;

        Kind(String title) {
            this.title = title;
        }
    }

    private final Settings settings;
    private final Table table;
    private final Centre centre;
    private final List<Row> rows;
    private final List<List<Change>> gap;
    /** To be missed in a circle, until the ring does not hold them. */
    private final List<List<Change>> many;

    private final RawSnapshot raw;
    private final Client client;

    static void run(Settings settings) throws Exception {
        for (int rows : settings.numbers("rows", "10000,100000,700000")) {
            try (ReconnectBenchmark benchmark = new ReconnectBenchmark(settings, rows)) {
                benchmark.measure();
            }
        }
    }

    private ReconnectBenchmark(Settings settings, int count) throws Exception {
        this.settings = settings;
        table = Catalog.table(settings.text("table", "Agent_Real_Time")).table();
        centre = new Centre(Catalog.table(table.name()).feed());
        Random random = new Random(7);
        rows = Rows.of(table, count, random);
        for (int from = 0; from < count; from += 5_000) {
            centre.commit(puts(rows.subList(from, Math.min(count, from + 5_000))));
        }
        double share = settings.number("share", 10) / 100.0;
        gap = batches(settings.number("gap", 100), settings.number("batch", 100), share, random);
        // Twice the same rows, so that what is committed again and again always changes.
        int thousands = Math.max(1, Math.min(10, count / 1_000));
        many = new ArrayList<>();
        for (int version = 0; version < 2; version++) {
            many.addAll(batches(2 * thousands, Math.min(count, 500), 1, random));
        }
        List<byte[]> replies = centre.replied(() -> {
            try (Client first = new Client()) {
                first.follow();
            }
        });
        raw = RawSnapshot.of(replies);
        client = new Client();
        client.follow();
    }

    private static List<Change> puts(List<Row> rows) {
        return rows.stream().map(Change::put).toList();
    }

    private List<List<Change>> batches(int count, int batch, double share, Random random) {
        List<List<Change>> batches = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < count; i++) {
            List<Change> changes = new ArrayList<>();
            for (int r = 0; r < batch; r++) {
                Row row = rows.get(at++ % rows.size());
                changes.add(Change.put(Rows.changed(row, Rows.columns(table, share, random), random)));
            }
            batches.add(changes);
        }
        return batches;
    }

    private void measure() throws Exception {
        int rounds = settings.number("rounds", 7);
        int warmups = settings.number("warmups", 3);
        List<String> wanted = List.of(settings.text(
                        "kinds",
                        String.join(
                                ",",
                                Arrays.stream(Kind.values()).map(Enum::name).toList()))
                .split(","));
        List<Kind> kinds = Arrays.stream(Kind.values())
                .filter(kind -> wanted.contains(kind.name()))
                .toList();
        double[][] millis = new double[Kind.values().length][rounds];
        for (int round = -warmups; round < rounds; round++) {
            for (Kind kind : kinds) {
                double took = once(kind) / 1e6;
                if (round >= 0) {
                    millis[kind.ordinal()][round] = took;
                }
            }
        }
        System.out.printf(
                "%n%,d rows of %s, a snapshot of %,d bytes; missed: %d batches of %d rows, %d %% of %d columns changed;"
                        + " ms, %d rounds%n",
                rows.size(),
                table,
                raw.bytes(),
                gap.size(),
                gap.get(0).size(),
                settings.number("share", 10),
                table.columns().size(),
                rounds);
        System.out.printf("%-16s %9s %9s %9s %9s%n", "", "median", "least", "most", "/ raw");
        double[] medians = new double[millis.length];
        for (Kind kind : kinds) {
            double[] sorted = millis[kind.ordinal()].clone();
            Arrays.sort(sorted);
            medians[kind.ordinal()] = median(sorted);
            System.out.printf(
                    "%-16s %9.1f %9.1f %9.1f %9.2f%n",
                    kind.title,
                    medians[kind.ordinal()],
                    sorted[0],
                    sorted[rounds - 1],
                    medians[kind.ordinal()] / medians[Kind.RAW.ordinal()]);
        }
        System.out.printf(
                "in the ring / cold, first: %.3f; / cold, next: %.3f%n",
                medians[Kind.RING.ordinal()] / medians[Kind.FIRST.ordinal()],
                medians[Kind.RING.ordinal()] / medians[Kind.NEXT.ordinal()]);
    }

    private static double median(double[] sorted) {
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** Nanoseconds. */
    private long once(Kind kind) throws Exception {
        return switch (kind) {
            case RAW -> raw();
            case CONNECTION -> again(0, () -> {});
            case RING -> again(0, () -> gap.forEach(centre::commit));
            case PAST ->
                again(1, () -> {
                    centre.forgetSnapshots();
                    long before = centre.publishedBytes();
                    while (centre.publishedBytes() - before < SourceSettings.DEFAULT.ringBytes() + (1 << 20)) {
                        many.forEach(centre::commit);
                    }
                });
            case FIRST -> {
                centre.forgetSnapshots();
                yield cold();
            }
            case NEXT -> {
                // Has it encoded now.
                centre.forgetSnapshots();
                cold();
                yield cold();
            }
        };
    }

    private long again(int snapshots, Runnable missed) throws Exception {
        client.cut();
        missed.run();
        long before = client.replica().statistics().snapshots();
        long took = client.follow();
        long taken = client.replica().statistics().snapshots() - before;
        if (taken != snapshots) {
            throw new IllegalStateException("It took " + taken + " snapshots, not " + snapshots);
        }
        return took;
    }

    private long cold() {
        try (Client cold = new Client()) {
            return cold.follow();
        }
    }

    private long raw() throws Exception {
        System.gc();
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread sending = new Thread(() -> {
                try (Socket socket = listening.accept()) {
                    raw.write(socket.getOutputStream());
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            sending.start();
            long begin = System.nanoTime();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listening.getLocalPort())) {
                CodecBenchmark.sink = raw.apply(socket.getInputStream());
            }
            long took = System.nanoTime() - begin;
            sending.join();
            return took;
        }
    }

    /** A follower and its line, which is cut at first. */
    private final class Client implements AutoCloseable {

        private final FeedLoop loop = new FeedLoop("client");
        private final Follower follower;
        private boolean cut = true;

        Client() {
            String url = "tcp://127.0.0.1:" + centre.port;
            JmsConnector connector = new JmsConnector(
                    centre.feed,
                    Addresses.CENTRE,
                    List.of(BrokerAddress.parse(url)),
                    Centre.DISTRIBUTOR,
                    Centre.DISTRIBUTOR,
                    "",
                    loop,
                    () -> null);
            follower = new Follower(
                    FollowerSettings.of(centre.feed, List.of(url)),
                    MonotonicClock.SYSTEM,
                    RandomGenerator.getDefault(),
                    (index, listener) -> connect(connector, index, listener));
            loop.every(Duration.ofMillis(50), follower::time);
        }

        private Link connect(JmsConnector connector, int index, LinkListener listener) {
            return !cut
                    ? connector.connect(index, listener)
                    : new Link() {
                        @Override
                        public void send(byte[] request) {}

                        @Override
                        public void close() {}
                    };
        }

        Replica replica() {
            return follower.replica();
        }

        void cut() {
            loop.call(() -> {
                cut = true;
                follower.reconnect("cut");
                return null;
            });
        }

        /** From the first attempt until it is live at the centre's position, in nanoseconds. */
        long follow() {
            Position position = centre.position();
            System.gc();
            long begin = System.nanoTime();
            loop.call(() -> {
                cut = false;
                follower.reconnect("the line is back");
                follower.time();
                return null;
            });
            Replica replica = follower.replica();
            while (replica.state() != FeedState.LIVE
                    || !replica.view().position().equals(position)) {
                if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(120)) {
                    throw new IllegalStateException(
                            "It is " + replica.state() + " at " + replica.view().position() + ": " + replica.reason());
                }
                LockSupport.parkNanos(50_000);
            }
            long took = System.nanoTime() - begin;
            Digest digest = replica.view().digest(table);
            if (!digest.equals(centre.replica().view().digest(table)) || digest.rows() != rows.size()) {
                throw new IllegalStateException("It is live with other rows than the centre's");
            }
            return took;
        }

        @Override
        public void close() {
            loop.call(() -> {
                follower.close();
                return null;
            });
            loop.close();
        }
    }

    @Override
    public void close() {
        client.close();
        centre.close();
    }
}
