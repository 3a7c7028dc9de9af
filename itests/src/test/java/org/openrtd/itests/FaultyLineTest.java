package org.openrtd.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.openrtd.itests.FaultyLine.Direction;

/** A line fails in the way it is told to, and in no other. */
public class FaultyLineTest {

    private ServerSocket server;
    private FaultyLine line;
    private Socket near;
    private Socket far;

    @Before
    public void connect() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        line = new FaultyLine(server.getLocalPort());
        near = call();
        far = server.accept();
        far.setSoTimeout(60_000);
        assertComesUp(1);
        assertComesDown(2);
    }

    private Socket call() throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), URI.create(line.url()).getPort());
        socket.setSoTimeout(60_000);
        return socket;
    }

    @After
    public void close() throws IOException {
        line.close();
        near.close();
        far.close();
        server.close();
    }

    @Test
    public void resetsConnectionsAndTakesNewOnesOnlyWhenHealed() throws IOException {
        line.reset();
        assertThrows(IOException.class, () -> ended(near));
        assertThrows(IOException.class, () -> ended(far));
        try (Socket refused = call()) {
            assertThrows(IOException.class, () -> ended(refused));
        } catch (IOException alsoRight) {
            assertTrue(alsoRight.toString(), alsoRight instanceof java.net.SocketException);
        }

        line.heal();
        near = call();
        far = server.accept();
        assertComesUp(3);
    }

    private static void ended(Socket socket) throws IOException {
        if (socket.getInputStream().read() < 0) {
            throw new IOException("closed in order");
        }
    }

    @Test
    public void holdsOneDirectionBackAndDeliversItWhenHealed() throws IOException {
        line.block(Direction.DOWN);
        assertComesUp(4);
        far.getOutputStream().write(5);
        near.setSoTimeout(100);
        assertThrows(SocketTimeoutException.class, () -> near.getInputStream().read());
        near.setSoTimeout(60_000);
        line.heal();
        assertEquals(5, near.getInputStream().read());
    }

    @Test
    public void tellsNobodyThatItIsSilent() throws IOException {
        line.silence();
        near.getOutputStream().write(6);
        try (Socket another = call()) {
            another.getOutputStream().write(7);
            far.setSoTimeout(100);
            assertThrows(
                    SocketTimeoutException.class, () -> far.getInputStream().read());
            line.heal();
            far.setSoTimeout(60_000);
            assertEquals(6, far.getInputStream().read());
            assertEquals(7, server.accept().getInputStream().read());
        }
    }

    @Test
    public void isLateAndLosesNothing() throws IOException {
        line.late(300);
        long begun = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            near.getOutputStream().write(i);
        }
        for (int i = 0; i < 100; i++) {
            assertEquals(i, far.getInputStream().read());
        }
        assertTrue("not before its time", System.nanoTime() - begun >= 300_000_000);
    }

    @Test
    public void isSlow() throws IOException {
        line.slow(50_000);
        long begun = System.nanoTime();
        near.getOutputStream().write(new byte[20_000]);
        assertEquals(20_000, far.getInputStream().readNBytes(20_000).length);
        assertTrue("not before its time", System.nanoTime() - begun >= 200_000_000);
    }

    private void assertComesUp(int octet) throws IOException {
        near.getOutputStream().write(octet);
        assertEquals(octet, far.getInputStream().read());
    }

    private void assertComesDown(int octet) throws IOException {
        far.getOutputStream().write(octet);
        assertEquals(octet, near.getInputStream().read());
    }
}
