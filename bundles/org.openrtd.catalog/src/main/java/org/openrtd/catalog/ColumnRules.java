package org.openrtd.catalog;

import java.util.Optional;

/**
 * What values a column may hold, beyond its type.
 *
 * @param required whether it is never NULL; key columns always are
 * @param maxLength how many characters a text has at most; 0 where the column is no text
 * @param text what a text may consist of; empty where the column is no text
 * @param range what numbers it may hold; empty for any of its type
 */
public record ColumnRules(boolean required, int maxLength, Optional<TextForm> text, Optional<Range> range) {

    /** How long a text may be where nothing else is said. */
    public static final int USUAL_LENGTH = 255;

    /**
     * Whole numbers.
     *
     * @param to inclusive
     */
    public record Range(int from, int to) {

        public boolean contains(int number) {
            return from <= number && number <= to;
        }

        @Override
        public String toString() {
            return to == Integer.MAX_VALUE ? "at least " + from : from + " to " + to;
        }
    }
}
