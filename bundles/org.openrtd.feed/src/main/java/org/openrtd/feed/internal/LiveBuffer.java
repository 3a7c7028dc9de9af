package org.openrtd.feed.internal;

import java.util.ArrayDeque;
import java.util.Deque;

/** Batches of the topic that cannot be applied yet, within a number of bytes. The oldest goes first: it can be had again. */
public final class LiveBuffer {

    private final Deque<ReceivedBatch> batches = new ArrayDeque<>();
    private long bytes;

    public void add(ReceivedBatch batch, long most) {
        ReceivedBatch last = batches.peekLast();
        if (last != null && batch.header().position().compareTo(last.header().position()) <= 0) {
            return;
        }
        batches.addLast(batch);
        bytes += batch.bytes().length;
        while (bytes > most) {
            poll();
        }
    }

    public ReceivedBatch peek() {
        return batches.peekFirst();
    }

    public void poll() {
        bytes -= batches.removeFirst().bytes().length;
    }

    public long bytes() {
        return bytes;
    }

    public void clear() {
        batches.clear();
        bytes = 0;
    }
}
