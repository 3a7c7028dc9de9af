package org.openrtd.console.internal;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.openrtd.feed.Replica;
import org.osgi.framework.BundleContext;

/** Completes the names of the sources that this node follows. */
@Service
public class SourceCompleter implements Completer {

    @Reference
    BundleContext context;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        return new StringsCompleter(RtdCommand.services(context, Replica.class).stream()
                        .map(Replica::source)
                        .toList())
                .complete(session, line, candidates);
    }
}
