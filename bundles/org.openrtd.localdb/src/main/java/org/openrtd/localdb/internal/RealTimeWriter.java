package org.openrtd.localdb.internal;

import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaListener;
import org.openrtd.feed.Row;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.feed.Whereabouts;
import org.openrtd.localdb.CopyPosition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the SQL rows of one real-time feed behind its replica, on a thread of its own: what differs between the view that
 * was written last and the present one, in one transaction with the position. However much came meanwhile, it is one
 * difference, so a slow database makes it coarser and the feed no slower.
 */
final class RealTimeWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RealTimeWriter.class);
    private static final long FIRST_BACK_OFF_MILLIS = 250;
    private static final long LONGEST_BACK_OFF_MILLIS = 10_000;
    private static final String NO_REPLICA = "no role of this node holds this feed";

    private final SqlLocalDatabase database;
    private final String feed;
    private final Supplier<WriterSettings> settings;
    private final MonotonicClock clock;
    private final Thread thread;

    // Guarded by this.
    private Replica replica;
    private AutoCloseable listening;
    private boolean dirty = true;
    private boolean closed;

    // Of the writing thread.
    private SqlFeedSession session;
    // What the rows in the database are; null when that is not known, so that they have to be read first.
    private View written;
    private ZoneId writtenZone;
    private Table clockTable;
    private boolean emptied;
    private String said = "";
    private long leasedAt;
    private long currentAt;
    private long failures;

    private volatile boolean doubtful;
    private volatile SQLException failure;
    private volatile Progress progress = new Progress(Position.NONE, 0, 0, 0, null, 0, 0);

    /**
     * What it has done so far.
     *
     * @param failure what keeps it from writing, or {@code null}
     * @param at by the monotonic clock, when it last wrote
     * @param tookMillis how long that took
     */
    record Progress(
            Position position, long writings, long rows, long failures, String failure, long at, long tookMillis) {}

    RealTimeWriter(SqlLocalDatabase database, String feed, Supplier<WriterSettings> settings, MonotonicClock clock) {
        this.database = database;
        this.feed = feed;
        this.settings = settings;
        this.clock = clock;
        this.currentAt = clock.millis();
        this.thread = new Thread(this::run, "openrtd-localdb-" + feed);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    String feed() {
        return feed;
    }

    Progress progress() {
        return progress;
    }

    /** What kept it from writing at last; {@code null} when nothing did, or nothing of the database's. */
    SQLException failure() {
        return failure;
    }

    /** From now on writes what this one shows; {@code null} for none. */
    void follow(Replica next) {
        AutoCloseable before;
        synchronized (this) {
            if (closed || next == replica) {
                return;
            }
            before = listening;
            replica = next;
            listening = null;
        }
        end(before);
        if (next != null) {
            AutoCloseable now = next.listen(new ReplicaListener() {
                @Override
                public void reset(View view) {
                    wake();
                }

                @Override
                public void applied(View was, View is, List<RowChange> changes) {
                    wake();
                }

                @Override
                public void stateChanged(FeedState from, FeedState to, String reason) {
                    wake();
                }
            });
            synchronized (this) {
                if (replica == next && !closed) {
                    listening = now;
                    now = null;
                }
            }
            end(now);
        }
        wake();
    }

    /** What is written now; {@code null} for nothing. */
    synchronized Replica replica() {
        return replica;
    }

    private static void end(AutoCloseable listening) {
        if (listening != null) {
            try {
                listening.close();
            } catch (Exception e) {
                LOG.debug("Cannot end a subscription", e);
            }
        }
    }

    /** Tables were made anew: what is there has to be read before the next rows are written. */
    void doubt() {
        doubtful = true;
        wake();
    }

    /** All that happens on the feed's thread. */
    private synchronized void wake() {
        dirty = true;
        notifyAll();
    }

    private void run() {
        try {
            boolean done;
            long began;
            do {
                began = clock.millis();
                done = false;
                try {
                    done = write();
                } catch (RuntimeException | Error e) {
                    // What says that writing failed has failed too, as when there is no memory left.
                    failures++;
                }
            } while (pause(began, done));
        } finally {
            giveUp();
        }
    }

    /** Until it is time to write again; answers whether to go on. */
    private synchronized boolean pause(long began, boolean done) {
        try {
            long pause = done ? settings.get().minInterval().toMillis() : backOff();
            for (long left = pause; left > 0 && !closed; left = began + pause - clock.millis()) {
                wait(left);
            }
            // A third of the lease, so that one delayed writing does not look like a writer that is gone.
            long until = leasedAt + settings.get().lease().toMillis() / 3;
            for (long left = until - clock.millis(); done && left > 0 && !dirty && !closed; ) {
                wait(Math.min(left, 1000));
                left = until - clock.millis();
            }
        } catch (InterruptedException derbyEndsADatabase) {
            // Derby interrupts whoever is at work in a database that is shut down; only close() ends this thread.
        }
        return !closed;
    }

    private long backOff() {
        return Math.min(FIRST_BACK_OFF_MILLIS << Math.max(0, Math.min(failures - 1, 10)), LONGEST_BACK_OFF_MILLIS);
    }

    /** Brings the database to the present view; answers whether it could. Called by one thread at a time. */
    boolean write() {
        Replica from;
        synchronized (this) {
            from = replica;
            // Before the view is taken: what comes after it makes it dirty again.
            dirty = false;
        }
        long began = clock.millis();
        try {
            if (doubtful) {
                doubtful = false;
                giveUp();
            }
            if (session == null) {
                open();
            }
            long rows = write(from);
            if (failures > 0) {
                LOG.info("The rows of {} are written to the local database again", feed);
            }
            failures = 0;
            failure = null;
            Progress before = progress;
            progress = new Progress(
                    written == null ? Position.NONE : written.position(),
                    before.writings + (rows > 0 ? 1 : 0),
                    before.rows + rows,
                    before.failures,
                    null,
                    clock.millis(),
                    rows > 0 ? clock.millis() - began : before.tookMillis);
            return true;
        } catch (SQLException | InterruptedException | RuntimeException | Error e) {
            giveUp();
            failures++;
            failure = e instanceof SQLException sql ? sql : null;
            String why = e instanceof SQLException sql ? Keeper.causes(sql) : e.toString();
            if (failures == 1) {
                LOG.warn("Cannot write the rows of {} to the local database, and tries again: {}", feed, why);
            }
            LOG.debug("Cannot write the rows of {}", feed, e);
            Progress before = progress;
            progress = new Progress(
                    before.position,
                    before.writings,
                    before.rows,
                    before.failures + 1,
                    why,
                    before.at,
                    before.tookMillis);
            return false;
        }
    }

    private void giveUp() {
        // Whether the last commit took effect is not known, so what is there has to be read again.
        written = null;
        SqlFeedSession ending = session;
        session = null;
        if (ending != null) {
            ending.close();
        }
    }

    private void open() throws SQLException {
        session = database.open(feed);
        said = "";
        boolean there = session.position().filter(CopyPosition::complete).isPresent();
        emptied = !there;
        if (there && failures == 0) {
            // What an earlier process left is as old as it says.
            long age = session.ageSeconds() * 1000;
            currentAt = clock.millis() - age;
        }
        session.rollback();
    }

    private long write(Replica from) throws SQLException, InterruptedException {
        View view = from == null ? null : from.view();
        boolean nothing = view == null || view.position().equals(Position.NONE);
        if (!nothing) {
            currentAt = clock.millis() - from.age().toMillis();
        }
        Duration age = Duration.ofMillis(Math.max(0, clock.millis() - currentAt));
        boolean tooOld = age.compareTo(settings.get().emptyAfter()) >= 0;
        long rows = 0;
        if (tooOld) {
            rows = empty();
        } else if (!nothing) {
            takeZone(view);
            rows = rows(from, view);
        }
        boolean moved = !tooOld && !nothing && view != written;
        FeedState state = from == null ? FeedState.CONNECTING : from.state();
        String reason = from == null ? NO_REPLICA : from.reason();
        boolean stale = from == null || from.stale() || nothing || tooOld;
        Whereabouts whereabouts = from == null ? Whereabouts.NONE : from.whereabouts();
        String says = state + " " + stale + " " + reason + " " + whereabouts;
        long now = clock.millis();
        if (moved
                || rows > 0
                || !says.equals(said)
                || now - leasedAt >= settings.get().lease().toMillis() / 3) {
            session.state(state, reason, stale, age, settings.get().lease(), whereabouts);
            session.commit();
            said = says;
            leasedAt = now;
        } else {
            session.rollback();
        }
        if (tooOld) {
            written = null;
            if (!emptied) {
                LOG.info(
                        "The tables of {} in the local database are empty now: their rows were {} s old",
                        feed,
                        age.toSeconds());
            }
            emptied = true;
        } else if (!nothing) {
            written = view;
            emptied = false;
        }
        return rows;
    }

    /** Which zone instants are shown in comes with the rows. */
    private void takeZone(View view) throws SQLException, InterruptedException {
        if (feed.equals(Catalog.CALLS)) {
            ZoneId zone = controllers(view);
            if (zone != null && !zone.equals(database.zone())) {
                database.zone(zone);
            }
        }
        if (!database.zone().equals(writtenZone)) {
            written = null;
            writtenZone = database.zone();
        }
    }

    private ZoneId controllers(View view) {
        if (clockTable == null) {
            clockTable = Catalog.table("Controller_Time").table();
        }
        List<ZoneId> zones = new ArrayList<>();
        view.forEach(clockTable, row -> {
            Object name = row.table().hasColumn("TimeZone") ? row.get("TimeZone") : null;
            if (name != null) {
                try {
                    zones.add(ZoneId.of((String) name));
                } catch (DateTimeException e) {
                    LOG.debug("This Java does not know the controller's time zone {}", name);
                }
            }
        });
        return zones.isEmpty() ? null : zones.get(0);
    }

    /** Deletes all rows; answers how many. */
    private long empty() throws SQLException {
        if (emptied) {
            return 0;
        }
        long rows = 0;
        for (Table table : session.schema().tables()) {
            rows += session.count(table);
            session.clear(table);
        }
        session.position(new CopyPosition("", Position.NONE, new Cut(0, 0, 0), 0, false, ""));
        return rows;
    }

    private long rows(Replica from, View view) throws SQLException {
        if (view == written) {
            return 0;
        }
        Changes changes = new Changes();
        if (written == null || !written.schema().tables().equals(view.schema().tables())) {
            Comparison comparison = new Comparison(session, database.inexact(feed));
            for (Table table : session.schema().tables()) {
                comparison.compare(table, view, changes);
            }
        } else {
            view.changesSince(written, changes::add);
        }
        long rows = changes.write();
        session.position(new CopyPosition(
                from.feedId(),
                view.position(),
                new Cut(view.tick(), view.controllerTime(), view.configurationKey()),
                view.schema().version(),
                true,
                ""));
        return rows;
    }

    /** What one transaction writes: deletes first, so that what moved to another row number is not there twice. */
    private final class Changes implements Comparison.Differences {

        private final Map<Table, List<List<Object>>> deletes = new LinkedHashMap<>();
        private final Map<Table, List<Row>> updates = new LinkedHashMap<>();
        private final Map<Table, List<Row>> inserts = new LinkedHashMap<>();

        void add(RowChange change) {
            if (change.after() == null) {
                surplus(change.before());
            } else if (change.before() == null) {
                missing(change.after());
            } else {
                differs(change.before(), change.after());
            }
        }

        @Override
        public void missing(Row inView) {
            inserts.computeIfAbsent(inView.table(), table -> new ArrayList<>()).add(inView);
        }

        @Override
        public void surplus(Row inDatabase) {
            deletes.computeIfAbsent(inDatabase.table(), table -> new ArrayList<>())
                    .add(inDatabase.key());
        }

        @Override
        public void differs(Row inDatabase, Row inView) {
            updates.computeIfAbsent(inView.table(), table -> new ArrayList<>()).add(inView);
        }

        long write() throws SQLException {
            long rows = 0;
            for (var each : deletes.entrySet()) {
                session.delete(each.getKey(), each.getValue());
                rows += each.getValue().size();
            }
            for (var each : updates.entrySet()) {
                session.put(each.getKey(), each.getValue());
                rows += each.getValue().size();
            }
            for (var each : inserts.entrySet()) {
                session.insert(each.getKey(), each.getValue());
                rows += each.getValue().size();
            }
            return rows;
        }
    }

    /** How it stands, in a line. */
    String line() {
        Progress now = progress;
        if (now.failure != null) {
            return "cannot be written, tries again: " + now.failure;
        }
        if (now.position.equals(Position.NONE)) {
            return "no rows";
        }
        return String.format(
                Locale.ROOT,
                "at %s, %d rows in %d writings, the last in %d ms",
                now.position,
                now.rows,
                now.writings,
                now.tookMillis);
    }

    @Override
    public void close() {
        follow(null);
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            // Not interrupted: Derby closes files under a thread that is.
            thread.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
