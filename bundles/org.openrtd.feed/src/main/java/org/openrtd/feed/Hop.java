package org.openrtd.feed;

import java.util.Objects;

/**
 * What a source says of itself beside each message on its topic; it travels in the message's headers, because a relay
 * passes the message itself on unchanged.
 *
 * @param state how the source stands to its own source; an origin is {@link FeedState#LIVE} while its rows are
 *     current and right
 * @param ageMillis how old the newest the source has is
 * @param reason why it is not {@link FeedState#LIVE}, for people, so that each reader learns what broke however far away;
 *     empty when it is
 */
public record Hop(FeedState state, long ageMillis, String reason) {

    /** A longer reason is cut: each hop puts words before it. */
    public static final int MOST_CHARACTERS = 512;

    public Hop {
        Objects.requireNonNull(state, "state");
        if (ageMillis < 0) {
            throw new IllegalArgumentException("An age is not negative: " + ageMillis);
        }
        reason = state == FeedState.LIVE
                ? ""
                : reason.length() > MOST_CHARACTERS ? reason.substring(0, MOST_CHARACTERS) : reason;
    }

    public Hop(FeedState state, long ageMillis) {
        this(state, ageMillis, "");
    }
}
