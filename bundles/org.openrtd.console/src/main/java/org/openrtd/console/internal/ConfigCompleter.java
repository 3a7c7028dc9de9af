package org.openrtd.console.internal;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.apache.karaf.shell.support.completers.ArgumentCommandLine;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.catalog.TextForm;
import org.openrtd.feed.Column;
import org.openrtd.feed.Replica;
import org.openrtd.feed.Table;
import org.osgi.framework.BundleContext;

/** Completes tables, keys, names, columns and values of the configuration, and options, wherever they stand. */
abstract class ConfigCompleter implements Completer {

    /** More help nobody, and a table may have a hundred thousand rows. */
    private static final int MOST = 500;

    @Reference
    BundleContext context;

    private final Class<?> command;

    ConfigCompleter(Class<?> command) {
        this.command = command;
    }

    /** What may stand behind these arguments. */
    abstract List<String> candidates(ConfigRows rows, List<String> before, String typed) throws CommandException;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        String whole = line.getCursorArgument() == null ? "" : line.getCursorArgument();
        if (line instanceof ArgumentCommandLine) {
            // Asked whether a word before the cursor is acceptable: the command says better what is wrong with it.
            candidates.add(whole);
            return 0;
        }
        String typed = whole.substring(0, Math.min(whole.length(), Math.max(0, line.getArgumentPosition())));
        suggest(List.of(line.getArguments()).subList(0, line.getCursorArgumentIndex()), typed).stream()
                .filter(word -> word.toLowerCase(Locale.ROOT).startsWith(typed.toLowerCase(Locale.ROOT)))
                .limit(MOST)
                .forEach(candidates::add);
        return candidates.isEmpty() ? -1 : line.getBufferPosition() - line.getArgumentPosition();
    }

    /** @param words before the one that is typed, the command's name first */
    List<String> suggest(List<String> words, String typed) {
        Map<String, Field> options = Words.options(command);
        List<String> before = new ArrayList<>();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("-")) {
                before.add(word);
            } else if (!word.contains("=")
                    && options.containsKey(word)
                    && options.get(word).getType() != boolean.class
                    && ++i == words.size()) {
                return List.of();
            }
        }
        if (typed.startsWith("-")) {
            return List.copyOf(options.keySet());
        }
        Optional<Replica> replica = Replicas.choose(RtdCommand.services(context, Replica.class), Catalog.CONFIG, null);
        if (replica.isEmpty() || replica.get().view().schema() == null) {
            return List.of();
        }
        try {
            return candidates(new ConfigRows(replica.get()), before, typed);
        } catch (CommandException notYet) {
            return List.of();
        }
    }

    static List<String> tables(ConfigRows rows, String typed) {
        String prefix = typed.toLowerCase(Locale.ROOT).startsWith("t_") ? "t_" : "";
        return rows.view().schema().tables().stream()
                .map(table -> prefix + table.name())
                .toList();
    }

    /** Names, and keys where a digit is typed or rows have no names. */
    static List<String> keys(ConfigRows rows, Table table, String typed) {
        List<String> keys = new ArrayList<>(rows.names(table));
        if (keys.isEmpty() || !typed.isEmpty() && Character.isDigit(typed.charAt(0))) {
            rows.view().forEach(table, row -> {
                if (!ConfigRows.deleted(row)) {
                    keys.add(String.join(
                            ",", row.key().stream().map(ConfigRows::text).toList()));
                }
            });
        }
        return keys;
    }

    /** {@code COLUMN=}, and behind it what the column may hold. */
    static List<String> assignments(ConfigRows rows, Table table, String typed, boolean all) {
        int equals = typed.indexOf('=');
        if (equals < 0) {
            return table.columns().stream()
                    .map(Column::name)
                    .filter(name -> all || !ConfigRows.stored(name))
                    .map(name -> name + "=")
                    .toList();
        }
        String name = typed.substring(0, typed.charAt(Math.max(0, equals - 1)) == '!' ? equals - 1 : equals);
        if (!table.hasColumn(name)) {
            return List.of();
        }
        int column = table.column(name);
        List<String> values = new ArrayList<>();
        Optional<ColumnInfo> info = ConfigRows.info(table, column);
        info.flatMap(ColumnInfo::codes)
                .ifPresent(codes -> values.addAll(codes.texts().values()));
        if (info.flatMap(i -> i.rules().text()).filter(TextForm.FLAG::equals).isPresent()) {
            values.add("Y");
            values.add("N");
        }
        rows.refersTo(table, column, null).ifPresent(referred -> values.addAll(rows.names(referred)));
        return values.stream()
                .map(value -> typed.substring(0, equals + 1) + value)
                .toList();
    }
}
