package org.openrtd.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/** Rows of a table as a busy centre has them, from a seed; no value is NULL, which is the dearest case. */
final class Rows {

    static final long CONTROLLER_TIME = 915_526_800_000L;

    private static final List<String> NAMES = List.of("ZOHARI", "BASCH", "AVNI", "2001", "Ready", "Loans and cards");

    private Rows() {}

    static List<Row> of(Table table, int count, Random random) {
        List<Row> rows = new ArrayList<>(count);
        for (int r = 0; r < count; r++) {
            Object[] values = new Object[table.columns().size()];
            for (int c = 0; c < values.length; c++) {
                values[c] = c < table.keyColumns() ? key(table, c, r) : value(table, c, random);
            }
            rows.add(table.row(values));
        }
        return rows;
    }

    /** Each row with {@code share} of its columns changed, at least one; which ones differs from row to row. */
    static List<Row> changed(List<Row> rows, double share, Random random) {
        List<Row> changed = new ArrayList<>(rows.size());
        for (Row row : rows) {
            changed.add(changed(row, columns(row.table(), share, random), random));
        }
        return changed;
    }

    /**
     * Batches to be committed in a circle, as often as there are versions of each row; each differs from the one before it
     * in the same columns of a row.
     */
    static List<List<Change>> circle(Table table, int rows, int batch, double share, int versions, Random random) {
        List<Row> first = of(table, rows, random);
        List<int[]> columns = new ArrayList<>();
        first.forEach(row -> columns.add(columns(table, share, random)));
        List<List<Change>> batches = new ArrayList<>();
        for (int version = 0; version < versions; version++) {
            for (int from = 0; from < rows; from += batch) {
                List<Change> changes = new ArrayList<>();
                for (int r = from; r < Math.min(rows, from + batch); r++) {
                    changes.add(Change.put(changed(first.get(r), columns.get(r), random)));
                }
                batches.add(changes);
            }
        }
        return batches;
    }

    /** Some of the columns that are not the key. */
    static int[] columns(Table table, double share, Random random) {
        List<Integer> all = new ArrayList<>();
        for (int c = table.keyColumns(); c < table.columns().size(); c++) {
            all.add(c);
        }
        Collections.shuffle(all, random);
        int count = Math.max(
                1, (int) Math.min(all.size(), Math.round(share * table.columns().size())));
        return all.subList(0, count).stream()
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }

    static Row changed(Row row, int[] columns, Random random) {
        Object[] values = row.values();
        for (int c : columns) {
            Object before = values[c];
            do {
                values[c] = value(row.table(), c, random);
            } while (values[c].equals(before));
        }
        return row.table().row(values);
    }

    private static Object key(Table table, int column, int row) {
        return switch (table.columns().get(column).type()) {
            case INT -> 5000 + row;
            case LONG, TIMESTAMP -> 5000L + row;
            case STRING -> "key " + row;
            default -> throw new IllegalArgumentException("No keys of that type: " + table);
        };
    }

    private static Object value(Table table, int column, Random random) {
        return switch (table.columns().get(column).type()) {
            case INT -> random.nextInt(5_000);
            case LONG -> (long) random.nextInt(1_000_000);
            case DOUBLE -> random.nextDouble();
            case BOOLEAN -> random.nextBoolean();
            case TIMESTAMP -> CONTROLLER_TIME - 1_000L * random.nextInt(600);
            case STRING -> NAMES.get(random.nextInt(NAMES.size()));
            case BYTES -> Arrays.copyOf(new byte[] {1, 2, 3}, 1 + random.nextInt(3));
        };
    }
}
