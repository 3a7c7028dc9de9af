package org.openrtd.broker.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.Session;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openrtd.access.KeyStoreFile;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Origin;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.Table;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.BrokerAddress;
import org.openrtd.feed.jms.BrokerClient;
import org.openrtd.feed.jms.FeedLoop;
import org.openrtd.feed.jms.FollowerLine;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.feed.jms.JmsSource;

/** Followers that ask and never read, beside one that reads, of one source over one node's broker. */
@Timeout(300)
class NeverReadsTest {

    private static final Table TABLE = Table.named("T")
            .key("Id", ColumnType.INT)
            .column("Name", ColumnType.STRING)
            .build();
    /** Of names that no encoding makes shorter; together larger than what may wait for one. */
    private static final int ROWS = 10_000;

    private static final String NAME = "n".repeat(1000);
    private static final long OTHER_MESSAGE = 256 << 10;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private NodeBroker broker;
    private FeedLoop loop;
    private JmsSource source;
    private Origin origin;
    private String url;
    private int tick = 1;

    private void start(long maxMemoryBytes, int maxUserConnections) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        url = "tcp://127.0.0.1:" + port;
        broker = new NodeBroker(
                new BrokerSettings(
                        "test",
                        "127.0.0.1",
                        port,
                        false,
                        KeyStoreFile.NONE,
                        KeyStoreFile.NONE,
                        false,
                        100,
                        256 << 10,
                        256,
                        60_000,
                        maxUserConnections,
                        maxMemoryBytes),
                (user, password) -> Optional.of(Set.of(Addresses.CLIENT_ROLE)));
        loop = new FeedLoop("origin");
        source = new JmsSource(
                "calls", Addresses.DISTRIBUTOR, "site", Addresses.CLIENT_ROLE, loop, MonotonicClock.SYSTEM);
        SourceSettings usual = SourceSettings.DEFAULT;
        origin = loop.call(() -> new Origin(
                new FeedSchema("calls", 1, false, List.of(TABLE)),
                new FeedIdentity("test", 1),
                "site",
                new SourceSettings(
                        usual.heartbeatInterval(), usual.ringBytes(), usual.servingRingBytes(), Duration.ofMinutes(10)),
                MonotonicClock.SYSTEM,
                RandomGenerator.getDefault(),
                source));
        commit(0, ROWS);
        source.positionFrom(() -> origin.replica().view().position());
        source.snapshotsFrom(origin::snapshotsMade);
        source.answerWith(origin::request);
        loop.every(Duration.ofMillis(50), origin::time);
        source.attach(broker);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        source.close();
        loop.close();
        broker.stop();
    }

    private void commit(int from, int to) {
        List<Change> changes = new ArrayList<>();
        for (int i = from; i < to; i++) {
            changes.add(Change.put(TABLE.row(i, NAME + tick)));
        }
        int now = tick++;
        loop.call(() -> origin.commit(new Cut(now, now * 1000L, 0), changes));
    }

    private JmsFollower follow(String user) {
        JmsFollower follower = new JmsFollower(
                FollowerSettings.of("calls", List.of(url)),
                new JmsFollower.Sources(Addresses.DISTRIBUTOR, List.of(BrokerAddress.parse(url)), user, "x", ""),
                () -> null);
        opened.push(follower);
        return follower;
    }

    private void awaitAll(JmsFollower follower) throws InterruptedException {
        await(() -> follower.replica().state() == FeedState.LIVE
                && follower.replica().view().position().sequence() == tick - 1);
        assertEquals(ROWS, follower.replica().view().size(TABLE));
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Asks for a snapshot and for parts of it, again and again, and reads nothing but where the snapshot is. */
    private final class NeverReads {
        final String user;
        final Session session;
        final MessageProducer producer;
        final byte[] pull;

        NeverReads(String user) throws Exception {
            this.user = user;
            ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url + "?consumerWindowSize=0");
            opened.push(factory);
            Connection connection = factory.createConnection(user, "x");
            opened.push(connection);
            session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageConsumer replies = session.createConsumer(session.createTopic(Addresses.reply(user, "never")));
            producer = session.createProducer(session.createQueue(Addresses.resume("calls", Addresses.DISTRIBUTOR)));
            connection.start();
            ByteBuffer resume = ByteBuffer.allocate(33);
            resume.put(new byte[] {'O', 'F', 2, 0x10}).putLong(1).put((byte) 5);
            resume.put("calls".getBytes(StandardCharsets.US_ASCII));
            send(resume.array());
            BytesMessage snapshot = (BytesMessage) replies.receive();
            assertNotNull(snapshot);
            byte[] answer = new byte[(int) snapshot.getBodyLength()];
            snapshot.readBytes(answer);
            assertEquals(0x23, answer[3]);
            ByteBuffer asks = ByteBuffer.allocate(23);
            asks.put(new byte[] {'O', 'F', 2, 0x11}).putLong(1).put(Arrays.copyOfRange(answer, 12, 20));
            // Of the table's stream the first eight parts.
            asks.put(new byte[] {1, 0, 8});
            pull = asks.array();
        }

        void send(byte[] request) throws JMSException {
            BytesMessage message = session.createBytesMessage();
            message.setIntProperty("rtd_protocol", 1);
            message.setStringProperty("rtd_id", "never");
            message.writeBytes(request);
            producer.send(message);
        }

        /** So much that it takes more than twice what may wait for one. */
        void pull() throws JMSException {
            for (int i = 0; i < 3 * NodeBroker.MAX_REPLY_BYTES / (8 * 64_000); i++) {
                send(pull);
            }
        }

        long waiting() {
            return broker.clients().stream()
                    .filter(client -> client.user().equals(user))
                    .flatMap(client -> client.subscriptions().stream())
                    .mapToLong(BrokerClient.Subscription::bytes)
                    .sum();
        }
    }

    @Test
    void isHeldToItsBoundWhileAnotherGetsALargeSnapshotAndAllBatches() throws Exception {
        start(0, 0);
        NeverReads stuck = new NeverReads("stuck");
        stuck.pull();
        // All of it was answered.
        await(() -> source.bytesSent() + source.messagesDropped() > 3 * NodeBroker.MAX_REPLY_BYTES - 8 * 64_000);
        // It does wait, once the broker has routed what was handed to it.
        await(() -> stuck.waiting() > NodeBroker.MAX_REPLY_BYTES / 2);
        assertTrue(stuck.waiting() <= NodeBroker.MAX_REPLY_BYTES + OTHER_MESSAGE, "waits: " + stuck.waiting());
        await(() -> broker.waitingReplyBytes() == stuck.waiting());

        JmsFollower healthy = follow("healthy");
        awaitAll(healthy);
        for (int i = 0; i < 50; i++) {
            commit(i, i + 10);
        }
        awaitAll(healthy);
        assertEquals(1, healthy.replica().statistics().snapshots());
        assertEquals(0, broker.disconnectedForMemory());
    }

    @Test
    void isSeenByOperatorsBesideOneWhoReads() throws Exception {
        start(0, 0);
        NeverReads stuck = new NeverReads("stuck");
        stuck.pull();
        JmsFollower healthy = follow("healthy");
        awaitAll(healthy);
        await(() -> followers("calls:healthy").getState().equals("LIVE"));
        FollowerLine line = followers("calls:healthy");
        assertEquals(healthy.replica().view().position().sequence(), line.getSequence());
        assertEquals(0, line.getLag());
        assertTrue(line.getAddress().startsWith("127.0.0.1:"), line.getAddress());
        // More when it had to connect again, until the broker has seen the first one end.
        assertTrue(line.getLinks() >= 1);
        assertTrue(line.getAgeMillis() >= 0);

        // It listens to no topic and says nothing of itself.
        await(() -> followers("calls:stuck").getReplyBytes() > NodeBroker.MAX_REPLY_BYTES / 2);
        assertEquals("UNKNOWN", followers("calls:stuck").getState());
        assertEquals(1, source.snapshotsMade());

        opened.remove(healthy);
        healthy.close();
        await(() -> FollowerLine.followers(broker, List.of(source)).size() == 1);
    }

    private FollowerLine followers(String feedAndUser) {
        return FollowerLine.of(FollowerLine.followers(broker, List.of(source))).stream()
                .filter(line -> (line.getFeed() + ":" + line.getUser()).equals(feedAndUser))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void leavesRoomForAPageWithTheLargestBatch() throws Exception {
        start(0, 0);
        awaitAll(follow("first"));
        // Whoever comes next gets the first one's snapshot, and after it what came since, from the ring.
        for (int i = 0; i < 5; i++) {
            commit(0, 4_100);
        }
        JmsFollower next = follow("next");
        awaitAll(next);
        assertEquals(1, next.replica().statistics().snapshots());
    }

    @Test
    void isDisconnectedWhenManyOfItsKindFillTheMemory() throws Exception {
        start(BrokerSettings.LEAST_MEMORY_BYTES, 0);
        JmsFollower healthy = follow("healthy");
        awaitAll(healthy);
        List<NeverReads> stuck = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            stuck.add(new NeverReads("stuck" + i));
        }
        for (NeverReads each : stuck) {
            try {
                each.pull();
            } catch (JMSException disconnected) {
                // As it deserves.
            }
        }
        await(() ->
                broker.disconnectedForMemory() > 0 && broker.memoryBytes() < BrokerSettings.LEAST_MEMORY_BYTES / 4 * 3);
        for (int i = 0; i < 50; i++) {
            commit(i, i + 10);
        }
        awaitAll(healthy);
    }

    @Test
    void hasNoMoreConnectionsThanAUserMayHave() throws Exception {
        start(0, 2);
        new NeverReads("many");
        new NeverReads("many");
        // Another user is not concerned.
        awaitAll(follow("healthy"));
        JmsFollower refused = follow("many");
        await(() -> broker.refusedMessages() > 2);
        assertTrue(refused.replica().state() != FeedState.LIVE);
    }
}
