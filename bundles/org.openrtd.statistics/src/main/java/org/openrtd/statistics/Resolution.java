package org.openrtd.statistics;

import java.util.List;

/**
 * Which names of an event the configuration does not have, for whoever configures them automatically.
 *
 * @param gateway whether the gateway's own name is that of a peripheral; if not, no other name can be known
 */
public record Resolution(
        boolean gateway, List<String> unknownCallTypes, List<String> unknownSkillGroups, List<String> unknownAgents) {

    static final Resolution COMPLETE = new Resolution(true, List.of(), List.of(), List.of());

    public Resolution {
        unknownCallTypes = List.copyOf(unknownCallTypes);
        unknownSkillGroups = List.copyOf(unknownSkillGroups);
        unknownAgents = List.copyOf(unknownAgents);
    }

    /** Whether the event can be folded as things are. */
    public boolean complete() {
        return gateway && unknownCallTypes.isEmpty() && unknownSkillGroups.isEmpty() && unknownAgents.isEmpty();
    }
}
