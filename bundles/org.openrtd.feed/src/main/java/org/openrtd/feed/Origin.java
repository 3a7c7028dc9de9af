package org.openrtd.feed;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;
import org.openrtd.feed.internal.BatchEncoder;
import org.openrtd.feed.internal.BatchHeader;
import org.openrtd.feed.internal.FeedReplica;
import org.openrtd.feed.internal.FeedView;
import org.openrtd.feed.internal.RowWriter;
import org.openrtd.feed.internal.Scrub;
import org.openrtd.feed.internal.Source;
import org.openrtd.feed.internal.TableRows;
import org.openrtd.feed.internal.Wire;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a feed: cuts batches, sends them to its topic, and answers followers that resume from its {@link #replica()},
 * which changes only by applying its own batches. The other end is {@link Follower}.
 *
 * <p>Not thread-safe: all methods are called on one thread, the feed's; only the replica may be read from any.
 */
public final class Origin implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Origin.class);
    private static final byte[][] NO_MESSAGES = {};

    private final FeedSchema schema;
    private final MonotonicClock clock;
    private final FeedReplica replica;
    private final Source source;
    private final BatchEncoder encoder = new BatchEncoder();
    private final BitSet[] ordinals;
    private String notCurrent;
    private long currentUntil;
    private boolean closed;
    private Scrub scrub;
    private long scrubAt;

    /** An origin without durable history: it begins at sequence 0 with no rows. */
    public Origin(
            FeedSchema schema,
            FeedIdentity identity,
            String source,
            SourceSettings settings,
            MonotonicClock clock,
            RandomGenerator random,
            SourceTransport transport) {
        this(schema, identity, source, settings, clock, random, transport, null, 0, List.of());
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
        this(
                schema,
                identity,
                new Source(
                        source,
                        true,
                        history,
                        FeedView.empty(schema, new Position(identity.epoch(), recoveryKey)),
                        settings,
                        clock,
                        random,
                        transport),
                clock,
                history,
                rows);
    }

    Origin(
            FeedSchema schema,
            FeedIdentity identity,
            Source source,
            MonotonicClock clock,
            DurableHistory history,
            Collection<Row> rows) {
        if (schema.durable() != (history != null)) {
            throw new IllegalArgumentException("Feed " + schema.feed()
                    + (schema.durable() ? " is durable and needs its history" : " is not durable and has no history"));
        }
        List<DurableHistory.Epoch> epochs = history == null ? List.of() : List.copyOf(history.epochs());
        if (history != null
                && (epochs.isEmpty() || epochs.get(epochs.size() - 1).epoch() != identity.epoch())) {
            throw new IllegalArgumentException(
                    "The last epoch of " + schema.feed() + "'s history is not " + identity.epoch() + ": " + epochs);
        }
        this.schema = schema;
        this.clock = clock;
        this.ordinals = new BitSet[schema.tables().size()];
        for (int t = 0; t < ordinals.length; t++) {
            ordinals[t] = new BitSet();
        }
        this.source = source;
        FeedView empty = source.view();
        RowWriter writer = new RowWriter(empty, ordinals);
        rows.forEach(row -> writer.put(Change.put(row)));
        FeedView view = empty.next(empty.position(), empty.cut(), writer.build());
        long now = clock.millis();
        source.hop(this::hop);
        source.identity(identity.id(), epochs);
        source.reset(view, now);
        this.replica = new FeedReplica(
                schema.feed(),
                FeedState.LIVE,
                source.settings().heartbeatInterval().multipliedBy(3),
                clock);
        replica.source(source.name(), source.whereabouts());
        scrubAt = now;
        replica.currentNow();
        replica.reset(view, identity.id(), epochs, now);
        replica.state(FeedState.LIVE, "origin of epoch " + identity.epoch());
        source.heartbeats(this::passHeartbeat);
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
        replica.runTasks();
        FeedView before = source.view();
        RowWriter writer = new RowWriter(before, ordinals);
        try {
            changes.forEach(writer::put);
        } catch (RuntimeException e) {
            writer.giveUp();
            throw e;
        }
        if (!writer.isChanged() && !schema.durable() && cut.controllerTime() == before.controllerTime()) {
            return before.position();
        }
        long now = source.originTime(clock.millis());
        Position have = before.position();
        BatchHeader header =
                new BatchHeader(new Position(have.epoch(), have.sequence() + 1), have.sequence(), cut, now);
        List<RowChange> rowChanges = replica.hasListeners() ? new ArrayList<>() : null;
        TableRows.Builder[] builders = writer.builders();
        byte[] batch = encoder.encode(header, builders, schema.durable(), rowChanges);
        FeedView after = before.next(header.position(), cut, writer.build());
        boolean tooLarge = batch.length > Wire.BATCH_BYTES;
        byte[][] messages = tooLarge ? NO_MESSAGES : BatchEncoder.messages(header, batch);

        // Ring and replica first: whoever hears of the batch, and asks, finds it there.
        if (tooLarge) {
            source.reset(after, now);
        } else {
            source.advance(after, messages, now);
        }
        current();
        if (tooLarge) {
            replica.publishUnsent(before, after, encoder.rowChanges(), rowChanges);
            source.heartbeat();
        } else {
            replica.publish(before, after, encoder.rowChanges(), rowChanges, messages);
            Hop hop = hop();
            for (byte[] message : messages) {
                source.publish(hop, message);
            }
        }
        return after.position();
    }

    private void current() {
        if (notCurrent == null) {
            replica.currentNow();
        }
    }

    /** Relays of this replica pass it on, as they do what a follower received; only while all is right, as there. */
    private void passHeartbeat(byte[] message) {
        replica.whereabouts(source.whereabouts());
        if (hop().state() == FeedState.LIVE) {
            replica.currentNow();
            replica.heartbeat(message);
        }
    }

    private Hop hop() {
        return replica.hop(notCurrent == null ? 0 : Math.max(0, clock.millis() - currentUntil));
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
            replica.runTasks();
            current();
            source.time();
            scrub();
        }
    }

    /** There is nobody to repair an origin: it can only say that what it shows is not what it was given. */
    private void scrub() {
        long now = clock.millis();
        if (scrub == null && now - scrubAt >= Scrub.INTERVAL_MILLIS) {
            scrub = new Scrub(source.view());
        }
        if (scrub != null && scrub.step(Scrub.ROWS_AT_A_TIME)) {
            if (!scrub.differing().isEmpty()) {
                replica.alarm("ALARM: rows of " + scrub.differing() + " are not what their digest says");
                LOG.error(
                        "{}: {}; restart the origin, and have the machine's memory tested",
                        schema.feed(),
                        replica.alarm());
                source.heartbeat();
            }
            scrub = null;
            scrubAt = now;
        }
    }

    /** From now on with these settings. */
    public void settings(SourceSettings settings) {
        source.settings(settings);
        replica.staleAfter(settings.heartbeatInterval().multipliedBy(3));
    }

    /**
     * Says that the rows are not current although this origin runs, because what makes them does not: followers show them
     * as stale. {@code null} when they are current again.
     */
    public void notCurrent(String reason) {
        if (reason != null && notCurrent == null) {
            currentUntil = clock.millis();
            replica.currentNow();
        }
        notCurrent = reason;
        source.currentUntil(reason == null ? -1 : currentUntil);
        replica.state(reason == null ? FeedState.LIVE : FeedState.RESUMING, reason == null ? "origin" : reason);
        source.heartbeat();
    }

    /** What followers will have; always at the newest position. */
    public Replica replica() {
        return replica;
    }

    /** How many snapshots were made: one for each position at which one was needed, however many followers asked. */
    public long snapshotsMade() {
        return source.snapshotsMade();
    }

    /** Sends nothing any more. */
    @Override
    public void close() {
        closed = true;
        source.close();
        replica.state(FeedState.CONNECTING, "closed");
        replica.close();
    }
}
