package org.openrtd.feed;

import java.util.List;

/**
 * What a feed consists of.
 *
 * @param feed the feed's name: {@code calls}, {@code agents}, {@code config}
 * @param version rises with each change of the tables; a change is a new epoch
 * @param durable whether its history outlives its origin's process: rows are then named by key instead of by ordinal
 * @param tables in the order that the wire numbers them
 */
public record FeedSchema(String feed, int version, boolean durable, List<Table> tables) {

    public FeedSchema {
        tables = List.copyOf(tables);
    }

    /** @throws IllegalArgumentException when the feed has no such table */
    public Table table(String name) {
        for (Table table : tables) {
            if (table.name().equalsIgnoreCase(name)) {
                return table;
            }
        }
        throw new IllegalArgumentException("Feed " + feed + " has no table " + name);
    }
}
