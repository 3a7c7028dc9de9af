package org.openrtd.statistics;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.openrtd.events.Event;

/**
 * Which names of an event the configuration does not have, for whoever configures them automatically.
 *
 * @param gateway whether the gateway's own name is that of a peripheral; if not, no other name can be known
 */
public record Resolution(
        boolean gateway, List<String> unknownCallTypes, List<String> unknownSkillGroups, List<String> unknownAgents) {

    private static final Resolution COMPLETE = new Resolution(true, List.of(), List.of(), List.of());

    public Resolution {
        unknownCallTypes = List.copyOf(unknownCallTypes);
        unknownSkillGroups = List.copyOf(unknownSkillGroups);
        unknownAgents = List.copyOf(unknownAgents);
    }

    /** Whether the event can be folded as things are. */
    public boolean complete() {
        return gateway && unknownCallTypes.isEmpty() && unknownSkillGroups.isEmpty() && unknownAgents.isEmpty();
    }

    static Resolution of(Centre centre, Gateway gateway, Event event) {
        if (event instanceof Event.ClockAdvanced) {
            return COMPLETE;
        }
        Set<String> callTypes = new LinkedHashSet<>();
        Set<String> groups = new LinkedHashSet<>();
        Set<String> agents = new LinkedHashSet<>();
        if (event instanceof Event.CallOffered e) {
            callTypes.add(e.callType());
        } else if (event instanceof Event.CallTransferred e) {
            callTypes.add(e.callType());
        } else if (event instanceof Event.CallQueued e) {
            groups.addAll(e.skillGroups());
        } else if (event instanceof Event.CallRinging e) {
            agents.add(e.agent());
            groups.add(e.skillGroup());
        } else if (event instanceof Event.CallAnswered e) {
            agents.add(e.agent());
            groups.add(e.skillGroup());
        } else if (event instanceof Event.CallNotAnswered e) {
            agents.add(e.agent());
        } else if (event instanceof Event.AgentLoggedIn e) {
            agents.add(e.agent());
            groups.addAll(e.skillGroups());
        } else if (event instanceof Event.AgentStateChanged e) {
            agents.add(e.agent());
        } else if (event instanceof Event.AgentLoggedOut e) {
            agents.add(e.agent());
        } else if (event instanceof Event.ConfigurationWanted e) {
            e.callTypes().forEach(wanted -> callTypes.add(wanted.callType()));
            e.skillGroups().forEach(wanted -> groups.add(wanted.skillGroup()));
            for (Event.AgentWanted wanted : e.agents()) {
                agents.add(wanted.agent());
                groups.addAll(wanted.skillGroups());
            }
        }
        callTypes.removeIf(name -> name == null || centre.callTypesByName.containsKey(name));
        groups.removeIf(name -> name == null || gateway != null && gateway.groups.containsKey(name));
        agents.removeIf(name -> name == null || gateway != null && gateway.agents.containsKey(name));
        if (gateway != null && callTypes.isEmpty() && groups.isEmpty() && agents.isEmpty()) {
            return COMPLETE;
        }
        return new Resolution(gateway != null, List.copyOf(callTypes), List.copyOf(groups), List.copyOf(agents));
    }
}
