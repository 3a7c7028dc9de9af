package org.openrtd.statistics;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openrtd.events.Event;
import org.openrtd.feed.Change;
import org.openrtd.feed.Cut;

/**
 * Folds events and configuration into the rows of the feeds {@code calls} and {@code agents}.
 *
 * <p>Used by one thread. The rows depend on what was folded and on its order, and on nothing else: not on when rows are
 * cut, and not on whether the state was written and read in between.
 *
 * <p>Time is the controller's: it moves by {@link Event.ClockAdvanced} alone, and never back. Rows that are cut right
 * after one hold exactly the events up to and including {@link #controllerTime()}; cut at another moment, they hold all that
 * was folded.
 */
public final class Statistics {

    final Centre centre;
    private final AgentEvents agents;
    private final CallEvents calls;
    private final Configuration configuration;

    /** @param controllerZone by which the days and half hours of call types are cut */
    public Statistics(ZoneId controllerZone) {
        this(new Centre(controllerZone));
    }

    private Statistics(Centre centre) {
        this.centre = centre;
        this.agents = new AgentEvents(centre);
        this.calls = new CallEvents(centre, agents);
        this.configuration = new Configuration(centre, calls, agents);
    }

    /** The zone by which the days and half hours of call types are cut. */
    public ZoneId zone() {
        return centre.zone;
    }

    /**
     * Takes over committed configuration, in its place among the events. Given all rows there are, it also begins one.
     *
     * @param recoveryKey the key of the transaction
     * @param rows rows of the catalogue's configuration tables, in whatever order; those of tables that make no
     *     difference here are ignored
     */
    public void configure(long recoveryKey, Collection<Change> rows) {
        configuration.apply(rows);
        centre.stamp();
        centre.configurationKey = Math.max(centre.configurationKey, recoveryKey);
    }

    /**
     * Folds one event.
     *
     * @param gateway the name of the gateway that it is of; empty for the controller's own clock
     */
    public Outcome fold(String gateway, Event event) {
        Gateway known = centre.gatewaysByName.get(gateway);
        if (event instanceof Event.ClockAdvanced clock) {
            if (known != null) {
                known.lastHeard = Math.max(known.lastHeard, clock.time());
                centre.touch(known);
            }
            return centre.mark(gateway, clock.time())
                    ? Outcome.ACCEPTED
                    : centre.refuse(known, gateway, "a clock that goes back");
        }
        if (known == null) {
            return centre.refuse(null, gateway, "unknown gateway");
        }
        centre.enter(gateway, event.time());
        String complaint = Rules.complaint(centre, known, event);
        if (complaint != null) {
            return centre.refuse(known, gateway, complaint);
        }
        centre.touch(known);
        if (!(event instanceof Event.GatewaySilent)) {
            known.lastHeard = centre.at;
            // One that just goes on where it was need not say that it is up.
            known.state = known.state == null ? Gateway.UP : known.state;
        }
        Outcome outcome = dispatch(known, event);
        if (event instanceof Event.GatewaySilent || event instanceof Event.GatewayHeard) {
            // The centre's own finding and no event of the gateway's, at the controller's time.
            centre.stamp();
            return outcome;
        }
        if (outcome != Outcome.REFUSED) {
            known.accepted++;
        }
        if (outcome == Outcome.UNTIDY) {
            known.untidy++;
        }
        return outcome;
    }

    private Outcome dispatch(Gateway gateway, Event event) {
        if (event instanceof Event.CallOffered e) {
            return calls.offered(gateway, e);
        } else if (event instanceof Event.CallQueued e) {
            return calls.queued(gateway, e);
        } else if (event instanceof Event.CallRinging e) {
            return calls.ringing(gateway, e);
        } else if (event instanceof Event.CallAnswered e) {
            return calls.answered(gateway, e);
        } else if (event instanceof Event.CallHeld e) {
            return calls.held(gateway, e);
        } else if (event instanceof Event.CallRetrieved e) {
            return calls.retrieved(gateway, e);
        } else if (event instanceof Event.CallTransferred e) {
            return calls.transferred(gateway, e);
        } else if (event instanceof Event.CallNotAnswered e) {
            return calls.notAnswered(gateway, e);
        } else if (event instanceof Event.CallWrapUp e) {
            return calls.wrapUp(gateway, e);
        } else if (event instanceof Event.CallEnded e) {
            return calls.ended(gateway, e);
        } else if (event instanceof Event.CallAbandoned e) {
            return calls.abandoned(gateway, e);
        } else if (event instanceof Event.AgentLoggedIn e) {
            return agents.loggedIn(gateway, e);
        } else if (event instanceof Event.AgentStateChanged e) {
            return agents.stateChanged(gateway, e);
        } else if (event instanceof Event.AgentLoggedOut e) {
            return agents.loggedOut(gateway, e);
        } else if (event instanceof Event.GatewayUp e) {
            return up(gateway, e);
        } else if (event instanceof Event.GatewayPresent) {
            return present(gateway);
        } else if (event instanceof Event.GatewaySilent) {
            return silent(gateway);
        } else if (event instanceof Event.GatewayHeard) {
            return heard(gateway);
        } else if (event instanceof Event.GatewayLost e) {
            return lost(gateway, e);
        }
        // ConfigurationWanted has its effect where configuration is made.
        return Outcome.ACCEPTED;
    }

    // ------------------------------------------------------------------------------------------------------ gateways

    private Outcome heard(Gateway gateway) {
        if (Gateway.SILENT.equals(gateway.state)) {
            gateway.state = Gateway.UP;
            if (!gateway.picturing) {
                agents.hide(gateway, false);
            }
        }
        return Outcome.ACCEPTED;
    }

    private Outcome up(Gateway gateway, Event.GatewayUp event) {
        gateway.state = Gateway.UP;
        gateway.reason = null;
        gateway.picturing = event.presentFollows();
        if (event.presentFollows()) {
            // What was known shows unchanged, or stays unknown, until the picture is complete.
            gateway.picture++;
        } else {
            agents.hide(gateway, false);
        }
        return Outcome.ACCEPTED;
    }

    private Outcome present(Gateway gateway) {
        if (!gateway.picturing) {
            return Outcome.UNTIDY;
        }
        gateway.picturing = false;
        for (Call call : new ArrayList<>(gateway.calls.values())) {
            if (call.seen != gateway.picture) {
                calls.close(gateway, call);
            }
        }
        for (Agent agent : centre.agents.values()) {
            if (agent.gateway == gateway && agent.loggedIn && agent.seen != gateway.picture) {
                agents.logOut(agent, 0);
                gateway.agentsClosed++;
            }
        }
        agents.hide(gateway, false);
        return Outcome.ACCEPTED;
    }

    private Outcome silent(Gateway gateway) {
        // One that is lost, or done, is not expected to say anything.
        if (Gateway.UP.equals(gateway.state)) {
            gateway.state = Gateway.SILENT;
            gateway.reason = null;
            agents.hide(gateway, true);
        }
        return Outcome.ACCEPTED;
    }

    private Outcome lost(Gateway gateway, Event.GatewayLost event) {
        boolean finished = Gateway.FINISHED.equals(event.reason());
        gateway.state = finished ? Gateway.FINISHED : Gateway.LOST;
        gateway.reason = finished ? null : event.reason();
        gateway.picturing = false;
        agents.hide(gateway, true);
        return Outcome.ACCEPTED;
    }

    // ---------------------------------------------------------------------------------------------------------- rows

    /** The time of the last {@link Event.ClockAdvanced}, UTC ms; 0 before the first. */
    public long controllerTime() {
        return centre.controllerTime;
    }

    /** The highest recovery key given to {@link #configure}. */
    public long configurationKey() {
        return centre.configurationKey;
    }

    /** The cut of this moment, under a tick that all feeds of the controller share. */
    public Cut cutAt(long tick) {
        return new Cut(tick, controllerTime(), configurationKey());
    }

    /** The rows of a feed that may have changed since the last call of this or of {@link #all}; forgets them. */
    public List<Change> cut(String feed) {
        return centre.cut(feed);
    }

    /** All rows of a feed, for an origin that begins; {@link #cut} then goes on from here. */
    public List<Change> all(String feed) {
        return centre.all(feed);
    }

    /** What events were refused for, in the order of first occurrence; bounded, so the list ends when it is full. */
    public List<Refusal> refusals() {
        return List.copyOf(centre.refusals.values());
    }

    // ---------------------------------------------------------------------------------------------------- checkpoint

    /** Writes the whole state, rows that await their cut included. */
    public void writeTo(DataOutput out) throws IOException {
        Checkpoint.write(centre, out);
    }

    /**
     * Reads what {@link #writeTo} wrote. Nothing awaits a cut afterwards: begin with {@link #all}.
     *
     * @throws IOException when it is not a checkpoint, or one of a version that this one does not read
     */
    public static Statistics readFrom(DataInput in) throws IOException {
        return new Statistics(Checkpoint.read(in));
    }
}
