package org.openrtd.centraldb.internal;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.openrtd.catalog.Reference;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.ConfigurationProblem.Kind;
import org.openrtd.configuration.ConfigurationValues;
import org.openrtd.feed.Change;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.SqlSession;

/**
 * What must hold of scripts beyond the catalog's rules. A version is added and deleted with what it uses, and never changed;
 * no number is given twice; the current version is there, uses only what is there, and what it uses stays.
 */
final class ConfigurationScripts {

    private static final String MASTER_SCRIPT = "Master_Script";
    private static final String SCRIPT = "Script";
    private static final String CROSS_REFERENCE = "Script_Cross_Reference";

    /** Scripts that are named to whoever wants to delete what they use. */
    private static final int NAMED = 10;

    private final FeedSchema schema;
    private final SqlSession session;
    private final Map<List<Object>, Row> before = new HashMap<>();
    private final Map<List<Object>, Change> written = new HashMap<>();
    private final List<ConfigurationProblem> problems = new ArrayList<>();

    ConfigurationScripts(FeedSchema schema, SqlSession session) {
        this.schema = schema;
        this.session = session;
    }

    static boolean isCrossReference(Table table) {
        return table.name().equals(CROSS_REFERENCE);
    }

    static boolean isVersion(Table table) {
        return table.name().equals(SCRIPT);
    }

    /** Who added a version, and when, is not the editor's to say. */
    static void stamp(Table table, Object[] values, Row present, ConfigurationCheck.Stamp stamp) {
        if (table.name().equals(SCRIPT)) {
            int author = table.column("Author");
            int time = table.column("DateTime");
            values[author] = present == null ? stamp.author() : present.get(author);
            values[time] = present == null ? (Long) stamp.millis() : present.get(time);
        }
    }

    /**
     * What is wrong after a transaction.
     *
     * @param changes as they are written
     * @param rowsBefore those that were there, of the rows that were written
     */
    List<ConfigurationProblem> problems(List<Change> changes, List<Change> rowsBefore) throws SQLException {
        if (schema.tables().stream().noneMatch(ConfigurationScripts::isCrossReference)) {
            return problems;
        }
        rowsBefore.forEach(row -> before.put(place(row.table(), row.key()), row.row()));
        changes.forEach(change -> written.put(place(change.table(), change.key()), change));
        for (Change change : changes) {
            switch (change.table().name()) {
                case MASTER_SCRIPT -> masterScript(change);
                case SCRIPT -> script(change);
                case CROSS_REFERENCE -> crossReference(change);
                default -> {
                    // Whatever else may be used by a script; so may a master script.
                }
            }
            if (isGone(change)) {
                users(change);
            }
        }
        return problems;
    }

    private static List<Object> place(Table table, List<Object> key) {
        return List.of(table.name(), key);
    }

    private Row before(Change change) {
        return before.get(place(change.table(), change.key()));
    }

    private static boolean isGone(Change change) {
        return change.row() == null || ConfigurationValues.isDeleted(change.row());
    }

    private void masterScript(Change change) throws SQLException {
        if (change.row() == null) {
            return;
        }
        Row was = before(change);
        int next = change.row().getInt("NextAvailableVersion");
        if (was != null && next < was.getInt("NextAvailableVersion")) {
            problem(
                    Kind.VALUE,
                    change,
                    "NextAvailableVersion",
                    "must be at least " + was.get("NextAvailableVersion") + ", and is " + next
                            + ": no version is given twice");
        }
        Object current = change.row().get("CurrentVersion");
        if (isGone(change) || current == null) {
            return;
        }
        Object id = change.key().get(0);
        List<Row> versions = session.find(table(SCRIPT), List.of("MasterScriptID", "Version"), List.of(id, current));
        if (versions.isEmpty()) {
            TreeSet<Object> there = new TreeSet<>();
            session.find(table(SCRIPT), List.of("MasterScriptID"), List.of(id))
                    .forEach(version -> there.add(version.get("Version")));
            problem(
                    Kind.REFERENCE,
                    change,
                    "CurrentVersion",
                    "version " + current + " of it is not there; "
                            + (there.isEmpty() ? "it has none" : "there are " + there));
        } else if ((was == null || ConfigurationValues.isDeleted(was) || !current.equals(was.get("CurrentVersion")))
                && !written.containsKey(place(table(SCRIPT), versions.get(0).key()))) {
            // One that is added now has been looked at with what it uses.
            uses(change, current, versions.get(0).get(0));
        }
    }

    /** Whether a version can run: all that it uses is there. */
    private void uses(Change change, Object version, Object scriptId) throws SQLException {
        for (Row used : session.find(table(CROSS_REFERENCE), List.of("ScriptID"), List.of(scriptId))) {
            for (Reference target : ConfigurationRules.of(used.table()).references()) {
                if (target.when().isEmpty()
                        || !Integer.valueOf(target.when().get().value()).equals(used.get("TargetType"))) {
                    continue;
                }
                Row row = session.find(table(target.table()), List.of(used.get("TargetID")));
                if (row == null || ConfigurationValues.isDeleted(row)) {
                    problem(
                            Kind.REFERENCE,
                            change,
                            "CurrentVersion",
                            "version " + version + " uses " + target.table() + " " + used.get("TargetID")
                                    + ", which is " + (row == null ? "not there" : "deleted"));
                }
            }
        }
    }

    private void script(Change change) throws SQLException {
        Row was = before(change);
        if (change.row() == null) {
            Row master = session.find(table(MASTER_SCRIPT), List.of(was.get("MasterScriptID")));
            if (master != null && was.get("Version").equals(master.get("CurrentVersion"))) {
                problem(
                        Kind.REFERENCE,
                        change,
                        null,
                        "cannot be deleted: it is the current version, " + was.get("Version") + ", of script "
                                + master.get("EnterpriseName") + "; make another one current first");
            }
            if (!session.find(table(CROSS_REFERENCE), List.of("ScriptID"), change.key())
                    .isEmpty()) {
                problem(
                        Kind.REFERENCE,
                        change,
                        null,
                        "cannot be deleted without its rows in Script_Cross_Reference: delete them in the same transaction");
            }
            return;
        }
        if (was != null) {
            problem(Kind.VALUE, change, null, "is there, and a version of a script is never changed: add another one");
            return;
        }
        Object masterId = change.row().get("MasterScriptID");
        Row master = session.find(table(MASTER_SCRIPT), List.of(masterId));
        if (master == null) {
            return; // said already
        }
        Change masterChange = written.get(place(master.table(), master.key()));
        int after = master.getInt("NextAvailableVersion");
        Row masterBefore = masterChange == null ? master : before(masterChange);
        int first = masterBefore == null ? 1 : masterBefore.getInt("NextAvailableVersion");
        int version = change.row().getInt("Version");
        if (version < first) {
            problem(
                    Kind.VALUE,
                    change,
                    "Version",
                    "must be at least " + first + ", NextAvailableVersion of its master script, and is " + version
                            + ": no version is given twice");
        } else if (version >= after) {
            problem(
                    Kind.VALUE,
                    change,
                    "Version",
                    "is " + version + ", and NextAvailableVersion of its master script is " + after
                            + ": the transaction must raise it above each version that it adds");
        }
    }

    private void crossReference(Change change) {
        Object scriptId = change.key().get(0);
        Change script = written.get(place(table(SCRIPT), List.of(scriptId)));
        boolean together = script != null
                && (change.row() == null
                        ? script.row() == null
                        : script.row() != null && before(script) == null && before(change) == null);
        if (!together) {
            problem(
                    Kind.REFERENCE,
                    change,
                    "ScriptID",
                    change.row() == null
                            ? "what a version uses is deleted with it, in the same transaction, and not without"
                            : "what a version uses is added with it, in the same transaction, and never changed");
        }
    }

    /** Whether current scripts use a row that goes. */
    private void users(Change change) throws SQLException {
        for (Reference target : ConfigurationRules.of(table(CROSS_REFERENCE)).references()) {
            if (target.when().isEmpty() || !target.table().equals(change.table().name())) {
                continue;
            }
            TreeSet<String> names = new TreeSet<>();
            List<Row> uses = session.find(
                    table(CROSS_REFERENCE),
                    List.of("TargetID", "TargetType"),
                    List.of(change.key().get(0), target.when().get().value()));
            for (Row use : uses) {
                Row script = session.find(table(SCRIPT), List.of(use.get("ScriptID")));
                Row master = script == null
                        ? null
                        : session.find(table(MASTER_SCRIPT), List.of(script.get("MasterScriptID")));
                if (master != null
                        && !ConfigurationValues.isDeleted(master)
                        && script.get("Version").equals(master.get("CurrentVersion"))) {
                    names.add(master.get("EnterpriseName") + " (version " + script.get("Version") + ")");
                }
            }
            if (!names.isEmpty()) {
                String more = names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "";
                problem(
                        Kind.REFERENCE,
                        change,
                        null,
                        "cannot be deleted: the current versions of these scripts use it: "
                                + String.join(", ", names.stream().limit(NAMED).toList()) + more);
            }
        }
    }

    private Table table(String name) {
        return schema.table(name);
    }

    private void problem(Kind kind, Change change, String column, String reason) {
        problems.add(new ConfigurationProblem(kind, change.table().name(), change.key(), column, reason));
    }
}
