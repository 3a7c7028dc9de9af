package org.openrtd.feed;

import java.util.Objects;

/** One column of a {@link Table}. */
public record Column(String name, ColumnType type) {

    public Column {
        Objects.requireNonNull(type, "type");
        if (name.isEmpty() || name.length() > 128) {
            throw new IllegalArgumentException("A column's name has 1 to 128 characters, not " + name.length());
        }
    }
}
