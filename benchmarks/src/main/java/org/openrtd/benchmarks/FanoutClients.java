package org.openrtd.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Session;
import org.HdrHistogram.ConcurrentHistogram;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSClient;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSConstants;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.ReplicaListener;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.View;
import org.openrtd.feed.internal.Batches;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.JmsFollower;

/**
 * The clients of {@link FanoutBenchmark}, in a process of their own: does what it is told over one connection, and tells
 * there each batch that all of them have. Clocks of two processes of one machine are the same ({@code CLOCK_MONOTONIC}).
 */
final class FanoutClients {

    /** What a client is. */
    enum Kind {
        /** OpenRTD's follower, which keeps the rows. */
        FOLLOWERS,
        /** Reads the bytes on the distributor's topic and lets them go. */
        READERS,
        /** Reads the bytes on the bare topic, and lets them go or applies them to rows. */
        BARE
    }

    /** Commands. */
    static final int OPEN = 1;

    static final int CLOSE = 2;
    static final int START = 3;
    static final int REPORT = 4;
    static final int DEAF = 5;
    static final int HEARING = 6;

    /** Answers. */
    static final int DONE = 100;

    static final int ARRIVED = 101;

    static final String USER = "client";
    /** Of bare messages: which it is of its turn, and when it was due. */
    static final String NUMBER = "number";

    static final String DUE = "due";

    /** In ms; a thousand connect at one time. */
    private static final int CALL_TIMEOUT = 60_000;

    private static final int GROUP = 50;
    private static final int SLOTS = 1 << 16;

    private final int port;
    private final String feed;
    private final String topic;
    private final String bareTopic;
    private final DataOutputStream out;
    private final List<AutoCloseable> clients = new ArrayList<>();
    private final List<AutoCloseable> bares = new ArrayList<>();
    private final List<JmsFollower> followers = new ArrayList<>();
    private List<AutoCloseable> deaf = List.of();
    /** Of whoever keeps rows without a follower. */
    private volatile View first;

    private volatile Turn turn = new Turn(Kind.BARE, 0, 0, 1, false);

    /** What arrives from now on. */
    private final class Turn {
        final Kind kind;
        final long after;
        final int each;
        final int count;
        final boolean apply;
        final AtomicIntegerArray arrived = new AtomicIntegerArray(SLOTS);
        final AtomicInteger missed = new AtomicInteger();
        final ConcurrentHistogram latency = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(10), 3);

        /**
         * @param after the number before the first
         * @param each of how many it is told that one has arrived
         */
        Turn(Kind kind, long after, int count, int each, boolean apply) {
            this.kind = kind;
            this.after = after;
            this.count = count;
            this.each = each;
            this.apply = apply;
        }

        /** One client has that one, and has had all before it. */
        void arrived(long number, long due) {
            if (number <= after) {
                return;
            }
            latency.recordValue(Math.max(0, System.nanoTime() - due));
            int slot = (int) (number % SLOTS);
            if (arrived.incrementAndGet(slot) == count) {
                arrived.set(slot, 0);
                if ((number - after) % each == 0) {
                    tell(number - after);
                }
            }
        }
    }

    private FanoutClients(String[] arguments, DataOutputStream out) {
        port = Integer.parseInt(arguments[1]);
        feed = arguments[2];
        topic = Addresses.topic(feed, Addresses.DISTRIBUTOR);
        bareTopic = arguments[3];
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]))) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            new FanoutClients(arguments, new DataOutputStream(socket.getOutputStream())).run(in);
        } catch (EOFException over) {
            // The benchmark has ended.
        } catch (Throwable e) {
            e.printStackTrace();
            System.exit(1);
        }
        System.exit(0);
    }

    private void run(DataInputStream in) throws Exception {
        while (true) {
            switch (in.readInt()) {
                case OPEN -> open(Kind.values()[in.readInt()], in.readInt());
                case CLOSE -> close(Kind.values()[in.readInt()] == Kind.BARE ? bares : clients);
                case START ->
                    turn = new Turn(
                            Kind.values()[in.readInt()], in.readLong(), in.readInt(), in.readInt(), in.readBoolean());
                case REPORT -> {
                    report();
                    continue;
                }
                case DEAF -> deafen();
                case HEARING -> {
                    for (AutoCloseable one : deaf) {
                        one.close();
                    }
                }
                default -> throw new IllegalStateException("No such command");
            }
            synchronized (out) {
                out.writeInt(DONE);
                out.flush();
            }
        }
    }

    private void tell(long number) {
        try {
            synchronized (out) {
                out.writeInt(ARRIVED);
                out.writeLong(number);
                out.flush();
            }
        } catch (IOException e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    private void report() throws IOException {
        ByteBuffer histogram = ByteBuffer.allocate(turn.latency.getNeededByteBufferCapacity());
        int length = turn.latency.encodeIntoByteBuffer(histogram);
        long cpu = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
        synchronized (out) {
            out.writeInt(DONE);
            out.writeLong(cpu);
            out.writeInt(turn.missed.get());
            out.writeInt(length);
            out.write(histogram.array(), 0, length);
            out.flush();
        }
    }

    private void open(Kind kind, int count) throws Exception {
        List<AutoCloseable> to = kind == Kind.BARE ? bares : clients;
        if (kind == Kind.FOLLOWERS) {
            // In groups: that of a herd all become live is a test's concern.
            for (int i = 0; i < count; i++) {
                follow();
                if ((i + 1) % GROUP == 0 || i + 1 == count) {
                    for (JmsFollower follower : followers) {
                        while (follower.replica().state() != FeedState.LIVE) {
                            TimeUnit.MILLISECONDS.sleep(5);
                        }
                    }
                }
            }
            return;
        }
        if (kind == Kind.BARE && first == null) {
            JmsFollower follower = follower();
            while (follower.replica().state() != FeedState.LIVE) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            first = follower.replica().view();
            follower.close();
        }
        ExecutorService several = Executors.newFixedThreadPool(8);
        List<Future<AutoCloseable>> opening = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            opening.add(several.submit(() -> kind == Kind.BARE ? new Bare() : new Reader()));
        }
        for (Future<AutoCloseable> one : opening) {
            to.add(one.get());
        }
        several.shutdown();
    }

    private void close(List<AutoCloseable> which) throws Exception {
        ExecutorService several = Executors.newFixedThreadPool(8);
        List<Future<?>> closing = new ArrayList<>();
        for (AutoCloseable one : which) {
            closing.add(several.submit(() -> {
                one.close();
                return null;
            }));
        }
        for (Future<?> one : closing) {
            one.get();
        }
        several.shutdown();
        which.clear();
        if (which == clients) {
            followers.clear();
        }
    }

    private JmsFollower follower() {
        return Centre.follower(feed, Addresses.DISTRIBUTOR, port, USER);
    }

    private void follow() {
        JmsFollower follower = follower();
        followers.add(follower);
        clients.add(follower);
        follower.replica().listen(new ReplicaListener() {
            private long at = Long.MAX_VALUE;

            @Override
            public void reset(View view) {
                if (view.position().sequence() > at) {
                    turn.missed.incrementAndGet();
                }
                reached(view);
            }

            @Override
            public void applied(View before, View after, List<RowChange> changes) {
                reached(after);
            }

            private void reached(View view) {
                long now = view.position().sequence();
                Turn present = turn;
                if (present.kind == Kind.FOLLOWERS) {
                    for (long number = Math.min(at, now - 1) + 1; number <= now; number++) {
                        present.arrived(number, view.tick());
                    }
                }
                at = now;
            }
        });
    }

    /** One connection with one subscription. */
    private abstract class Subscriber implements AutoCloseable {

        private final ActiveMQConnectionFactory factory;
        private final Connection connection;

        Subscriber(int port, String topic, int callTimeout) throws JMSException {
            // As a follower's, but for the time-outs: nobody looks after these.
            factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port
                    + "?reconnectAttempts=0&clientFailureCheckPeriod=-1&connectionTTL=60000&callTimeout="
                    + callTimeout + "&consumerWindowSize=262144&useTopologyForLoadBalancing=false");
            connection = factory.createConnection(USER, USER);
            Session session = connection.createSession(false, ActiveMQJMSConstants.PRE_ACKNOWLEDGE);
            session.createConsumer(ActiveMQJMSClient.createTopic(topic)).setMessageListener(message -> {
                try {
                    BytesMessage bytes = (BytesMessage) message;
                    byte[] payload = new byte[(int) bytes.getBodyLength()];
                    bytes.readBytes(payload);
                    arrived(bytes, payload);
                } catch (JMSException | RuntimeException e) {
                    e.printStackTrace();
                    System.exit(1);
                }
            });
            connection.start();
        }

        abstract void arrived(BytesMessage message, byte[] payload) throws JMSException;

        @Override
        public void close() throws JMSException {
            connection.close();
            factory.close();
        }
    }

    private final class Reader extends Subscriber {

        Reader() throws JMSException {
            super(port, topic, CALL_TIMEOUT);
        }

        @Override
        void arrived(BytesMessage message, byte[] payload) {
            Batches.Arrived batch = Batches.arrived(payload);
            Turn present = turn;
            if (batch != null && present.kind == Kind.READERS) {
                present.arrived(batch.sequence(), batch.tick());
            }
        }
    }

    private final class Bare extends Subscriber {

        private View view = first;

        Bare() throws JMSException {
            super(port, bareTopic, CALL_TIMEOUT);
        }

        @Override
        void arrived(BytesMessage message, byte[] payload) throws JMSException {
            Turn present = turn;
            if (present.apply) {
                view = Batches.apply(view, payload);
            }
            present.arrived(message.getLongProperty(NUMBER), message.getLongProperty(DUE));
        }
    }

    /** A client of the distributor's topic that reads nothing any more, though it still says that it lives. */
    private void deafen() throws Exception {
        TcpLine line = new TcpLine(port);
        Subscriber subscriber = new Subscriber(line.port(), topic, 2_000) {
            @Override
            void arrived(BytesMessage message, byte[] payload) {}
        };
        line.deafen();
        deaf = List.of(line, () -> {
            try {
                subscriber.close();
            } catch (JMSException lineIsGone) {
                // As it should be.
            }
        });
    }
}
