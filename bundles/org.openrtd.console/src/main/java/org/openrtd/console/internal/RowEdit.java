package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.catalog.Reference;
import org.openrtd.catalog.TableInfo;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/** Makes the changes that an edit of a row consists of, based on the row as this node's copy has it. */
final class RowEdit {

    /** Where ids for new rows come from. */
    @FunctionalInterface
    interface Ids {
        int next(String table) throws CommandException, InterruptedException;
    }

    private RowEdit() {}

    /** The row with other values in some columns; its stamp says what it was based on. */
    static Change change(ConfigRows rows, Row row, Map<String, String> assigned) throws CommandException {
        if (ConfigRows.deleted(row) && assigned.keySet().stream().noneMatch(ConfigRows.DELETED::equalsIgnoreCase)) {
            throw deleted(row);
        }
        Object[] values = row.values();
        assign(rows, row.table(), values, assigned, row.table().keyColumns());
        return Change.put(row.table().row(values));
    }

    /** A new row, and the row elsewhere that has to be there first, as an agent's in Skill_Target. */
    static List<Change> create(ConfigRows rows, Table table, Map<String, String> assigned, Ids ids)
            throws CommandException, InterruptedException {
        Object[] values = new Object[table.columns().size()];
        if (table.hasColumn(ConfigRows.DELETED)) {
            values[table.column(ConfigRows.DELETED)] = "N";
        }
        assign(rows, table, values, assigned, 0);
        // What must not be there yet.
        values[table.column(ConfigRows.STAMP)] = 0;
        List<Change> changes = new ArrayList<>();
        if (values[0] == null
                && table.keyColumns() == 1
                && table.columns().get(0).type() == ColumnType.INT) {
            values[0] = ids.next(table.name());
            base(rows, table, (Integer) values[0]).ifPresent(changes::add);
        }
        for (int i = 0; i < table.keyColumns(); i++) {
            if (values[i] == null) {
                throw new CommandException("A new row of " + table.name() + " needs "
                        + table.columns().get(i).name() + "=VALUE, which is part of its key");
            }
        }
        changes.add(Change.put(table.row(values)));
        return changes;
    }

    /** Why a row that is marked as deleted is not edited. */
    static CommandException deleted(Row row) {
        return new CommandException(Text.harmless(ConfigRows.called(row)) + " is deleted; rtd:config-set "
                + row.table().name() + " " + ConfigRows.text(row.get(0)) + " Deleted=N brings it back");
    }

    /** The row marked as deleted where its table keeps deleted rows, else gone; based on the row as it is. */
    static List<Change> delete(Row row) {
        Table table = row.table();
        if (!table.hasColumn(ConfigRows.DELETED)) {
            return List.of(Change.put(row), Change.delete(table, row.key()));
        }
        Object[] values = row.values();
        values[table.column(ConfigRows.DELETED)] = "Y";
        return List.of(Change.put(table.row(values)));
    }

    /** The row that shares the key: where the key itself refers to a table, and says what kind its row is. */
    private static Optional<Change> base(ConfigRows rows, Table table, int id) {
        String key = table.columns().get(0).name();
        Optional<Reference> reference = ConfigRows.info(table).map(TableInfo::references).stream()
                .flatMap(List::stream)
                .filter(each -> each.column().equalsIgnoreCase(key)
                        && each.when().isEmpty()
                        && each.that().isPresent())
                .findFirst();
        return reference.flatMap(each -> rows.present(each.table()).map(base -> {
            Object[] values = new Object[base.columns().size()];
            values[0] = id;
            values[base.column(each.that().get().column())] = each.that().get().value();
            values[base.column(ConfigRows.STAMP)] = 0;
            return Change.put(base.row(values));
        }));
    }

    private static void assign(
            ConfigRows rows, Table table, Object[] values, Map<String, String> assigned, int firstFree)
            throws CommandException {
        // What others depend on comes first: a code says what an id beside it refers to.
        for (int round = 0; round < 2; round++) {
            for (Map.Entry<String, String> each : assigned.entrySet()) {
                int column = TableFinder.column(table, each.getKey());
                String name = table.columns().get(column).name();
                if (ConfigRows.stored(name)) {
                    throw new CommandException(name + " is set by the central database alone");
                }
                if (column < firstFree) {
                    throw new CommandException(name + " is part of the key of " + table.name()
                            + ", which a row keeps: make a new row, and delete this one");
                }
                boolean code = ConfigRows.info(table, column)
                        .flatMap(info -> info.codes())
                        .isPresent();
                if (code == (round == 0)) {
                    values[column] = rows.value(table, column, each.getValue(), values);
                }
            }
        }
    }
}
