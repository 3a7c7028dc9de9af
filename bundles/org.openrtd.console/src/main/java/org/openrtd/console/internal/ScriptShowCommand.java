package org.openrtd.console.internal;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.feed.Row;

@Service
@Command(
        scope = "rtd",
        name = "script-show",
        description = "Prints a version of a script; without one, the current.",
        detailedDescription = "classpath:script-show.txt")
public class ScriptShowCommand extends ConfigCommand {

    @Argument(
            index = 0,
            name = "SCRIPT [VERSION]",
            description = "The script, and which version.",
            required = true,
            multiValued = true)
    @Completion(ScriptShowCompleter.class)
    List<String> words;

    @Option(name = "--raw", description = "Exactly as it is, also what could disturb a terminal.")
    boolean raw;

    @Override
    Object run() throws CommandException {
        List<String> arguments = Words.arguments(words, this);
        if (arguments.isEmpty() || arguments.size() > 2) {
            throw new CommandException("Which script? rtd:script-show SCRIPT [VERSION]");
        }
        ConfigRows rows = configuration();
        ScriptRows scripts = new ScriptRows(rows);
        Row master = rows.find(scripts.masters, arguments.get(0));
        int version;
        if (arguments.size() == 2) {
            version = ScriptRows.version(arguments.get(1));
        } else if (master.get("CurrentVersion") != null) {
            version = master.getInt("CurrentVersion");
        } else {
            throw new CommandException(Text.harmless(master.getString("EnterpriseName"))
                    + " has no current version; say which one: rtd:script-list "
                    + Text.harmless(master.getString("EnterpriseName")) + " lists them");
        }
        String text = scripts.version(master, version).getString("ScriptText");
        if (raw) {
            System.out.print(text);
        } else {
            text.lines().map(line -> Text.harmless(line.replace("\t", "    "))).forEach(System.out::println);
        }
        return null;
    }
}
