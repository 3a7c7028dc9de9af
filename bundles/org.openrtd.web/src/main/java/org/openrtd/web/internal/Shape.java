package org.openrtd.web.internal;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.catalog.TableInfo;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/**
 * How the rows of one table are written. A column that may identify a customer is left out, and so is one of which this
 * node's catalogue does not say that it may not.
 */
final class Shape {

    /** By table: as many as there are in the schemas that this process has met. */
    private static final Map<Table, Shape> SHAPES = new ConcurrentHashMap<>();

    private final Table table;
    private final List<Optional<ColumnInfo>> infos;
    private final int[] shown;
    /** Each with a comma before it and a colon behind. */
    private final byte[][] names;

    private final boolean[] instants;

    private Shape(Table table) {
        this.table = table;
        Optional<TableInfo> info = Catalog.find(table.name());
        this.infos = table.columns().stream()
                .map(column -> info.flatMap(i -> i.find(column.name())).filter(c -> !c.sensitive()))
                .toList();
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < infos.size(); i++) {
            if (infos.get(i).isPresent()) {
                indexes.add(i);
            }
        }
        this.shown = indexes.stream().mapToInt(Integer::intValue).toArray();
        this.names = table.columns().stream()
                .map(column -> new Utf8().add(',').text(column.name()).add(':').toBytes())
                .toArray(byte[][]::new);
        this.instants = new boolean[names.length];
        for (int i = 0; i < names.length; i++) {
            instants[i] = table.columns().get(i).type() == ColumnType.TIMESTAMP;
        }
    }

    static Shape of(Table table) {
        Shape shape = SHAPES.get(table);
        if (shape == null) {
            if (SHAPES.size() > 1000) {
                SHAPES.clear();
            }
            shape = new Shape(table);
            SHAPES.put(table, shape);
        }
        return shape;
    }

    Table table() {
        return table;
    }

    /** The indexes of the columns that are served, in the table's order. */
    int[] shown() {
        return shown;
    }

    boolean served(int column) {
        return infos.get(column).isPresent();
    }

    /** What the catalogue knows of a column that is served. */
    ColumnInfo info(int column) {
        return infos.get(column).orElseThrow();
    }

    /** The names of the columns that are served. */
    List<String> names() {
        List<String> served = new ArrayList<>();
        for (int column : shown) {
            served.add(table.columns().get(column).name());
        }
        return served;
    }

    void row(Row row, Utf8 to) {
        row(row, shown, to);
    }

    void row(Row row, int[] columns, Utf8 to) {
        int from = to.length();
        for (int column : columns) {
            to.add(names[column]);
            value(row, column, to);
        }
        open(from, to);
        to.add('}');
    }

    /** The brace in place of the first comma. */
    private static void open(int from, Utf8 to) {
        if (to.length() == from) {
            to.add('{');
        } else {
            to.put(from, '{');
        }
    }

    /** The key, and what differs from {@code before}; all, when that is {@code null}. False when nothing served differs. */
    boolean changed(Row before, Row after, char first, Utf8 to) {
        if (before == null) {
            to.add(first);
            row(after, to);
            return true;
        }
        boolean differs = false;
        for (int column : shown) {
            if (column >= table.keyColumns() && !same(before.get(column), after.get(column))) {
                if (!differs) {
                    to.add(first);
                    key(after, to);
                    differs = true;
                }
                to.add(names[column]);
                value(after, column, to);
            }
        }
        if (differs) {
            to.add('}');
        }
        return differs;
    }

    private static boolean same(Object a, Object b) {
        return a == null
                ? b == null
                : a instanceof byte[] x && b instanceof byte[] y ? java.util.Arrays.equals(x, y) : a.equals(b);
    }

    void gone(Row row, Utf8 to) {
        key(row, to);
        to.add('}');
    }

    /** Without the brace at its end. */
    private void key(Row row, Utf8 to) {
        int from = to.length();
        for (int column = 0; column < table.keyColumns(); column++) {
            to.add(names[column]);
            value(row, column, to);
        }
        open(from, to);
    }

    void value(Row row, int column, Utf8 to) {
        Object value = row.get(column);
        if (value != null && instants[column]) {
            to.add('"').instant((Long) value).add('"');
        } else {
            to.value(value);
        }
    }

    /** The same as CSV has it; of a value that there is, and is no text. */
    void plain(Row row, int column, Utf8 to) {
        Object value = row.get(column);
        if (instants[column]) {
            to.instant((Long) value);
        } else if (value instanceof byte[]) {
            to.add(plain(ColumnType.BYTES, value));
        } else {
            to.value(value);
        }
    }

    /** As CSV has it; of a value that there is. */
    static String plain(ColumnType type, Object value) {
        return switch (type) {
            case TIMESTAMP -> Instant.ofEpochMilli((Long) value).toString();
            case BYTES, DOUBLE, BOOLEAN -> {
                String json = new String(Utf8.json(value), StandardCharsets.UTF_8);
                yield json.startsWith("\"") ? json.substring(1, json.length() - 1) : json;
            }
            default -> value.toString();
        };
    }
}
