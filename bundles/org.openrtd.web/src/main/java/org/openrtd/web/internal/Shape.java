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
import org.openrtd.feed.Column;
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
    private final byte[][] names;

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
                .map(column -> new Utf8().text(column.name()).add(':').toBytes())
                .toArray(byte[][]::new);
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
        char separator = '{';
        for (int column : columns) {
            to.add(separator).add(names[column]);
            value(row, column, to);
            separator = ',';
        }
        to.add('}');
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
                to.add(',').add(names[column]);
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
        for (int column = 0; column < table.keyColumns(); column++) {
            to.add(column == 0 ? '{' : ',').add(names[column]);
            value(row, column, to);
        }
    }

    void value(Row row, int column, Utf8 to) {
        Object value = row.get(column);
        Column of = table.columns().get(column);
        if (value != null && of.type() == ColumnType.TIMESTAMP) {
            to.value(Instant.ofEpochMilli((Long) value));
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
