package org.openrtd.feed.internal;

import java.util.List;
import org.openrtd.feed.DurableHistory.Epoch;

/** Hears all that a relay passes on, on the thread of the replica's feed. */
public interface PassOn {

    /** The replica is this view now, without the batches that lead there. */
    void reset(FeedView view, String feedId, List<Epoch> epochs, long originTime, long freshAt);

    /** A batch took effect; {@code messages} carried it. They are none when only the epoch changed. */
    void applied(FeedView view, List<Epoch> epochs, byte[][] messages, long originTime, long freshAt);

    /** The origin's heartbeat at the replica's position. */
    void heartbeat(byte[] message, long originTime, long freshAt);

    /** Rows were repaired, or a source says it repaired its own: what was passed on before may be wrong. */
    void cleared(FeedView view);

    /** The replica's state is another one. */
    void stateChanged(long originTime);
}
