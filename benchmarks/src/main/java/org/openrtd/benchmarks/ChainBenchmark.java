package org.openrtd.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.JMSException;
import javax.jms.MessageProducer;
import javax.jms.Session;
import org.HdrHistogram.Histogram;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSClient;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSConstants;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.openrtd.benchmarks.Main.Settings;
import org.openrtd.broker.internal.Brokers;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;
import org.openrtd.feed.ReplicaListener;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.feed.jms.JmsRelay;
import org.openrtd.feed.jms.LocalBroker;

/**
 * Row changes from an origin over a distributor's relay to a client's replica: two nodes' brokers, two hops over TCP, all
 * in one process, so that one clock times them. Beside it, in turns of the same run, the same bytes over one topic of the
 * same broker with nothing before and behind it.
 *
 * <p>First as many as will go, with a bounded number of batches on their way; then at a fixed rate, each batch timed from
 * when it was due, whatever held it up (open loop). Settings: {@code table}, {@code rows}, {@code share} of columns
 * changed in percent, {@code batch} rows, {@code window} batches, {@code seconds} of each turn, {@code turns}, {@code rate}
 * changes a second, {@code interval} ms.
 */
final class ChainBenchmark implements AutoCloseable {

    private static final String CLIENT = "client";
    private static final int VERSIONS = 16;

    private final Settings settings;
    private final Table table;
    private final String feed;
    private final Centre centre;
    private final LocalBroker siteBroker;
    private final JmsFollower distributor;
    private final JmsRelay relay;
    private final JmsFollower client;
    private volatile LongConsumer arrived = sequence -> {};

    static void run(Settings settings) throws Exception {
        try (ChainBenchmark benchmark = new ChainBenchmark(settings)) {
            benchmark.throughput();
            benchmark.latency();
        }
    }

    private ChainBenchmark(Settings settings) throws Exception {
        this.settings = settings;
        this.table =
                Catalog.table(settings.text("table", "Call_Type_Real_Time")).table();
        this.feed = Catalog.table(table.name()).feed();
        centre = new Centre(feed);
        int sitePort = Centre.freePort();
        siteBroker = Brokers.start("site", sitePort, Map.of(CLIENT, Set.of(Addresses.CLIENT_ROLE)));
        distributor = follower(centre.port, Addresses.CENTRE, Centre.DISTRIBUTOR);
        relay = new JmsRelay(
                distributor.replica(), Addresses.DISTRIBUTOR, "site", Addresses.CLIENT_ROLE, SourceSettings.DEFAULT);
        relay.attach(siteBroker);
        client = follower(sitePort, Addresses.DISTRIBUTOR, CLIENT);
        client.replica().listen(new ReplicaListener() {
            @Override
            public void reset(View view) {
                arrived.accept(view.position().sequence());
            }

            @Override
            public void applied(View before, View after, List<RowChange> changes) {
                arrived.accept(after.position().sequence());
            }
        });
        Centre.await(client.replica(), 0);
    }

    private JmsFollower follower(int port, String source, String user) {
        return Centre.follower(feed, source, port, user);
    }

    private void throughput() throws Exception {
        int rows = settings.number("rows", 1000);
        int batch = settings.number("batch", 1000);
        int window = settings.number("window", 16);
        int seconds = settings.number("seconds", 5);
        int turns = settings.number("turns", 3);
        List<List<Change>> batches = batches(rows, batch, settings.number("share", 10) / 100.0);
        List<byte[]> messages = centre.published(() -> batches.forEach(centre::commit));
        long bytes = messages.stream().mapToLong(message -> message.length).sum();
        int perCycle = batches.stream().mapToInt(List::size).sum();
        System.out.printf(
                "%nAs many as will go: %s, batches of %d rows, %d %% of %d columns changed, %.1f bytes a row, at most %d"
                        + " batches on their way%n",
                table, batch, settings.number("share", 10), table.columns().size(), (double) bytes / perCycle, window);
        System.out.printf("%8s %22s %22s %8s%n", "", "chain, rows/s", "bare topic, rows/s", "ratio");
        chain(batches, window, seconds);
        try (Bare bare = new Bare()) {
            bare.closedLoop(messages, perCycle, window, seconds);
            double chains = 0;
            double bares = 0;
            for (int turn = 1; turn <= turns; turn++) {
                double one = chain(batches, window, seconds);
                double other = bare.closedLoop(messages, perCycle, window, seconds);
                System.out.printf("%8s %22.0f %22.0f %8.2f%n", "turn " + turn, one, other, one / other);
                chains += one / turns;
                bares += other / turns;
            }
            System.out.printf("%8s %22.0f %22.0f %8.2f%n", "mean", chains, bares, chains / bares);
        }
        long dropped = centre.source.messagesDropped() + relay.source().messagesDropped();
        System.out.printf(
                "gaps %d, snapshots %d, dropped %d%n",
                client.replica().statistics().gaps(),
                client.replica().statistics().snapshots() - 1,
                dropped);
    }

    /** Batches to be committed in a circle; each differs from the one before it in the same columns of a row. */
    private List<List<Change>> batches(int rows, int batch, double share) {
        List<List<Change>> batches = Rows.circle(table, rows, batch, share, VERSIONS, new Random(7));
        // So that what is recorded of the circle is updates.
        int each = batches.size() / VERSIONS;
        batches.subList(0, each).forEach(centre::commit);
        batches.subList(batches.size() - each, batches.size()).forEach(centre::commit);
        return batches;
    }

    private double chain(List<List<Change>> batches, int window, int seconds) throws InterruptedException {
        Semaphore free = new Semaphore(window);
        AtomicLong at = new AtomicLong(centre.position().sequence());
        Centre.await(client.replica(), at.get());
        arrived = sequence -> free.release((int) (sequence - at.getAndSet(sequence)));
        long rows = 0;
        long begin = System.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(seconds);
        for (int i = 0; System.nanoTime() < end; i = (i + 1) % batches.size()) {
            List<Change> changes = batches.get(i);
            if (!free.tryAcquire(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        "Nothing arrives any more: " + client.replica().reason());
            }
            centre.commitLater(0, changes);
            rows += changes.size();
        }
        long last = centre.position().sequence();
        Centre.await(client.replica(), last);
        double perSecond = rows * 1e9 / (System.nanoTime() - begin);
        arrived = sequence -> {};
        return perSecond;
    }

    private void latency() throws Exception {
        int rate = settings.number("rate", 2000);
        int interval = settings.number("interval", 10);
        int seconds = settings.number("seconds", 5) * 2;
        int turns = settings.number("turns", 3);
        int batch = Math.max(1, rate * interval / 1000);
        List<List<Change>> batches =
                batches(settings.number("rows", 1000), batch, settings.number("share", 10) / 100.0);
        List<byte[]> messages = centre.published(() -> batches.forEach(centre::commit));
        System.out.printf(
                "%nOpen loop: %d row changes/s, a batch of %d each %d ms, timed from when it was due; in ms%n",
                rate, batch, interval);
        System.out.printf(
                "%8s %8s %8s %8s %8s | %8s %8s %8s %8s | %9s%n",
                "", "chain", "p99", "p99.9", "max", "topic", "p99", "p99.9", "max", "p99 ratio");
        Histogram chains = new Histogram(3);
        Histogram bares = new Histogram(3);
        try (Bare bare = new Bare()) {
            chainLatency(batches, interval, seconds);
            bare.openLoop(messages, interval, seconds);
            for (int turn = 1; turn <= turns; turn++) {
                Histogram one = chainLatency(batches, interval, seconds);
                Histogram other = bare.openLoop(messages, interval, seconds);
                print("turn " + turn, one, other);
                chains.add(one);
                bares.add(other);
            }
        }
        print("all", chains, bares);
    }

    private static void print(String what, Histogram chain, Histogram bare) {
        System.out.printf(
                "%8s %8.2f %8.2f %8.2f %8.2f | %8.2f %8.2f %8.2f %8.2f | %9.2f%n",
                what,
                millis(chain, 50),
                millis(chain, 99),
                millis(chain, 99.9),
                millis(chain, 100),
                millis(bare, 50),
                millis(bare, 99),
                millis(bare, 99.9),
                millis(bare, 100),
                millis(chain, 99) / millis(bare, 99));
    }

    private static double millis(Histogram histogram, double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }

    private Histogram chainLatency(List<List<Change>> batches, int interval, int seconds) throws Exception {
        long first = centre.position().sequence() + 1;
        Centre.await(client.replica(), first - 1);
        int count = seconds * 1000 / interval;
        Due due = new Due(count);
        AtomicLong at = new AtomicLong(first - 1);
        arrived = sequence -> {
            long now = System.nanoTime();
            for (long next = at.getAndSet(sequence) + 1; next <= sequence; next++) {
                due.arrived((int) (next - first), now);
            }
        };
        due.run(interval, (i, when) -> {
            List<Change> changes = batches.get(i % batches.size());
            centre.commitLater(0, changes);
        });
        Centre.await(client.replica(), first + count - 1);
        arrived = sequence -> {};
        return due.histogram();
    }

    /** One topic of the centre's broker, sent to inside the node and read over TCP, as the chain's first hop is. */
    private final class Bare implements AutoCloseable {

        private final LocalBroker.Opened opened;
        private final ActiveMQConnectionFactory factory;
        private final Connection sending;
        private final Connection receiving;
        private final Session session;
        private final MessageProducer producer;
        private volatile Runnable arrived = () -> {};
        private volatile long sink;

        Bare() throws JMSException {
            opened = centre.broker.openSource("bare", Addresses.CENTRE, Addresses.DISTRIBUTOR_ROLE);
            String topic = Addresses.topic("bare", Addresses.CENTRE);
            factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + centre.port + "?consumerWindowSize=262144");
            receiving = factory.createConnection(Centre.DISTRIBUTOR, Centre.DISTRIBUTOR);
            Session reader = receiving.createSession(false, ActiveMQJMSConstants.PRE_ACKNOWLEDGE);
            reader.createConsumer(ActiveMQJMSClient.createTopic(topic)).setMessageListener(message -> {
                try {
                    BytesMessage bytes = (BytesMessage) message;
                    byte[] payload = new byte[(int) bytes.getBodyLength()];
                    bytes.readBytes(payload);
                    sink += payload[payload.length - 1];
                    arrived.run();
                } catch (JMSException e) {
                    throw new IllegalStateException(e);
                }
            });
            receiving.start();
            sending = centre.broker.connections().createConnection(centre.broker.user(), centre.broker.password());
            session = sending.createSession(false, Session.AUTO_ACKNOWLEDGE);
            producer = session.createProducer(ActiveMQJMSClient.createTopic(topic));
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            producer.setDisableMessageID(true);
            producer.setDisableMessageTimestamp(true);
        }

        private void send(byte[] payload) {
            try {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(payload);
                producer.send(message);
            } catch (JMSException e) {
                throw new IllegalStateException(e);
            }
        }

        double closedLoop(List<byte[]> messages, int rowsPerCycle, int window, int seconds) throws Exception {
            Semaphore free = new Semaphore(window);
            arrived = free::release;
            double rowsEach = (double) rowsPerCycle / messages.size();
            long count = 0;
            long begin = System.nanoTime();
            long end = begin + TimeUnit.SECONDS.toNanos(seconds);
            while (System.nanoTime() < end) {
                free.acquire();
                send(messages.get((int) (count++ % messages.size())));
            }
            free.acquire(window);
            return count * rowsEach * 1e9 / (System.nanoTime() - begin);
        }

        Histogram openLoop(List<byte[]> messages, int interval, int seconds) throws Exception {
            Due due = new Due(seconds * 1000 / interval);
            AtomicLong next = new AtomicLong();
            arrived = () -> due.arrived((int) next.getAndIncrement(), System.nanoTime());
            due.run(interval, (i, when) -> send(messages.get(i % messages.size())));
            while (!due.complete()) {
                Thread.sleep(1);
            }
            return due.histogram();
        }

        @Override
        public void close() throws JMSException {
            receiving.close();
            sending.close();
            factory.close();
            opened.close();
        }
    }

    @Override
    public void close() {
        client.close();
        relay.close();
        distributor.close();
        Brokers.stop(siteBroker);
        centre.close();
    }
}
