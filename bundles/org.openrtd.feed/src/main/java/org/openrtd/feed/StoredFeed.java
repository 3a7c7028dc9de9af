package org.openrtd.feed;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Keeps the rows of a durable feed where they outlive the process, together with their position: a database behind the
 * replica. Registered as an OSGi service with the property {@link Replica#FEED}; a follower of that feed in this node
 * waits for it before it connects, and goes on from what is stored instead of with a snapshot of everything. Whoever
 * registers one declares it in the bundle's manifest, so that followers know that there is something to wait for:
 *
 * <pre>Provide-Capability: osgi.service;objectClass:List&lt;String&gt;="org.openrtd.feed.StoredFeed";feed=config</pre>
 */
@ConsumerType
public interface StoredFeed {

    /** The feed's name. */
    String feed();

    /**
     * Reads all that is stored. May take long; called on a thread of its own, at most once for each replica made.
     *
     * @return empty when nothing is stored, or nothing that is whole; the follower then begins with a snapshot
     * @throws RuntimeException when it cannot be read; the same comes of it
     */
    Optional<Stored> load();

    /**
     * Rows that outlived a process.
     *
     * @param feedId the id of the central database that they came from
     * @param epochs those of the feed's history that were known then
     * @param view the rows, exactly as the feed had them at the view's position; see {@link ViewBuilder}
     * @param age how long ago they were stored
     */
    record Stored(String feedId, List<DurableHistory.Epoch> epochs, View view, Duration age) {

        public Stored {
            Objects.requireNonNull(age, "age");
            epochs = List.copyOf(epochs);
            if (feedId.isEmpty() || view.position().equals(Position.NONE)) {
                throw new IllegalArgumentException(
                        "Stored rows have an identity and a position, not '" + feedId + "' and " + view.position());
            }
            if (!view.schema().durable()) {
                throw new IllegalArgumentException("Feed " + view.schema().feed()
                        + " is not durable: the numbers of its rows end with the process that gave them");
            }
        }
    }
}
