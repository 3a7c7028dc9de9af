package org.openrtd.feed.jms;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Relay;
import org.openrtd.feed.Replica;
import org.openrtd.feed.SourceSettings;

/** Passes on one replica of this node over the node's broker, on a thread of its own, until it is closed. */
public final class JmsRelay implements AutoCloseable {

    private static final Duration TICK = Duration.ofMillis(50);

    private final FeedLoop loop;
    private final JmsSource source;
    private final Relay relay;

    /**
     * @param source the name of this relay in addresses
     * @param name the name of this node
     * @param readerRole whose users may follow
     * @throws IllegalArgumentException when it cannot work with these settings
     */
    public JmsRelay(Replica replica, String source, String name, String readerRole, SourceSettings settings) {
        this.loop = new FeedLoop(replica.feed() + "-relay");
        JmsSource carrier = null;
        try {
            carrier = new JmsSource(replica.feed(), source, name, readerRole, loop, MonotonicClock.SYSTEM);
            JmsSource transport = carrier;
            // On the loop, as what the replica hears meanwhile is handed to it there.
            this.relay = loop.call(() -> new Relay(
                    replica,
                    loop,
                    name,
                    settings,
                    MonotonicClock.SYSTEM,
                    RandomGenerator.of("L64X128MixRandom"),
                    transport));
        } catch (RuntimeException e) {
            if (carrier != null) {
                carrier.close();
            }
            loop.close();
            throw e;
        }
        this.source = carrier;
        carrier.positionFrom(() -> replica.view().position());
        carrier.snapshotsFrom(relay::snapshotsMade);
        carrier.answerWith(relay::request);
        loop.every(TICK, relay::time);
    }

    /** The node's broker is there. */
    public void attach(LocalBroker broker) {
        source.attach(broker);
    }

    /** That broker is gone. */
    public void detach(LocalBroker broker) {
        source.detach(broker);
    }

    /** From now on with these. */
    public void settings(SourceSettings settings) {
        loop.execute(() -> relay.settings(settings));
    }

    /** What went over the wire so far. */
    public JmsSource source() {
        return source;
    }

    /** Sends nothing any more, closes its addresses and ends its threads; the replica is left alone. */
    @Override
    public void close() {
        try {
            loop.call(() -> {
                relay.close();
                return null;
            });
        } finally {
            loop.close();
            source.close();
        }
    }
}
