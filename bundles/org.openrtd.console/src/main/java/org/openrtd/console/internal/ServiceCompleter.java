package org.openrtd.console.internal;

import java.util.List;
import java.util.function.Function;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.osgi.framework.BundleContext;

/** Completes what this node's services of one type are called. */
abstract class ServiceCompleter<T> implements Completer {

    @Reference
    BundleContext context;

    private final Class<T> type;
    private final Function<T, String> name;

    ServiceCompleter(Class<T> type, Function<T, String> name) {
        this.type = type;
        this.name = name;
    }

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        return new StringsCompleter(
                        RtdCommand.services(context, type).stream().map(name).toList())
                .complete(session, line, candidates);
    }
}
