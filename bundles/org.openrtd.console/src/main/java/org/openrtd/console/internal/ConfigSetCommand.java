package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

@Service
@Command(
        scope = "rtd",
        name = "config-set",
        description =
                "Changes a row of the configuration, or enters a new one; several in one transaction from a file.",
        detailedDescription = "classpath:config-set.txt")
public class ConfigSetCommand extends ConfigCommand {

    private static final long MAX_FILE_BYTES = 16 << 20;
    private static final String NEW = "new";

    @Argument(
            index = 0,
            name = "TABLE KEY|NAME|new COLUMN=VALUE...",
            description = "The table, the row, and what to change.",
            required = true,
            multiValued = true)
    @Completion(ConfigSetCompleter.class)
    List<String> words;

    @Option(
            name = "--file",
            description = "Takes rows from this CSV file, whose first line names columns; all in one transaction.")
    @Completion(FileCompleter.class)
    String file;

    @Option(name = "--timeout", description = "Seconds to wait for the centre and for this node's copies.")
    int timeoutSeconds = 30;

    @Option(
            name = "--id",
            description = "The id of a transaction whose answer was lost: answers what became of it, or does it now.")
    String id;

    @Override
    Object run() throws CommandException, InterruptedException {
        List<String> arguments = Words.arguments(words, this);
        if (arguments.isEmpty()) {
            throw new CommandException("Which table? rtd:tables lists them");
        }
        ConfigRows rows = configuration();
        Table table = rows.table(arguments.get(0));
        if (file != null) {
            if (arguments.size() > 1) {
                throw new CommandException("With --file, rows and columns stand in the file");
            }
            fromFile(rows, table);
            return null;
        }
        if (arguments.size() < 3) {
            throw new CommandException("What is to be changed? rtd:config-set TABLE KEY|NAME|new COLUMN=VALUE…");
        }
        Map<String, String> assigned = assignments(arguments.subList(2, arguments.size()));
        EarlierRun earlier = new EarlierRun(rows);
        if (arguments.get(1).equals(NEW)) {
            Same same = committed -> {
                Optional<Change> only = EarlierRun.only(committed, table);
                return only.isPresent() && EarlierRun.isNew(only.get()) && earlier.gave(only.get(), assigned);
            };
            if (tell(id, timeoutSeconds, same)) {
                return null;
            }
            List<Change> changes = RowEdit.create(rows, table, assigned, ids(1));
            Row row = changes.get(changes.size() - 1).row();
            commit(changes, id, timeoutSeconds, "Entered " + Text.harmless(ConfigRows.called(row)), same);
        } else {
            Same same = committed -> {
                Optional<Change> only = EarlierRun.only(committed, table);
                return only.isPresent()
                        && committed.size() == 1
                        && earlier.isCalled(only.get(), arguments.get(1))
                        && earlier.gave(only.get(), assigned);
            };
            if (tell(id, timeoutSeconds, same)) {
                return null;
            }
            Row row = rows.find(table, arguments.get(1));
            Change change = RowEdit.change(rows, row, assigned);
            if (change.row().equals(row)) {
                System.out.println(Text.harmless(ConfigRows.called(row)) + " has these values already" + unknown(id));
                return null;
            }
            commit(
                    List.of(change),
                    id,
                    timeoutSeconds,
                    "Changed " + Text.harmless(ConfigRows.called(change.row())),
                    same);
        }
        return null;
    }

    private static Map<String, String> assignments(List<String> words) throws CommandException {
        Map<String, String> assigned = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw new CommandException("COLUMN=VALUE says what to change, not " + Text.harmless(word));
            }
            if (assigned.put(word.substring(0, equals), word.substring(equals + 1)) != null) {
                throw new CommandException(Text.harmless(word.substring(0, equals)) + " is given twice");
            }
        }
        return assigned;
    }

    private RowEdit.Ids ids(int count) {
        return new RowEdit.Ids() {
            private int first;
            private int left;

            @Override
            public int next(String table) throws CommandException, InterruptedException {
                if (left == 0) {
                    first = answer(editor().allotIds(table, count), timeoutSeconds);
                    left = count;
                }
                left--;
                return first++;
            }
        };
    }

    private void fromFile(ConfigRows rows, Table table) throws CommandException, InterruptedException {
        List<List<String>> lines;
        try {
            lines = Csv.read(ImportDirectory.read(file, MAX_FILE_BYTES));
        } catch (IllegalArgumentException e) {
            throw new CommandException("Cannot read " + Text.harmless(file + ": " + e));
        }
        if (lines.size() < 2) {
            throw new CommandException(file + " has no rows: its first line names columns, each further one is a row");
        }
        List<String> header = lines.get(0).stream().map(String::strip).toList();
        List<Integer> columns = new ArrayList<>();
        for (String name : header) {
            columns.add(TableFinder.column(table, name));
        }
        if (Set.copyOf(columns).size() < columns.size()) {
            throw new CommandException("The first line of " + file + " names a column twice");
        }
        List<Map<String, String>> assignedByLine = new ArrayList<>();
        for (List<String> line : lines.subList(1, lines.size())) {
            Map<String, String> assigned = new LinkedHashMap<>();
            for (int i = 0; i < Math.min(header.size(), line.size()); i++) {
                boolean key = columns.get(i) < table.keyColumns();
                if (!key || !line.get(i).isBlank() && !line.get(i).equals(NEW)) {
                    assigned.put(header.get(i), line.get(i));
                }
            }
            assignedByLine.add(assigned);
        }
        EarlierRun earlier = new EarlierRun(rows);
        // Not each line: what had its values already was left out.
        Same same = committed -> {
            boolean any = false;
            for (Change change : committed) {
                if (EarlierRun.isOf(change, table)) {
                    any = true;
                    if (!gaveOne(earlier, change, assignedByLine)) {
                        return false;
                    }
                }
            }
            return any;
        };
        if (tell(id, timeoutSeconds, same)) {
            return;
        }
        RowEdit.Ids ids = ids(lines.size() - 1);
        List<Change> changes = new ArrayList<>();
        Set<List<Object>> seen = new LinkedHashSet<>();
        int entered = 0;
        for (int line = 1; line < lines.size(); line++) {
            try {
                Row row = existing(rows, table, header, columns, lines.get(line));
                Map<String, String> assigned = new LinkedHashMap<>();
                for (int i = 0; i < header.size(); i++) {
                    boolean key = columns.get(i) < table.keyColumns();
                    if (!key || row == null && !lines.get(line).get(i).equals(NEW)) {
                        assigned.put(header.get(i), lines.get(line).get(i));
                    }
                }
                List<Change> made = row == null
                        ? RowEdit.create(rows, table, assigned, ids)
                        : List.of(RowEdit.change(rows, row, assigned));
                Change last = made.get(made.size() - 1);
                if (!seen.add(last.key())) {
                    throw new CommandException("it is the second one for " + ConfigRows.called(last.row()));
                }
                if (row == null || !row.equals(last.row())) {
                    changes.addAll(made);
                    entered += row == null ? 1 : 0;
                }
            } catch (CommandException e) {
                throw new CommandException("Row " + line + " of " + file + ": " + e.getMessage());
            }
        }
        if (changes.isEmpty()) {
            System.out.println("All rows have these values already" + unknown(id));
            return;
        }
        int changed = 0;
        for (Change change : changes) {
            changed += change.table().equals(table) ? 1 : 0;
        }
        commit(
                changes,
                id,
                timeoutSeconds,
                "Entered " + entered + " and changed " + (changed - entered) + " rows of " + table.name(),
                same);
    }

    private static boolean gaveOne(EarlierRun earlier, Change change, List<Map<String, String>> lines)
            throws CommandException {
        for (Map<String, String> assigned : lines) {
            if (earlier.gave(change, assigned)) {
                return true;
            }
        }
        return false;
    }

    /** The row that a line is about: by its key where the line has one, else by its name; {@code null} for a new one. */
    private static Row existing(
            ConfigRows rows, Table table, List<String> header, List<Integer> columns, List<String> line)
            throws CommandException {
        if (line.size() != header.size()) {
            throw new CommandException("it has " + line.size() + " values, and the first line names " + header.size());
        }
        List<String> key = new ArrayList<>();
        for (int i = 0; i < table.keyColumns(); i++) {
            int at = columns.indexOf(i);
            if (at >= 0 && !line.get(at).isBlank() && !line.get(at).equals(NEW)) {
                key.add(line.get(at));
            }
        }
        if (key.size() == table.keyColumns()) {
            String typed = String.join(",", key);
            List<Object> values = rows.key(table, typed).orElse(null);
            if (table.keyColumns() > 1) {
                return values == null ? null : rows.view().find(table, values).orElse(null);
            }
            return rows.find(table, typed);
        }
        for (int column : ConfigRows.nameColumns(table)) {
            int at = columns.indexOf(column);
            if (at >= 0) {
                List<Row> named = rows.named(table, line.get(at));
                if (named.size() == 1) {
                    return named.get(0);
                }
            }
        }
        return null;
    }
}
