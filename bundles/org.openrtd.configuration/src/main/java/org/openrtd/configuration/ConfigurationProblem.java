package org.openrtd.configuration;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Why a configuration transaction was refused, and where.
 *
 * @param key of the row; a value of it may be {@code null}, or of the wrong type, when that is what is wrong
 * @param column the column, or {@code null} when it is the row
 * @param reason for people: what is wrong, with the values of both sides
 * @param conflict both sides of a conflict in a column; {@code null} for everything else
 */
public record ConfigurationProblem(
        Kind kind, String table, List<Object> key, String column, String reason, Conflict conflict) {

    public ConfigurationProblem {
        key = Collections.unmodifiableList(new ArrayList<>(key));
    }

    /** A problem that is no conflict about a column. */
    public ConfigurationProblem(Kind kind, String table, List<Object> key, String column, String reason) {
        this(kind, table, key, column, reason, null);
    }

    /** What kind of rule was broken. */
    public enum Kind {
        /** The row is not the one that the change was based on. */
        CONFLICT,
        /** A value of the wrong type, too long, missing, or not among those allowed. */
        VALUE,
        /** Another row has what must be unique. */
        DUPLICATE,
        /** It refers to a row that is not there or is deleted, or is referred to and cannot go. */
        REFERENCE,
        /** The transaction's id was another transaction's. Its place is the first change's. */
        TRANSACTION_ID
    }

    /**
     * Two changes of one column. Where the change log does not reach back to the row that the refused change was based on,
     * {@code author} is {@code null}, and so are {@code basedOn} and {@code time}.
     *
     * @param basedOn the value in the row that the refused change was based on
     * @param wanted the value in the refused change
     * @param present the value that is there now
     * @param author who made it so
     * @param time when
     * @param recoveryKey by which transaction; 0 when that is not known
     */
    public record Conflict(
            Object basedOn, Object wanted, Object present, String author, Instant time, long recoveryKey) {}

    @Override
    public String toString() {
        return table + key + (column == null ? "" : "." + column) + ": " + reason;
    }
}
