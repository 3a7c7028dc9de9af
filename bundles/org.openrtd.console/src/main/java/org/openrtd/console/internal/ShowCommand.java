package org.openrtd.console.internal;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.jline.terminal.Terminal;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.feed.Column;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Replica;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;

@Service
@Command(
        scope = "rtd",
        name = "show",
        description = "Shows the rows of a table, with position, controller time, state and age of the data.",
        detailedDescription = "classpath:show.txt")
public class ShowCommand extends RtdCommand {

    private static final String HIDDEN = "(hidden)";

    @Argument(index = 0, name = "table", description = "The table, X or t_X.", required = true, multiValued = true)
    @Completion(ShowCompleter.class)
    List<String> words;

    String table;

    @Option(name = "--columns", description = "Only these columns, separated by commas; 'all' for every one.")
    @Completion(ColumnCompleter.class)
    String columns;

    @Option(
            name = "--where",
            description =
                    "Only rows with COLUMN=VALUE or COLUMN!=VALUE; the value, NULL, or the name or text it stands for.",
            multiValued = true)
    @Completion(ColumnCompleter.class)
    List<String> where;

    @Option(name = "--sort", description = "The column to sort by, NULL last. By default the key.")
    @Completion(ColumnCompleter.class)
    String sort;

    @Option(name = "--desc", description = "The largest first.")
    boolean descending;

    @Option(
            name = "--limit",
            description = "At most so many rows; 0 for all. By default 100 for people, all for scripts.")
    Integer limit;

    @Option(name = "--source", description = "Of several replicas of the feed, the one from this source.")
    @Completion(SourceCompleter.class)
    String source;

    @Option(name = "--raw", description = "Ids and codes as they are, without their names.")
    boolean raw;

    @Option(name = "--sensitive", description = "Also values that may identify a customer.")
    boolean sensitive;

    @Option(name = "--json", description = "As one JSON document: ids as numbers and beside them names, times in UTC.")
    boolean json;

    @Option(name = "--no-format", description = "One row a line, separated by tabs, for scripts.")
    boolean noFormat;

    @Override
    Object run() throws CommandException {
        if (words != null) {
            table = Words.apply(words, this, "table");
        }
        if (table == null) {
            throw new CommandException("Which table? rtd:tables lists them");
        }
        if (limit != null && limit < 0) {
            throw new CommandException("--limit is not negative; 0 shows all");
        }
        List<Replica> all = chosen(null, source);
        TableFinder.Found found = TableFinder.find(table, all);
        Reader reader = new Reader(found, all);
        int[] asked = askedColumns(found.table());
        List<Row> rows = rows(found, reader);
        int shown = limit == null ? (json || noFormat ? rows.size() : 100) : limit == 0 ? rows.size() : limit;
        List<Row> some = rows.subList(0, Math.min(shown, rows.size()));
        if (json) {
            printJson(found, reader, asked, some);
        } else if (noFormat) {
            System.out.println("# " + heading(found, reader));
            grid(reader, asked == null ? every(found.table()) : asked, some).printTabbed(System.out);
        } else {
            print(found, reader, asked, some, rows.size());
        }
        return null;
    }

    private void print(TableFinder.Found found, Reader reader, int[] asked, List<Row> some, int matching) {
        System.out.println(heading(found, reader));
        int[] shown = asked == null ? telling(found.table(), some) : asked;
        Grid grid = grid(reader, shown, some);
        if (asked == null) {
            Terminal terminal = terminal();
            int room = terminal == null ? 160 : terminal.getWidth();
            int fit = shown.length;
            while (fit > found.table().keyColumns() + 1 && grid.width(fit) > room) {
                fit--;
            }
            if (fit < shown.length) {
                shown = Arrays.copyOf(shown, fit);
                grid = grid(reader, shown, some);
            }
        }
        grid.print(System.out);
        int size = found.view().size(found.table());
        System.out.println(some.size()
                + (some.size() == 1 ? " row" : " rows")
                + (some.size() < matching ? " of " + matching + " (--limit 0 shows all)" : "")
                + (matching < size ? ", " + size + " in the table" : "")
                + (shown.length < found.table().columns().size()
                        ? "; " + shown.length + " of " + found.table().columns().size()
                                + " columns (--columns all shows every one)"
                        : ""));
    }

    private String heading(TableFinder.Found found, Reader reader) {
        Replica replica = found.replica();
        View view = found.view();
        return found.table().name() + "  feed " + replica.feed() + " from " + Text.harmless(replica.source()) + "  "
                + state(replica) + "  position " + view.position() + "  controller time "
                + (view.controllerTime() == 0
                        ? "–"
                        : Text.dayAndTime(view.controllerTime(), reader.zone) + " " + reader.zone);
    }

    private void printJson(TableFinder.Found found, Reader reader, int[] asked, List<Row> rows) {
        Replica replica = found.replica();
        View view = found.view();
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("table", found.table().name());
        head.put("feed", replica.feed());
        head.put("source", replica.source());
        head.put("state", replica.state());
        head.put("reason", replica.reason());
        head.put("stale", replica.stale());
        head.put("ageMillis", replica.age().toMillis());
        head.put("epoch", view.position().epoch());
        head.put("sequence", view.position().sequence());
        head.put("tick", view.tick());
        head.put("controllerTime", view.controllerTime() == 0 ? null : Instant.ofEpochMilli(view.controllerTime()));
        head.put("configurationKey", view.configurationKey());
        String start = Json.of(head);
        System.out.println(start.substring(0, start.length() - 1) + ",\"rows\":[");
        int[] shown = asked == null ? every(found.table()) : asked;
        for (int i = 0; i < rows.size(); i++) {
            Map<String, Object> row = new LinkedHashMap<>();
            Map<String, Object> names = new LinkedHashMap<>();
            for (int column : shown) {
                Object value = rows.get(i).get(column);
                String name = found.table().columns().get(column).name();
                if (reader.hidden(column)) {
                    continue;
                }
                row.put(
                        name,
                        value != null && reader.type(column) == ColumnType.TIMESTAMP
                                ? Instant.ofEpochMilli((Long) value)
                                : value);
                reader.name(column, value).ifPresent(n -> names.put(name, n));
            }
            if (!raw && !names.isEmpty()) {
                row.put("names", names);
            }
            System.out.println(Json.of(row) + (i + 1 < rows.size() ? "," : ""));
        }
        System.out.println("]}");
    }

    private Grid grid(Reader reader, int[] columns, List<Row> rows) {
        Grid grid = new Grid();
        for (int column : columns) {
            String name = reader.table.columns().get(column).name();
            if (reader.onTheRight(column)) {
                grid.right(name);
            } else {
                grid.left(name);
            }
        }
        for (Row row : rows) {
            List<String> cells = new ArrayList<>(columns.length);
            for (int column : columns) {
                cells.add(reader.cell(row, column));
            }
            grid.row(cells);
        }
        return grid;
    }

    /** The columns that --columns names, or {@code null} when it is not given. */
    private int[] askedColumns(Table table) throws CommandException {
        if (columns == null) {
            return null;
        }
        if (columns.equalsIgnoreCase("all")) {
            return every(table);
        }
        List<Integer> asked = new ArrayList<>();
        for (String name : columns.split(",")) {
            if (!name.isBlank()) {
                asked.add(TableFinder.column(table, name.strip()));
            }
        }
        if (asked.isEmpty()) {
            throw new CommandException("--columns names no column; rtd:tables " + table.name() + " lists them");
        }
        return asked.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int[] every(Table table) {
        int[] every = new int[table.columns().size()];
        Arrays.setAll(every, i -> i);
        return every;
    }

    /** The key, and the columns that have a value in some row. */
    private static int[] telling(Table table, List<Row> rows) {
        return Arrays.stream(every(table))
                .filter(i -> i < table.keyColumns()
                        || rows.isEmpty()
                        || rows.stream().anyMatch(row -> row.get(i) != null))
                .toArray();
    }

    private List<Row> rows(TableFinder.Found found, Reader reader) throws CommandException {
        List<Condition> conditions = new ArrayList<>();
        for (String text : where == null ? List.<String>of() : where) {
            conditions.add(Condition.parse(text, found.table()));
        }
        int sortColumn = sort == null ? -1 : TableFinder.column(found.table(), sort);
        List<Row> rows = new ArrayList<>();
        found.view().forEach(found.table(), row -> {
            if (conditions.stream().allMatch(condition -> condition.holds(row, reader))) {
                rows.add(row);
            }
        });
        Comparator<Row> order = sortColumn < 0
                ? byKey(found.table().keyColumns())
                : Comparator.comparing(row -> row.get(sortColumn), VALUES);
        if (descending) {
            order = order.reversed();
        }
        if (sortColumn >= 0) {
            order = Comparator.<Row, Boolean>comparing(row -> row.get(sortColumn) == null)
                    .thenComparing(order)
                    .thenComparing(byKey(found.table().keyColumns()));
        }
        rows.sort(order);
        return rows;
    }

    private static Comparator<Row> byKey(int keyColumns) {
        Comparator<Row> order = Comparator.comparing(row -> row.get(0), VALUES);
        for (int i = 1; i < keyColumns; i++) {
            int column = i;
            order = order.thenComparing(row -> row.get(column), VALUES);
        }
        return order;
    }

    /** Values of one column; NULL last. */
    private static final Comparator<Object> VALUES = Comparator.nullsLast((a, b) -> {
        if (a instanceof Number x && b instanceof Number y) {
            return x instanceof Double
                    ? Double.compare(x.doubleValue(), y.doubleValue())
                    : Long.compare(x.longValue(), y.longValue());
        }
        if (a instanceof Boolean x && b instanceof Boolean y) {
            return Boolean.compare(x, y);
        }
        return a instanceof byte[] x && b instanceof byte[] y
                ? Arrays.compare(x, y)
                : a.toString().compareToIgnoreCase(b.toString());
    });

    /** COLUMN=VALUE or COLUMN!=VALUE. */
    private record Condition(int column, boolean equal, String value) {

        static Condition parse(String text, Table table) throws CommandException {
            int at = text.indexOf('=');
            if (at < 1 || at == 1 && text.charAt(0) == '!') {
                throw new CommandException("--where takes COLUMN=VALUE or COLUMN!=VALUE, not " + Text.harmless(text));
            }
            boolean not = text.charAt(at - 1) == '!';
            String column = text.substring(0, not ? at - 1 : at).strip();
            return new Condition(
                    TableFinder.column(table, column),
                    !not,
                    text.substring(at + 1).strip());
        }

        boolean holds(Row row, Reader reader) {
            Object is = row.get(column);
            boolean matches = is == null
                    ? value.equalsIgnoreCase("NULL")
                    : is.toString().equalsIgnoreCase(value)
                            || reader.name(column, is)
                                    .filter(value::equalsIgnoreCase)
                                    .isPresent()
                            || reader.cell(row, column).equalsIgnoreCase(value)
                            || reader.type(column) == ColumnType.TIMESTAMP
                                    && Instant.ofEpochMilli((Long) is)
                                            .toString()
                                            .equalsIgnoreCase(value);
            return matches == equal;
        }
    }

    /** Turns the values of one table into texts. */
    private final class Reader {
        private final Table table;
        private final Names names;
        private final ZoneId zone;
        private final List<Optional<ColumnInfo>> info;

        Reader(TableFinder.Found found, List<Replica> replicas) {
            this.table = found.table();
            this.names = new Names(
                    Replicas.choose(replicas, "config", null).map(Replica::view).orElse(null));
            this.zone = Picture.zone(
                    Replicas.choose(replicas, "calls", null).map(Replica::view).orElse(null));
            this.info = table.columns().stream()
                    .map(column -> Catalog.find(table.name()).flatMap(t -> t.find(column.name())))
                    .toList();
        }

        ColumnType type(int column) {
            return table.columns().get(column).type();
        }

        boolean hidden(int column) {
            return !sensitive && info.get(column).map(ColumnInfo::sensitive).orElse(false);
        }

        boolean onTheRight(int column) {
            Column c = table.columns().get(column);
            return switch (c.type()) {
                case INT, LONG, DOUBLE ->
                    raw
                            || !Names.named(table, column)
                                    && info.get(column)
                                            .flatMap(ColumnInfo::codes)
                                            .isEmpty();
                default -> false;
            };
        }

        /** What an id or code stands for; nothing where the value speaks for itself. */
        Optional<String> name(int column, Object value) {
            return names.of(table, column, value)
                    .or(() -> value instanceof Integer code
                            ? info.get(column).flatMap(ColumnInfo::codes).map(codes -> codes.text(code))
                            : Optional.empty());
        }

        String cell(Row row, int column) {
            Object value = row.get(column);
            if (value == null) {
                return noFormat ? "NULL" : "–";
            }
            if (hidden(column)) {
                return HIDDEN;
            }
            if (!raw) {
                Optional<String> name = name(column, value);
                if (name.isPresent()) {
                    return name.get();
                }
            }
            return switch (type(column)) {
                case TIMESTAMP ->
                    raw ? Instant.ofEpochMilli((Long) value).toString() : Text.dayAndTime((Long) value, zone);
                case DOUBLE -> noFormat || raw ? value.toString() : Text.real((Double) value);
                case BYTES -> Base64.getEncoder().encodeToString((byte[]) value);
                default -> value.toString();
            };
        }
    }
}
