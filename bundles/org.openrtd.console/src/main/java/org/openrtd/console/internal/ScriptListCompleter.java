package org.openrtd.console.internal;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;

/** Completes the command line of {@link ScriptListCommand}. */
@Service
public class ScriptListCompleter extends ConfigCompleter {

    public ScriptListCompleter() {
        super(ScriptListCommand.class);
    }

    @Override
    List<String> candidates(ConfigRows rows, List<String> before, String typed) throws CommandException {
        return before.isEmpty() ? rows.names(rows.table("Master_Script")) : List.of();
    }
}
