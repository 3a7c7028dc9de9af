package org.openrtd.statistics;

/**
 * A line of waiting things, ordered by a time. What comes later usually has the later time, so joining at the end and
 * leaving from anywhere are cheap.
 */
final class Line<T> {

    /** One place in a line. */
    static final class Spot<T> {
        final T owner;
        final long time;
        private Line<T> line;
        private Spot<T> previous;
        private Spot<T> next;

        private Spot(T owner, long time) {
            this.owner = owner;
            this.time = time;
        }

        /** Leaves the line; once is enough. */
        void leave() {
            if (line == null) {
                return;
            }
            if (previous == null) {
                line.first = next;
            } else {
                previous.next = next;
            }
            if (next == null) {
                line.last = previous;
            } else {
                next.previous = previous;
            }
            line.size--;
            line = null;
            previous = null;
            next = null;
        }
    }

    private Spot<T> first;
    private Spot<T> last;
    private int size;

    Spot<T> join(T owner, long time) {
        Spot<T> spot = new Spot<>(owner, time);
        Spot<T> before = last;
        while (before != null && before.time > time) {
            before = before.previous;
        }
        spot.line = this;
        spot.previous = before;
        spot.next = before == null ? first : before.next;
        if (spot.next == null) {
            last = spot;
        } else {
            spot.next.previous = spot;
        }
        if (before == null) {
            first = spot;
        } else {
            before.next = spot;
        }
        size++;
        return spot;
    }

    boolean isEmpty() {
        return first == null;
    }

    int size() {
        return size;
    }

    /** Whose time is the earliest, or {@code null}. */
    T first() {
        return first == null ? null : first.owner;
    }

    /** The earliest time; {@link Long#MAX_VALUE} for an empty line. */
    long firstTime() {
        return first == null ? Long.MAX_VALUE : first.time;
    }
}
