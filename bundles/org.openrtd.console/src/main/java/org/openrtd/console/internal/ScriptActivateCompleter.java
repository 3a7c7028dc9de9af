package org.openrtd.console.internal;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.feed.Table;

/** Completes the command line of {@link ScriptActivateCommand}. */
@Service
public class ScriptActivateCompleter extends ConfigCompleter {

    public ScriptActivateCompleter() {
        super(ScriptActivateCommand.class);
    }

    @Override
    List<String> candidates(ConfigRows rows, List<String> before, String typed) throws CommandException {
        Table masters = rows.table("Master_Script");
        return switch (before.size()) {
            case 0 -> rows.names(masters);
            case 1 ->
                new ScriptRows(rows)
                        .versions(rows.find(masters, before.get(0))).stream()
                                .map(version -> version.get("Version").toString())
                                .toList();
            default -> List.of();
        };
    }
}
