package org.openrtd.feed.jms;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.jms.JMSException;
import javax.jms.Message;
import org.openrtd.feed.FollowerReport;
import org.openrtd.feed.Hop;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Position;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.Whereabouts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one source of a feed over the node's own broker: its batches and heartbeats to the topic {@link
 * Addresses#topic}, its followers' requests from the queue {@link Addresses#resume}. The other end is {@link JmsConnector}.
 *
 * <p>The broker may come and go; the source goes on without it. Requests reach the source on the feed's thread, in bounded
 * number: from one follower no more than {@link Pace} lets through, from all together no more than {@value #MAX_WAITING}
 * that wait; the rest waits in the broker, which bounds it too.
 */
public final class JmsSource implements SourceTransport, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JmsSource.class);

    static final int MAX_WAITING = 256;
    /** In how long requests that wait for earlier answers to be sent are looked at again. */
    private static final int ROOM_MILLIS = 5;
    /** No request of the feed protocol comes near it. */
    static final int MAX_REQUEST_BYTES = 16 << 10;

    /** Takes a follower's request, on the feed's thread. */
    @FunctionalInterface
    public interface Requests {
        void request(ReplyTo from, byte[] message);
    }

    private final String name;
    private final String feed;
    private final FollowerReports reports;
    private final byte[] greeting;
    private final String topic;
    private final FeedLoop loop;
    private final MonotonicClock clock;
    private final Semaphore waiting = new Semaphore(MAX_WAITING);
    private final AtomicLong refused = new AtomicLong();
    private final BrokerService service;
    private volatile Requests requests;
    /** Where the source is; {@code null} before somebody tells. */
    private volatile Supplier<Position> position = () -> null;

    /** When somebody followed or asked for rows last; 0 when nobody did. */
    private volatile long wantedAt;

    private volatile LongSupplier snapshots = () -> 0;
    private volatile Hop said;
    private volatile Whereabouts whereabouts = Whereabouts.NONE;
    /** Used by the receiving thread alone. */
    private final Pace pace = new Pace();
    /** Requests that wait for earlier answers to be sent; used by the feed's thread alone. */
    private final ArrayDeque<Runnable> held = new ArrayDeque<>();

    /**
     * @param source the source's name in addresses
     * @param name the node's name, by which followers know the source; a follower learns it when it connects
     * @param readerRole whose users may follow
     * @throws IllegalArgumentException when a name cannot be part of an address
     */
    public JmsSource(String feed, String source, String name, String readerRole, FeedLoop loop, MonotonicClock clock) {
        this.name = NodeName.check(name);
        this.feed = feed;
        this.reports = new FollowerReports(clock);
        this.greeting = name.getBytes(StandardCharsets.UTF_8);
        this.topic = Addresses.topic(feed, source);
        this.loop = loop;
        this.clock = clock;
        this.service = new BrokerService(
                feed + "-" + source,
                Addresses.resume(feed, source),
                broker -> broker.openSource(feed, source, readerRole),
                this::take);
    }

    /** Who answers from now on; until then requests are dropped, and followers ask again. */
    public void answerWith(Requests present) {
        requests = present;
    }

    /** How far the source is, from any thread: by it followers' lags are reckoned. */
    public void positionFrom(Supplier<Position> present) {
        position = present;
    }

    /** How many snapshots the source has encoded, from any thread. */
    public void snapshotsFrom(LongSupplier made) {
        snapshots = made;
    }

    /** How many snapshots the source has encoded so far. */
    public long snapshotsMade() {
        return snapshots.getAsLong();
    }

    /** How many ms ago somebody followed it or asked for rows; negative when nobody did. */
    public long wantedMillisAgo() {
        long at = wantedAt;
        return at == 0 ? -1 : Math.max(0, clock.millis() - at);
    }

    String feed() {
        return feed;
    }

    String topic() {
        return topic;
    }

    /** What its followers say of themselves. */
    FollowerReports reports() {
        return reports;
    }

    /** The node's broker is there. */
    public void attach(LocalBroker broker) {
        service.attach(broker);
    }

    /** That broker is gone. */
    public void detach(LocalBroker broker) {
        service.detach(broker);
    }

    @Override
    public void publish(Hop hop, byte[] message) {
        said = hop;
        if (SourceTransport.isHeartbeat(message)) {
            whereabouts = hop.whereabouts();
        }
        service.publish(
                topic,
                jms -> {
                    jms.setStringProperty(Wire.SOURCE, name);
                    jms.setStringProperty(Wire.STATE, hop.state().name());
                    jms.setLongProperty(Wire.AGE, hop.ageMillis());
                    if (!hop.reason().isEmpty()) {
                        jms.setStringProperty(Wire.REASON, hop.reason());
                    }
                    if (hop.health() != new Hop(hop.state(), 0).health()) {
                        jms.setIntProperty(Wire.HEALTH, hop.health());
                    }
                    if (hop.primary()) {
                        jms.setBooleanProperty(Wire.PRIMARY, true);
                    }
                    if (hop.progress() != Hop.Progress.NONE) {
                        jms.setStringProperty(Wire.PROGRESS, hop.progress().name());
                    }
                    if (SourceTransport.isHeartbeat(message)) {
                        jms.setBooleanProperty(Wire.HEARTBEAT, true);
                        set(jms, Wire.SITE, hop.whereabouts().site());
                        set(jms, Wire.CONFIGURATION, hop.whereabouts().configuration());
                        set(jms, Wire.HISTORY, hop.whereabouts().history());
                    }
                },
                message);
    }

    private static void set(Message jms, String property, String text) throws JMSException {
        if (!text.isEmpty()) {
            jms.setStringProperty(property, text);
        }
    }

    @Override
    public void reply(ReplyTo to, byte[] message) {
        service.reply(to.user(), to.id(), message);
    }

    @Override
    public boolean later(Runnable task) {
        loop.execute(task);
        return true;
    }

    /** What it said of itself last; empty before it sent anything. */
    public Optional<Hop> said() {
        return Optional.ofNullable(said);
    }

    /** What it says of its whereabouts. */
    Whereabouts whereabouts() {
        return whereabouts;
    }

    /** Whether followers can reach it. */
    public boolean open() {
        return service.connected();
    }

    /** How it stands to the broker, for people. */
    public String state() {
        return service.state();
    }

    public long messagesSent() {
        return service.sent();
    }

    public long bytesSent() {
        return service.sentBytes();
    }

    /** Bytes of answers that wait to be given to the broker. */
    public long waitingReplyBytes() {
        return service.waitingReplyBytes();
    }

    /** Messages that were not sent, as the broker was away or too slow. */
    public long messagesDropped() {
        return service.dropped();
    }

    public long requests() {
        return service.requests();
    }

    /** Requests not taken: unreadable, too large, too many. */
    public long requestsRefused() {
        return service.refused() + refused.get();
    }

    @Override
    public void close() {
        requests = null;
        // Requests that the feed's thread forgot when it ended still hold their places; who waits for one shall not.
        waiting.release(MAX_WAITING);
        service.close();
    }

    private void take(String user, String id, byte[] payload) {
        Requests present = requests;
        if (present == null || payload.length > MAX_REQUEST_BYTES) {
            refused.incrementAndGet();
            return;
        }
        long delay = pace.delay(user + "." + id, clock.millis());
        if (delay < 0) {
            refused.incrementAndGet();
            return;
        }
        if (payload.length == 0) {
            // The greeting of a new link: tells it who this is, and that requests are answered.
            service.reply(user, id, greeting);
            return;
        }
        if (FollowerReport.is(payload)) {
            report(user, id, payload);
            return;
        }
        reports.asked(user, id);
        wantedAt = Math.max(1, clock.millis());
        try {
            // Waits while the feed is busy; further requests wait in the broker then.
            waiting.acquire();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
            return;
        }
        Runnable answer = () -> {
            try {
                present.request(new ReplyTo(user, id), payload);
            } finally {
                waiting.release();
            }
        };
        if (delay == 0) {
            loop.execute(() -> answer(answer));
        } else {
            loop.later(delay, () -> answer(answer));
        }
    }

    private void report(String user, String id, byte[] payload) {
        try {
            FollowerReport report = FollowerReport.decode(payload);
            // It is shown on terminals; anybody who may follow can say anything.
            NodeName.check(report.node());
            // One that comes too soon has waited somewhere with the one before, and says nothing new.
            if (reports.heard(user, id, report, position.get()) && !report.ready()) {
                wantedAt = Math.max(1, clock.millis());
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("{}: a report of user {} cannot be read", feed, user, e);
            refused.incrementAndGet();
        }
    }

    /** In the order in which they came, and only while their answers are sent: of a herd's, many would be dropped. */
    private void answer(Runnable request) {
        if (held.isEmpty() && service.hasRoom()) {
            request.run();
        } else {
            held.add(request);
            if (held.size() == 1) {
                loop.later(ROOM_MILLIS, this::answerHeld);
            }
        }
    }

    private void answerHeld() {
        try {
            while (!held.isEmpty() && service.hasRoom()) {
                held.remove().run();
            }
        } finally {
            if (!held.isEmpty()) {
                loop.later(ROOM_MILLIS, this::answerHeld);
            }
        }
    }
}
