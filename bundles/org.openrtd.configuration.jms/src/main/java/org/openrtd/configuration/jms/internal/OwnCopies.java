package org.openrtd.configuration.jms.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.openrtd.configuration.CopyStatus;
import org.openrtd.configuration.CopyStatus.Digests;
import org.openrtd.configuration.CopyStatus.Kind;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.View;

/** Says how the replicas of this node are, in the words of {@link CopyStatus}. */
final class OwnCopies {

    private static final Duration SAME = Duration.ofSeconds(2);

    private final String node;
    private final Clock clock;
    /** The times of repairs, as first reckoned: they must not seem to move. */
    private final Map<Kind, CopyStatus.Repair> repairs = new EnumMap<>(Kind.class);

    OwnCopies(String node, Clock clock) {
        this.node = node;
        this.clock = clock;
    }

    /** One for each kind: of several replicas, that which is furthest. */
    synchronized List<CopyStatus> of(Kind kind, Collection<Replica> replicas) {
        Replica best = null;
        for (Replica replica : replicas) {
            if (best == null || replica.view().position().compareTo(best.view().position()) > 0) {
                best = replica;
            }
        }
        List<CopyStatus> one = new ArrayList<>();
        if (best != null) {
            one.add(status(kind, best));
        }
        return one;
    }

    private CopyStatus status(Kind kind, Replica replica) {
        View view = replica.view();
        FeedState state = replica.state();
        boolean stale = replica.stale();
        String reason = replica.reason();
        Optional<Replica.Repair> repair = replica.lastRepair();
        // Rows that are given up on are not current however young they are, and say so.
        boolean alarm = stale && state == FeedState.LIVE && reason.startsWith("ALARM");
        boolean repairing = state == FeedState.RESUMING
                && repair.isPresent()
                && repair.get().reason().equals(reason);
        Digests digests = alarm || repairing
                ? Digests.DIFFERENT
                : state == FeedState.LIVE && !stale ? Digests.EQUAL : Digests.UNKNOWN;
        return new CopyStatus(
                node,
                kind,
                replica.feedId(),
                view.position() == null ? Position.NONE : view.position(),
                view.schema() == null ? 0 : view.schema().version(),
                state == FeedState.LIVE && !stale ? "LIVE" : (stale ? "STALE " : "") + state + suffix(reason),
                digests,
                repair.map(each -> stable(kind, each)).orElse(null),
                alarm ? reason : state == FeedState.REFUSED ? reason : "");
    }

    private static String suffix(String reason) {
        return reason.isEmpty() ? "" : " (" + reason + ")";
    }

    private CopyStatus.Repair stable(Kind kind, Replica.Repair repair) {
        Instant time = clock.instant().minus(repair.age());
        CopyStatus.Repair said = repairs.get(kind);
        if (said == null || Duration.between(said.time(), time).abs().compareTo(SAME) > 0) {
            said = new CopyStatus.Repair(time, repair.reason());
            repairs.put(kind, said);
        }
        return said;
    }
}
