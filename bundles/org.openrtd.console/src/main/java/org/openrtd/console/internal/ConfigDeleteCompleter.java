package org.openrtd.console.internal;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;

/** Completes the command line of {@link ConfigDeleteCommand}. */
@Service
public class ConfigDeleteCompleter extends ConfigCompleter {

    public ConfigDeleteCompleter() {
        super(ConfigDeleteCommand.class);
    }

    @Override
    List<String> candidates(ConfigRows rows, List<String> before, String typed) throws CommandException {
        return before.isEmpty() ? tables(rows, typed) : keys(rows, rows.table(before.get(0)), typed);
    }
}
