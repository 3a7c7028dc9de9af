package org.openrtd.console.internal;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.feed.Column;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Row;

@Service
@Command(
        scope = "rtd",
        name = "config-get",
        description = "Shows one row of the configuration, with what each value means.",
        detailedDescription = "classpath:config-get.txt")
public class ConfigGetCommand extends ConfigCommand {

    private static final int MAX_SHOWN = 200;

    @Argument(
            index = 0,
            name = "TABLE KEY|NAME",
            description = "The table, and the row.",
            required = true,
            multiValued = true)
    @Completion(ConfigGetCompleter.class)
    List<String> words;

    @Option(name = "--json", description = "As one JSON document, whole.")
    boolean json;

    @Option(name = "--no-format", description = "One column a line, separated by tabs, for scripts.")
    boolean noFormat;

    @Override
    Object run() throws CommandException {
        List<String> arguments = Words.arguments(words, this);
        if (arguments.size() != 2) {
            throw new CommandException("Which row? rtd:config-get TABLE KEY|NAME");
        }
        ConfigRows rows = configuration();
        Row row = rows.find(rows.table(arguments.get(0)), arguments.get(1));
        List<Column> columns = row.table().columns();
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                Object value = row.get(i);
                document.put(
                        columns.get(i).name(),
                        value != null && columns.get(i).type() == ColumnType.TIMESTAMP
                                ? Instant.ofEpochMilli((Long) value)
                                : value);
            }
            System.out.println(Json.of(document));
            return null;
        }
        Grid grid = new Grid().left("COLUMN").left("VALUE").left("STANDS FOR").left("DESCRIPTION");
        for (int i = 0; i < columns.size(); i++) {
            grid.row(
                    columns.get(i).name(),
                    value(columns.get(i), row.get(i)),
                    rows.meaning(row, i).orElse(""),
                    ConfigRows.info(row.table(), i).map(ColumnInfo::description).orElse(""));
        }
        if (noFormat) {
            grid.printTabbed(System.out);
        } else {
            System.out.println(Text.harmless(ConfigRows.called(row)) + "  " + state(rows.replica()) + "  recovery key "
                    + rows.view().position().sequence());
            grid.print(System.out);
        }
        return null;
    }

    private String value(Column column, Object value) {
        if (value == null) {
            return noFormat ? "NULL" : "–";
        }
        if (column.type() == ColumnType.TIMESTAMP) {
            return Instant.ofEpochMilli((Long) value).toString();
        }
        String text = ConfigRows.text(value);
        return noFormat || text.length() <= MAX_SHOWN
                ? text
                : text.substring(0, MAX_SHOWN - 1) + "… (" + text.length() + " characters)";
    }
}
