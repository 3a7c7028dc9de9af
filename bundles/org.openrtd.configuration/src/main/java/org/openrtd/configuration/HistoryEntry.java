package org.openrtd.configuration;

import java.time.Instant;
import java.util.List;

/**
 * What one configuration transaction did to one row.
 *
 * @param id the transaction's, made by its editor
 * @param columns those whose value it changed, {@code ChangeStamp} and {@code RecoveryKey} apart
 */
public record HistoryEntry(
        long recoveryKey, Instant time, String author, String id, Operation operation, List<ColumnChange> columns) {

    public HistoryEntry {
        columns = List.copyOf(columns);
    }

    /** What was done to the row. */
    public enum Operation {
        /** It was not there before. */
        ADD,
        /** It was there before, and is since. */
        UPDATE,
        /** It is marked as deleted since, or gone. */
        DELETE
    }

    /**
     * One column of the row.
     *
     * @param before {@code null} for NULL, and when there was no row
     * @param after {@code null} for NULL, and when there is no row any more
     */
    public record ColumnChange(String column, Object before, Object after) {}
}
