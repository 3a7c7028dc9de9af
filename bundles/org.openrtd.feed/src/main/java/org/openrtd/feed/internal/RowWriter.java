package org.openrtd.feed.internal;

import java.util.BitSet;
import java.util.List;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;

/** Stages an origin's changes upon its newest rows and gives ordinals to new ones. */
public final class RowWriter {

    private final FeedView view;
    private final BitSet[] ordinals;
    private final TableRows.Builder[] builders;
    private final BitSet[] freed;
    private final BitSet[] given;
    /** Below it all are in use, for each table: none becomes free before {@link #build}. */
    private final int[] noneFreeBelow;

    private boolean changed;

    /** @param ordinals those in use, for each table */
    public RowWriter(FeedView view, BitSet[] ordinals) {
        this.view = view;
        this.ordinals = ordinals;
        this.builders = new TableRows.Builder[view.tables()];
        this.freed = new BitSet[view.tables()];
        this.given = new BitSet[view.tables()];
        this.noneFreeBelow = new int[view.tables()];
    }

    /** Whether any row was put anew or deleted; one that was put as it was does not count. */
    public boolean isChanged() {
        return changed;
    }

    public TableRows.Builder[] builders() {
        return builders;
    }

    /**
     * Stages a change.
     *
     * @throws IllegalArgumentException when it is none of a row of this feed; the caller gives up all by {@link #giveUp}
     */
    public void put(Change change) {
        int table = view.index(change.table().name());
        if (table < 0) {
            throw new IllegalArgumentException("Feed " + view.schema().feed() + " has no table " + change.table());
        }
        TableRows.Builder rows = builders[table];
        if (rows == null) {
            rows = view.rows(table).builder();
            builders[table] = rows;
        }
        if (change.row() == null) {
            delete(table, rows, change.key());
            return;
        }
        Layout layout = rows.layout;
        Row row = layout.own(change.row());
        for (int i = 0; i < layout.keys; i++) {
            layout.canonical(i, row.get(i));
        }
        long seed = layout.seed(row);
        int ordinal = rows.find(seed, row);
        if (ordinal >= 0) {
            changed |= rows.replaceBy(ordinal, seed, row);
            return;
        }
        row = layout.canonical(row);
        ordinal = ordinals[table].nextClearBit(noneFreeBelow[table]);
        noneFreeBelow[table] = ordinal;
        if (ordinal >= Wire.MOST_ROWS) {
            throw new IllegalArgumentException("Table " + layout.table + " has all the rows it can have");
        }
        ordinals[table].set(ordinal);
        given[table] = given[table] == null ? new BitSet() : given[table];
        given[table].set(ordinal);
        rows.insert(ordinal, seed, row);
        changed = true;
    }

    private void delete(int table, TableRows.Builder rows, List<Object> key) {
        if (!rows.layout.isKey(key)) {
            throw new IllegalArgumentException("No key of " + rows.layout.table + ": " + key);
        }
        long seed = rows.layout.seed(key);
        int ordinal = rows.find(seed, key);
        if (ordinal >= 0) {
            rows.remove(ordinal, seed, rows.get(ordinal));
            changed = true;
            if (freed[table] == null) {
                freed[table] = new BitSet();
            }
            freed[table].set(ordinal);
        }
    }

    /** Nothing was staged. */
    public void giveUp() {
        for (int t = 0; t < given.length; t++) {
            if (given[t] != null) {
                ordinals[t].andNot(given[t]);
            }
        }
    }

    /** The rows with all that was staged. Ordinals that were freed can be given again from the next batch on. */
    public TableRows[] build() {
        TableRows[] tables = view.allRows();
        for (int t = 0; t < tables.length; t++) {
            if (builders[t] != null) {
                tables[t] = builders[t].build();
                if (freed[t] != null) {
                    ordinals[t].andNot(freed[t]);
                }
            }
        }
        return tables;
    }
}
