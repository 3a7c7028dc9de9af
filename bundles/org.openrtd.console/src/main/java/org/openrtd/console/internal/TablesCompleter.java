package org.openrtd.console.internal;

import java.util.Collection;
import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.openrtd.feed.Replica;

/** Completes the command line of {@link TablesCommand}. */
@Service
public class TablesCompleter extends WordsCompleter {

    public TablesCompleter() {
        super(TablesCommand.class);
    }

    @Override
    Collection<String> arguments(List<Replica> replicas, String typed) {
        return tables(replicas, typed);
    }
}
