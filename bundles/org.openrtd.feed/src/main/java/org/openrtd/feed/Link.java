package org.openrtd.feed;

/** A follower's connection to one source. Neither method waits or throws. */
public interface Link {

    /** Sends a request to the source. */
    void send(byte[] request);

    /** Ends the connection, or the attempt to make it; it may be called more than once. */
    void close();
}
