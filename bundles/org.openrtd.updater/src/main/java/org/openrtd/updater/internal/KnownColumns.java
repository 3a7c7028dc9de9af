package org.openrtd.updater.internal;

import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.feed.ViewBuilder;
import org.openrtd.localdb.FeedSession;

/**
 * A feed's rows as the database keeps them: when the feed is of another version than the database's tables, or has texts
 * that are longer than its columns.
 */
final class KnownColumns {

    private final FeedSchema feed;
    private final FeedSession session;
    private final boolean same;

    KnownColumns(FeedSchema feed, FeedSession session) {
        this.feed = feed;
        this.session = session;
        this.same = feed.tables().equals(session.schema().tables());
    }

    boolean isOf(FeedSchema other) {
        return other == feed;
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

    /** A row of the feed as the database keeps it. */
    Row row(Row row) {
        return session.own(row);
    }

    /** All rows as the database keeps them; the same object when that is what they are. */
    View view(View view) {
        if (same && isKeptWhole(view)) {
            return view;
        }
        ViewBuilder rows = new ViewBuilder(session.schema());
        for (Table known : session.schema().tables()) {
            Table table = feedTable(known);
            if (table != null) {
                view.forEach(table, row -> rows.put(row(row)));
            }
        }
        return rows.build(Position.NONE, new Cut(0, 0, 0));
    }

    private boolean isKeptWhole(View view) {
        boolean[] whole = {true};
        for (Table table : view.schema().tables()) {
            view.forEach(table, row -> whole[0] = whole[0] && row(row) == row);
        }
        return whole[0];
    }
}
