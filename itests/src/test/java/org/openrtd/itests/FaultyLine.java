package org.openrtd.itests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A line between two nodes that can be made to fail: a TCP proxy on a port of its own. Bytes are never lost or reordered
 * within a connection, since TCP would send them again; a line that fails holds them back, or ends its connections.
 */
final class FaultyLine implements AutoCloseable {

    /** Which way bytes go: up, to whom the line leads, or down, to whom called. */
    enum Direction {
        UP,
        DOWN
    }

    private static final int CHUNK = 4096;
    /** Held by the proxy for one direction of one connection; more stays with the sender, as on a line that is full. */
    private static final int MAX_HELD = 256 * 1024;

    private final int target;
    private final ServerSocket server;
    // Guarded by this.
    private final Set<Socket> open = new HashSet<>();
    private final Set<Direction> blocked = new HashSet<>();
    private boolean refusing;
    private boolean closed;
    private long bytesPerSecond;
    private long lateMillis;
    private long passed;

    FaultyLine(int target) {
        this.target = target;
        try {
            server = new ServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), KarafNode.freePort()), 200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread("accept", this::accept);
    }

    String url() {
        return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    /** Ends all connections with a reset, and each new one. */
    synchronized void reset() {
        refusing = true;
        open.forEach(FaultyLine::abort);
        notifyAll();
    }

    /** Nothing comes through any more, and nobody is told: connections stay, and new ones are taken. */
    synchronized void silence() {
        block(Direction.UP);
        block(Direction.DOWN);
    }

    /** Nothing comes through in one direction. */
    synchronized void block(Direction direction) {
        blocked.add(direction);
        notifyAll();
    }

    /** In each direction of each connection. */
    synchronized void slow(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
        notifyAll();
    }

    /** All comes that much later, as much of it as before. */
    synchronized void late(long millis) {
        lateMillis = millis;
        notifyAll();
    }

    /** As if nothing had been; what was held back comes now. */
    synchronized void heal() {
        refusing = false;
        blocked.clear();
        bytesPerSecond = 0;
        lateMillis = 0;
        notifyAll();
    }

    /** Bytes that have come through, in both directions. */
    synchronized long passed() {
        return passed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.forEach(FaultyLine::abort);
        notifyAll();
    }

    private void accept() {
        while (true) {
            try {
                Socket caller = server.accept();
                thread("connect", () -> connect(caller));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void connect(Socket caller) {
        synchronized (this) {
            if (refusing || closed) {
                abort(caller);
                return;
            }
        }
        Socket called = new Socket();
        try {
            called.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5000);
        } catch (IOException nobodyThere) {
            abort(caller);
            return;
        }
        synchronized (this) {
            open.add(caller);
            open.add(called);
            if (refusing || closed) {
                abort(caller);
                abort(called);
            }
        }
        pump(Direction.UP, caller, called);
        pump(Direction.DOWN, called, caller);
    }

    private record Chunk(byte[] bytes, long at) {}

    /** Two threads, so that what is late is not fewer. */
    private void pump(Direction direction, Socket from, Socket to) {
        ArrayDeque<Chunk> held = new ArrayDeque<>();
        thread(direction + " in", () -> {
            byte[] buffer = new byte[CHUNK];
            try {
                InputStream in = from.getInputStream();
                while (true) {
                    synchronized (this) {
                        while (!closed && !from.isClosed() && held.size() * (long) CHUNK > MAX_HELD) {
                            wait();
                        }
                    }
                    int read = in.read(buffer);
                    synchronized (this) {
                        held.add(new Chunk(read < 0 ? null : java.util.Arrays.copyOf(buffer, read), System.nanoTime()));
                        notifyAll();
                    }
                    if (read < 0) {
                        return;
                    }
                }
            } catch (IOException | InterruptedException e) {
                end(from, to);
            }
        });
        thread(direction + " out", () -> {
            try {
                OutputStream out = to.getOutputStream();
                for (Chunk next = next(direction, held, to); next != null; next = next(direction, held, to)) {
                    if (next.bytes() == null) {
                        to.shutdownOutput();
                        break;
                    }
                    out.write(next.bytes());
                    pace(next.bytes().length);
                }
            } catch (IOException | InterruptedException e) {
                end(from, to);
            }
        });
    }

    /** What may come through now; {@code null} when the connection is over. */
    private synchronized Chunk next(Direction direction, ArrayDeque<Chunk> held, Socket to)
            throws InterruptedException {
        while (true) {
            if (closed || to.isClosed()) {
                return null;
            }
            Chunk first = held.peek();
            if (first == null || blocked.contains(direction)) {
                wait();
                continue;
            }
            long left = first.at() + TimeUnit.MILLISECONDS.toNanos(lateMillis) - System.nanoTime();
            if (left > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
                continue;
            }
            passed += first.bytes() == null ? 0 : first.bytes().length;
            held.poll();
            notifyAll();
            return first;
        }
    }

    private synchronized void pace(int bytes) throws InterruptedException {
        long since = System.nanoTime();
        while (!closed && bytesPerSecond > 0) {
            long left = since + bytes * 1_000_000_000L / bytesPerSecond - System.nanoTime();
            if (left <= 0) {
                return;
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
        }
    }

    private synchronized void end(Socket one, Socket other) {
        abort(one);
        abort(other);
        open.remove(one);
        open.remove(other);
        notifyAll();
    }

    private static void abort(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException alreadyClosed) {
            // Then it needs no reset.
        }
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void thread(String what, Runnable body) {
        Thread thread = new Thread(body, "line to " + target + ", " + what);
        thread.setDaemon(true);
        thread.start();
    }
}
