package org.openrtd.web.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaListener;
import org.openrtd.feed.ReplicaStatistics;
import org.openrtd.feed.Row;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.Table;
import org.openrtd.feed.Verification;
import org.openrtd.feed.View;
import org.openrtd.feed.ViewBuilder;
import org.openrtd.feed.Whereabouts;

/** A replica whose rows the test makes. */
final class FakeReplica implements Replica {

    private final String feed;
    private final String source;
    private final List<ReplicaListener> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, Map<List<Object>, Row>> rows = new LinkedHashMap<>();
    private volatile View view;
    private volatile FeedState state = FeedState.LIVE;
    private volatile String reason = "follows central";
    private volatile Duration age = Duration.ofMillis(10);
    private volatile boolean stale;
    private volatile boolean sourceNotCurrent;
    private volatile Whereabouts whereabouts = Whereabouts.NONE;
    private volatile boolean sourcePrimary;
    private FeedSchema schema;
    private long epoch = 1;
    private long sequence;
    private long controllerTime = 1_000_000_020_000L;

    FakeReplica(String feed) {
        this(feed, "central");
    }

    FakeReplica(String feed, String source) {
        this.feed = feed;
        this.source = source;
        this.schema = Catalog.feed(feed);
        this.view = new ViewBuilder(new FeedSchema(feed, 0, false, List.of())).build(Position.NONE, new Cut(0, 0, 0));
    }

    static Table table(String name) {
        return Catalog.table(name).table();
    }

    /** A row with these values, by name; the others NULL. */
    static Row row(String table, Object... namesAndValues) {
        Table of = table(table);
        Object[] values = new Object[of.columns().size()];
        for (int i = 0; i < namesAndValues.length; i += 2) {
            int column = of.column((String) namesAndValues[i]);
            Object value = namesAndValues[i + 1];
            ColumnType type = of.columns().get(column).type();
            boolean wide = type == ColumnType.LONG || type == ColumnType.TIMESTAMP;
            values[column] = value instanceof Integer number && wide ? (Object) number.longValue() : value;
        }
        return of.row(values);
    }

    synchronized FakeReplica put(Row... some) {
        for (Row row : some) {
            rows.computeIfAbsent(row.table().name(), t -> new HashMap<>()).put(row.key(), row);
        }
        return this;
    }

    synchronized FakeReplica delete(String table, Object... key) {
        rows.getOrDefault(table, new HashMap<>()).remove(List.of(key));
        return this;
    }

    FakeReplica at(long time) {
        controllerTime = time;
        return this;
    }

    long time() {
        return controllerTime;
    }

    private View build() {
        ViewBuilder builder = new ViewBuilder(schema);
        rows.values().forEach(of -> of.values().forEach(builder::put));
        return builder.build(new Position(epoch, sequence), new Cut(sequence, controllerTime, 0));
    }

    /** Other tables than the catalogue's. */
    FakeReplica as(FeedSchema other) {
        schema = other;
        return this;
    }

    /** Cuts a batch of what was put and deleted since. */
    synchronized FakeReplica cut() {
        View before = view;
        if (before.position().equals(Position.NONE)) {
            return snapshot(1);
        }
        sequence++;
        View after = build();
        List<RowChange> changes = new ArrayList<>();
        after.changesSince(before, changes::add);
        view = after;
        listeners.forEach(listener -> listener.applied(before, after, changes));
        return this;
    }

    /** Shows what was put and deleted since as a snapshot, as after another epoch began. */
    synchronized FakeReplica snapshot(int epochsOn) {
        epoch += epochsOn;
        sequence++;
        view = build();
        listeners.forEach(listener -> listener.reset(view));
        return this;
    }

    /** The same position, other rows. */
    synchronized FakeReplica repair() {
        view = build();
        listeners.forEach(listener -> listener.reset(view));
        return this;
    }

    void state(FeedState next, boolean isStale, String why) {
        FeedState from = state;
        state = next;
        stale = isStale;
        reason = why;
        listeners.forEach(listener -> listener.stateChanged(from, next, why));
    }

    /** Whether its source says so of itself. */
    FakeReplica sourceNotCurrent(boolean is) {
        sourceNotCurrent = is;
        return this;
    }

    /** What its source says of itself. */
    FakeReplica source(Whereabouts said, boolean primary) {
        whereabouts = said;
        sourcePrimary = primary;
        return this;
    }

    int listeners() {
        return listeners.size();
    }

    @Override
    public String feed() {
        return feed;
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public Whereabouts whereabouts() {
        return whereabouts;
    }

    @Override
    public boolean isSourcePrimary() {
        return sourcePrimary;
    }

    @Override
    public String feedId() {
        return "test";
    }

    @Override
    public View view() {
        return view;
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
    public boolean isSourceNotCurrent() {
        return sourceNotCurrent;
    }

    @Override
    public Duration age() {
        return age;
    }

    @Override
    public boolean stale() {
        return stale;
    }

    @Override
    public ReplicaStatistics statistics() {
        return new ReplicaStatistics(sequence, 2, 3, 4, 5, 6, 7, 8);
    }

    @Override
    public Optional<Repair> lastRepair() {
        return Optional.empty();
    }

    @Override
    public AutoCloseable listen(ReplicaListener listener) {
        listeners.add(listener);
        listener.reset(view);
        return () -> listeners.remove(listener);
    }

    @Override
    public CompletableFuture<Verification> verify(boolean everyRow) {
        throw new UnsupportedOperationException();
    }
}
