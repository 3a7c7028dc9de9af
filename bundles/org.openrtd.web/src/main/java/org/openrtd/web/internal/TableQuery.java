package org.openrtd.web.internal;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.catalog.TableInfo;
import org.openrtd.feed.Column;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;

/** Which rows and columns of a table somebody asks for, in which order. */
final class TableQuery {

    static final Set<String> PARAMETERS = Set.of("columns", "where", "sort", "limit", "names");
    static final int USUAL_LIMIT = 10_000;
    static final int HIGHEST_LIMIT = 100_000;
    private static final int MOST_CONDITIONS = 20;
    private static final int MOST_SORTS = 8;
    /** Java's own numbers may be NaN, or hexadecimal. */
    private static final String NUMBER = "[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?";

    private final Table table;
    private final TableInfo info;
    private final Shape shape;
    private final int[] columns;
    private final boolean names;
    private final int limit;
    private Predicate<Row> condition = row -> true;
    private Comparator<Row> order;

    /**
     * The rows found.
     *
     * @param matched how many there are without the limit
     */
    record Found(List<Row> rows, int matched) {}

    /** @throws ApiError when it does not fit the table */
    TableQuery(Table table, TableInfo info, Parameters parameters) {
        this.table = table;
        this.info = info;
        this.shape = Shape.of(table);
        List<String> asked = parameters.list("columns");
        Set<Integer> chosen = new HashSet<>();
        List<Integer> shown = new ArrayList<>();
        for (String name : asked) {
            int column = column("columns", name);
            if (chosen.add(column)) {
                shown.add(column);
            }
        }
        this.columns = asked.isEmpty()
                ? shape.shown()
                : shown.stream().mapToInt(Integer::intValue).toArray();
        this.names = parameters.flag("names");
        this.limit = parameters.number("limit", USUAL_LIMIT, 0, HIGHEST_LIMIT);
        List<String> conditions = parameters.all("where");
        if (conditions.size() > MOST_CONDITIONS) {
            throw ApiError.badRequest("where", "There are at most " + MOST_CONDITIONS + " conditions");
        }
        for (String text : conditions) {
            condition = condition.and(condition(text));
        }
        for (int i = 0; i < table.keyColumns(); i++) {
            order = then(order, by(i, false));
        }
        Comparator<Row> asSorted = null;
        List<String> sorts = parameters.list("sort");
        if (sorts.size() > MOST_SORTS) {
            throw ApiError.badRequest("sort", "Rows are sorted by at most " + MOST_SORTS + " columns");
        }
        for (String name : sorts) {
            boolean descending = name.startsWith("-");
            asSorted = then(asSorted, by(column("sort", descending ? name.substring(1) : name), descending));
        }
        order = asSorted == null ? order : asSorted.thenComparing(order);
    }

    private static Comparator<Row> then(Comparator<Row> first, Comparator<Row> next) {
        return first == null ? next : first.thenComparing(next);
    }

    private int column(String parameter, String name) {
        int column = table.hasColumn(name) ? table.column(name) : -1;
        if (column >= 0 && shape.served(column)) {
            return column;
        }
        if (column >= 0 && info.find(name).map(ColumnInfo::sensitive).orElse(true)) {
            throw ApiError.badValue(
                    parameter,
                    name,
                    "Column " + table.columns().get(column).name() + " of table " + table.name()
                            + " is not served: it may identify a customer");
        }
        List<String> served = shape.names();
        throw ApiError.noSuchColumn(
                parameter,
                table.name(),
                name,
                info.nearest(name).stream().filter(served::contains).toList());
    }

    // ---- where

    private static final List<String> OPERATORS = List.of("!=", "<=", ">=", "=", "<", ">", "~");

    private Predicate<Row> condition(String text) {
        int at = 0;
        while (at < text.length() && "=!<>~".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        int from = at;
        String operator = OPERATORS.stream()
                .filter(each -> text.startsWith(each, from))
                .findFirst()
                .orElseThrow(() -> ApiError.badValue(
                        "where",
                        text,
                        "A condition is COLUMN=VALUE, or with !=, <, <=, >, >= or ~, not " + ApiError.cut(text)));
        int column = column("where", text.substring(0, from).strip());
        String value = text.substring(from + operator.length()).strip();
        if (value.equals("NULL")) {
            return switch (operator) {
                case "=" -> row -> row.get(column) == null;
                case "!=" -> row -> row.get(column) != null;
                default ->
                    throw ApiError.badValue("where", text, "NULL is compared with = and != only, not with " + operator);
            };
        }
        if (operator.equals("~")) {
            String part = value.toLowerCase(Locale.ROOT);
            ColumnType type = table.columns().get(column).type();
            return row -> row.get(column) != null
                    && Shape.plain(type, row.get(column))
                            .toLowerCase(Locale.ROOT)
                            .contains(part);
        }
        Object wanted = value(column, value);
        // No value is different from each, and neither less nor more than any.
        return switch (operator) {
            case "=" -> row -> row.get(column) != null && compare(row.get(column), wanted) == 0;
            case "!=" -> row -> row.get(column) == null || compare(row.get(column), wanted) != 0;
            case "<" -> row -> row.get(column) != null && compare(row.get(column), wanted) < 0;
            case "<=" -> row -> row.get(column) != null && compare(row.get(column), wanted) <= 0;
            case ">" -> row -> row.get(column) != null && compare(row.get(column), wanted) > 0;
            default -> row -> row.get(column) != null && compare(row.get(column), wanted) >= 0;
        };
    }

    private Object value(int column, String text) {
        Column of = table.columns().get(column);
        try {
            switch (of.type()) {
                case INT, LONG -> {
                    var codes = shape.info(column).codes();
                    if (codes.isPresent()) {
                        for (Map.Entry<Integer, String> code :
                                codes.get().texts().entrySet()) {
                            if (code.getValue().equalsIgnoreCase(text)) {
                                return (long) code.getKey();
                            }
                        }
                    }
                    return Long.parseLong(text);
                }
                case DOUBLE -> {
                    if (!text.matches(NUMBER)) {
                        throw new NumberFormatException(text);
                    }
                    return Double.parseDouble(text);
                }
                case BOOLEAN -> {
                    if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
                        throw new NumberFormatException(text);
                    }
                    return Boolean.parseBoolean(text);
                }
                case TIMESTAMP -> {
                    return Instant.parse(text).toEpochMilli();
                }
                case BYTES -> throw new NumberFormatException(text);
                default -> {
                    return text;
                }
            }
        } catch (NumberFormatException | DateTimeException e) {
            throw ApiError.badValue(
                    "where",
                    text,
                    ApiError.cut(text) + " is no value of column " + of.name() + ", which is "
                            + of.type().name().toLowerCase(Locale.ROOT)
                            + shape.info(column)
                                    .codes()
                                    .map(codes -> ": "
                                            + String.join(", ", codes.texts().values()))
                                    .orElse(""));
        }
    }

    private static int compare(Object a, Object b) {
        if (a instanceof Double || b instanceof Double) {
            return Double.compare(((Number) a).doubleValue(), ((Number) b).doubleValue());
        }
        if (a instanceof Number x && b instanceof Number y) {
            return Long.compare(x.longValue(), y.longValue());
        }
        if (a instanceof Boolean x && b instanceof Boolean y) {
            return Boolean.compare(x, y);
        }
        if (a instanceof byte[] x && b instanceof byte[] y) {
            return Arrays.compare(x, y);
        }
        return a.toString().compareToIgnoreCase(b.toString());
    }

    private static Comparator<Row> by(int column, boolean descending) {
        return (x, y) -> {
            Object a = x.get(column);
            Object b = y.get(column);
            if (a == null || b == null) {
                return a == b ? 0 : a == null ? 1 : -1;
            }
            return descending ? compare(b, a) : compare(a, b);
        };
    }

    // ---- answers

    Found rows(View view) {
        List<Row> rows = new ArrayList<>();
        view.forEach(table, row -> {
            if (condition.test(row)) {
                rows.add(row);
            }
        });
        rows.sort(order);
        return new Found(rows.size() > limit ? rows.subList(0, limit) : rows, rows.size());
    }

    byte[] json(Map<String, Object> facts, Found found, Labels labels, int mostBytes) {
        Utf8 out = new Utf8(mostBytes);
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("table", table.name());
        head.putAll(facts);
        head.put("matched", found.matched());
        byte[] json = Utf8.json(head);
        out.add(Arrays.copyOf(json, json.length - 1)).add(",\"rows\":[");
        char separator = ' ';
        for (Row row : found.rows()) {
            if (separator == ',') {
                out.add(',');
            }
            separator = ',';
            if (names) {
                char inRow = '{';
                for (int column : columns) {
                    out.add(inRow).text(name(column)).add(':');
                    shape.value(row, column, out);
                    if (Labels.labelled(info, infoColumn(column))) {
                        out.add(',').text(name(column) + "_text").add(':');
                        out.value(labels.of(info, infoColumn(column), row.get(column)));
                    }
                    inRow = ',';
                }
                out.add('}');
            } else {
                shape.row(row, columns, out);
            }
        }
        return out.add("]}").toBytes();
    }

    byte[] csv(Found found, Labels labels, int mostBytes) {
        Utf8 out = new Utf8(mostBytes);
        String separator = "";
        for (int column : columns) {
            out.add(separator).add(name(column));
            separator = ",";
            if (names && Labels.labelled(info, infoColumn(column))) {
                out.add(',').add(name(column) + "_text");
            }
        }
        out.add("\r\n");
        for (Row row : found.rows()) {
            separator = "";
            for (int column : columns) {
                out.add(separator);
                if (row.get(column) instanceof String text) {
                    csv(text, out);
                } else if (row.get(column) != null) {
                    shape.plain(row, column, out);
                }
                separator = ",";
                if (names && Labels.labelled(info, infoColumn(column))) {
                    String label = labels.of(info, infoColumn(column), row.get(column));
                    out.add(',');
                    if (label != null) {
                        csv(label, out);
                    }
                }
            }
            out.add("\r\n");
        }
        return out.toBytes();
    }

    /** An empty text is quoted, which tells it from no value. */
    private static void csv(String value, Utf8 out) {
        boolean quote = value.isEmpty();
        for (int i = 0; i < value.length() && !quote; i++) {
            char c = value.charAt(i);
            quote = c == ',' || c == '"' || c == '\n' || c == '\r';
        }
        if (quote) {
            out.add('"').add(value.replace("\"", "\"\"")).add('"');
        } else {
            out.add(value);
        }
    }

    private String name(int column) {
        return table.columns().get(column).name();
    }

    /** The catalogue's table may have other columns than the one that the centre sent. */
    private int infoColumn(int column) {
        return info.table().column(name(column));
    }
}
