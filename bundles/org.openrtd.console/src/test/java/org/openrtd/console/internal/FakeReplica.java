package org.openrtd.console.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Digest;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaListener;
import org.openrtd.feed.ReplicaStatistics;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.Verification;
import org.openrtd.feed.View;
import org.openrtd.feed.Whereabouts;

/** A replica that is what a test says it is. */
final class FakeReplica implements Replica {

    private final String feed;
    private final Map<Table, List<Row>> rows = new LinkedHashMap<>();
    String source = "north-1";
    FeedState state = FeedState.LIVE;
    String reason = "";
    Duration age = Duration.ofMillis(240);
    boolean stale;
    Position position = new Position(17, 512);
    Whereabouts whereabouts = Whereabouts.NONE;
    long tick = 9;
    long controllerTime;
    CompletableFuture<Verification> verification = new CompletableFuture<>();

    FakeReplica(String feed) {
        this.feed = feed;
        Catalog.feed(feed).tables().forEach(table -> rows.put(table, new ArrayList<>()));
    }

    /** Adds a row with the values named, column, value, column, value; all others are NULL. */
    FakeReplica row(String tableName, Object... values) {
        Table table = Catalog.feed(feed).table(tableName);
        Object[] row = new Object[table.columns().size()];
        for (int i = 0; i < values.length; i += 2) {
            row[table.column((String) values[i])] = values[i + 1];
        }
        rows.get(table).add(table.row(row));
        return this;
    }

    FakeReplica at(long time) {
        controllerTime = time;
        return this;
    }

    /** Not current, for so many seconds, for that reason. */
    FakeReplica stale(FeedState now, String why, int seconds) {
        state = now;
        reason = why;
        stale = true;
        age = Duration.ofSeconds(seconds);
        return this;
    }

    @Override
    public String feed() {
        return feed;
    }

    @Override
    public String feedId() {
        return "id";
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
    public View view() {
        return new FakeView();
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
        return stale;
    }

    @Override
    public ReplicaStatistics statistics() {
        return new ReplicaStatistics(3, 40, 5_000, 0, 0, 1, 0, 0);
    }

    @Override
    public Optional<Repair> lastRepair() {
        return Optional.empty();
    }

    @Override
    public AutoCloseable listen(ReplicaListener listener) {
        throw new UnsupportedOperationException("the console only looks");
    }

    @Override
    public CompletableFuture<Verification> verify(boolean everyRow) {
        return verification;
    }

    private final class FakeView implements View {

        @Override
        public FeedSchema schema() {
            return Catalog.feed(feed);
        }

        @Override
        public Position position() {
            return position;
        }

        @Override
        public long tick() {
            return tick;
        }

        @Override
        public long controllerTime() {
            return controllerTime;
        }

        @Override
        public long configurationKey() {
            return 0;
        }

        @Override
        public int size(Table table) {
            return rows.get(table).size();
        }

        @Override
        public void forEach(Table table, Consumer<Row> action) {
            rows.get(table).forEach(action);
        }

        @Override
        public Optional<Row> find(Table table, List<Object> key) {
            return rows.get(table).stream().filter(row -> row.key().equals(key)).findFirst();
        }

        @Override
        public Digest digest(Table table) {
            return new Digest(size(table), 0);
        }
    }
}
