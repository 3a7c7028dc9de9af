package org.openrtd.sql;

import java.util.List;
import org.openrtd.feed.Column;
import org.openrtd.feed.Table;

/**
 * How a feed's tables lie in a database: what they are called there and what their columns become. Stateless or immutable;
 * usable from any thread.
 */
public interface TableLayout {

    /** What the table is called in the database. */
    default String name(Table table) {
        return table.name();
    }

    /** How many characters (UTF-16 units) a column of type STRING holds at most. */
    int length(Table table, Column column);

    /** Whether a column is never NULL. Key columns never are, whatever this says. */
    default boolean isRequired(Table table, Column column) {
        return false;
    }

    /** The columns that are looked up together and that are not the key, each of which gets an index. */
    default List<List<String>> indexes(Table table) {
        return List.of();
    }

    /** What the table's columns of type TIMESTAMP become. */
    default Instants instants(Table table) {
        return Instants.UTC_MILLIS;
    }
}
