package org.openrtd.statistics;

import org.openrtd.events.Event;

/** What the events of calls do. Their names have been checked. */
final class CallEvents {

    private final Centre centre;
    private final AgentEvents agents;

    CallEvents(Centre centre, AgentEvents agents) {
        this.centre = centre;
        this.agents = agents;
    }

    Outcome offered(Gateway gateway, Event.CallOffered event) {
        Call known = gateway.calls.get(event.call());
        CallType type = centre.callTypesByName.get(event.callType());
        boolean contradicts = gateway.picturing && known != null && known.type != type;
        if (known != null && gateway.picturing && !contradicts) {
            known.seen = gateway.picture;
            if (known.status == Call.Status.RINGING) {
                // Whether it still rings, the picture says next.
                leaveAgent(known);
                known.status = Call.Status.WAITING;
                known.group = null;
            }
            return Outcome.ACCEPTED;
        }
        Outcome outcome = Outcome.ACCEPTED;
        if (known != null) {
            // Names are used again when a call is over: the end of the one before was missed.
            close(gateway, known);
            outcome = contradicts ? Outcome.ACCEPTED : Outcome.UNTIDY;
        } else if (gateway.calls.size() >= Rules.MOST_CALLS) {
            return centre.refuse(gateway, gateway.name, "more than " + Rules.MOST_CALLS + " calls in progress");
        }
        Call call = new Call(event.call());
        call.firstOffered = event.time();
        call.seen = gateway.picture;
        gateway.calls.put(call.name, call);
        offer(call, type, event.time());
        return outcome;
    }

    /** What a picture contradicts is not the call that was known: that one is closed, and the picture's begins. */
    private Call takeAnew(Gateway gateway, Call known) {
        close(gateway, known);
        Call call = new Call(known.name);
        call.firstOffered = known.firstOffered;
        call.seen = gateway.picture;
        gateway.calls.put(call.name, call);
        offer(call, known.type, known.offered);
        return call;
    }

    /** Whether it waits where this picture, which names all the queues of a call at once, does not have it. */
    private static boolean waitsElsewhere(Gateway gateway, Call call, Event.CallQueued event) {
        return gateway.picturing
                && call.places.stream().anyMatch(place -> event.skillGroups().stream()
                        .noneMatch(name -> gateway.groups.get(name) == place.group));
    }

    /** Whether it is with another agent, or for another group, than this picture has it. */
    private static boolean isElsewhere(Gateway gateway, Call call, Event.CallAnswered event) {
        boolean otherAgent =
                call.agent != null && event.agent() != null && call.agent != gateway.agents.get(event.agent());
        boolean otherGroup = call.group != null
                && event.skillGroup() != null
                && call.group != gateway.groups.get(event.skillGroup());
        return gateway.picturing && !call.waits() && (otherAgent || otherGroup);
    }

    private void offer(Call call, CallType type, long time) {
        call.type = type;
        call.status = Call.Status.WAITING;
        call.offered = time;
        call.everQueued = false;
        call.thresholdPassed = false;
        type.atVru++;
        type.expect(call, centre.at);
        count(type, CallType.CALLS_OFFERED, 1);
    }

    Outcome queued(Gateway gateway, Event.CallQueued event) {
        Call call = gateway.calls.get(event.call());
        if (call == null || !call.waits()) {
            return unexpected(gateway, call);
        }
        if (waitsElsewhere(gateway, call, event)) {
            call = takeAnew(gateway, call);
        }
        CallType type = call.type;
        if (!call.everQueued) {
            call.everQueued = true;
            call.queuedTime = event.time();
            type.enqueue(call, centre.at);
            if (call.thresholdPassed) {
                type.queueHeld++;
            }
            count(type, CallType.ROUTER_QUEUE_CALLS, 1);
        }
        for (String name : event.skillGroups()) {
            SkillGroup group = gateway.groups.get(name);
            if (placeIn(call, group) == null) {
                Place place = new Place(group);
                place.queuedTime = event.time();
                call.places.add(place);
                group.enqueue(place, centre.at);
                group.expect(place, centre.at);
                count(group, SkillGroup.CALLS_OFFERED, 1);
            }
        }
        return Outcome.ACCEPTED;
    }

    Outcome ringing(Gateway gateway, Event.CallRinging event) {
        Call call = gateway.calls.get(event.call());
        if (call == null || !call.waits()) {
            return unexpected(gateway, call);
        }
        Agent agent = gateway.agents.get(event.agent());
        if (call.status == Call.Status.RINGING && call.agent == agent) {
            return unexpected(gateway, call);
        }
        boolean untidy = call.status == Call.Status.RINGING || !agent.loggedIn;
        leaveAgent(call);
        call.status = Call.Status.RINGING;
        call.ringing = event.time();
        call.group = group(gateway, call, event.skillGroup());
        joinAgent(call, agent);
        centre.touch(call.type);
        return untidy ? Outcome.UNTIDY : Outcome.ACCEPTED;
    }

    Outcome answered(Gateway gateway, Event.CallAnswered event) {
        Call call = gateway.calls.get(event.call());
        if (call != null && isElsewhere(gateway, call, event)) {
            call = takeAnew(gateway, call);
        }
        if (call == null || !call.waits()) {
            if (gateway.picturing && call != null && call.status == Call.Status.HELD) {
                // Whether it is still on hold, the picture says next.
                return retrieved(gateway, new Event.CallRetrieved(event.time(), call.name));
            }
            return unexpected(gateway, call);
        }
        long time = event.time();
        SkillGroup rang = call.group;
        leaveAgent(call);
        call.group = event.skillGroup() != null || rang == null ? group(gateway, call, event.skillGroup()) : rang;
        call.status = Call.Status.TALKING;
        call.answered = time;
        call.holdSeconds = 0;

        CallType type = call.type;
        count(type, CallType.CALLS_ANSWERED, 1);
        if (call.everQueued) {
            long waited = Rules.seconds(call.queuedTime, time);
            count(type, CallType.ANSWER_WAIT_TIME, waited);
            leaveQueue(call, waited);
        }
        type.atVru--;
        type.atAgent++;
        if (!call.serviceLevelDone) {
            count(type, CallType.SERVICE_LEVEL_CALLS_OFFERED, 1);
            count(type, CallType.SERVICE_LEVEL_CALLS, call.within(time - call.offered) ? 1 : 0);
        }
        call.stopClock();

        // The first answer takes the call out of all queues; only the group that answered had the call's answer.
        boolean waitedForGroup = false;
        for (Place place : call.places) {
            if (place.group == call.group) {
                waitedForGroup = true;
                count(place.group, SkillGroup.CALLS_ANSWERED, 1);
                count(place.group, SkillGroup.ANSWER_WAIT_TIME, Rules.seconds(place.queuedTime, time));
                if (!place.serviceLevelDone) {
                    boolean within = place.within(time - place.queuedTime);
                    count(place.group, SkillGroup.SERVICE_LEVEL_CALLS_OFFERED, 1);
                    count(place.group, SkillGroup.SERVICE_LEVEL_CALLS, within ? 1 : 0);
                }
            }
            leave(place);
        }
        call.places.clear();
        if (call.group != null && !waitedForGroup) {
            count(call.group, SkillGroup.CALLS_OFFERED, 1);
            count(call.group, SkillGroup.CALLS_ANSWERED, 1);
            if (call.group.threshold != Aggregate.NO_THRESHOLD) {
                count(call.group, SkillGroup.SERVICE_LEVEL_CALLS_OFFERED, 1);
                count(call.group, SkillGroup.SERVICE_LEVEL_CALLS, 1);
            }
        }
        if (event.agent() == null) {
            return Outcome.ACCEPTED;
        }
        Agent agent = gateway.agents.get(event.agent());
        joinAgent(call, agent);
        return agent.loggedIn ? Outcome.ACCEPTED : Outcome.UNTIDY;
    }

    Outcome held(Gateway gateway, Event.CallHeld event) {
        Call call = gateway.calls.get(event.call());
        if (call == null || call.status != Call.Status.TALKING) {
            return unexpected(gateway, call);
        }
        call.status = Call.Status.HELD;
        call.held = event.time();
        agents.show(call.agent);
        return Outcome.ACCEPTED;
    }

    Outcome retrieved(Gateway gateway, Event.CallRetrieved event) {
        Call call = gateway.calls.get(event.call());
        if (call == null || call.status != Call.Status.HELD) {
            return unexpected(gateway, call);
        }
        endHold(call, event.time());
        call.status = Call.Status.TALKING;
        agents.show(call.agent);
        return Outcome.ACCEPTED;
    }

    Outcome wrapUp(Gateway gateway, Event.CallWrapUp event) {
        Call call = gateway.calls.get(event.call());
        if (call == null || !call.atAgent()) {
            return unexpected(gateway, call);
        }
        endHold(call, event.time());
        call.status = Call.Status.WRAP_UP;
        call.wrapUp = event.time();
        call.type.atAgent--;
        centre.touch(call.type);
        agents.show(call.agent);
        return Outcome.ACCEPTED;
    }

    Outcome ended(Gateway gateway, Event.CallEnded event) {
        Call call = gateway.calls.get(event.call());
        if (call == null) {
            return unexpected(gateway, null);
        }
        if (call.waits()) {
            // It was neither answered nor abandoned.
            close(gateway, call);
            return Outcome.UNTIDY;
        }
        end(gateway, call, event.time());
        return Outcome.ACCEPTED;
    }

    private void end(Gateway gateway, Call call, long time) {
        handled(call, time);
        Agent agent = call.agent;
        SkillGroup group = call.group;
        gateway.calls.remove(call.name);
        if (agent != null) {
            agents.workDone(agent, group);
        }
        leaveAgent(call);
    }

    Outcome transferred(Gateway gateway, Event.CallTransferred event) {
        Call call = gateway.calls.get(event.call());
        if (call == null || !call.atAgent()) {
            return unexpected(gateway, call);
        }
        handled(call, event.time());
        if (call.agent != null) {
            agents.workFor(call.agent, call.group);
        }
        leaveAgent(call);
        call.group = null;
        offer(call, centre.callTypesByName.get(event.callType()), event.time());
        return Outcome.ACCEPTED;
    }

    Outcome notAnswered(Gateway gateway, Event.CallNotAnswered event) {
        Call call = gateway.calls.get(event.call());
        Agent agent = gateway.agents.get(event.agent());
        if (call == null || call.status != Call.Status.RINGING || call.agent != agent) {
            return unexpected(gateway, call);
        }
        leaveAgent(call);
        call.status = Call.Status.WAITING;
        call.group = null;
        count(call.type, CallType.CALLS_RONA, 1);
        boolean within = call.threshold != Aggregate.NO_THRESHOLD && call.within(event.time() - call.offered);
        count(call.type, CallType.SERVICE_LEVEL_RONA, within ? 1 : 0);
        return Outcome.ACCEPTED;
    }

    Outcome abandoned(Gateway gateway, Event.CallAbandoned event) {
        Call call = gateway.calls.get(event.call());
        if (call == null) {
            return unexpected(gateway, null);
        }
        long time = event.time();
        if (!call.waits()) {
            end(gateway, call, time);
            return Outcome.UNTIDY;
        }
        CallType type = call.type;
        boolean ringing = call.status == Call.Status.RINGING;
        boolean isShort = time - call.offered < type.abandonWait * 1000L;
        if (isShort) {
            count(type, CallType.SHORT_CALLS, 1);
        } else {
            count(type, CallType.TOTAL_CALLS_ABAND, 1);
            count(type, CallType.CALL_DELAY_ABAND_TIME, Rules.seconds(call.firstOffered, time));
            count(type, CallType.CT_DELAY_ABAND_TIME, Rules.seconds(call.offered, time));
            if (ringing) {
                count(type, CallType.ROUTER_CALLS_ABAND_TO_AGENT, 1);
                count(type, CallType.DELAY_AGENT_ABAND_TIME, Rules.seconds(call.ringing, time));
            } else if (call.everQueued) {
                count(type, CallType.ROUTER_CALLS_ABAND_Q, 1);
                count(type, CallType.DELAY_Q_ABAND_TIME, Rules.seconds(call.queuedTime, time));
            }
            if (!call.serviceLevelDone) {
                count(type, CallType.SERVICE_LEVEL_CALLS_OFFERED, 1);
                count(type, CallType.SERVICE_LEVEL_ABAND, call.within(time - call.offered) ? 1 : 0);
            }
            for (Place place : call.places) {
                count(place.group, SkillGroup.ROUTER_CALLS_ABAND_Q, ringing ? 0 : 1);
                if (!place.serviceLevelDone) {
                    boolean within = place.within(time - place.queuedTime);
                    count(place.group, SkillGroup.SERVICE_LEVEL_CALLS_OFFERED, 1);
                    count(place.group, SkillGroup.SERVICE_LEVEL_ABAND, within ? 1 : 0);
                }
            }
        }
        if (call.everQueued) {
            leaveQueue(call, Rules.seconds(call.queuedTime, time));
        }
        remove(gateway, call);
        return Outcome.ACCEPTED;
    }

    /** Ends a call of which only is known that it is no more: it counts neither as handled nor as abandoned. */
    void close(Gateway gateway, Call call) {
        gateway.callsClosed++;
        if (call.waits()) {
            remove(gateway, call);
        } else {
            if (call.atAgent()) {
                call.type.atAgent--;
            }
            centre.touch(call.type);
            gateway.calls.remove(call.name);
            leaveAgent(call);
        }
    }

    /** Takes a waiting call out of everything. */
    private void remove(Gateway gateway, Call call) {
        if (call.inQueue()) {
            leaveLine(call);
        }
        call.stopClock();
        call.places.forEach(this::leave);
        call.places.clear();
        call.type.atVru--;
        centre.touch(call.type);
        gateway.calls.remove(call.name);
        leaveAgent(call);
    }

    private void leaveQueue(Call call, long waited) {
        leaveLine(call);
        count(call.type, CallType.CALLS_LEFT_Q, 1);
        count(call.type, CallType.ROUTER_QUEUE_WAIT_TIME, waited);
    }

    private void leaveLine(Call call) {
        call.type.dequeue(call);
        if (call.thresholdPassed) {
            call.type.queueHeld--;
        }
    }

    private void leave(Place place) {
        place.group.dequeue(place);
        place.stopClock();
        centre.touch(place.group);
    }

    /** Counts talk, hold and handle time, wholly and now. */
    private void handled(Call call, long time) {
        boolean wrapped = call.status == Call.Status.WRAP_UP;
        if (!wrapped) {
            endHold(call, time);
            call.type.atAgent--;
        }
        long conversation = Rules.seconds(call.answered, wrapped ? call.wrapUp : time);
        long talk = Math.max(0, conversation - call.holdSeconds);
        long work = wrapped ? Rules.seconds(call.wrapUp, time) : 0;
        long handle = talk + call.holdSeconds + work;
        count(call.type, CallType.CALLS_HANDLED, 1);
        count(call.type, CallType.TALK_TIME, talk);
        count(call.type, CallType.HOLD_TIME, call.holdSeconds);
        count(call.type, CallType.HANDLE_TIME, handle);
        if (call.group != null) {
            count(call.group, SkillGroup.CALLS_HANDLED, 1);
            count(call.group, SkillGroup.HANDLED_CALLS_TALK_TIME, talk);
            count(call.group, SkillGroup.HANDLED_CALLS_TIME, handle);
        }
    }

    private static void endHold(Call call, long time) {
        if (call.status == Call.Status.HELD) {
            call.holdSeconds += Rules.seconds(call.held, time);
        }
    }

    /** In which group a call counts: the one that is named, else the first that it was queued for. */
    private static SkillGroup group(Gateway gateway, Call call, String name) {
        if (name != null) {
            return gateway.groups.get(name);
        }
        return call.places.isEmpty() ? null : call.places.get(0).group;
    }

    private static Place placeIn(Call call, SkillGroup group) {
        for (Place place : call.places) {
            if (place.group == group) {
                return place;
            }
        }
        return null;
    }

    private void joinAgent(Call call, Agent agent) {
        call.agent = agent;
        agent.calls.add(call);
        agents.tasksChanged(agent, call.group, 1);
    }

    private void leaveAgent(Call call) {
        Agent agent = call.agent;
        if (agent != null) {
            call.agent = null;
            agent.calls.remove(call);
            agents.tasksChanged(agent, call.group, -1);
        }
    }

    private void count(Aggregate aggregate, int counter, long amount) {
        aggregate.counters.add(counter, amount, centre.pending());
        centre.touch(aggregate);
    }

    /** An event that does not fit; in a picture of the present it only repeats what is known. */
    private static Outcome unexpected(Gateway gateway, Call call) {
        return gateway.picturing && call != null ? Outcome.ACCEPTED : Outcome.UNTIDY;
    }
}
