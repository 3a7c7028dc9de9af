package org.openrtd.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A line to a port of this machine that counts what comes back over it, or stops reading that. */
final class TcpLine implements AutoCloseable {

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicLong back = new AtomicLong();
    private final int target;
    private boolean deaf;

    TcpLine(int target) throws IOException {
        this.target = target;
        start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Bytes that came from the target. */
    long bytesBack() {
        return back.get();
    }

    /** From now on nothing that the target sends is read; what goes to it still goes. */
    synchronized void deafen() {
        deaf = true;
    }

    private synchronized void awaitHearing() throws InterruptedException {
        while (deaf) {
            wait();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket near = listening.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                for (Socket socket : List.of(near, far)) {
                    socket.setTcpNoDelay(true);
                    sockets.add(socket);
                }
                start(() -> pass(near, far, new AtomicLong(), false));
                start(() -> pass(far, near, back, true));
            }
        } catch (IOException closed) {
            // By close().
        }
    }

    private void pass(Socket from, Socket to, AtomicLong count, boolean isBack) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[64 << 10];
            while (true) {
                if (isBack) {
                    awaitHearing();
                }
                int read = in.read(bytes);
                if (read < 0) {
                    return;
                }
                count.addAndGet(read);
                out.write(bytes, 0, read);
            }
        } catch (IOException | InterruptedException over) {
            // The other end has gone.
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "line");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        synchronized (this) {
            deaf = false;
            notifyAll();
        }
    }
}
