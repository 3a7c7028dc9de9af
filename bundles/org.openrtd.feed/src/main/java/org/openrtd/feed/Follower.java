package org.openrtd.feed;

import java.util.random.RandomGenerator;

/**
 * Keeps a replica of a feed, from whichever of its sources can be reached. The other end is {@link Origin} or
 * {@link Relay}.
 *
 * <p>Not thread-safe: all methods, and those of the {@link LinkListener}s it makes, are called on one thread, the feed's;
 * only the replica may be read from any.
 */
public final class Follower implements AutoCloseable {

    /** A follower that connects at the first call of {@link #time}. */
    public Follower(FollowerSettings settings, MonotonicClock clock, RandomGenerator random, Connector connector) {
        throw new UnsupportedOperationException("in work");
    }

    /** Does what is due: connects, asks, gives up; to be called at least every 100 ms. */
    public void time() {
        throw new UnsupportedOperationException("in work");
    }

    /** From now on with these settings; another list of sources begins again with the first of it. */
    public void settings(FollowerSettings settings) {
        throw new UnsupportedOperationException("in work");
    }

    public Replica replica() {
        throw new UnsupportedOperationException("in work");
    }

    /** Closes the connection; the replica stays readable, as not current. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("in work");
    }
}
