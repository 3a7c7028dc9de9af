package org.openrtd.feed;

import java.util.List;

/**
 * What a maker of rows hands to an origin: the new state of one row, or that it is gone. The origin finds out by itself
 * which columns changed.
 *
 * @param row the whole row, or {@code null} when it is deleted
 */
public record Change(Table table, List<Object> key, Row row) {

    public static Change put(Row row) {
        return new Change(row.table(), row.key(), row);
    }

    public static Change delete(Table table, List<Object> key) {
        return new Change(table, key, null);
    }
}
