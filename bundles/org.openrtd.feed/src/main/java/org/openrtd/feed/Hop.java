package org.openrtd.feed;

import java.util.Objects;

/**
 * What a source says of itself beside each message on its topic; it travels in the message's headers, because a relay
 * passes the message itself on unchanged.
 *
 * @param state how the source stands to its own source; an origin is {@link FeedState#LIVE}
 * @param ageMillis how old the newest the source has is
 */
public record Hop(FeedState state, long ageMillis) {

    public Hop {
        Objects.requireNonNull(state, "state");
        if (ageMillis < 0) {
            throw new IllegalArgumentException("An age is not negative: " + ageMillis);
        }
    }
}
