package org.openrtd.feed;

import java.util.List;

/** Hears what happens to a {@link Replica}, in order, on the feed's thread; it must not block and must not throw. */
public interface ReplicaListener {

    /** The replica is now this view, by a snapshot or because listening began; whatever was known before is void. */
    void reset(View view);

    /** A batch took effect: {@code changes} led from {@code before} to {@code after}. */
    void applied(View before, View after, List<RowChange> changes);

    /** The state changed; the view did not. */
    default void stateChanged(FeedState from, FeedState to, String reason) {}
}
