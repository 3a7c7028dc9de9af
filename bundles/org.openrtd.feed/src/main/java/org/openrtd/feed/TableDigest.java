package org.openrtd.feed;

import org.openrtd.feed.internal.Layout;

/** Computes the {@link Digest} of some rows of a table. Not thread-safe. */
public final class TableDigest {

    private final Layout layout;
    private long rows;
    private long sum;

    public TableDigest(Table table) {
        layout = new Layout(table);
    }

    /** @throws IllegalArgumentException when it is a row of another table, or has a value that its column cannot have */
    public void add(Row row) {
        rows++;
        sum += layout.digest(row);
    }

    public Digest digest() {
        return new Digest(rows, sum);
    }
}
