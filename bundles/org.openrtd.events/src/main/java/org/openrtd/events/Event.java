package org.openrtd.events;

import java.util.List;

/**
 * Something that happened at a peripheral, or to a gateway.
 *
 * <p>Names are the peripheral's: a {@code call} is unique among the gateway's present calls; an {@code agent} is the
 * agent's {@code Agent.PeripheralNumber}, a {@code skillGroup} the {@code Skill_Group.PeripheralName}, both within the
 * gateway's peripheral; a {@code callType} is the {@code Call_Type.EnterpriseName}. Times are UTC ms, from 1970 to 9999. An
 * event takes effect when it is folded; its own time serves durations. Nonsense is refused when an event is made, so
 * that nobody who folds, logs or shows one needs to look again.
 */
public sealed interface Event {

    /** When it happened, by the peripheral's clock, UTC ms. */
    long time();

    /** Tells the names that have to be configured before the event can be folded, in this order; one may come twice. */
    default void mention(Mentioned to) {}

    /** Hears the names of an event. */
    interface Mentioned {

        void callType(String name);

        void agent(String name);

        void skillGroup(String name);
    }

    /** A call came in for a call type; it is at the voice response unit until it is answered or abandoned. */
    record CallOffered(long time, String call, String callType) implements Event {
        public CallOffered {
            Names.time(time);
            Names.name("call", call);
            Names.name("callType", callType);
        }

        @Override
        public void mention(Mentioned to) {
            to.callType(callType);
        }
    }

    /** The call entered the queue of one or several skill groups; the first answer takes it out of all of them. */
    record CallQueued(long time, String call, List<String> skillGroups) implements Event {
        public CallQueued {
            Names.time(time);
            Names.name("call", call);
            skillGroups = Names.names("skillGroups", skillGroups);
            if (skillGroups.isEmpty()) {
                throw new IllegalArgumentException("A call is queued to at least one skill group");
            }
        }

        @Override
        public void mention(Mentioned to) {
            skillGroups.forEach(to::skillGroup);
        }
    }

    /** The call rings at an agent, who is Reserved until it is answered, not answered or abandoned. */
    record CallRinging(long time, String call, String agent, String skillGroup) implements Event {
        public CallRinging {
            Names.time(time);
            Names.name("call", call);
            Names.name("agent", agent);
            Names.name("skillGroup", skillGroup);
        }

        @Override
        public void mention(Mentioned to) {
            to.agent(agent);
            to.skillGroup(skillGroup);
        }
    }

    /**
     * The call was answered.
     *
     * @param agent who answered, or {@code null} when the peripheral does not say
     * @param skillGroup in which group it counts, or {@code null}: then the call's first queue, if it had one
     */
    record CallAnswered(long time, String call, String agent, String skillGroup) implements Event {
        public CallAnswered {
            Names.time(time);
            Names.name("call", call);
            Names.nameOrNull("agent", agent);
            Names.nameOrNull("skillGroup", skillGroup);
        }

        @Override
        public void mention(Mentioned to) {
            if (agent != null) {
                to.agent(agent);
            }
            if (skillGroup != null) {
                to.skillGroup(skillGroup);
            }
        }
    }

    record CallHeld(long time, String call) implements Event {
        public CallHeld {
            Names.time(time);
            Names.name("call", call);
        }
    }

    record CallRetrieved(long time, String call) implements Event {
        public CallRetrieved {
            Names.time(time);
            Names.name("call", call);
        }
    }

    /**
     * The agent passed the call on: the call leaves the agent (who wraps up or is free), and is offered anew to a call
     * type.
     */
    record CallTransferred(long time, String call, String callType) implements Event {
        public CallTransferred {
            Names.time(time);
            Names.name("call", call);
            Names.name("callType", callType);
        }

        @Override
        public void mention(Mentioned to) {
            to.callType(callType);
        }
    }

    /** The call rang and was not answered (redirection on no answer); it goes back to where it waited. */
    record CallNotAnswered(long time, String call, String agent) implements Event {
        public CallNotAnswered {
            Names.time(time);
            Names.name("call", call);
            Names.name("agent", agent);
        }

        @Override
        public void mention(Mentioned to) {
            to.agent(agent);
        }
    }

    /**
     * The conversation is over and the agent has after-call work to do; the call is handled when {@link CallEnded} comes.
     */
    record CallWrapUp(long time, String call) implements Event {
        public CallWrapUp {
            Names.time(time);
            Names.name("call", call);
        }
    }

    /** All is done, wrap-up included; talk, hold and handle time count now. */
    record CallEnded(long time, String call) implements Event {
        public CallEnded {
            Names.time(time);
            Names.name("call", call);
        }
    }

    /** The caller gave up: in the queue, at the ringing telephone, or at the voice response unit. */
    record CallAbandoned(long time, String call) implements Event {
        public CallAbandoned {
            Names.time(time);
            Names.name("call", call);
        }
    }

    /**
     * The agent logged in to these groups; the state is Not Ready until {@link AgentStateChanged} says otherwise.
     *
     * @param extension the agent's telephone, or {@code null} when the peripheral does not say
     */
    record AgentLoggedIn(long time, String agent, List<String> skillGroups, String extension) implements Event {
        public AgentLoggedIn {
            Names.time(time);
            Names.name("agent", agent);
            skillGroups = Names.names("skillGroups", skillGroups);
            Names.nameOrNull("extension", extension);
        }

        @Override
        public void mention(Mentioned to) {
            to.agent(agent);
            skillGroups.forEach(to::skillGroup);
        }
    }

    /**
     * The agent chose a state.
     *
     * @param state 2 Not Ready, 3 Ready, 5 Work Not Ready, 6 Work Ready; the others follow from calls
     * @param reason the reason code of Not Ready, 0 for none
     */
    record AgentStateChanged(long time, String agent, int state, int reason) implements Event {
        public AgentStateChanged {
            Names.time(time);
            Names.name("agent", agent);
            if (state != 2 && state != 3 && state != 5 && state != 6) {
                throw new IllegalArgumentException("Agents choose state 2, 3, 5 or 6, not " + state);
            }
            Names.reason(reason);
        }

        @Override
        public void mention(Mentioned to) {
            to.agent(agent);
        }
    }

    record AgentLoggedOut(long time, String agent, int reason) implements Event {
        public AgentLoggedOut {
            Names.time(time);
            Names.name("agent", agent);
            Names.reason(reason);
        }

        @Override
        public void mention(Mentioned to) {
            to.agent(agent);
        }
    }

    /**
     * The gateway is connected to its peripheral. When {@code presentFollows}, the events up to {@link GatewayPresent}
     * are a picture of its present: what they omit is closed and counted, and so is a call that they show in another call
     * type, queue or agent's hands, which then begins anew. In a picture one {@link CallQueued} names all the queues of a
     * call.
     */
    record GatewayUp(long time, boolean presentFollows) implements Event {
        public GatewayUp {
            Names.time(time);
        }
    }

    /** Ends the picture that {@link GatewayUp} began. */
    record GatewayPresent(long time) implements Event {
        public GatewayPresent {
            Names.time(time);
        }
    }

    /**
     * Nothing has been heard of the gateway, found by the centre: its agents show Unknown until it is heard again; then
     * all is as it was.
     */
    record GatewaySilent(long time) implements Event {
        public GatewaySilent {
            Names.time(time);
        }
    }

    /** The gateway, found silent before, is heard again and goes on where it was. */
    record GatewayHeard(long time) implements Event {
        public GatewayHeard {
            Names.time(time);
        }
    }

    /** The gateway lost its peripheral, or is done; the reason is for people ({@code finished} after a replay). */
    record GatewayLost(long time, String reason) implements Event {
        public GatewayLost {
            Names.time(time);
            Names.text("reason", reason);
        }
    }

    /** All events up to and including {@code time} have been sent, by the one gateway that owns the clock or the centre. */
    record ClockAdvanced(long time) implements Event {
        public ClockAdvanced {
            Names.time(time);
        }
    }

    /**
     * What the gateway needs to be configured before its first event, entered as one configuration transaction where the
     * gateway's setting at the centre allows it; refused, counted and shown otherwise. It adds and never changes: what is
     * there already stays as it is. A configuration too large for one event ({@link EventCodec#MAX_EVENT}) is sent as
     * several, each a transaction, groups before the agents in them.
     *
     * @param timeZone the peripheral's zone, as {@link java.time.ZoneId} knows it: its agents' and groups' days begin there
     */
    record ConfigurationWanted(
            long time,
            String timeZone,
            List<CallTypeWanted> callTypes,
            List<SkillGroupWanted> skillGroups,
            List<AgentWanted> agents,
            List<ReasonWanted> reasons)
            implements Event {
        public ConfigurationWanted {
            Names.time(time);
            Names.zone(timeZone);
            callTypes = List.copyOf(callTypes);
            skillGroups = List.copyOf(skillGroups);
            agents = List.copyOf(agents);
            reasons = List.copyOf(reasons);
        }

        @Override
        public void mention(Mentioned to) {
            callTypes.forEach(wanted -> to.callType(wanted.callType()));
            skillGroups.forEach(wanted -> to.skillGroup(wanted.skillGroup()));
            agents.forEach(wanted -> {
                to.agent(wanted.agent());
                wanted.skillGroups().forEach(to::skillGroup);
            });
        }
    }

    /**
     * One call type of {@link ConfigurationWanted}.
     *
     * @param serviceLevelThreshold in seconds
     * @param serviceLevelType how abandoned calls enter the service level: 1, 2 or 3
     * @param abandonWaitTime in seconds: who leaves sooner made a short call and did not abandon
     */
    record CallTypeWanted(String callType, int serviceLevelThreshold, int serviceLevelType, int abandonWaitTime) {
        public CallTypeWanted {
            Names.name("callType", callType);
            Names.serviceLevel(serviceLevelThreshold, serviceLevelType);
            Names.seconds("abandonWaitTime", abandonWaitTime);
        }
    }

    /**
     * One skill group of {@link ConfigurationWanted}.
     *
     * @param serviceLevelThreshold in seconds, from the queueing
     * @param serviceLevelType as for {@link CallTypeWanted}
     */
    record SkillGroupWanted(String skillGroup, int serviceLevelThreshold, int serviceLevelType) {
        public SkillGroupWanted {
            Names.name("skillGroup", skillGroup);
            Names.serviceLevel(serviceLevelThreshold, serviceLevelType);
        }
    }

    /** One agent of {@link ConfigurationWanted}, a member of those groups; the names are the person's, either may be empty. */
    record AgentWanted(String agent, String firstName, String lastName, List<String> skillGroups) {
        public AgentWanted {
            Names.name("agent", agent);
            Names.text("firstName", firstName);
            Names.text("lastName", lastName);
            skillGroups = Names.names("skillGroups", skillGroups);
        }
    }

    /** One reason code of {@link ConfigurationWanted}, for Not Ready and for logging out. */
    record ReasonWanted(int reason, String text) {
        public ReasonWanted {
            Names.reason(reason);
            Names.text("text", text);
        }
    }
}
