package org.openrtd.console.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;

@Service
@Command(
        scope = "rtd",
        name = "script-activate",
        description = "Makes a version of a script the current one, forward or back.",
        detailedDescription = "classpath:script-activate.txt")
public class ScriptActivateCommand extends ConfigCommand {

    @Argument(
            index = 0,
            name = "SCRIPT VERSION",
            description = "The script, and which version.",
            required = true,
            multiValued = true)
    @Completion(ScriptActivateCompleter.class)
    List<String> words;

    @Option(name = "--timeout", description = "Seconds to wait for the centre and for this node's copies.")
    int timeoutSeconds = 30;

    @Option(
            name = "--id",
            description = "The id of a transaction whose answer was lost: answers what became of it, or does it now.")
    String id;

    @Override
    Object run() throws CommandException, InterruptedException {
        List<String> arguments = Words.arguments(words, this);
        if (arguments.size() != 2) {
            throw new CommandException("Which version? rtd:script-activate SCRIPT VERSION");
        }
        ConfigRows rows = configuration();
        ScriptRows scripts = new ScriptRows(rows);
        int version = ScriptRows.version(arguments.get(1));
        EarlierRun earlier = new EarlierRun(rows);
        Same same = committed -> {
            Optional<Change> only = EarlierRun.only(committed, scripts.masters);
            return only.isPresent()
                    && committed.size() == 1
                    && earlier.isCalled(only.get(), arguments.get(0))
                    && earlier.gave(only.get(), Map.of("CurrentVersion", Integer.toString(version)));
        };
        if (tell(id, timeoutSeconds, same)) {
            return null;
        }
        Row master = rows.find(scripts.masters, arguments.get(0));
        if (ConfigRows.deleted(master)) {
            throw RowEdit.deleted(master);
        }
        scripts.version(master, version);
        String name = Text.harmless(master.getString("EnterpriseName"));
        if (Integer.valueOf(version).equals(master.get("CurrentVersion"))) {
            System.out.println("Version " + version + " of " + name + " is current already" + unknown(id));
            return null;
        }
        commit(
                List.of(RowEdit.change(rows, master, Map.of("CurrentVersion", Integer.toString(version)))),
                id,
                timeoutSeconds,
                "Version " + version + " of " + name + " is current now"
                        + (master.get("CurrentVersion") == null ? "" : ", after " + master.get("CurrentVersion")),
                same);
        return null;
    }
}
