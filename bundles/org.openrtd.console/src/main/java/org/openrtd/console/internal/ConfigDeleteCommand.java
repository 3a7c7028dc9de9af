package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

@Service
@Command(
        scope = "rtd",
        name = "config-delete",
        description = "Deletes rows of the configuration, in one transaction.",
        detailedDescription = "classpath:config-delete.txt")
public class ConfigDeleteCommand extends ConfigCommand {

    @Argument(
            index = 0,
            name = "TABLE KEY|NAME...",
            description = "The table, and the rows.",
            required = true,
            multiValued = true)
    @Completion(ConfigDeleteCompleter.class)
    List<String> words;

    @Option(name = "--timeout", description = "Seconds to wait for the centre and for this node's copies.")
    int timeoutSeconds = 30;

    @Option(
            name = "--id",
            description = "The id of a transaction whose answer was lost: answers what became of it, or does it now.")
    String id;

    @Override
    Object run() throws CommandException, InterruptedException {
        List<String> arguments = Words.arguments(words, this);
        if (arguments.size() < 2) {
            throw new CommandException("Which row? rtd:config-delete TABLE KEY|NAME…");
        }
        ConfigRows rows = configuration();
        Table table = rows.table(arguments.get(0));
        List<String> wanted = arguments.subList(1, arguments.size());
        EarlierRun earlier = new EarlierRun(rows);
        Same same = committed -> committed.size() == wanted.size()
                && committed.stream()
                        .allMatch(change -> EarlierRun.isOf(change, table)
                                && EarlierRun.isDeleted(change)
                                && wanted.stream().anyMatch(typed -> earlier.isCalled(change, typed)));
        if (tell(id, timeoutSeconds, same)) {
            return null;
        }
        List<Change> changes = new ArrayList<>();
        List<String> called = new ArrayList<>();
        for (String typed : wanted) {
            Row row = rows.find(table, typed);
            if (ConfigRows.deleted(row)) {
                throw new CommandException(
                        Text.harmless(ConfigRows.called(row)) + " is deleted already; rtd:config-set " + table.name()
                                + " " + ConfigRows.text(row.get(0)) + " Deleted=N brings it back");
            }
            changes.addAll(RowEdit.delete(row));
            called.add(Text.harmless(ConfigRows.called(row)));
        }
        commit(
                changes,
                id,
                timeoutSeconds,
                "Deleted "
                        + (called.size() > 3 ? called.size() + " rows of " + table.name() : String.join(", ", called)),
                same);
        return null;
    }
}
