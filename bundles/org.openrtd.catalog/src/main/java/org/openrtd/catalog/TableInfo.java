package org.openrtd.catalog;

import java.util.List;
import java.util.Optional;
import org.openrtd.feed.Table;

/**
 * What is known of one table.
 *
 * @param table its schema
 * @param feed the feed that carries it
 * @param description what a row is, for people
 * @param columns in the table's order
 * @param unique sets of columns of which no two rows have the same values, NULL apart; deleted rows count
 * @param references to other tables
 */
public record TableInfo(
        Table table,
        String feed,
        String description,
        List<ColumnInfo> columns,
        List<List<String>> unique,
        List<Reference> references) {

    public TableInfo {
        columns = List.copyOf(columns);
        unique = List.copyOf(unique);
        references = List.copyOf(references);
    }

    /** The table's name without {@code t_}. */
    public String name() {
        return table.name();
    }

    /** The column with that name, in whatever case. */
    public Optional<ColumnInfo> find(String column) {
        return table.hasColumn(column) ? Optional.of(columns.get(table.column(column))) : Optional.empty();
    }

    /**
     * The column with that name, in whatever case.
     *
     * @throws IllegalArgumentException when there is none; the message names the nearest ones
     */
    public ColumnInfo column(String column) {
        return find(column)
                .orElseThrow(() -> new IllegalArgumentException(
                        "Table " + name() + " has no column " + column + Names.didYouMean(nearest(column))));
    }

    /** The names of the columns that begin like {@code prefix}, in whatever case. */
    public List<String> complete(String prefix) {
        return Names.complete(prefix, columnNames());
    }

    /** Columns whose name is near to {@code name}, the nearest first; at most three. */
    public List<String> nearest(String name) {
        return Names.nearest(name, columnNames());
    }

    private List<String> columnNames() {
        return columns.stream().map(ColumnInfo::name).toList();
    }
}
