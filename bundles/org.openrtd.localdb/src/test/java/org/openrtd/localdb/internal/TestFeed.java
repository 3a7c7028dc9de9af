package org.openrtd.localdb.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.openrtd.feed.Change;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaListener;
import org.openrtd.feed.ReplicaStatistics;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.Row;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.Table;
import org.openrtd.feed.Verification;
import org.openrtd.feed.View;

/** A real-time feed, made by a real origin, whose replica is as old and in what state a test says. */
final class TestFeed implements Replica {

    private final Origin origin;
    private long tick;
    volatile FeedState state = FeedState.LIVE;
    volatile String reason = "";
    volatile Duration age = Duration.ZERO;
    private final List<ReplicaListener> listeners = new ArrayList<>();

    TestFeed(FeedSchema schema) {
        this(schema, 300);
    }

    TestFeed(FeedSchema schema, long epoch) {
        origin = new Origin(
                schema,
                new FeedIdentity("centre-a", epoch),
                "central",
                SourceSettings.DEFAULT,
                () -> 0,
                new SplittableRandom(1),
                new SourceTransport() {
                    @Override
                    public void publish(Hop hop, byte[] message) {}

                    @Override
                    public void reply(ReplyTo to, byte[] message) {}
                });
    }

    Position put(Row... rows) {
        return commit(Arrays.stream(rows).map(Change::put).toList());
    }

    Position delete(Table table, Object... key) {
        return commit(List.of(Change.delete(table, List.of(key))));
    }

    Position commit(Collection<Change> changes) {
        tick++;
        return origin.commit(new Cut(tick, 1_700_000_000_000L + tick * 1000, 7), changes);
    }

    /** Has the state that it had before, for another reason. */
    void now(FeedState next, String why, Duration old) {
        state = next;
        reason = why;
        age = old;
        listeners.forEach(listener -> listener.stateChanged(next, next, why));
    }

    @Override
    public String feed() {
        return origin.replica().feed();
    }

    @Override
    public String source() {
        return "central";
    }

    @Override
    public String feedId() {
        return "centre-a";
    }

    @Override
    public View view() {
        return origin.replica().view();
    }

    @Override
    public FeedState state() {
        return state;
    }

    @Override
    public String reason() {
        return reason;
    }

    @Override
    public Duration age() {
        return age;
    }

    @Override
    public boolean stale() {
        return state != FeedState.LIVE || age.toMillis() > 3000;
    }

    @Override
    public ReplicaStatistics statistics() {
        return origin.replica().statistics();
    }

    @Override
    public Optional<Repair> lastRepair() {
        return origin.replica().lastRepair();
    }

    @Override
    public AutoCloseable listen(ReplicaListener listener) {
        listeners.add(listener);
        return origin.replica().listen(listener);
    }

    @Override
    public CompletableFuture<Verification> verify(boolean everyRow) {
        return CompletableFuture.completedFuture(new Verification(view().position(), 0, List.of()));
    }
}
