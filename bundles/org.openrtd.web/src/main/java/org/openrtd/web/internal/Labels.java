package org.openrtd.web.internal;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.openrtd.catalog.CodeList;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.catalog.TableInfo;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;

/** What ids and codes stand for, by one view of the configuration. For one answer: it remembers what it found. */
final class Labels {

    private final View config;
    private final Map<String, Optional<String>> found = new HashMap<>();

    /** @param config may be {@code null} */
    Labels(View config) {
        this.config = config;
    }

    /** Whether a column's values stand for something that has a name. */
    static boolean labelled(TableInfo table, int column) {
        ColumnInfo info = table.columns().get(column);
        return info.codes().isPresent() || !target(table, column).isEmpty();
    }

    /** {@code null} when the value is, {@code #5007} when its name has not arrived. */
    String of(TableInfo table, int column, Object value) {
        if (value == null) {
            return null;
        }
        Optional<CodeList> codes = table.columns().get(column).codes();
        if (codes.isPresent() && value instanceof Integer code) {
            return codes.get().text(code);
        }
        return name(target(table, column), value);
    }

    String name(String target, Object id) {
        return found.computeIfAbsent(target + id, key -> find(target, id)).orElse("#" + id);
    }

    private Optional<String> find(String target, Object id) {
        if (config == null) {
            return Optional.empty();
        }
        switch (target) {
            case "Agent" -> {
                Optional<Row> agent = row("Agent", id);
                return agent.map(a -> value(a, "PersonID"))
                        .flatMap(person -> row("Person", person))
                        .flatMap(Labels::fullName)
                        .or(() -> agent.flatMap(Labels::enterpriseName));
            }
            case "Person" -> {
                return row("Person", id).flatMap(Labels::fullName);
            }
            case "Reason_Code" -> {
                String[] text = new String[1];
                forEach(config, "Reason_Code", row -> {
                    if (id.equals(value(row, "ReasonCode")) && value(row, "ReasonText") instanceof String t) {
                        text[0] = t;
                    }
                });
                return Optional.of(text[0] == null ? id.toString() : text[0]);
            }
            default -> {
                return row(target, id).flatMap(Labels::enterpriseName);
            }
        }
    }

    /** The table in which the ids of a column have their names, or nothing. */
    private static String target(TableInfo table, int column) {
        String in = table.name().toLowerCase(Locale.ROOT);
        if (column == 0
                && (table.table().hasColumn("EnterpriseName") || table.table().hasColumn("LoginName"))) {
            return "";
        }
        return switch (table.columns().get(column).name().toLowerCase(Locale.ROOT)) {
            case "calltypeid" -> "Call_Type";
            case "skillgroupskilltargetid", "baseskilltargetid" -> "Skill_Group";
            case "agentskilltargetid", "supervisorskilltargetid", "prisupervisorskilltargetid" -> "Agent";
            case "peripheralid" -> "Peripheral";
            case "mrdomainid" -> "Media_Routing_Domain";
            case "agentteamid" -> "Agent_Team";
            case "personid" -> "Person";
            case "skilltargetid" ->
                in.startsWith("agent") ? "Agent" : in.startsWith("skill_group") ? "Skill_Group" : "";
            case "reasoncode" -> in.startsWith("agent") ? "Reason_Code" : "";
            default -> "";
        };
    }

    private Optional<Row> row(String name, Object id) {
        return table(config, name).flatMap(table -> config.find(table, List.of(id)));
    }

    private static Optional<String> enterpriseName(Row row) {
        return value(row, "EnterpriseName") instanceof String name && !name.isBlank()
                ? Optional.of(name)
                : Optional.empty();
    }

    private static Optional<String> fullName(Row person) {
        String first = value(person, "FirstName") instanceof String name ? name : "";
        String last = value(person, "LastName") instanceof String name ? name : "";
        String full = (first + " " + last).strip();
        return full.isEmpty() ? Optional.empty() : Optional.of(full);
    }

    /** The zone that the controller publishes with its clock; UTC until it has. */
    static ZoneId zone(View calls) {
        ZoneId[] zone = {ZoneOffset.UTC};
        forEach(calls, "Controller_Time", row -> {
            if (value(row, "TimeZone") instanceof String name) {
                try {
                    zone[0] = ZoneId.of(name);
                } catch (DateTimeException unknownHere) {
                    zone[0] = ZoneOffset.UTC;
                }
            }
        });
        return zone[0];
    }

    static Optional<Table> table(View view, String name) {
        return view == null
                ? Optional.empty()
                : view.schema().tables().stream()
                        .filter(table -> table.name().equalsIgnoreCase(name))
                        .findFirst();
    }

    /** A view may lack the table. */
    static void forEach(View view, String name, Consumer<Row> action) {
        table(view, name).ifPresent(table -> view.forEach(table, action));
    }

    /** A node may be older or newer than its centre: a column that is not there reads as NULL. */
    static Object value(Row row, String column) {
        return row.table().hasColumn(column) ? row.get(column) : null;
    }

    static Long number(Row row, String column) {
        return value(row, column) instanceof Number number ? (Long) number.longValue() : null;
    }

    static Double real(Row row, String column) {
        return value(row, column) instanceof Number number ? (Double) number.doubleValue() : null;
    }

    static String text(Row row, String column) {
        return value(row, column) instanceof String text ? text : null;
    }
}
