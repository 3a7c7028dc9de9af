package org.openrtd.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openrtd.benchmarks.Main.Settings;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;
import org.openrtd.feed.Column;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Cut;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.feed.ViewBuilder;
import org.openrtd.web.internal.Webs;

/**
 * The web interface. First snapshots: a table of 10,000 rows as JSON, on one thread, beside a plain writer of the same text.
 * Then streams: this process has a feed that changes and the node's server, another one has the readers, which count the rows
 * they are sent; beside it, in turns of the same run, a bare server (one selector, nothing else) that writes what a stream
 * was sent to as many readers, at the same pace, and passes over whoever has not taken the piece before, as the node does.
 *
 * <p>Settings: {@code snapshots} seconds of each turn, {@code rows} of the snapshot; {@code connections}, several with commas;
 * {@code changes} a second, several with commas; {@code agents}; {@code seconds} of each turn; {@code rounds}.
 */
final class WebBenchmark {

    private static final Table AGENT = Catalog.table("Agent_Real_Time").table();
    private static final int TICK_MILLIS = 50;
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private WebBenchmark() {}

    static void run(Settings settings) throws Exception {
        if (settings.number("snapshots", 3) > 0) {
            for (String table : List.of("Agent_Real_Time", "Call_Type_Real_Time")) {
                snapshots(table, settings);
            }
        }
        if (settings.number("seconds", 5) > 0) {
            streams(settings);
        }
    }

    // ---- snapshots

    private interface Make {
        byte[] make();
    }

    private static void snapshots(String name, Settings settings) {
        Table table = Catalog.table(name).table();
        ViewBuilder builder = new ViewBuilder(Catalog.feed(Catalog.table(name).feed()));
        int rows = settings.number("rows", 10_000);
        Rows.of(table, rows, new Random(7)).forEach(builder::put);
        View view = builder.build(new Position(1, 1), new Cut(1, Rows.CONTROLLER_TIME, 1));
        long nanos = TimeUnit.SECONDS.toNanos(settings.number("snapshots", 3));
        Make[] makes = {() -> Webs.json(name, view), () -> plain(table, view)};
        double[] best = new double[2];
        int bytes = makes[0].make().length;
        System.out.printf(
                "%nSnapshots of %s, %,d rows, %d columns, %.1f MiB (plain %.1f), one thread%n",
                name, rows, table.columns().size(), bytes / 1048576.0, makes[1].make().length / 1048576.0);
        System.out.printf("%-5s %22s %22s %7s%n", "turn", "rows/s (snapshots/s)", "plain", "ratio");
        for (int turn = 0; turn <= settings.number("rounds", 3); turn++) {
            double[] perSecond = new double[2];
            for (int i = 0; i < 2; i++) {
                long begin = System.nanoTime();
                int made = 0;
                while (System.nanoTime() - begin < nanos) {
                    made += makes[i].make().length > 0 ? 1 : 0;
                }
                perSecond[i] = made * 1e9 / (System.nanoTime() - begin);
            }
            // The first warms up.
            if (turn > 0) {
                System.out.printf(
                        "%-5d %,12.0f (%7.1f) %,12.0f (%7.1f) %7.2f%n",
                        turn,
                        perSecond[0] * rows,
                        perSecond[0],
                        perSecond[1] * rows,
                        perSecond[1],
                        perSecond[0] / perSecond[1]);
            }
        }
    }

    /** What somebody writes who needs it once: a text that is put together, and encoded at the end; in no order. */
    private static byte[] plain(Table table, View view) {
        StringBuilder json = new StringBuilder("[");
        List<Column> columns = table.columns();
        view.forEach(table, row -> {
            char separator = '{';
            for (int i = 0; i < columns.size(); i++) {
                Object value = row.get(i);
                json.append(separator).append('"').append(columns.get(i).name()).append("\":");
                if (value == null || value instanceof Number && columns.get(i).type() != ColumnType.TIMESTAMP) {
                    json.append(value);
                } else if (columns.get(i).type() == ColumnType.TIMESTAMP) {
                    json.append('"').append(Instant.ofEpochMilli((Long) value)).append('"');
                } else {
                    json.append('"')
                            .append(value.toString().replace("\"", "\\\""))
                            .append('"');
                }
                separator = ',';
            }
            json.append("},");
        });
        return json.append("]").toString().getBytes(StandardCharsets.UTF_8);
    }

    // ---- streams

    /** The feed, changed on a thread of its own. */
    private static final class Feed implements AutoCloseable {
        final Origin origin = Centre.unfollowed(Catalog.feed(Catalog.AGENTS));
        private final Random random = new Random(7);
        private final List<Row> rows;
        private final Thread thread = new Thread(this::feed, "feed");
        volatile int perTick;
        private volatile boolean over;
        private long tick;
        private int at;

        Feed(int agents) {
            rows = new ArrayList<>(Rows.of(AGENT, agents, random));
            commit(rows);
        }

        Feed start() {
            thread.start();
            return this;
        }

        private void commit(List<Row> some) {
            tick++;
            origin.commit(
                    new Cut(tick, Rows.CONTROLLER_TIME + tick * TICK_MILLIS, 1),
                    some.stream().map(Change::put).toList());
        }

        private void feed() {
            long due = System.nanoTime();
            while (!over) {
                due += TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
                for (long left; (left = due - System.nanoTime()) > 0 && !over; ) {
                    LockSupport.parkNanos(left);
                }
                change();
            }
        }

        void change() {
            List<Row> some = new ArrayList<>();
            for (int i = 0; i < perTick; i++) {
                at = (at + 1) % rows.size();
                Row row = rows.get(at);
                Row next = Rows.changed(row, Rows.columns(AGENT, 0.1, random), random);
                rows.set(at, next);
                some.add(next);
            }
            commit(some);
            origin.time();
        }

        @Override
        public void close() throws InterruptedException {
            over = true;
            thread.join();
        }
    }

    private static void streams(Settings settings) throws Exception {
        int seconds = settings.number("seconds", 5);
        int rounds = settings.number("rounds", 3);
        int agents = settings.number("agents", 2_000);
        try (Feed feed = new Feed(agents).start();
                Webs web = new Webs(List.of(feed.origin.replica()))) {
            System.out.printf("%nStreams of Agent_Real_Time, %d rows, 10 %% of the columns changed%n", agents);
            System.out.printf(
                    "%-8s %-7s %-6s %13s %27s %7s %9s %10s %9s %8s%n",
                    "changes",
                    "streams",
                    "",
                    "deliveries",
                    "(least - most)",
                    "/ bare",
                    "of due",
                    "MB/s",
                    "ns of the",
                    "KiB a");
            System.out.printf(
                    "%-8s %-7s %-6s %13s %27s %7s %9s %10s %9s %8s%n",
                    "/s", "", "", "rows/s", "", "", "", "", "node /row", "stream");
            for (int changes : settings.numbers("changes", "500,20000")) {
                feed.perTick = Math.max(1, changes * TICK_MILLIS / 1000);
                Feed recorded = new Feed(agents);
                recorded.perTick = feed.perTick;
                List<byte[]> pieces = Webs.record(recorded.origin.replica(), AGENT.name(), 100, recorded::change);
                try (Bare bare = new Bare(pieces)) {
                    for (int count : settings.numbers("connections", "1,100,1000")) {
                        Figures node = new Figures();
                        Figures peer = new Figures();
                        for (int round = 0; round < rounds; round++) {
                            turn(web.port(), count, seconds, agents, node);
                            bare.pace(true);
                            turn(bare.port(), count, seconds, agents, peer);
                            bare.pace(false);
                        }
                        print(changes, count, "node", node, peer);
                        print(changes, count, "bare", peer, peer);
                    }
                }
            }
        }
    }

    private static final class Figures {
        final List<Double> rows = new ArrayList<>();
        final List<Double> megabytes = new ArrayList<>();
        final List<Double> nanos = new ArrayList<>();
        final List<Double> kib = new ArrayList<>();
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    private static void print(int changes, int count, String what, Figures of, Figures peer) {
        double rows = median(of.rows);
        System.out.printf(
                "%-8d %-7d %-6s %,13.0f %27s %7.2f %8.0f%% %10.1f %9.0f %8s%n",
                changes,
                count,
                what,
                rows,
                String.format(
                        "(%,.0f - %,.0f)",
                        of.rows.stream().mapToDouble(d -> d).min().orElse(0),
                        of.rows.stream().mapToDouble(d -> d).max().orElse(0)),
                rows / median(peer.rows),
                100.0 * rows / ((double) changes * count),
                median(of.megabytes),
                median(of.nanos),
                // Of few, it is the collector's.
                count < 100 ? "" : String.format("%.1f", median(of.kib)));
    }

    private static void turn(int port, int count, int seconds, int agents, Figures of) throws Exception {
        long before = memory();
        Process readers = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WebReaders.class.getName(),
                        Integer.toString(port),
                        Integer.toString(count),
                        Integer.toString(seconds),
                        Integer.toString(agents))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader from = new BufferedReader(new InputStreamReader(readers.getInputStream()))) {
            expect("ready", from.readLine());
            of.kib.add(Math.max(0, memory() - before) / 1024.0 / count);
            long cpu = PROCESS.getProcessCpuTime();
            readers.getOutputStream().write('\n');
            readers.getOutputStream().flush();
            String[] words = expect("read", from.readLine()).split(" ");
            long rows = Long.parseLong(words[1]);
            double took = Long.parseLong(words[3]) / 1e9;
            of.rows.add(rows / took);
            of.megabytes.add(Long.parseLong(words[2]) / 1e6 / took);
            of.nanos.add((double) (PROCESS.getProcessCpuTime() - cpu) / Math.max(1, rows));
        } finally {
            readers.destroy();
            readers.waitFor();
        }
        Thread.sleep(200);
    }

    private static String expect(String word, String line) {
        if (line == null || !line.startsWith(word)) {
            throw new IllegalStateException("The readers say " + line + " in place of " + word);
        }
        return line;
    }

    /** Bytes in use in this process: on the heap, and in buffers beside it. */
    private static long memory() {
        for (int i = 0; i < 2; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
                + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum();
    }

    /** Writes pieces to whoever connects, each tick the next one, and nothing else. */
    private static final class Bare implements AutoCloseable {
        private final List<ByteBuffer> pieces;
        private final Selector selector = Selector.open();
        private final ServerSocketChannel listening = ServerSocketChannel.open();
        private final Thread thread = new Thread(this::serve, "bare");
        private volatile boolean over;
        private volatile boolean paced;

        private static final class Reader {
            private final SocketChannel channel;
            private boolean asked;
            private ByteBuffer piece;

            Reader(SocketChannel channel) {
                this.channel = channel;
            }
        }

        private final List<Reader> readers = new ArrayList<>();

        Bare(List<byte[]> bytes) throws IOException {
            pieces = bytes.stream().map(ByteBuffer::wrap).toList();
            listening.bind(new InetSocketAddress("127.0.0.1", 0), 1_000);
            listening.configureBlocking(false);
            listening.register(selector, SelectionKey.OP_ACCEPT);
            thread.start();
        }

        int port() {
            return listening.socket().getLocalPort();
        }

        /** Whether there is something to be written each tick. */
        void pace(boolean on) {
            paced = on;
            selector.wakeup();
        }

        private void serve() {
            try {
                long due = System.nanoTime();
                // The first has the snapshot.
                int at = 1;
                ByteBuffer request = ByteBuffer.allocate(4096);
                while (!over) {
                    long now = System.nanoTime();
                    if (paced && now - due >= 0) {
                        due = Math.max(due + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS), now);
                        at = at % (pieces.size() - 1) + 1;
                        for (Reader reader : List.copyOf(readers)) {
                            if (reader.asked && reader.piece == null) {
                                reader.piece = pieces.get(at).duplicate();
                                write(reader);
                            }
                        }
                    }
                    selector.select(paced ? Math.max(1, (due - System.nanoTime()) / 1_000_000) : 100);
                    for (SelectionKey key : selector.selectedKeys()) {
                        if (!key.isValid()) {
                            continue;
                        }
                        if (key.isAcceptable()) {
                            SocketChannel channel = listening.accept();
                            channel.configureBlocking(false);
                            Reader reader = new Reader(channel);
                            readers.add(reader);
                            channel.register(selector, SelectionKey.OP_READ, reader);
                            continue;
                        }
                        Reader reader = (Reader) key.attachment();
                        if (key.isReadable()) {
                            request.clear();
                            if (read(reader, request) < 0) {
                                reader.channel.close();
                                readers.remove(reader);
                                continue;
                            }
                            if (!reader.asked) {
                                reader.asked = true;
                                reader.channel.write(
                                        ByteBuffer.wrap("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
                                                .getBytes(StandardCharsets.US_ASCII)));
                                reader.piece = pieces.get(0).duplicate();
                            }
                        }
                        write(reader);
                    }
                    selector.selectedKeys().clear();
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private static int read(Reader reader, ByteBuffer to) {
            try {
                return reader.channel.read(to);
            } catch (IOException reset) {
                return -1;
            }
        }

        private void write(Reader reader) {
            SelectionKey key = reader.channel.keyFor(selector);
            try {
                if (reader.piece != null) {
                    reader.channel.write(reader.piece);
                    boolean done = !reader.piece.hasRemaining();
                    key.interestOps(done ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                    if (done) {
                        reader.piece = null;
                    }
                }
            } catch (IOException | java.nio.channels.CancelledKeyException gone) {
                readers.remove(reader);
                key.cancel();
            }
        }

        @Override
        public void close() throws Exception {
            over = true;
            selector.wakeup();
            thread.join();
            for (Reader reader : readers) {
                reader.channel.close();
            }
            listening.close();
            selector.close();
        }
    }
}
