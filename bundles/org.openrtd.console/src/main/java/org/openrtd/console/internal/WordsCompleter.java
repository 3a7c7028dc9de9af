package org.openrtd.console.internal;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.ArgumentCommandLine;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.openrtd.feed.Replica;
import org.osgi.framework.BundleContext;

/** Completes a command's one argument and, before and after it, its options; see {@link Words}. */
abstract class WordsCompleter implements Completer {

    @Reference
    BundleContext context;

    private final Class<?> command;

    WordsCompleter(Class<?> command) {
        this.command = command;
    }

    /** What the argument may be. */
    abstract Collection<String> arguments(List<Replica> replicas, String typed);

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        String typed = line.getCursorArgument() == null ? "" : line.getCursorArgument();
        if (line instanceof ArgumentCommandLine) {
            // Asked whether a word before the cursor is acceptable: the command says better what is wrong with it.
            candidates.add(typed);
            return 0;
        }
        boolean option = typed.startsWith("-") || line.getCursorArgumentIndex() > 1;
        Collection<String> words = option
                ? Words.options(command).keySet()
                : arguments(RtdCommand.services(context, Replica.class), typed);
        return new StringsCompleter(words).complete(session, line, candidates);
    }

    /** Tables by name; with {@code t_} once that is typed. */
    static Collection<String> tables(List<Replica> replicas, String typed) {
        String prefix = typed.toLowerCase(Locale.ROOT).startsWith("t_") ? "t_" : "";
        return TableFinder.all(replicas).stream()
                .map(found -> prefix + found.table().name())
                .toList();
    }
}
