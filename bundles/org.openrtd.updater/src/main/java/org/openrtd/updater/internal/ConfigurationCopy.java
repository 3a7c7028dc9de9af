package org.openrtd.updater.internal;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.openrtd.configuration.CopyStatus;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaListener;
import org.openrtd.feed.Row;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.StoredFeed;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.feed.ViewBuilder;
import org.openrtd.localdb.CopyPosition;
import org.openrtd.localdb.FeedSession;
import org.openrtd.updater.internal.Backlog.Forget;
import org.openrtd.updater.internal.Backlog.Jump;
import org.openrtd.updater.internal.Backlog.Step;
import org.openrtd.updater.internal.Backlog.Work;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copy of the configuration in a database, kept in step behind this node's replica: each transaction of the centre is
 * one transaction here, with the position in it. Everything else, a snapshot, a repair, a start, is brought about as the
 * difference between what is there and what should be.
 *
 * <p>{@link #step} is called on one thread, {@link #load} on any; what the replica tells comes on its own thread and only
 * enters the backlog.
 */
final class ConfigurationCopy implements StoredFeed {

    /** Where the rows are kept. */
    interface Database {
        FeedSession open() throws SQLException;
    }

    static final String FEED = "config";

    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationCopy.class);
    private static final int MOST_WAITING_ROWS = 200_000;
    private static final long FIRST_BACK_OFF_MILLIS = 100;
    private static final long LONGEST_BACK_OFF_MILLIS = 10_000;
    /** Between two portions of a scrub, so that it takes a small part of the database's time. */
    private static final long SCRUB_PAUSE_MILLIS = 20;

    private static final String ALARM = "ALARM: ";
    private static final String IN_STEP = "in step";
    /** How a refusal begins that names another central database. */
    private static final String IDENTITY = "identity: ";

    /** How the reason of a replica reads that is ahead of its source. */
    private static final String BEHIND = " is behind: ";

    private static final String FORGET =
            "; if that is intended, run rtd:forget-identity here: they stay until others come";
    /** How SQL states begin that say that rows do not fit those that are there. */
    private static final String INTEGRITY = "23";
    /** For how long the database may refuse to be written before somebody has to look at it. */
    private static final long PATIENCE_MILLIS = 30_000;

    private final String node;
    private final Database database;
    private final MonotonicClock clock;
    private final Clock wall;
    private final Backlog backlog = new Backlog(MOST_WAITING_ROWS);
    private final RepairLimit repairLimit = new RepairLimit();
    private final AtomicReference<Replica> replica = new AtomicReference<>();

    private volatile UpdaterSettings settings;
    private volatile boolean leaseDue = true;
    private volatile boolean scrubAsked;

    // ---- under this object's lock
    private FeedSession session;
    /** What is committed; {@code null} when that is not known, or nothing. */
    private CopyPosition stored;
    /** The rows that are committed; {@code null} when they are not known. */
    private View written;
    /** The rows that a replica was given to begin with, until something else is written. */
    private View loaded;
    /** How often the replica had fetched rows again that differed from its source's, when that was last looked at. */
    private long replicaRepairs;

    private Replica repairsOf;

    private boolean committing;
    private long retryAt = Long.MIN_VALUE;
    private long backOff = FIRST_BACK_OFF_MILLIS;
    private long leaseAt;
    private Scrub scrub;
    private long scrubAt;
    private long portionAt;
    /** Whether this scrub left a difference alone, as it may not be repaired any more. */
    private boolean scrubLeftDifference;

    // ---- for those who ask
    private volatile CopyPosition shown;
    private volatile String doing = "waits for the replica";
    private volatile String problem;
    private volatile long failingSince;
    private volatile String alarm;
    /** Which row the database cannot have, by the last scrub; {@code null} when it has them all. */
    private volatile String leftOut;
    /** Why the rows are not given up for those of the replica. */
    private volatile String refused;
    /** In what words the replica's source is behind it, and since when; {@code null} when it is not. */
    private volatile Behind behind;

    private volatile boolean proved;
    private volatile CopyStatus.Repair lastRepair;
    private volatile int schemaVersion;
    private volatile long transactions;
    private volatile long changedRows;
    private volatile long differences;
    private volatile long repairs;
    private volatile long scrubs;
    private volatile long scrubbedRows;
    private volatile long failures;
    private volatile long commitMillis;

    private record Behind(String words, long since) {}

    ConfigurationCopy(String node, Database database, MonotonicClock clock, Clock wall, UpdaterSettings settings) {
        this.node = node;
        this.database = database;
        this.clock = clock;
        this.wall = wall;
        this.settings = settings;
        this.scrubAt = clock.millis();
    }

    void settings(UpdaterSettings next) {
        settings = next;
    }

    /** Who is called, on any thread, when there is something to do. */
    void onWork(Runnable wake) {
        backlog.onWork(wake);
    }

    // ---- the replica

    /** Keeps in step with that replica until what it answers is closed. */
    AutoCloseable follow(Replica followed) {
        backlog.begin();
        replica.set(followed);
        AutoCloseable subscription = followed.listen(new ReplicaListener() {
            @Override
            public void reset(View view) {
                if (replica.get() == followed) {
                    backlog.reset(followed.feedId(), view);
                }
            }

            @Override
            public void applied(View before, View after, List<RowChange> changes) {
                if (replica.get() == followed) {
                    backlog.applied(followed.feedId(), before, after, changes);
                }
            }

            @Override
            public void stateChanged(FeedState from, FeedState to, String reason) {
                if (replica.get() == followed) {
                    behind(to, reason);
                }
                leaseDue = true;
                backlog.wake();
            }
        });
        return () -> {
            if (replica.compareAndSet(followed, null)) {
                behind = null;
            }
            leaseDue = true;
            subscription.close();
        };
    }

    /** A source that is behind is left and tried again: between two tries nothing is known that is new. */
    private void behind(FeedState to, String reason) {
        if (reason.contains(BEHIND)) {
            Behind before = behind;
            behind = new Behind(reason, before == null ? clock.millis() : before.since());
        } else if (to != FeedState.RESUMING) {
            behind = null;
        }
    }

    // ---- the stored feed

    @Override
    public String feed() {
        return FEED;
    }

    @Override
    public synchronized Optional<Stored> load() {
        try (FeedSession reading = database.open()) {
            read(reading);
        } catch (SQLException e) {
            throw new IllegalStateException("The local database cannot be read: " + e.getMessage(), e);
        }
        if (stored == null
                || !stored.complete()
                || stored.schemaVersion() != written.schema().version()) {
            LOG.info(
                    "The local database has nothing to begin with: {}",
                    stored == null
                            ? "it is empty"
                            : !stored.complete()
                                    ? "it was not complete at " + stored.position()
                                    : "its rows are of version " + stored.schemaVersion()
                                            + " of the tables, this program's are "
                                            + written.schema().version());
            return Optional.empty();
        }
        Duration age =
                Duration.ofMillis(Math.max(0, wall.millis() - stored.cut().controllerTime()));
        loaded = written;
        return Optional.of(new Stored(stored.feedId(), List.of(), written, age));
    }

    /** Reads all rows and their position. */
    private void read(FeedSession from) throws SQLException {
        written = null;
        Optional<CopyPosition> position = from.position();
        ViewBuilder rows = new ViewBuilder(from.schema());
        Progress progress = new Progress(clock, this::say, "reads the local database");
        long[] count = {0};
        for (Table table : from.schema().tables()) {
            from.forEach(table, row -> {
                rows.put(row);
                progress.at(++count[0], -1);
            });
        }
        from.rollback();
        progress.end(count[0]);
        stored = position.orElse(null);
        shown = stored;
        schemaVersion = from.schema().version();
        written = rows.build(
                stored == null ? Position.NONE : stored.position(), stored == null ? new Cut(0, 0, 0) : stored.cut());
    }

    // ---- what is due

    /**
     * Does the next thing that is due.
     *
     * @return after how many milliseconds to call again; earlier when there is work
     */
    synchronized long step() {
        long now = clock.millis();
        if (now < retryAt) {
            return retryAt - now;
        }
        try {
            return due(now);
        } catch (Throwable e) {
            // Also an Error: nobody else writes, and status would go on to say that it is LIVE.
            long wait = backOff;
            failed(e);
            return wait;
        }
    }

    private long due(long now) throws SQLException {
        Work work = backlog.next();
        if (work == null && replica.get() == null) {
            return settings.lease().toMillis();
        }
        if (session == null) {
            session = database.open();
            schemaVersion = session.schema().version();
        }
        if (work == null && written == null) {
            // What is in the database is not known any more, and the replica has nothing new to tell.
            work = backlog.newest();
        }
        if (work != null) {
            perform(work);
            backlog.done(work);
            recovered();
        } else if (leaseDue || now >= leaseAt) {
            lease();
            recovered();
        }
        if (scrubDue(now)) {
            scrubPortion();
        }
        if (backlog.next() != null) {
            return 0;
        }
        long next = Math.max(0, leaseAt - clock.millis());
        return scrub == null ? next : Math.min(next, SCRUB_PAUSE_MILLIS);
    }

    private void perform(Work work) throws SQLException {
        if (work instanceof Step step) {
            if (written == step.before() && stored != null && stored.feedId().equals(step.feedId())) {
                apply(step);
            } else if (written == null
                    || written.position().compareTo(step.after().position()) < 0
                    || !written.schema().equals(step.after().schema())) {
                jump(new Jump(step.feedId(), step.after()));
            }
        } else if (work instanceof Jump jump) {
            jump(jump);
        } else if (work instanceof Forget) {
            forget();
        }
    }

    /** One transaction of the centre is one transaction here. */
    private void apply(Step step) throws SQLException {
        guard();
        write(step.changes(), false);
        CopyPosition position = position(step.feedId(), step.after(), true, "");
        session.position(position);
        if (leaseDue || clock.millis() >= leaseAt) {
            sayState(position);
        }
        commit(position, step.after());
        transactions++;
        doing = IN_STEP;
    }

    /** Brings about a view by the difference to what is there. */
    private void jump(Jump jump) throws SQLException {
        View to = jump.to();
        CopyPosition position = position(jump.feedId(), to, true, "");
        boolean fetchedAgain = fetchedAgain();
        if (to == written && position.equals(stored)) {
            // Rows that the replica began with: they came from here, and their digests are compared with the centre's.
            proved |= to == loaded;
            doing = IN_STEP;
            return;
        }
        boolean compared =
                written == null || !written.schema().tables().equals(to.schema().tables());
        if (compared) {
            read(session);
        }
        if (refuses(position)) {
            return;
        }
        // Both as the database keeps them: of other tables nothing could be told, and a text that is cut is no
        // difference.
        View there = session.own(written);
        View right = session.own(to);
        List<RowChange> changes = new ArrayList<>();
        right.changesSince(there, changes::add);
        CopyPosition before = stored;
        boolean samePlace = before != null
                && before.complete()
                && before.position().equals(position.position())
                && before.feedId().equals(position.feedId())
                && before.schemaVersion() == position.schemaVersion();
        boolean sameIdentity = before != null && before.feedId().equals(position.feedId());
        bringAbout(changes, position, to);
        if (!changes.isEmpty()) {
            differences++;
        }
        if ((samePlace || fetchedAgain && sameIdentity && before.complete()) && !changes.isEmpty()) {
            repaired(changes.size() + " rows of " + tables(changes) + " were not what the feed has at "
                    + position.position() + (compared ? "" : ", and came anew from its source"));
        }
        LOG.info(
                "The local database is at {} of feed {} ({}, {} rows differed)",
                position.position(),
                position.feedId(),
                before == null ? "it had no position" : "it was at " + before.position(),
                changes.size());
        proved = sameIdentity && (proved || compared && changes.isEmpty());
        if (!proved) {
            // What was written is read back soon.
            scrubAsked = true;
        }
        doing = IN_STEP;
    }

    /** Whether the replica has, since this was asked the last time, fetched rows anew that differed from its source's. */
    private boolean fetchedAgain() {
        Replica followed = replica.get();
        if (followed == null) {
            return false;
        }
        long repaired = followed.statistics().repairs();
        // One that began with these rows had no other ones to repair.
        long before = followed == repairsOf ? replicaRepairs : loaded != null ? 0 : repaired;
        repairsOf = followed;
        replicaRepairs = repaired;
        return repaired > before;
    }

    /**
     * Whether rows that are there would be given up for those of another central database, or of an older history: what a
     * follower refuses that began with them. It comes to this where the replica began without them.
     */
    private boolean refuses(CopyPosition offered) {
        String why = null;
        if (stored != null && !stored.feedId().equals(offered.feedId())) {
            why = IDENTITY + "the local database has rows of central database " + stored.feedId()
                    + ", this node's replica of " + offered.feedId() + FORGET;
        } else if (stored != null
                && offered.position().epoch() < stored.position().epoch()) {
            why = "this node's replica is behind: it is at " + offered.position() + ", the local database at "
                    + stored.position() + "; an older centre with this one's identity runs, or its clock is wrong";
        }
        if (why != null && !why.equals(refused)) {
            LOG.error("The local database keeps its rows: {}", why);
            leaseDue = true;
        }
        refused = why;
        return why != null;
    }

    /**
     * Forgets which central database the rows belong to, when that is why they are kept; else nothing happens. The rows
     * stay until others come.
     *
     * @return whether it did
     */
    boolean forgetIdentity() {
        synchronized (this) {
            if (refused == null || !refused.startsWith(IDENTITY)) {
                return false;
            }
            try {
                if (session == null) {
                    session = database.open();
                }
                forget();
            } catch (SQLException | RuntimeException e) {
                failed(e);
                throw new IllegalStateException("Not forgotten: " + e.getMessage(), e);
            }
            refused = null;
        }
        backlog.wake();
        return true;
    }

    private void forget() throws SQLException {
        guard();
        session.forgetPosition();
        commit(null, null);
        proved = false;
        loaded = null;
        LOG.warn("The local database forgets to which central database its rows belong; they stay until others come");
    }

    private static String tables(List<RowChange> changes) {
        return String.join(
                ", ",
                changes.stream()
                        .map(change -> change.table().name())
                        .distinct()
                        .limit(5)
                        .toList());
    }

    /** In one transaction where it fits; else in parts, which a process that begins again goes on from. */
    private void bringAbout(List<RowChange> changes, CopyPosition position, View to) throws SQLException {
        int part = settings.partRows();
        guard();
        if (changes.size() <= part) {
            write(changes, true);
            session.position(position);
            sayState(position);
            commit(position, to);
            return;
        }
        // From here on, what is there is neither the one nor the other.
        written = null;
        proved = false;
        Progress progress = new Progress(clock, this::say, "writes the local database");
        for (int from = 0; from < changes.size(); from += part) {
            int until = Math.min(from + part, changes.size());
            write(changes.subList(from, until), true);
            boolean last = until == changes.size();
            CopyPosition reached = last ? position : position(position, until + " of " + changes.size() + " rows");
            session.position(reached);
            doing = last ? IN_STEP : "loads: " + reached.progress();
            sayState(reached);
            commit(reached, last ? to : null);
            progress.at(until, changes.size());
        }
        progress.end(changes.size());
    }

    private static CopyPosition position(CopyPosition of, String progress) {
        return new CopyPosition(of.feedId(), of.position(), of.cut(), of.schemaVersion(), false, progress);
    }

    private static CopyPosition position(String feedId, View view, boolean complete, String progress) {
        return new CopyPosition(
                feedId,
                view.position(),
                new Cut(view.tick(), view.controllerTime(), view.configurationKey()),
                view.schema().version(),
                complete,
                progress);
    }

    /** @param known whether rows without a row before are known not to be there */
    private void write(List<RowChange> changes, boolean known) throws SQLException {
        Map<Table, List<List<Object>>> deletes = new LinkedHashMap<>();
        Map<Table, List<Row>> inserts = new LinkedHashMap<>();
        Map<Table, List<Row>> puts = new LinkedHashMap<>();
        for (RowChange change : changes) {
            if (change.after() == null) {
                deletes.computeIfAbsent(change.table(), table -> new ArrayList<>())
                        .add(change.before().key());
            } else {
                (change.before() == null && known ? inserts : puts)
                        .computeIfAbsent(change.table(), table -> new ArrayList<>())
                        .add(change.after());
            }
        }
        for (Map.Entry<Table, List<List<Object>>> of : deletes.entrySet()) {
            session.delete(of.getKey(), of.getValue());
        }
        for (Map.Entry<Table, List<Row>> of : inserts.entrySet()) {
            session.insert(of.getKey(), of.getValue());
        }
        for (Map.Entry<Table, List<Row>> of : puts.entrySet()) {
            session.put(of.getKey(), of.getValue());
        }
        changedRows += changes.size();
    }

    /** Nobody else writes these rows, and they are still there; else what is there has to be read anew. */
    private void guard() throws SQLException {
        CopyPosition there = session.position().orElse(null);
        if (written != null && !Objects.equals(there, stored)) {
            CopyPosition expected = stored;
            forgetWhatIsThere();
            throw new SQLException("the local database is at " + text(there) + ", and was left at " + text(expected)
                    + ": it was made anew, or somebody else writes to it");
        }
        stored = there;
    }

    private static String text(CopyPosition position) {
        return position == null ? "no position" : position.position() + " of feed " + position.feedId();
    }

    private void forgetWhatIsThere() {
        written = null;
        scrub = null;
        proved = false;
    }

    private void commit(CopyPosition position, View view) throws SQLException {
        long begun = clock.millis();
        committing = true;
        session.commit();
        committing = false;
        commitMillis = clock.millis() - begun;
        stored = position;
        written = view;
        if (view != loaded) {
            loaded = null;
        }
        shown = position;
    }

    // ---- how it stands, for readers in SQL

    private void lease() throws SQLException {
        guard();
        sayState(stored);
        committing = true;
        session.commit();
        committing = false;
    }

    private void sayState(CopyPosition position) throws SQLException {
        Replica followed = replica.get();
        if (followed == null) {
            return;
        }
        boolean complete = position != null && position.complete();
        String kept = refused;
        boolean current = complete && kept == null;
        FeedState state = followed.state() == FeedState.LIVE && !current ? FeedState.RESUMING : followed.state();
        String reason = alarm != null ? alarm : kept != null ? kept : complete ? followed.reason() : doing;
        session.state(
                state, reason, followed.stale() || !current, followed.age(), settings.lease(), followed.whereabouts());
        leaseDue = false;
        leaseAt = clock.millis() + settings.lease().toMillis() / 3;
    }

    // ---- proofs

    private boolean scrubDue(long now) {
        if (written == null || stored == null || !stored.complete()) {
            return false;
        }
        if (scrub == null) {
            return (scrubAsked || now - scrubAt >= settings.scrubInterval().toMillis()) && backlog.next() == null;
        }
        return now - portionAt >= SCRUB_PAUSE_MILLIS;
    }

    /** Compares all rows soon, whatever the interval. Waits for nothing, and so not for a first load either. */
    void scrubNow() {
        scrubAsked = true;
    }

    private void scrubPortion() throws SQLException {
        if (scrub == null) {
            scrub = new Scrub(session.schema().tables());
            scrubAsked = false;
            scrubLeftDifference = false;
        }
        Table differing = null;
        if (!scrub.isDone()) {
            differing = scrub.step(session, written);
            session.rollback();
        }
        portionAt = clock.millis();
        if (differing != null) {
            differs(differing);
        } else if (scrub.isDone()) {
            scrubs++;
            scrubbedRows = scrub.rows();
            leftOut = scrub.leftOut();
            scrub = null;
            scrubAt = portionAt;
            proved = !scrubLeftDifference;
            if (alarm != null && !scrubLeftDifference) {
                LOG.info("All rows of the local database are what was written again");
                alarm = null;
                leaseDue = true;
            }
        }
    }

    private void differs(Table table) throws SQLException {
        proved = false;
        String why = "rows of " + table + " in the local database are not what was written";
        if (!repairLimit.take(table.name(), clock.millis())) {
            scrubLeftDifference = true;
            scrub.skip(table);
            if (alarm == null) {
                alarm = ALARM + why + ", although repaired " + RepairLimit.MOST
                        + " times within an hour; compare them with rtd:verify, look who else writes to the database, and"
                        + " have its disk tested; edits go on, and the other tables are right";
                LOG.error("{}", alarm);
                leaseDue = true;
            }
            return;
        }
        repair(table, why);
        scrub.again(table);
    }

    /** Of that table alone, by the difference. */
    private void repair(Table known, String why) throws SQLException {
        guard();
        ViewBuilder there = new ViewBuilder(session.schema());
        ViewBuilder right = new ViewBuilder(session.schema());
        session.forEach(known, there::put);
        session.own(written).forEach(known, right::put);
        List<RowChange> changes = new ArrayList<>();
        Cut cut = stored.cut();
        right.build(stored.position(), cut).changesSince(there.build(stored.position(), cut), changes::add);
        bringAbout(changes, stored, written);
        repaired(why + " at " + stored.position() + ": " + changes.size() + " rows");
    }

    private void repaired(String why) {
        repairs++;
        lastRepair = new CopyStatus.Repair(wall.instant(), why);
        LOG.warn("Repaired: {}", why);
    }

    // ---- failures

    private void failed(Throwable e) {
        failures++;
        boolean unlike = e instanceof SQLException sql
                && sql.getSQLState() != null
                && sql.getSQLState().startsWith(INTEGRITY);
        if (committing || unlike || e instanceof Error) {
            // Whether it is committed is not known; or what is there is not what was left there.
            committing = false;
            forgetWhatIsThere();
        }
        close();
        String why = "cannot write to the local database: " + (e instanceof SQLException ? e.getMessage() : e);
        if (!why.equals(problem)) {
            LOG.warn("The updater {}; trying again, nothing is lost", why, e instanceof SQLException ? null : e);
        }
        if (problem == null) {
            failingSince = clock.millis();
        }
        problem = why;
        retryAt = clock.millis() + backOff;
        backOff = Math.min(backOff * 2, LONGEST_BACK_OFF_MILLIS);
    }

    private void recovered() {
        backOff = FIRST_BACK_OFF_MILLIS;
        if (problem != null) {
            LOG.info("The updater writes to the local database again");
            problem = null;
        }
    }

    /** Gives up the connection; {@link #step} opens another one. */
    synchronized void close() {
        if (session != null) {
            session.close();
            session = null;
        }
    }

    private void say(String progress) {
        doing = progress;
        LOG.info("The updater {}", progress);
    }

    // ---- for those who ask, from any thread

    CopyStatus status() {
        CopyPosition at = shown;
        Replica followed = replica.get();
        return new CopyStatus(
                node,
                CopyStatus.Kind.LOCAL_DATABASE,
                at == null ? "" : at.feedId(),
                at == null ? Position.NONE : at.position(),
                at == null ? schemaVersion : at.schemaVersion(),
                summary(),
                digests(at, followed),
                lastRepair,
                alarm(followed));
    }

    private CopyStatus.Digests digests(CopyPosition at, Replica followed) {
        if (!alarm(followed).isEmpty()) {
            return CopyStatus.Digests.DIFFERENT;
        }
        boolean compared =
                proved && at != null && at.complete() && followed != null && followed.state() == FeedState.LIVE;
        return compared ? CopyStatus.Digests.EQUAL : CopyStatus.Digests.UNKNOWN;
    }

    private String alarm(Replica followed) {
        String own = alarm != null ? alarm : refused;
        if (own != null) {
            return own;
        }
        String wrong = problem;
        if (wrong != null && clock.millis() - failingSince >= PATIENCE_MILLIS) {
            return ALARM + wrong + "; see karaf.log, the disk, and etc/org.ops4j.datasource-local.cfg";
        }
        String without = leftOut;
        if (without != null) {
            return ALARM + without + " is not kept in the local database, since its key is too long for it; make it"
                    + " shorter; edits go on, and all other rows are right";
        }
        if (followed == null) {
            return "";
        }
        Behind ahead = behind;
        if (ahead != null && clock.millis() - ahead.since() >= PATIENCE_MILLIS) {
            return ALARM + ahead.words() + "; stop that source, or follow another one; the rows here stay as they are";
        }
        boolean needsSomebody =
                followed.state() == FeedState.REFUSED || followed.reason().startsWith(ALARM);
        return needsSomebody ? followed.reason() : "";
    }

    /** One line. */
    String summary() {
        String wrong = problem;
        if (wrong != null) {
            return wrong;
        }
        String alarmed = alarm != null ? alarm : refused;
        if (alarmed != null) {
            return alarmed;
        }
        Replica followed = replica.get();
        if (followed == null) {
            return "no role of this node follows the feed config";
        }
        CopyPosition at = shown;
        if (at == null || !at.complete() || !doing.equals(IN_STEP)) {
            return doing;
        }
        if (followed.state() != FeedState.LIVE) {
            return followed.state() + ": " + followed.reason();
        }
        int waiting = backlog.size();
        return waiting == 0 ? "LIVE" : "LIVE, " + waiting + " transactions behind the replica";
    }

    Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        CopyPosition at = shown;
        details.put("position", at == null ? "none" : at.position() + " of feed " + at.feedId());
        details.put("waiting", backlog.size() + " transactions");
        details.put(
                "written", transactions + " transactions, " + changedRows + " rows, " + differences + " differences");
        CopyStatus.Repair repair = lastRepair;
        details.put(
                "repairs", repairs + (repair == null ? "" : ", the last at " + repair.time() + ": " + repair.reason()));
        details.put("scrubs", scrubs + (scrubs == 0 ? "" : ", the last of " + scrubbedRows + " rows"));
        details.put("failures", Long.toString(failures));
        return details;
    }

    Position position() {
        CopyPosition at = shown;
        return at == null || !at.complete() ? Position.NONE : at.position();
    }

    int waiting() {
        return backlog.size();
    }

    long transactions() {
        return transactions;
    }

    long changedRows() {
        return changedRows;
    }

    long repairs() {
        return repairs;
    }

    long scrubs() {
        return scrubs;
    }

    long failures() {
        return failures;
    }

    long commitMillis() {
        return commitMillis;
    }
}
