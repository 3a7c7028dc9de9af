package org.openrtd.feed.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Connector;
import org.openrtd.feed.Cut;
import org.openrtd.feed.DurableHistory;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Feeds;
import org.openrtd.feed.Follower;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.Hop;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Position;
import org.openrtd.feed.Relay;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaListener;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.Row;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.StoredFeed.Stored;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.feed.ViewBuilder;
import org.openrtd.feed.internal.BatchHeader;
import org.openrtd.feed.internal.Comparison;
import org.openrtd.feed.internal.Faults;
import org.openrtd.feed.internal.FeedReplica;
import org.openrtd.feed.internal.FeedView;
import org.openrtd.feed.internal.Messages;
import org.openrtd.feed.internal.Repairs;
import org.openrtd.feed.internal.Source;
import org.openrtd.feed.internal.Undecodable;
import org.openrtd.feed.internal.Wire;
import org.openrtd.feed.internal.WireReader;

/**
 * One history from one seed: an origin, relays and clients in processes that stop, pause and restart, on a network that
 * delays, drops, duplicates and cuts. All that happens is recorded.
 */
public final class World {

    static final long STALE_AFTER = 750;
    /** The slowest that the network ever is, and how long a reader may look at what is being delivered. */
    static final long MOST_DELAY = 300;

    /** How often a follower may turn to a source, to follow it or to have it ready, when nothing fails any more. */
    static final int MOST_TURNS = 12;

    /** How long rows that a fault made wrong may be shown as current: some heartbeats, as some are lost. */
    static final long FOUND = 3000;

    /** A page of batches, or the parts that may be asked for at a time; and one batch more, which may be the largest. */
    private static final long MOST_ANSWER = Wire.PARTS_AT_A_TIME * 65_536L + Wire.BATCH_BYTES;

    private static final long HOUR = 3_600_000;

    /** By how many millionths clocks run apart from the time, at most: what a follower allows for is the double. */
    private static final int MOST_DRIFT = 100;

    private static final long SETTLE = 5000;
    private static final long QUIET = 1000;
    /** How long a change to a source that is ready takes on a network that works. */
    private static final long CHANGE = 500;

    private static final long STEP = 50;

    private static final Table CALLS = Table.named("Call_Type_Real_Time")
            .key("CallTypeID", ColumnType.INT)
            .column("Stamp", ColumnType.LONG)
            .column("Waiting", ColumnType.INT)
            .column("Name", ColumnType.STRING)
            .column("ServiceLevel", ColumnType.DOUBLE)
            .column("Since", ColumnType.TIMESTAMP)
            .build();
    private static final Table AGENTS = Table.named("Agent_Real_Time")
            .key("SkillTargetID", ColumnType.INT)
            .key("MediaRoutingDomain", ColumnType.STRING)
            .column("Stamp", ColumnType.LONG)
            .column("Available", ColumnType.BOOLEAN)
            .column("Data", ColumnType.BYTES)
            .build();

    /** Makes the parts of which a broken twin has its own. */
    public interface Parts {

        default FeedReplica replica(String feed, MonotonicClock clock, Runnable reader) {
            return new FeedReplica(feed, FeedState.CONNECTING, Duration.ofMillis(STALE_AFTER), clock);
        }

        default Source source(
                String name,
                boolean origin,
                DurableHistory history,
                FeedView view,
                SourceSettings settings,
                MonotonicClock clock,
                RandomGenerator random,
                SourceTransport transport) {
            return new Source(name, origin, history, view, settings, clock, random, transport);
        }

        default FollowerSettings settings(FollowerSettings settings) {
            return settings;
        }

        /** What the origin makes of changes that it acknowledges. */
        default List<Change> commit(long number, List<Change> changes) {
            return changes;
        }

        /** How many transactions that were acknowledged the central database forgets when its process ends. */
        default int unwritten() {
            return 0;
        }

        default Repairs repairs() {
            return new Repairs();
        }

        /** What a follower reaches its sources by. */
        default Connector connector(Connector connector) {
            return connector;
        }

        /** Called as often as a follower's {@link Follower#time}. */
        default void time(Follower follower) {}

        /** Whether an idle source takes it that somebody wants its feed. */
        default boolean wanted(boolean asked) {
            return asked;
        }

        /** What the centre reads of the highest epoch that it ever began, and keeps beside its database. */
        default long keptEpoch(long highest) {
            return highest;
        }

        /** What a site keeps beyond its process from now on: rows and position together, as of one moment. */
        default Stored store(Stored before, Stored now) {
            return now;
        }
    }

    private final Scheduler scheduler = new Scheduler();
    private final SplittableRandom random;
    private final Network network;
    private final History history = new History();
    private final Parts parts;
    private final FeedSchema schema;
    private final Database database;
    private final SourceSettings sourceSettings;
    private final long bufferBytes;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Site> sites = new HashMap<>();
    /** What the origin acknowledged, in order; without memory, since it began. */
    private final List<List<Change>> acknowledged = new ArrayList<>();

    private Centre centre;
    private boolean faults = true;
    /** How long things fail, and how often. */
    private final long faultsEnd;

    private final int faultEvery;
    private final boolean largeRows;
    /** Whether machines are suspended, or else lines slow: nobody could tell the one from the other at once. */
    private final boolean suspends;
    /** Whether the wall clock jumps; backups are restored also then. */
    private final boolean jumps;

    /** Whether followers hold a second source ready. */
    private final boolean pairs;
    /** For what histories have had since seeds were written down: so those keep theirs. */
    private final SplittableRandom extra;
    /** Whether some sites follow only while somebody asks them. */
    private final boolean idles;
    /** Whether a source's load is the share of followers that it has, or else what faults make it. */
    private final boolean shared;

    private int corruptions;
    private boolean quiet;
    /** Whether who asks for all tables may do so to compare them. */
    private boolean verifying;

    private World(long seed, Parts parts) {
        this.random = new SplittableRandom(seed);
        this.network = new Network(scheduler, random.split());
        this.parts = parts;
        boolean durable = random.nextInt(4) == 0;
        this.schema = new FeedSchema(durable ? "config" : "calls", 1, durable, List.of(CALLS, AGENTS));
        this.database = new Database();
        long ring = new long[] {200, 2000, 20_000, 400_000}[random.nextInt(4)];
        this.sourceSettings = new SourceSettings(
                Duration.ofMillis(STALE_AFTER / 3),
                ring,
                ring * (1 + random.nextInt(4)),
                Duration.ofMillis(300 + random.nextInt(3000)));
        this.bufferBytes = new long[] {0, 500, 1 << 20}[random.nextInt(3)];
        network.delay = 1 + random.nextInt(20);
        network.spread = 1 + random.nextInt(30);
        this.faultsEnd = 3000 + random.nextInt(7000);
        this.faultEvery = new int[] {150, 400, 1000, 3000}[random.nextInt(4)];
        this.largeRows = random.nextInt(6) == 0;
        this.suspends = random.nextBoolean();
        this.jumps = random.nextBoolean();
        this.pairs = random.nextInt(5) > 0;
        this.shared = random.nextInt(4) == 0;
        network.selective = random.nextInt(4) > 0;
        this.extra = new SplittableRandom(~seed);
        // Configuration is followed always.
        this.idles = !durable && extra.nextInt(4) == 0;
        network.busy = new int[] {0, 5, 40}[extra.nextInt(3)];
        network.tap(new Recorder());
    }

    /** Runs the whole history of a seed. */
    public static History run(long seed, Parts parts) {
        World world = new World(seed, parts);
        world.build();
        world.runAll();
        return world.history;
    }

    /** The stamps that the tables of a view bear: each batch puts the same one into all of them. */
    static Set<Object> stamps(View view) {
        Set<Object> stamps = new HashSet<>();
        view.find(CALLS, List.of(0)).ifPresent(row -> stamps.add(Promise.stamp(row)));
        view.find(AGENTS, List.of(0, "")).ifPresent(row -> stamps.add(Promise.stamp(row)));
        return stamps;
    }

    private void build() {
        centre = new Centre();
        nodes.add(centre);
        int relays = Math.min(2, random.nextInt(5));
        List<String> relayNames = new ArrayList<>();
        for (int i = 0; i < relays; i++) {
            String name = "site" + i;
            // A relay may follow another one.
            nodes.add(new Site(name, i > 0 && random.nextInt(4) == 0 ? List.of("site0", "centre") : List.of("centre")));
            relayNames.add(name);
        }
        int clients = 1 + random.nextInt(3);
        for (int i = 0; i < clients; i++) {
            List<String> sources = new ArrayList<>(relayNames);
            if (sources.isEmpty() || random.nextInt(4) == 0) {
                sources.add("centre");
            }
            if (i == 1 && sources.size() > 1) {
                sources.add(sources.remove(0));
            }
            nodes.add(new Client("client" + i, sources));
        }
        nodes.forEach(Node::start);
    }

    private void runAll() {
        work();
        read();
        chaos();
        scheduler.runUntil(faultsEnd);
        faults = false;
        network.mendAll();
        for (Node node : nodes) {
            node.mend();
        }
        centre.current(true);
        history.add(new History.FaultsEnded(scheduler.now()));
        scheduler.runUntil(faultsEnd + SETTLE);
        verifying = true;
        nodes.forEach(Node::verify);
        scheduler.runUntil(faultsEnd + SETTLE + QUIET / 2);
        quiet = true;
        scheduler.runUntil(faultsEnd + SETTLE + QUIET);
        if (history.events(History.Turned.class).stream()
                .anyMatch(
                        turned -> turned.turn() == Network.Turn.TAKES_OVER && turned.at() > scheduler.now() - CHANGE)) {
            // Somebody goes to the source that it likes better at this very moment.
            scheduler.runUntil(scheduler.now() + CHANGE);
        }
        history.add(new History.Owed(scheduler.now(), history.newest(), owed()));
        for (Node node : nodes) {
            // One that is idle although somebody follows it is to be found.
            if (node instanceof Site site && !(site.follower.isIdle() && network.followers(site.name) == 0)) {
                Replica replica = site.follower.replica();
                history.add(new History.Ended(
                        scheduler.now(),
                        site.process.toString(),
                        replica.view(),
                        replica.state(),
                        replica.stale(),
                        replica.reason()));
                observe(site);
            }
        }
    }

    /** The origin commits, now and then in bursts. */
    private void work() {
        scheduler.after(random.nextInt(10) == 0 ? 400 : 20 + random.nextInt(200), () -> {
            int burst = random.nextInt(60) == 0 ? 1 + random.nextInt(40) : 1;
            for (int i = 0; i < burst && !quiet; i++) {
                centre.commit();
            }
            work();
        });
    }

    private void read() {
        scheduler.after(100 + random.nextInt(200), () -> {
            for (Node node : nodes) {
                if (node instanceof Site site && site.process.isRunning()) {
                    observe(site);
                }
                node.measure();
            }
            read();
        });
    }

    private void observe(Site site) {
        Replica replica = site.follower.replica();
        boolean stale = replica.stale();
        history.add(new History.Read(
                scheduler.now(),
                site.process.toString(),
                replica.view(),
                replica.state(),
                stale,
                replica.age().toMillis()));
    }

    private void chaos() {
        scheduler.after(faultEvery / 2 + random.nextInt(faultEvery), () -> {
            if (faults) {
                fault();
                chaos();
            }
        });
    }

    private Node anyNode() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    private Site anySite() {
        return (Site) nodes.get(1 + random.nextInt(nodes.size() - 1));
    }

    private void fault() {
        switch (random.nextInt(19)) {
            case 0 -> stop(anyNode());
            case 1 -> {
                // All of a kind at once: both distributors, or all clients.
                Class<?> kind = anySite().getClass();
                nodes.stream().filter(node -> node.getClass() == kind).forEach(this::stop);
            }
            case 2, 3 -> {
                // Shorter and longer than any time-out.
                Process paused = anyNode().process;
                paused.pause();
                scheduler.after(random.nextInt(2500), () -> wake(paused));
            }
            case 4, 5 -> {
                Site site = anySite();
                String source = site.anySource();
                network.cut(site.name, source, Network.Cut.values()[1 + random.nextInt(3)]);
                scheduler.after(random.nextInt(3000), () -> network.cut(site.name, source, Network.Cut.NONE));
            }
            case 6 -> {
                Site site = anySite();
                flap(site.name, site.anySource(), 1 + random.nextInt(10));
            }
            case 7 -> {
                Site site = anySite();
                network.reset(site.name, site.anySource());
            }
            case 8 -> {
                network.drop = random.nextInt(3) == 0 ? 0.2 : 0.02;
                scheduler.after(random.nextInt(1500), () -> network.drop = 0);
            }
            case 9 -> {
                network.duplicate = 0.3;
                scheduler.after(random.nextInt(1500), () -> network.duplicate = 0);
            }
            case 10 -> {
                network.reorder = random.nextBoolean() ? 0.3 : 0.05;
                scheduler.after(random.nextInt(1500), () -> network.reorder = 0);
            }
            case 11 -> {
                if (suspends) {
                    suspend(anyNode().process);
                } else {
                    network.bandwidth = new int[] {2, 10, 50}[random.nextInt(3)];
                    scheduler.after(random.nextInt(3000), () -> network.bandwidth = 0);
                }
            }
            case 12 -> {
                Site site = anySite();
                if (corruptions++ < 2 && site.process.isRunning()) {
                    history.add(new History.Corrupted(scheduler.now(), site.name));
                    Faults.fallBack(site.replica, site.then);
                }
            }
            case 13 -> {
                centre.current(false);
                scheduler.after(random.nextInt(2500), () -> centre.current(true));
            }
            case 14 -> {
                if (jumps) {
                    centre.jump();
                    if (schema.durable() && extra.nextInt(3) > 0) {
                        // Only a start looks at the clock.
                        stop(centre);
                    }
                }
            }
            case 15 -> {
                Node node = anyNode();
                node.load = random.nextInt(3) / 2.0;
                scheduler.after(random.nextInt(5000), () -> node.load = 0);
            }
            case 16, 17 -> anySite().failover();
            default -> {
                int spread = network.spread;
                network.spread = (int) MOST_DELAY / 4;
                scheduler.after(random.nextInt(1500), () -> network.spread = Math.min(spread, 30));
            }
        }
    }

    private void stop(Node node) {
        if (node == centre && schema.durable() && random.nextBoolean()) {
            centre.dieCommitting();
        }
        node.stop(random.nextBoolean());
        scheduler.after(random.nextInt(2500), node::start);
    }

    private void suspend(Process process) {
        process.suspend();
        scheduler.after(random.nextInt(2500), () -> wake(process));
    }

    private void wake(Process process) {
        if (process.isSuspended()) {
            history.add(new History.Woke(scheduler.now(), process.name));
        }
        process.goOn();
    }

    private void flap(String process, String source, int times) {
        boolean cut = faults && times % 2 == 1;
        network.cut(process, source, cut ? Network.Cut.BOTH : Network.Cut.NONE);
        if (times > 0 && faults) {
            scheduler.after(50 + random.nextInt(300), () -> flap(process, source, times - 1));
        }
    }

    /** The central database: outlives the origin's process, and may be put back to an earlier state. */
    private final class Database implements DurableHistory {

        final List<Entry> log = new ArrayList<>();
        final List<Epoch> epochs = new ArrayList<>();
        final List<View> views = new ArrayList<>();
        long commits;

        @Override
        public List<Epoch> epochs() {
            return List.copyOf(epochs);
        }

        @Override
        public List<Entry> after(long key, int limit) {
            return log.stream().filter(entry -> entry.key() > key).limit(limit).toList();
        }

        long key() {
            return log.size();
        }

        long lastEpoch() {
            return epochs.isEmpty() ? 0 : epochs.get(epochs.size() - 1).epoch();
        }

        void restoreBackup() {
            int lost = jumps ? extra.nextInt(log.size() + 1) : random.nextInt(Math.min(log.size(), 10) + 1);
            forget(lost);
            for (int i = 0; i < lost; i++) {
                acknowledged.remove(acknowledged.size() - 1);
            }
            // The backup does not know of epochs that began after it was made.
            long key = key();
            epochs.removeIf(epoch -> epoch.firstKey() > key);
        }

        void forget(int newest) {
            for (int i = 0; i < newest && !log.isEmpty(); i++) {
                log.remove(log.size() - 1);
                views.remove(views.size() - 1);
            }
        }
    }

    /** What was acknowledged, and is to be there in the end: plain values, which the engine has never seen. */
    private Map<Table, Map<List<Object>, Object[]>> owed() {
        Map<Table, Map<List<Object>, Object[]>> rows = new HashMap<>();
        for (Table table : schema.tables()) {
            rows.put(table, new HashMap<>());
        }
        for (List<Change> changes : acknowledged) {
            for (Change change : changes) {
                if (change.row() == null) {
                    rows.get(change.table()).remove(change.key());
                } else {
                    rows.get(change.table()).put(change.key(), change.row().values());
                }
            }
        }
        return rows;
    }

    private abstract class Node {

        final String name;
        Process process;
        /** How much of what may wait in it does, 0 to 1. */
        double load;
        /** Whether it is to be followed rather than another one. */
        private final boolean primary = random.nextInt(3) == 0;

        private int runs;

        Node(String name) {
            this.name = name;
        }

        final void start() {
            if (process == null || process.isStopped()) {
                process = new Process(
                        name,
                        runs++,
                        scheduler,
                        random.nextInt(1_000_000_000),
                        random.nextInt(2 * MOST_DRIFT + 1) - MOST_DRIFT);
                begin();
            }
        }

        abstract void begin();

        void measure() {}

        void verify() {}

        final void stop(boolean politely) {
            process.stop();
            network.stopped(process, politely);
        }

        final void mend() {
            load = 0;
            wake(process);
            start();
        }

        final Source source(boolean origin, DurableHistory log, FeedView view) {
            Source source = parts.source(
                    name,
                    origin,
                    log,
                    view,
                    new SourceSettings(
                            sourceSettings.heartbeatInterval(),
                            sourceSettings.ringBytes(),
                            sourceSettings.servingRingBytes(),
                            sourceSettings.snapshotLife(),
                            primary),
                    process.clock(),
                    random.split(),
                    network.open(name, process));
            // No time passes while a history computes: so each table is a slice of its own, with whatever else waits
            // between.
            source.encodingMillis(0);
            return source;
        }

        final double load() {
            return shared ? (double) network.followers(name) / (nodes.size() - 1) : load;
        }

        final void measure(Source source) {
            history.add(new History.Held(
                    scheduler.now(), process + "'s ring", source.ringBytes(), sourceSettings.servingRingBytes()));
        }
    }

    private final class Centre extends Node {

        private Origin origin;
        private Source source;
        private boolean current = true;
        private final SplittableRandom rows = random.split();
        /** How wrong the wall clock is. */
        private long jumped;
        /** What is kept beside the database, and not put back with it. */
        private long highestEpoch;

        Centre() {
            super("centre");
        }

        @Override
        void begin() {
            List<Row> initial = new ArrayList<>();
            if (schema.durable()) {
                database.forget(parts.unwritten());
                beforeStart();
            }
            long lastEpoch =
                    schema.durable() ? database.lastEpoch() : history.newest().epoch();
            FeedIdentity identity = FeedIdentity.starting(
                    "id",
                    Math.max(lastEpoch, parts.keptEpoch(highestEpoch)),
                    1_700_000_000_000L + jumped + scheduler.now());
            highestEpoch = identity.epoch();
            Position start = new Position(identity.epoch(), 0);
            if (!schema.durable()) {
                acknowledged.clear();
            } else {
                database.epochs.add(new DurableHistory.Epoch(identity.epoch(), database.key()));
                start = new Position(identity.epoch(), database.key());
                if (!database.views.isEmpty()) {
                    View last = database.views.get(database.views.size() - 1);
                    schema.tables().forEach(table -> last.forEach(table, initial::add));
                }
                for (int i = 0; i < database.views.size(); i++) {
                    history.originOfPast(new Position(identity.epoch(), i + 1), database.views.get(i));
                }
                history.originOfPast(new Position(identity.epoch(), 0), FeedView.empty(schema, Position.NONE));
            }
            DurableHistory log = schema.durable() ? database : null;
            source = source(true, log, FeedView.empty(schema, start));
            origin = Feeds.origin(schema, identity, source, process.clock(), log, initial);
            source.load(this::load);
            network.serve(name, origin::request);
            process.every(STEP, () -> {
                origin.time();
                record();
            });
            current = true;
            history.origin(scheduler.now(), origin.replica().view());
        }

        /** What is done to database and clock while nobody runs the centre. */
        private void beforeStart() {
            if (!jumps) {
                if (random.nextInt(4) == 0) {
                    database.restoreBackup();
                }
                return;
            }
            switch (extra.nextInt(4)) {
                case 0 -> {
                    database.restoreBackup();
                    // Who does that finds out that the clock is wrong.
                    jumped = 0;
                }
                case 1 -> database.restoreBackup();
                case 2 -> jumped += 24 * HOUR;
                default -> {}
            }
        }

        /** The wall clock is set an hour or a day forward or back. */
        void jump() {
            long by = random.nextBoolean() ? HOUR : 24 * HOUR;
            jumped += random.nextBoolean() ? by : -by;
        }

        /** What feeds the origin stops, or goes on. */
        void current(boolean is) {
            process.run(() -> {
                if (current != is) {
                    record();
                    current = is;
                    origin.notCurrent(is ? null : "the gateway is silent");
                    record();
                }
            });
        }

        /** The origin has this now, and it is current, if it is. */
        private void record() {
            history.origin(
                    current ? scheduler.now() : Long.MIN_VALUE, origin.replica().view());
        }

        @Override
        void measure() {
            measure(source);
        }

        /** The process ends after it has committed, before anybody is told. */
        void dieCommitting() {
            if (process.isRunning() && current) {
                Process dying = process;
                dying.stop();
                write();
                network.stopped(dying, random.nextBoolean());
            }
        }

        void commit() {
            // What does not get its events has nothing to tell.
            if (process.isRunning() && current) {
                write();
            }
        }

        private void write() {
            long number = ++database.commits;
            List<Change> changes = new ArrayList<>();
            changes.add(Change.put(CALLS.row(0, number, 0, null, null, null)));
            changes.add(Change.put(AGENTS.row(0, "", number, null, null)));
            int count = rows.nextInt(4);
            for (int i = 0; i < count; i++) {
                changes.add(change());
            }
            Cut cut = new Cut(number, 1000 * number, number / 7);
            // What was current until now is not any more.
            history.origin(scheduler.now(), origin.replica().view());
            Position position = origin.commit(cut, parts.commit(number, changes));
            acknowledged.add(changes);
            history.origin(scheduler.now(), origin.replica().view());
            if (schema.durable()) {
                database.log.add(new DurableHistory.Entry(position.sequence(), position.sequence() - 1, cut, changes));
                database.views.add(origin.replica().view());
            }
        }

        private Change change() {
            int id = 1 + rows.nextInt(8);
            boolean delete = rows.nextInt(5) == 0;
            if (rows.nextBoolean()) {
                return delete
                        ? Change.delete(CALLS, List.of(id))
                        : Change.put(CALLS.row(
                                id,
                                0L,
                                rows.nextInt(5),
                                rows.nextInt(3) == 0 ? null : "name " + rows.nextInt(9),
                                rows.nextInt(3) / 2.0,
                                rows.nextInt(3) == 0 ? null : (Long) rows.nextLong(1L << 40)));
            }
            String domain = "domain" + rows.nextInt(2);
            byte[] data = largeRows && rows.nextInt(60) == 0 ? new byte[70_000] : new byte[rows.nextInt(4)];
            return delete
                    ? Change.delete(AGENTS, List.of(id, domain))
                    : Change.put(AGENTS.row(id, domain, 0L, rows.nextBoolean(), data));
        }
    }

    /** Follows, and serves what it has. */
    private class Site extends Node {

        private final List<String> sources;
        /** Whether it has a database of its own, behind the replica. */
        private final boolean remembers = schema.durable() && random.nextBoolean();
        /** Whether it goes back to the primary by itself. */
        private final boolean returns = random.nextBoolean();
        /** For how long it follows after somebody asked it; 0 if always. */
        private final long idleAfter = idles && extra.nextInt(4) > 0 ? 500 + extra.nextInt(3000) : 0;

        Follower follower;
        FeedReplica replica;
        FeedView then;
        private Source source;
        /** What outlives the process. */
        private Stored stored;

        private long storedAt;
        /** All that there was to store. */
        private final List<View> had = new ArrayList<>();

        Site(String name, List<String> sources) {
            super(name);
            this.sources = sources;
            history.follows(name, sources);
            sites.put(name, this);
        }

        final String anySource() {
            return sources.get(random.nextInt(sources.size()));
        }

        @Override
        void begin() {
            FollowerSettings settings = new FollowerSettings(
                    schema.feed(),
                    sources,
                    "",
                    null,
                    Duration.ofMillis(STALE_AFTER / 3),
                    Duration.ofMillis(900),
                    Duration.ofMillis(STALE_AFTER),
                    Duration.ofMillis(50),
                    Duration.ofMillis(500),
                    bufferBytes,
                    1 << 20,
                    returns);
            replica = parts.replica(schema.feed(), process.clock(), () -> observe(this));
            then = replica.view();
            Follower mine = Feeds.follower(
                    parts.settings(settings),
                    process.clock(),
                    random.split(),
                    parts.connector(pairs ? network.pairing(process, sources) : network.connector(process, sources)),
                    replica,
                    parts.repairs());
            follower = mine;
            replica.listen(new Listener(process.toString()));
            if (remembers) {
                remember(mine);
            }
            Process its = process;
            process.every(STEP, () -> {
                mine.time();
                parts.time(mine);
                // An operator looks after who was refused.
                if (mine.replica().state() == FeedState.REFUSED && its == process) {
                    scheduler.after(500, () -> {
                        if (its == process && !its.isStopped()) {
                            stop(true);
                            start();
                        }
                    });
                }
            });
            serve();
        }

        /** Begins with what is stored, once it is read, and stores what there is, now and then. */
        private void remember(Follower mine) {
            if (random.nextInt(10) == 0) {
                // Somebody deleted the files.
                stored = null;
            }
            mine.awaitStored();
            Process its = process;
            FeedReplica from = replica;
            scheduler.after(
                    random.nextInt(300),
                    () -> its.run(() -> {
                        Stored read = read(stored);
                        if (read != null) {
                            Position at = read.view().position();
                            history.add(new History.Remembered(
                                    scheduler.now(),
                                    its.toString(),
                                    read.view(),
                                    had.stream()
                                            .filter(view -> view.position().equals(at))
                                            .toList()));
                        }
                        if (read != null && corruptions > 0 && !isOrigins(read.view())) {
                            // Rows that a fault made wrong outlived the process too.
                            history.add(new History.Corrupted(scheduler.now(), name));
                        }
                        mine.prime(read);
                        its.every(STEP + random.nextInt(500), () -> {
                            if (!from.position().equals(Position.NONE)) {
                                Stored now = new Stored(from.feedId(), from.epochs(), from.view(), from.age());
                                storedAt = scheduler.now();
                                had.add(now.view());
                                stored = parts.store(stored, now);
                            }
                        });
                    }));
        }

        private boolean isOrigins(View view) {
            View was = history.originAt(view.position());
            return was != null && Comparison.compare(was, view).equal();
        }

        /** Nothing but values is kept. */
        private Stored read(Stored kept) {
            if (kept == null) {
                return null;
            }
            ViewBuilder rows = new ViewBuilder(schema);
            FeedView view = (FeedView) kept.view();
            schema.tables().forEach(table -> view.forEach(table, row -> rows.put(table.row(row.values()))));
            return new Stored(
                    kept.feedId(),
                    kept.epochs(),
                    rows.build(view.position(), view.cut()),
                    kept.age().plusMillis(scheduler.now() - storedAt));
        }

        /** An operator moves it to its other source, if there is one. */
        void failover() {
            Follower its = follower;
            process.run(() -> {
                try {
                    its.failover("an operator wants it");
                } catch (IllegalStateException e) {
                    // There is none to go to.
                }
            });
        }

        @Override
        void verify() {
            String name = process.toString();
            follower.replica()
                    .verify(true)
                    .thenAccept(result -> history.add(new History.Verified(scheduler.now(), name, result)));
        }

        void serve() {
            source = source(false, null, FeedView.nothing(schema.feed()));
            Relay relay = Feeds.relay(follower.replica(), source, process.clock());
            source.load(this::load);
            long[] asked = {Long.MIN_VALUE / 2};
            network.serve(name, (from, message) -> {
                asked[0] = scheduler.now();
                relay.request(from, message);
            });
            process.every(STEP, relay::time);
            if (idleAfter > 0) {
                Follower mine = follower;
                process.every(STEP, () -> {
                    if (network.followers(name) > 0) {
                        asked[0] = scheduler.now();
                    }
                    mine.idle(!parts.wanted(scheduler.now() - asked[0] < idleAfter));
                });
            }
        }

        @Override
        void measure() {
            if (random.nextInt(10) == 0) {
                then = replica.view();
            }
            if (source != null) {
                measure(source);
            }
            history.add(new History.Held(
                    scheduler.now(), process + "'s buffer", Feeds.bufferedBytes(follower), bufferBytes));
        }
    }

    /** Only follows. */
    private final class Client extends Site {

        Client(String name, List<String> sources) {
            super(name, sources);
        }

        @Override
        void serve() {}
    }

    private final class Listener implements ReplicaListener {

        private final String replica;

        Listener(String replica) {
            this.replica = replica;
        }

        @Override
        public void reset(View view) {
            history.add(new History.Reset(scheduler.now(), replica, view.position()));
        }

        @Override
        public void applied(View before, View after, List<RowChange> changes) {
            history.add(
                    new History.Applied(scheduler.now(), replica, before.position(), after.position(), changes.size()));
        }
    }

    /** Records what is sent; it reads the messages as anybody could. */
    private final class Recorder implements Network.Tap {

        @Override
        public void published(String source, Process process, Hop hop, byte[] message) {
            read(message, (type, reader) -> {
                Position position =
                        switch (type) {
                            case Wire.BATCH -> BatchHeader.read(reader).position();
                            case Wire.BATCH_PART -> new Position(reader.varint(), reader.varint());
                            case Wire.HEARTBEAT ->
                                Messages.Heartbeat.read(reader).position();
                            default -> null;
                        };
                if (position != null) {
                    history.add(new History.Published(
                            scheduler.now(), process.toString(), type == Wire.HEARTBEAT, position));
                }
            });
        }

        @Override
        public void asked(String source, Process follower, boolean followed, byte[] message) {
            read(message, (type, reader) -> {
                if (type == Wire.RESUME) {
                    Messages.Resume resume = Messages.Resume.read(reader);
                    history.add(new History.Asked(
                            scheduler.now(),
                            follower.toString(),
                            source,
                            followed,
                            resume.id(),
                            resume.have(),
                            resume.repair() && !verifying));
                }
            });
        }

        @Override
        public void turned(Process follower, String source, Network.Turn turn, int connections) {
            history.add(new History.Turned(scheduler.now(), follower.toString(), source, turn, connections));
        }

        @Override
        public void heardReady(String source, Process process, Runnable what) {
            Site site = sites.get(process.name);
            View shown = site.replica.view();
            FeedState state = site.replica.state();
            long kept = Feeds.bufferedBytes(site.follower);
            what.run();
            if (site.replica.view() != shown
                    || site.replica.state() != state
                    || Feeds.bufferedBytes(site.follower) != kept) {
                history.add(new History.Meddled(scheduler.now(), process.toString(), source));
            }
        }

        @Override
        public void requestDone(Process process, long answered) {
            history.add(new History.Held(scheduler.now(), process + "'s answer to one request", answered, MOST_ANSWER));
        }

        @Override
        public void answered(String source, Process process, ReplyTo to, byte[] message) {
            read(message, (type, reader) -> {
                switch (type) {
                    case Wire.CONTINUE -> {
                        Messages.Continue answer = Messages.Continue.read(reader);
                        add(source, answer.id(), History.Answer.CONTINUE, answer.from());
                    }
                    case Wire.SNAPSHOT -> {
                        Messages.Snapshot answer = Messages.Snapshot.read(reader);
                        add(source, answer.id(), History.Answer.SNAPSHOT, answer.position());
                    }
                    case Wire.WAIT -> {
                        Messages.Wait answer = Messages.Wait.read(reader);
                        add(source, answer.id(), History.Answer.WAIT, answer.position());
                    }
                    case Wire.REFUSED ->
                        add(source, Messages.Refused.readAny(message).id(), History.Answer.REFUSED, Position.NONE);
                    default -> {}
                }
            });
        }

        private void add(String source, long id, History.Answer answer, Position position) {
            history.add(new History.Answered(scheduler.now(), source, id, answer, position));
        }

        private void read(byte[] message, Reading reading) {
            try {
                WireReader reader = new WireReader(message);
                reading.read(reader.header(), reader);
            } catch (Undecodable e) {
                throw new IllegalStateException("The engine sent what cannot be decoded", e);
            }
        }
    }

    private interface Reading {
        void read(int type, WireReader reader) throws Undecodable;
    }
}
