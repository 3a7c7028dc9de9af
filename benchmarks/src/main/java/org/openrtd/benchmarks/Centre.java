package org.openrtd.benchmarks;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openrtd.broker.internal.Brokers;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.Hop;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.internal.Wire;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.BrokerAddress;
import org.openrtd.feed.jms.FeedLoop;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.feed.jms.JmsSource;
import org.openrtd.feed.jms.LocalBroker;

/** A centre: the origin of one feed on a node's broker, and what it sent. */
final class Centre implements AutoCloseable {

    /** Who may follow it; the password is the name. */
    static final String DISTRIBUTOR = "distributor";

    final String feed;
    final int port = freePort();
    final LocalBroker broker;
    final JmsSource source;
    private final FeedLoop loop = new FeedLoop("origin");
    private final Origin origin;
    private long tick;
    private long time = Rows.CONTROLLER_TIME;

    // Used by the origin's thread alone.
    private final List<byte[]> published = new ArrayList<>();
    private final List<byte[]> replied = new ArrayList<>();
    private boolean recording;
    private long publishedBytes;

    /** One that follows a feed at a broker of this machine; the password is the user's name. */
    static JmsFollower follower(String feed, String source, int port, String user) {
        String url = "tcp://127.0.0.1:" + port;
        return new JmsFollower(
                FollowerSettings.of(feed, List.of(url)),
                new JmsFollower.Sources(source, List.of(BrokerAddress.parse(url)), user, user, ""),
                () -> null);
    }

    /** An origin in this process alone, that nobody follows. */
    static Origin unfollowed(FeedSchema schema) {
        return new Origin(
                schema,
                new FeedIdentity("benchmark", 1),
                Addresses.CENTRE,
                SourceSettings.DEFAULT,
                MonotonicClock.SYSTEM,
                new SplittableRandom(1),
                new SourceTransport() {
                    @Override
                    public void publish(Hop hop, byte[] message) {}

                    @Override
                    public void reply(ReplyTo to, byte[] message) {}
                });
    }

    Centre(String feed) throws IOException {
        this.feed = feed;
        broker = Brokers.start("centre", port, Map.of(DISTRIBUTOR, Set.of(Addresses.DISTRIBUTOR_ROLE)));
        source = new JmsSource(
                feed, Addresses.CENTRE, "centre", Addresses.DISTRIBUTOR_ROLE, loop, MonotonicClock.SYSTEM);
        SourceTransport transport = new SourceTransport() {
            @Override
            public void publish(Hop hop, byte[] message) {
                publishedBytes += message.length;
                // Batches, no heartbeats.
                if (recording && message[3] <= Wire.BATCH_PART) {
                    published.add(message);
                }
                source.publish(hop, message);
            }

            @Override
            public void reply(ReplyTo to, byte[] message) {
                if (recording) {
                    replied.add(message);
                }
                source.reply(to, message);
            }

            @Override
            public boolean later(Runnable task) {
                return source.later(task);
            }
        };
        origin = new Origin(
                Catalog.feed(feed),
                FeedIdentity.starting("benchmark", 0, System.currentTimeMillis()),
                "centre",
                SourceSettings.DEFAULT,
                MonotonicClock.SYSTEM,
                RandomGenerator.getDefault(),
                transport);
        source.answerWith(origin::request);
        source.attach(broker);
        loop.every(Duration.ofMillis(50), origin::time);
    }

    Replica replica() {
        return origin.replica();
    }

    Position position() {
        return loop.call(() -> origin.replica().view().position());
    }

    /** Answers the sequence of the batch. */
    long commit(List<Change> changes) {
        return loop.call(() -> origin.commit(cut(System.nanoTime()), changes)).sequence();
    }

    /** Without waiting for it; followers see {@code due} as the batch's tick. */
    void commitLater(long due, List<Change> changes) {
        loop.execute(() -> origin.commit(cut(due), changes));
    }

    private Cut cut(long due) {
        tick = Math.max(tick + 1, due);
        return new Cut(tick, time++, 1);
    }

    /** Bytes of batches and heartbeats so far. */
    long publishedBytes() {
        return loop.call(() -> publishedBytes);
    }

    /** The batches that are published while {@code work} is done. */
    List<byte[]> published(Runnable work) {
        return recorded(work, published);
    }

    /** What followers are answered while {@code work} is done. */
    List<byte[]> replied(Runnable work) {
        return recorded(work, replied);
    }

    private List<byte[]> recorded(Runnable work, List<byte[]> what) {
        record(true);
        work.run();
        return loop.call(() -> {
            List<byte[]> all = List.copyOf(what);
            record(false);
            return all;
        });
    }

    private void record(boolean on) {
        loop.call(() -> {
            recording = on;
            published.clear();
            replied.clear();
            return null;
        });
    }

    /** Keeps no snapshot of those it encoded, nor batches for their sake: the next who needs one comes as the first. */
    void forgetSnapshots() {
        SourceSettings usual = SourceSettings.DEFAULT;
        loop.call(() -> {
            origin.settings(new SourceSettings(
                    usual.heartbeatInterval(), usual.ringBytes(), usual.servingRingBytes(), Duration.ofMillis(1)));
            long now = MonotonicClock.SYSTEM.millis();
            while (MonotonicClock.SYSTEM.millis() < now + 2) {
                Thread.onSpinWait();
            }
            origin.time();
            origin.settings(usual);
            return null;
        });
    }

    /** Waits until a replica is live at a sequence at least. */
    static void await(Replica replica, long sequence) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (replica.state() != FeedState.LIVE || replica.view().position().sequence() < sequence) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("The replica is " + replica.state() + " at "
                        + replica.view().position() + " and not at " + sequence + ": " + replica.reason());
            }
            Thread.sleep(1);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        source.close();
        loop.close();
        Brokers.stop(broker);
    }
}
