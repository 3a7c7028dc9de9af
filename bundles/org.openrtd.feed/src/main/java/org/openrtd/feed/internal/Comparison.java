package org.openrtd.feed.internal;

import java.util.ArrayList;
import java.util.List;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.Verification;
import org.openrtd.feed.View;

/** Compares two views row by row. */
public final class Comparison {

    private Comparison() {}

    /** @return what differs, in words, and how many rows were looked at */
    public static Verification compare(View source, View replica) {
        List<String> differences = new ArrayList<>();
        long[] rows = new long[1];
        for (Table table : source.schema().tables()) {
            source.forEach(table, row -> {
                rows[0]++;
                Row other = replica.find(table, row.key()).orElse(null);
                if (other == null) {
                    add(differences, table + row.key().toString() + " is only at the source");
                } else if (!row.equals(other)) {
                    add(differences, "the source has " + row + ", the replica " + other);
                }
            });
            replica.forEach(table, row -> {
                if (source.find(table, row.key()).isEmpty()) {
                    add(differences, table + row.key().toString() + " is only in the replica");
                }
            });
            if (source.size(table) != replica.size(table)) {
                add(
                        differences,
                        table + " has " + source.size(table) + " rows at the source, " + replica.size(table)
                                + " in the replica");
            }
        }
        return new Verification(source.position(), rows[0], differences);
    }

    private static void add(List<String> differences, String difference) {
        if (differences.size() < Verification.MOST_DIFFERENCES) {
            differences.add(difference);
        }
    }
}
