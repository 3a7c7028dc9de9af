package org.openrtd.console.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;

/**
 * Turns the ids of rows into names, by one view of the {@code config} feed. An id whose name has not arrived shows as
 * {@code #5007}: feeds do not wait for each other.
 */
final class Names {

    private final View config;
    private Map<Object, String> reasons;

    /** @param config a view of the {@code config} feed, or {@code null} when the node has none */
    Names(View config) {
        this.config = config;
    }

    /** The person's name, else what the configuration calls the agent. */
    String agent(Object id) {
        Optional<Row> agent = find("Agent", id);
        return agent.flatMap(a -> value(a, "PersonID"))
                .flatMap(person -> find("Person", person))
                .map(Names::fullName)
                .filter(name -> !name.isEmpty())
                .or(() -> agent.flatMap(Names::enterpriseName))
                .orElse("#" + id);
    }

    String callType(Object id) {
        return named("Call_Type", id);
    }

    String skillGroup(Object id) {
        return named("Skill_Group", id);
    }

    String peripheral(Object id) {
        return named("Peripheral", id);
    }

    /** The text of a reason code, else the code itself. */
    String reason(Object code) {
        if (reasons == null) {
            Map<Object, String> texts = new HashMap<>();
            table("Reason_Code")
                    .ifPresent(table -> config.forEach(
                            table, row -> value(row, "ReasonCode").ifPresent(c -> value(row, "ReasonText")
                                    .ifPresent(text -> texts.put(c, Text.harmless(text.toString()))))));
            reasons = texts;
        }
        return reasons.getOrDefault(code, code.toString());
    }

    /** What an id or code of a table's column stands for, or nothing when the column holds neither. */
    Optional<String> of(Table table, int column, Object value) {
        return value == null
                ? Optional.empty()
                : Optional.ofNullable(
                        switch (kind(table, column)) {
                            case AGENT -> agent(value);
                            case SKILL_GROUP -> skillGroup(value);
                            case CALL_TYPE -> callType(value);
                            case PERIPHERAL -> peripheral(value);
                            case MEDIA_ROUTING_DOMAIN -> named("Media_Routing_Domain", value);
                            case AGENT_TEAM -> named("Agent_Team", value);
                            case PERSON ->
                                find("Person", value)
                                        .map(Names::fullName)
                                        .filter(name -> !name.isEmpty())
                                        .orElse("#" + value);
                            case AGENT_STATE -> AgentStates.text(value);
                            case REASON -> reason(value);
                            case NONE -> null;
                        });
    }

    /** Whether a column's values are shown as names. */
    static boolean named(Table table, int column) {
        return kind(table, column) != Kind.NONE;
    }

    private enum Kind {
        AGENT,
        SKILL_GROUP,
        CALL_TYPE,
        PERIPHERAL,
        MEDIA_ROUTING_DOMAIN,
        AGENT_TEAM,
        PERSON,
        AGENT_STATE,
        REASON,
        NONE
    }

    private static Kind kind(Table table, int column) {
        if (column == 0 && defines(table)) {
            return Kind.NONE;
        }
        String in = table.name().toLowerCase(Locale.ROOT);
        return switch (table.columns().get(column).name().toLowerCase(Locale.ROOT)) {
            case "calltypeid" -> Kind.CALL_TYPE;
            case "skillgroupskilltargetid", "baseskilltargetid" -> Kind.SKILL_GROUP;
            case "agentskilltargetid", "supervisorskilltargetid", "prisupervisorskilltargetid" -> Kind.AGENT;
            case "peripheralid" -> Kind.PERIPHERAL;
            case "mrdomainid" -> Kind.MEDIA_ROUTING_DOMAIN;
            case "agentteamid" -> Kind.AGENT_TEAM;
            case "personid" -> Kind.PERSON;
            case "skilltargetid" ->
                in.startsWith("agent") ? Kind.AGENT : in.startsWith("skill_group") ? Kind.SKILL_GROUP : Kind.NONE;
            case "agentstate" -> Kind.AGENT_STATE;
            case "reasoncode" -> in.startsWith("agent") ? Kind.REASON : Kind.NONE;
            default -> Kind.NONE;
        };
    }

    /** Whether the table is where its own key gets its name, so that its key is best shown as it is. */
    private static boolean defines(Table table) {
        return table.hasColumn("EnterpriseName")
                || table.hasColumn("LoginName")
                || table.name().equalsIgnoreCase("Skill_Target");
    }

    private String named(String table, Object id) {
        return find(table, id).flatMap(Names::enterpriseName).orElse("#" + id);
    }

    private static Optional<String> enterpriseName(Row row) {
        return value(row, "EnterpriseName").map(Object::toString).map(Text::harmless);
    }

    private static String fullName(Row person) {
        String first = value(person, "FirstName").map(Object::toString).orElse("");
        String last = value(person, "LastName").map(Object::toString).orElse("");
        return Text.harmless((first + " " + last).strip());
    }

    private static Optional<Object> value(Row row, String column) {
        return row.table().hasColumn(column) ? Optional.ofNullable(row.get(column)) : Optional.empty();
    }

    private Optional<Row> find(String name, Object id) {
        return table(name).flatMap(table -> config.find(table, List.of(id)));
    }

    private Optional<Table> table(String name) {
        FeedSchema schema = config == null ? null : config.schema();
        return schema == null
                ? Optional.empty()
                : schema.tables().stream().filter(t -> t.name().equals(name)).findFirst();
    }
}
