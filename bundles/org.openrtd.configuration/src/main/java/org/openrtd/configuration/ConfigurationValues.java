package org.openrtd.configuration;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.CodeList;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.catalog.ColumnRules;
import org.openrtd.catalog.TextForm;
import org.openrtd.configuration.ConfigurationProblem.Kind;
import org.openrtd.feed.Change;
import org.openrtd.feed.Column;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/**
 * What can be said of a change's values without looking at any row: by the catalog's rules. The central database checks so
 * whatever comes; an editor can find out earlier.
 */
public final class ConfigurationValues {

    /** What the central database sets, whatever an editor says; by table, or in every table. */
    private static final Set<String> SET_BY_THE_STORE = Set.of("recoverykey", "script.author", "script.datetime");

    /** Characters that are shown of a text that is not allowed. */
    private static final int SHOWN = 128;

    private ConfigurationValues() {}

    /** What is wrong with a change's values, column by column; empty when nothing is. */
    public static List<ConfigurationProblem> problems(Change change) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        Table table = change.table();
        if (change.key().size() != table.keyColumns()) {
            problems.add(problem(change, null, "the key has " + table.keyColumns() + " columns"));
            return problems;
        }
        if (change.row() != null
                && !(change.row().table().equals(table) && change.row().key().equals(change.key()))) {
            problems.add(problem(change, null, "the row is another one than the change says"));
            return problems;
        }
        List<Object> values =
                change.row() == null ? change.key() : Arrays.asList(change.row().values());
        for (int i = 0; i < values.size(); i++) {
            Column column = table.columns().get(i);
            if (!isSetByTheStore(table, column)) {
                String reason = whyNot(table, column, i < table.keyColumns(), values.get(i));
                if (reason != null) {
                    problems.add(problem(change, column.name(), reason));
                }
            }
        }
        return problems;
    }

    /** Whether the central database sets the column, so that it does not matter what an edit holds there. */
    public static boolean isSetByTheStore(Table table, Column column) {
        String name = column.name().toLowerCase(Locale.ROOT);
        return SET_BY_THE_STORE.contains(name)
                || SET_BY_THE_STORE.contains(table.name().toLowerCase(Locale.ROOT) + "." + name);
    }

    private static ConfigurationProblem problem(Change change, String column, String reason) {
        return new ConfigurationProblem(Kind.VALUE, change.table().name(), change.key(), column, reason);
    }

    private static String whyNot(Table table, Column column, boolean key, Object value) {
        Optional<ColumnInfo> info = Catalog.find(table.name()).flatMap(known -> known.find(column.name()));
        Optional<ColumnRules> rules = info.map(ColumnInfo::rules);
        if (value == null) {
            return key || rules.isPresent() && rules.get().required() ? "must have a value" : null;
        }
        if (!fits(column, value)) {
            return "must be of type " + column.type() + ", and is " + shown(String.valueOf(value));
        }
        if (value instanceof String text) {
            String reason = whyNot(text, rules, key);
            if (reason != null) {
                return reason;
            }
        }
        if (value instanceof Integer number) {
            Optional<CodeList> codes = info.flatMap(ColumnInfo::codes);
            if (codes.isPresent() && !codes.get().texts().containsKey(number)) {
                return "must be one of " + codes.get().texts() + ", and is " + number;
            }
            Optional<ColumnRules.Range> range = rules.flatMap(ColumnRules::range);
            if (range.isPresent() && !range.get().contains(number)) {
                return "must be " + range.get() + ", and is " + number;
            }
        }
        return null;
    }

    private static boolean fits(Column column, Object value) {
        return switch (column.type()) {
            case INT -> value instanceof Integer;
            case LONG, TIMESTAMP -> value instanceof Long;
            case DOUBLE -> value instanceof Double number && Double.isFinite(number);
            case BOOLEAN -> value instanceof Boolean;
            case STRING -> value instanceof String;
            case BYTES -> value instanceof byte[];
        };
    }

    private static String whyNot(String text, Optional<ColumnRules> rules, boolean key) {
        int length = rules.map(ColumnRules::maxLength).orElse(ColumnRules.USUAL_LENGTH);
        TextForm form = rules.flatMap(ColumnRules::text).orElse(TextForm.LINE);
        if (text.length() > length) {
            return "has " + text.length() + " characters; at most " + length + " are allowed: " + shown(text);
        }
        int strange = strange(text, form == TextForm.BODY);
        if (strange >= 0) {
            return (Character.isSurrogate(text.charAt(strange))
                            ? "has half a surrogate pair"
                            : "has a control character")
                    + " at character " + (strange + 1);
        }
        if (form == TextForm.FLAG && !text.equals("Y") && !text.equals("N")) {
            return "must be Y or N, and is " + shown(text);
        }
        if (form == TextForm.ZONE && !isZone(text)) {
            return "must be a time zone like Europe/Berlin, and is " + shown(text);
        }
        // Some databases take texts for equal that differ in these only.
        if (key && !text.equals(text.strip())) {
            return "must not begin or end with a blank: it is part of the key";
        }
        return null;
    }

    /** Where a text has what is no text: a control character, or half a surrogate pair; -1 when it does not. */
    private static int strange(String text, boolean lineBreaks) {
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int character = text.codePointAt(i);
            boolean half = character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
            if (half || character == 0 || !lineBreaks && Character.isISOControl(character)) {
                return i;
            }
        }
        return -1;
    }

    /** Whether a text has neither control characters nor halves of surrogate pairs. */
    public static boolean isLine(String text) {
        return strange(text, false) < 0;
    }

    private static String shown(String text) {
        return text.substring(0, Math.min(text.length(), SHOWN));
    }

    private static boolean isZone(String text) {
        try {
            ZoneId.of(text);
            return true;
        } catch (DateTimeException unknown) {
            return false;
        }
    }

    /** Whether the row is marked as deleted. */
    public static boolean isDeleted(Row row) {
        return row.table().hasColumn("Deleted") && "Y".equals(row.get("Deleted"));
    }
}
