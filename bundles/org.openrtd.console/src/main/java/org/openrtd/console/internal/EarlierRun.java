package org.openrtd.console.internal;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/**
 * Whether a committed transaction is what a command would do: an earlier run of it, under the same id. Compared is what the
 * command itself says. What else was in the rows is another's, and ids of new rows are allotted anew in each run. What the
 * names stand for may have changed since, so that where this cannot be told they count as the same.
 */
final class EarlierRun {

    private final ConfigRows rows;

    EarlierRun(ConfigRows rows) {
        this.rows = rows;
    }

    /** The row that was committed in that table, if it was one. */
    static Optional<Change> only(List<Change> committed, Table table) {
        List<Change> all =
                committed.stream().filter(change -> isOf(change, table)).toList();
        return all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty();
    }

    static boolean isOf(Change change, Table table) {
        return change.table().name().equalsIgnoreCase(table.name());
    }

    /** Whether the row was new then. */
    static boolean isNew(Change change) {
        return change.row() != null && Integer.valueOf(1).equals(change.row().get(ConfigRows.STAMP));
    }

    static boolean isDeleted(Change change) {
        return change.row() == null || ConfigRows.deleted(change.row());
    }

    /** Whether a row was given these values. */
    boolean gave(Change change, Map<String, String> assigned) throws CommandException {
        if (change.row() == null) {
            return false;
        }
        Row row = change.row();
        for (Map.Entry<String, String> each : assigned.entrySet()) {
            int column = TableFinder.column(row.table(), each.getKey());
            Object wanted;
            try {
                wanted = rows.value(row.table(), column, each.getValue(), row.values());
            } catch (CommandException calledOtherwiseNow) {
                continue;
            }
            if (!Objects.deepEquals(wanted, row.get(column))) {
                return false;
            }
        }
        return true;
    }

    /** Whether the changed row is the one of that key or name. */
    boolean isCalled(Change change, String typed) {
        if (change.row() != null
                && ConfigRows.nameColumns(change.table()).stream()
                        .anyMatch(column -> typed.equals(change.row().get(column)))) {
            return true;
        }
        try {
            Row row = rows.find(rows.table(change.table().name()), typed);
            return row.key().equals(change.key());
        } catch (CommandException notThereOrCalledOtherwiseNow) {
            Optional<List<Object>> key;
            try {
                key = rows.key(change.table(), typed);
            } catch (CommandException noKey) {
                return true;
            }
            return key.map(change.key()::equals).orElse(true);
        }
    }
}
