package org.openrtd.updater.internal;

import java.util.HashMap;
import java.util.Map;
import org.openrtd.feed.Column;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.feed.ViewBuilder;

/** A feed's rows as the database keeps them, when the feed is of another version than the database's tables. */
final class KnownColumns {

    private final FeedSchema feed;
    private final FeedSchema database;
    private final boolean same;
    private final Map<String, int[]> columns = new HashMap<>();

    KnownColumns(FeedSchema feed, FeedSchema database) {
        this.feed = feed;
        this.database = database;
        this.same = feed.tables().equals(database.tables());
    }

    boolean isOf(FeedSchema other) {
        return other == feed;
    }

    /** Whether there is no difference. */
    boolean all() {
        return same;
    }

    /** The feed's table for one of the database's; {@code null} when the feed has none. */
    Table feedTable(Table known) {
        return feed.tables().stream()
                .filter(table -> table.name().equalsIgnoreCase(known.name()) && sameKey(table, known))
                .findFirst()
                .orElse(null);
    }

    private static boolean sameKey(Table table, Table other) {
        int keys = table.keyColumns();
        return keys == other.keyColumns()
                && table.columns().subList(0, keys).equals(other.columns().subList(0, keys));
    }

    /** A row of the feed as one of the database's table. */
    Row row(Table known, Row row) {
        if (same) {
            return row;
        }
        int[] from = columns.computeIfAbsent(known.name(), name -> mapping(known, row.table()));
        Object[] values = new Object[from.length];
        for (int i = 0; i < from.length; i++) {
            values[i] = from[i] < 0 ? null : row.get(from[i]);
        }
        return known.row(values);
    }

    private static int[] mapping(Table known, Table table) {
        int[] from = new int[known.columns().size()];
        for (int i = 0; i < from.length; i++) {
            Column column = known.columns().get(i);
            from[i] = table.hasColumn(column.name())
                            && table.columns().get(table.column(column.name())).type() == column.type()
                    ? table.column(column.name())
                    : -1;
        }
        return from;
    }

    /** All rows as the database keeps them. */
    View view(View view) {
        if (same) {
            return view;
        }
        ViewBuilder rows = new ViewBuilder(database);
        for (Table known : database.tables()) {
            Table table = feedTable(known);
            if (table != null) {
                view.forEach(table, row -> rows.put(row(known, row)));
            }
        }
        return rows.build(Position.NONE, new Cut(0, 0, 0));
    }
}
