package org.openrtd.centraldb;

import java.util.List;

/**
 * Why a configuration transaction was refused, and where.
 *
 * @param column the column, or {@code null} when it is the row
 * @param reason for people: what is wrong, with the values of both sides
 */
public record ConfigurationProblem(Kind kind, String table, List<Object> key, String column, String reason) {

    /** What kind of rule was broken. */
    public enum Kind {
        /** The row is not the one that the change was based on. */
        CONFLICT,
        /** A value of the wrong type, too long, missing, or not among those allowed. */
        VALUE,
        /** Another row has what must be unique. */
        DUPLICATE,
        /** It refers to a row that is not there or is deleted, or is referred to and cannot go. */
        REFERENCE
    }

    @Override
    public String toString() {
        return table + key + (column == null ? "" : "." + column) + ": " + reason;
    }
}
