package org.openrtd.centraldb.internal;

import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.openrtd.centraldb.CommittedTransaction;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.ConfigurationProblem.Conflict;
import org.openrtd.configuration.ConfigurationProblem.Kind;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.SqlSession;

/** Says what stands in the way of a change that was based on another row than the one that is there, by the change log. */
final class ConfigurationConflict {

    /** How far back is looked for the row that the change was based on. */
    private static final int MOST_CHANGES = 100;

    private static final int SHOWN = 64;

    private final ConfigurationLog log;
    private final SqlSession session;

    ConfigurationConflict(ConfigurationLog log, SqlSession session) {
        this.log = log;
        this.session = session;
    }

    List<ConfigurationProblem> problems(Change change, Row present, int basedOn) throws SQLException {
        Table table = change.table();
        ConfigurationRules rules = ConfigurationRules.of(table);
        List<ConfigurationLog.RowChange> changes = log.changes(
                session,
                table,
                change.key(),
                present,
                notTooFar().and(found -> rules.isAnother(change.row(), found.before())));
        CommittedTransaction last = changes.isEmpty() ? null : changes.get(0).by();
        if (present == null) {
            return List.of(problem(
                    change,
                    null,
                    "the change was based on stamp " + basedOn + ", and the row is not there"
                            + (last == null ? "" : " any more: " + by(last) + " deleted it"),
                    null));
        }
        int is = rules.changeStamp(present);
        if (basedOn == 0) {
            return List.of(problem(
                    change,
                    null,
                    "the row was to be new, and is there with stamp " + is
                            + (last == null ? "" : ", by " + by(last) + " last"),
                    null));
        }
        Row base = null;
        for (ConfigurationLog.RowChange found : changes) {
            if (found.before() != null && !rules.isAnother(change.row(), found.before())) {
                base = found.before();
            }
        }
        Map<Integer, CommittedTransaction> lastOf = lastChanges(changes);
        List<ConfigurationProblem> problems = new ArrayList<>();
        for (int i = table.keyColumns(); i < table.columns().size(); i++) {
            Object wanted = change.row().get(i);
            Object there = present.get(i);
            // Where the row that the change was based on is not known, whatever would be overwritten.
            boolean inTheWay =
                    base == null ? !Objects.deepEquals(wanted, there) : !Objects.deepEquals(base.get(i), there);
            if (inTheWay && !rules.isStamp(i)) {
                problems.add(problem(change, i, base, present, lastOf.get(i)));
            }
        }
        if (problems.isEmpty()) {
            problems.add(problem(
                    change,
                    "ChangeStamp",
                    (is == basedOn
                                    ? "the change was based on the row that recovery key "
                                            + change.row().get(rules.recoveryKey())
                                            + " wrote, and this one was made anew, with "
                                    : "the change was based on stamp " + basedOn + ", and the row has " + is
                                            + " now, with ")
                            + (base == null ? "the values that are wanted" : "the same values")
                            + (last == null ? "" : "; " + by(last) + " changed it last"),
                    null));
        }
        return problems;
    }

    /** What has changed in a row since it was read by who wants to delete it. */
    List<ConfigurationProblem> ofDelete(Row read, Row present) throws SQLException {
        Table table = read.table();
        List<ConfigurationLog.RowChange> changes = log.changes(session, table, read.key(), present, notTooFar());
        Map<Integer, CommittedTransaction> lastOf = lastChanges(changes);
        Change delete = Change.delete(table, read.key());
        List<ConfigurationProblem> problems = new ArrayList<>();
        for (int i = table.keyColumns(); i < table.columns().size(); i++) {
            if (!ConfigurationRules.of(table).isStamp(i) && !Objects.deepEquals(read.get(i), present.get(i))) {
                CommittedTransaction by = lastOf.get(i);
                String reason = "was " + shown(read.get(i)) + " when it was read, is to be deleted, and is "
                        + shown(present.get(i)) + " now, "
                        + (by == null ? "by whom the change log does not say any more" : "by " + by(by));
                Conflict conflict = new Conflict(
                        read.get(i),
                        null,
                        present.get(i),
                        by == null ? null : by.author(),
                        by == null ? null : by.time(),
                        by == null ? 0 : by.recoveryKey());
                problems.add(problem(delete, table.columns().get(i).name(), reason, conflict));
            }
        }
        if (problems.isEmpty()) {
            problems.add(problem(
                    delete,
                    "ChangeStamp",
                    "is to be deleted, and was changed since it was read, with the same values now"
                            + (changes.isEmpty() ? "" : "; " + by(changes.get(0).by()) + " changed it last"),
                    null));
        }
        return problems;
    }

    /** Other edits wait while it is looked for. */
    private static Predicate<ConfigurationLog.RowChange> notTooFar() {
        int[] left = {MOST_CHANGES};
        long[] bytes = {ConfigurationLog.MOST_BYTES};
        return found -> {
            bytes[0] -= found.bytes();
            return --left[0] > 0 && bytes[0] > 0;
        };
    }

    /** Which transaction last gave each column its value. */
    private static Map<Integer, CommittedTransaction> lastChanges(List<ConfigurationLog.RowChange> changes) {
        Map<Integer, CommittedTransaction> last = new HashMap<>();
        for (ConfigurationLog.RowChange found : changes) {
            if (found.before() == null || found.after() == null) {
                break;
            }
            for (int i = 0; i < found.after().table().columns().size(); i++) {
                if (!Objects.deepEquals(found.before().get(i), found.after().get(i))) {
                    last.putIfAbsent(i, found.by());
                }
            }
        }
        return last;
    }

    private static ConfigurationProblem problem(
            Change change, int column, Row base, Row present, CommittedTransaction by) {
        Object wanted = change.row().get(column);
        Object there = present.get(column);
        StringBuilder reason = new StringBuilder();
        if (base != null) {
            reason.append("was ").append(shown(base.get(column))).append(" when it was read, ");
        }
        reason.append("is to be ")
                .append(shown(wanted))
                .append(", and is ")
                .append(shown(there))
                .append(" now, ");
        reason.append(by == null ? "by whom the change log does not say any more" : "by " + by(by));
        Conflict conflict = new Conflict(
                base == null ? null : base.get(column),
                wanted,
                there,
                by == null ? null : by.author(),
                by == null ? null : by.time(),
                by == null ? 0 : by.recoveryKey());
        return problem(change, change.table().columns().get(column).name(), reason.toString(), conflict);
    }

    private static ConfigurationProblem problem(Change change, String column, String reason, Conflict conflict) {
        return new ConfigurationProblem(Kind.CONFLICT, change.table().name(), change.key(), column, reason, conflict);
    }

    private static String by(CommittedTransaction transaction) {
        Instant second = transaction.time().truncatedTo(ChronoUnit.SECONDS);
        return transaction.author() + " at " + second + " (recovery key " + transaction.recoveryKey() + ")";
    }

    private static String shown(Object value) {
        if (value == null) {
            return "NULL";
        }
        String text = value.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
