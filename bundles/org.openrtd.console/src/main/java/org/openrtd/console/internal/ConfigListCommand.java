package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.feed.Table;

@Service
@Command(
        scope = "rtd",
        name = "config-list",
        description = "Lists rows of a table of the configuration; without a table, the tables.",
        detailedDescription = "classpath:config-list.txt")
public class ConfigListCommand extends ConfigCommand {

    @Argument(
            index = 0,
            name = "TABLE [COLUMN=VALUE...]",
            description = "The table, and what rows must have: COLUMN=VALUE or COLUMN!=VALUE.",
            multiValued = true)
    @Completion(ConfigListCompleter.class)
    List<String> words;

    @Option(name = "--columns", description = "Only these columns, separated by commas; 'all' for every one.")
    @Completion(ColumnCompleter.class)
    String columns;

    @Option(name = "--sort", description = "The column to sort by, NULL last. By default the key.")
    @Completion(ColumnCompleter.class)
    String sort;

    @Option(name = "--limit", description = "At most so many rows; 0 for all. By default 100 for people.")
    Integer limit;

    @Option(name = "--deleted", description = "Also rows that are deleted.")
    boolean deleted;

    @Option(name = "--raw", description = "Ids and codes as they are, without their names.")
    boolean raw;

    @Option(name = "--json", description = "As one JSON document.")
    boolean json;

    @Option(name = "--no-format", description = "One row a line, separated by tabs, for scripts.")
    boolean noFormat;

    @Override
    Object run() throws CommandException {
        List<String> arguments = Words.arguments(words, this);
        ConfigRows rows = configuration();
        if (arguments.isEmpty()) {
            tables(rows);
            return null;
        }
        Table table = rows.table(arguments.get(0));
        ShowCommand show = new ShowCommand();
        show.context = context;
        show.session = session;
        show.table = table.name();
        show.source = rows.replica().source();
        show.where = new ArrayList<>(arguments.subList(1, arguments.size()));
        if (!deleted && table.hasColumn(ConfigRows.DELETED)) {
            show.where.add(ConfigRows.DELETED + "!=Y");
        }
        show.columns = columns;
        show.sort = sort;
        show.limit = limit;
        show.raw = raw;
        show.json = json;
        show.noFormat = noFormat;
        return show.run();
    }

    private void tables(ConfigRows rows) {
        Grid grid = new Grid().left("TABLE").right("ROWS").left("DESCRIPTION");
        for (Table table : rows.view().schema().tables()) {
            grid.row(
                    table.name(),
                    Integer.toString(rows.view().size(table)),
                    ConfigRows.info(table).map(info -> info.description()).orElse(""));
        }
        if (noFormat) {
            grid.printTabbed(System.out);
        } else {
            grid.print(System.out);
        }
    }
}
