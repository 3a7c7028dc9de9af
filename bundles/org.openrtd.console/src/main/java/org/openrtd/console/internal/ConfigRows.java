package org.openrtd.console.internal;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.CodeList;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.catalog.Reference;
import org.openrtd.catalog.TableInfo;
import org.openrtd.feed.Column;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Replica;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;

/** The configuration at one recovery key, as people name its tables, rows and values. */
final class ConfigRows {

    static final String STAMP = "ChangeStamp";
    static final String DELETED = "Deleted";
    static final String RECOVERY_KEY = "RecoveryKey";

    private final Replica replica;
    private final View view;

    ConfigRows(Replica replica) {
        this.replica = replica;
        this.view = replica.view();
    }

    Replica replica() {
        return replica;
    }

    View view() {
        return view;
    }

    /** The table, X or t_X, in whatever case. */
    Table table(String name) throws CommandException {
        return TableFinder.find(name, List.of(replica)).table();
    }

    Optional<Table> present(String name) {
        return view.schema().tables().stream()
                .filter(table -> table.name().equalsIgnoreCase(name))
                .findFirst();
    }

    static Optional<TableInfo> info(Table table) {
        return Catalog.find(table.name());
    }

    static Optional<ColumnInfo> info(Table table, int column) {
        return info(table).flatMap(t -> t.find(table.columns().get(column).name()));
    }

    static boolean deleted(Row row) {
        return row.table().hasColumn(DELETED) && "Y".equals(row.getString(DELETED));
    }

    /** The table that a column's values are keys of, in this row; nothing when they are none. */
    Optional<Table> refersTo(Table table, int column, Object[] values) {
        String name = table.columns().get(column).name();
        return info(table).stream()
                .flatMap(info -> info.references().stream())
                .filter(reference -> reference.column().equalsIgnoreCase(name))
                .filter(reference -> holds(reference, table, values))
                .findFirst()
                .flatMap(reference -> present(reference.table()));
    }

    private static boolean holds(Reference reference, Table table, Object[] values) {
        return reference.when().isEmpty()
                || values != null
                        && table.hasColumn(reference.when().get().column())
                        && Objects.equals(
                                values[table.column(reference.when().get().column())],
                                reference.when().get().value());
    }

    /** What people call a row: the first column of its table that names rows; nothing where none does. */
    static Optional<String> name(Row row) {
        for (int column : nameColumns(row.table())) {
            if (row.get(column) != null) {
                return Optional.of(row.get(column).toString());
            }
        }
        return Optional.empty();
    }

    /** Columns whose text no two rows share. */
    static List<Integer> nameColumns(Table table) {
        List<Integer> columns = new ArrayList<>();
        if (table.hasColumn("EnterpriseName")) {
            columns.add(table.column("EnterpriseName"));
        }
        info(table).stream()
                .flatMap(info -> info.unique().stream())
                .filter(unique -> unique.size() == 1 && table.hasColumn(unique.get(0)))
                .map(unique -> table.column(unique.get(0)))
                .filter(column -> !columns.contains(column))
                .forEach(columns::add);
        return columns;
    }

    /** The row that a key or a name stands for. */
    Row find(Table table, String typed) throws CommandException {
        Optional<List<Object>> key = key(table, typed);
        if (key.isPresent()) {
            Optional<Row> row = view.find(table, key.get());
            if (row.isPresent()) {
                return row.get();
            }
        }
        if (table.keyColumns() == 1) {
            List<Row> named = named(table, typed);
            if (named.size() == 1) {
                return named.get(0);
            }
            if (named.size() > 1) {
                throw new CommandException("Several rows of " + table.name() + " are called " + Text.harmless(typed)
                        + ": name one by its key, "
                        + named.stream().map(row -> row.get(0).toString()).collect(Collectors.joining(" or ")));
            }
            throw new CommandException("There is no row " + Text.harmless(typed) + " in " + table.name() + "."
                    + Suggestions.didYouMean(typed, names(table)) + " rtd:config-list " + table.name() + " lists them");
        }
        throw new CommandException("There is no row " + Text.harmless(typed) + " in " + table.name()
                + ", whose key is "
                + table.columns().subList(0, table.keyColumns()).stream()
                        .map(Column::name)
                        .collect(Collectors.joining(","))
                + ", as keys or names with a comma between");
    }

    /** Rows of that name; those that are not deleted, where there are such. */
    List<Row> named(Table table, String name) {
        List<Row> all = new ArrayList<>();
        for (int column : nameColumns(table)) {
            view.forEach(table, row -> {
                if (row.get(column) != null && row.get(column).toString().equals(name) && !all.contains(row)) {
                    all.add(row);
                }
            });
        }
        List<Row> present = all.stream().filter(row -> !deleted(row)).toList();
        return present.isEmpty() ? all : present;
    }

    /** The names of a table's rows, deleted ones apart. */
    List<String> names(Table table) {
        List<String> names = new ArrayList<>();
        view.forEach(table, row -> {
            if (!deleted(row)) {
                name(row).ifPresent(names::add);
            }
        });
        return names;
    }

    /** A whole key as typed: its values with commas between, names where they are references; empty when it is none. */
    Optional<List<Object>> key(Table table, String typed) throws CommandException {
        String[] parts = table.keyColumns() == 1 ? new String[] {typed} : typed.split(",", -1);
        if (parts.length != table.keyColumns()) {
            return Optional.empty();
        }
        Object[] values = new Object[table.columns().size()];
        for (int i = 0; i < parts.length; i++) {
            if (table.keyColumns() == 1 && table.columns().get(0).type() != ColumnType.STRING) {
                Object number = number(table.columns().get(0).type(), typed.strip());
                if (number == null) {
                    return Optional.empty();
                }
                values[0] = number;
            } else {
                values[i] = value(table, i, parts[i].strip(), values);
            }
        }
        return Optional.of(Arrays.asList(values).subList(0, table.keyColumns()));
    }

    /**
     * A value as typed: as it is, or the text of a code, or the name of the row that an id stands for; NULL or nothing for
     * NULL.
     *
     * @param values of the row so far, on which it may depend what a column refers to
     */
    Object value(Table table, int column, String typed, Object[] values) throws CommandException {
        Column c = table.columns().get(column);
        if (typed.isEmpty() || typed.equalsIgnoreCase("NULL")) {
            return null;
        }
        switch (c.type()) {
            case STRING:
                return typed;
            case BOOLEAN:
                if (typed.equalsIgnoreCase("true") || typed.equalsIgnoreCase("false")) {
                    return Boolean.valueOf(typed);
                }
                throw wrong(table, c, typed, "true or false");
            case DOUBLE:
                try {
                    return Double.valueOf(typed);
                } catch (NumberFormatException e) {
                    throw wrong(table, c, typed, "a number");
                }
            case TIMESTAMP:
                try {
                    return Instant.parse(typed).toEpochMilli();
                } catch (DateTimeException e) {
                    throw wrong(table, c, typed, "a time in UTC such as 2026-03-02T09:30:00Z");
                }
            case BYTES:
                try {
                    return Base64.getDecoder().decode(typed);
                } catch (IllegalArgumentException e) {
                    throw wrong(table, c, typed, "bytes in Base64");
                }
            default:
                break;
        }
        Object number = number(c.type(), typed);
        if (number != null) {
            return number;
        }
        Optional<CodeList> codes = info(table, column).flatMap(ColumnInfo::codes);
        if (codes.isPresent()) {
            for (Map.Entry<Integer, String> code : codes.get().texts().entrySet()) {
                if (code.getValue().equalsIgnoreCase(typed)) {
                    return code.getKey();
                }
            }
            throw wrong(
                    table,
                    c,
                    typed,
                    codes.get().texts().entrySet().stream()
                            .map(code -> code.getKey() + " (" + code.getValue() + ")")
                            .collect(Collectors.joining(", ")));
        }
        Optional<Table> referred = refersTo(table, column, values);
        if (referred.isPresent()) {
            List<Row> named = named(referred.get(), typed);
            if (named.size() == 1) {
                return named.get(0).get(0);
            }
            throw new CommandException(table.name() + "." + c.name() + ": "
                    + (named.isEmpty()
                            ? "there is no " + referred.get().name() + " called " + Text.harmless(typed) + "."
                                    + Suggestions.didYouMean(typed, names(referred.get()))
                            : "several rows of " + referred.get().name() + " are called " + Text.harmless(typed)
                                    + "; give the key"));
        }
        throw wrong(table, c, typed, "a whole number");
    }

    private static Object number(ColumnType type, String typed) {
        try {
            return type == ColumnType.INT ? (Object) Integer.valueOf(typed) : (Object) Long.valueOf(typed);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static CommandException wrong(Table table, Column column, String typed, String takes) {
        return new CommandException(
                table.name() + "." + column.name() + " takes " + takes + ", not " + Text.harmless(typed));
    }

    /** What a value stands for: the text of a code, the name of the row of that key. */
    Optional<String> meaning(Row row, int column) {
        Object value = row.get(column);
        if (!(value instanceof Integer number)) {
            return Optional.empty();
        }
        Optional<CodeList> codes = info(row.table(), column).flatMap(ColumnInfo::codes);
        if (codes.isPresent()) {
            return Optional.ofNullable(codes.get().texts().get(number));
        }
        return refersTo(row.table(), column, row.values())
                .flatMap(table -> view.find(table, List.of(value)))
                .flatMap(ConfigRows::name);
    }

    /** What a row is called in messages: its key, and its name where it has one. */
    static String called(Row row) {
        String key = row.key().stream().map(ConfigRows::text).collect(Collectors.joining(","));
        return row.table().name() + " " + key
                + name(row).map(name -> " (" + name + ")").orElse("");
    }

    /** A value as it is. */
    static String text(Object value) {
        return value instanceof byte[] bytes ? Base64.getEncoder().encodeToString(bytes) : String.valueOf(value);
    }

    static boolean stored(String column) {
        String name = column.toLowerCase(Locale.ROOT);
        return name.equals(STAMP.toLowerCase(Locale.ROOT)) || name.equals(RECOVERY_KEY.toLowerCase(Locale.ROOT));
    }
}
