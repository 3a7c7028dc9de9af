package org.openrtd.feed;

import java.util.Collection;
import java.util.random.RandomGenerator;

/**
 * Makes a feed: cuts batches, sends them to its topic, and answers followers that resume from its {@link #replica()},
 * which changes only by applying its own batches. The other end is {@link Follower}.
 *
 * <p>Not thread-safe: all methods are called on one thread, the feed's; only the replica may be read from any.
 */
public final class Origin implements AutoCloseable {

    /** An origin without durable history: it begins at sequence 0 with no rows. */
    public Origin(
            FeedSchema schema,
            FeedIdentity identity,
            String source,
            SourceSettings settings,
            MonotonicClock clock,
            RandomGenerator random,
            SourceTransport transport) {
        throw new UnsupportedOperationException("in work");
    }

    /**
     * An origin with durable history.
     *
     * @param identity its epoch is that of the history's last one
     * @param recoveryKey the sequence it begins at
     * @param rows the rows at that key
     */
    public Origin(
            FeedSchema schema,
            FeedIdentity identity,
            String source,
            SourceSettings settings,
            MonotonicClock clock,
            RandomGenerator random,
            SourceTransport transport,
            DurableHistory history,
            long recoveryKey,
            Collection<Row> rows) {
        throw new UnsupportedOperationException("in work");
    }

    /**
     * Cuts a batch: what of {@code changes} differs from the rows takes effect, whole, and is sent. Without any difference
     * there still is a batch when the controller's time moved, or the feed is durable; else nothing happens.
     *
     * @return the position after it; of a durable feed the next recovery key, so each transaction is committed here once,
     *     in order
     * @throws IllegalArgumentException when a change is not one of a row of this feed; nothing took effect
     */
    public Position commit(Cut cut, Collection<Change> changes) {
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

    /**
     * Says that the rows are not current although this origin runs, because what makes them does not: followers show them
     * as stale. {@code null} when they are current again.
     */
    public void notCurrent(String reason) {
        throw new UnsupportedOperationException("in work");
    }

    /** What followers will have; always at the newest position. */
    public Replica replica() {
        throw new UnsupportedOperationException("in work");
    }

    /** Sends nothing any more. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("in work");
    }
}
