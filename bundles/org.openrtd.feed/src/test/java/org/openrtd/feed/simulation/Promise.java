package org.openrtd.feed.simulation;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.feed.internal.Comparison;
import org.openrtd.feed.internal.FeedView;
import org.openrtd.feed.internal.Repairs;
import org.openrtd.feed.internal.TableRows;

/** What the feed promises, each with a check that reads a recorded history and says what broke it, if anything did. */
public enum Promise {
    /** A replica's position only rises, over sources and fail-overs. */
    ORDERED(Promise::ordered),
    /** A change takes effect once, however often its batch is delivered. */
    ONCE(Promise::once),
    /** A reader of a replica sees all changes of a batch, or none. */
    WHOLE(Promise::whole),
    /** If 5 and 7 took effect, so did 6, by its batch or by a snapshot. */
    GAPLESS(Promise::gapless),
    /** After any disconnect, resume continues, waits, or answers with a snapshot not older than what the follower has. */
    RESUMABLE(Promise::resumable),
    /** A heartbeat at n means that all up to n has been sent. */
    BOOKMARKED(Promise::bookmarked),
    /** At equal positions, origin and replica are equal, row by row. */
    EQUAL(Promise::equal),
    /** What a process begins with is what the one before had at that position, row by row. */
    REMEMBERED(Promise::remembered),
    /** A number that is not current says so within staleAfter, whatever broke between the peripheral and the reader. */
    FRESH(Promise::fresh),
    /** No follower, however slow, makes a source hold more than a stated number of bytes for it. */
    BOUNDED(Promise::bounded),
    /** What the origin acknowledged is in every replica in the end, and nothing else. */
    KEPT(Promise::kept),
    /** What is shown as current is not older than is said, but for what a network that works takes. */
    AGED(Promise::aged),
    /** Rows are fetched again only when some were wrong, and from each source at most three times an hour. */
    SPARING(Promise::sparing),
    /** A source that is held ready is asked nothing, and nothing it says reaches the replica before it is followed. */
    APART(Promise::apart),
    /** A follower has two connections at most: to the source it follows, and to the one it holds ready. */
    PAIRED(Promise::paired),
    /** When faults have ended, a follower turns to a source but a few times. */
    STEADY(Promise::steady),
    /** When faults end, every follower that is not refused becomes LIVE within a stated time. */
    SETTLES(Promise::settles);

    private final Function<History, Optional<String>> check;

    Promise(Function<History, Optional<String>> check) {
        this.check = check;
    }

    /** What broke this promise in that history. */
    public Optional<String> brokenBy(History history) {
        return check.apply(history);
    }

    private static Optional<String> ordered(History history) {
        Map<String, Position> last = new HashMap<>();
        for (History.Event event : history.events()) {
            String replica;
            Position position;
            if (event instanceof History.Applied applied) {
                replica = applied.replica();
                position = applied.after();
            } else if (event instanceof History.Reset reset) {
                replica = reset.replica();
                position = reset.position();
            } else {
                continue;
            }
            Position before = last.put(replica, position);
            if (before != null && position.compareTo(before) < 0) {
                return broken(event.at(), replica + " fell from " + before + " to " + position);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> once(History history) {
        Map<String, Set<Position>> applied = new HashMap<>();
        for (History.Applied event : history.events(History.Applied.class)) {
            if (!applied.computeIfAbsent(event.replica(), r -> new HashSet<>()).add(event.after())) {
                return broken(event.at(), event.replica() + " applied " + event.after() + " twice");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> whole(History history) {
        View last = null;
        Corruptions corruptions = new Corruptions(history);
        for (History.Read read : history.events(History.Read.class)) {
            if (corruptions.excuse(read) || read.view() == last) {
                continue;
            }
            last = read.view();
            Set<Object> stamps = World.stamps(read.view());
            if (stamps.size() > 1) {
                return broken(read.at(), read.replica() + " showed parts of several batches: " + stamps);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> gapless(History history) {
        Map<String, Position> last = new HashMap<>();
        for (History.Event event : history.events()) {
            if (event instanceof History.Reset reset) {
                last.put(reset.replica(), reset.position());
            } else if (event instanceof History.Applied applied) {
                Position have = last.put(applied.replica(), applied.after());
                long step = applied.after().sequence() - applied.before().sequence();
                boolean follows = applied.before().equals(have)
                        && (applied.after().epoch() == have.epoch()
                                ? step == 1
                                // A durable feed's next epoch begins with the rows that were.
                                : step == 0 && applied.changes() == 0);
                if (!follows) {
                    return broken(
                            applied.at(), applied.replica() + " at " + have + " took a batch to " + applied.after());
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> resumable(History history) {
        Map<Long, History.Asked> asked = new HashMap<>();
        for (History.Event event : history.events()) {
            if (event instanceof History.Asked question) {
                asked.put(question.id(), question);
            } else if (event instanceof History.Answered answer) {
                Position have = asked.get(answer.id()).have();
                boolean right =
                        switch (answer.answer()) {
                            case CONTINUE -> answer.from().sequence() == have.sequence();
                            case SNAPSHOT -> answer.from().compareTo(have) >= 0;
                            case WAIT, REFUSED -> true;
                        };
                if (!right) {
                    return broken(event.at(), "to one at " + have + " the answer was " + answer);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> bookmarked(History history) {
        Map<String, Position> bookmark = new HashMap<>();
        for (History.Published message : history.events(History.Published.class)) {
            if (message.heartbeat()) {
                bookmark.put(message.source(), message.position());
            } else {
                Position said = bookmark.get(message.source());
                // Keys of a durable feed go on over epochs.
                boolean after = said == null
                        || message.position().sequence() > said.sequence()
                        || message.position().epoch() > said.epoch();
                if (!after) {
                    return broken(
                            message.at(),
                            message.source() + " sent " + message.position() + " after a heartbeat at " + said);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> equal(History history) {
        for (History.Verified verified : history.events(History.Verified.class)) {
            if (!verified.result().equal()) {
                return broken(verified.at(), verified.replica() + " verified: " + verified.result());
            }
        }
        // A view never changes, so each is compared once.
        Set<View> compared = Collections.newSetFromMap(new IdentityHashMap<>());
        Corruptions corruptions = new Corruptions(history);
        for (History.Read read : history.events(History.Read.class)) {
            if (!corruptions.excuse(read)
                    && !read.view().position().equals(Position.NONE)
                    && compared.add(read.view())) {
                Optional<String> difference = difference(history, read.view());
                if (difference.isPresent()) {
                    return broken(read.at(), read.replica() + ": " + difference.get());
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Excuses wrong rows where the history itself made them wrong, in the memory of this replica or of one that it may have them
     * from. What is promised of these is that they are found by a heartbeat of a source that is current: so they are excused for
     * as long as the replica says that it is not current, and else for {@link World#FOUND} at most. What is current in the end is
     * compared without any excuse, with what was acknowledged: see KEPT.
     */
    private static final class Corruptions {

        private final History history;
        private final Map<String, Long> staleAt = new HashMap<>();

        Corruptions(History history) {
            this.history = history;
        }

        /** To be asked of each read, in order. */
        boolean excuse(History.Read read) {
            if (read.stale()) {
                staleAt.put(read.replica(), read.at());
            }
            boolean justLive = read.at() - staleAt.getOrDefault(read.replica(), Long.MIN_VALUE / 2) < World.FOUND;
            for (History.Corrupted corrupted : history.events(History.Corrupted.class)) {
                if (corrupted.at() <= read.at()
                        && (justLive || read.at() - corrupted.at() < World.FOUND)
                        && history.mayHaveFrom(read.replica(), corrupted.node())) {
                    return true;
                }
            }
            return false;
        }
    }

    private static Optional<String> difference(History history, View view) {
        View origin = history.originAt(view.position());
        if (origin == null) {
            return Optional.of("the origin never was at " + view.position());
        }
        if (same((FeedView) origin, (FeedView) view)) {
            return Optional.empty();
        }
        List<String> differences = Comparison.compare(origin, view).differences();
        return differences.isEmpty() ? Optional.empty() : Optional.of(view.position() + ": " + differences.get(0));
    }

    /** Whether each number of a row has the same row: of feeds that name rows by their keys, it may be false of equal ones. */
    private static boolean same(FeedView origin, FeedView view) {
        if (origin.tables() != view.tables()) {
            return false;
        }
        for (int t = 0; t < origin.tables(); t++) {
            TableRows rows = origin.rows(t);
            TableRows others = view.rows(t);
            if (rows.size() != others.size()) {
                return false;
            }
            int columns = origin.schema().tables().get(t).columns().size();
            for (int i = Math.max(rows.limit(), others.limit()) - 1; i >= 0; i--) {
                if (!same(rows.get(i), others.get(i), columns)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean same(Row row, Row other, int columns) {
        if (row == null || other == null) {
            return row == other;
        }
        for (int c = 0; c < columns; c++) {
            if (!Objects.deepEquals(row.get(c), other.get(c))) {
                return false;
            }
        }
        return true;
    }

    private static Optional<String> remembered(History history) {
        for (History.Remembered began : history.events(History.Remembered.class)) {
            boolean had = began.had().stream()
                    .anyMatch(view ->
                            Comparison.compare(view, began.view()).differences().isEmpty());
            if (!had) {
                return broken(
                        began.at(),
                        began.replica() + " began with rows at " + began.view().position()
                                + " that the process before never had there");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> kept(History history) {
        for (History.Owed owed : history.events(History.Owed.class)) {
            for (History.Ended end : history.events(History.Ended.class)) {
                // What is not there yet, or is shown as not current, SETTLES is about.
                if (end.stale() || !end.view().position().equals(owed.position())) {
                    continue;
                }
                for (Map.Entry<Table, Map<List<Object>, Object[]>> table :
                        owed.rows().entrySet()) {
                    if (end.view().size(table.getKey()) != table.getValue().size()) {
                        return broken(
                                end.at(),
                                end.replica() + " has " + end.view().size(table.getKey()) + " rows of "
                                        + table.getKey().name() + ", acknowledged were "
                                        + table.getValue().size());
                    }
                    for (Map.Entry<List<Object>, Object[]> row :
                            table.getValue().entrySet()) {
                        Row has = end.view().find(table.getKey(), row.getKey()).orElse(null);
                        if (has == null || !Arrays.deepEquals(has.values(), row.getValue())) {
                            return broken(
                                    end.at(),
                                    end.replica() + " has " + has + ", acknowledged was "
                                            + Arrays.deepToString(row.getValue()));
                        }
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> aged(History history) {
        for (History.Read read : history.events(History.Read.class)) {
            long age = read.at() - history.currentUntil(read.view().position());
            if (!read.stale() && read.age() + World.MOST_DELAY < age && !justWoke(history, read)) {
                return broken(
                        read.at(),
                        read.replica() + " said that " + read.view().position() + " is " + read.age()
                                + " ms old, which was " + age);
            }
        }
        return Optional.empty();
    }

    /**
     * Whether the reader, or one whose times it believes, was on a machine that was suspended, clock and all, and woke no longer ago
     * than a message takes that tells it so. No process can know that its clock stood still before it has heard of another one: what
     * it shows until then it must either show, or have nothing to show after every start. That it lasts no longer is checked here.
     */
    private static boolean justWoke(History history, History.Read read) {
        return history.events(History.Woke.class).stream()
                .anyMatch(woke -> read.at() >= woke.at()
                        && read.at() <= woke.at() + World.STALE_AFTER + World.MOST_DELAY
                        && history.mayHaveFrom(read.replica(), woke.node()));
    }

    private static Optional<String> sparing(History history) {
        Map<String, Integer> repairs = new HashMap<>();
        Set<String> repairing = new HashSet<>();
        Set<String> corrupted = new HashSet<>();
        for (History.Event event : history.events()) {
            if (event instanceof History.Corrupted wrong) {
                corrupted.add(wrong.node());
            } else if (event instanceof History.Asked asked) {
                if (!asked.repair()) {
                    repairing.remove(asked.follower());
                } else if (corrupted.stream().noneMatch(node -> history.mayHaveFrom(asked.follower(), node))) {
                    return broken(asked.at(), asked.follower() + " had rows repaired that were right");
                } else if (repairing.add(asked.follower())
                        && repairs.merge(asked.follower() + asked.source(), 1, Integer::sum) > Repairs.MOST) {
                    return broken(
                            asked.at(), asked.follower() + " asked " + asked.source() + " for one repair too many");
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> fresh(History history) {
        for (History.Read read : history.events(History.Read.class)) {
            if (!read.stale()) {
                long late = read.at() - history.currentUntil(read.view().position());
                if (late > World.STALE_AFTER + World.MOST_DELAY && !justWoke(history, read)) {
                    return broken(
                            read.at(),
                            read.replica() + " showed " + read.view().position() + " as current, " + read.age()
                                    + " ms old, which it had not been for " + late + " ms");
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> apart(History history) {
        for (History.Asked asked : history.events(History.Asked.class)) {
            if (!asked.followed()) {
                return broken(
                        asked.at(), asked.follower() + " asked " + asked.source() + ", which it holds ready only");
            }
        }
        for (History.Meddled meddled : history.events(History.Meddled.class)) {
            return broken(
                    meddled.at(),
                    meddled.follower() + " took what " + meddled.source() + " said, which it holds ready only");
        }
        return Optional.empty();
    }

    private static Optional<String> paired(History history) {
        for (History.Turned turned : history.events(History.Turned.class)) {
            if (turned.connections() > 2) {
                return broken(
                        turned.at(),
                        turned.follower() + " has " + turned.connections() + " connections, the last to "
                                + turned.source());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> steady(History history) {
        Map<String, Integer> turns = new HashMap<>();
        boolean faults = true;
        for (History.Event event : history.events()) {
            if (event instanceof History.FaultsEnded) {
                faults = false;
            } else if (!faults
                    && event instanceof History.Turned turned
                    && turns.merge(turned.follower(), 1, Integer::sum) > World.MOST_TURNS) {
                return broken(
                        event.at(),
                        turned.follower() + " turned to a source more than " + World.MOST_TURNS
                                + " times since nothing fails, the last time to " + turned.source());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> bounded(History history) {
        for (History.Held held : history.events(History.Held.class)) {
            if (held.bytes() > held.most()) {
                return broken(held.at(), held.what() + " held " + held.bytes() + " bytes of at most " + held.most());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> settles(History history) {
        for (History.Ended end : history.events(History.Ended.class)) {
            if (end.state() == FeedState.REFUSED) {
                continue;
            }
            if (end.state() != FeedState.LIVE
                    || end.stale()
                    || !end.view().position().equals(history.newest())) {
                return broken(
                        end.at(),
                        end.replica() + " is " + end.state() + (end.stale() ? ", stale (" : " (") + end.reason()
                                + ") at " + end.view().position() + ", the origin at " + history.newest());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> broken(long at, String how) {
        return Optional.of("at " + at + " ms: " + how);
    }

    static Object stamp(Row row) {
        return row.get("Stamp");
    }
}
