package org.openrtd.configuration;

import java.time.Instant;
import org.openrtd.feed.Position;

/**
 * How one copy of the configuration is, in the words of the node that keeps it. Texts are cut to {@link #MAX_TEXT}
 * characters, as they travel with each report.
 *
 * @param node the node's name
 * @param feedId the identity of the central database that its rows come from; empty when it has none yet
 * @param position how far it is: the sequence is the recovery key of the last transaction that it contains
 * @param schemaVersion of the tables it keeps
 * @param state for people: LIVE, or what it is doing or lacks
 * @param lastRepair the last time that rows were found to differ and were fetched again; {@code null} when there was none
 * @param alarm what somebody has to look at, and what to do; empty when there is nothing
 */
public record CopyStatus(
        String node,
        Kind kind,
        String feedId,
        Position position,
        int schemaVersion,
        String state,
        Digests digests,
        Repair lastRepair,
        String alarm) {

    /** Longer texts are cut. */
    public static final int MAX_TEXT = 300;

    public CopyStatus {
        node = cut(node);
        feedId = cut(feedId);
        state = cut(state);
        alarm = cut(alarm);
        if (position == null || digests == null || kind == null) {
            throw new IllegalArgumentException("The status of a copy lacks its kind, position or digests");
        }
    }

    /** What kind of copy. */
    public enum Kind {
        /** The configuration itself, of which the others are copies. */
        CENTRE,
        /** In the memory of a distributor or a client. */
        REPLICA,
        /** In a database at a site. */
        LOCAL_DATABASE
    }

    /** Whether the rows have the digests that the centre's have. */
    public enum Digests {
        /** They had them when they were last compared, and are compared all the time. */
        EQUAL,
        /** Not compared yet, or not since the connection was lost. */
        UNKNOWN,
        /** They differ: the rows are wrong until they are repaired. */
        DIFFERENT
    }

    /**
     * Rows that were found to differ were fetched again.
     *
     * @param reason which, and how it was found
     */
    public record Repair(Instant time, String reason) {

        public Repair {
            reason = cut(reason);
        }
    }

    private static String cut(String text) {
        if (text.length() <= MAX_TEXT) {
            return text;
        }
        // Not between the halves of a character.
        int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 2)) ? MAX_TEXT - 2 : MAX_TEXT - 1;
        return text.substring(0, end) + "…";
    }
}
