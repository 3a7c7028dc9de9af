package org.openrtd.events;

import java.util.List;

/**
 * What a gateway and the centre say to each other. The conversation:
 *
 * <pre>
 * gateway -> hello            first on every connection, and nothing else before its answer
 * centre  <- highest          what the centre holds of this gateway, durably
 * gateway -> *[ events | keep-alive ]    numbered on from there; a keep-alive whenever a second passed without events
 * centre  <- *acknowledged    after each transaction of the event log, and for each keep-alive
 *          | refused          at any point; the gateway connects anew, or stops, as the refusal says
 * </pre>
 *
 * <p>A number counts as acknowledged only when the event is in the event log, so whatever happens to either end or to the
 * line, the gateway asks and goes on. An event that arrives twice is recognised by its run and number ({@link Mark}).
 */
public sealed interface LinkMessage {

    /** The gateway is there and asks what the centre holds. */
    record Hello(String gateway) implements LinkMessage {
        public Hello {
            Names.name("gateway", gateway);
        }
    }

    /**
     * Answers {@link Hello}.
     *
     * @param mark the last of the gateway's events in the event log, {@link Mark#NONE} when there is none
     * @param controllerTime the controller's clock, UTC ms, 0 when it has not begun to run: a gateway that owns the clock
     *     cannot begin a run before it, since the clock never goes back
     */
    record Highest(Mark mark, long controllerTime) implements LinkMessage {
        public Highest {
            Names.time(controllerTime);
        }
    }

    /**
     * Events of one run, in order and without a gap.
     *
     * @param first the number of the first event
     */
    record EventBatch(String gateway, long run, long first, List<Event> events) implements LinkMessage {
        public EventBatch {
            Names.name("gateway", gateway);
            Names.numbers(run, first);
            events = List.copyOf(events);
            if (run == 0 || first == 0 || events.isEmpty() || first + events.size() < 0) {
                throw new IllegalArgumentException(
                        "Not a batch of events: run " + run + ", first " + first + ", " + events.size() + " events");
            }
        }

        /** The number of the last event. */
        public long last() {
            return first + events.size() - 1;
        }
    }

    /** The gateway has nothing to send and is well. */
    record KeepAlive(String gateway) implements LinkMessage {
        public KeepAlive {
            Names.name("gateway", gateway);
        }
    }

    /** All the gateway's events up to the mark are in the event log. */
    record Acknowledged(Mark mark) implements LinkMessage {}

    /** The centre does not take what it was sent. */
    record Refused(Refusal refusal, String reason) implements LinkMessage {
        public Refused {
            // For people, so cut and cleaned rather than refused in its turn.
            reason = reason.length() > Names.MAX_TEXT ? reason.substring(0, Names.MAX_TEXT - 1) + "…" : reason;
            reason = reason.replaceAll("[\\p{Cntrl}\\p{Cs}]", " ");
            Names.text("reason", reason);
        }
    }

    /** Why, and with it what the gateway does next. */
    enum Refusal {
        /** The centre cannot take events now, for example while it starts; connect again later. */
        NOT_READY(true),
        /** Events are missing before these, or no hello came before them; connect again and ask. */
        GAP(true),
        /** The message could not be read; connect again. */
        MALFORMED(true),
        /** The version of the message is not the centre's; stop until one of the two is changed. */
        VERSION(false),
        /** A higher run of this gateway has begun, so this one is over; stop. */
        RUN_OVER(false),
        /** This gateway is not to send here; stop until an operator changes that. */
        NOT_ALLOWED(false);

        private final boolean passing;

        Refusal(boolean passing) {
            this.passing = passing;
        }

        /** Whether it may help to connect again; otherwise the gateway stops and says why. */
        public boolean passing() {
            return passing;
        }
    }
}
