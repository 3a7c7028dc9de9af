package org.openrtd.catalog;

import java.util.Optional;

/**
 * A column whose value is the key of a row elsewhere, which must be there and not be deleted.
 *
 * @param column the column, in the table that refers
 * @param table the table referred to, which has one key column
 * @param when what the referring row must be like for this reference to count; empty for any
 * @param that what the row referred to must be like; empty for any
 */
public record Reference(String column, String table, Optional<Condition> when, Optional<Condition> that) {

    /** That a column has a value. */
    public record Condition(String column, int value) {}
}
