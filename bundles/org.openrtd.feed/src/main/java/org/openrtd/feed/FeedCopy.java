package org.openrtd.feed;

import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A copy of a feed's rows that a role of this node keeps elsewhere than in its {@link Replica}, as in a database. An OSGi
 * service; who proves replicas proves these too.
 */
@ConsumerType
public interface FeedCopy {

    /** The feed's name. */
    String feed();

    /** What it is, for people: {@code local database}. */
    String name();

    /**
     * Compares every row with that of the node's replica at the same position. The copy's writer waits meanwhile, the feed
     * does not. Completes exceptionally when it cannot be compared; the message says why.
     */
    CompletableFuture<Verification> verify();
}
