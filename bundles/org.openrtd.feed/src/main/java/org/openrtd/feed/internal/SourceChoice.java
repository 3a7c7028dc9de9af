package org.openrtd.feed.internal;

import java.util.random.RandomGenerator;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Hop.Progress;
import org.openrtd.feed.Position;
import org.openrtd.feed.Whereabouts;

/**
 * Decides when a follower that holds another source ready is better off with that one. It sees only what both say of
 * themselves and how long they have been silent. Each reason has to last before it counts, the longer the more often it was
 * followed lately: two sources that are not well in turn, or a load that moves with the followers, are not followed to and
 * fro for ever.
 */
public final class SourceChoice {

    /** How much healthier the other has to be; less is what age and load differ by from one heartbeat to the next. */
    public static final int MARGIN = 64;
    /** Health that differs by no more than this is equal. */
    public static final int EQUAL = 16;
    /** For how many heartbeats it has to be healthier, and the primary well. */
    private static final int HEALTHIER_HEARTBEATS = 3;

    private static final int PRIMARY_HEARTBEATS = 10;
    /** Not all followers of a source that is loaded leave it at one moment, or the load would go with them. */
    private static final int CHANCE_HEARTBEATS = 10;
    /** After so many changes the time that a reason has to last grows no more: 64 heartbeats. */
    private static final int MOST_UNREST = 6;
    /** After so long without one, changes are forgotten. */
    private static final long QUIET_MILLIS = 300_000;

    /** What is known of a source that is connected. */
    public static final class Known {

        private long heardAt;
        private Hop hop;
        private Position position = Position.NONE;
        private long notCurrentSince = -1;
        private Whereabouts whereabouts = Whereabouts.NONE;
        private boolean idle;
        /** It was fetching what it lacks, and did not get it. */
        private boolean gaveUp;

        public Known(long now) {
            heardAt = now;
        }

        /** Anything was heard of it. */
        public void heard(long now) {
            heardAt = now;
        }

        /** It said how it is, on its topic. */
        public void said(Hop next, long now) {
            gaveUp |= hop != null && hop.progress() == Progress.FETCHING && next.progress() != Progress.FETCHING;
            is(next, now);
        }

        private void is(Hop next, long now) {
            heardAt = now;
            hop = next;
            if (next.progress() == Progress.IDLE) {
                idle = true;
            }
            if (next.state() == FeedState.LIVE) {
                idle = false;
                gaveUp = false;
                notCurrentSince = -1;
            } else if (notCurrentSince < 0) {
                notCurrentSince = now;
            }
        }

        /** It said where it is, beside a heartbeat. */
        public void saidWhere(Whereabouts there) {
            whereabouts = there;
        }

        /** {@link Whereabouts#NONE} before it said so. */
        public Whereabouts whereabouts() {
            return whereabouts;
        }

        /** Whether it says that it is the primary. */
        public boolean isPrimary() {
            return hop != null && hop.primary();
        }

        /** It said how it is, in an answer, which says nothing of health, primary, and progress. */
        public void answered(Hop next, long now) {
            boolean same = hop != null && hop.state() == next.state();
            is(
                    new Hop(
                            next.state(),
                            next.ageMillis(),
                            next.reason(),
                            same ? hop.health() : next.health(),
                            hop != null && hop.primary(),
                            same ? hop.progress() : Progress.NONE,
                            Whereabouts.NONE),
                    now);
        }

        /** A heartbeat of it said where it is. */
        public void isAt(Position at) {
            position = at;
        }

        /** {@link Position#NONE} when no heartbeat has told. */
        public Position position() {
            return position;
        }

        /** This process did not listen for so long, so the source was not silent then. */
        public void heldUp(long now, long millis) {
            heardAt = Math.min(now, heardAt + millis);
            if (notCurrentSince >= 0) {
                notCurrentSince = Math.min(now, notCurrentSince + millis);
            }
        }

        public long heardAt() {
            return heardAt;
        }

        /** {@code null} before it said anything. */
        public Hop hop() {
            return hop;
        }

        public boolean current() {
            return hop != null && hop.state() == FeedState.LIVE;
        }

        /** Whether it follows nobody, and will when it is asked. */
        public boolean isIdle() {
            return hop != null && hop.progress() == Progress.IDLE;
        }

        /** Whether it has been idle, and was not current since. */
        public boolean wasIdle() {
            return idle;
        }

        /** Whether what it lacks is coming: it fetches that, and not again. */
        public boolean isFetching() {
            return hop != null && hop.progress() == Progress.FETCHING && !gaveUp;
        }

        /** For how long it has said that it is not current; 0 when it is. */
        public long notCurrentFor(long now) {
            return notCurrentSince < 0 ? 0 : now - notCurrentSince;
        }
    }

    private final RandomGenerator random;
    private long healthierSince = -1;
    private long healthierFor;
    private long primarySince = -1;
    private int unrest;
    private long changedAt;

    public SourceChoice(RandomGenerator random) {
        this.random = random;
    }

    /** Another source is followed from now, or another one is ready, or this process stood still. */
    public void begin() {
        healthierSince = -1;
        primarySince = -1;
    }

    /** The answer of {@link #why} is being followed. */
    public void changed(long now) {
        unrest = Math.min(MOST_UNREST, unrest + 1);
        changedAt = now;
        begin();
    }

    /**
     * Why the ready one is to be followed from now on; {@code null} when the followed one is to stay. To be asked often.
     *
     * @param primary whether to change for the primary's sake: at once, when it has been well for a while, or never
     */
    public String why(Known followed, Known ready, long now, long heartbeatMillis, Primary primary) {
        if (now - changedAt >= QUIET_MILLIS) {
            unrest = 0;
        }
        if (!ready.current() || now - ready.heardAt >= 2 * heartbeatMillis) {
            begin();
            return null;
        }
        long calm = unrest == 0 ? 0 : heartbeatMillis << unrest;
        long silent = now - followed.heardAt;
        // One that is never heard is left for that; two that send less often than they should are not, in turn.
        if (silent >= 2 * heartbeatMillis + calm) {
            return "nothing heard for " + silent / 1000.0 + " s, and the other is LIVE";
        }
        if (followed.hop == null) {
            return null;
        }
        if (!followed.current()) {
            // What broke may be behind both: then the other says so too, a heartbeat later at most.
            boolean saidSince = ready.heardAt - followed.notCurrentSince > heartbeatMillis;
            return saidSince && followed.notCurrentFor(now) >= calm
                    ? "it is " + followed.hop.state() + " itself, and the other is LIVE"
                    : null;
        }
        int better = ready.hop.health() - followed.hop.health();
        if (better < MARGIN) {
            healthierSince = -1;
        } else if (healthierSince < 0) {
            healthierSince = now;
            healthierFor = HEALTHIER_HEARTBEATS * heartbeatMillis
                    + random.nextLong(CHANCE_HEARTBEATS * heartbeatMillis)
                    + calm;
        } else if (now - healthierSince >= healthierFor) {
            return "its health is " + followed.hop.health() + ", the other's " + ready.hop.health();
        }
        boolean first = ready.hop.primary() && !followed.hop.primary() && better >= -EQUAL;
        primarySince = !first ? -1 : primarySince < 0 ? now : primarySince;
        if (first && primary == Primary.AT_ONCE) {
            return "the other is the primary";
        }
        // Long enough that a primary which comes and goes takes nobody with it.
        if (first
                && primary == Primary.WHEN_WELL
                && now - primarySince >= PRIMARY_HEARTBEATS * heartbeatMillis + calm) {
            return "the other is the primary, and is well again";
        }
        return null;
    }

    /** Whether a follower changes for the primary's sake. */
    public enum Primary {
        /** It has not been well with any source yet. */
        AT_ONCE,
        WHEN_WELL,
        NEVER
    }
}
