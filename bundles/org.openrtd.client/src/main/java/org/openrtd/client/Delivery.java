package org.openrtd.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Position;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands a client's listener what the feeds' threads tell, on a thread of its own, so that a listener that takes its time
 * slows no feed. What waits is bounded: beyond that, a feed's batches are handed over as one.
 */
final class Delivery implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    /** Of row changes that wait for the listener; a batch counts as {@value #BATCH} of them, beside its own. */
    static final int MOST_WAITING = 100_000;

    private static final int BATCH = 100;
    /** Also how soon it is noticed that rows have become stale by age alone, or that a source says it is elsewhere. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long MOST_FOR_THE_LISTENER_MILLIS = 5_000;

    /** @param changes {@code null} when they are what differs from what was handed over last */
    private record Heard(FollowedFeed feed, FollowedFeed.Shown shown, List<RowChange> changes) {
        int size() {
            return changes == null ? BATCH : BATCH + changes.size();
        }
    }

    private final OpenRtdListener listener;
    private final int mostWaiting;
    private final Thread thread;

    // Guarded by this.
    private final ArrayDeque<Heard> waiting = new ArrayDeque<>();
    private int waitingChanges;
    private boolean woken;
    private boolean closed;

    // Used by the thread.
    private final Map<FollowedFeed, View> delivered = new HashMap<>();
    private final Map<FollowedFeed, FeedStatus> told = new HashMap<>();
    private List<FollowedFeed> feeds = List.of();

    /** @param listener {@code null} when nobody wants to hear: then this only wakes who waits */
    Delivery(OpenRtdListener listener) {
        this(listener, MOST_WAITING);
    }

    Delivery(OpenRtdListener listener, int mostWaiting) {
        this.listener = listener;
        this.mostWaiting = mostWaiting;
        this.thread = new Thread(this::run, "openrtd-client");
        thread.setDaemon(true);
    }

    void start(List<FollowedFeed> followed) {
        feeds = List.copyOf(followed);
        if (listener != null) {
            thread.start();
        }
    }

    // ---- the feeds' threads

    /** @param changes from what was offered before, or {@code null} when that is void */
    synchronized void offer(FollowedFeed feed, FollowedFeed.Shown shown, List<RowChange> changes) {
        notifyAll();
        if (listener == null) {
            return;
        }
        Heard heard = new Heard(feed, shown, changes);
        if (changes == null || waitingChanges + heard.size() > mostWaiting) {
            heard = inPlaceOfAll(feed, shown);
        }
        waiting.add(heard);
        waitingChanges += heard.size();
    }

    /** What was handed over last is outdated since the first of those that now stand together was made. */
    private Heard inPlaceOfAll(FollowedFeed feed, FollowedFeed.Shown shown) {
        long since = shown.madeNanos();
        boolean first = true;
        for (var each = waiting.iterator(); each.hasNext(); ) {
            Heard heard = each.next();
            if (heard.feed == feed) {
                if (first) {
                    since = heard.shown.madeNanos();
                    first = false;
                }
                waitingChanges -= heard.size();
                each.remove();
            }
        }
        return new Heard(feed, new FollowedFeed.Shown(shown.view(), since), null);
    }

    /** A state has changed. */
    synchronized void wake() {
        woken = true;
        notifyAll();
    }

    /** Waits until anything happens, and not longer than this. */
    synchronized void await(Duration most) throws InterruptedException {
        if (!closed) {
            wait(Math.max(1, most.toMillis()));
        }
    }

    synchronized boolean closed() {
        return closed;
    }

    // ---- the client's thread

    private void run() {
        long lookAt = System.nanoTime();
        while (true) {
            Heard next;
            synchronized (this) {
                long wait = lookAt - System.nanoTime();
                try {
                    while (waiting.isEmpty() && !woken && !closed && wait > 0) {
                        TimeUnit.NANOSECONDS.timedWait(this, wait);
                        wait = lookAt - System.nanoTime();
                    }
                } catch (InterruptedException interrupted) {
                    // By a listener of its own thread; nobody else ends it so.
                    LOG.debug("Interrupted", interrupted);
                }
                if (closed) {
                    return;
                }
                next = waiting.poll();
                if (next != null) {
                    waitingChanges -= next.size();
                } else {
                    woken = false;
                }
            }
            if (next != null) {
                deliver(next);
            }
            // Rows first, so that a feed is said to be live once its rows were heard; but who is always behind hears of
            // states too.
            if (next == null || System.nanoTime() - lookAt >= 0) {
                feeds.forEach(this::look);
                lookAt = System.nanoTime() + LOOK_NANOS;
            }
        }
    }

    private void deliver(Heard heard) {
        View before = delivered.get(heard.feed);
        View after = heard.shown.view();
        if (before == null && after.position().equals(Position.NONE)) {
            return;
        }
        List<RowChange> changes = new ArrayList<>();
        if (heard.changes == null || before == null) {
            differences(before, after, changes);
        } else {
            changes.addAll(heard.changes);
        }
        changes.removeIf(change -> !heard.feed.wants(change.table()));
        delivered.put(heard.feed, after);
        Batch batch = new Batch(
                before == null ? Position.NONE : before.position(),
                changes,
                new Reading(List.of(new Reading.Part(heard.feed, after, status(heard.feed, after)))));
        for (RowChange change : batch.changes()) {
            if (closed()) {
                return;
            }
            tell(() -> listener.row(change));
        }
        if (!closed()) {
            tell(() -> listener.batch(batch));
        }
    }

    /** Also of tables whose columns have changed: the old rows go, the new ones come. */
    private static void differences(View before, View after, List<RowChange> to) {
        if (before == null) {
            for (Table table : after.schema().tables()) {
                after.forEach(table, row -> to.add(new RowChange(table, null, row)));
            }
            return;
        }
        for (Table table : before.schema().tables()) {
            if (!after.schema().tables().contains(table)) {
                before.forEach(table, row -> to.add(new RowChange(table, row, null)));
            }
        }
        after.changesSince(before, to::add);
    }

    private void look(FollowedFeed feed) {
        View shown = delivered.get(feed);
        FeedStatus now = shown == null ? feed.status() : status(feed, shown);
        FeedStatus last = told.get(feed);
        boolean rowsFirst = shown == null && now.state() == FeedState.LIVE;
        if (closed()
                || rowsFirst
                || last != null
                        && last.state() == now.state()
                        && last.stale() == now.stale()
                        && last.reason().equals(now.reason())
                        && last.whereabouts().equals(now.whereabouts())
                        && last.source().equals(now.source())) {
            return;
        }
        told.put(feed, now);
        tell(() -> listener.state(now));
    }

    /** Of what was handed over last: outdated since the next was made, if that waits already. */
    private synchronized FeedStatus status(FollowedFeed feed, View shown) {
        for (Heard heard : waiting) {
            if (heard.feed == feed) {
                return feed.outdated(shown, heard.shown.madeNanos());
            }
        }
        FeedStatus now = feed.status();
        // What is newer by a moment is on its way here, and no younger than the rows that it follows are.
        return now.position().equals(shown.position())
                ? now
                : feed.outdated(shown, System.nanoTime() - now.age().toNanos());
    }

    private static void tell(Runnable what) {
        try {
            what.run();
        } catch (Throwable e) {
            LOG.error("The listener of an OpenRtdClient failed; going on", e);
        }
    }

    /** After this the listener hears nothing more; a call that is under way is waited for, but not for ever. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(MOST_FOR_THE_LISTENER_MILLIS);
            if (thread.isAlive()) {
                LOG.warn("The listener of an OpenRtdClient is still busy after 5 s; its thread ends when it returns");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
