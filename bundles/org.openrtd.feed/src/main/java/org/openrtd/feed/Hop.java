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
 * @param health how well the source can serve, from 0, not at all, to {@link #BEST_HEALTH}; followers that know several
 *     sources follow the healthiest
 * @param primary whether this source is to be followed rather than another one of equal health
 * @param progress how it goes about becoming {@link FeedState#LIVE}; {@link Progress#NONE} when it is
 * @param whereabouts beside a heartbeat alone, else {@link Whereabouts#NONE}
 */
public record Hop(
        FeedState state,
        long ageMillis,
        String reason,
        int health,
        boolean primary,
        Progress progress,
        Whereabouts whereabouts) {

    /** What there is to wait for at a source that is not {@link FeedState#LIVE}. */
    public enum Progress {
        /** It tries, or waits, and nobody knows for how long. */
        NONE,
        /** It follows nobody, and will as soon as it is asked. */
        IDLE,
        /** What it lacks is coming. */
        FETCHING
    }

    /** A longer reason is cut: each hop puts words before it. */
    public static final int MOST_CHARACTERS = 512;

    /** The health of a source that lacks nothing. */
    public static final int BEST_HEALTH = 255;

    /** Each of the two things that make a source that is {@link FeedState#LIVE} less healthy, at its worst. */
    private static final int WORST = 100;

    public Hop {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(whereabouts, "whereabouts");
        if (ageMillis < 0) {
            throw new IllegalArgumentException("An age is not negative: " + ageMillis);
        }
        if (health < 0 || health > BEST_HEALTH) {
            throw new IllegalArgumentException("Health is 0 to " + BEST_HEALTH + ", not " + health);
        }
        reason = state == FeedState.LIVE
                ? ""
                : reason.length() > MOST_CHARACTERS ? reason.substring(0, MOST_CHARACTERS) : reason;
        progress = state == FeedState.LIVE ? Progress.NONE : Objects.requireNonNull(progress, "progress");
    }

    /** One that says nothing of its whereabouts, and of what there is to wait for. */
    public Hop(FeedState state, long ageMillis, String reason, int health, boolean primary) {
        this(state, ageMillis, reason, health, primary, Progress.NONE, Whereabouts.NONE);
    }

    /** One whose health is that of its state alone, and which is no primary. */
    public Hop(FeedState state, long ageMillis, String reason) {
        this(state, ageMillis, reason, computed(state, 0, 1, 0), false);
    }

    public Hop(FeedState state, long ageMillis) {
        this(state, ageMillis, "");
    }

    /**
     * The same, of a source with that load.
     *
     * @param heartbeatMillis how often the source sends a heartbeat; what is older than three of them counts as stale
     * @param load how much of what may wait in the source does, 0 to 1
     */
    public Hop with(long heartbeatMillis, double load, boolean isPrimary) {
        return new Hop(
                state,
                ageMillis,
                reason,
                computed(state, ageMillis, heartbeatMillis, load),
                isPrimary,
                progress,
                whereabouts);
    }

    /** The same, of a source that goes about it so. */
    public Hop with(Progress now) {
        return new Hop(state, ageMillis, reason, health, primary, now, whereabouts);
    }

    /** The same, of a source that is there. */
    public Hop with(Whereabouts there) {
        return new Hop(state, ageMillis, reason, health, primary, progress, there);
    }

    /**
     * From state, age and load: a source that is not current is always worth less than one that is, however old and busy
     * that one is.
     */
    private static int computed(FeedState state, long ageMillis, long heartbeatMillis, double load) {
        return switch (state) {
            case LIVE -> {
                // A source says how it is once a heartbeat, so what is younger than that is as young as can be.
                double old = Math.max(0.0, Math.min(1.0, (ageMillis - heartbeatMillis) / (2.0 * heartbeatMillis)));
                double busy = Math.max(0.0, Math.min(1.0, load));
                yield BEST_HEALTH - (int) Math.round(WORST * old) - (int) Math.round(WORST * busy);
            }
            case RESUMING -> 40;
            case CONNECTING -> 20;
            case REFUSED -> 0;
        };
    }
}
