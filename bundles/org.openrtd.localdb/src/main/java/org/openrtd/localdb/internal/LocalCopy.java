package org.openrtd.localdb.internal;

import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.openrtd.feed.Column;
import org.openrtd.feed.FeedCopy;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaListener;
import org.openrtd.feed.Row;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.Table;
import org.openrtd.feed.Verification;
import org.openrtd.feed.View;
import org.openrtd.localdb.CopyPosition;

/** The rows of one feed in the local database, whoever writes them, as they are proven against the node's replica. */
final class LocalCopy implements FeedCopy {

    static final String NAME = "local database";

    /** Views that are held while the writer is waited for; they share what did not change. */
    private static final int MOST_VIEWS = 1000;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SqlLocalDatabase database;
    private final String feed;
    private final Supplier<Replica> replica;

    /** @param replica answers {@code null} when there is none */
    LocalCopy(SqlLocalDatabase database, String feed, Supplier<Replica> replica) {
        this.database = database;
        this.feed = feed;
        this.replica = replica;
    }

    @Override
    public String feed() {
        return feed;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public CompletableFuture<Verification> verify() {
        CompletableFuture<Verification> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(compare());
                    } catch (SQLException e) {
                        result.completeExceptionally(new IllegalStateException(Keeper.causes(e), e));
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                },
                "openrtd-localdb-verify-" + feed);
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private Verification compare() throws Exception {
        Replica from = replica.get();
        if (from == null) {
            throw new IllegalStateException("no role of this node holds this feed");
        }
        Views views = new Views();
        try (AutoCloseable listening = from.listen(views)) {
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (true) {
                views.reset(from.view());
                Verification found =
                        database.whileStill(feed, PATIENCE, () -> compareAtItsPosition(from.feedId(), views));
                if (found != null) {
                    return found;
                }
                if (System.nanoTime() > until) {
                    throw new IllegalStateException("the database was at no position that the replica had within "
                            + PATIENCE.toSeconds() + " s; the replica is at "
                            + from.view().position());
                }
                views.await(100);
            }
        }
    }

    /** The views of a replica since it is listened to. */
    private static final class Views implements ReplicaListener {

        private final Map<Position, View> views = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Position, View> eldest) {
                return size() > MOST_VIEWS;
            }
        };

        @Override
        public synchronized void reset(View view) {
            views.put(view.position(), view);
            notifyAll();
        }

        @Override
        public void applied(View before, View after, List<RowChange> changes) {
            reset(after);
        }

        synchronized View at(Position position) {
            return views.get(position);
        }

        synchronized void await(long millis) throws InterruptedException {
            wait(millis);
        }
    }

    /** Answers {@code null} when the replica is not known to have been where the rows are. */
    private Verification compareAtItsPosition(String feedId, Views views) throws SQLException {
        try (SqlFeedSession session = database.openToCompare(feed)) {
            CopyPosition at = session.position()
                    .orElseThrow(() -> new IllegalStateException("nothing has been written to it yet"));
            if (!at.complete()) {
                throw new IllegalStateException(
                        at.progress().isEmpty() ? "its tables were emptied" : "its first load is at " + at.progress());
            }
            View view = views.at(at.position());
            if (view == null) {
                return null;
            }
            List<String> differences = new ArrayList<>();
            if (!at.feedId().equals(feedId)) {
                differences.add("its rows are of central database " + at.feedId() + ", the replica's of " + feedId);
            }
            ZoneId zone = database.inexact(feed);
            Comparison comparison = new Comparison(session, zone);
            long rows = 0;
            for (Table table : session.schema().tables()) {
                rows += comparison.compare(table, view, new Told(differences, zone));
            }
            return new Verification(at.position(), rows, differences);
        }
    }

    private record Told(List<String> differences, ZoneId zone) implements Comparison.Differences {

        @Override
        public void missing(Row inView) {
            tell(inView.table() + inView.key().toString() + " is not in the local database");
        }

        @Override
        public void surplus(Row inDatabase) {
            tell(inDatabase.table() + inDatabase.key().toString() + " is only in the local database");
        }

        @Override
        public void differs(Row inDatabase, Row inView) {
            StringBuilder values = new StringBuilder();
            for (Column column : Comparison.differing(inDatabase, inView, zone)) {
                values.append(values.isEmpty() ? "" : ", ")
                        .append(column.name())
                        .append(' ')
                        .append(inDatabase.get(column.name()))
                        .append(" instead of ")
                        .append(inView.get(column.name()));
            }
            tell(inView.table() + inView.key().toString() + " has " + values);
        }

        private void tell(String difference) {
            if (differences.size() < Verification.MOST_DIFFERENCES) {
                differences.add(difference);
            }
        }
    }
}
