package org.openrtd.client;

import org.openrtd.feed.RowChange;

/**
 * Hears what becomes of the rows that an {@link OpenRtdClient} follows. Implement what is needed.
 *
 * <p>All is called on one thread, the client's own ({@code openrtd-client}): never two at a time, each feed's batches in
 * order. A listener may take its time and call whatever it likes of the client, also {@link OpenRtdClient#close}; it slows no
 * feed. One that takes longer than batches come is handed several of them as one, so that what waits for it is bounded and it
 * always gets to the present. What it throws is logged, and it goes on with the next call.
 *
 * <p>Nobody has to tell snapshots from batches: a snapshot, as at the start or after a long disconnection, is heard as one
 * batch of what differs from what was heard last.
 */
public interface OpenRtdListener {

    /**
     * One row changed; {@code before} is {@code null} when it is new, {@code after} when it was deleted. The other changes of
     * its batch are heard right before and after, with {@link #batch} as the end: who wants all or nothing waits for that.
     */
    default void row(RowChange change) {}

    /** A batch has taken effect, whole. */
    default void batch(Batch batch) {}

    /**
     * The state of a feed, its reason, its source, what that says of its whereabouts, or whether it is stale changed. It is
     * the present state, not the history of states: one that passes quickly may not be heard. First heard right after the
     * client was opened.
     */
    default void state(FeedStatus status) {}
}
