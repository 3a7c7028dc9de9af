package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.catalog.CodeList;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

@Service
@Command(
        scope = "rtd",
        name = "script-import",
        description = "Adds a file as the next version of a script; the script itself where it is new.",
        detailedDescription = "classpath:script-import.txt")
public class ScriptImportCommand extends ConfigCommand {

    private static final long MAX_FILE_BYTES = 1 << 20;

    @Argument(
            index = 0,
            name = "FILE SCRIPT",
            description = "The file, and the script's name.",
            required = true,
            multiValued = true)
    @Completion(ScriptImportCompleter.class)
    List<String> words;

    @Option(
            name = "--uses",
            description =
                    "TABLE:KEY or TABLE:NAME of something that it uses, which then cannot be deleted; may be repeated.",
            multiValued = true)
    List<String> uses;

    @Option(name = "--activate", description = "Makes it the current version in the same transaction.")
    boolean activate;

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
            throw new CommandException("rtd:script-import FILE SCRIPT");
        }
        String text = ImportDirectory.read(arguments.get(0), MAX_FILE_BYTES);
        String name = arguments.get(1);
        ConfigRows rows = configuration();
        ScriptRows scripts = new ScriptRows(rows);
        EarlierRun earlier = new EarlierRun(rows);
        Same same = committed -> {
            Optional<Change> master = EarlierRun.only(committed, scripts.masters);
            Optional<Change> added = EarlierRun.only(committed, scripts.versions);
            return master.isPresent()
                    && added.isPresent()
                    && earlier.isCalled(master.get(), name)
                    && EarlierRun.isNew(added.get())
                    && text.equals(added.get().row().get("ScriptText"));
        };
        if (tell(id, timeoutSeconds, same)) {
            return null;
        }
        List<Row> named = rows.named(scripts.masters, name);
        Table masters = scripts.masters;
        Object[] master;
        if (named.isEmpty()) {
            master = new Object[masters.columns().size()];
            master[0] = answer(editor().allotIds(masters.name(), 1), timeoutSeconds);
            master[masters.column("EnterpriseName")] = name;
            master[masters.column("NextAvailableVersion")] = 1;
            master[masters.column(ConfigRows.DELETED)] = "N";
            master[masters.column(ConfigRows.STAMP)] = 0;
        } else if (ConfigRows.deleted(named.get(0))) {
            throw RowEdit.deleted(named.get(0));
        } else {
            master = named.get(0).values();
        }
        int next = masters.column("NextAvailableVersion");
        int version = (Integer) master[next];
        master[next] = version + 1;
        if (activate) {
            master[masters.column("CurrentVersion")] = version;
        }
        int scriptId = answer(editor().allotIds(scripts.versions.name(), 1), timeoutSeconds);
        List<Change> changes = new ArrayList<>();
        changes.add(Change.put(masters.row(master)));
        Object[] script = new Object[scripts.versions.columns().size()];
        script[0] = scriptId;
        script[scripts.versions.column("MasterScriptID")] = master[0];
        script[scripts.versions.column("Version")] = version;
        script[scripts.versions.column("ScriptText")] = text;
        script[scripts.versions.column(ConfigRows.STAMP)] = 0;
        changes.add(Change.put(scripts.versions.row(script)));
        for (List<Object> used : used(rows, scripts.uses)) {
            Object[] use = new Object[scripts.uses.columns().size()];
            use[0] = scriptId;
            use[scripts.uses.column("TargetType")] = used.get(0);
            use[scripts.uses.column("TargetID")] = used.get(1);
            use[scripts.uses.column(ConfigRows.STAMP)] = 0;
            changes.add(Change.put(scripts.uses.row(use)));
        }
        commit(
                changes,
                id,
                timeoutSeconds,
                "Version " + version + " of " + Text.harmless(name)
                        + (activate ? " is added and current" : " is added"),
                same);
        return null;
    }

    /** Type and id of what the script uses. */
    private Set<List<Object>> used(ConfigRows rows, Table table) throws CommandException {
        Set<List<Object>> used = new LinkedHashSet<>();
        int type = table.column("TargetType");
        for (String typed : uses == null ? List.<String>of() : uses) {
            int colon = typed.indexOf(':');
            if (colon < 1) {
                throw new CommandException("--uses takes TABLE:NAME, not " + Text.harmless(typed));
            }
            Table target = rows.table(typed.substring(0, colon));
            Map<Integer, String> codes = ConfigRows.info(table, type)
                    .flatMap(ColumnInfo::codes)
                    .map(CodeList::texts)
                    .orElse(Map.of());
            Integer code = null;
            for (Integer each : codes.keySet()) {
                Object[] row = new Object[table.columns().size()];
                row[type] = each;
                if (rows.refersTo(table, table.column("TargetID"), row)
                        .filter(target::equals)
                        .isPresent()) {
                    code = each;
                }
            }
            if (code == null) {
                throw new CommandException("A script does not use rows of " + target.name());
            }
            used.add(List.of(code, rows.find(target, typed.substring(colon + 1)).get(0)));
        }
        return used;
    }
}
