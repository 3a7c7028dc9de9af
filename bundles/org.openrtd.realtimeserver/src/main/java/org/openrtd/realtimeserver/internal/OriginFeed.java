package org.openrtd.realtimeserver.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.openrtd.feed.Change;
import org.openrtd.feed.Cut;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.FeedLoop;
import org.openrtd.feed.jms.JmsSource;
import org.openrtd.feed.jms.LocalBroker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One origin on a thread of its own, with its way to followers. */
final class OriginFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OriginFeed.class);

    private static final Duration TICK = Duration.ofMillis(50);
    /** Batches that may wait for the feed's thread before the fold waits. */
    private static final int MAX_WAITING = 16;

    private final FeedLoop loop;
    private final JmsSource carrier;
    private final Origin origin;
    private final Semaphore room = new Semaphore(MAX_WAITING);
    private String notCurrent;
    /** Why the rows are wrong from now on, until the next start; {@code null} while they are right. */
    private volatile String broken;

    /**
     * @param make makes the origin with what it is to send by, on the feed's thread
     * @param whyNotCurrent why the rows are not current, or {@code null}
     */
    OriginFeed(
            String feed,
            String source,
            String node,
            Function<SourceTransport, Origin> make,
            Supplier<String> whyNotCurrent) {
        this.loop = new FeedLoop(feed + "-origin");
        JmsSource made = null;
        try {
            made = new JmsSource(feed, source, node, Addresses.DISTRIBUTOR_ROLE, loop, MonotonicClock.SYSTEM);
            JmsSource transport = made;
            this.origin = loop.call(() -> make.apply(transport));
        } catch (RuntimeException e) {
            if (made != null) {
                made.close();
            }
            loop.close();
            throw e;
        }
        this.carrier = made;
        carrier.positionFrom(() -> origin.replica().view().position());
        carrier.snapshotsFrom(origin::snapshotsMade);
        carrier.answerWith(origin::request);
        loop.every(TICK, () -> {
            String why = broken != null ? broken : whyNotCurrent.get();
            if (!Objects.equals(why, notCurrent)) {
                notCurrent = why;
                origin.notCurrent(why);
            }
            origin.time();
        });
    }

    static RandomGenerator random() {
        return RandomGenerator.of("L64X128MixRandom");
    }

    /** Cuts a batch soon; waits while many wait already. */
    void commit(Cut cut, Collection<Change> changes) throws InterruptedException {
        room.acquire();
        loop.execute(() -> {
            try {
                apply(cut, changes);
            } finally {
                room.release();
            }
        });
    }

    /**
     * Cuts the batch of a configuration transaction soon, however many wait.
     *
     * @param recoveryKey the sequence that the batch must have
     */
    void commitLater(long recoveryKey, Cut cut, Collection<Change> changes) {
        loop.execute(() -> {
            long sequence = apply(cut, changes).sequence();
            if (sequence != recoveryKey && broken == null) {
                broken("the configuration's transaction " + recoveryKey + " became the batch " + sequence);
                LOG.error("Feed {}: {}", origin.replica().feed(), broken);
            }
        });
    }

    private Position apply(Cut cut, Collection<Change> changes) {
        try {
            return origin.commit(cut, changes);
        } catch (Throwable e) {
            // What failed is missing from the rows, and nothing brings it: they must not pass for current any more.
            broken("a change of feed " + origin.replica().feed() + " could not be made, so its rows are incomplete: "
                    + e);
            throw e;
        }
    }

    private void broken(String reason) {
        if (broken == null) {
            broken = reason + ". Restart the bundle: bundle:restart org.openrtd.realtimeserver";
            notCurrent = broken;
            origin.notCurrent(broken);
        }
    }

    /** Why the rows are wrong until the next start; {@code null} when they are right. */
    String problem() {
        return broken;
    }

    Replica replica() {
        return origin.replica();
    }

    JmsSource source() {
        return carrier;
    }

    void settings(SourceSettings settings) {
        loop.execute(() -> origin.settings(settings));
    }

    void attach(LocalBroker broker) {
        carrier.attach(broker);
    }

    void detach(LocalBroker broker) {
        carrier.detach(broker);
    }

    @Override
    public void close() {
        try {
            loop.call(() -> {
                origin.close();
                return null;
            });
        } finally {
            loop.close();
            carrier.close();
        }
    }
}
