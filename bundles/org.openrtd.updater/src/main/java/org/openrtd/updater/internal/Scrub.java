package org.openrtd.updater.internal;

import java.sql.SQLException;
import java.util.List;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.localdb.FeedSession;

/**
 * Reads all rows of the database, a portion at a time, and compares each with the row that was written last. What is
 * written between two portions is right by being written by whoever compares.
 */
final class Scrub {

    static final int PORTION = 1000;

    private final List<Table> tables;
    private int table;
    private List<Object> after;
    private long rows;
    private String leftOut;

    Scrub(List<Table> tables) {
        this.tables = tables;
    }

    /** Rows compared so far. */
    long rows() {
        return rows;
    }

    boolean isDone() {
        return table == tables.size();
    }

    /** Begins once more with the table that was just found to differ. */
    void again(Table differing) {
        table = tables.indexOf(differing);
        after = null;
    }

    /** Leaves out the rest of the table that was just found to differ. */
    void skip(Table differing) {
        table = tables.indexOf(differing) + 1;
        after = null;
    }

    /** A row that the database cannot have; {@code null} when it can have them all. */
    String leftOut() {
        return leftOut;
    }

    private long kept(FeedSession session, View written, Table feeds) {
        long[] kept = {0};
        written.forEach(feeds, row -> {
            if (session.own(row) != null) {
                kept[0]++;
            } else if (leftOut == null) {
                String key = row.key().toString();
                leftOut = "row " + key.substring(0, Math.min(key.length(), 80)) + "… of " + feeds;
            }
        });
        return kept[0];
    }

    /** Compares the next portion; answers the table whose rows differ, or {@code null}. The caller ends the transaction. */
    Table step(FeedSession session, View written) throws SQLException {
        Table known = tables.get(table);
        Table feeds = session.feeds(written.schema(), known);
        List<Row> portion = session.after(known, after, PORTION);
        rows += portion.size();
        for (Row row : portion) {
            Row right = feeds == null ? null : written.find(feeds, row.key()).orElse(null);
            if (right == null || !row.equals(session.own(right))) {
                return known;
            }
        }
        if (portion.size() == PORTION) {
            after = portion.get(PORTION - 1).key();
            return null;
        }
        // Each row that is there is right; are they all there?
        long there = session.count(known);
        long right = feeds == null ? 0 : written.size(feeds);
        if (there != right && (feeds == null || there != kept(session, written, feeds))) {
            return known;
        }
        table++;
        after = null;
        return null;
    }
}
