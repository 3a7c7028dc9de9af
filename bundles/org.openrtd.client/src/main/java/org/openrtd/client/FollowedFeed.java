package org.openrtd.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaListener;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;

/** One feed that a client follows: which of its tables are wanted, how good they are, and how they were a moment ago. */
final class FollowedFeed implements ReplicaListener {

    /** Feeds of one tick do not arrive at one moment; so many batches one of them may be ahead. Costs the old rows. */
    private static final int RECENT = 16;

    private static final long NOT_OUTDATED = -1;

    /**
     * What was shown from a moment on.
     *
     * @param madeNanos when the origin made it, by this process's monotonic clock; what was shown before is outdated since
     */
    record Shown(View view, long madeNanos) {}

    /** When rows were the controller's: a tick counts in its epoch, as a later centre may have begun to count below it. */
    record Moment(long epoch, long tick) {
        static Moment of(View view) {
            return new Moment(view.position().epoch(), view.tick());
        }
    }

    private final Replica replica;
    /** Lower case; {@code null} for all. */
    private final Set<String> wanted;

    private final long staleAfterMillis;
    private final int kept;
    private final Delivery delivery;
    /** The newest first. */
    private final Deque<Shown> recent = new ArrayDeque<>();

    /**
     * @param wanted names of tables, or {@code null} for all that there are
     * @param beside whether others have to be shown at the same tick
     */
    FollowedFeed(Replica replica, Set<String> wanted, Duration staleAfter, boolean beside, Delivery delivery) {
        this.replica = replica;
        this.wanted = wanted;
        this.staleAfterMillis = staleAfter.toMillis();
        this.kept = beside ? RECENT : 0;
        this.delivery = delivery;
    }

    String name() {
        return replica.feed();
    }

    /** Whether it is one of those that have no ticks in common with others. */
    boolean durable() {
        return name().equals(Catalog.CONFIG);
    }

    Replica replica() {
        return replica;
    }

    boolean wants(Table table) {
        return wanted == null || wanted.contains(table.name().toLowerCase(Locale.ROOT));
    }

    /** Whether a table can be asked for here, whether or not it has arrived yet. */
    boolean has(View view, String name) {
        String plain = plain(name);
        if (wanted != null) {
            return wanted.contains(plain);
        }
        return table(view, name).isPresent()
                || Catalog.find(name).filter(info -> info.feed().equals(name())).isPresent();
    }

    /** The name without {@code t_}, in lower case. */
    static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith("t_") ? lower.substring(2) : lower;
    }

    static Optional<Table> table(View view, String name) {
        String plain = plain(name);
        return view.schema().tables().stream()
                .filter(table -> table.name().equalsIgnoreCase(plain))
                .findFirst();
    }

    // ---- the feed's thread

    @Override
    public void reset(View view) {
        shown(view, null);
    }

    @Override
    public void applied(View before, View after, List<RowChange> changes) {
        shown(after, changes);
    }

    @Override
    public void stateChanged(FeedState from, FeedState to, String reason) {
        delivery.wake();
    }

    private void shown(View view, List<RowChange> changes) {
        Shown shown = new Shown(view, System.nanoTime() - replica.age().toNanos());
        synchronized (recent) {
            recent.addFirst(shown);
            if (recent.size() > kept) {
                recent.removeLast();
            }
        }
        delivery.offer(this, shown, changes);
    }

    // ---- any thread

    /** The newest rows and how good they are. */
    Reading.Part newest() {
        View view = replica.view();
        return new Reading.Part(this, view, status(view, NOT_OUTDATED));
    }

    /** What it can still show, the newest first. */
    List<Moment> moments() {
        List<Moment> moments = new ArrayList<>();
        synchronized (recent) {
            recent.forEach(shown -> moments.add(Moment.of(shown.view)));
        }
        return moments;
    }

    /** How it was then, if that is still known. */
    Optional<Reading.Part> at(Moment moment) {
        synchronized (recent) {
            long outdated = NOT_OUTDATED;
            for (Iterator<Shown> all = recent.iterator(); all.hasNext(); ) {
                Shown shown = all.next();
                if (Moment.of(shown.view).equals(moment)) {
                    return Optional.of(new Reading.Part(this, shown.view, status(shown.view, outdated)));
                }
                outdated = shown.madeNanos;
            }
        }
        return Optional.empty();
    }

    /** How good the newest rows are. */
    FeedStatus status() {
        return status(replica.view(), NOT_OUTDATED);
    }

    /**
     * How good rows are that are outdated.
     *
     * @param since when what came after them was made
     */
    FeedStatus outdated(View view, long since) {
        return status(view, since);
    }

    private FeedStatus status(View view, long outdatedSince) {
        // The age first: a state that is asked for later cannot be better than what it is said of.
        long age = outdatedSince == NOT_OUTDATED
                ? replica.age().toMillis()
                : Math.max(0, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - outdatedSince));
        String reason = replica.reason();
        FeedState state = replica.state();
        return new FeedStatus(
                name(),
                state,
                reason,
                replica.stale() || age > staleAfterMillis,
                replica.source(),
                view.position(),
                Instant.ofEpochMilli(view.controllerTime()),
                Duration.ofMillis(age),
                replica.whereabouts());
    }
}
