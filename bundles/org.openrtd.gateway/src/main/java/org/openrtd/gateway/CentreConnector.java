package org.openrtd.gateway;

/** How a {@link GatewayLink} reaches the centre. Messages are complete wire messages. */
@FunctionalInterface
public interface CentreConnector {

    /**
     * Begins to connect and returns at once. The outcome and all messages arrive by {@code listener}, on the link's
     * thread and never from within this call; so does {@link Listener#closed} when there is no connection to be had.
     */
    Connection connect(Listener listener);

    /** One connection. Neither method waits or throws. */
    interface Connection {

        void send(byte[] message);

        /** Ends the connection, or the attempt to make it; it may be called more than once. */
        void close();
    }

    /** Hears of one {@link Connection}, on the link's thread. What it hears after it was closed has no effect. */
    interface Listener {

        void connected();

        void received(byte[] message);

        /** The connection broke, or could not be made; the reason is for people and names the remedy if there is one. */
        void closed(String reason);
    }
}
