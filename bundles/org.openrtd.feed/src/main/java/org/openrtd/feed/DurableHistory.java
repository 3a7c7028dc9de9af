package org.openrtd.feed;

import java.util.List;

/**
 * The history of a durable feed as its database keeps it. Called on the feed's thread; an implementation reads from its
 * database and answers promptly. A {@link RuntimeException} makes the origin answer with a snapshot instead.
 */
public interface DurableHistory {

    /**
     * One run of the origin.
     *
     * @param firstKey the recovery key at which the run began, which is that of the last transaction before it
     */
    record Epoch(long epoch, long firstKey) {}

    /**
     * One configuration transaction of the log.
     *
     * @param key its recovery key
     * @param keyBefore the key of the transaction before it
     */
    record Entry(long key, long keyBefore, Cut cut, List<Change> changes) {}

    /** All runs in ascending order; the last is the present one, written before the origin starts. */
    List<Epoch> epochs();

    /**
     * The first entries after {@code key}, in the order of their keys, at most {@code limit} of them; empty when there is
     * none or when the log does not reach back to {@code key} any more.
     */
    List<Entry> after(long key, int limit);
}
