package org.openrtd.console.internal;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.openrtd.feed.SourceChooser;
import org.osgi.framework.BundleContext;

/** Completes the roles of this node that follow a source. */
@Service
public class FailoverCompleter implements Completer {

    @Reference
    BundleContext context;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        return new StringsCompleter(RtdCommand.services(context, SourceChooser.class).stream()
                        .map(SourceChooser::role)
                        .toList())
                .complete(session, line, candidates);
    }
}
