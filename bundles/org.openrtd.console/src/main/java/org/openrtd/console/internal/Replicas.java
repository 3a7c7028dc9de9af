package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Replica;

/** Which of a node's replicas a reader is shown. */
final class Replicas {

    /**
     * The better one last: one that is current before one that is not, then the one further on in its history. Several
     * replicas of one feed meet where a node is centre and distributor, or follows two sides.
     */
    private static final Comparator<Replica> BETTER = Comparator.<Replica>comparingInt(r -> r.stale() ? 0 : 1)
            .thenComparing(r -> r.state() == FeedState.LIVE)
            .thenComparing(r -> r.view().position())
            .thenComparing(Replica::source, Comparator.reverseOrder());

    private Replicas() {}

    /** The replica of a feed to read; {@code source} may be {@code null}. */
    static Optional<Replica> choose(Collection<Replica> all, String feed, String source) {
        return all.stream()
                .filter(r -> r.feed().equals(feed))
                .filter(r -> source == null || r.source().equals(source))
                .max(BETTER);
    }

    /** One replica for each feed there is, by the feed's name. */
    static List<Replica> onePerFeed(Collection<Replica> all, String source) {
        TreeMap<String, Replica> chosen = new TreeMap<>();
        for (Replica replica : all) {
            if (!chosen.containsKey(replica.feed())) {
                choose(all, replica.feed(), source).ifPresent(r -> chosen.put(r.feed(), r));
            }
        }
        return new ArrayList<>(chosen.values());
    }
}
