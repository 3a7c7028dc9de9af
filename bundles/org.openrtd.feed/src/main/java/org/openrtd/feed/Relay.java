package org.openrtd.feed;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.openrtd.feed.DurableHistory.Epoch;
import org.openrtd.feed.internal.FeedReplica;
import org.openrtd.feed.internal.FeedView;
import org.openrtd.feed.internal.PassOn;
import org.openrtd.feed.internal.Source;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on what a replica of this node receives, byte by byte, and answers followers that resume from that replica. It
 * does not conflate and does not filter.
 *
 * <p>Not thread-safe: all methods are called on one thread, that of {@code feedThread}; the replica's own feed may run on
 * another one.
 */
public final class Relay implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    private final FeedReplica replica;
    private final Executor feedThread;
    private final Source source;
    private final AutoCloseable subscription;
    private final AtomicLong waiting = new AtomicLong();
    private volatile long mostWaiting;
    private volatile boolean overrun;
    private volatile boolean closed;

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
        this(
                replica,
                feedThread,
                new Source(source, false, null, FeedView.nothing(replica.feed()), settings, clock, random, transport),
                clock);
    }

    Relay(Replica replica, Executor feedThread, Source source, MonotonicClock clock) {
        if (!(replica instanceof FeedReplica)) {
            throw new IllegalArgumentException(
                    "Only a replica of the feed engine can be passed on, not " + replica.getClass());
        }
        this.replica = (FeedReplica) replica;
        this.feedThread = feedThread;
        this.mostWaiting = source.settings().servingRingBytes();
        this.source = source;
        source.hop(() -> this.replica.hop(this.replica.ageMillis()));
        source.further(this.replica::whereabouts);
        source.load(() -> (double) waiting.get() / Math.max(1, mostWaiting));
        this.subscription = this.replica.passOn(new Receiver(clock));
    }

    /** On the replica's thread: hands all over to the relay's. */
    private final class Receiver implements PassOn {

        private final MonotonicClock clock;

        Receiver(MonotonicClock clock) {
            this.clock = clock;
        }

        @Override
        public void reset(FeedView view, String feedId, List<Epoch> epochs, long originTime, long freshAt) {
            hand(0, () -> {
                source.identity(feedId, epochs);
                source.reset(view, originTime);
                source.heartbeat();
            });
        }

        @Override
        public void applied(FeedView view, List<Epoch> epochs, byte[][] messages, long originTime, long freshAt) {
            long bytes = 64;
            for (byte[] message : messages) {
                bytes += message.length;
            }
            long before = waiting.get();
            if (overrun || before > 0 && before + bytes > mostWaiting) {
                overrun();
                return;
            }
            hand(bytes, () -> {
                Position have = source.view().position();
                if (view.position().compareTo(have) < 0) {
                    return;
                }
                source.identity(source.feedId(), epochs);
                if (view.position().equals(have)) {
                    return;
                }
                if (messages.length > 0 && view.position().sequence() != have.sequence() + 1) {
                    source.reset(view, originTime);
                    source.heartbeat();
                    return;
                }
                source.advance(view, messages, originTime);
                Hop hop = hop(freshAt);
                for (byte[] message : messages) {
                    source.publish(hop, message);
                }
                if (messages.length == 0) {
                    source.heartbeat();
                }
            });
        }

        @Override
        public void heartbeat(byte[] message, long originTime, long freshAt) {
            if (!overrun) {
                hand(message.length, () -> source.passHeartbeat(hop(freshAt), message, originTime));
            }
        }

        @Override
        public void cleared(FeedView view) {
            // After an overrun this relay may be further than the view it is told of.
            hand(
                    0,
                    () -> source.cleared(
                            view.position().compareTo(source.view().position()) < 0 ? replica.view() : view));
        }

        @Override
        public void stateChanged(long originTime) {
            hand(0, () -> {
                source.originTimeIs(originTime);
                source.heartbeat();
            });
        }

        private Hop hop(long freshAt) {
            return replica.hop(Math.max(0, clock.millis() - freshAt));
        }
    }

    private void hand(long bytes, Runnable what) {
        waiting.addAndGet(bytes);
        feedThread.execute(() -> {
            waiting.addAndGet(-bytes);
            if (!closed) {
                what.run();
            }
        });
    }

    // The relay's thread cannot keep up, or hangs. What it lacks it takes from the replica later, as one step.
    private void overrun() {
        if (!overrun) {
            overrun = true;
            LOG.warn(
                    "{}: the relay is {} bytes behind its replica and lets its followers resume",
                    replica.feed(),
                    waiting);
            feedThread.execute(() -> {
                overrun = false;
                if (!closed) {
                    source.identity(replica.feedId(), replica.epochs());
                    source.reset(replica.view(), replica.originTime());
                    source.heartbeat();
                }
            });
        }
    }

    /** A follower's request; {@code from} is who sent it, as the transport validated it. */
    public void request(ReplyTo from, byte[] message) {
        if (!closed) {
            source.request(from, message);
        }
    }

    /** Sends what is due and ends what timed out; to be called at least every 100 ms. */
    public void time() {
        if (!closed) {
            long originTime = replica.originTime();
            // What it says of its own has the replica's age, so it has the time that belongs to that.
            if (replica.view() == source.view()) {
                source.originTimeIs(originTime);
            }
            source.time();
        }
    }

    /** From now on with these settings. */
    public void settings(SourceSettings settings) {
        source.settings(settings);
        mostWaiting = settings.servingRingBytes();
    }

    /** How many snapshots were made: one for each position at which one was needed, however many followers asked. */
    public long snapshotsMade() {
        return source.snapshotsMade();
    }

    /** Sends nothing any more and leaves the replica. */
    @Override
    public void close() {
        closed = true;
        source.close();
        try {
            subscription.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
