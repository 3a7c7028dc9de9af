package org.openrtd.feed;

/**
 * One row's change by a batch.
 *
 * @param before the row before, or {@code null} when it is new
 * @param after the row after, or {@code null} when it was deleted
 */
public record RowChange(Table table, Row before, Row after) {}
