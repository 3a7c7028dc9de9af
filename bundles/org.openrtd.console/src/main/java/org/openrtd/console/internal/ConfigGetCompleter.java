package org.openrtd.console.internal;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;

/** Completes the command line of {@link ConfigGetCommand}. */
@Service
public class ConfigGetCompleter extends ConfigCompleter {

    public ConfigGetCompleter() {
        super(ConfigGetCommand.class);
    }

    @Override
    List<String> candidates(ConfigRows rows, List<String> before, String typed) throws CommandException {
        return switch (before.size()) {
            case 0 -> tables(rows, typed);
            case 1 -> keys(rows, rows.table(before.get(0)), typed);
            default -> List.of();
        };
    }
}
