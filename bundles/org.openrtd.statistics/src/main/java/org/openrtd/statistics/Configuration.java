package org.openrtd.statistics;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;

/** Takes over committed configuration: which rows there are, and what the peripherals' names mean. */
final class Configuration {

    /** What a row refers to comes before it, in whatever order a transaction has its rows. */
    private static final List<String> TABLES =
            List.of("Peripheral", "Call_Type", "Skill_Group", "Agent", "Skill_Group_Member");

    private final Centre centre;
    private final CallEvents calls;
    private final AgentEvents agents;

    Configuration(Centre centre, CallEvents calls, AgentEvents agents) {
        this.centre = centre;
        this.calls = calls;
        this.agents = agents;
    }

    void apply(Collection<Change> rows) {
        for (String table : TABLES) {
            for (Change change : rows) {
                if (change.table().name().equals(table)) {
                    apply(table, change);
                }
            }
        }
    }

    private void apply(String table, Change change) {
        int id = (Integer) change.key().get(0);
        Row row = change.row();
        boolean deleted = row == null || row.table().hasColumn("Deleted") && "Y".equals(row.get("Deleted"));
        switch (table) {
            case "Peripheral" -> peripheral(id, row, deleted);
            case "Call_Type" -> callType(id, row, deleted);
            case "Skill_Group" -> skillGroup(id, row, deleted);
            case "Agent" -> agent(id, row, deleted);
            default -> member(id, (Integer) change.key().get(1), deleted);
        }
    }

    private void peripheral(int id, Row row, boolean deleted) {
        Gateway gateway = centre.gateways.get(id);
        if (deleted) {
            if (gateway != null && !gateway.gone) {
                closeAll(gateway);
                centre.gatewaysByName.remove(gateway.name, gateway);
                gateway.gone = true;
                centre.touch(gateway);
            }
            return;
        }
        boolean isNew = gateway == null;
        if (isNew) {
            gateway = new Gateway(id);
            centre.gateways.put(id, gateway);
        }
        gateway.gone = false;
        gateway.name = renamed(centre.gatewaysByName, gateway.name, text(row, "EnterpriseName"), gateway);
        gateway.timeZone = text(row, "TimeZone");
        centre.touch(gateway);
        for (SkillGroup group : centre.groups.values()) {
            if (group.peripheralId == id) {
                belong(group, gateway);
            }
        }
        if (isNew) {
            for (Agent agent : centre.agents.values()) {
                if (agent.peripheralId == id && !agent.gone) {
                    belong(agent, gateway, agent.number);
                }
            }
        }
    }

    private void closeAll(Gateway gateway) {
        new ArrayList<>(gateway.calls.values()).forEach(call -> calls.close(gateway, call));
        for (Agent agent : centre.agents.values()) {
            if (agent.gateway == gateway && agent.loggedIn) {
                agents.logOut(agent, 0);
            }
        }
    }

    private void callType(int id, Row row, boolean deleted) {
        CallType callType = centre.callTypes.get(id);
        if (deleted) {
            if (callType != null && !callType.gone) {
                callType.gone = true;
                centre.callTypesByName.remove(callType.name, callType);
                centre.touch(callType);
            }
            return;
        }
        if (callType == null) {
            callType = new CallType(id);
            centre.callTypes.put(id, callType);
        }
        callType.gone = false;
        callType.period = centre.period;
        callType.name = renamed(centre.callTypesByName, callType.name, text(row, "EnterpriseName"), callType);
        callType.threshold = threshold(row);
        callType.serviceLevelType = number(row, "ServiceLevelType", 1);
        callType.abandonWait = Math.max(0, number(row, "AbandonWaitTime", 0));
        centre.touch(callType);
    }

    private void skillGroup(int id, Row row, boolean deleted) {
        SkillGroup group = centre.groups.get(id);
        if (deleted) {
            if (group != null && !group.gone) {
                forgetName(group);
                for (Agent agent : centre.agents.values()) {
                    Member member = agent.member(group);
                    if (member != null) {
                        agents.remove(member);
                        domainOf(agent);
                    }
                }
                group.gone = true;
                centre.touch(group);
            }
            return;
        }
        if (group == null) {
            group = new SkillGroup(id);
            centre.groups.put(id, group);
        }
        group.gone = false;
        forgetName(group);
        group.name = text(row, "EnterpriseName");
        group.peripheralId = number(row, "PeripheralID", 0);
        group.peripheralName = text(row, "PeripheralName");
        int domain = number(row, "MRDomainID", Agent.DEFAULT_DOMAIN);
        boolean otherDomain = domain != group.mediaRoutingDomain;
        group.mediaRoutingDomain = domain;
        group.threshold = threshold(row);
        group.serviceLevelType = number(row, "ServiceLevelType", 1);
        belong(group, centre.gateways.get(group.peripheralId));
        centre.touch(group);
        if (otherDomain) {
            for (Agent agent : centre.agents.values()) {
                if (agent.member(group) != null) {
                    domainOf(agent);
                }
            }
        }
    }

    /** Gives a group the names and the time zone of its peripheral. */
    private void belong(SkillGroup group, Gateway gateway) {
        group.period = centre.period;
        if (gateway != null) {
            group.period = centre.periodOf(zone(gateway.timeZone));
            if (!group.gone && group.peripheralName != null) {
                gateway.groups.put(group.peripheralName, group);
            }
        }
    }

    private void forgetName(SkillGroup group) {
        Gateway gateway = centre.gateways.get(group.peripheralId);
        if (gateway != null && group.peripheralName != null) {
            gateway.groups.remove(group.peripheralName, group);
        }
    }

    private void agent(int id, Row row, boolean deleted) {
        Agent agent = centre.agents.get(id);
        if (deleted) {
            if (agent != null && !agent.gone) {
                if (agent.loggedIn) {
                    agents.logOut(agent, 0);
                }
                new ArrayList<>(agent.members).forEach(agents::remove);
                if (agent.gateway != null) {
                    agent.gateway.agents.remove(agent.number, agent);
                }
                agent.gone = true;
                centre.touch(agent);
            }
            return;
        }
        if (agent == null) {
            agent = new Agent(id);
            centre.agents.put(id, agent);
        }
        agent.gone = false;
        agent.peripheralId = number(row, "PeripheralID", 0);
        belong(agent, centre.gateways.get(agent.peripheralId), text(row, "PeripheralNumber"));
        centre.touch(agent);
    }

    private void belong(Agent agent, Gateway gateway, String number) {
        if (agent.gateway != gateway && agent.loggedIn) {
            agents.logOut(agent, 0);
        }
        if (agent.gateway != null && agent.number != null) {
            agent.gateway.agents.remove(agent.number, agent);
        }
        agent.gateway = gateway;
        agent.number = number;
        if (gateway != null && number != null) {
            gateway.agents.put(number, agent);
        }
    }

    private void member(int groupId, int agentId, boolean deleted) {
        Agent agent = centre.agents.get(agentId);
        SkillGroup group = centre.groups.get(groupId);
        if (agent == null || group == null || agent.gone || group.gone) {
            return;
        }
        Member member = agent.member(group);
        if (deleted) {
            if (member != null) {
                member.configured = false;
                if (!member.loggedIn) {
                    agents.remove(member);
                }
            }
        } else {
            if (member == null) {
                member = agents.join(agent, group);
            }
            member.configured = true;
            centre.touch(member);
        }
        domainOf(agent);
    }

    /** An agent's domain is that of its groups; the lowest, where these are of several. */
    private void domainOf(Agent agent) {
        int domain = agent.members.stream()
                .filter(member -> member.configured)
                .mapToInt(member -> member.group.mediaRoutingDomain)
                .min()
                .orElse(Agent.DEFAULT_DOMAIN);
        if (domain != agent.mediaRoutingDomain) {
            centre.deleteUnderPresentKey(agent);
            agent.mediaRoutingDomain = domain;
        }
    }

    private ZoneId zone(String timeZone) {
        if (timeZone == null || timeZone.isBlank()) {
            return centre.zone;
        }
        try {
            return ZoneId.of(timeZone);
        } catch (DateTimeException e) {
            // What checks configuration lets no such zone through; a fold that stops for it would stop for good.
            return centre.zone;
        }
    }

    /** Moves a name's meaning, and leaves it to whoever has taken the old name within the same transaction. */
    private static <T> String renamed(Map<String, T> names, String before, String after, T bearer) {
        if (before != null) {
            names.remove(before, bearer);
        }
        if (after != null) {
            names.put(after, bearer);
        }
        return after;
    }

    private static int threshold(Row row) {
        int threshold = number(row, "ServiceLevelThreshold", Aggregate.NO_THRESHOLD);
        return threshold < 0 ? Aggregate.NO_THRESHOLD : Math.min(threshold, 86_400);
    }

    private static String text(Row row, String column) {
        return row.getString(column);
    }

    private static int number(Row row, String column, int otherwise) {
        Object value = row.get(column);
        return value == null ? otherwise : ((Number) value).intValue();
    }
}
