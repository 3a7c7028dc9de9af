package org.openrtd.derby.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.function.Consumer;

/** A guest's connection, as Derby's network server sees it. */
final class GuestSocket extends Socket {

    private final Socket socket;
    private final InputStream in;
    private final long since;
    private final Consumer<GuestSocket> closed;
    private boolean over;

    GuestSocket(Socket socket, String database, long since, Consumer<String> refused, Consumer<GuestSocket> closed)
            throws IOException {
        this.socket = socket;
        this.since = since;
        this.closed = closed;
        this.in = new GuestInput(socket.getInputStream(), database) {
            @Override
            public int read(byte[] into, int offset, int count) throws IOException {
                try {
                    return super.read(into, offset, count);
                } catch (Refused e) {
                    refused.accept(e.getMessage());
                    GuestSocket.this.close();
                    throw e;
                }
            }
        };
    }

    /** When it connected, by the monotonic clock. */
    long since() {
        return since;
    }

    @Override
    public InputStream getInputStream() {
        return in;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return socket.getOutputStream();
    }

    @Override
    public InetAddress getInetAddress() {
        return socket.getInetAddress();
    }

    @Override
    public InetAddress getLocalAddress() {
        return socket.getLocalAddress();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return socket.getRemoteSocketAddress();
    }

    @Override
    public int getPort() {
        return socket.getPort();
    }

    @Override
    public int getLocalPort() {
        return socket.getLocalPort();
    }

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        socket.setTcpNoDelay(on);
    }

    @Override
    public void setKeepAlive(boolean on) throws SocketException {
        socket.setKeepAlive(on);
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        socket.setSoTimeout(millis);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return socket.getSoTimeout();
    }

    @Override
    public boolean isConnected() {
        return socket.isConnected();
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public void close() throws IOException {
        try {
            socket.close();
        } finally {
            boolean first;
            synchronized (this) {
                first = !over;
                over = true;
            }
            if (first) {
                closed.accept(this);
            }
        }
    }
}
