package org.openrtd.feed.internal;

/** Makes rows wrong, as a machine's memory or a fault in this engine would. */
public final class Faults {

    private Faults() {}

    /** The replica has the rows that it had then, and thinks that it has those of now. */
    public static void fallBack(FeedReplica replica, FeedView then) {
        FeedView now = replica.view();
        if (now.tables() == then.tables()
                && now.position().epoch() == then.position().epoch()) {
            replica.show(now.next(now.position(), now.cut(), then.allRows()));
        }
    }
}
