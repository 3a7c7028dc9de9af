package org.openrtd.updater.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.View;

/**
 * What the replica did and the database has not yet, in order. Bounded, by rows and by their texts: when the database falls too far behind, only where
 * the replica is now is kept, and the way there becomes one difference. Usable from any thread; nothing here waits for the
 * database, so the feed is never slowed.
 */
final class Backlog {

    /** So many characters of text count as one more row: a script is larger than a thousand members of a group. */
    private static final int CHARACTERS_OF_A_ROW = 512;

    /** Something to be brought about in the database. */
    sealed interface Work {}

    /** A transaction of the centre. */
    record Step(String feedId, View before, View after, List<RowChange> changes) implements Work {}

    /** The replica is this view, by whatever way. */
    record Jump(String feedId, View to) implements Work {}

    /** The replica forgot its rows, and to which central database they belong. */
    record Forget() implements Work {}

    private final Deque<Work> waiting = new ArrayDeque<>();
    private final int mostRows;
    private long rows;
    private Jump newest;
    private Runnable wake = () -> {};

    /** @param mostRows how many changed rows may wait */
    Backlog(int mostRows) {
        this.mostRows = mostRows;
    }

    /** Who is called when there is something to do. */
    synchronized void onWork(Runnable next) {
        wake = next;
    }

    /** There is something to do that is not in here. */
    synchronized void wake() {
        wake.run();
    }

    /** Another replica is listened to, which says where it is. */
    synchronized void begin() {
        waiting.clear();
        rows = 0;
        newest = null;
    }

    synchronized void reset(String feedId, View view) {
        if (!view.position().equals(Position.NONE)) {
            jump(new Jump(feedId, view));
        } else if (newest != null) {
            begin();
            waiting.add(new Forget());
        }
        wake.run();
    }

    private void jump(Jump to) {
        waiting.clear();
        rows = 0;
        newest = to;
        waiting.add(to);
    }

    synchronized void applied(String feedId, View before, View after, List<RowChange> changes) {
        rows += cost(changes);
        if (rows > mostRows) {
            jump(new Jump(feedId, after));
        } else {
            newest = new Jump(feedId, after);
            waiting.add(new Step(feedId, before, after, changes));
        }
        wake.run();
    }

    private static long cost(List<RowChange> changes) {
        long characters = 0;
        for (RowChange change : changes) {
            characters += characters(change.before()) + characters(change.after());
        }
        // A transaction without rows costs its place all the same.
        return changes.size() + 1L + characters / CHARACTERS_OF_A_ROW;
    }

    private static long characters(Row row) {
        long characters = 0;
        for (int i = 0; row != null && i < row.table().columns().size(); i++) {
            characters += row.get(i) instanceof String text ? text.length() : 0;
        }
        return characters;
    }

    /** What is next, or {@code null}; it stays until it is {@link #done}. */
    synchronized Work next() {
        return waiting.peek();
    }

    /** It is in the database. What replaced it meanwhile stays. */
    synchronized void done(Work work) {
        if (waiting.peek() == work) {
            waiting.remove();
            if (work instanceof Step step) {
                rows -= cost(step.changes());
            }
        }
    }

    /** Where the replica is; {@code null} while it has no rows. */
    synchronized Jump newest() {
        return newest;
    }

    synchronized int size() {
        return waiting.size();
    }
}
