package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/** The scripts of the configuration: master scripts and their versions. */
final class ScriptRows {

    private final ConfigRows rows;
    final Table masters;
    final Table versions;
    final Table uses;

    ScriptRows(ConfigRows rows) throws CommandException {
        this.rows = rows;
        this.masters = rows.table("Master_Script");
        this.versions = rows.table("Script");
        this.uses = rows.table("Script_Cross_Reference");
    }

    /** Those that are not deleted, by name. */
    List<Row> masters() {
        List<Row> all = new ArrayList<>();
        rows.view().forEach(masters, row -> {
            if (!ConfigRows.deleted(row)) {
                all.add(row);
            }
        });
        all.sort(Comparator.comparing(row -> row.getString("EnterpriseName"), String.CASE_INSENSITIVE_ORDER));
        return all;
    }

    /** The versions of a master script, in order. */
    List<Row> versions(Row master) {
        List<Row> all = new ArrayList<>();
        rows.view().forEach(versions, row -> {
            if (row.get("MasterScriptID").equals(master.get(0))) {
                all.add(row);
            }
        });
        all.sort(Comparator.comparing(row -> row.getInt("Version")));
        return all;
    }

    Row version(Row master, int version) throws CommandException {
        List<Row> all = versions(master);
        return all.stream()
                .filter(row -> row.getInt("Version") == version)
                .findFirst()
                .orElseThrow(() -> new CommandException(Text.harmless(master.getString("EnterpriseName"))
                        + " has no version " + version + "; it has "
                        + (all.isEmpty()
                                ? "none"
                                : String.join(
                                        ", ",
                                        all.stream()
                                                .map(row -> row.get("Version").toString())
                                                .toList()))));
    }

    /** What a version uses, as {@code Call_Type Loans}. */
    List<String> uses(Row version) {
        List<String> used = new ArrayList<>();
        rows.view().forEach(uses, row -> {
            if (row.get(0).equals(version.get(0))) {
                int target = uses.column("TargetID");
                String table = rows.refersTo(uses, target, row.values())
                        .map(Table::name)
                        .orElse("?");
                used.add(table + " " + rows.meaning(row, target).orElse("#" + row.get(target)));
            }
        });
        used.sort(String.CASE_INSENSITIVE_ORDER);
        return used;
    }

    static int version(String typed) throws CommandException {
        try {
            return Integer.parseInt(typed);
        } catch (NumberFormatException e) {
            throw new CommandException("A version is a whole number, not " + Text.harmless(typed));
        }
    }
}
