package org.openrtd.centraldb;

import java.util.List;

/**
 * What a gateway needs to be configured before its first event.
 *
 * @param gateway the name of its peripheral, {@code Peripheral.EnterpriseName}
 * @param zone the time zone of the peripheral, by its IANA name; used when the peripheral is new
 */
public record Provisioning(
        String gateway,
        String zone,
        List<CallType> callTypes,
        List<SkillGroup> skillGroups,
        List<Agent> agents,
        List<Reason> reasons) {

    public Provisioning {
        callTypes = List.copyOf(callTypes);
        skillGroups = List.copyOf(skillGroups);
        agents = List.copyOf(agents);
        reasons = List.copyOf(reasons);
    }

    /**
     * Of what only the names are known; the rest as the settings of the central database have it.
     *
     * @param callTypes {@code Call_Type.EnterpriseName}s
     * @param skillGroups {@code Skill_Group.PeripheralName}s in the peripheral
     */
    public Provisioning(
            String gateway, String zone, List<String> callTypes, List<String> skillGroups, List<Agent> agents) {
        this(
                gateway,
                zone,
                callTypes.stream().map(name -> new CallType(name, null, null)).toList(),
                skillGroups.stream().map(name -> new SkillGroup(name, null)).toList(),
                agents,
                List.of());
    }

    /**
     * A service level.
     *
     * @param threshold in seconds
     * @param type 1, 2 or 3
     */
    public record ServiceLevel(int threshold, int type) {}

    /**
     * One call type.
     *
     * @param name {@code Call_Type.EnterpriseName}
     * @param serviceLevel {@code null} for that of the settings
     * @param abandonWait in seconds, {@code null} for that of the settings
     */
    public record CallType(String name, ServiceLevel serviceLevel, Integer abandonWait) {}

    /**
     * One skill group.
     *
     * @param name {@code Skill_Group.PeripheralName}
     * @param serviceLevel {@code null} for that of the settings
     */
    public record SkillGroup(String name, ServiceLevel serviceLevel) {}

    /** One reason code; one that is there keeps its text. */
    public record Reason(int code, String text) {}

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
