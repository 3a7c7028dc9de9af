package org.openrtd.feed;

import org.openrtd.feed.internal.FeedView;
import org.openrtd.feed.internal.TableRows;

/**
 * Makes a {@link View} of rows that are kept elsewhere. Its digests are computed from the rows as they are given. Not
 * thread-safe.
 */
public final class ViewBuilder {

    private final FeedView empty;
    private final TableRows.Builder[] tables;

    public ViewBuilder(FeedSchema schema) {
        empty = FeedView.empty(schema, Position.NONE);
        tables = new TableRows.Builder[empty.tables()];
        for (int t = 0; t < tables.length; t++) {
            tables[t] = empty.rows(t).builder();
        }
    }

    /**
     * Adds a row, or replaces the one with its key.
     *
     * @throws IllegalArgumentException when it is not a row of this schema, or has a value that its column cannot have
     */
    public void put(Row row) {
        int table = empty.index(row.table().name());
        if (table < 0) {
            throw new IllegalArgumentException("Feed " + empty.schema().feed() + " has no table " + row.table());
        }
        tables[table].put(row);
    }

    /** The view; the builder must not be used any more. */
    public View build(Position position, Cut cut) {
        TableRows[] rows = new TableRows[tables.length];
        for (int t = 0; t < rows.length; t++) {
            rows[t] = tables[t].build();
        }
        return empty.next(position, cut, rows);
    }
}
