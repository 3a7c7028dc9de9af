package org.openrtd.feed.internal;

import org.openrtd.feed.View;

/** Batches as they come over a topic, without a follower. */
public final class Batches {

    private Batches() {}

    /** What a message on a topic carries: a batch's sequence and tick, or nothing that counts. */
    public record Arrived(long sequence, long tick) {}

    /** Of a whole batch; {@code null} of a heartbeat. */
    public static Arrived arrived(byte[] message) {
        try {
            WireReader from = new WireReader(message);
            int type = from.header();
            if (type == Wire.BATCH_PART) {
                throw new IllegalStateException("A batch is too large for one message: choose a smaller one");
            }
            if (type != Wire.BATCH) {
                return null;
            }
            BatchHeader header = BatchHeader.read(from);
            return new Arrived(header.position().sequence(), header.cut().tick());
        } catch (Undecodable e) {
            throw new IllegalStateException(e);
        }
    }

    /** The view after a batch of updates, whatever batch came before it: to be applied again and again. */
    public static View apply(View view, byte[] message) {
        try {
            WireReader from = new WireReader(message);
            from.header();
            return BatchDecoder.apply((FeedView) view, BatchHeader.read(from), from, false)
                    .view();
        } catch (Undecodable e) {
            throw new IllegalStateException(e);
        }
    }
}
