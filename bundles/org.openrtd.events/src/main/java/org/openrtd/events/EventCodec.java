package org.openrtd.events;

import java.util.List;
import org.openrtd.events.LinkMessage.Acknowledged;
import org.openrtd.events.LinkMessage.EventBatch;
import org.openrtd.events.LinkMessage.Hello;
import org.openrtd.events.LinkMessage.Highest;
import org.openrtd.events.LinkMessage.KeepAlive;
import org.openrtd.events.LinkMessage.Refusal;
import org.openrtd.events.LinkMessage.Refused;

/**
 * The wire form of messages between gateway and centre, and of single events in the centre's log; {@code docs/events.md}
 * has every byte.
 *
 * <p>Whatever bytes a decoder is given, it answers with a value or throws {@link MalformedMessageException}, and nothing
 * is allocated for a length before the length has been compared with what the message can hold.
 */
public final class EventCodec {

    /** Bytes in a message; larger ones would become files on the broker. */
    public static final int MAX_MESSAGE = 65_536;

    /** Bytes in one logged event, so that any database can hold it in a plain binary column. */
    public static final int MAX_EVENT = 32_000;

    /** The version that this codec writes, and the only one it reads. */
    public static final int VERSION = 1;

    private static final int MAGIC_0 = 'O';
    private static final int MAGIC_1 = 'E';

    private static final int HELLO = 1;
    private static final int HIGHEST = 2;
    private static final int EVENTS = 3;
    private static final int KEEP_ALIVE = 4;
    private static final int ACKNOWLEDGED = 5;
    private static final int REFUSED = 6;

    private static final int CALL_OFFERED = 1;
    private static final int CALL_QUEUED = 2;
    private static final int CALL_RINGING = 3;
    private static final int CALL_ANSWERED = 4;
    private static final int CALL_HELD = 5;
    private static final int CALL_RETRIEVED = 6;
    private static final int CALL_TRANSFERRED = 7;
    private static final int CALL_NOT_ANSWERED = 8;
    private static final int CALL_WRAP_UP = 9;
    private static final int CALL_ENDED = 10;
    private static final int CALL_ABANDONED = 11;
    private static final int AGENT_LOGGED_IN = 20;
    private static final int AGENT_STATE_CHANGED = 21;
    private static final int AGENT_LOGGED_OUT = 22;
    private static final int GATEWAY_UP = 30;
    private static final int GATEWAY_PRESENT = 31;
    private static final int GATEWAY_SILENT = 32;
    private static final int GATEWAY_HEARD = 33;
    private static final int GATEWAY_LOST = 34;
    private static final int CLOCK_ADVANCED = 35;
    private static final int CONFIGURATION_WANTED = 36;

    private EventCodec() {}

    /**
     * The message's bytes.
     *
     * @throws IllegalArgumentException when a batch, or an event in it, is larger than the wire form allows; use
     *     {@link BatchWriter} to fill batches that fit
     */
    public static byte[] encode(LinkMessage message) {
        // Sealed types without pattern switches: Java 17 has them only as a preview.
        if (message instanceof EventBatch batch) {
            BatchWriter writer = new BatchWriter(batch.gateway(), batch.run(), batch.first(), MAX_MESSAGE);
            for (Event event : batch.events()) {
                if (!writer.add(event)) {
                    throw new IllegalArgumentException(
                            "A batch of " + batch.events().size() + " events is too large");
                }
            }
            return writer.toBytes();
        }
        WireWriter out = new WireWriter();
        if (message instanceof Hello hello) {
            header(out, HELLO);
            out.text(hello.gateway());
        } else if (message instanceof Highest highest) {
            header(out, HIGHEST);
            mark(out, highest.mark());
            out.unsigned(highest.controllerTime());
        } else if (message instanceof KeepAlive keepAlive) {
            header(out, KEEP_ALIVE);
            out.text(keepAlive.gateway());
        } else if (message instanceof Acknowledged acknowledged) {
            header(out, ACKNOWLEDGED);
            mark(out, acknowledged.mark());
        } else if (message instanceof Refused refused) {
            header(out, REFUSED);
            out.unsigned(refused.refusal().ordinal());
            out.text(refused.reason());
        } else {
            throw new AssertionError(message);
        }
        return out.toBytes();
    }

    /** The message in these bytes. */
    public static LinkMessage decode(byte[] bytes) throws MalformedMessageException {
        if (bytes.length > MAX_MESSAGE) {
            throw new MalformedMessageException("A message of " + bytes.length + " bytes is too large");
        }
        WireReader in = new WireReader(bytes);
        if (in.octet() != MAGIC_0 || in.octet() != MAGIC_1) {
            throw in.malformed("is not between a gateway and a centre");
        }
        version(in);
        return refusing(in, () -> {
            LinkMessage message = message(in);
            in.end();
            return message;
        });
    }

    /**
     * One event's bytes, for the centre's log: complete in themselves, with their version.
     *
     * @throws IllegalArgumentException when they are more than {@link #MAX_EVENT}, which only a {@link
     *     Event.ConfigurationWanted} can reach; a decoded event never does
     */
    public static byte[] encodeEvent(Event event) {
        WireWriter out = new WireWriter();
        out.octet(VERSION);
        event(out, event);
        if (out.length() > MAX_EVENT) {
            throw new IllegalArgumentException(event.getClass().getSimpleName() + " takes " + out.length()
                    + " bytes, more than " + MAX_EVENT + "; send it in parts");
        }
        return out.toBytes();
    }

    /** The event in bytes that {@link #encodeEvent} made, in this or an earlier version. */
    public static Event decodeEvent(byte[] bytes) throws MalformedMessageException {
        if (bytes.length > MAX_EVENT) {
            throw new MalformedMessageException("An event of " + bytes.length + " bytes is too large");
        }
        WireReader in = new WireReader(bytes);
        version(in);
        return refusing(in, () -> {
            Event event = event(in);
            in.end();
            return event;
        });
    }

    /** Fills one batch, event by event, up to a size. */
    public static final class BatchWriter {

        private final WireWriter out = new WireWriter();
        private final int limit;
        private int count;

        /** A batch that begins with event {@code first} and takes no more than {@code limit} bytes, if it can. */
        public BatchWriter(String gateway, long run, long first, int limit) {
            this.limit = Math.min(limit, MAX_MESSAGE);
            header(out, EVENTS);
            out.text(gateway);
            out.unsigned(run);
            out.unsigned(first);
        }

        /**
         * Adds the event unless the batch would become too large for it. The first event is always taken.
         *
         * @return whether it was added
         * @throws IllegalArgumentException when the event is too large for any batch
         */
        public boolean add(Event event) {
            if (event instanceof Event.ConfigurationWanted) {
                encodeEvent(event);
            }
            int length = out.length();
            int texts = out.textCount();
            long time = out.lastTime();
            event(out, event);
            if (out.length() > limit && (count > 0 || out.length() > MAX_MESSAGE)) {
                out.truncate(length, texts, time);
                return false;
            }
            count++;
            return true;
        }

        public int count() {
            return count;
        }

        /** The batch's bytes; it must hold an event. How many is not written: they go on to the message's end. */
        public byte[] toBytes() {
            if (count == 0) {
                throw new IllegalStateException("A batch holds at least one event");
            }
            return out.toBytes();
        }
    }

    private static void header(WireWriter out, int kind) {
        out.octet(MAGIC_0);
        out.octet(MAGIC_1);
        out.octet(VERSION);
        out.octet(kind);
    }

    private static void mark(WireWriter out, Mark mark) {
        out.unsigned(mark.run());
        out.unsigned(mark.number());
    }

    private static void version(WireReader in) throws MalformedMessageException {
        int version = in.octet();
        if (version != VERSION) {
            throw new MalformedMessageException(
                    "The message is of version " + version + ", this end speaks version " + VERSION, true, null);
        }
    }

    /** What events and messages refuse to hold, said in the decoder's own way. */
    private static <T> T refusing(WireReader in, WireReader.Element<T> element) throws MalformedMessageException {
        try {
            return element.read();
        } catch (IllegalArgumentException refused) {
            throw new MalformedMessageException(
                    in.malformed("is refused").getMessage() + ": " + refused.getMessage(), false, refused);
        }
    }

    private static LinkMessage message(WireReader in) throws MalformedMessageException {
        int kind = in.octet();
        return switch (kind) {
            case HELLO -> new Hello(in.text());
            case HIGHEST -> new Highest(mark(in), in.unsigned());
            case EVENTS -> new EventBatch(in.text(), in.unsigned(), in.unsigned(), in.toEnd(() -> loggable(event(in))));
            case KEEP_ALIVE -> new KeepAlive(in.text());
            case ACKNOWLEDGED -> new Acknowledged(mark(in));
            case REFUSED ->
                new Refused(Refusal.values()[in.small("a refusal", Refusal.values().length - 1)], in.text());
            default -> throw in.malformed("is of the unknown kind " + kind);
        };
    }

    /** An event of a batch borrows its texts from the others; whoever takes the batch relies on logging each by itself. */
    private static Event loggable(Event event) {
        if (event instanceof Event.ConfigurationWanted) {
            encodeEvent(event);
        }
        return event;
    }

    private static Mark mark(WireReader in) throws MalformedMessageException {
        return new Mark(in.unsigned(), in.unsigned());
    }

    private static void event(WireWriter out, Event event) {
        int kind = kind(event);
        out.octet(kind);
        out.time(event.time());
        switch (kind) {
            case CALL_OFFERED -> {
                Event.CallOffered e = (Event.CallOffered) event;
                out.text(e.call());
                out.text(e.callType());
            }
            case CALL_QUEUED -> {
                Event.CallQueued e = (Event.CallQueued) event;
                out.text(e.call());
                texts(out, e.skillGroups());
            }
            case CALL_RINGING -> {
                Event.CallRinging e = (Event.CallRinging) event;
                out.text(e.call());
                out.text(e.agent());
                out.text(e.skillGroup());
            }
            case CALL_ANSWERED -> {
                Event.CallAnswered e = (Event.CallAnswered) event;
                out.text(e.call());
                out.text(e.agent());
                out.text(e.skillGroup());
            }
            case CALL_HELD -> out.text(((Event.CallHeld) event).call());
            case CALL_RETRIEVED -> out.text(((Event.CallRetrieved) event).call());
            case CALL_TRANSFERRED -> {
                Event.CallTransferred e = (Event.CallTransferred) event;
                out.text(e.call());
                out.text(e.callType());
            }
            case CALL_NOT_ANSWERED -> {
                Event.CallNotAnswered e = (Event.CallNotAnswered) event;
                out.text(e.call());
                out.text(e.agent());
            }
            case CALL_WRAP_UP -> out.text(((Event.CallWrapUp) event).call());
            case CALL_ENDED -> out.text(((Event.CallEnded) event).call());
            case CALL_ABANDONED -> out.text(((Event.CallAbandoned) event).call());
            case AGENT_LOGGED_IN -> {
                Event.AgentLoggedIn e = (Event.AgentLoggedIn) event;
                out.text(e.agent());
                texts(out, e.skillGroups());
                out.text(e.extension());
            }
            case AGENT_STATE_CHANGED -> {
                Event.AgentStateChanged e = (Event.AgentStateChanged) event;
                out.text(e.agent());
                out.unsigned(e.state());
                out.unsigned(e.reason());
            }
            case AGENT_LOGGED_OUT -> {
                Event.AgentLoggedOut e = (Event.AgentLoggedOut) event;
                out.text(e.agent());
                out.unsigned(e.reason());
            }
            case GATEWAY_UP -> out.unsigned(((Event.GatewayUp) event).presentFollows() ? 1 : 0);
            case GATEWAY_LOST -> out.text(((Event.GatewayLost) event).reason());
            case CONFIGURATION_WANTED -> configuration(out, (Event.ConfigurationWanted) event);
            default -> {
                // GATEWAY_PRESENT, GATEWAY_SILENT, GATEWAY_HEARD, CLOCK_ADVANCED: their time says all.
            }
        }
    }

    private static void configuration(WireWriter out, Event.ConfigurationWanted wanted) {
        out.text(wanted.timeZone());
        out.unsigned(wanted.callTypes().size());
        for (Event.CallTypeWanted callType : wanted.callTypes()) {
            out.text(callType.callType());
            out.unsigned(callType.serviceLevelThreshold());
            out.unsigned(callType.serviceLevelType());
            out.unsigned(callType.abandonWaitTime());
        }
        out.unsigned(wanted.skillGroups().size());
        for (Event.SkillGroupWanted skillGroup : wanted.skillGroups()) {
            out.text(skillGroup.skillGroup());
            out.unsigned(skillGroup.serviceLevelThreshold());
            out.unsigned(skillGroup.serviceLevelType());
        }
        out.unsigned(wanted.agents().size());
        for (Event.AgentWanted agent : wanted.agents()) {
            out.text(agent.agent());
            out.text(agent.firstName());
            out.text(agent.lastName());
            texts(out, agent.skillGroups());
        }
        out.unsigned(wanted.reasons().size());
        for (Event.ReasonWanted reason : wanted.reasons()) {
            out.unsigned(reason.reason());
            out.text(reason.text());
        }
    }

    private static void texts(WireWriter out, List<String> texts) {
        out.unsigned(texts.size());
        texts.forEach(out::text);
    }

    private static int kind(Event event) {
        if (event instanceof Event.ClockAdvanced) {
            return CLOCK_ADVANCED;
        } else if (event instanceof Event.CallOffered) {
            return CALL_OFFERED;
        } else if (event instanceof Event.CallQueued) {
            return CALL_QUEUED;
        } else if (event instanceof Event.CallRinging) {
            return CALL_RINGING;
        } else if (event instanceof Event.CallAnswered) {
            return CALL_ANSWERED;
        } else if (event instanceof Event.CallHeld) {
            return CALL_HELD;
        } else if (event instanceof Event.CallRetrieved) {
            return CALL_RETRIEVED;
        } else if (event instanceof Event.CallTransferred) {
            return CALL_TRANSFERRED;
        } else if (event instanceof Event.CallNotAnswered) {
            return CALL_NOT_ANSWERED;
        } else if (event instanceof Event.CallWrapUp) {
            return CALL_WRAP_UP;
        } else if (event instanceof Event.CallEnded) {
            return CALL_ENDED;
        } else if (event instanceof Event.CallAbandoned) {
            return CALL_ABANDONED;
        } else if (event instanceof Event.AgentLoggedIn) {
            return AGENT_LOGGED_IN;
        } else if (event instanceof Event.AgentStateChanged) {
            return AGENT_STATE_CHANGED;
        } else if (event instanceof Event.AgentLoggedOut) {
            return AGENT_LOGGED_OUT;
        } else if (event instanceof Event.GatewayUp) {
            return GATEWAY_UP;
        } else if (event instanceof Event.GatewayPresent) {
            return GATEWAY_PRESENT;
        } else if (event instanceof Event.GatewaySilent) {
            return GATEWAY_SILENT;
        } else if (event instanceof Event.GatewayHeard) {
            return GATEWAY_HEARD;
        } else if (event instanceof Event.GatewayLost) {
            return GATEWAY_LOST;
        } else if (event instanceof Event.ConfigurationWanted) {
            return CONFIGURATION_WANTED;
        }
        throw new AssertionError(event);
    }

    private static Event event(WireReader in) throws MalformedMessageException {
        int kind = in.octet();
        long time = in.time();
        return switch (kind) {
            case CALL_OFFERED -> new Event.CallOffered(time, in.text(), in.text());
            case CALL_QUEUED -> new Event.CallQueued(time, in.text(), in.list(in::text));
            case CALL_RINGING -> new Event.CallRinging(time, in.text(), in.text(), in.text());
            case CALL_ANSWERED -> new Event.CallAnswered(time, in.text(), in.textOrNull(), in.textOrNull());
            case CALL_HELD -> new Event.CallHeld(time, in.text());
            case CALL_RETRIEVED -> new Event.CallRetrieved(time, in.text());
            case CALL_TRANSFERRED -> new Event.CallTransferred(time, in.text(), in.text());
            case CALL_NOT_ANSWERED -> new Event.CallNotAnswered(time, in.text(), in.text());
            case CALL_WRAP_UP -> new Event.CallWrapUp(time, in.text());
            case CALL_ENDED -> new Event.CallEnded(time, in.text());
            case CALL_ABANDONED -> new Event.CallAbandoned(time, in.text());
            case AGENT_LOGGED_IN -> new Event.AgentLoggedIn(time, in.text(), in.list(in::text), in.textOrNull());
            case AGENT_STATE_CHANGED ->
                new Event.AgentStateChanged(time, in.text(), in.small("a state", 14), reason(in));
            case AGENT_LOGGED_OUT -> new Event.AgentLoggedOut(time, in.text(), reason(in));
            case GATEWAY_UP -> new Event.GatewayUp(time, in.flag());
            case GATEWAY_PRESENT -> new Event.GatewayPresent(time);
            case GATEWAY_SILENT -> new Event.GatewaySilent(time);
            case GATEWAY_HEARD -> new Event.GatewayHeard(time);
            case GATEWAY_LOST -> new Event.GatewayLost(time, in.text());
            case CLOCK_ADVANCED -> new Event.ClockAdvanced(time);
            case CONFIGURATION_WANTED ->
                new Event.ConfigurationWanted(
                        time,
                        in.text(),
                        in.list(() ->
                                new Event.CallTypeWanted(in.text(), seconds(in), in.small("a type", 3), seconds(in))),
                        in.list(() -> new Event.SkillGroupWanted(in.text(), seconds(in), in.small("a type", 3))),
                        in.list(() -> new Event.AgentWanted(in.text(), in.text(), in.text(), in.list(in::text))),
                        in.list(() -> new Event.ReasonWanted(reason(in), in.text())));
            default -> throw in.malformed("has an event of the unknown kind " + kind);
        };
    }

    private static int seconds(WireReader in) throws MalformedMessageException {
        return in.small("seconds", 86_400);
    }

    private static int reason(WireReader in) throws MalformedMessageException {
        return in.small("a reason", 65_535);
    }
}
