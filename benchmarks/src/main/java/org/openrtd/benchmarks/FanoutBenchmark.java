package org.openrtd.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.JMSException;
import javax.jms.MessageProducer;
import javax.jms.Session;
import org.HdrHistogram.Histogram;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSClient;
import org.openrtd.benchmarks.FanoutClients.Kind;
import org.openrtd.benchmarks.Main.Settings;
import org.openrtd.broker.internal.Brokers;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.Table;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.feed.jms.JmsRelay;
import org.openrtd.feed.jms.LocalBroker;

/**
 * One distributor and many clients: a centre and a distributor with a node's brokers in this process, the clients, each with
 * a connection of its own, in another one. Beside them, in turns of the same run, as many subscribers of one topic of the
 * distributor's broker with nothing before it, which carries the same bytes; and the same topic with each changed row in a
 * message of its own. Clients that keep rows are compared with subscribers that apply the bytes to rows, and clients that
 * let the bytes go with subscribers that do so.
 *
 * <p>First as many as will go, with at most {@code window} batches on their way to the slowest client. Then at a fixed rate,
 * each batch timed at each client from when it was due (open loop). At last what one more client, which never reads, costs
 * the others. Settings: {@code clients}, several with commas; {@code table}, {@code rows}, {@code batch} rows, {@code share}
 * of columns changed in percent; {@code window} batches; {@code seconds} of each turn; {@code rounds}; {@code beside} how
 * many clients there are beside the one that never reads, none to leave that out; {@code besideRounds}; {@code
 * clientHeap} and {@code clientLog}, the heap and the level of the log of the clients' process.
 */
final class FanoutBenchmark implements AutoCloseable {

    private static final int VERSIONS = 16;
    private static final String BARE = "bare";
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** What takes its turn. */
    private enum Way {
        FOLLOWERS("clients that keep rows", Kind.FOLLOWERS, false, false),
        TOPIC_APPLIED("topic, applied to rows", Kind.BARE, true, false),
        ROWS_APPLIED("a row a message, applied", Kind.BARE, true, true),
        READERS("clients that only read", Kind.READERS, false, false),
        TOPIC("topic, only read", Kind.BARE, false, false),
        ROWS("a row a message, only read", Kind.BARE, false, true);

        private final String title;
        private final Kind kind;
        private final boolean apply;
        private final boolean single;

        Way(String title, Kind kind, boolean apply, boolean single) {
            this.title = title;
            this.kind = kind;
            this.apply = apply;
            this.single = single;
        }

        /** What it is compared with. */
        private Way bare() {
            return this == FOLLOWERS || this == ROWS_APPLIED ? TOPIC_APPLIED : TOPIC;
        }
    }

    private final Settings settings;
    private final Table table;
    private final int batch;
    private final int window;
    private final int seconds;
    private final Centre centre;
    private final TcpLine line;
    private final LocalBroker site;
    private final int sitePort = Centre.freePort();
    private final JmsFollower distributor;
    private final JmsRelay relay;
    private final List<List<Change>> batches;
    private final List<byte[]> messages;
    private final List<byte[]> singles;
    private final LocalBroker.Opened bareOpened;
    private final Connection bareConnection;
    private final Session bareSession;
    private final MessageProducer bareProducer;
    private final Clients clients;

    static void run(Settings settings) throws Exception {
        try (FanoutBenchmark benchmark = new FanoutBenchmark(settings)) {
            // First, as a thousand clients leave a process behind whose collector has more to do.
            if (settings.number("beside", 20) > 0) {
                benchmark.neverReads(settings.number("beside", 20));
            }
            benchmark.fanout();
        }
    }

    private FanoutBenchmark(Settings settings) throws Exception {
        this.settings = settings;
        table = Catalog.table(settings.text("table", "Call_Type_Real_Time")).table();
        batch = settings.number("batch", 200);
        window = settings.number("window", 16);
        seconds = settings.number("seconds", 3);
        centre = new Centre(Catalog.table(table.name()).feed());
        line = new TcpLine(centre.port);
        site = Brokers.start("site", sitePort, 5_000, Map.of(FanoutClients.USER, Set.of(Addresses.CLIENT_ROLE)));
        distributor = Centre.follower(centre.feed, Addresses.CENTRE, line.port(), Centre.DISTRIBUTOR);
        relay = new JmsRelay(
                distributor.replica(), Addresses.DISTRIBUTOR, "site", Addresses.CLIENT_ROLE, SourceSettings.DEFAULT);
        relay.attach(site);
        batches = Rows.circle(
                table,
                settings.number("rows", 200),
                batch,
                settings.number("share", 10) / 100.0,
                VERSIONS,
                new Random(7));
        // So that what is recorded of the circle is updates.
        int each = batches.size() / VERSIONS;
        batches.subList(0, each).forEach(centre::commit);
        batches.subList(batches.size() - each, batches.size()).forEach(centre::commit);
        messages = centre.published(() -> batches.forEach(centre::commit));
        singles = centre.published(
                () -> batches.forEach(changes -> changes.forEach(change -> centre.commit(List.of(change)))));
        Centre.await(distributor.replica(), centre.position().sequence());
        bareOpened = site.openSource(BARE, Addresses.DISTRIBUTOR, Addresses.CLIENT_ROLE);
        String topic = Addresses.topic(BARE, Addresses.DISTRIBUTOR);
        bareConnection = site.connections().createConnection(site.user(), site.password());
        bareSession = bareConnection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        bareProducer = bareSession.createProducer(ActiveMQJMSClient.createTopic(topic));
        bareProducer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        bareProducer.setDisableMessageID(true);
        bareProducer.setDisableMessageTimestamp(true);
        clients = new Clients(topic);
    }

    // ---- fan-out

    /** What the turns of one way gave, for one number of clients. */
    private static final class Figures {
        private final List<Double> rowsPerSecond = new ArrayList<>();
        private final List<Double> distributorNanos = new ArrayList<>();
        private final Histogram latency = new Histogram(3);
        private final List<Double> p99 = new ArrayList<>();
        private final List<Double> kibOfClient = new ArrayList<>();
        private final List<Double> bytesOfCentre = new ArrayList<>();
        private int missed;
    }

    private void fanout() throws Exception {
        long bytes = messages.stream().mapToLong(message -> message.length).sum() / messages.size();
        System.out.printf(
                "%n%s, batches of %d rows, %d %% of %d columns changed, %d bytes a batch; at most %d batches on their way%n",
                table, batch, settings.number("share", 10), table.columns().size(), bytes, window);
        System.out.printf(
                "%-7s %-27s %13s %25s %7s %9s %8s %8s %8s %19s %9s %8s %6s%n",
                "clients",
                "",
                "deliveries",
                "(least - most)",
                "/ topic",
                "ns of the",
                "p50",
                "p99",
                "max",
                "p99 of each round",
                "KiB a",
                "B a batch",
                "missed");
        System.out.printf(
                "%-7s %-27s %13s %25s %7s %9s %8s %8s %8s %19s %9s %8s%n",
                "", "", "rows/s", "", "", "site, /row", "ms", "ms", "ms", "ms", "client", "of centre");
        round(4, Math.min(2, seconds), new Figures[Way.values().length], false);
        for (int count : settings.numbers("clients", "1,10,100,500,1000")) {
            Figures[] figures = new Figures[Way.values().length];
            int rounds = settings.number("rounds", 3);
            clients.open(Kind.BARE, count);
            for (int round = 0; round < rounds; round++) {
                round(count, seconds, figures, true);
            }
            clients.close(Kind.BARE);
            for (Way way : Way.values()) {
                print(count, way, figures);
            }
            double rows = median(figures[Way.ROWS_APPLIED.ordinal()].rowsPerSecond);
            double rowsRead = median(figures[Way.ROWS.ordinal()].rowsPerSecond);
            System.out.printf(
                    "%-7d beside a row a message: %.1f times (applied to rows), %.1f times (only read)%n",
                    count,
                    median(figures[Way.FOLLOWERS.ordinal()].rowsPerSecond) / rows,
                    median(figures[Way.READERS.ordinal()].rowsPerSecond) / rowsRead);
        }
    }

    private void round(int count, int turnSeconds, Figures[] figures, boolean bareOpen) throws Exception {
        if (!bareOpen) {
            clients.open(Kind.BARE, count);
        }
        for (Way way : Way.values()) {
            Figures of = figures[way.ordinal()];
            if (of == null) {
                of = new Figures();
                figures[way.ordinal()] = of;
            }
            boolean bare = way.kind == Kind.BARE;
            long memory = 0;
            if (!bare) {
                memory = memory();
                clients.open(way.kind, count);
            }
            asManyAsWillGo(way, count, turnSeconds, of);
            if (!way.single) {
                // As many deliveries a second, however many clients, as long as there are many.
                int interval = Math.max(10, count / 5);
                Histogram one = atFixedRate(way.kind, way.apply, count, interval, turnSeconds, of);
                of.latency.add(one);
                of.p99.add(millis(one, 99));
            }
            if (!bare) {
                of.kibOfClient.add((memory() - memory) / 1024.0 / count);
                clients.close(way.kind);
            }
        }
        if (!bareOpen) {
            clients.close(Kind.BARE);
        }
    }

    private void print(int count, Way way, Figures[] figures) {
        Figures of = figures[way.ordinal()];
        double median = median(of.rowsPerSecond);
        boolean timed = of.latency.getTotalCount() > 0;
        System.out.printf(
                "%-7d %-27s %,13.0f %25s %7.2f %9.1f %8s %8s %8s %19s %9s %8s %6d%n",
                count,
                way.title,
                median,
                String.format("(%,.0f - %,.0f)", least(of.rowsPerSecond), most(of.rowsPerSecond)),
                median / median(figures[way.bare().ordinal()].rowsPerSecond),
                median(of.distributorNanos),
                timed ? String.format("%.2f", millis(of.latency, 50)) : "",
                timed ? String.format("%.2f", millis(of.latency, 99)) : "",
                timed ? String.format("%.1f", millis(of.latency, 100)) : "",
                timed ? String.format("(%.2f - %.2f)", least(of.p99), most(of.p99)) : "",
                of.kibOfClient.isEmpty() ? "" : String.format("%.0f", median(of.kibOfClient)),
                of.bytesOfCentre.isEmpty() ? "" : String.format("%.0f", median(of.bytesOfCentre)),
                of.missed);
    }

    private void asManyAsWillGo(Way way, int count, int turnSeconds, Figures of) throws Exception {
        boolean bare = way.kind == Kind.BARE;
        // Fewer than the broker holds for one subscription.
        int most = way.single ? Brokers.SUBSCRIPTION_MESSAGES * 3 / 4 : window;
        int each = way.single ? 16 : 1;
        long after = begin(way.kind, way.apply, count, each);
        long centreBytes = line.bytesBack();
        long cpu = PROCESS.getProcessCpuTime();
        long sent = 0;
        long begin = System.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(turnSeconds);
        while (System.nanoTime() < end) {
            // Told of is each of the last kind only.
            clients.await(sent - most + 1);
            sent++;
            if (bare) {
                List<byte[]> all = way.single ? singles : messages;
                sendBare(all.get((int) ((sent - 1) % all.size())), after + sent, System.nanoTime());
            } else {
                centre.commitLater(System.nanoTime(), batches.get((int) ((sent - 1) % batches.size())));
            }
        }
        while (sent % each != 0) {
            sent++;
            sendBare(singles.get((int) ((sent - 1) % singles.size())), after + sent, System.nanoTime());
        }
        clients.await(sent);
        long took = System.nanoTime() - begin;
        double deliveries = (double) sent * (way.single ? 1 : batch) * count;
        of.rowsPerSecond.add(deliveries * 1e9 / took);
        of.distributorNanos.add((PROCESS.getProcessCpuTime() - cpu) / deliveries);
        if (!bare) {
            of.bytesOfCentre.add((line.bytesBack() - centreBytes) / (double) sent);
        }
        of.missed += clients.report().missed;
    }

    private Histogram atFixedRate(Kind kind, boolean apply, int count, int interval, int turnSeconds, Figures of)
            throws Exception {
        long after = begin(kind, apply, count, 1);
        int sends = Math.max(3, turnSeconds * 1000 / interval);
        long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
        for (int i = 0; i < sends; i++) {
            long due = begin + TimeUnit.MILLISECONDS.toNanos((long) i * interval);
            for (long left; (left = due - System.nanoTime()) > 0; ) {
                LockSupport.parkNanos(left);
            }
            if (kind == Kind.BARE) {
                sendBare(messages.get(i % messages.size()), after + i + 1, due);
            } else {
                centre.commitLater(due, batches.get(i % batches.size()));
            }
        }
        clients.await(sends);
        Report report = clients.report();
        of.missed += report.missed;
        return report.latency;
    }

    /** Answers the number before the first. */
    private long begin(Kind kind, boolean apply, int count, int each) throws Exception {
        long after = kind == Kind.BARE ? 0 : centre.position().sequence();
        clients.start(kind, after, count, each, apply);
        return after;
    }

    private void sendBare(byte[] payload, long number, long due) throws JMSException {
        BytesMessage message = bareSession.createBytesMessage();
        message.setLongProperty(FanoutClients.NUMBER, number);
        message.setLongProperty(FanoutClients.DUE, due);
        message.writeBytes(payload);
        bareProducer.send(message);
    }

    // ---- one that never reads

    private void neverReads(int count) throws Exception {
        int interval = 10;
        int rounds = settings.number("besideRounds", 15);
        String topic = Addresses.topic(centre.feed, Addresses.DISTRIBUTOR);
        clients.open(Kind.FOLLOWERS, count);
        Figures[] all = {new Figures(), new Figures()};
        double[][] heap = {new double[rounds], new double[rounds]};
        long waiting = 0;
        for (int round = -1; round < rounds; round++) {
            for (int turn = 0; turn < 2; turn++) {
                // Each goes first as often as the other.
                int with = turn ^ round & 1;
                if (with == 1) {
                    clients.deafen();
                }
                Histogram latency =
                        atFixedRate(Kind.FOLLOWERS, false, count, interval, Math.max(5, seconds), new Figures());
                double kib = memory() / 1024.0;
                if (with == 1) {
                    if (Brokers.subscriptions(site, topic) != count + 1) {
                        throw new IllegalStateException("The client that never reads was disconnected: "
                                + Brokers.subscriptions(site, topic) + " subscriptions");
                    }
                    waiting = Math.max(waiting, Brokers.waiting(site, topic));
                    clients.hearing();
                    while (Brokers.subscriptions(site, topic) > count) {
                        Thread.sleep(10);
                    }
                }
                if (round >= 0) {
                    all[with].latency.add(latency);
                    all[with].p99.add(millis(latency, 99));
                    heap[with][round] = kib;
                }
            }
        }
        clients.close(Kind.FOLLOWERS);
        long largest =
                messages.stream().mapToInt(message -> message.length).max().orElseThrow();
        System.out.printf(
                "%nOne client that never reads beside %d: a batch of %d rows each %d ms, %d rounds%n",
                count, batch, interval, rounds);
        System.out.printf("%-10s %8s %8s %8s %8s %20s%n", "", "p50, ms", "p99", "p99.9", "max", "p99 of rounds");
        for (int with = 0; with < 2; with++) {
            System.out.printf(
                    "%-10s %8.2f %8.2f %8.2f %8.2f %20s%n",
                    with == 0 ? "without" : "with",
                    millis(all[with].latency, 50),
                    millis(all[with].latency, 99),
                    millis(all[with].latency, 99.9),
                    millis(all[with].latency, 100),
                    String.format(
                            "%.2f (%.2f - %.2f)", median(all[with].p99), least(all[with].p99), most(all[with].p99)));
        }
        double[] more = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            more[round] = heap[1][round] - heap[0][round];
        }
        Arrays.sort(more);
        System.out.printf(
                "p99 with / without: %.2f (all), %.2f (median of rounds); memory at the distributor: %.0f KiB more with it"
                        + " (%.0f - %.0f); %d messages wait for it at most, of %d that the broker holds, of at most %d bytes%n",
                millis(all[1].latency, 99) / millis(all[0].latency, 99),
                median(all[1].p99) / median(all[0].p99),
                more[rounds / 2],
                more[0],
                more[rounds - 1],
                waiting,
                Brokers.SUBSCRIPTION_MESSAGES,
                largest);
    }

    // ---- figures

    /** Bytes in use in this process: on the heap, and by the network library beside it. */
    private static long memory() {
        for (int i = 0; i < 2; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
                + Math.max(0, PlatformDependent.usedDirectMemory());
    }

    private static double millis(Histogram histogram, double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }

    private static double least(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    }

    private static double most(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    // ---- the other process

    private record Report(long cpu, int missed, Histogram latency) {}

    /** The process with the clients. */
    private final class Clients implements AutoCloseable {

        private final Process process;
        private final Socket socket;
        private final DataOutputStream out;
        private final DataInputStream in;
        private final AtomicLong arrived = new AtomicLong();
        private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
        /** Whether the next answer is a report; set before it is asked for. */
        private volatile boolean reporting;

        Clients(String bareTopic) throws Exception {
            try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                listening.setSoTimeout(60_000);
                process = new ProcessBuilder(
                                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                                "-Xmx" + settings.text("clientHeap", "6g"),
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=" + settings.text("clientLog", "error"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                FanoutClients.class.getName(),
                                Integer.toString(listening.getLocalPort()),
                                Integer.toString(sitePort),
                                centre.feed,
                                bareTopic)
                        .inheritIO()
                        .start();
                socket = listening.accept();
            }
            socket.setTcpNoDelay(true);
            out = new DataOutputStream(socket.getOutputStream());
            in = new DataInputStream(socket.getInputStream());
            Thread reading = new Thread(this::read, "clients");
            reading.setDaemon(true);
            reading.start();
        }

        private void read() {
            try {
                while (true) {
                    if (in.readInt() == FanoutClients.ARRIVED) {
                        arrived.set(in.readLong());
                        synchronized (arrived) {
                            arrived.notifyAll();
                        }
                    } else if (reporting) {
                        long cpu = in.readLong();
                        int missed = in.readInt();
                        byte[] histogram = new byte[in.readInt()];
                        in.readFully(histogram);
                        reporting = false;
                        answers.add(
                                new Report(cpu, missed, Histogram.decodeFromByteBuffer(ByteBuffer.wrap(histogram), 0)));
                    } else {
                        answers.add(true);
                    }
                }
            } catch (EOFException over) {
                answers.add(over);
            } catch (IOException | RuntimeException e) {
                answers.add(e);
            }
        }

        private Object answer() throws Exception {
            Object answer = answers.poll(180, TimeUnit.SECONDS);
            if (answer == null || answer instanceof Exception) {
                throw new IllegalStateException("The process with the clients does not answer: " + answer);
            }
            return answer;
        }

        private void command(int... words) throws Exception {
            for (int word : words) {
                out.writeInt(word);
            }
            out.flush();
            answer();
        }

        void open(Kind kind, int count) throws Exception {
            command(FanoutClients.OPEN, kind.ordinal(), count);
        }

        void close(Kind kind) throws Exception {
            command(FanoutClients.CLOSE, kind.ordinal());
        }

        void deafen() throws Exception {
            command(FanoutClients.DEAF);
        }

        void hearing() throws Exception {
            command(FanoutClients.HEARING);
        }

        void start(Kind kind, long after, int count, int each, boolean apply) throws Exception {
            arrived.set(0);
            out.writeInt(FanoutClients.START);
            out.writeInt(kind.ordinal());
            out.writeLong(after);
            out.writeInt(count);
            out.writeInt(each);
            out.writeBoolean(apply);
            out.flush();
            answer();
        }

        Report report() throws Exception {
            reporting = true;
            out.writeInt(FanoutClients.REPORT);
            out.flush();
            return (Report) answer();
        }

        /** Waits until all clients have that one of the turn. */
        void await(long number) throws InterruptedException {
            if (arrived.get() >= number) {
                return;
            }
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
            synchronized (arrived) {
                while (arrived.get() < number) {
                    if (System.nanoTime() > until || !process.isAlive()) {
                        throw new IllegalStateException("Not all clients got batch " + number + ", but " + arrived
                                + "; clients' process alive: " + process.isAlive());
                    }
                    arrived.wait(100);
                }
            }
        }

        @Override
        public void close() throws Exception {
            socket.close();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    @Override
    public void close() throws Exception {
        clients.close();
        bareConnection.close();
        bareOpened.close();
        relay.close();
        distributor.close();
        line.close();
        Brokers.stop(site);
        centre.close();
    }
}
