package org.openrtd.feed.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Position;
import org.openrtd.feed.Table;
import org.openrtd.feed.Verification;
import org.openrtd.feed.View;

/** All that happened in one run, in order. The promises are checked on nothing else. */
public final class History {

    public sealed interface Event {
        long at();
    }

    /** A replica took a batch. */
    public record Applied(long at, String replica, Position before, Position after, int changes) implements Event {}

    /** A replica became another view as a whole. */
    public record Reset(long at, String replica, Position position) implements Event {}

    /** Somebody looked at a replica. */
    public record Read(long at, String replica, View view, FeedState state, boolean stale, long age) implements Event {}

    /** A source sent a batch, or else a heartbeat, to its topic. */
    public record Published(long at, String source, boolean heartbeat, Position position) implements Event {}

    /**
     * A follower asked to resume.
     *
     * @param followed whether it asked the source that it follows, not one that it holds ready
     * @param repair because its rows are not the origin's
     */
    public record Asked(
            long at, String follower, String source, boolean followed, long id, Position have, boolean repair)
            implements Event {}

    /** A source answered. {@code from} is where it continues, what its snapshot is at, or where it is. */
    public record Answered(long at, String source, long id, Answer answer, Position from) implements Event {}

    public enum Answer {
        CONTINUE,
        SNAPSHOT,
        WAIT,
        REFUSED
    }

    /** How much somebody holds, and may hold at most. */
    public record Held(long at, String what, long bytes, long most) implements Event {}

    /** A follower turned to a source, and has so many connections now. */
    public record Turned(long at, String follower, String source, Network.Turn turn, int connections)
            implements Event {}

    /** What a source said that a follower only held ready changed what the follower shows or keeps. */
    public record Meddled(long at, String follower, String source) implements Event {}

    /** The rows of this node's replica were made wrong, as a fault of its machine would. */
    public record Corrupted(long at, String node) implements Event {}

    /** This node's machine, and its clock with it, was suspended up to now. */
    public record Woke(long at, String node) implements Event {}

    /** What the origin acknowledged in all, kept apart from the engine: the values of each row by table and key. */
    public record Owed(long at, Position position, Map<Table, Map<List<Object>, Object[]>> rows) implements Event {}

    /** A process began with rows that outlived another one, which had these at that position. */
    public record Remembered(long at, String replica, View view, List<View> had) implements Event {}

    /** From here on nothing fails any more. */
    public record FaultsEnded(long at) implements Event {}

    /** A replica was compared with its source, row by row. */
    public record Verified(long at, String replica, Verification result) implements Event {}

    /** How a follower was in the end. */
    public record Ended(long at, String replica, View view, FeedState state, boolean stale, String reason)
            implements Event {}

    private final List<Event> events = new ArrayList<>();
    private final Map<Class<?>, List<Event>> byType = new IdentityHashMap<>();
    /** What the origin had at each position, also as later epochs of a durable feed tell the past. */
    private final Map<Position, View> origin = new HashMap<>();
    /** Until when the origin's view of a position was current: it ran, and had nothing newer. */
    private final Map<Position, Long> currentUntil = new HashMap<>();

    private Position newest = Position.NONE;
    /** Whose rows and times a node may have. */
    private final Map<String, Set<String>> upstream = new HashMap<>();

    /** A node that is called so may follow these, of which has been told before. */
    void follows(String node, List<String> sources) {
        Set<String> all = new HashSet<>(Set.of(node));
        sources.forEach(source -> all.addAll(upstream.getOrDefault(source, Set.of(source))));
        upstream.put(node, all);
    }

    /** Whether what a follower has may have been that node's, or come through it. */
    boolean mayHaveFrom(String follower, String node) {
        return upstream.get(follower.substring(0, follower.indexOf('#'))).contains(node);
    }

    void add(Event event) {
        events.add(event);
        byType.computeIfAbsent(event.getClass(), type -> new ArrayList<>()).add(event);
    }

    /** The origin is at this position now, and runs. */
    void origin(long at, View view) {
        origin.put(view.position(), view);
        newest = view.position();
        currentUntil.merge(newest, at, Math::max);
    }

    void originOfPast(Position position, View view) {
        origin.putIfAbsent(position, view);
    }

    public List<Event> events() {
        return events;
    }

    public <T extends Event> List<T> events(Class<T> type) {
        // It holds events of that very class, as records have no others below them.
        @SuppressWarnings("unchecked")
        List<T> events = (List<T>) byType.getOrDefault(type, List.of());
        return events;
    }

    public View originAt(Position position) {
        return origin.get(position);
    }

    public Position newest() {
        return newest;
    }

    /** The last moment at which the origin had nothing newer than this position. */
    public long currentUntil(Position position) {
        return currentUntil.getOrDefault(position, Long.MIN_VALUE);
    }
}
