package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.web.internal.FakeReplica.row;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many streams of one node, of which some are read slowly and some not at all, while rows change: each reader ends with the
 * rows that there are. {@code -Dweb.streams=1000} for more of them.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ManyStreamsTest {

    private static final int STREAMS = Integer.getInteger("web.streams", 300);
    private static final int ROWS = 40;
    private static final int CHANGES = 50;

    private final Random random = new Random(Long.getLong("web.seed", 1));
    private TestNode node;

    @BeforeEach
    void start() throws Exception {
        node = new TestNode(null, List.of(), List.of());
        change(ROWS);
        // A snapshot of a MiB: those who read late have it under way, or in the buffers of their sockets.
        for (int i = 0; i < 20; i++) {
            node.config.put(row("Call_Type", "CallTypeID", i, "EnterpriseName", "x".repeat(50_000)));
        }
        node.config.cut();
        // One that is connected again may be there before the node knows that the former has gone.
        node.serve("", STREAMS + 50);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void change(int rows) {
        for (int i = 0; i < rows; i++) {
            node.agents.put(row(
                    "Agent_Real_Time",
                    "SkillTargetID",
                    rows == ROWS ? i : random.nextInt(ROWS),
                    "MRDomainID",
                    1,
                    "AgentState",
                    random.nextInt(10)));
        }
        node.agents.cut();
    }

    private enum Kind {
        QUICK,
        /** Takes a little at a time. */
        SLOW,
        /** Is sent much, and takes nothing for a while. */
        LATE
    }

    /** A connection whose bytes are taken as its kind does. */
    private final class Connection {
        private final Kind kind;
        private final StreamReader reader = new StreamReader();
        private SocketChannel channel;
        private StringBuilder head;
        private boolean inBody;
        private Chunks chunks;
        private int times;

        Connection(Kind kind) {
            this.kind = kind;
        }

        void connect(Selector selector, int operations) throws IOException {
            times++;
            head = new StringBuilder();
            inBody = false;
            chunks = new Chunks();
            reader.breaks();
            channel = SocketChannel.open();
            if (kind != Kind.QUICK) {
                channel.socket().setReceiveBufferSize(32 << 10);
            }
            channel.connect(new InetSocketAddress("127.0.0.1", node.node.port()));
            channel.write(ByteBuffer.wrap(("GET /api/v1/stream?tables=Agent_Real_Time"
                            + (kind == Kind.LATE ? ",Call_Type" : "") + " HTTP/1.1\r\nHost: x\r\nAuthorization: "
                            + TestNode.basic("wall", "secret") + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII)));
            channel.configureBlocking(false);
            channel.register(selector, operations, this);
        }

        void read(Selector selector, ByteBuffer buffer) throws IOException {
            buffer.clear();
            if (kind == Kind.SLOW) {
                buffer.limit(512);
            }
            int n;
            try {
                n = channel.read(buffer);
            } catch (IOException reset) {
                n = -1;
            }
            if (n < 0) {
                // It may have been disconnected for its slowness, on a machine that is slower.
                assertTrue(kind != Kind.QUICK, "the stream has ended: " + head);
                channel.close();
                connect(selector, SelectionKey.OP_READ);
                return;
            }
            for (int i = 0; i < n; i++) {
                byte b = buffer.get(i);
                if (inBody) {
                    chunks.take(b, reader);
                } else {
                    head.append((char) b);
                    inBody = b == '\n' && head.toString().endsWith("\r\n\r\n");
                    assertTrue(!inBody || head.toString().startsWith("HTTP/1.1 200"), head.toString());
                }
            }
            reader.events.clear();
        }
    }

    /** What chunked transfer puts around the bytes is taken away. */
    private static final class Chunks {
        private long left;
        private int size;
        private byte[] some = new byte[8192];
        private int filled;

        void take(byte b, StreamReader to) {
            if (left > 0) {
                some[filled++] = b;
                if (--left == 0 || filled == some.length) {
                    to.read(some, filled);
                    filled = 0;
                }
            } else if (b == '\n') {
                left = size;
                size = 0;
            } else if (b != '\r') {
                size = size * 16 + Character.digit(b, 16);
            }
        }
    }

    private boolean has(Connection connection, List<Object> expected) {
        var rows = connection.reader.rows.get("Agent_Real_Time");
        if (rows == null) {
            return false;
        }
        for (int i = 0; i < ROWS; i++) {
            var row = rows.get(List.of((Object) (long) i, (Object) 1L));
            if (row == null || !expected.get(i).equals(row.get("AgentState"))) {
                return false;
            }
        }
        return connection.kind != Kind.LATE
                || connection.reader.rows.getOrDefault("Call_Type", Map.of()).size() == 20;
    }

    private List<Object> expected() {
        Object[] values = new Object[ROWS];
        Labels.forEach(
                node.agents.view(),
                "Agent_Real_Time",
                row -> values[(Integer) row.get(0)] = Labels.number(row, "AgentState"));
        return List.of(values);
    }

    @Test
    void eachReaderEndsWithTheRowsThatThereAre() throws Exception {
        List<Connection> all = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < STREAMS; i++) {
                Kind kind = i % 10 == 0 ? Kind.SLOW : i % 10 == 5 ? Kind.LATE : Kind.QUICK;
                all.add(new Connection(kind));
            }
            // The late ones last: the node drops whoever takes nothing for long.
            all.sort(Comparator.comparing(connection -> connection.kind));
            for (Connection connection : all) {
                connection.connect(selector, connection.kind == Kind.LATE ? 0 : SelectionKey.OP_READ);
            }
            long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
            // Some of the late ones may have been dropped already, on a machine that is slower.
            TestNode.await(
                    "nearly all are served",
                    () -> Integer.parseInt(node.node.details().get("streams")) >= STREAMS - STREAMS / 20);
            ByteBuffer buffer = ByteBuffer.allocate(16 << 10);
            List<Object> expected = List.of();
            List<Connection> behind = all;
            for (int round = 0; !behind.isEmpty(); round++) {
                assertTrue(System.nanoTime() < until, behind.size() + " are not where the rows are, round " + round);
                if (round < CHANGES) {
                    change(ROWS / 2);
                    expected = expected();
                } else if (round == CHANGES) {
                    for (SelectionKey key : selector.keys()) {
                        key.interestOps(SelectionKey.OP_READ);
                    }
                }
                selector.select(20);
                for (SelectionKey key : selector.selectedKeys()) {
                    ((Connection) key.attachment()).read(selector, buffer);
                }
                selector.selectedKeys().clear();
                if (round >= CHANGES && round % 10 == 0) {
                    List<Object> rows = expected;
                    behind = behind.stream().filter(each -> !has(each, rows)).toList();
                }
            }
            assertEquals(200, node.send(node.to("/health/live")).statusCode());
            System.out.println(STREAMS + " streams, connected "
                    + all.stream().mapToInt(each -> each.times).sum() + " times");
        } finally {
            for (Connection connection : all) {
                if (connection.channel != null) {
                    connection.channel.close();
                }
            }
        }
        TestNode.await(
                "all are forgotten", () -> node.node.details().get("streams").equals("0"));
    }
}
