package org.openrtd.feed;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Passes on what a replica of this node receives, byte by byte, and answers followers that resume from that replica. It
 * does not conflate and does not filter.
 *
 * <p>Not thread-safe: all methods are called on one thread, that of {@code feedThread}; the replica's own feed may run on
 * another one.
 */
public final class Relay implements AutoCloseable {

    /**
     * @param replica that of an {@link Origin} or a {@link Follower} of this process
     * @param feedThread runs what it is given later, in order, on the thread that calls this relay's methods
     * @param source the name that followers know this relay by
     * @throws IllegalArgumentException when the replica is of another make
     */
    public Relay(
            Replica replica,
            Executor feedThread,
            String source,
            SourceSettings settings,
            MonotonicClock clock,
            RandomGenerator random,
            SourceTransport transport) {
        throw new UnsupportedOperationException("in work");
    }

    /** A follower's request; {@code from} is who sent it, as the transport validated it. */
    public void request(ReplyTo from, byte[] message) {
        throw new UnsupportedOperationException("in work");
    }

    /** Sends what is due and ends what timed out; to be called at least every 100 ms. */
    public void time() {
        throw new UnsupportedOperationException("in work");
    }

    /** From now on with these settings. */
    public void settings(SourceSettings settings) {
        throw new UnsupportedOperationException("in work");
    }

    /** Sends nothing any more and leaves the replica. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("in work");
    }
}
