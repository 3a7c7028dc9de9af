package org.openrtd.statistics;

import java.util.ArrayList;
import org.openrtd.events.Event;

/** What the events of agents do, and which state an agent shows. Names have been checked. */
final class AgentEvents {

    private final Centre centre;

    AgentEvents(Centre centre) {
        this.centre = centre;
    }

    Outcome loggedIn(Gateway gateway, Event.AgentLoggedIn event) {
        Agent agent = gateway.agents.get(event.agent());
        agent.seen = gateway.picture;
        Outcome outcome = Outcome.ACCEPTED;
        if (agent.loggedIn) {
            outcome = gateway.picturing ? Outcome.ACCEPTED : Outcome.UNTIDY;
        } else {
            agent.loggedIn = true;
            agent.loginAt = centre.at;
            agent.chosen = Agent.NOT_READY;
            explain(agent, 0);
            agent.workGroup = null;
            gateway.agentsLoggedOn++;
        }
        agent.extension = event.extension();
        for (Member member : new ArrayList<>(agent.members)) {
            if (member.loggedIn && !event.skillGroups().contains(member.group.peripheralName)) {
                logOut(member);
            }
        }
        for (String name : event.skillGroups()) {
            SkillGroup group = gateway.groups.get(name);
            Member member = agent.member(group);
            if (member == null) {
                member = join(agent, group);
            }
            if (!member.loggedIn) {
                member.loggedIn = true;
                member.loginAt = centre.at;
                centre.touch(member);
            }
        }
        centre.touch(gateway);
        show(agent);
        return outcome;
    }

    Outcome stateChanged(Gateway gateway, Event.AgentStateChanged event) {
        Agent agent = gateway.agents.get(event.agent());
        if (!agent.loggedIn) {
            return Outcome.UNTIDY;
        }
        agent.chosen = event.state();
        explain(agent, event.state() == Agent.NOT_READY ? event.reason() : 0);
        show(agent);
        return Outcome.ACCEPTED;
    }

    Outcome loggedOut(Gateway gateway, Event.AgentLoggedOut event) {
        Agent agent = gateway.agents.get(event.agent());
        if (!agent.loggedIn) {
            return Outcome.UNTIDY;
        }
        logOut(agent, event.reason());
        return Outcome.ACCEPTED;
    }

    void logOut(Agent agent, int reason) {
        agent.loggedIn = false;
        agent.loginAt = 0;
        agent.extension = null;
        explain(agent, reason);
        agent.workGroup = null;
        if (agent.gateway != null) {
            agent.gateway.agentsLoggedOn--;
            centre.touch(agent.gateway);
        }
        show(agent);
        for (Member member : new ArrayList<>(agent.members)) {
            logOut(member);
        }
    }

    private void logOut(Member member) {
        if (member.loggedIn) {
            member.loggedIn = false;
            member.loginAt = 0;
            centre.touch(member);
        }
        show(member);
        if (!member.configured) {
            remove(member);
        }
    }

    /** The reason code is the agent's, and shows in each of its groups. */
    private void explain(Agent agent, int reason) {
        if (agent.reason != reason) {
            agent.reason = reason;
            agent.members.forEach(centre::touch);
        }
    }

    Member join(Agent agent, SkillGroup group) {
        Member member = new Member(agent, group);
        member.calls =
                (int) agent.calls.stream().filter(call -> call.group == group).count();
        agent.members.add(member);
        centre.touch(member);
        return member;
    }

    void remove(Member member) {
        member.loggedIn = false;
        show(member);
        member.gone = true;
        member.agent.members.remove(member);
        centre.touch(member);
    }

    /** The number of an agent's calls changed, for a group or for none. */
    void tasksChanged(Agent agent, SkillGroup group, int by) {
        agent.tasksAt = centre.at;
        Member member = group == null ? null : agent.member(group);
        if (member != null) {
            member.calls += by;
            centre.touch(member);
        }
        show(agent);
    }

    /** After-call work that no call stands for is work for this group, where the agent is in it. */
    void workFor(Agent agent, SkillGroup group) {
        Member member = group == null ? null : agent.member(group);
        agent.workGroup = member != null && member.loggedIn ? group : null;
    }

    /** A call is over, its wrap-up included: chosen after-call work ends with it. */
    void workDone(Agent agent, SkillGroup group) {
        workFor(agent, group);
        if (agent.chosen == Agent.WORK_READY) {
            agent.chosen = Agent.READY;
        } else if (agent.chosen == Agent.WORK_NOT_READY) {
            agent.chosen = Agent.NOT_READY;
        }
    }

    /**
     * Hides the states of all who are logged in at a peripheral behind Unknown, or shows them again. Nothing else is
     * touched: a gateway that was silent for a while and goes on leaves all as if it had not been.
     */
    void hide(Gateway gateway, boolean hidden) {
        if (gateway.hidden == hidden) {
            return;
        }
        gateway.hiddenAt = hidden ? centre.at : 0;
        gateway.hidden = hidden;
        for (Agent agent : centre.agents.values()) {
            if (agent.gateway == gateway && agent.loggedIn) {
                centre.touch(agent);
                for (Member member : agent.members) {
                    if (member.loggedIn) {
                        member.count(!hidden, centre.pending());
                        member.place();
                        centre.touch(member);
                        centre.touch(member.group);
                    }
                }
            }
        }
    }

    /** Brings the states that show up to date. */
    void show(Agent agent) {
        if (agent == null) {
            return;
        }
        centre.touch(agent);
        int state = agent.loggedIn ? agent.stateNow() : Agent.LOGGED_OFF;
        if (state != agent.state) {
            agent.state = state;
            agent.stateAt = centre.at;
        }
        for (Member member : agent.members) {
            show(member);
        }
    }

    private void show(Member member) {
        Agent agent = member.agent;
        int state = agent.loggedIn && member.loggedIn ? agent.stateNowIn(member.group) : Agent.LOGGED_OFF;
        if (state != member.state) {
            member.show(state, centre.at, centre.pending());
            centre.touch(member.group);
            centre.touch(member);
        }
    }
}
