package org.openrtd.feed;

import java.util.List;

/**
 * What {@link Replica#verify} found.
 *
 * @param position where replica and source were compared
 * @param rows how many rows were compared
 * @param differences what differs, for people, a row a line; at most {@link #MOST_DIFFERENCES} of them
 */
public record Verification(Position position, long rows, List<String> differences) {

    public static final int MOST_DIFFERENCES = 100;

    public Verification {
        differences = List.copyOf(differences);
    }

    public boolean equal() {
        return differences.isEmpty();
    }
}
