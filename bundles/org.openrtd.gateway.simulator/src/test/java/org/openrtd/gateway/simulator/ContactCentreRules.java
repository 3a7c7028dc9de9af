package org.openrtd.gateway.simulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openrtd.events.Event;

/**
 * What can happen in a contact centre and what cannot: takes events one by one and keeps the first that broke a rule. It
 * knows the rules of calls and agents, and nothing of how the events were made.
 */
final class ContactCentreRules {

    /** Where a call is. */
    enum Where {
        AT_VRU,
        QUEUED,
        RINGING,
        TALKING,
        HELD,
        WRAPPING_UP
    }

    static final class Call {
        String type;
        Where where;
        List<String> queues = List.of();
        String agent;
        long since;
        long offered;
    }

    static final class Agent {
        Set<String> groups;
        String call;
        int chosen = 2;
    }

    final Map<String, Call> calls = new HashMap<>();
    final Map<String, Agent> agents = new HashMap<>();
    final Map<Class<?>, Integer> kinds = new HashMap<>();
    final List<Long> waits = new ArrayList<>();
    int mostWaiting;
    int offered;
    int answered;
    int abandoned;
    int shortCalls;
    int waiting;
    /** Within the threshold of the call's type; its clock starts at the offer. */
    int answeredInTime;

    int abandonedInTime;
    int serviceLevelOffered;
    private final Map<String, Integer> thresholds = new HashMap<>();
    private final Set<String> callTypes = new HashSet<>();
    private final Set<String> skillGroups = new HashSet<>();
    private final Set<Integer> reasons = new HashSet<>();
    private final Map<String, Set<String>> members = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private long clock;
    private long time;

    /** Takes the event; throws when it cannot have happened. */
    void take(Event event) {
        kinds.merge(event.getClass(), 1, Integer::sum);
        rule(event.time() >= time, event, "time goes back");
        rule(event.time() > clock || clock == 0, event, "its second was over already");
        time = event.time();
        if (event instanceof Event.CallOffered offer) {
            rule(callTypes.contains(offer.callType()), event, "an unknown call type");
            rule(seen.add(offer.call()), event, "a call's number came again");
            Call call = new Call();
            call.type = offer.callType();
            call.where = Where.AT_VRU;
            call.since = time;
            call.offered = time;
            calls.put(offer.call(), call);
            offered++;
        } else if (event instanceof Event.CallQueued queue) {
            Call call = call(queue.call(), event, Where.AT_VRU);
            rule(skillGroups.containsAll(queue.skillGroups()), event, "an unknown skill group");
            rule(
                    new HashSet<>(queue.skillGroups()).size()
                            == queue.skillGroups().size(),
                    event,
                    "a group twice");
            call.queues = queue.skillGroups();
            call.where = Where.QUEUED;
            call.since = time;
            mostWaiting = Math.max(mostWaiting, ++waiting);
        } else if (event instanceof Event.CallRinging ring) {
            Call call = call(ring.call(), event, Where.AT_VRU, Where.QUEUED);
            Agent agent = agent(ring.agent(), event);
            rule(agent.call == null, event, "the agent has another call");
            rule(agent.chosen == 3, event, "the agent is not ready");
            rule(agent.groups.contains(ring.skillGroup()), event, "the agent is not in the group");
            rule(
                    call.queues.isEmpty() || call.queues.contains(ring.skillGroup()),
                    event,
                    "the call does not wait there");
            if (call.where == Where.QUEUED) {
                waiting--;
            }
            agent.call = ring.call();
            call.agent = ring.agent();
            call.where = Where.RINGING;
        } else if (event instanceof Event.CallAnswered answer) {
            Call call = call(answer.call(), event, Where.RINGING);
            rule(answer.agent().equals(call.agent), event, "it rang at another agent");
            rule(agent(answer.agent(), event).groups.contains(answer.skillGroup()), event, "not the agent's group");
            serviceLevelOffered++;
            answeredInTime += inTime(call) ? 1 : 0;
            waits.add(call.queues.isEmpty() ? 0 : time - call.since);
            call.where = Where.TALKING;
            answered++;
        } else if (event instanceof Event.CallNotAnswered not) {
            Call call = call(not.call(), event, Where.RINGING);
            rule(not.agent().equals(call.agent), event, "it rang at another agent");
            agent(not.agent(), event).call = null;
            call.agent = null;
            call.where = call.queues.isEmpty() ? Where.AT_VRU : Where.QUEUED;
            if (call.where == Where.QUEUED) {
                mostWaiting = Math.max(mostWaiting, ++waiting);
            }
        } else if (event instanceof Event.CallHeld held) {
            call(held.call(), event, Where.TALKING).where = Where.HELD;
        } else if (event instanceof Event.CallRetrieved retrieved) {
            call(retrieved.call(), event, Where.HELD).where = Where.TALKING;
        } else if (event instanceof Event.CallTransferred transfer) {
            Call call = call(transfer.call(), event, Where.TALKING);
            rule(callTypes.contains(transfer.callType()), event, "an unknown call type");
            agent(call.agent, event).call = null;
            call.agent = null;
            call.queues = List.of();
            call.where = Where.AT_VRU;
            call.type = transfer.callType();
            call.offered = time;
        } else if (event instanceof Event.CallWrapUp wrapUp) {
            call(wrapUp.call(), event, Where.TALKING).where = Where.WRAPPING_UP;
        } else if (event instanceof Event.CallEnded ended) {
            Call call = call(ended.call(), event, Where.TALKING, Where.WRAPPING_UP);
            agent(call.agent, event).call = null;
            calls.remove(ended.call());
        } else if (event instanceof Event.CallAbandoned gone) {
            Call call = call(gone.call(), event, Where.AT_VRU, Where.QUEUED, Where.RINGING);
            if (call.agent != null) {
                agent(call.agent, event).call = null;
            }
            if (call.where == Where.QUEUED) {
                waiting--;
            }
            abandoned++;
            serviceLevelOffered++;
            abandonedInTime += inTime(call) ? 1 : 0;
            if (time - call.since < 5_000) {
                shortCalls++;
            }
            calls.remove(gone.call());
        } else if (event instanceof Event.AgentLoggedIn login) {
            rule(members.containsKey(login.agent()), event, "an unknown agent");
            rule(
                    members.get(login.agent()).equals(new HashSet<>(login.skillGroups())),
                    event,
                    "not the agent's groups");
            Agent agent = new Agent();
            agent.groups = new HashSet<>(login.skillGroups());
            rule(agents.put(login.agent(), agent) == null, event, "the agent is logged in already");
        } else if (event instanceof Event.AgentStateChanged change) {
            Agent agent = agent(change.agent(), event);
            rule(change.reason() == 0 || reasons.contains(change.reason()), event, "an unknown reason code");
            rule(change.state() == 2 || change.reason() == 0, event, "a reason for being ready");
            agent.chosen = change.state();
        } else if (event instanceof Event.AgentLoggedOut logout) {
            rule(agent(logout.agent(), event).call == null, event, "the agent has a call");
            rule(reasons.contains(logout.reason()), event, "an unknown reason code");
            agents.remove(logout.agent());
        } else if (event instanceof Event.ClockAdvanced) {
            rule(time % 1_000 == 0, event, "not a whole second");
            rule(clock == 0 || time == clock + 1_000, event, "a second is missing");
            clock = time;
        } else if (event instanceof Event.ConfigurationWanted wanted) {
            wanted.callTypes().forEach(type -> {
                callTypes.add(type.callType());
                thresholds.put(type.callType(), type.serviceLevelThreshold());
            });
            wanted.skillGroups().forEach(group -> skillGroups.add(group.skillGroup()));
            wanted.reasons().forEach(reason -> reasons.add(reason.reason()));
            wanted.agents().forEach(agent -> {
                rule(skillGroups.containsAll(agent.skillGroups()), event, "a member of an unknown group");
                members.put(agent.agent(), new HashSet<>(agent.skillGroups()));
            });
        } else if (event instanceof Event.GatewayUp || event instanceof Event.GatewayPresent) {
            rule(calls.isEmpty() && agents.isEmpty(), event, "calls or agents are left over");
            seen.clear();
        } else {
            rule(false, event, "a simulator does not say this");
        }
    }

    private boolean inTime(Call call) {
        return time - call.offered <= thresholds.get(call.type) * 1_000L;
    }

    /** Of all calls, those abandoned in time left out: service level type 1. */
    double serviceLevel() {
        return answeredInTime / (double) (serviceLevelOffered - abandonedInTime);
    }

    long clock() {
        return clock;
    }

    private Call call(String name, Event event, Where... allowed) {
        Call call = calls.get(name);
        rule(call != null, event, "there is no such call");
        rule(List.of(allowed).contains(call.where), event, "the call is " + call.where);
        return call;
    }

    private Agent agent(String number, Event event) {
        Agent agent = agents.get(number);
        rule(agent != null, event, "the agent is not logged in");
        return agent;
    }

    private static void rule(boolean kept, Event event, String broken) {
        if (!kept) {
            throw new AssertionError(broken + ": " + event);
        }
    }
}
