package org.openrtd.gateway;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.random.RandomGenerator;
import org.openrtd.events.Event;
import org.openrtd.events.EventCodec;
import org.openrtd.events.LinkMessage;
import org.openrtd.events.LinkMessage.Acknowledged;
import org.openrtd.events.LinkMessage.Hello;
import org.openrtd.events.LinkMessage.Highest;
import org.openrtd.events.LinkMessage.KeepAlive;
import org.openrtd.events.LinkMessage.Refused;
import org.openrtd.events.MalformedMessageException;
import org.openrtd.events.Mark;
import org.openrtd.events.NumberedEvent;
import org.openrtd.feed.MonotonicClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gateway's end of the link to the centre: brings every event of a source into the centre's event log once and in order,
 * whatever happens to either end and the line. {@code docs/events.md} has the conversation; the centre's end is
 * {@code Centre} in {@code org.openrtd.realtimeserver}.
 *
 * <p>It remembers nothing that matters: on each connection it asks what the centre holds and goes on from there. A
 * bounded number of events is in flight. All methods but {@link #status} are called on one thread.
 */
public final class GatewayLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GatewayLink.class);

    /** Events made or passed over in one go, so that making a long day again does not hold up the keep-alive. */
    private static final int EVENTS_AT_ONCE = 20_000;

    /** What the link is doing. */
    public enum State {
        /** Not connected; tries again after a pause. */
        WAITING,
        /** Making a connection. */
        CONNECTING,
        /** Has asked what the centre holds. */
        ASKING,
        /** Sends events as they are due. */
        SENDING,
        /** Every event of the source is in the centre's event log. */
        FINISHED,
        /** Cannot go on until an operator or a new version changes something. */
        REFUSED,
        /** Closed by its owner. */
        CLOSED
    }

    private record InFlight(Mark last, int count) {}

    private final GatewaySettings settings;
    private final EventSource source;
    private final Pace pace;
    private final MonotonicClock clock;
    private final RandomGenerator random;
    private final CentreConnector connector;

    private State state = State.WAITING;
    private String reason = "starting";
    private String lastTrouble = "";
    private CentreConnector.Connection connection;
    private long retryAt;
    private int tries;
    private long heardAt;
    private long saidAt;
    private long progressAt;

    private Iterator<NumberedEvent> events;
    private NumberedEvent next;
    private Mark sent = Mark.NONE;
    private Mark acknowledged = Mark.NONE;
    private final Deque<InFlight> inFlight = new ArrayDeque<>();
    private int eventsInFlight;

    private long eventsSent;
    private long eventsPassedOver;
    private long connections;
    private long eventTime;
    private long behindMillis;
    private volatile GatewayStatus status;

    public GatewayLink(
            GatewaySettings settings,
            EventSource source,
            Pace pace,
            MonotonicClock clock,
            RandomGenerator random,
            CentreConnector connector) {
        this.settings = settings;
        this.source = source;
        this.pace = pace;
        this.clock = clock;
        this.random = random;
        this.connector = connector;
        this.retryAt = clock.millis();
        publish();
    }

    /** Readable from any thread. */
    public GatewayStatus status() {
        return status;
    }

    /** Does what is due; to be called every 20 ms or so. */
    public void time() {
        long now = clock.millis();
        switch (state) {
            case WAITING -> {
                if (now >= retryAt) {
                    connect(now);
                }
            }
            case CONNECTING, ASKING -> {
                if (now - heardAt > settings.silence().toMillis()) {
                    again("the centre did not answer for " + settings.silence().toMillis() + " ms");
                }
            }
            case SENDING -> {
                if (now - heardAt > settings.silence().toMillis()) {
                    again("nothing heard from the centre for "
                            + settings.silence().toMillis() + " ms");
                } else if (eventsInFlight > 0
                        && now - progressAt > settings.progress().toMillis()) {
                    again("nothing acknowledged for " + settings.progress().toMillis() + " ms");
                } else {
                    send(now);
                }
            }
            case FINISHED, REFUSED, CLOSED -> {
                // Nothing is ever due again.
            }
        }
        publish();
    }

    @Override
    public void close() {
        disconnect();
        state(State.CLOSED, "closed");
        publish();
    }

    private void connect(long now) {
        heardAt = now;
        state(State.CONNECTING, tries == 0 ? "first try" : "try " + (tries + 1));
        ConnectionListener listener = new ConnectionListener();
        connection = connector.connect(listener);
        listener.mine = connection;
    }

    /** Hears of one connection; deaf as soon as the link has another, or none. */
    private final class ConnectionListener implements CentreConnector.Listener {

        private CentreConnector.Connection mine;

        private boolean current() {
            return mine != null && mine == connection;
        }

        @Override
        public void connected() {
            if (current() && state == State.CONNECTING) {
                heardAt = clock.millis();
                state(State.ASKING, "connected");
                say(new Hello(settings.gateway()), heardAt);
                publish();
            }
        }

        @Override
        public void received(byte[] message) {
            if (!current()) {
                return;
            }
            heardAt = clock.millis();
            try {
                GatewayLink.this.received(EventCodec.decode(message), heardAt);
            } catch (MalformedMessageException malformed) {
                if (malformed.otherVersion()) {
                    stop(malformed.getMessage() + ": bring gateway and centre to the same version");
                } else {
                    again("cannot read the centre's answer: " + malformed.getMessage());
                }
            }
            publish();
        }

        @Override
        public void closed(String why) {
            if (current()) {
                again(why);
                publish();
            }
        }
    }

    private void received(LinkMessage message, long now) {
        if (message instanceof Highest highest && state == State.ASKING) {
            begin(highest, now);
        } else if (message instanceof Acknowledged acknowledgement && state == State.SENDING) {
            acknowledge(acknowledgement.mark(), now);
        } else if (message instanceof Refused refused) {
            if (refused.refusal().passing()) {
                again("refused by the centre: " + refused.reason());
            } else {
                stop("refused by the centre: " + refused.reason());
            }
        }
        // Anything else is an answer that came twice.
    }

    private void begin(Highest highest, long now) {
        try {
            events = source.after(highest.mark(), highest.controllerTime());
        } catch (CannotGoOnException cannot) {
            stop(cannot.getMessage());
            return;
        }
        acknowledged = highest.mark();
        sent = highest.mark();
        next = null;
        connections++;
        progressAt = now;
        pace.restart();
        state(
                State.SENDING,
                highest.mark().equals(Mark.NONE)
                        ? "the centre holds nothing yet"
                        : "the centre holds " + highest.mark());
        send(now);
    }

    private void acknowledge(Mark mark, long now) {
        tries = 0;
        if (mark.compareTo(acknowledged) <= 0) {
            return;
        }
        acknowledged = mark;
        progressAt = now;
        while (!inFlight.isEmpty() && inFlight.peek().last().compareTo(mark) <= 0) {
            eventsInFlight -= inFlight.poll().count();
        }
        send(now);
    }

    private void send(long now) {
        int budget = EVENTS_AT_ONCE;
        while (state == State.SENDING && eventsInFlight < settings.window() && budget > 0 && advance(budget)) {
            behindMillis = Math.max(0, pace.overdue(next.event().time(), now));
            // A run may begin only when the one before it is whole in the log: the centre could not tell that its end
            // is
            // missing, and would never take it afterwards.
            boolean waitsForRun = next.run() != sent.run() && eventsInFlight > 0;
            if (waitsForRun || pace.overdue(next.event().time(), now) < 0) {
                break;
            }
            budget -= sendBatch(now);
        }
        if (state == State.SENDING && now - saidAt >= settings.keepAlive().toMillis()) {
            say(new KeepAlive(settings.gateway()), now);
        }
    }

    /** Makes {@link #next} the first event that the centre does not hold. */
    private boolean advance(int budget) {
        for (int i = 0; i < budget; i++) {
            if (next == null) {
                if (!events.hasNext()) {
                    if (inFlight.isEmpty()) {
                        disconnect();
                        state(State.FINISHED, "the centre holds all events, up to " + acknowledged);
                    }
                    return false;
                }
                next = events.next();
            }
            Mark mark = mark(next);
            if (mark.compareTo(sent) > 0) {
                return true;
            }
            eventsPassedOver++;
            next = null;
        }
        return false;
    }

    private int sendBatch(long now) {
        long run = next.run();
        long first = next.number();
        int room = Math.min(settings.batchEvents(), settings.window() - eventsInFlight);
        EventCodec.BatchWriter batch =
                new EventCodec.BatchWriter(settings.gateway(), run, first, settings.batchBytes());
        do {
            Event event = next.event();
            try {
                if (!batch.add(event)) {
                    break;
                }
            } catch (IllegalArgumentException tooLarge) {
                stop("event " + mark(next) + " cannot be sent: " + tooLarge.getMessage());
                return 0;
            }
            eventTime = event.time();
            next = events.hasNext() ? events.next() : null;
        } while (next != null
                && next.run() == run
                && batch.count() < room
                && pace.overdue(next.event().time(), now) >= 0);
        if (eventsInFlight == 0) {
            progressAt = now;
        }
        sent = new Mark(run, first + batch.count() - 1);
        inFlight.add(new InFlight(sent, batch.count()));
        eventsInFlight += batch.count();
        eventsSent += batch.count();
        saidAt = now;
        connection.send(batch.toBytes());
        return batch.count();
    }

    private static Mark mark(NumberedEvent event) {
        return new Mark(event.run(), event.number());
    }

    private void say(LinkMessage message, long now) {
        saidAt = now;
        connection.send(EventCodec.encode(message));
    }

    /** Gives the connection up and tries again after a pause. */
    private void again(String why) {
        disconnect();
        long pause =
                Math.min(settings.retryLast().toMillis(), settings.retryFirst().toMillis() << Math.min(tries, 10));
        pause -= random.nextLong(pause / 2 + 1);
        tries++;
        retryAt = clock.millis() + pause;
        state(State.WAITING, why);
    }

    private void stop(String why) {
        disconnect();
        state(State.REFUSED, why);
    }

    private void disconnect() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
        events = null;
        next = null;
        inFlight.clear();
        eventsInFlight = 0;
        behindMillis = 0;
    }

    private void state(State to, String why) {
        if (state == State.CLOSED || state == to && reason.equals(why)) {
            return;
        }
        String change = "Gateway " + settings.gateway() + ": " + state + " -> " + to + " (" + why + ")";
        switch (to) {
            case REFUSED -> LOG.error(change);
            case WAITING -> {
                // A centre that stays away is said once, not at every try.
                if (why.equals(lastTrouble)) {
                    LOG.debug(change);
                } else {
                    LOG.warn(change);
                }
                lastTrouble = why;
            }
            case CONNECTING, ASKING -> LOG.debug(change);
            default -> {
                LOG.info(change);
                lastTrouble = "";
            }
        }
        // While it tries again and again, what broke says more than which try it is.
        reason = to == State.CONNECTING && tries > 0 ? lastTrouble : why;
        state = to;
    }

    private void publish() {
        status = new GatewayStatus(
                state,
                reason,
                sent,
                acknowledged,
                eventsInFlight,
                eventsSent,
                eventsPassedOver,
                connections,
                eventTime,
                behindMillis);
    }
}
