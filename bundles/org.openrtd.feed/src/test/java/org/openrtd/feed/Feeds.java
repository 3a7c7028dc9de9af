package org.openrtd.feed;

import java.util.Collection;
import java.util.random.RandomGenerator;
import org.openrtd.feed.internal.FeedReplica;
import org.openrtd.feed.internal.Repairs;
import org.openrtd.feed.internal.Source;

/** Makes origins, relays and followers of parts that a test names, and looks into them. */
public final class Feeds {

    private Feeds() {}

    public static Origin origin(
            FeedSchema schema,
            FeedIdentity identity,
            Source source,
            MonotonicClock clock,
            DurableHistory history,
            Collection<Row> rows) {
        return new Origin(schema, identity, source, clock, history, rows);
    }

    public static Relay relay(Replica replica, Source source, MonotonicClock clock) {
        return new Relay(replica, Runnable::run, source, clock);
    }

    public static Follower follower(
            FollowerSettings settings,
            MonotonicClock clock,
            RandomGenerator random,
            Connector connector,
            FeedReplica replica) {
        return follower(settings, clock, random, connector, replica, new Repairs());
    }

    public static Follower follower(
            FollowerSettings settings,
            MonotonicClock clock,
            RandomGenerator random,
            Connector connector,
            FeedReplica replica,
            Repairs repairs) {
        return new Follower(settings, clock, random, connector, replica, repairs);
    }

    public static long bufferedBytes(Follower follower) {
        return follower.bufferedBytes();
    }
}
