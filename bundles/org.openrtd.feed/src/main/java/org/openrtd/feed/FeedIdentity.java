package org.openrtd.feed;

/**
 * Which history an origin makes.
 *
 * @param id made once with the central database; replicas refuse a source with another one
 * @param epoch the part of the history that this run of the origin makes; higher than all before it
 */
public record FeedIdentity(String id, long epoch) {

    public FeedIdentity {
        if (id.isEmpty() || id.length() > 64) {
            throw new IllegalArgumentException("A feed's id has 1 to 64 characters, not " + id.length());
        }
        if (epoch <= 0) {
            throw new IllegalArgumentException("An epoch is positive: " + epoch);
        }
    }

    /** The identity of a run that starts now: its epoch is {@code max(lastEpoch + 1, utcMillis)}. */
    public static FeedIdentity starting(String id, long lastEpoch, long utcMillis) {
        return new FeedIdentity(id, Math.max(lastEpoch + 1, utcMillis));
    }
}
