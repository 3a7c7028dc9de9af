package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.feed.Column;
import org.openrtd.feed.Replica;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;

/** Finds tables and columns by the names people type: {@code X} and {@code t_X}, in whatever case. */
final class TableFinder {

    /** A table in one view of a replica; the view stays the same however long one looks at it. */
    record Found(Replica replica, View view, Table table) {}

    private TableFinder() {}

    /** All tables of the replicas, in their feeds' order. */
    static List<Found> all(Collection<Replica> replicas) {
        List<Found> all = new ArrayList<>();
        for (Replica replica : replicas) {
            View view = replica.view();
            if (view.schema() != null) {
                view.schema().tables().forEach(table -> all.add(new Found(replica, view, table)));
            }
        }
        return all;
    }

    static Found find(String name, Collection<Replica> replicas) throws CommandException {
        List<Found> all = all(replicas);
        String wanted = plain(name);
        for (Found found : all) {
            if (found.table().name().equalsIgnoreCase(wanted)
                    || found.table().name().equalsIgnoreCase(name)) {
                return found;
            }
        }
        List<String> names = all.stream().map(found -> found.table().name()).toList();
        if (names.isEmpty()) {
            throw new CommandException("No table " + Text.harmless(name)
                    + " yet: none of this node's replicas has received its first snapshot; rtd:status says why");
        }
        throw new CommandException("There is no table " + Text.harmless(name) + "."
                + Suggestions.didYouMean(wanted, names) + " rtd:tables lists them");
    }

    static int column(Table table, String name) throws CommandException {
        if (table.hasColumn(name)) {
            return table.column(name);
        }
        throw new CommandException("Table " + table.name() + " has no column " + Text.harmless(name) + "."
                + Suggestions.didYouMean(
                        name, table.columns().stream().map(Column::name).toList())
                + " rtd:tables " + table.name() + " lists them");
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).startsWith("t_") ? name.substring(2) : name;
    }
}
