package org.openrtd.console.internal;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;

/** Completes the command line of {@link ScriptImportCommand}. */
@Service
public class ScriptImportCompleter extends ConfigCompleter {

    public ScriptImportCompleter() {
        super(ScriptImportCommand.class);
    }

    @Override
    List<String> candidates(ConfigRows rows, List<String> before, String typed) throws CommandException {
        return before.size() == 1 ? rows.names(rows.table("Master_Script")) : List.of();
    }
}
