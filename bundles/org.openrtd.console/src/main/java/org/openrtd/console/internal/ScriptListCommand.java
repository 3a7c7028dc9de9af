package org.openrtd.console.internal;

import java.time.Instant;
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
        name = "script-list",
        description = "Lists the scripts or, with one, its versions.",
        detailedDescription = "classpath:script-list.txt")
public class ScriptListCommand extends ConfigCommand {

    @Argument(index = 0, name = "script", description = "Lists the versions of this one.", multiValued = true)
    @Completion(ScriptListCompleter.class)
    List<String> words;

    @Option(name = "--no-format", description = "One a line, separated by tabs, for scripts.")
    boolean noFormat;

    @Override
    Object run() throws CommandException {
        String name = Words.apply(words, this, "script");
        ConfigRows rows = configuration();
        ScriptRows scripts = new ScriptRows(rows);
        Grid grid = name == null ? masters(scripts) : versions(scripts, rows.find(scripts.masters, name));
        if (noFormat) {
            grid.printTabbed(System.out);
        } else {
            System.out.println("Scripts  " + state(rows.replica()) + "  recovery key "
                    + rows.view().position().sequence());
            grid.print(System.out);
        }
        return null;
    }

    private static Grid masters(ScriptRows scripts) {
        Grid grid = new Grid()
                .left("SCRIPT")
                .right("ID")
                .right("CURRENT")
                .right("VERSIONS")
                .left("LAST AUTHOR")
                .left("LAST ADDED (UTC)")
                .left("DESCRIPTION");
        for (Row master : scripts.masters()) {
            List<Row> versions = scripts.versions(master);
            Row last = versions.isEmpty() ? null : versions.get(versions.size() - 1);
            grid.row(
                    master.getString("EnterpriseName"),
                    master.get(0).toString(),
                    orNone(master.get("CurrentVersion")),
                    Integer.toString(versions.size()),
                    last == null ? "–" : orNone(last.get("Author")),
                    last == null ? "–" : time(last),
                    master.get("Description") == null ? "" : master.getString("Description"));
        }
        return grid;
    }

    private static Grid versions(ScriptRows scripts, Row master) {
        Grid grid = new Grid()
                .right("VERSION")
                .left("CURRENT")
                .right("ID")
                .left("AUTHOR")
                .left("ADDED (UTC)")
                .right("CHARACTERS")
                .left("USES");
        for (Row version : scripts.versions(master)) {
            grid.row(
                    version.get("Version").toString(),
                    version.get("Version").equals(master.get("CurrentVersion")) ? "current" : "",
                    version.get(0).toString(),
                    orNone(version.get("Author")),
                    time(version),
                    Integer.toString(version.getString("ScriptText").length()),
                    String.join(", ", scripts.uses(version)));
        }
        return grid;
    }

    private static String orNone(Object value) {
        return value == null ? "–" : value.toString();
    }

    private static String time(Row version) {
        Instant added = version.getInstant("DateTime");
        return added == null ? "–" : added.toString();
    }
}
