package org.openrtd.realtimeserver.internal;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.openrtd.events.Event;

/** How each gateway stands and which one owns the clock, as the log has it so far. Depends on nothing but the log. */
final class Gateways {

    enum State {
        UP,
        SILENT,
        /** Lost its peripheral, or is done; its silence is no news. */
        LOST
    }

    private final Map<String, State> states = new TreeMap<>();
    private String clockOwner = "";
    private String lostReason = "";

    /** Takes over an event in the log's order. */
    void apply(String gateway, Event event) {
        if (event instanceof Event.GatewayUp || event instanceof Event.GatewayHeard) {
            states.put(gateway, State.UP);
        } else if (event instanceof Event.GatewaySilent) {
            states.put(gateway, State.SILENT);
        } else if (event instanceof Event.GatewayLost lost) {
            states.put(gateway, State.LOST);
            if (gateway.equals(clockOwner)) {
                lostReason = lost.reason();
            }
        } else if (event instanceof Event.ClockAdvanced && !owned() && !gateway.equals(clockOwner)) {
            // Not its own last mark, which follows its being lost.
            clockOwner = gateway;
            lostReason = "";
        }
    }

    /** Whether the clock has an owner who can still move it; else the next one who does owns it. */
    private boolean owned() {
        return states.get(clockOwner) == State.UP;
    }

    boolean ownsClock(String gateway) {
        return gateway.equals(clockOwner);
    }

    /** Empty before the first. */
    String clockOwner() {
        return clockOwner;
    }

    State state(String gateway) {
        return states.get(gateway);
    }

    /**
     * Why the clock stands still, for people; {@code null} when it does not, or when the day is simply over. The web interface
     * finds the gateway in these words, to name that and not the centre.
     */
    String whyTheClockStands() {
        State state = states.get(clockOwner);
        if (state == State.SILENT) {
            return "gateway " + clockOwner + ", which moves the clock, is silent";
        }
        if (state == State.LOST && !lostReason.equals("finished")) {
            return "gateway " + clockOwner + ", which moves the clock, has lost its peripheral: " + lostReason;
        }
        return null;
    }

    Map<String, State> all() {
        return states;
    }

    Gateways copy() {
        Gateways copy = new Gateways();
        copy.states.putAll(states);
        copy.clockOwner = clockOwner;
        copy.lostReason = lostReason;
        return copy;
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeUTF(clockOwner);
        out.writeUTF(lostReason);
        out.writeInt(states.size());
        for (Map.Entry<String, State> entry : states.entrySet()) {
            out.writeUTF(entry.getKey());
            out.writeByte(entry.getValue().ordinal());
        }
    }

    static Gateways readFrom(DataInput in) throws IOException {
        Gateways gateways = new Gateways();
        gateways.clockOwner = in.readUTF();
        gateways.lostReason = in.readUTF();
        for (int left = in.readInt(); left > 0; left--) {
            gateways.states.put(in.readUTF(), State.values()[in.readByte()]);
        }
        return gateways;
    }
}
