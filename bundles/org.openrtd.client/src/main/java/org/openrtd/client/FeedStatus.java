package org.openrtd.client;

import java.time.Duration;
import java.time.Instant;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Position;
import org.openrtd.feed.Whereabouts;

/**
 * How good the rows of one feed are: whoever shows rows shows this too.
 *
 * @param feed the feed's name
 * @param state how the client stands to the distributor that it follows; what each means is at {@link FeedState}
 * @param reason why it is in that state, for people: what broke and, if there is one, the remedy
 * @param stale whether the rows are not current: the state is not {@code LIVE}, or they are older than the client's
 *     {@code staleAfter}. Rows that are stale are the last that were known; nothing says that they still hold
 * @param source the distributor's name; empty before the first connection
 * @param position where in the feed's history the rows are; {@link Position#NONE} before there were any
 * @param controllerTime the controller's time of the rows; 1970 before there were any
 * @param age how old the rows are, by this process's monotonic clock; grows while nothing arrives. Before there were any,
 *     how long they have been awaited
 * @param whereabouts the distributor's site, and where configuration and history are to be had, as it says
 */
public record FeedStatus(
        String feed,
        FeedState state,
        String reason,
        boolean stale,
        String source,
        Position position,
        Instant controllerTime,
        Duration age,
        Whereabouts whereabouts) {

    /** One line for people: {@code calls: LIVE from north-1 at 1700000000000:42, 0.2 s old (follows north-1)}. */
    @Override
    public String toString() {
        return feed + ": " + (stale && state == FeedState.LIVE ? "STALE " : "") + state
                + (source.isEmpty() ? "" : " from " + source)
                + (position.equals(Position.NONE)
                        ? ", no rows yet"
                        : " at " + position + ", " + age.toMillis() / 100 / 10.0 + " s old")
                + (reason.isEmpty() ? "" : " (" + reason + ")");
    }
}
