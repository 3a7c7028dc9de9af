package org.openrtd.realtimeserver.internal;

import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.openrtd.centraldb.Provisioning;
import org.openrtd.events.Event;

/** What gateways want configured, in the words of the central database. */
final class Wanted {

    private Wanted() {}

    static Provisioning provisioning(String gateway, Event.ConfigurationWanted event) {
        return new Provisioning(
                gateway,
                event.timeZone(),
                event.callTypes().stream().map(Event.CallTypeWanted::callType).toList(),
                event.skillGroups().stream()
                        .map(Event.SkillGroupWanted::skillGroup)
                        .toList(),
                event.agents().stream()
                        .map(agent -> new Provisioning.Agent(
                                agent.agent(), agent.firstName(), agent.lastName(), agent.skillGroups()))
                        .toList());
    }

    /** Of names that turned up in events: all that is known of an agent is the number. */
    static Provisioning provisioning(
            String gateway, ZoneId zone, Set<String> callTypes, Set<String> skillGroups, Set<String> agents) {
        return new Provisioning(
                gateway,
                zone.getId(),
                List.copyOf(callTypes),
                List.copyOf(skillGroups),
                agents.stream()
                        .map(agent -> new Provisioning.Agent(agent, "", agent, List.of()))
                        .toList());
    }
}
