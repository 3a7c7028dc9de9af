package org.openrtd.centraldb.internal;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.openrtd.catalog.Reference;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.ConfigurationProblem.Kind;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.ConfigurationValues;
import org.openrtd.feed.Change;
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

    /**
     * What the rows are stamped with.
     *
     * @param recoveryKey of the transaction, if it is committed
     */
    record Stamp(long recoveryKey, String author, long millis) {}

    private final FeedSchema schema;
    private final SqlSession session;
    private final ConfigurationLog log;
    private final Stamp stamp;
    private final ConfigurationScripts scripts;
    private final List<ConfigurationProblem> problems = new ArrayList<>();
    private final List<Change> written = new ArrayList<>();
    private final List<Change> before = new ArrayList<>();
    /** How much text {@link #before} holds. */
    private long replaced;
    /** The written rows and those before, by {@link #place}; {@code null} where there is none. */
    private final Map<List<Object>, Row> writtenRows = new HashMap<>();

    private final Map<List<Object>, Row> rowsBefore = new HashMap<>();
    /** What was referred to, as it is now that all rows are written. */
    private final Map<List<Object>, Row> referredTo = new HashMap<>();

    ConfigurationCheck(FeedSchema schema, SqlSession session, ConfigurationLog log, Stamp stamp) {
        this.schema = schema;
        this.session = session;
        this.log = log;
        this.stamp = stamp;
        this.scripts = new ConfigurationScripts(schema, session);
    }

    /** The changes with the rows as they are written now. */
    List<Change> written() {
        return written;
    }

    /** The rows that were there before, of those that were written or deleted. */
    List<Change> before() {
        return before;
    }

    List<ConfigurationProblem> write(List<Change> changes) throws SQLException {
        Set<List<Object>> seen = new HashSet<>();
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            Row base = null;
            if (i + 1 < changes.size() && isDeleteOf(changes.get(i + 1), change)) {
                base = change.row();
                change = changes.get(++i);
            }
            if (!schema.tables().contains(change.table())) {
                problem(Kind.VALUE, change, null, "the configuration has no such table");
            } else {
                List<ConfigurationProblem> wrong = ConfigurationValues.problems(change);
                problems.addAll(wrong);
                if (wrong.isEmpty() && !seen.add(place(change.table(), change.key()))) {
                    problem(Kind.VALUE, change, null, "the transaction changes this row twice");
                } else if (wrong.isEmpty()) {
                    write(change, base);
                }
            }
            if (replaced > ConfigurationTransaction.MAX_BYTES) {
                // The log keeps these rows as well, and a small transaction can delete large ones.
                problem(
                        Kind.VALUE,
                        change,
                        null,
                        "up to here the transaction replaces and deletes rows of " + replaced + " characters; at most "
                                + ConfigurationTransaction.MAX_BYTES + " are allowed: split it");
                return found();
            }
            if (isEnough()) {
                return found();
            }
        }
        if (problems.isEmpty()) {
            for (int i = 0; i < written.size() && !isEnough(); i++) {
                checkUnique(written.get(i));
                checkReferences(written.get(i));
                checkReferrers(written.get(i));
            }
            problems.addAll(scripts.problems(written, before));
        }
        return found();
    }

    /** A put and then the delete of the same row is one change: the delete, based on the row that is put. */
    static boolean isDeleteOf(Change delete, Change put) {
        return delete.row() == null
                && put.row() != null
                && delete.table().equals(put.table())
                && delete.key().equals(put.key());
    }

    private boolean isEnough() {
        return problems.size() >= MOST_PROBLEMS;
    }

    private List<ConfigurationProblem> found() {
        return problems.subList(0, Math.min(problems.size(), MOST_PROBLEMS));
    }

    /** @param base the row that a delete was based on, {@code null} when it does not say so */
    private void write(Change change, Row base) throws SQLException {
        Table table = change.table();
        Row present = session.find(table, change.key());
        if (change.row() == null) {
            if (present == null) {
                problem(Kind.CONFLICT, change, null, "is not there, so it cannot be deleted");
                return;
            }
            if (base == null && ConfigurationRules.of(table).changeStamp() >= 0) {
                problem(
                        Kind.VALUE,
                        change,
                        null,
                        "is to be deleted, and nothing says as it was read: put it right before the delete as it was"
                                + " read, or with ChangeStamp NULL when it does not matter what is there");
                return;
            }
            if (base != null && ConfigurationRules.of(table).isAnother(base, present)) {
                problems.addAll(new ConfigurationConflict(log, session).ofDelete(base, present));
                return;
            }
            session.delete(table, change.key());
            wrote(change, present);
            return;
        }
        ConfigurationRules rules = ConfigurationRules.of(table);
        Object[] values = change.row().values();
        if (rules.changeStamp() >= 0) {
            int is = rules.changeStamp(present);
            Object basedOn = values[rules.changeStamp()];
            if (rules.isAnother(change.row(), present)) {
                problems.addAll(new ConfigurationConflict(log, session).problems(change, present, (Integer) basedOn));
                return;
            }
            values[rules.changeStamp()] = is + 1;
        }
        if (rules.recoveryKey() >= 0) {
            values[rules.recoveryKey()] = stamp.recoveryKey();
        }
        ConfigurationScripts.stamp(table, values, present, stamp);
        Row stamped = table.row(values);
        if (present == null) {
            session.insert(stamped);
        } else {
            session.update(stamped);
        }
        wrote(Change.put(stamped), present);
    }

    private void wrote(Change change, Row present) {
        written.add(change);
        writtenRows.put(place(change.table(), change.key()), change.row());
        if (present != null) {
            before.add(Change.put(present));
            replaced += SqlConfigurationStore.characters(present);
            rowsBefore.put(place(change.table(), change.key()), present);
        }
    }

    private static List<Object> place(Table table, List<Object> key) {
        return List.of(table.name(), key);
    }

    // What a row kept, of which it was right before, is right still where nothing that it speaks of is written now.
    // Most edits
    // change one column of many, so that this is most of what there would be to look up.

    private Row before(Change change) {
        return rowsBefore.get(place(change.table(), change.key()));
    }

    private static boolean same(Row row, Row before, String column) {
        return before != null && Objects.equals(row.get(column), before.get(column));
    }

    private void checkUnique(Change change) throws SQLException {
        if (change.row() == null) {
            return;
        }
        for (List<String> columns : ConfigurationRules.of(change.table()).unique()) {
            List<Object> values = new ArrayList<>();
            columns.forEach(column -> values.add(change.row().get(column)));
            // A row that takes the same values now is looked at by itself.
            boolean kept = columns.stream().allMatch(column -> same(change.row(), before(change), column));
            if (kept || values.contains(null)) {
                continue;
            }
            for (Row other : session.find(change.table(), columns, values)) {
                if (!other.key().equals(change.key())) {
                    problem(
                            Kind.DUPLICATE,
                            change,
                            columns.get(columns.size() - 1),
                            String.join(", ", columns) + " " + values + " belongs to " + other.key()
                                    + (ConfigurationValues.isDeleted(other)
                                            ? ", which is deleted but not purged"
                                            : ""));
                    break;
                }
            }
        }
    }

    private void checkReferences(Change change) throws SQLException {
        if (change.row() == null || ConfigurationValues.isDeleted(change.row())) {
            return;
        }
        for (Reference reference : ConfigurationRules.of(change.table()).references()) {
            String reason = keeps(change, reference) ? null : whyNot(change.row(), reference);
            if (reason != null) {
                problem(Kind.REFERENCE, change, reference.column(), reason);
            }
        }
    }

    /** Whether it referred to the same row before, which is not written now. */
    private boolean keeps(Change change, Reference reference) {
        Row was = before(change);
        Object value = change.row().get(reference.column());
        return was != null
                && !ConfigurationValues.isDeleted(was)
                && same(change.row(), was, reference.column())
                && reference
                        .when()
                        .map(when -> same(change.row(), was, when.column()))
                        .orElse(true)
                && value != null
                && !writtenRows.containsKey(place(schema.table(reference.table()), List.of(value)));
    }

    /** Why a row cannot refer to what it refers to; {@code null} when it can. */
    private String whyNot(Row row, Reference reference) throws SQLException {
        Object value = row.get(reference.column());
        if (value == null || !counts(reference, row)) {
            return null;
        }
        Row target = now(schema.table(reference.table()), List.of(value));
        String name = "refers to " + reference.table() + " " + value + ", which ";
        if (target == null) {
            return name + "is not there";
        }
        if (ConfigurationValues.isDeleted(target)) {
            return name + "is deleted";
        }
        if (reference.that().isPresent()) {
            Reference.Condition that = reference.that().get();
            if (!Integer.valueOf(that.value()).equals(target.get(that.column()))) {
                return name + "has " + that.column() + " " + target.get(that.column()) + ", not " + that.value();
            }
        }
        return null;
    }

    /** The row with that key, after all were written. */
    private Row now(Table table, List<Object> key) throws SQLException {
        List<Object> place = place(table, key);
        if (writtenRows.containsKey(place)) {
            return writtenRows.get(place);
        }
        if (!referredTo.containsKey(place)) {
            referredTo.put(place, session.find(table, key));
        }
        return referredTo.get(place);
    }

    private static boolean counts(Reference reference, Row row) {
        return reference
                .when()
                .map(when -> Integer.valueOf(when.value()).equals(row.get(when.column())))
                .orElse(true);
    }

    /** Whether anything that stays refers to a row that goes, or that is not any more what it has to be. */
    private void checkReferrers(Change change) throws SQLException {
        if (change.key().size() != 1) {
            return;
        }
        boolean goes = change.row() == null || ConfigurationValues.isDeleted(change.row());
        for (Table table : schema.tables()) {
            // What scripts use has rules of its own, and the versions of a script that is deleted stay as they are.
            if (ConfigurationScripts.isCrossReference(table)
                    || change.row() != null && ConfigurationScripts.isVersion(table)) {
                continue;
            }
            for (Reference reference : ConfigurationRules.of(table).references()) {
                if (reference.table().equalsIgnoreCase(change.table().name())
                        && (goes || becomesAnother(change, reference))) {
                    checkReferrers(change, goes, table, reference);
                }
            }
        }
    }

    /** Whether those who referred to the row before may not any more. To one that was not there nobody did. */
    private boolean becomesAnother(Change change, Reference reference) {
        Row was = before(change);
        return was != null
                && reference
                        .that()
                        .map(that -> !same(change.row(), was, that.column()))
                        .orElse(false);
    }

    private void checkReferrers(Change change, boolean goes, Table table, Reference reference) throws SQLException {
        // A deleted row may go on pointing at a deleted one, but at nothing it may not.
        // One that is written now is looked at by itself.
        Row broken = session.findFirst(table, List.of(reference.column()), change.key(), referrer -> {
            boolean isDeleted = ConfigurationValues.isDeleted(referrer);
            return goes
                    ? change.row() == null || !isDeleted
                    : !isDeleted
                            && !writtenRows.containsKey(place(table, referrer.key()))
                            && whyNot(referrer, reference) != null;
        });
        if (broken != null) {
            problem(
                    Kind.REFERENCE,
                    change,
                    goes ? null : reference.that().orElseThrow().column(),
                    (goes ? "cannot be deleted: " : "cannot be changed: ") + table.name() + " " + broken.key()
                            + " refers to it by " + reference.column());
        }
    }

    private void problem(Kind kind, Change change, String column, String reason) {
        problems.add(new ConfigurationProblem(kind, change.table().name(), change.key(), column, reason));
    }
}
