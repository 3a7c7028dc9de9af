package org.openrtd.centraldb.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.catalog.ColumnRules;
import org.openrtd.catalog.Reference;
import org.openrtd.catalog.TableInfo;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/**
 * The catalog's rules for one table, as far as they speak of columns that the table has, and where the columns are that the
 * store itself looks at.
 */
final class ConfigurationRules {

    private static final Map<Table, ConfigurationRules> RULES = new ConcurrentHashMap<>();

    private final Optional<TableInfo> info;
    private final List<List<String>> unique;
    private final List<Reference> references;
    private final int changeStamp;
    private final int recoveryKey;

    private ConfigurationRules(Table table) {
        info = Catalog.find(table.name());
        unique = info.map(TableInfo::unique).orElse(List.of()).stream()
                .filter(columns -> columns.stream().allMatch(table::hasColumn))
                .toList();
        references = info.map(TableInfo::references).orElse(List.of()).stream()
                .filter(reference -> table.hasColumn(reference.column()))
                .toList();
        changeStamp = table.hasColumn("ChangeStamp") ? table.column("ChangeStamp") : -1;
        recoveryKey = table.hasColumn("RecoveryKey") ? table.column("RecoveryKey") : -1;
    }

    static ConfigurationRules of(Table table) {
        return RULES.computeIfAbsent(table, ConfigurationRules::new);
    }

    /** Sets of columns of which no two rows have the same values, NULL apart. Deleted rows count. */
    List<List<String>> unique() {
        return unique;
    }

    List<Reference> references() {
        return references;
    }

    /** The column that rises with each change of a row, or -1. */
    int changeStamp() {
        return changeStamp;
    }

    /** The column that names the transaction that last changed a row, or -1. */
    int recoveryKey() {
        return recoveryKey;
    }

    /** The stamp of a row; 0 when there is no row. */
    int changeStamp(Row row) {
        Object stamp = row == null || changeStamp < 0 ? null : row.get(changeStamp);
        return stamp == null ? 0 : (Integer) stamp;
    }

    /**
     * Whether a row is another than the one that was read: by its stamp, and by the transaction that wrote it where the editor
     * knew that. A row that was purged and made anew has the stamps of the one before.
     *
     * @param read the row with the stamps that it was read with; without, it does not matter
     * @param present {@code null} when it is not there
     */
    boolean isAnother(Row read, Row present) {
        Object stamp = changeStamp < 0 ? null : read.get(changeStamp);
        if (stamp == null) {
            return false;
        }
        Object writtenBy = present == null || recoveryKey < 0 ? null : read.get(recoveryKey);
        return !stamp.equals(changeStamp(present)) || writtenBy != null && !writtenBy.equals(present.get(recoveryKey));
    }

    /** Whether the column says nothing of what an editor may set. */
    boolean isStamp(int column) {
        return column == changeStamp || column == recoveryKey;
    }

    /** Whether the column is never NULL, beside the key. */
    boolean isRequired(String column) {
        return rules(column).map(ColumnRules::required).orElse(false);
    }

    /** How many characters a text may have. */
    int length(String column) {
        return rules(column).map(ColumnRules::maxLength).orElse(ColumnRules.USUAL_LENGTH);
    }

    private Optional<ColumnRules> rules(String column) {
        return info.flatMap(table -> table.find(column)).map(ColumnInfo::rules);
    }
}
