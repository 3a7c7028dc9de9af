package org.openrtd.console.internal;

import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.openrtd.feed.SourceChooser;

/** Completes the roles of this node that follow a source. */
@Service
public class FailoverCompleter extends ServiceCompleter<SourceChooser> {

    public FailoverCompleter() {
        super(SourceChooser.class, SourceChooser::role);
    }
}
