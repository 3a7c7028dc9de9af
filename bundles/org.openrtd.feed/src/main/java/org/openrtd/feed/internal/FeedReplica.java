package org.openrtd.feed.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.openrtd.feed.Digest;
import org.openrtd.feed.DurableHistory.Epoch;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Hop.Progress;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaListener;
import org.openrtd.feed.ReplicaStatistics;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.Table;
import org.openrtd.feed.Verification;
import org.openrtd.feed.Whereabouts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replica of an origin or a follower. Written on the feed's thread only; read from any. */
public class FeedReplica implements Replica {

    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

    /** What {@link #apply} did with a batch. */
    public enum ApplyResult {
        /** All its changes took effect. */
        APPLIED,
        /** The replica already had it. */
        DUPLICATE,
        /** Batches are missing before it: resume, do not try this one again. */
        GAP
    }

    private final String feed;
    private final MonotonicClock clock;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    private record RepairBegun(long at, String why) {}

    /** One source, and what that says of itself. */
    private record Followed(String source, Whereabouts whereabouts, boolean primary) {}

    private final List<ReplicaListener> listeners = new CopyOnWriteArrayList<>();
    private final List<PassOn> passOns = new ArrayList<>();
    private final Freshness freshness = new Freshness();
    private Consumer<CompletableFuture<Verification>> verifier;

    private volatile FeedView view;
    private volatile Followed followed = new Followed("", Whereabouts.NONE, false);
    private volatile FeedState state;
    private volatile String reason = "not started";
    private volatile boolean sourceNotCurrent;
    private volatile String alarm;
    private volatile Progress progress = Progress.NONE;
    private volatile RepairBegun lastRepair;
    private volatile boolean closed;
    private volatile long freshAt;
    private volatile long staleAfterMillis;
    private volatile String feedId = "";
    private volatile List<Epoch> epochs = List.of();
    private volatile long originTime;
    /** Whether {@link #originTime} is of this epoch's clock. */
    private boolean timed;

    // Each has one writer, the feed's thread.
    private volatile long batches;
    private volatile long rowChanges;
    private volatile long bytes;
    private volatile long duplicates;
    private volatile long gaps;
    private volatile long snapshots;
    private volatile long repairs;
    private volatile long undecodable;

    public FeedReplica(String feed, FeedState state, Duration staleAfter, MonotonicClock clock) {
        this.feed = feed;
        this.state = state;
        this.clock = clock;
        this.view = FeedView.nothing(feed);
        this.staleAfterMillis = staleAfter.toMillis();
        this.freshAt = clock.millis();
    }

    /** Who pulls a snapshot and compares it, on the feed's thread; without, as at an origin, there is no source to ask. */
    public void verifier(Consumer<CompletableFuture<Verification>> next) {
        verifier = next;
    }

    // ---- read from any thread

    @Override
    public String feed() {
        return feed;
    }

    @Override
    public String source() {
        return followed.source;
    }

    @Override
    public FeedView view() {
        return view;
    }

    @Override
    public FeedState state() {
        return state;
    }

    @Override
    public String reason() {
        String wrong = alarm;
        return wrong == null ? reason : wrong;
    }

    @Override
    public boolean isSourceNotCurrent() {
        return sourceNotCurrent;
    }

    @Override
    public Duration age() {
        return Duration.ofMillis(ageMillis());
    }

    public long ageMillis() {
        return Math.max(0, clock.millis() - freshAt);
    }

    @Override
    public boolean stale() {
        return state != FeedState.LIVE || alarm != null || ageMillis() > staleAfterMillis;
    }

    @Override
    public ReplicaStatistics statistics() {
        return new ReplicaStatistics(batches, rowChanges, bytes, duplicates, gaps, snapshots, repairs, undecodable);
    }

    @Override
    public AutoCloseable listen(ReplicaListener listener) {
        tasks.add(() -> {
            listeners.add(listener);
            tell(listener, l -> l.reset(view));
        });
        return () -> tasks.add(() -> listeners.remove(listener));
    }

    @Override
    public CompletableFuture<Verification> verify(boolean everyRow) {
        CompletableFuture<Verification> result = new CompletableFuture<>();
        if (closed) {
            result.completeExceptionally(new IllegalStateException("Not verified: the replica is closed"));
            return result;
        }
        if (everyRow && verifier != null) {
            tasks.add(() -> verifier.accept(result));
            return result;
        }
        FeedView now = view;
        List<String> differences = new ArrayList<>();
        long rows = 0;
        for (int t = 0; t < now.tables(); t++) {
            Digest kept = now.rows(t).digest();
            Digest recomputed = now.rows(t).recompute();
            rows += recomputed.rows();
            if (!kept.equals(recomputed)) {
                differences.add(now.schema().tables().get(t) + ": kept " + kept + ", recomputed " + recomputed);
            }
        }
        result.complete(new Verification(now.position(), rows, differences));
        return result;
    }

    // ---- on the feed's thread

    /** Does what other threads asked for. */
    public void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Nothing happens to it any more; it stays readable. */
    public void close() {
        closed = true;
        // Who asked for something before gets an answer.
        runTasks();
    }

    /** Has {@code passOn} hear all from now on; it may be called from any thread. */
    public AutoCloseable passOn(PassOn passOn) {
        tasks.add(() -> {
            passOns.add(passOn);
            passOn.reset(view, feedId, epochs, originTime, freshAt);
        });
        return () -> tasks.add(() -> passOns.remove(passOn));
    }

    public void staleAfter(Duration staleAfter) {
        staleAfterMillis = staleAfter.toMillis();
    }

    /** Follows this source from now on. */
    public void source(String name, Whereabouts said) {
        followed = new Followed(name, said, false);
    }

    @Override
    public Whereabouts whereabouts() {
        return followed.whereabouts;
    }

    /** What the source says of itself by now. */
    public void whereabouts(Whereabouts said) {
        if (!said.equals(followed.whereabouts)) {
            followed = new Followed(followed.source, said, followed.primary);
        }
    }

    @Override
    public boolean isSourcePrimary() {
        return followed.primary;
    }

    /** Whether the source says by now that it is the primary. */
    public void sourcePrimary(boolean says) {
        if (says != followed.primary) {
            followed = new Followed(followed.source, followed.whereabouts, says);
        }
    }

    /** What there is to wait for while it is not LIVE. */
    public Progress progress() {
        return progress;
    }

    /** To be told before the state that goes with it. */
    public void progress(Progress next) {
        boolean idle = next == Progress.IDLE || progress == Progress.IDLE;
        if (progress != next) {
            progress = next;
            if (idle) {
                // Whether somebody has to ask first is worth a heartbeat; the rest is seen from the next one.
                passOns.forEach(passOn -> passOn.stateChanged(originTime));
            }
        }
    }

    @Override
    public String feedId() {
        return feedId;
    }

    public void feedId(String id) {
        feedId = id;
    }

    public List<Epoch> epochs() {
        return epochs;
    }

    public Position position() {
        return view.position();
    }

    public void state(FeedState next, String why) {
        state(next, why, false);
    }

    /**
     * Tells a change of state; of a follower, only its own method {@code state} calls it.
     *
     * @param notCurrent whether the source says that it is not current itself
     */
    public void state(FeedState next, String why, boolean notCurrent) {
        FeedState from = state;
        sourceNotCurrent = notCurrent;
        state = next;
        reason = why;
        if (from != next) {
            passOns.forEach(passOn -> passOn.stateChanged(originTime));
            listeners.forEach(listener -> tell(listener, l -> l.stateChanged(from, next, why)));
        }
    }

    /** Says that the rows are wrong and nothing can be done about it; {@code null} when they are right again. */
    public void alarm(String what) {
        if (!Objects.equals(alarm, what)) {
            alarm = what;
            // Followers of a relay show these rows too.
            passOns.forEach(passOn -> passOn.stateChanged(originTime));
        }
    }

    public String alarm() {
        return alarm;
    }

    /** How a source of these rows stands: rows that are wrong are not current, however young they are. */
    public Hop hop(long age) {
        FeedState now = state;
        String wrong = alarm;
        return wrong != null && now == FeedState.LIVE
                ? new Hop(FeedState.RESUMING, age, wrong)
                : new Hop(now, age, reason()).with(progress);
    }

    /** Something the origin made at {@code time} is here, or was {@code age} ago at the source. */
    public void heard(long time, long age) {
        long now = clock.millis();
        freshness.heard(now, time, age);
        reckon(now);
    }

    /** The same of an answer to what was asked at {@code asked}; see {@link Freshness#answered}. */
    public void answered(long asked, long time, long age, long wayBack) {
        long now = clock.millis();
        freshness.answered(asked, now, time, age, wayBack);
        reckon(now);
    }

    private void reckon(long now) {
        // Age and origin's time go on to followers together, so they always say the same.
        if (timed) {
            freshAt = freshness.own(now, originTime);
        }
    }

    /** What the replica shows is what the origin had at {@code time}. */
    public void current(long time) {
        originTime = timed ? Math.max(originTime, time) : time;
        timed = true;
        // Until something came over the topic, nobody knows how long it took: the age goes on growing.
        if (freshness.isKnown()) {
            freshAt = freshness.own(clock.millis(), originTime);
        }
    }

    /** An origin's replica is always current, unless it says otherwise. */
    public void currentNow() {
        originTime = clock.millis();
        freshAt = originTime;
    }

    /**
     * Applies a batch that came, whole or not at all.
     *
     * @param carried whether it is part of a continuation. Of a durable feed that may name an older epoch: its keys go on
     *     over epochs, and the source has said that this history is its own.
     * @throws Undecodable when its bytes are no batch or do not fit the rows; nothing took effect
     */
    public ApplyResult apply(ReceivedBatch batch, boolean carried) throws Undecodable {
        BatchHeader header = batch.header();
        Position have = view.position();
        Position at = header.position();
        boolean ofThisEpoch = at.epoch() == have.epoch();
        if (carried && view.schema().durable() && at.epoch() < have.epoch()) {
            at = new Position(have.epoch(), at.sequence());
            header = new BatchHeader(at, header.previous(), header.cut(), originTime);
        }
        if (at.epoch() == have.epoch() && at.sequence() <= have.sequence()) {
            duplicates++;
            return ApplyResult.DUPLICATE;
        }
        if (at.epoch() != have.epoch() || header.previous() != have.sequence()) {
            return ApplyResult.GAP;
        }
        FeedView before = view;
        WireReader from = new WireReader(batch.bytes());
        from.header();
        BatchHeader.read(from);
        BatchDecoder.Applied applied = BatchDecoder.apply(before, header, from, !listeners.isEmpty());
        // The time of another epoch is that of another process's clock, and would pass for one far ahead of this one's.
        if (ofThisEpoch) {
            current(header.originTime());
        }
        publish(before, applied.view(), applied.rowChanges(), applied.changes(), batch.messages());
        return ApplyResult.APPLIED;
    }

    /** Makes {@code after} what readers see. */
    public void publish(FeedView before, FeedView after, long changed, List<RowChange> changes, byte[][] messages) {
        show(after);
        batches++;
        rowChanges += changed;
        for (PassOn passOn : passOns) {
            passOn.applied(after, epochs, messages, originTime, freshAt);
        }
        if (changes != null) {
            List<RowChange> list = List.copyOf(changes);
            listeners.forEach(listener -> tell(listener, l -> l.applied(before, after, list)));
        }
    }

    /** What readers see from now on. */
    protected final void show(FeedView next) {
        view = next;
    }

    /** The same by a batch too large to send: relays learn of it as of a snapshot. */
    public void publishUnsent(FeedView before, FeedView after, long changed, List<RowChange> changes) {
        view = after;
        batches++;
        rowChanges += changed;
        passOns.forEach(passOn -> passOn.reset(after, feedId, epochs, originTime, freshAt));
        if (changes != null) {
            listeners.forEach(listener -> tell(listener, l -> l.applied(before, after, changes)));
        }
    }

    /** By the origin's clock, when it had what the replica shows. */
    public long originTime() {
        return originTime;
    }

    public boolean hasListeners() {
        return !listeners.isEmpty();
    }

    /** The same rows, from now on under a durable feed's next epoch, or with more known of its epochs. */
    public void relabel(long epoch, List<Epoch> known) {
        FeedView before = view;
        Position at = new Position(epoch, before.position().sequence());
        boolean learned = !known.equals(epochs);
        epochs = known;
        if (at.equals(before.position())) {
            if (learned) {
                passOns.forEach(passOn -> passOn.applied(view, epochs, new byte[0][], originTime, freshAt));
            }
        } else {
            freshness.restart();
            timed = false;
            view = before.at(at);
            passOns.forEach(passOn -> passOn.applied(view, epochs, new byte[0][], originTime, freshAt));
            listeners.forEach(listener -> tell(listener, l -> l.applied(before, view, List.of())));
        }
    }

    /** Begins with rows that outlived a process; how old they are is all that is known of their time. */
    public void prime(FeedView stored, String id, List<Epoch> known, long age) {
        feedId = id;
        epochs = known;
        view = stored;
        freshAt = clock.millis() - age;
        passOns.forEach(passOn -> passOn.reset(view, feedId, epochs, originTime, freshAt));
        listeners.forEach(listener -> tell(listener, l -> l.reset(view)));
    }

    /** The replica is this view from now on. */
    public void reset(FeedView next, String id, List<Epoch> known, long time) {
        if (next.position().epoch() != view.position().epoch()) {
            freshness.restart();
            timed = false;
        }
        feedId = id;
        epochs = known;
        view = next;
        snapshots++;
        current(time);
        passOns.forEach(passOn -> passOn.reset(view, feedId, epochs, originTime, freshAt));
        listeners.forEach(listener -> tell(listener, l -> l.reset(view)));
    }

    /** Has nothing and belongs to nobody, as when it was made. */
    public void forget() {
        freshness.restart();
        timed = false;
        alarm = null;
        feedId = "";
        epochs = List.of();
        originTime = 0;
        view = FeedView.nothing(feed);
        passOns.forEach(passOn -> passOn.reset(view, feedId, epochs, originTime, freshAt));
        listeners.forEach(listener -> tell(listener, l -> l.reset(view)));
    }

    /** Rows of some tables were wrong; these are right, at the same position. */
    public void repair(FeedView repaired) {
        view = repaired;
        passOns.forEach(passOn -> passOn.cleared(view));
        listeners.forEach(listener -> tell(listener, l -> l.reset(view)));
    }

    /** A source says that it repaired itself. */
    public void cleared() {
        passOns.forEach(passOn -> passOn.cleared(view));
    }

    public void heartbeat(byte[] message) {
        passOns.forEach(passOn -> passOn.heartbeat(message, originTime, freshAt));
    }

    public void countBytes(int count) {
        bytes += count;
    }

    public void countGap() {
        gaps++;
    }

    public void repairing(int tables, String why) {
        repairs += tables;
        lastRepair = new RepairBegun(clock.millis(), why);
    }

    @Override
    public Optional<Repair> lastRepair() {
        RepairBegun last = lastRepair;
        return last == null
                ? Optional.empty()
                : Optional.of(new Repair(Duration.ofMillis(Math.max(0, clock.millis() - last.at())), last.why()));
    }

    public void countUndecodable() {
        undecodable++;
    }

    /** One listener's fault is not the others'. */
    private static void tell(ReplicaListener listener, Consumer<ReplicaListener> what) {
        try {
            what.accept(listener);
        } catch (RuntimeException e) {
            LOG.error("A listener of a replica failed: {}", listener.getClass().getName(), e);
        }
    }

    /** The tables whose digests are not those of the heartbeat. */
    public static List<String> differing(FeedView view, Messages.Heartbeat heartbeat) {
        List<String> names = new ArrayList<>();
        for (Messages.Digests digests : heartbeat.digests()) {
            if (digests.schemaVersion() == view.schema().version()) {
                List<Table> tables = view.schema().tables();
                for (int t = 0; t < tables.size(); t++) {
                    if (t >= digests.tables().size()
                            || !digests.tables().get(t).equals(view.rows(t).digest())) {
                        names.add(tables.get(t).name());
                    }
                }
            }
        }
        return names;
    }
}
