package org.openrtd.console.internal;

import java.util.List;
import java.util.Locale;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.openrtd.feed.Replica;
import org.osgi.framework.BundleContext;

/** Completes the names of the tables that this node has; with {@code t_} once that is typed. */
@Service
public class TableCompleter implements Completer {

    @Reference
    BundleContext context;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        String typed = line.getCursorArgument() == null ? "" : line.getCursorArgument();
        String prefix = typed.toLowerCase(Locale.ROOT).startsWith("t_") ? "t_" : "";
        return new StringsCompleter(TableFinder.all(RtdCommand.services(context, Replica.class)).stream()
                        .map(found -> prefix + found.table().name())
                        .toList())
                .complete(session, line, candidates);
    }
}
