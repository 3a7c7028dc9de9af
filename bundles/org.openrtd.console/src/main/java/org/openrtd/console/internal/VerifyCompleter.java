package org.openrtd.console.internal;

import java.util.Collection;
import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.openrtd.feed.Replica;

/** Completes the command line of {@link VerifyCommand}. */
@Service
public class VerifyCompleter extends WordsCompleter {

    public VerifyCompleter() {
        super(VerifyCommand.class);
    }

    @Override
    Collection<String> arguments(List<Replica> replicas, String typed) {
        return replicas.stream().map(Replica::feed).toList();
    }
}
