package org.openrtd.console.internal;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;

/** Completes the command line of {@link ConfigListCommand}. */
@Service
public class ConfigListCompleter extends ConfigCompleter {

    public ConfigListCompleter() {
        super(ConfigListCommand.class);
    }

    @Override
    List<String> candidates(ConfigRows rows, List<String> before, String typed) throws CommandException {
        return before.isEmpty() ? tables(rows, typed) : assignments(rows, rows.table(before.get(0)), typed, true);
    }
}
