package org.openrtd.centraldb.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openrtd.feed.Table;

/**
 * What must hold between configuration rows beyond their columns' types: what is unique, what refers to what, what may not
 * be NULL, how long a text may be, between what a
 * number lies. Keys, columns and types are the catalog's.
 */
final class ConfigurationRules {

    /** The texts' bound where nothing else is said. */
    private static final int DEFAULT_LENGTH = 255;

    private static final Map<String, TableRules> RULES = new LinkedHashMap<>();

    static {
        table("Person")
                .unique("LoginName")
                .flags("LoginEnabled")
                .length("FirstName", 64)
                .length("LastName", 64)
                .length("LoginName", 128);
        table("Peripheral")
                .unique("EnterpriseName")
                .required("EnterpriseName")
                .flags("AgentReporting")
                .zone("TimeZone")
                .length("EnterpriseName", 128)
                .length("PeripheralName", 128)
                .length("TimeZone", 64);
        table("Media_Routing_Domain")
                .unique("EnterpriseName")
                .required("EnterpriseName")
                .length("EnterpriseName", 64);
        table("Skill_Target").required("SkillTargetType");
        table("Agent")
                .unique("PeripheralID", "PeripheralNumber")
                .unique("EnterpriseName")
                .unique("PersonID", "PeripheralID")
                .required("PersonID", "PeripheralID", "PeripheralNumber", "EnterpriseName")
                .flags("SupervisorAgent", "AgentStateTrace")
                .refers("SkillTargetID", "Skill_Target")
                .refers("PersonID", "Person")
                .refers("PeripheralID", "Peripheral")
                .length("EnterpriseName", 128)
                .length("PeripheralNumber", 64);
        table("Skill_Group")
                .unique("EnterpriseName")
                .unique("PeripheralID", "PeripheralNumber", "Priority")
                .required("EnterpriseName", "PeripheralID", "PeripheralNumber", "Priority", "MRDomainID")
                .refers("SkillTargetID", "Skill_Target")
                .refers("PeripheralID", "Peripheral")
                .refers("BaseSkillTargetID", "Skill_Group")
                .refers("MRDomainID", "Media_Routing_Domain")
                .length("EnterpriseName", 32)
                .length("PeripheralName", 32)
                .length("Extension", 32)
                .range("ServiceLevelThreshold", 0, Integer.MAX_VALUE)
                .range("ServiceLevelType", 1, 3);
        table("Skill_Group_Member")
                .refers("SkillGroupSkillTargetID", "Skill_Group")
                .refers("AgentSkillTargetID", "Agent");
        table("Call_Type")
                .unique("EnterpriseName")
                .required("EnterpriseName")
                .length("EnterpriseName", 64)
                .range("ServiceLevelThreshold", 0, Integer.MAX_VALUE)
                .range("ServiceLevelType", 1, 3)
                .range("AbandonWaitTime", 0, Integer.MAX_VALUE);
        table("Reason_Code").unique("ReasonCode").required("ReasonCode").length("ReasonText", 64);
    }

    private static TableRules table(String name) {
        TableRules rules = new TableRules(name);
        RULES.put(name.toLowerCase(Locale.ROOT), rules);
        return rules;
    }

    private ConfigurationRules() {}

    static TableRules of(Table table) {
        return RULES.getOrDefault(table.name().toLowerCase(Locale.ROOT), new TableRules(table.name()));
    }

    /** A reference from a column to the single key column of a table. */
    record Reference(String column, String table) {}

    /** What numbers a column may hold. */
    record Range(int from, int to) {

        @Override
        public String toString() {
            return to == Integer.MAX_VALUE ? "at least " + from : "from " + from + " to " + to;
        }
    }

    /** The rules of one table. */
    static final class TableRules {

        private final String name;
        private final List<List<String>> unique = new ArrayList<>();
        private final List<Reference> references = new ArrayList<>();
        private final List<String> required = new ArrayList<>();
        private final List<String> flags = new ArrayList<>(List.of("Deleted"));
        private final Map<String, Integer> lengths = new HashMap<>();
        private final Map<String, Range> ranges = new HashMap<>();
        private String zone;

        private TableRules(String name) {
            this.name = name;
        }

        private TableRules unique(String... columns) {
            unique.add(List.of(columns));
            return this;
        }

        private TableRules refers(String column, String to) {
            references.add(new Reference(column, to));
            return this;
        }

        private TableRules required(String... columns) {
            required.addAll(List.of(columns));
            return this;
        }

        private TableRules flags(String... columns) {
            flags.addAll(List.of(columns));
            return this;
        }

        private TableRules length(String column, int length) {
            lengths.put(column.toLowerCase(Locale.ROOT), length);
            return this;
        }

        private TableRules range(String column, int from, int to) {
            ranges.put(column.toLowerCase(Locale.ROOT), new Range(from, to));
            return this;
        }

        private TableRules zone(String column) {
            zone = column;
            return this;
        }

        /** What numbers the column may hold; {@code null} for any. */
        Range range(String column) {
            return ranges.get(column.toLowerCase(Locale.ROOT));
        }

        /** Whether the text is the name of a time zone. */
        boolean isZone(String column) {
            return column.equalsIgnoreCase(zone);
        }

        String name() {
            return name;
        }

        /** Sets of columns of which no two rows have the same values, NULL apart. Deleted rows count. */
        List<List<String>> unique() {
            return unique;
        }

        List<Reference> references() {
            return references;
        }

        /** Columns that are never NULL, beside the key. */
        List<String> required() {
            return required;
        }

        /** How many characters a text may have. */
        int length(String column) {
            return isFlag(column) ? 1 : lengths.getOrDefault(column.toLowerCase(Locale.ROOT), DEFAULT_LENGTH);
        }

        /** Whether the text is {@code Y} or {@code N}. */
        boolean isFlag(String column) {
            return flags.stream().anyMatch(column::equalsIgnoreCase);
        }

        boolean isRequired(String column) {
            return required.stream().anyMatch(column::equalsIgnoreCase);
        }
    }

    /** The column that says whether a row is deleted, or -1. */
    static int deletedColumn(Table table) {
        return table.hasColumn("Deleted") ? table.column("Deleted") : -1;
    }

    /** The column that rises with each change of a row, or -1. */
    static int changeStampColumn(Table table) {
        return table.hasColumn("ChangeStamp") ? table.column("ChangeStamp") : -1;
    }
}
