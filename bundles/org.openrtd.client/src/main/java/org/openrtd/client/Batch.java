package org.openrtd.client;

import java.util.List;
import java.util.Objects;
import org.openrtd.feed.Position;
import org.openrtd.feed.RowChange;

/**
 * What changed in one feed from one position to another, as an {@link OpenRtdListener} hears it. Immutable.
 *
 * @param previous where the listener was; {@link Position#NONE} at a feed's first batch, which has all rows
 * @param changes of the tables that the client was asked for, each row at most once; empty when only others changed, or only
 *     time went on
 * @param now the feed's tables right after this batch, with their state, position and age
 */
public record Batch(Position previous, List<RowChange> changes, Reading now) {

    public Batch {
        Objects.requireNonNull(previous, "previous");
        Objects.requireNonNull(now, "now");
        changes = List.copyOf(changes);
    }

    /** The feed's name. */
    public String feed() {
        return status().feed();
    }

    /** Where the feed is after this batch. */
    public Position position() {
        return status().position();
    }

    /** How good the rows are. */
    public FeedStatus status() {
        return now.statuses().get(0);
    }
}
