package org.openrtd.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code docs/catalog.md} is made from the catalogue; this finds out when it was not made again. */
class CatalogDocumentTest {

    @Test
    void theDocumentIsMadeFromTheCatalogue() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(root.resolve(".ci"))) {
            root = root.getParent();
        }
        Path file = root.resolve("docs/catalog.md");
        if (Boolean.getBoolean("catalog.write")) {
            Files.writeString(file, document());
        }
        String written = Files.exists(file) ? Files.readString(file).replace("\r\n", "\n") : "";
        assertEquals(
                document(),
                written,
                "docs/catalog.md is not what the catalogue says; make it again:"
                        + " ./mvnw -pl bundles/org.openrtd.catalog -am test -Dcatalog.write=true");
    }

    private static String document() {
        StringBuilder text = new StringBuilder(
                """
                # The catalogue of tables

                Made from `org.openrtd.catalog` by its tests; do not edit. Every table is known by two names, `X` and `t_X`;
                names are found in whatever case. Any value may be NULL.

                - **Family** is the period a column speaks of: *now*; *To5*, the last five minutes, (t − 300 s, t]; *Half*, the
                  current half hour; *Today*, since midnight. Half hours and days are cut in the zone of the peripheral for skill
                  groups, in the controller's for call types.
                - **⏱** time alone moves the column, at whole seconds of the controller's clock (beyond the zero at half hour and
                  midnight that all of *Half* and *Today* have).
                - **∅** no event determines the column yet: it is NULL, never 0, which would be read as a fact.
                - **🔒** the column may identify a customer.

                What is said of columns of the feed `config` beyond their meaning must hold in every edit: a value that is
                required, how long it may be, where it refers to. A name in the first column is unique where the table says so,
                among deleted rows too. `WHERE RecoveryKey > n` finds what has changed since recovery key *n* and is still there.

                """);
        for (String feed : Catalog.feeds()) {
            text.append("## Feed `").append(feed).append("`\n\n");
            for (TableInfo table : Catalog.tables()) {
                if (table.feed().equals(feed)) {
                    append(text, table);
                }
            }
        }
        text.append("## Codes\n\n");
        Map<String, CodeList> lists = new LinkedHashMap<>();
        Catalog.tables().forEach(table -> table.columns()
                .forEach(column -> column.codes().ifPresent(codes -> lists.put(codes.name(), codes))));
        lists.forEach((name, codes) -> {
            text.append("**").append(name).append("**: ");
            List<String> words = new ArrayList<>();
            codes.texts().forEach((code, meaning) -> words.add(code + " " + meaning));
            text.append(String.join(", ", words)).append(".\n\n");
        });
        return text.toString().stripTrailing() + "\n";
    }

    private static void append(StringBuilder text, TableInfo table) {
        text.append("### ").append(table.name()).append("\n\n");
        text.append(table.description()).append(' ');
        text.append(table.columns().size()).append(" columns.\n\n");
        text.append("| Column | Type | Unit | Family | | |\n|---|---|---|---|---|---|\n");
        for (ColumnInfo column : table.columns()) {
            List<String> flags = new ArrayList<>();
            if (column.timeDriven()) {
                flags.add("⏱");
            }
            if (column.undetermined()) {
                flags.add("∅");
            }
            if (column.sensitive()) {
                flags.add("🔒");
            }
            text.append("| ").append(column.name());
            text.append(" | ").append(column.column().type().name().toLowerCase(Locale.ROOT));
            text.append(" | ").append(column.unit().label());
            text.append(" | ").append(family(column.family()));
            text.append(" | ").append(String.join(" ", flags));
            text.append(" | ").append(column.description());
            column.codes()
                    .ifPresent(codes ->
                            text.append(" Codes: ").append(codes.name()).append('.'));
            if (table.feed().equals(Catalog.CONFIG)) {
                rules(table, column).forEach(rule -> text.append(' ').append(rule));
            }
            text.append(" |\n");
        }
        text.append('\n');
        if (!table.unique().isEmpty()) {
            text.append("Unique: ");
            text.append(String.join(
                    "; ",
                    table.unique().stream()
                            .map(columns -> String.join(" + ", columns))
                            .toList()));
            text.append(".\n\n");
        }
    }

    private static List<String> rules(TableInfo table, ColumnInfo column) {
        List<String> rules = new ArrayList<>();
        if (column.rules().required() && column.family() != Family.KEY) {
            rules.add("Required.");
        }
        column.rules()
                .text()
                .ifPresent(form -> rules.add(
                        switch (form) {
                            case LINE -> "At most " + column.rules().maxLength() + " characters.";
                            case FLAG -> "Y or N.";
                            case ZONE -> "A time zone's name.";
                            case BODY -> "At most " + column.rules().maxLength() + " characters, line breaks included.";
                        }));
        column.rules().range().ifPresent(range -> {
            String words = range.toString();
            rules.add(words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1) + ".");
        });
        List<String> tables = new ArrayList<>();
        for (Reference reference : table.references()) {
            if (reference.column().equals(column.name())) {
                String when = reference
                        .when()
                        .map(condition -> " (" + condition.column() + " " + condition.value() + ")")
                        .orElse("");
                String that = reference
                        .that()
                        .map(condition -> " with " + condition.column() + " " + condition.value())
                        .orElse("");
                tables.add(reference.table() + that + when);
            }
        }
        if (!tables.isEmpty()) {
            rules.add("Refers to " + String.join(", ", tables) + ".");
        }
        return rules;
    }

    private static String family(Family family) {
        return switch (family) {
            case KEY -> "key";
            case ATTRIBUTE -> "";
            case NOW -> "now";
            case TO5 -> "To5";
            case HALF -> "Half";
            case TODAY -> "Today";
        };
    }
}
