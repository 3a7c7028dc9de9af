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
                event.callTypes().stream()
                        .map(type -> new Provisioning.CallType(
                                type.callType(),
                                new Provisioning.ServiceLevel(type.serviceLevelThreshold(), type.serviceLevelType()),
                                type.abandonWaitTime()))
                        .toList(),
                event.skillGroups().stream()
                        .map(group -> new Provisioning.SkillGroup(
                                group.skillGroup(),
                                new Provisioning.ServiceLevel(group.serviceLevelThreshold(), group.serviceLevelType())))
                        .toList(),
                event.agents().stream()
                        .map(agent -> new Provisioning.Agent(
                                agent.agent(), agent.firstName(), agent.lastName(), agent.skillGroups()))
                        .toList(),
                event.reasons().stream()
                        .map(reason -> new Provisioning.Reason(reason.reason(), reason.text()))
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
