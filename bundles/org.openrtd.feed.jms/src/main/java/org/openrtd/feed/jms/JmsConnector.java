package org.openrtd.feed.jms;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.jms.JMSException;
import javax.jms.Message;
import org.openrtd.feed.Connector;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.FollowerReport;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Link;
import org.openrtd.feed.LinkListener;
import org.openrtd.feed.Whereabouts;

/**
 * Connects a follower to its sources, each on a broker. The other end is {@link JmsSource}.
 *
 * <p>What arrives is handed to the feed's thread in bounded bytes: when that is slow, the broker holds the messages, and
 * drops the oldest by itself, which the follower then finds missing.
 */
public final class JmsConnector implements Connector {

    /** What may wait for the feed's thread, in bytes. */
    static final int MAX_WAITING_BYTES = 8 << 20;
    /** Links that were given up and whose thread still hangs in the client library. */
    private static final int MAX_HANGING = 16;
    /** A link that nobody has greeted for so long greets again: what asks first, or its answer, may be lost. */
    private static final long GREET_AGAIN_MILLIS = 1500;

    private final String feed;
    private final String usualSource;
    private final List<BrokerAddress> sources;
    private final String user;
    private final String password;
    private final String remedy;
    private final FeedLoop loop;
    private final Supplier<LocalBroker> local;
    private final List<BrokerLink> hanging = new ArrayList<>();
    /** What the follower says of itself, where it does; told whether a link is only held ready. Used on the loop. */
    private Function<Boolean, FollowerReport> reports;

    /**
     * @param usualSource the source's name in addresses where an address states none
     * @param remedy what to do when user or password are wrong, for people: names the settings
     * @param local the node's broker, or {@code null} while there is none
     * @throws IllegalArgumentException when a name cannot be part of an address, or user and password are missing
     */
    public JmsConnector(
            String feed,
            String usualSource,
            List<BrokerAddress> sources,
            String user,
            String password,
            String remedy,
            FeedLoop loop,
            Supplier<LocalBroker> local) {
        this.feed = feed;
        this.usualSource = Addresses.word(usualSource);
        this.sources = List.copyOf(sources);
        this.user = user;
        this.password = password;
        this.remedy = remedy;
        this.loop = loop;
        this.local = local;
        for (BrokerAddress address : sources) {
            if (!address.isLocal()) {
                Addresses.word(user);
            }
        }
    }

    /** What the follower says of itself to its sources from now on; asked on the feed's thread. */
    void reporting(Function<Boolean, FollowerReport> present) {
        reports = present;
    }

    @Override
    public Link connect(int sourceIndex, LinkListener listener) {
        return connect(sourceIndex, false, listener);
    }

    @Override
    public Standby standby(int sourceIndex, LinkListener listener) {
        return connect(sourceIndex, true, listener);
    }

    private Incoming connect(int sourceIndex, boolean ready, LinkListener listener) {
        BrokerAddress address = sources.get(sourceIndex);
        String source = address.source() == null ? usualSource : address.source();
        Incoming incoming = new Incoming(listener, source, address, ready);
        String queue = Addresses.resume(feed, source);
        String topic = Addresses.topic(feed, source);
        hanging.removeIf(BrokerLink::ended);
        if (hanging.size() >= MAX_HANGING) {
            incoming.closed(
                    BrokerLink.Failure.UNREACHABLE,
                    hanging.size() + " earlier connections still hang; waiting for the first of them to end");
        } else if (address.isLocal()) {
            LocalBroker present = local.get();
            if (present == null) {
                incoming.closed(
                        BrokerLink.Failure.UNREACHABLE,
                        "the broker of this node is not running: install openrtd-broker");
            } else {
                incoming.link = ready
                        ? BrokerLink.openReady(present, queue, topic, incoming)
                        : BrokerLink.open(present, queue, topic, incoming);
            }
        } else {
            incoming.link = ready
                    ? BrokerLink.openReady(address, user, password, queue, topic, incoming)
                    : BrokerLink.open(address, user, password, queue, topic, incoming);
        }
        return incoming;
    }

    /** Waits until no link hangs any more, after the loop's end; answers whether none does. */
    boolean awaitEnd(Duration most) throws InterruptedException {
        long until = System.nanoTime() + most.toNanos();
        boolean all = true;
        for (BrokerLink link : hanging) {
            all &= link.awaitEnd(Duration.ofNanos(until - System.nanoTime()));
        }
        return all;
    }

    private final class Incoming implements Standby, BrokerLink.Listener {

        private final LinkListener listener;
        private final String source;
        private final BrokerAddress address;
        private final Semaphore waiting = new Semaphore(MAX_WAITING_BYTES);
        private volatile boolean closed;
        private BrokerLink link;
        /** What the source said first, its name; set on the thread that receives. */
        private volatile byte[] greeting;
        /** What the source calls itself; {@code null} before it has answered. */
        private volatile String name;

        /** Whether it is only held ready; used on the loop. */
        private boolean ready;

        Incoming(LinkListener listener, String source, BrokerAddress address, boolean ready) {
            this.ready = ready;
            this.listener = listener;
            this.source = source;
            this.address = address;
        }

        @Override
        public void send(byte[] request) {
            if (link != null) {
                link.send(request);
            }
        }

        @Override
        public void follow() {
            ready = false;
            if (link != null) {
                link.follow();
            }
        }

        @Override
        public void close() {
            closed = true;
            if (link != null) {
                link.close();
                if (!link.ended() && !hanging.contains(link)) {
                    hanging.add(link);
                }
            }
        }

        @Override
        public void connected() {
            String known = name;
            if (known != null) {
                loop.execute(() -> listener.connected(known));
                return;
            }
            // Later, on the thread that has just asked for this link and will then have it.
            loop.execute(this::greet);
        }

        private void greet() {
            if (greeting == null && !closed) {
                send(new byte[0]);
                loop.later(GREET_AGAIN_MILLIS, this::greet);
            }
        }

        private void report() {
            if (!closed && link != null && reports != null) {
                // First, as a report may fail while the role's bundle is replaced.
                loop.later(FollowerReports.INTERVAL_MILLIS, this::report);
                // Not sent where many wait already: the next one says the same.
                link.offer(reports.apply(ready).encode());
            }
        }

        @Override
        public void published(Message message, byte[] payload) throws JMSException {
            String from = message.getStringProperty(Wire.SOURCE);
            Hop hop = hop(message);
            if (from == null || hop == null) {
                unreadable();
                return;
            }
            hand(payload.length, () -> listener.topic(from, hop, payload));
        }

        @Override
        public void replied(byte[] payload) {
            if (greeting == null) {
                greeting = payload;
                String greeted = NodeName.check(new String(payload, StandardCharsets.UTF_8));
                name = greeted;
                loop.execute(() -> {
                    listener.connected(greeted);
                    // When it has had time to become live.
                    loop.later(FollowerReports.LEAST_MILLIS, this::report);
                });
            } else if (!Arrays.equals(greeting, payload)) {
                hand(payload.length, () -> listener.reply(payload));
            }
        }

        @Override
        public void unreadable() {
            // No bytes at all are what no decoder takes: the follower counts and reports it as it does all others.
            hand(0, () -> listener.reply(new byte[0]));
        }

        @Override
        public void closed(BrokerLink.Failure failure, String reason) {
            closed = true;
            String said =
                    switch (failure) {
                        case UNREACHABLE -> reason;
                        case NOT_ALLOWED -> reason + "; " + remedy;
                        case NOT_OPEN ->
                            address + " has no feed " + feed + " of " + source
                                    + " (yet): the role there is missing or still starting";
                    };
            loop.execute(() -> listener.closed(said));
        }

        private void hand(int bytes, Runnable task) {
            int cost = Math.min(bytes + 64, MAX_WAITING_BYTES);
            try {
                while (!waiting.tryAcquire(cost, 100, TimeUnit.MILLISECONDS)) {
                    if (closed) {
                        return;
                    }
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
            loop.execute(() -> {
                try {
                    if (!closed) {
                        task.run();
                    }
                } finally {
                    waiting.release(cost);
                }
            });
        }

        /** A later version may know more. */
        private static Hop.Progress progress(String said) {
            for (Hop.Progress known : Hop.Progress.values()) {
                if (known.name().equals(said)) {
                    return known;
                }
            }
            return Hop.Progress.NONE;
        }

        private static Hop hop(Message message) throws JMSException {
            try {
                String reason = message.getStringProperty(Wire.REASON);
                Hop hop = new Hop(
                        FeedState.valueOf(message.getStringProperty(Wire.STATE)),
                        message.getLongProperty(Wire.AGE),
                        reason == null ? "" : reason);
                boolean healthy = !message.propertyExists(Wire.HEALTH);
                boolean primary = message.propertyExists(Wire.PRIMARY) && message.getBooleanProperty(Wire.PRIMARY);
                return new Hop(
                        hop.state(),
                        hop.ageMillis(),
                        hop.reason(),
                        healthy ? hop.health() : message.getIntProperty(Wire.HEALTH),
                        primary,
                        progress(message.getStringProperty(Wire.PROGRESS)),
                        Whereabouts.usable(
                                message.getStringProperty(Wire.SITE),
                                message.getStringProperty(Wire.CONFIGURATION),
                                message.getStringProperty(Wire.HISTORY)));
            } catch (IllegalArgumentException | NullPointerException wrong) {
                return null;
            }
        }
    }
}
