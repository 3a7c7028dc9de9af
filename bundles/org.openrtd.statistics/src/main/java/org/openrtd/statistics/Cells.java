package org.openrtd.statistics;

import java.util.List;
import java.util.Map;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.catalog.Family;
import org.openrtd.catalog.TableInfo;
import org.openrtd.feed.Table;

/**
 * Where each column of an aggregate's table comes from, found once by the column's name, so that the catalogue alone
 * decides on the order of columns, and so that no column can be forgotten.
 */
final class Cells {

    /** No event determines the column: NULL, never 0, which would be read as a fact. */
    static final int NULL = -1;

    final Table table;
    final Family[] families;
    final int[] sources;

    /** @param sources by the column's name without its family's suffix; from where it comes, for the table's own code */
    Cells(String tableName, Map<String, Integer> sources) {
        TableInfo info = Catalog.table(tableName);
        List<ColumnInfo> columns = info.columns();
        this.table = info.table();
        this.families = new Family[columns.size()];
        this.sources = new int[columns.size()];
        for (int i = 0; i < columns.size(); i++) {
            ColumnInfo column = columns.get(i);
            families[i] = column.family();
            String stem = stem(column);
            Integer source = sources.get(stem);
            if ((source == null) != column.undetermined()) {
                throw new IllegalStateException(tableName + "." + column.name() + " is "
                        + (source == null ? "computed by nothing" : "computed, but undetermined in the catalogue"));
            }
            this.sources[i] = source == null ? NULL : source;
        }
    }

    private static String stem(ColumnInfo column) {
        String name = column.name();
        return switch (column.family()) {
            case TO5 -> without(name, "To5");
            case HALF -> name.endsWith("ToHalf") ? without(name, "ToHalf") : without(name, "Half");
            case TODAY -> without(name, "Today");
            default -> name;
        };
    }

    private static String without(String name, String suffix) {
        return name.substring(0, name.length() - suffix.length());
    }
}
