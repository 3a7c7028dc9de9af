package org.openrtd.centraldb.internal;

import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.ConfigurationProblem.Kind;
import org.openrtd.feed.Change;
import org.openrtd.feed.Column;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.SqlSession;

/**
 * Writes a transaction's rows and checks them, the whole transaction together: what two rows of it break and mend again is
 * no problem. The caller commits when there is no problem, and rolls back when there is one.
 */
final class ConfigurationCheck {

    /** More than these help nobody. */
    private static final int MOST_PROBLEMS = 20;
    /** Characters of a text that is too long; as many as a name may have where it comes from. */
    private static final int NAMED = 128;

    private final FeedSchema schema;
    private final SqlSession session;
    private final List<ConfigurationProblem> problems = new ArrayList<>();
    private final List<Change> written = new ArrayList<>();

    ConfigurationCheck(FeedSchema schema, SqlSession session) {
        this.schema = schema;
        this.session = session;
    }

    /** The changes with the rows as they are written now. */
    List<Change> written() {
        return written;
    }

    List<ConfigurationProblem> write(List<Change> changes) throws SQLException {
        Set<List<Object>> seen = new HashSet<>();
        for (Change change : changes) {
            if (!schema.tables().contains(change.table())) {
                problem(Kind.VALUE, change, null, "the configuration has no such table");
            } else if (valuesFit(change)) {
                if (!seen.add(List.of(change.table().name(), change.key()))) {
                    problem(Kind.VALUE, change, null, "the transaction changes this row twice");
                } else {
                    write(change);
                }
            }
            if (problems.size() >= MOST_PROBLEMS) {
                return problems;
            }
        }
        if (problems.isEmpty()) {
            for (Change change : written) {
                checkUnique(change);
                checkReferences(change);
                checkReferrers(change);
                if (problems.size() >= MOST_PROBLEMS) {
                    break;
                }
            }
        }
        return problems;
    }

    private boolean valuesFit(Change change) {
        List<ConfigurationProblem> wrong = values(change);
        problems.addAll(wrong);
        return wrong.isEmpty();
    }

    /** What is wrong with a change's values, whatever else there is. */
    static List<ConfigurationProblem> values(Change change) {
        List<ConfigurationProblem> wrong = new ArrayList<>();
        Table table = change.table();
        ConfigurationRules.TableRules rules = ConfigurationRules.of(table);
        if (change.key().size() != table.keyColumns()) {
            wrong.add(value(change, null, "the key has " + table.keyColumns() + " columns"));
            return wrong;
        }
        int columns =
                change.row() == null ? table.keyColumns() : table.columns().size();
        for (int i = 0; i < columns; i++) {
            Column column = table.columns().get(i);
            Object value =
                    change.row() == null ? change.key().get(i) : change.row().get(i);
            if (i == ConfigurationRules.changeStampColumn(table)) {
                continue;
            }
            String reason = null;
            if (value != null) {
                reason = whyNot(rules, column, value);
            } else if (i < table.keyColumns() || rules.isRequired(column.name())) {
                reason = "must have a value";
            }
            if (reason != null) {
                wrong.add(value(change, column.name(), reason));
            }
        }
        return wrong;
    }

    /** Why a column cannot have this value, or {@code null}. */
    private static String whyNot(ConfigurationRules.TableRules rules, Column column, Object value) {
        boolean fits =
                switch (column.type()) {
                    case INT -> value instanceof Integer;
                    case LONG, TIMESTAMP -> value instanceof Long;
                    case DOUBLE -> value instanceof Double number && Double.isFinite(number);
                    case BOOLEAN -> value instanceof Boolean;
                    case STRING -> value instanceof String;
                    case BYTES -> value instanceof byte[];
                };
        if (!fits) {
            return "must be of type " + column.type() + ", and is " + value;
        }
        if (value instanceof String text) {
            int length = rules.length(column.name());
            if (text.length() > length) {
                return "has " + text.length() + " characters; at most " + length + " are allowed: "
                        + text.substring(0, Math.min(text.length(), NAMED));
            }
            if (text.chars().anyMatch(Character::isISOControl)) {
                return "has a control character";
            }
            if (rules.isFlag(column.name()) && !text.equals("Y") && !text.equals("N")) {
                return "must be Y or N, and is " + text;
            }
            if (rules.isZone(column.name()) && !isZone(text)) {
                return "must be a time zone like Europe/Berlin, and is " + text;
            }
        }
        ConfigurationRules.Range range = rules.range(column.name());
        if (range != null && value instanceof Integer number && (number < range.from() || number > range.to())) {
            return "must be " + range + ", and is " + number;
        }
        return null;
    }

    private static boolean isZone(String text) {
        try {
            ZoneId.of(text);
            return true;
        } catch (DateTimeException unknown) {
            return false;
        }
    }

    private static ConfigurationProblem value(Change change, String column, String reason) {
        return new ConfigurationProblem(Kind.VALUE, change.table().name(), change.key(), column, reason);
    }

    private void write(Change change) throws SQLException {
        Table table = change.table();
        Row present = session.find(table, change.key());
        if (change.row() == null) {
            if (present == null) {
                problem(Kind.CONFLICT, change, null, "is not there, so it cannot be deleted");
                return;
            }
            session.delete(table, change.key());
            written.add(change);
            return;
        }
        Row stamped = change.row();
        int stampColumn = ConfigurationRules.changeStampColumn(table);
        if (stampColumn >= 0) {
            int is = present == null ? 0 : Objects.requireNonNullElse((Integer) present.get(stampColumn), 0);
            Object basedOn = change.row().get(stampColumn);
            if (basedOn != null && !basedOn.equals(is)) {
                problem(Kind.CONFLICT, change, table.columns().get(stampColumn).name(), conflict(basedOn, present, is));
                return;
            }
            Object[] values = change.row().values();
            values[stampColumn] = is + 1;
            stamped = table.row(values);
        }
        if (present == null) {
            session.insert(stamped);
        } else if (table.keyColumns() < table.columns().size()) {
            session.update(stamped);
        }
        written.add(Change.put(stamped));
    }

    private static String conflict(Object basedOn, Row present, int is) {
        if (present == null) {
            return "the change was based on stamp " + basedOn + ", and the row is not there";
        }
        return basedOn.equals(0)
                ? "the row was to be new, and is there with stamp " + is
                : "the change was based on stamp " + basedOn + ", and the row has " + is + " now";
    }

    private void checkUnique(Change change) throws SQLException {
        if (change.row() == null) {
            return;
        }
        for (List<String> columns : ConfigurationRules.of(change.table()).unique()) {
            List<Object> values = new ArrayList<>();
            columns.forEach(column -> values.add(change.row().get(column)));
            if (values.contains(null)) {
                continue;
            }
            for (Row other : session.find(change.table(), columns, values)) {
                if (!other.key().equals(change.key())) {
                    problem(
                            Kind.DUPLICATE,
                            change,
                            columns.get(columns.size() - 1),
                            String.join(", ", columns) + " " + values + " belongs to " + other.key()
                                    + (isDeleted(other) ? ", which is deleted but not purged" : ""));
                    break;
                }
            }
        }
    }

    private void checkReferences(Change change) throws SQLException {
        if (change.row() == null || isDeleted(change.row())) {
            return;
        }
        for (ConfigurationRules.Reference reference :
                ConfigurationRules.of(change.table()).references()) {
            Object value = change.row().get(reference.column());
            if (value == null) {
                continue;
            }
            Row target = session.find(schema.table(reference.table()), List.of(value));
            if (target == null || isDeleted(target)) {
                problem(
                        Kind.REFERENCE,
                        change,
                        reference.column(),
                        "refers to " + reference.table() + " " + value + ", which is "
                                + (target == null ? "not there" : "deleted"));
            }
        }
    }

    /** Whether anything that stays refers to a row that goes. */
    private void checkReferrers(Change change) throws SQLException {
        if (change.key().size() != 1 || change.row() != null && !isDeleted(change.row())) {
            return;
        }
        for (Table table : schema.tables()) {
            for (ConfigurationRules.Reference reference :
                    ConfigurationRules.of(table).references()) {
                if (!reference.table().equalsIgnoreCase(change.table().name())) {
                    continue;
                }
                for (Row referrer : session.find(table, List.of(reference.column()), change.key())) {
                    // A deleted row may go on pointing at a deleted one, but at nothing it may not.
                    if (change.row() == null || !isDeleted(referrer)) {
                        problem(
                                Kind.REFERENCE,
                                change,
                                null,
                                "cannot be deleted: " + table.name() + " " + referrer.key() + " refers to it by "
                                        + reference.column());
                        break;
                    }
                }
            }
        }
    }

    private void problem(Kind kind, Change change, String column, String reason) {
        problems.add(new ConfigurationProblem(kind, change.table().name(), change.key(), column, reason));
    }

    static boolean isDeleted(Row row) {
        int column = ConfigurationRules.deletedColumn(row.table());
        return column >= 0 && "Y".equals(row.get(column));
    }
}
