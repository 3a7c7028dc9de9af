package org.openrtd.console.internal;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.catalog.TableInfo;
import org.openrtd.feed.Column;
import org.openrtd.feed.Replica;
import org.openrtd.feed.View;

@Service
@Command(
        scope = "rtd",
        name = "tables",
        description = "Lists the tables of this node's replicas or, with a table, its columns.",
        detailedDescription = "classpath:tables.txt")
public class TablesCommand extends RtdCommand {

    @Argument(index = 0, name = "table", description = "Lists the columns of this table, X or t_X.", multiValued = true)
    @Completion(TablesCompleter.class)
    List<String> words;

    String table;

    @Option(name = "--source", description = "Of several replicas of a feed, the one from this source.")
    @Completion(SourceCompleter.class)
    String source;

    @Option(name = "--no-format", description = "One row a line, separated by tabs, for scripts.")
    boolean noFormat;

    @Override
    Object run() throws CommandException {
        if (words != null) {
            table = Words.apply(words, this, "table");
        }
        List<Replica> replicas = chosen(null, source);
        Grid grid = table == null ? tables(replicas) : columns(TableFinder.find(table, replicas));
        if (noFormat) {
            grid.printTabbed(System.out);
        } else {
            grid.print(System.out);
        }
        return null;
    }

    private Grid tables(List<Replica> replicas) throws CommandException {
        Grid grid = new Grid()
                .left("TABLE")
                .left("FEED")
                .left("SOURCE")
                .right("ROWS")
                .left("POSITION")
                .left("STATE")
                .right("AGE")
                .left("DESCRIPTION");
        List<TableFinder.Found> all = TableFinder.all(replicas);
        if (all.isEmpty()) {
            throw new CommandException(
                    "No tables yet: none of this node's replicas has received its first snapshot; rtd:status says why");
        }
        for (TableFinder.Found found : all) {
            Replica replica = found.replica();
            View view = found.view();
            grid.row(
                    found.table().name(),
                    replica.feed(),
                    replica.source(),
                    Integer.toString(view.size(found.table())),
                    view.position().toString(),
                    replica.stale()
                            ? "STALE " + replica.state()
                            : replica.state().toString(),
                    Text.age(replica.age()),
                    Catalog.find(found.table().name())
                            .map(TableInfo::description)
                            .orElse(""));
        }
        return grid;
    }

    private static Grid columns(TableFinder.Found found) {
        Grid grid = new Grid()
                .left("COLUMN")
                .left("TYPE")
                .left("UNIT")
                .left("FAMILY")
                .left("NOTES")
                .left("DESCRIPTION");
        List<Column> columns = found.table().columns();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            ColumnInfo info = Catalog.find(found.table().name())
                    .flatMap(t -> t.find(column.name()))
                    .orElse(null);
            grid.row(
                    column.name(),
                    column.type().toString(),
                    info == null ? "" : info.unit().label(),
                    i < found.table().keyColumns()
                            ? "KEY"
                            : info == null ? "" : info.family().toString(),
                    info == null ? "not in this node's catalogue" : notes(info),
                    info == null ? "" : info.description());
        }
        return grid;
    }

    private static String notes(ColumnInfo info) {
        return String.join(
                ", ",
                java.util.stream.Stream.of(
                                info.timeDriven() ? "moves with time" : "",
                                info.sensitive() ? "sensitive" : "",
                                info.undetermined() ? "always NULL" : "")
                        .filter(note -> !note.isEmpty())
                        .toList());
    }
}
