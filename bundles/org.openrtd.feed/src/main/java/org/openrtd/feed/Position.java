package org.openrtd.feed;

/** Where a replica is in its feed's history: epochs are ordered, and sequences within an epoch. */
public record Position(long epoch, long sequence) implements Comparable<Position> {

    /** Before every position; what a replica has before its first snapshot. */
    public static final Position NONE = new Position(0, 0);

    public Position {
        if (epoch < 0 || sequence < 0) {
            throw new IllegalArgumentException("A position is not negative: " + epoch + ":" + sequence);
        }
    }

    @Override
    public int compareTo(Position other) {
        return epoch != other.epoch ? Long.compare(epoch, other.epoch) : Long.compare(sequence, other.sequence);
    }

    @Override
    public String toString() {
        return epoch + ":" + sequence;
    }
}
