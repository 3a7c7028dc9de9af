package org.openrtd.feed.internal;

/** Numbers that both ends of the wire share; {@code docs/feed-protocol.md} explains them. */
public final class Wire {

    public static final int MAJOR = 2;
    public static final int HEADER = 4;

    // On the topic.
    public static final int BATCH = 1;
    public static final int BATCH_PART = 2;
    public static final int HEARTBEAT = 3;
    public static final int CLEARED = 4;

    // From a follower.
    public static final int RESUME = 16;
    public static final int PULL = 17;
    public static final int REPORT = 18;

    // To a follower.
    public static final int CONTINUE = 32;
    public static final int CARRY = 33;
    public static final int WAIT = 34;
    public static final int SNAPSHOT = 35;
    public static final int PART = 36;
    public static final int GONE = 37;
    public static final int REFUSED = 38;
    public static final int LIVE = 39;

    /** What a part carries, so that no message is larger than 64 KiB. */
    public static final int PART_BYTES = 64_000;

    /** A larger batch is not sent: followers take a snapshot instead. */
    public static final int BATCH_BYTES = 4 << 20;

    /** How many parts a follower may ask for at a time; also bounds, in parts, one page of a continuation. */
    public static final int PARTS_AT_A_TIME = 8;

    public static final int MOST_TABLES = 1024;
    public static final int MOST_COLUMNS = 4096;
    public static final int MOST_ROWS = 1 << 24;
    public static final int MOST_EPOCHS = 1024;
    public static final int MOST_OUTRUN = 3;

    private Wire() {}
}
