package org.openrtd.web.internal;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaListener;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.feed.Whereabouts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One feed as this node's readers over HTTP see it: which of the node's replicas is read, what it shows now, and a bounded
 * past of views that a stream can resume from. Views share what did not change between them, so the past costs about what
 * changed in it.
 */
final class Channel implements ReplicaListener {

    private static final Logger LOG = LoggerFactory.getLogger(Channel.class);

    /** Of row changes between the views that are kept. */
    private static final long MOST_CHANGES = 20_000;

    private static final int MOST_MOMENTS = 2_000;
    private static final long LONGEST_MILLIS = 60_000;

    /**
     * What the feed showed.
     *
     * @param number rises with each; two with one number are the same rows
     * @param changes how many rows changed since the one before, about
     */
    record Moment(long number, View view, long changes, long millis) {}

    /**
     * How good the rows are, without what changes all the time.
     *
     * @param followed whether this node follows the feed at all
     * @param sourceNotCurrent whether its source says that it is not current itself
     * @param whereabouts as its source says
     */
    record Standing(
            String source,
            FeedState state,
            boolean stale,
            String reason,
            boolean followed,
            boolean sourceNotCurrent,
            Whereabouts whereabouts) {}

    /** Hears when a minute of the controller's clock ends. */
    interface MinuteListener {
        /** @param last the view with which the minute ended, or the newest one of a new history */
        void minuteEnded(String feed, View last);
    }

    private final String feed;
    private final Runnable changed;
    private final MinuteListener minutes;
    private final List<Replica> replicas = new CopyOnWriteArrayList<>();
    private final AtomicLong changesSince = new AtomicLong();

    private volatile Replica chosen;

    // Guarded by this.
    private AutoCloseable listening;
    private final ArrayDeque<Moment> past = new ArrayDeque<>();
    private Moment now;
    private long lastNumber;
    private Standing standing;
    private long standingNumber;

    Channel(String feed, Runnable changed, MinuteListener minutes) {
        this.feed = feed;
        this.changed = changed;
        this.minutes = minutes;
        this.standing = standing();
    }

    String feed() {
        return feed;
    }

    void add(Replica replica) {
        replicas.add(replica);
        choose();
    }

    void remove(Replica replica) {
        replicas.remove(replica);
        choose();
    }

    /** The replica that is read; {@code null} when the node has none of this feed. */
    Replica replica() {
        return chosen;
    }

    /**
     * Stays with the replica that is read for as long as it is as good as any other: several of one feed meet where a node
     * is centre and distributor.
     */
    synchronized void choose() {
        Replica present = chosen;
        Replica best = present != null && replicas.contains(present) ? present : null;
        for (Replica replica : replicas) {
            if (best == null || best.stale() && !replica.stale()) {
                best = replica;
            }
        }
        if (best == present) {
            return;
        }
        stopListening();
        chosen = best;
        if (best != null) {
            listening = best.listen(this);
        }
        changed.run();
    }

    private void stopListening() {
        if (listening != null) {
            try {
                listening.close();
            } catch (Exception e) {
                LOG.debug("{}", feed, e);
            }
            listening = null;
        }
    }

    synchronized void close() {
        stopListening();
        replicas.clear();
        chosen = null;
    }

    // ---- the feed's thread

    @Override
    public void reset(View view) {
        long rows = 1;
        for (Table table : view.schema().tables()) {
            rows += view.size(table);
        }
        // Nothing is shared with the view before, as far as is known here.
        changesSince.addAndGet(rows);
        minutes.minuteEnded(feed, view);
        changed.run();
    }

    @Override
    public void applied(View before, View after, List<RowChange> changes) {
        changesSince.addAndGet(changes.size() + 1L);
        if (minute(before) != minute(after)) {
            minutes.minuteEnded(feed, before);
        }
        changed.run();
    }

    private static long minute(View view) {
        return Math.floorDiv(view.controllerTime(), 60_000);
    }

    @Override
    public void stateChanged(FeedState from, FeedState to, String reason) {
        changed.run();
    }

    // ---- readers

    /** Takes what is now. Whether rows, or how good they are, differ from when it was last called. */
    synchronized boolean advance(long millis) {
        choose();
        boolean news = false;
        Replica replica = chosen;
        if (replica != null) {
            View view = replica.view();
            boolean rows = !view.schema().tables().isEmpty();
            if (now == null ? rows : view != now.view()) {
                long changes = changesSince.getAndSet(0);
                now = new Moment(++lastNumber, view, changes, millis);
                past.add(now);
                news = true;
            }
        }
        // The first costs nothing beside the rows that are shown; each one after it what changed up to it.
        long kept = past.isEmpty() ? 0 : -past.peek().changes();
        for (Moment moment : past) {
            kept += moment.changes();
        }
        while (past.size() > 1
                && (past.size() > MOST_MOMENTS || kept > MOST_CHANGES || millis - second().millis() > LONGEST_MILLIS)) {
            past.remove();
            kept -= past.peek().changes();
        }
        Standing next = standing();
        if (!next.equals(standing)) {
            standing = next;
            standingNumber++;
            news = true;
        }
        return news;
    }

    /** Until then the first was what is shown, and readers have it. */
    private Moment second() {
        Iterator<Moment> moments = past.iterator();
        moments.next();
        return moments.next();
    }

    /** How good the rows are at this moment. */
    Standing standing() {
        Replica replica = chosen;
        return replica == null
                ? new Standing(
                        "",
                        FeedState.CONNECTING,
                        true,
                        "this node does not follow the feed " + feed,
                        false,
                        false,
                        Whereabouts.NONE)
                : new Standing(
                        replica.source(),
                        replica.state(),
                        replica.stale(),
                        replica.reason(),
                        true,
                        replica.isSourceNotCurrent(),
                        replica.whereabouts());
    }

    /** {@code null} before the first rows. */
    synchronized Moment now() {
        return now;
    }

    synchronized Moment find(long number) {
        for (Moment moment : past) {
            if (moment.number() == number) {
                return moment;
            }
        }
        return null;
    }

    /** How many a stream can resume from. */
    synchronized int moments() {
        return past.size();
    }

    synchronized Standing lastStanding() {
        return standing;
    }

    synchronized long standingNumber() {
        return standingNumber;
    }

    long ageMillis() {
        Replica replica = chosen;
        return replica == null ? 0 : Math.max(0, replica.age().toMillis());
    }

    /** How good these rows are, as every answer says. */
    Map<String, Object> facts(String site, String zone, View view, Standing standing) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("feed", feed);
        facts.put("site", site);
        facts.put("source", standing.source());
        position(view, facts);
        facts.put("timeZone", zone);
        facts.put("state", standing.state());
        facts.put("stale", standing.stale());
        facts.put("ageMillis", ageMillis());
        facts.put("reason", standing.reason());
        return facts;
    }

    static void position(View view, Map<String, Object> to) {
        to.put("epoch", view == null ? 0 : view.position().epoch());
        to.put("sequence", view == null ? 0 : view.position().sequence());
        to.put("tick", view == null ? 0 : view.tick());
        to.put(
                "controllerTime",
                view == null || view.controllerTime() == 0
                        ? null
                        : java.time.Instant.ofEpochMilli(view.controllerTime()));
    }
}
