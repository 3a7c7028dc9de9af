package org.openrtd.console.internal;

import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.openrtd.feed.Replica;

/** Completes the names of the sources that this node follows. */
@Service
public class SourceCompleter extends ServiceCompleter<Replica> {

    public SourceCompleter() {
        super(Replica.class, Replica::source);
    }
}
