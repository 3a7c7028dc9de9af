package org.openrtd.centraldb.internal;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openrtd.centraldb.ConfigurationStore;
import org.openrtd.centraldb.Provisioning;
import org.openrtd.centraldb.Provisioning.ServiceLevel;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.ConfigurationValues;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.SqlSession;

/**
 * Finds what a gateway needs and the configuration lacks. It only adds: what is there stays as it is, and what an operator
 * has deleted stays deleted, with what would refer to it left out. A row that the rules do not allow is left out too: one
 * long name of many is no reason to count nothing at all.
 */
final class AutomaticConfiguration {

    /** Comes with the system, so its id is below those that are allotted. */
    private static final int DEFAULT_DOMAIN = 1;

    private static final int TYPE_SKILL_GROUP = 2;
    private static final int TYPE_AGENT = 3;

    private final ConfigurationStore store;
    private final SqlSession session;
    private final ConfigurationDefaults defaults;
    private final List<Change> missing = new ArrayList<>();
    private final List<ConfigurationProblem> leftOut = new ArrayList<>();

    AutomaticConfiguration(ConfigurationStore store, SqlSession session, ConfigurationDefaults defaults) {
        this.store = store;
        this.session = session;
        this.defaults = defaults;
    }

    /** The rows to add, each after those that it refers to. */
    List<Change> missing(Provisioning wanted) throws SQLException {
        Integer peripheral = peripheral(wanted);
        callTypes(wanted);
        reasons(wanted);
        if (peripheral != null) {
            Map<String, Integer> groups = skillGroups(wanted, peripheral);
            members(wanted, groups, agents(wanted, peripheral));
        }
        return missing;
    }

    /** Why rows that are wanted are not among the missing ones. */
    List<ConfigurationProblem> leftOut() {
        return leftOut;
    }

    private Integer peripheral(Provisioning wanted) throws SQLException {
        Table table = table("Peripheral");
        List<Row> present = session.find(table, List.of("EnterpriseName"), List.of(wanted.gateway()));
        if (!present.isEmpty()) {
            return ConfigurationValues.isDeleted(present.get(0))
                    ? null
                    : present.get(0).getInt("PeripheralID");
        }
        int id = store.allotIds("Peripheral", 1);
        boolean added = add(
                table,
                Map.of(
                        "PeripheralID", id,
                        "EnterpriseName", wanted.gateway(),
                        "PeripheralName", wanted.gateway(),
                        "TimeZone", wanted.zone(),
                        "AgentReporting", "Y"));
        return added ? id : null;
    }

    private void callTypes(Provisioning wanted) throws SQLException {
        Table table = table("Call_Type");
        Set<String> present = new HashSet<>();
        Set<String> alike = new HashSet<>();
        session.forEach(table, row -> {
            present.add(row.getString("EnterpriseName"));
            alike.add(comparable(row.getString("EnterpriseName")));
        });
        List<Provisioning.CallType> lacking = wanted.callTypes().stream()
                .filter(callType -> present.add(callType.name()))
                .filter(callType -> isFirst(table, "EnterpriseName", callType.name(), alike))
                .toList();
        int id = lacking.isEmpty() ? 0 : store.allotIds("Call_Type", lacking.size());
        for (Provisioning.CallType callType : lacking) {
            ServiceLevel serviceLevel = serviceLevel(callType.serviceLevel());
            add(
                    table,
                    Map.of(
                            "CallTypeID",
                            id++,
                            "EnterpriseName",
                            callType.name(),
                            "ServiceLevelThreshold",
                            serviceLevel.threshold(),
                            "ServiceLevelType",
                            serviceLevel.type(),
                            "AbandonWaitTime",
                            callType.abandonWait() == null ? defaults.abandonWait() : callType.abandonWait()));
        }
    }

    private ServiceLevel serviceLevel(ServiceLevel wanted) {
        return wanted != null
                ? wanted
                : new ServiceLevel(defaults.serviceLevelThreshold(), defaults.serviceLevelType());
    }

    private void reasons(Provisioning wanted) throws SQLException {
        if (wanted.reasons().isEmpty()) {
            return;
        }
        Table table = table("Reason_Code");
        Set<Integer> present = new HashSet<>();
        session.forEach(table, row -> present.add(row.getInt("ReasonCode")));
        List<Provisioning.Reason> lacking = wanted.reasons().stream()
                .filter(reason -> present.add(reason.code()))
                .toList();
        int id = lacking.isEmpty() ? 0 : store.allotIds("Reason_Code", lacking.size());
        int length = ConfigurationRules.of(table).length("ReasonText");
        for (Provisioning.Reason reason : lacking) {
            add(
                    table,
                    Map.of(
                            "ReasonCodeID",
                            id++,
                            "ReasonCode",
                            reason.code(),
                            "ReasonText",
                            shortened(reason.text(), length)));
        }
    }

    /** The ids of the groups by their peripheral names; {@code null} for one that is deleted. */
    private Map<String, Integer> skillGroups(Provisioning wanted, int peripheral) throws SQLException {
        Table table = table("Skill_Group");
        Map<String, Integer> ids = new HashMap<>();
        Set<String> names = new HashSet<>();
        int[] number = {0};
        session.forEach(table, row -> {
            names.add(comparable(row.getString("EnterpriseName")));
            if (row.getInt("PeripheralID") == peripheral) {
                number[0] = Math.max(number[0], row.getInt("PeripheralNumber"));
                Integer id = ConfigurationValues.isDeleted(row) ? null : (Integer) row.get("SkillTargetID");
                if (id != null || !ids.containsKey(row.getString("PeripheralName"))) {
                    ids.put(row.getString("PeripheralName"), id);
                }
            }
        });
        Map<String, ServiceLevel> serviceLevels = new HashMap<>();
        Set<String> lacking = new LinkedHashSet<>();
        wanted.skillGroups().forEach(group -> {
            lacking.add(group.name());
            serviceLevels.putIfAbsent(group.name(), group.serviceLevel());
        });
        wanted.agents().forEach(agent -> lacking.addAll(agent.skillGroups()));
        lacking.removeAll(ids.keySet());
        int id = lacking.isEmpty() ? 0 : store.allotIds("Skill_Target", lacking.size());
        if (!lacking.isEmpty()) {
            mediaRoutingDomain();
        }
        for (String name : lacking) {
            ServiceLevel serviceLevel = serviceLevel(serviceLevels.get(name));
            boolean added = add(
                    skillTarget(TYPE_SKILL_GROUP, id),
                    table,
                    Map.of(
                            "SkillTargetID",
                            id,
                            "EnterpriseName",
                            uniqueName(table, wanted.gateway(), name, names),
                            "PeripheralID",
                            peripheral,
                            "PeripheralNumber",
                            ++number[0],
                            "Priority",
                            0,
                            "PeripheralName",
                            name,
                            "MRDomainID",
                            DEFAULT_DOMAIN,
                            "ServiceLevelThreshold",
                            serviceLevel.threshold(),
                            "ServiceLevelType",
                            serviceLevel.type()));
            if (added) {
                ids.put(name, id);
            }
            id++;
        }
        return ids;
    }

    private void mediaRoutingDomain() throws SQLException {
        Table table = table("Media_Routing_Domain");
        if (session.find(table, List.of(DEFAULT_DOMAIN)) == null) {
            add(
                    table,
                    Map.of("MRDomainID", DEFAULT_DOMAIN, "EnterpriseName", "Voice", "Description", "Telephone calls"));
        }
    }

    /** The ids of the agents by their peripheral numbers; {@code null} for one that is deleted. */
    private Map<String, Integer> agents(Provisioning wanted, int peripheral) throws SQLException {
        Table table = table("Agent");
        Map<String, Integer> ids = new HashMap<>();
        Set<String> alike = new HashSet<>();
        Set<String> names = new HashSet<>();
        session.forEach(table, row -> {
            names.add(comparable(row.getString("EnterpriseName")));
            if (row.getInt("PeripheralID") == peripheral) {
                alike.add(comparable(row.getString("PeripheralNumber")));
                ids.put(
                        row.getString("PeripheralNumber"),
                        ConfigurationValues.isDeleted(row) ? null : (Integer) row.get("SkillTargetID"));
            }
        });
        Map<String, Provisioning.Agent> lacking = new LinkedHashMap<>();
        wanted.agents().forEach(agent -> {
            if (!ids.containsKey(agent.agent())
                    && !lacking.containsKey(agent.agent())
                    && isFirst(table, "PeripheralNumber", agent.agent(), alike)) {
                lacking.put(agent.agent(), agent);
            }
        });
        if (lacking.isEmpty()) {
            return ids;
        }
        int person = store.allotIds("Person", lacking.size());
        int id = store.allotIds("Skill_Target", lacking.size());
        ConfigurationRules people = ConfigurationRules.of(table("Person"));
        for (Provisioning.Agent agent : lacking.values()) {
            Map<String, Object> columns = new HashMap<>();
            columns.put("PersonID", person);
            columns.put("FirstName", shortened(agent.firstName(), people.length("FirstName")));
            columns.put("LastName", shortened(agent.lastName(), people.length("LastName")));
            columns.put("LoginEnabled", "N");
            List<Change> before = new ArrayList<>(List.of(put(table("Person"), columns)));
            before.addAll(skillTarget(TYPE_AGENT, id));
            boolean added = add(
                    before,
                    table,
                    Map.of(
                            "SkillTargetID",
                            id,
                            "PersonID",
                            person++,
                            "PeripheralID",
                            peripheral,
                            "PeripheralNumber",
                            agent.agent(),
                            "EnterpriseName",
                            uniqueName(table, wanted.gateway(), agent.agent(), names),
                            "SupervisorAgent",
                            "N",
                            "AgentStateTrace",
                            "N"));
            if (added) {
                ids.put(agent.agent(), id);
            }
            id++;
        }
        return ids;
    }

    private void members(Provisioning wanted, Map<String, Integer> groups, Map<String, Integer> agents)
            throws SQLException {
        Table table = table("Skill_Group_Member");
        Set<List<Object>> present = new HashSet<>();
        session.forEach(table, row -> present.add(row.key()));
        for (Provisioning.Agent agent : wanted.agents()) {
            Integer agentId = agents.get(agent.agent());
            for (String group : agent.skillGroups()) {
                Integer groupId = groups.get(group);
                if (agentId != null && groupId != null && present.add(List.of(groupId, agentId))) {
                    add(table, Map.of("SkillGroupSkillTargetID", groupId, "AgentSkillTargetID", agentId));
                }
            }
        }
    }

    private List<Change> skillTarget(int type, int id) {
        return List.of(put(table("Skill_Target"), Map.of("SkillTargetID", id, "SkillTargetType", type)));
    }

    /**
     * The name by itself where it is free and fits, else with the gateway's before it, else with a number behind it.
     *
     * @param taken names as {@link #comparable}
     */
    private static String uniqueName(Table table, String gateway, String name, Set<String> taken) {
        int length = ConfigurationRules.of(table).length("EnterpriseName");
        String unique = shortened(name, length);
        if (taken.contains(comparable(unique))) {
            unique = shortened(gateway + "." + name, length);
        }
        for (int number = 2; taken.contains(comparable(unique)); number++) {
            unique = shortened(name, length - 6) + "~" + number;
        }
        taken.add(comparable(unique));
        return unique;
    }

    /** Derby takes names for equal that differ in blanks at their ends only. */
    private static String comparable(String name) {
        return name.stripTrailing();
    }

    /** Whether no other name is like it. Says so when one is: that is no reason to refuse all the others. */
    private boolean isFirst(Table table, String column, String name, Set<String> alike) {
        boolean first = alike.add(comparable(name));
        if (!first) {
            leftOut.add(new ConfigurationProblem(
                    ConfigurationProblem.Kind.DUPLICATE,
                    table.name(),
                    List.of(),
                    column,
                    "'" + name + "' differs from another one in blanks at its end only"));
        }
        return first;
    }

    private static String shortened(String name, int length) {
        return name.length() <= length ? name : name.substring(0, length);
    }

    private Table table(String name) {
        return store.schema().table(name);
    }

    private boolean add(Table table, Map<String, Object> columns) {
        return add(List.of(), table, columns);
    }

    /** Adds a row and those it refers to, or none of them when one is not allowed. Says which. */
    private boolean add(List<Change> before, Table table, Map<String, Object> columns) {
        List<Change> together = new ArrayList<>(before);
        together.add(put(table, columns));
        List<ConfigurationProblem> problems = together.stream()
                .flatMap(change -> ConfigurationValues.problems(change).stream())
                .toList();
        if (!problems.isEmpty()) {
            leftOut.addAll(problems);
            return false;
        }
        return missing.addAll(together);
    }

    /** A new, live row with these columns; the others are NULL. */
    private static Change put(Table table, Map<String, Object> columns) {
        Object[] values = new Object[table.columns().size()];
        columns.forEach((column, value) -> values[table.column(column)] = value);
        if (table.hasColumn("Deleted")) {
            values[table.column("Deleted")] = "N";
        }
        values[ConfigurationRules.of(table).changeStamp()] = 0;
        return Change.put(table.row(values));
    }
}
