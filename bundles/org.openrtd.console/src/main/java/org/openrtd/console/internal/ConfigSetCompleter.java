package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.feed.Table;

/** Completes the command line of {@link ConfigSetCommand}. */
@Service
public class ConfigSetCompleter extends ConfigCompleter {

    public ConfigSetCompleter() {
        super(ConfigSetCommand.class);
    }

    @Override
    List<String> candidates(ConfigRows rows, List<String> before, String typed) throws CommandException {
        if (before.isEmpty()) {
            return tables(rows, typed);
        }
        Table table = rows.table(before.get(0));
        if (before.size() > 1) {
            return assignments(rows, table, typed, false);
        }
        List<String> keys = new ArrayList<>(keys(rows, table, typed));
        keys.add(0, "new");
        return keys;
    }
}
