package org.openrtd.feed.internal;

import java.util.ArrayList;
import java.util.List;
import org.openrtd.feed.Digest;

/** Computes a view's digests anew, some rows at a time, so that they prove the rows and not what was said of them. */
public final class Scrub {

    public static final long INTERVAL_MILLIS = 60_000;
    public static final int ROWS_AT_A_TIME = 2048;

    private final FeedView view;
    private final List<String> differing = new ArrayList<>();
    private int table;
    private int ordinal;
    private long rows;
    private long sum;

    public Scrub(FeedView view) {
        this.view = view;
    }

    /** The tables whose rows are not what their digest says; known when {@link #step} answered {@code true}. */
    public List<String> differing() {
        return differing;
    }

    /** Goes on by some rows; answers whether all are done. */
    public boolean step(int budget) {
        while (budget > 0 && table < view.tables()) {
            TableRows of = view.rows(table);
            int end = Math.min(of.limit(), ordinal + budget);
            budget -= end - ordinal + 1;
            for (; ordinal < end; ordinal++) {
                var row = of.get(ordinal);
                if (row != null) {
                    rows++;
                    sum += of.layout.digest(of.layout.seed(row), row);
                }
            }
            if (ordinal == of.limit()) {
                if (!new Digest(rows, sum).equals(of.digest())) {
                    differing.add(of.layout.table.name());
                }
                table++;
                ordinal = 0;
                rows = 0;
                sum = 0;
            }
        }
        return table == view.tables();
    }
}
