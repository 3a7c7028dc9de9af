package org.openrtd.console.internal;

import java.util.List;
import java.util.Locale;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.openrtd.feed.Column;
import org.openrtd.feed.Replica;
import org.openrtd.feed.Table;
import org.osgi.framework.BundleContext;

/** Completes columns of the table that the command line names; after a comma the next one. */
@Service
public class ColumnCompleter implements Completer {

    @Reference
    BundleContext context;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        String argument = line.getCursorArgument() == null
                ? ""
                : line.getCursorArgument().substring(0, line.getArgumentPosition());
        int start = argument.lastIndexOf(',') + 1;
        String prefix = argument.substring(start).toLowerCase(Locale.ROOT);
        for (TableFinder.Found found : TableFinder.all(RtdCommand.services(context, Replica.class))) {
            if (named(line, found.table())) {
                found.table().columns().stream()
                        .map(Column::name)
                        .filter(name -> name.toLowerCase(Locale.ROOT).startsWith(prefix))
                        .map(name -> argument.substring(0, start) + name)
                        .forEach(candidates::add);
                break;
            }
        }
        return candidates.isEmpty() ? -1 : line.getBufferPosition() - line.getArgumentPosition();
    }

    private static boolean named(CommandLine line, Table table) {
        for (String argument : line.getArguments()) {
            if (argument.equalsIgnoreCase(table.name()) || argument.equalsIgnoreCase("t_" + table.name())) {
                return true;
            }
        }
        return false;
    }
}
