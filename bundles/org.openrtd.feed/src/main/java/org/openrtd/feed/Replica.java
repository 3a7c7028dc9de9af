package org.openrtd.feed;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A node's copy of one feed from one source, and the one service through which all readers in the node see it. Registered
 * as an OSGi service with the properties {@link #FEED} and {@link #SOURCE}.
 *
 * <p>A replica's position only rises. It stays readable in every state and says its state, position and age: a reader
 * that shows its rows shows these too. Usable from any thread; nothing here waits for the network.
 */
@ProviderType
public interface Replica {

    /** Service property: the feed's name. */
    String FEED = "feed";

    /** Service property: the name of the source that is followed, or of the origin itself. */
    String SOURCE = "source";

    /** The feed's name. */
    String feed();

    /** The name of the source that is followed now; at an origin, its own. */
    String source();

    /** Where that source stands and what else is to be had where, as it says; at an origin, as that says. */
    default Whereabouts whereabouts() {
        return Whereabouts.NONE;
    }

    /** Whether that source says that it is the site's primary, to be followed rather than another of equal health. */
    default boolean isSourcePrimary() {
        return false;
    }

    /** The id of the central database whose rows these are; empty before the first. */
    String feedId();

    /** All tables at the newest position. Before the first snapshot: no tables, {@link Position#NONE}. */
    View view();

    FeedState state();

    /** Why the replica is in its state, for people; never {@code null}. */
    String reason();

    /**
     * Whether the source that is followed says that it is not current itself: what broke is further away than the source.
     * Of a replica that is not {@link FeedState#LIVE}.
     */
    default boolean isSourceNotCurrent() {
        return false;
    }

    /**
     * How old what the view shows is, by this process's monotonic clock, reckoned from when the origin made it; grows
     * while nothing arrives. Before the first snapshot, since the replica was made.
     */
    Duration age();

    /** Whether the numbers are not current: not {@link FeedState#LIVE}, or older than {@code staleAfter}. */
    boolean stale();

    /** What this replica has done and suffered so far. */
    ReplicaStatistics statistics();

    /** The last time that rows were found to differ from the origin's and were fetched again, since the replica was made. */
    Optional<Repair> lastRepair();

    /**
     * Rows were found to differ from the origin's, and were fetched again.
     *
     * @param age how long ago
     * @param reason which differed, and where
     */
    record Repair(Duration age, String reason) {}

    /**
     * Adds a listener. It first hears {@link ReplicaListener#reset} with the present view, then each change in order, on
     * the feed's thread: it must not block. Returns what ends the subscription.
     */
    AutoCloseable listen(ReplicaListener listener);

    /**
     * Proves the rows. Without {@code everyRow}, their digests are computed anew and compared with those that are compared
     * with the origin's at each heartbeat. With it, a fresh snapshot is pulled from the source and compared row by row, at
     * the same position; the replica goes on meanwhile. Completes on the feed's thread, exceptionally when the source
     * cannot be asked.
     */
    CompletableFuture<Verification> verify(boolean everyRow);
}
