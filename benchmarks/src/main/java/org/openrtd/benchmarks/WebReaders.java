package org.openrtd.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.openrtd.web.internal.Webs;

/**
 * The readers of {@link WebBenchmark}, in a process of their own. Says {@code ready} once each has all rows, waits for a line, and says {@code read ROWS BYTES NANOS} after that many seconds.
 */
final class WebReaders {

    /** How the row of an agent begins, and nothing else in the stream. */
    private static final byte[] ROW = "{\"Skill".getBytes(StandardCharsets.US_ASCII);

    private static final class Reader {
        private int matched;
        private int rows;
    }

    private long rows;
    private long bytes;
    private int ready;
    private int each;

    public static void main(String[] arguments) throws Exception {
        new WebReaders()
                .run(
                        Integer.parseInt(arguments[0]),
                        Integer.parseInt(arguments[1]),
                        Integer.parseInt(arguments[2]),
                        Integer.parseInt(arguments[3]));
    }

    private void run(int port, int count, int seconds, int rowsOfEach) throws Exception {
        each = rowsOfEach;
        String request = "GET /api/v1/stream?tables=Agent_Real_Time HTTP/1.1\r\nHost: x\r\nAuthorization: Basic "
                + Base64.getEncoder().encodeToString((Webs.USER + ":" + Webs.USER).getBytes(StandardCharsets.UTF_8))
                + "\r\n\r\n";
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < count; i++) {
                SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
                channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, new Reader());
            }
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
            while (ready < count) {
                if (System.nanoTime() > until) {
                    throw new IllegalStateException("Only " + ready + " of " + count + " readers are served");
                }
                read(selector, 10);
            }
            System.out.println("ready");
            while (System.in.available() == 0) {
                read(selector, 10);
            }
            rows = 0;
            bytes = 0;
            long begin = System.nanoTime();
            read(selector, seconds * 1000);
            System.out.println("read " + rows + " " + bytes + " " + (System.nanoTime() - begin));
            System.in.read();
        }
    }

    private void read(Selector selector, int millis) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
        byte[] some = new byte[buffer.capacity()];
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left; (left = until - System.nanoTime()) > 0; ) {
            selector.select(Math.max(1, left / 1_000_000));
            for (SelectionKey key : selector.selectedKeys()) {
                Reader reader = (Reader) key.attachment();
                buffer.clear();
                int n = ((SocketChannel) key.channel()).read(buffer);
                if (n < 0) {
                    throw new IOException("A stream has ended");
                }
                bytes += n;
                buffer.flip().get(some, 0, n);
                int matched = reader.matched;
                for (int i = 0; i < n; i++) {
                    if (some[i] == ROW[matched]) {
                        if (++matched == ROW.length) {
                            rows++;
                            matched = 0;
                            if (++reader.rows == each) {
                                ready++;
                            }
                        }
                    } else {
                        matched = some[i] == ROW[0] ? 1 : 0;
                    }
                }
                reader.matched = matched;
            }
            selector.selectedKeys().clear();
        }
    }
}
