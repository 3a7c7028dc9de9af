package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.configuration.HistoryEntry;
import org.openrtd.feed.Table;

@Service
@Command(
        scope = "rtd",
        name = "config-history",
        description = "Shows who changed a row of the configuration when, from what to what; the newest first.",
        detailedDescription = "classpath:config-history.txt")
public class ConfigHistoryCommand extends ConfigCommand {

    @Argument(
            index = 0,
            name = "TABLE KEY|NAME",
            description = "The table, and the row.",
            required = true,
            multiValued = true)
    @Completion(ConfigHistoryCompleter.class)
    List<String> words;

    @Option(name = "--limit", description = "At most so many transactions.")
    int limit = 20;

    @Option(name = "--timeout", description = "Seconds to wait for the centre.")
    int timeoutSeconds = 30;

    @Option(name = "--json", description = "As one JSON document.")
    boolean json;

    @Option(name = "--no-format", description = "One changed column a line, separated by tabs, for scripts.")
    boolean noFormat;

    @Override
    Object run() throws CommandException, InterruptedException {
        List<String> arguments = Words.arguments(words, this);
        if (arguments.size() != 2) {
            throw new CommandException("Which row? rtd:config-history TABLE KEY|NAME");
        }
        if (limit < 1) {
            throw new CommandException("--limit is at least 1");
        }
        ConfigRows rows = configuration();
        Table table = rows.table(arguments.get(0));
        // A key that is no row's any more has a history too.
        List<Object> key = rows.key(table, arguments.get(1)).orElse(null);
        if (key == null
                || table.keyColumns() == 1 && rows.view().find(table, key).isEmpty()) {
            key = key != null && rows.named(table, arguments.get(1)).isEmpty()
                    ? key
                    : rows.find(table, arguments.get(1)).key();
        }
        List<HistoryEntry> entries = answer(editor().history(table.name(), key, limit), timeoutSeconds);
        if (json) {
            System.out.println(Json.of(entries.stream().map(this::document).toList()));
            return null;
        }
        Grid grid = new Grid()
                .right("KEY")
                .left("TIME (UTC)")
                .left("AUTHOR")
                .left("DID")
                .left("COLUMN")
                .left("BEFORE")
                .left("AFTER");
        for (HistoryEntry entry : entries) {
            boolean first = true;
            List<HistoryEntry.ColumnChange> columns =
                    entry.columns().isEmpty() ? List.of(new HistoryEntry.ColumnChange("", "", "")) : entry.columns();
            for (HistoryEntry.ColumnChange column : columns) {
                boolean head = first || noFormat;
                grid.row(
                        head ? Long.toString(entry.recoveryKey()) : "",
                        head ? entry.time().toString() : "",
                        head ? entry.author() : "",
                        head ? entry.operation().toString().toLowerCase(Locale.ROOT) : "",
                        column.column(),
                        column.column().isEmpty() ? "" : shown(column.before()),
                        column.column().isEmpty() ? "" : shown(column.after()));
                first = false;
            }
        }
        if (noFormat) {
            grid.printTabbed(System.out);
        } else if (entries.isEmpty()) {
            System.out.println("The change log knows nothing of " + table.name() + " " + Text.harmless(arguments.get(1))
                    + ": it was not changed, or longer ago than the log reaches back");
        } else {
            grid.print(System.out);
        }
        return null;
    }

    private Map<String, Object> document(HistoryEntry entry) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("recoveryKey", entry.recoveryKey());
        document.put("time", entry.time());
        document.put("author", entry.author());
        document.put("id", entry.id());
        document.put("operation", entry.operation().toString());
        List<Object> columns = new ArrayList<>();
        for (HistoryEntry.ColumnChange column : entry.columns()) {
            Map<String, Object> change = new LinkedHashMap<>();
            change.put("column", column.column());
            change.put("before", column.before());
            change.put("after", column.after());
            columns.add(change);
        }
        document.put("columns", columns);
        return document;
    }
}
