package org.openrtd.events;

import java.util.List;

/**
 * Something that happened at a peripheral, or to a gateway.
 *
 * <p>Names are the peripheral's: a {@code call} is unique among the gateway's present calls; an {@code agent} is the
 * agent's {@code Agent.PeripheralNumber}, a {@code skillGroup} the {@code Skill_Group.PeripheralName}, both within the
 * gateway's peripheral; a {@code callType} is the {@code Call_Type.EnterpriseName}. Times are UTC ms. An event takes
 * effect when it is folded; its own time serves durations.
 */
public sealed interface Event {

    /** When it happened, by the peripheral's clock, UTC ms. */
    long time();

    /** A call came in for a call type; it is at the voice response unit until it is answered or abandoned. */
    record CallOffered(long time, String call, String callType) implements Event {}

    /** The call entered the queue of one or several skill groups; the first answer takes it out of all of them. */
    record CallQueued(long time, String call, List<String> skillGroups) implements Event {
        public CallQueued {
            skillGroups = List.copyOf(skillGroups);
        }
    }

    /** The call rings at an agent, who is Reserved until it is answered, not answered or abandoned. */
    record CallRinging(long time, String call, String agent, String skillGroup) implements Event {}

    /**
     * The call was answered.
     *
     * @param agent who answered, or {@code null} when the peripheral does not say
     * @param skillGroup in which group it counts, or {@code null}: then the call's first queue, if it had one
     */
    record CallAnswered(long time, String call, String agent, String skillGroup) implements Event {}

    record CallHeld(long time, String call) implements Event {}

    record CallRetrieved(long time, String call) implements Event {}

    /**
     * The agent passed the call on: the call leaves the agent (who wraps up or is free), and is offered anew to a call
     * type.
     */
    record CallTransferred(long time, String call, String callType) implements Event {}

    /** The call rang and was not answered (redirection on no answer); it goes back to where it waited. */
    record CallNotAnswered(long time, String call, String agent) implements Event {}

    /**
     * The conversation is over and the agent has after-call work to do; the call is handled when {@link CallEnded} comes.
     */
    record CallWrapUp(long time, String call) implements Event {}

    /** All is done, wrap-up included; talk, hold and handle time count now. */
    record CallEnded(long time, String call) implements Event {}

    /** The caller gave up: in the queue, at the ringing telephone, or at the voice response unit. */
    record CallAbandoned(long time, String call) implements Event {}

    /** The agent logged in to these groups; the state is Not Ready until {@link AgentStateChanged} says otherwise. */
    record AgentLoggedIn(long time, String agent, List<String> skillGroups, String extension) implements Event {
        public AgentLoggedIn {
            skillGroups = List.copyOf(skillGroups);
        }
    }

    /**
     * The agent chose a state.
     *
     * @param state 2 Not Ready, 3 Ready, 5 Work Not Ready, 6 Work Ready; the others follow from calls
     * @param reason the reason code of Not Ready, 0 for none
     */
    record AgentStateChanged(long time, String agent, int state, int reason) implements Event {}

    record AgentLoggedOut(long time, String agent, int reason) implements Event {}

    /**
     * The gateway is connected to its peripheral. When {@code presentFollows}, the events up to {@link GatewayPresent}
     * are a picture of its present, and what they omit is closed and counted.
     */
    record GatewayUp(long time, boolean presentFollows) implements Event {}

    /** Ends the picture that {@link GatewayUp} began. */
    record GatewayPresent(long time) implements Event {}

    /**
     * Nothing has been heard of the gateway, found by the centre: its agents show Unknown until it is heard again; then
     * all is as it was.
     */
    record GatewaySilent(long time) implements Event {}

    /** The gateway, found silent before, is heard again and goes on where it was. */
    record GatewayHeard(long time) implements Event {}

    /** The gateway lost its peripheral, or is done; the reason is for people ({@code finished} after a replay). */
    record GatewayLost(long time, String reason) implements Event {}

    /** All events up to and including {@code time} have been sent, by the one gateway that owns the clock or the centre. */
    record ClockAdvanced(long time) implements Event {}

    /**
     * What the gateway needs to be configured before its first event, entered as one configuration transaction where the
     * gateway's setting at the centre allows it; refused, counted and shown otherwise.
     */
    record ConfigurationWanted(long time, List<String> callTypes, List<String> skillGroups, List<AgentWanted> agents)
            implements Event {
        public ConfigurationWanted {
            callTypes = List.copyOf(callTypes);
            skillGroups = List.copyOf(skillGroups);
            agents = List.copyOf(agents);
        }
    }

    /** One agent of {@link ConfigurationWanted}, a member of those groups. */
    record AgentWanted(String agent, String firstName, String lastName, List<String> skillGroups) {
        public AgentWanted {
            skillGroups = List.copyOf(skillGroups);
        }
    }
}
