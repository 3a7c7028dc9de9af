package org.openrtd.centraldb;

import java.util.List;

/**
 * What a gateway needs to be configured before its first event.
 *
 * @param gateway the name of its peripheral, {@code Peripheral.EnterpriseName}
 * @param zone the time zone of the peripheral, by its IANA name; used when the peripheral is new
 * @param callTypes {@code Call_Type.EnterpriseName}s
 * @param skillGroups {@code Skill_Group.PeripheralName}s in the peripheral
 */
public record Provisioning(
        String gateway, String zone, List<String> callTypes, List<String> skillGroups, List<Agent> agents) {

    public Provisioning {
        callTypes = List.copyOf(callTypes);
        skillGroups = List.copyOf(skillGroups);
        agents = List.copyOf(agents);
    }

    /**
     * One agent.
     *
     * @param agent {@code Agent.PeripheralNumber}
     * @param skillGroups those the agent is a member of; missing ones are entered
     */
    public record Agent(String agent, String firstName, String lastName, List<String> skillGroups) {

        public Agent {
            skillGroups = List.copyOf(skillGroups);
        }
    }
}
