package org.openrtd.feed;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.openrtd.feed.Hop.Progress;
import org.openrtd.feed.internal.FeedReplica;
import org.openrtd.feed.internal.FeedReplica.ApplyResult;
import org.openrtd.feed.internal.FeedView;
import org.openrtd.feed.internal.Freshness;
import org.openrtd.feed.internal.LiveBuffer;
import org.openrtd.feed.internal.Messages;
import org.openrtd.feed.internal.PartAssembler;
import org.openrtd.feed.internal.ReceivedBatch;
import org.openrtd.feed.internal.Repairs;
import org.openrtd.feed.internal.Scrub;
import org.openrtd.feed.internal.SnapshotAssembly;
import org.openrtd.feed.internal.SnapshotCheck;
import org.openrtd.feed.internal.SourceChoice;
import org.openrtd.feed.internal.SourceChoice.Known;
import org.openrtd.feed.internal.SourceChoice.Primary;
import org.openrtd.feed.internal.Undecodable;
import org.openrtd.feed.internal.Wire;
import org.openrtd.feed.internal.WireReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a replica of a feed, from whichever of its sources can be reached. The other end is {@link Origin} or
 * {@link Relay}.
 *
 * <p>Not thread-safe: all methods, and those of the {@link LinkListener}s it makes, are called on one thread, the feed's;
 * only the replica may be read from any.
 */
public final class Follower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final long EVERYTHING = Long.MAX_VALUE;
    /** How often a request without an answer is sent within {@code resumeTimeout}. */
    private static final int ASKS = 3;

    /** For how long a source that refused is not asked again, while another one cannot be reached. */
    private static final long REFUSES_MILLIS = 60_000;

    /** After so many times {@code resumeTimeout} it looks whether one of which it knows nothing has what it waits for. */
    private static final int PATIENCE = 6;

    /** So many times what it waits for a source is doubled. */
    private static final int MOST_PATIENCE = 2;

    /** The reason of one that follows nobody, for people; {@link #isIdle} is the fact. */
    public static final String IDLE = "idle until a client asks";

    /** How the reason begins when a follower goes on with the source that it held ready. */
    public static final String CHANGES_OVER = "changes over to ";

    private static final String SAME_SOURCE = "it is the one that is followed, by another address";

    /** How a refusal begins that names another central database. */
    private static final String IDENTITY = "identity: ";

    private static final String REMEDY = "; if that is intended, have the old rows dropped: on a node by"
            + " rtd:forget-identity, in a program by a new OpenRtdClient";

    /** What {@link FeedState#RESUMING} consists of. */
    private enum Phase {
        /** No answer yet. */
        ASKED,
        /** Batches come that follow what the replica has. */
        CONTINUING,
        /** Parts of a snapshot are pulled. */
        PULLING,
        /** The source is behind, or not current itself: what it sends is applied, and that is all there is. */
        WAITING
    }

    private final MonotonicClock clock;
    private final RandomGenerator random;
    private final Connector connector;
    private final FeedReplica replica;
    private final LiveBuffer buffer = new LiveBuffer();
    private final Repairs repairs;
    private final Set<String> complained = new HashSet<>();
    private FollowerSettings settings;

    /** Whether it does not connect yet, as stored rows may come. */
    private boolean awaiting;

    private int source;
    private Connection connection;
    /** Another source that is connected, or is being connected to, and is followed when it has to be. */
    private Connection ready;

    private final SourceChoice choice;
    /** Sources that refused this follower, and when: others go first, and none of these is held ready. */
    private final Map<Integer, Long> barred = new HashMap<>();

    private long readyAt;
    private int readyFailures;
    /** Which source is made ready next, when it is not the followed one. */
    private int readyNext = 1;
    /** Whether it has been well with one source, or has changed over: then it does not leave one for the primary unless told. */
    private boolean settled;
    /** Whether an operator chose the source that is followed; until that is lost, nobody goes back to the primary. */
    private boolean told;

    private long liveSince;
    /** Since when it has not been LIVE, if it has been before. */
    private long notLiveSince;
    /** Whether it follows nobody, and only holds a source ready. */
    private boolean idle;
    /** Sources that are there, and were not heard while they were held ready. */
    private final Set<Integer> unheard = new HashSet<>();
    /** Whether {@link #connector} has none ready. */
    private boolean noneReady;
    /** Set while {@link #ready} is asked for everything, and the followed one is left when it has that. */
    private Move move;
    /** What is being left, from then until this is LIVE again. */
    private Left left;

    private volatile Optional<ReadySource> readySource = Optional.empty();
    private volatile Hop said;
    private volatile Optional<ChangeOver> lastChange = Optional.empty();
    private volatile long changes;
    private long connectAt;
    private int failures;
    /** How many times a source was left because it took too long, since it was LIVE. */
    private int late;

    private boolean closed;

    private Phase phase;
    private long resumeId;
    private long awakeAt;
    private long trustedAt;
    private long askedAt;
    /** When the same was asked, by id: the answer to any of them will do, and it is known when that was sent. */
    private final Map<Long, Long> asks = new HashMap<>();

    private long lastAskAt;
    /** The question that is asked for the time alone; 0 for none. */
    private long measureId;

    private long measuredAt;
    private long progressAt;
    private long pageUntil;
    private boolean pageLast;
    /** The last sequence that may be applied: a repaired table is swapped in at one position exactly. */
    private long holdAt = EVERYTHING;
    /** What of the tables to repair; empty for all. Meaningful while a repair is asked for. */
    private List<String> repairing;

    private int outrun;
    private SnapshotAssembly assembly;
    private SnapshotCheck check;
    private Scrub scrub;
    private long scrubAt;
    /** Whether rows are not what their digest says: then the digest proves nothing. */
    private boolean rowsWrong;

    /** A follower that connects at the first call of {@link #time}. */
    public Follower(FollowerSettings settings, MonotonicClock clock, RandomGenerator random, Connector connector) {
        this(
                settings,
                clock,
                random,
                connector,
                new FeedReplica(settings.feed(), FeedState.CONNECTING, settings.staleAfter(), clock),
                new Repairs());
    }

    Follower(
            FollowerSettings settings,
            MonotonicClock clock,
            RandomGenerator random,
            Connector connector,
            FeedReplica replica,
            Repairs repairs) {
        this.repairs = repairs;
        this.settings = settings;
        this.clock = clock;
        this.random = random;
        this.connector = connector;
        this.replica = replica;
        replica.verifier(this::verify);
        this.choice = new SourceChoice(random);
        this.connectAt = clock.millis();
        this.readyAt = connectAt;
        this.awakeAt = connectAt;
        this.trustedAt = connectAt;
        this.measuredAt = connectAt;
        this.scrubAt = connectAt;
    }

    public Replica replica() {
        return replica;
    }

    /** Does what is due: connects, asks, gives up; to be called at least every 100 ms. */
    public void time() {
        if (closed) {
            return;
        }
        replica.runTasks();
        long now = clock.millis();
        awake(now);
        switch (replica.state()) {
            case CONNECTING -> {
                if (idle) {
                    if (replica.progress() != Progress.IDLE && !awaiting) {
                        beIdle();
                    }
                    break;
                }
                boolean waits = connection == null
                        || now - connection.since
                                >= 2 * settings.heartbeatInterval().toMillis();
                if (waits && fit() && ready.known.current()) {
                    // The reason may be that of a change over before this, and would grow with each.
                    leave(connection == null ? replica.reason() : "no connection to " + sourceName(), ready.index);
                } else if (connection == null) {
                    if (now >= connectAt && !awaiting) {
                        connect(now);
                    }
                } else if (now - connection.since >= patient(settings.resumeTimeout())) {
                    leaveLate("no connection to " + sourceName() + " within ", settings.resumeTimeout(), "");
                }
            }
            case RESUMING -> {
                if (phase == Phase.WAITING && connection.known.isFetching()) {
                    // Another one that has to fetch it too would not have it sooner.
                    progressAt = now;
                }
                boolean elsewhere = phase != Phase.WAITING
                        || (noneReady ? settings.sources().size() > 1 : servable());
                if (!leaveSilent(now) && elsewhere && now - progressAt >= patient(settings.resumeTimeout())) {
                    leaveLate(
                            "no progress for ", settings.resumeTimeout(), " while " + phase + ", " + replica.reason());
                } else if (phase == Phase.WAITING
                        && now - progressAt
                                >= PATIENCE * settings.resumeTimeout().toMillis()
                        && unknown() >= 0) {
                    leave(
                            "waits for " + seconds(settings.resumeTimeout().multipliedBy(PATIENCE)) + ", "
                                    + replica.reason(),
                            unknown());
                } else if (phase == Phase.ASKED
                        && now - lastAskAt >= settings.resumeTimeout().toMillis() / ASKS) {
                    askAgain(now);
                }
            }
            case LIVE -> {
                if (!leaveSilent(now)) {
                    measure(now);
                    scrub(now);
                }
            }
            case REFUSED -> {}
        }
        if (check != null
                && now - check.progressAt() >= settings.resumeTimeout().toMillis()) {
            endCheck("no progress for " + seconds(settings.resumeTimeout()));
        }
        makeReady(now);
        changeOver(now);
    }

    /**
     * What is known of a source that is held ready.
     *
     * @param name the source's name; what it is called in the settings until it is connected
     * @param said what it said of itself last; empty while it is not connected
     * @param problem why it is not connected, for people; empty when it is, or was not tried yet
     */
    public record ReadySource(String name, Optional<Hop> said, String problem) {}

    /**
     * How this follower came to another source, while it had been well with one before.
     *
     * @param from the name of the source that was left
     * @param to the name of the one that was followed then
     * @param why why the first was left, for people
     * @param millis how long it was not {@link FeedState#LIVE} before it was so with the second; with the first it may have
     *     waited before it left
     * @param snapshot whether a snapshot was needed
     */
    public record ChangeOver(String from, String to, String why, long millis, boolean snapshot) {}

    private record Move(String why, long since, boolean byChoice, boolean told) {}

    private record Left(String name, String why, long since, long snapshots) {}

    /** What the source that is followed said of itself last, if it has. Usable from any thread. */
    public Optional<Hop> said() {
        return Optional.ofNullable(said);
    }

    /** How this follower came to the source that it follows, if it had another one before. Usable from any thread. */
    public Optional<ChangeOver> lastChange() {
        return lastChange;
    }

    /** How many times it has changed over. Usable from any thread. */
    public long changes() {
        return changes;
    }

    /** Which source is followed, or is tried: an index into {@link FollowerSettings#sources()}. */
    public int source() {
        return source;
    }

    /** The source that is held ready beside the followed one, if there is one. Usable from any thread. */
    public Optional<ReadySource> ready() {
        return readySource;
    }

    /**
     * Follows the source that is held ready as soon as that has subscribed, and stays there while that is well.
     *
     * @param why who wants it, for people
     * @throws IllegalStateException when there is none that could be followed; the message says which and why, and nothing
     *     changes
     */
    public void failover(String why) {
        String problem = notReady();
        if (problem != null) {
            throw new IllegalStateException(settings.feed() + " does not change over: " + problem);
        }
        begin(new Move(why, clock.millis(), true, true));
    }

    /**
     * Whether to follow nobody, and only to hold a connection to a source, whose heartbeats are heard, so that following
     * begins at once when that ends. What the replica holds stays readable, as not current.
     */
    public void idle(boolean is) {
        if (closed || idle == is) {
            return;
        }
        idle = is;
        late = 0;
        connectAt = clock.millis();
        if (is) {
            endReady();
            readyAt = connectAt;
            readyNext = source;
            readyFailures = 0;
            said = null;
            left = null;
            told = false;
            if (replica.state() != FeedState.REFUSED) {
                disconnect(IDLE);
                beIdle();
            }
        } else if (replica.state() == FeedState.CONNECTING) {
            state(FeedState.CONNECTING, "is wanted again");
            replica.progress(Progress.NONE);
        }
    }

    /** Whether it follows nobody, because it was told so. Usable from any thread. */
    public boolean isIdle() {
        return replica.progress() == Progress.IDLE;
    }

    private void beIdle() {
        replica.progress(Progress.IDLE);
        state(FeedState.CONNECTING, IDLE);
    }

    /** Why there is no source to change over to; {@code null} when there is one. */
    private String notReady() {
        if (closed) {
            return "it is closed";
        }
        if (idle) {
            return "it is " + IDLE;
        }
        if (settings.sources().size() < 2) {
            return "it has one source only";
        }
        if (move != null) {
            return "it does so already: " + move.why;
        }
        if (replica.state() == FeedState.REFUSED) {
            return "it is refused: " + replica.reason();
        }
        if (!fit()) {
            return readySource
                    .map(is -> is.name() + " is not ready" + (is.problem().isEmpty() ? "" : ": " + is.problem()))
                    .orElse("no other source is ready yet");
        }
        Hop said = ready.known.hop();
        return servable() ? null : ready.name + " is " + said.state() + " itself: " + said.reason();
    }

    /** Does not connect before {@link #prime} is called; only right after this follower was made. */
    public void awaitStored() {
        awaiting = true;
        state(FeedState.CONNECTING, "waits for the rows that were stored");
    }

    /**
     * Begins with rows that outlived a process, and goes on from their position: they are readable at once, as not current,
     * and their digests are compared as those of any rows are. Ends {@link #awaitStored}.
     *
     * @param stored {@code null} when there are none
     * @throws IllegalArgumentException when they are of another feed, or lack what the readers need; nothing changes but
     *     that waiting ends
     * @throws IllegalStateException when this follower has asked a source already
     */
    public void prime(StoredFeed.Stored stored) {
        if (connection != null || !replica.position().equals(Position.NONE)) {
            throw new IllegalStateException(settings.feed() + " is followed already, at " + replica.position());
        }
        boolean waited = awaiting;
        awaiting = false;
        connectAt = clock.millis();
        if (stored == null) {
            if (waited) {
                state(FeedState.CONNECTING, "no rows were stored");
            }
            return;
        }
        String lacking = lacking(stored.view().schema());
        if (lacking != null || !(stored.view() instanceof FeedView view)) {
            throw new IllegalArgumentException("The stored rows are of no use: "
                    + (lacking != null
                            ? lacking
                            : "a ViewBuilder makes their view, not "
                                    + stored.view().getClass()));
        }
        replica.prime(view, stored.feedId(), stored.epochs(), stored.age().toMillis());
        LOG.info("{}: begins with {} of feed {} that were stored", settings.feed(), view.position(), stored.feedId());
        state(FeedState.CONNECTING, "begins with " + view.position() + ", stored " + seconds(stored.age()) + " ago");
    }

    /** From now on with these settings; another list of sources begins again with the first of it. */
    public void settings(FollowerSettings next) {
        if (!next.feed().equals(settings.feed())) {
            throw new IllegalArgumentException(
                    "A follower of " + settings.feed() + " cannot become one of " + next.feed());
        }
        boolean again = replica.state() == FeedState.REFUSED
                || !next.sources().equals(settings.sources())
                || !next.feedId().equals(settings.feedId());
        if (!next.sources().equals(settings.sources())) {
            repairs.clear();
        }
        settings = next;
        replica.staleAfter(next.staleAfter());
        if (again) {
            reconnect("new settings");
        }
    }

    /**
     * Forgets all rows and which central database they came from, when that is why it is refused, and begins again with
     * whichever there is now; else nothing happens, as rows that are right are not given away.
     *
     * @return whether it did
     */
    public boolean forgetIdentity() {
        if (closed || replica.state() != FeedState.REFUSED || !replica.reason().startsWith(IDENTITY)) {
            return false;
        }
        LOG.warn("{}: forgets its rows at {} of feed {}", settings.feed(), replica.position(), replica.feedId());
        assembly = null;
        repairing = null;
        rowsWrong = false;
        replica.forget();
        reconnect("its rows were forgotten");
        return true;
    }

    /** Begins again with the first source; what the replica holds stays. */
    public void reconnect(String why) {
        if (!closed) {
            endReady();
            readyAt = clock.millis();
            readyNext = 1;
            readyFailures = 0;
            settled = false;
            told = false;
            barred.clear();
            unheard.clear();
            leave(why);
            source = 0;
            failures = 0;
            late = 0;
            connectAt = clock.millis();
        }
    }

    /** Closes the connection; the replica stays readable, as not current. */
    @Override
    public void close() {
        if (!closed) {
            endReady();
            leave("closed");
            closed = true;
            replica.close();
        }
    }

    /** How many bytes of live batches wait for what comes before them. */
    long bufferedBytes() {
        return buffer.bytes();
    }

    // ---- state

    /** The one method that changes the state. */
    private void state(FeedState next, String reason) {
        FeedState from = replica.state();
        if (from == FeedState.LIVE && next != FeedState.LIVE) {
            notLiveSince = clock.millis();
        }
        if (from != next) {
            LOG.info("{}: {} -> {} ({})", settings.feed(), from, next, reason);
        } else if (!replica.reason().equals(reason)) {
            // With several sources each attempt has another reason; the adapter tells an operator each of them once.
            LOG.debug("{}: still {} ({})", settings.feed(), next, reason);
        }
        Hop hop = connection == null ? null : connection.known.hop();
        replica.state(next, reason, next == FeedState.RESUMING && hop != null && hop.state() != FeedState.LIVE);
    }

    /** The one method that changes the phase; who follows this one learns by it whether what lacks here is coming. */
    private void phase(Phase next) {
        phase = next;
        // A question leaves that open: mostly it is for what follows on what has come.
        if (next != Phase.ASKED) {
            boolean comes = next == Phase.CONTINUING
                    || next == Phase.PULLING
                    || next == Phase.WAITING && connection.known.isFetching();
            replica.progress(comes ? Progress.FETCHING : Progress.NONE);
        }
    }

    private String sourceName() {
        return connection == null || connection.name == null
                ? settings.sources().get(source)
                : connection.name;
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }

    private void connect(long now) {
        if (ready != null && ready.index == source) {
            if (fit()) {
                takeOver((source + 1) % settings.sources().size(), replica.reason());
                return;
            }
            endReady();
        }
        connection = new Connection(source, now);
        connection.link = connector.connect(source, connection);
    }

    /** Goes on with the source that is ready; else tries the next one, in a while. */
    private void leave(String why) {
        leave(why, next());
    }

    /** Whether it has not refused this follower lately. */
    private boolean mayServe(int index) {
        Long at = barred.get(index);
        return at == null || clock.millis() - at >= REFUSES_MILLIS;
    }

    /** The one that is ready; else the next one that did not refuse, if there is one. */
    private int next() {
        int sources = settings.sources().size();
        for (int i = 1; i <= sources && !fit(); i++) {
            int each = (source + i) % sources;
            if (mayServe(each)) {
                return each;
            }
        }
        return fit() ? ready.index : (source + 1) % sources;
    }

    private void leaveLate(String why, Duration time, String then) {
        String whole = why + patient(time) / 1000.0 + " s" + then;
        late++;
        leave(whole);
    }

    /**
     * How long to wait for what usually takes no longer than this, in ms: longer with each time that was in vain. A source to
     * which a whole site comes back is slow, and slower with each that gives up and begins again.
     */
    private long patient(Duration usual) {
        return usual.toMillis() << Math.min(late, MOST_PATIENCE);
    }

    private void leave(String why, int next) {
        int before = source;
        leaves(why);
        disconnect(why);
        source = next;
        told = false;
        if (fit() && ready.index == next) {
            takeOver(before, why);
            return;
        }
        connectAt = clock.millis() + backOff(failures++, settings.maxBackOff().toMillis());
        state(FeedState.CONNECTING, why);
    }

    /** From now until it is LIVE counts as one change over, however many sources are tried. */
    private void leaves(String why) {
        if (left == null && connection != null && connection.served) {
            // It may not have been LIVE with this one for a while.
            long since = replica.state() == FeedState.LIVE ? clock.millis() : notLiveSince;
            left = new Left(sourceName(), why, since, replica.statistics().snapshots());
        }
        said = null;
    }

    private long backOff(int after, long most) {
        long wait = Math.min(most, settings.backOff().toMillis() << Math.min(after, 20));
        // Half of it is chance, so that a herd does not return at one moment.
        return wait / 2 + random.nextLong(wait / 2 + 1);
    }

    // ---- the source that is ready

    /**
     * Whether the one that is ready could be followed: it is heard, and in no epoch that this replica has left. One that is
     * idle will be in another one when it is asked.
     */
    private boolean fit() {
        return ready != null
                && ready.isReady()
                && (ready.known.position().equals(Position.NONE)
                        || ready.known.position().epoch() >= replica.position().epoch()
                        || ready.known.isIdle());
    }

    /**
     * Another source that may have what the followed one waits for, though nobody knows, as it is not held ready: it refused
     * this follower, a while ago, or is of a version that cannot be. -1 when there is none.
     */
    private int unknown() {
        for (int i = 1; i < settings.sources().size() && !fit(); i++) {
            int each = (source + i) % settings.sources().size();
            if (barred.containsKey(each) ? mayServe(each) : unheard.contains(each)) {
                return each;
            }
        }
        return -1;
    }

    /** Whether the one that is ready has what is needed, or has yet to be asked for it while nobody else has. */
    private boolean servable() {
        return fit() && (ready.known.current() || ready.known.isIdle() && replica.state() != FeedState.LIVE);
    }

    /** Follows the one that is ready: it has only to subscribe, where it has not, and to ask. */
    private void takeOver(int before, String why) {
        boolean subscribes = move != null;
        follows(before);
        // One that was idle goes on with the one that it has.
        state(FeedState.CONNECTING, before == source ? why : CHANGES_OVER + sourceName() + ": " + why);
        if (!subscribes) {
            connection.standby.follow();
        }
    }

    private void follows(int before) {
        long now = clock.millis();
        move = null;
        connection = ready;
        source = connection.index;
        ready = null;
        connection.since = now;
        settled = true;
        if (repairing != null) {
            // It is asked for what another one was asked for too often.
            repairs.count(source, now);
        }
        // Who was left comes back in its turn, not at once: both may be going up and down.
        readyNext = before;
        readyAt = now + readyBackOff();
        choice.begin();
        readyIs(settings.sources().get(before), null, "");
    }

    /** The source that is ready is to be followed, and the other one until that has subscribed. */
    private void begin(Move next) {
        move = next;
        LOG.info("{}: {}{}: {}", settings.feed(), CHANGES_OVER, ready.name, next.why);
        ready.standby.follow();
    }

    /** The source that is ready has subscribed. */
    private void complete() {
        Move next = move;
        if (!fit()) {
            readyIsOver("it is behind: at " + ready.known.position());
            return;
        }
        if (!servable()) {
            readyIsOver(because(ready.known.hop(), ready.name));
            return;
        }
        Connection to = ready;
        int before = source;
        leaves(next.why);
        disconnect(next.why);
        told = next.told;
        to.cameFrom = next.byChoice ? before : -1;
        follows(before);
    }

    /** Longer than for a source that is followed: a wrong password is not tried all the time by every client of a site. */
    private long readyBackOff() {
        return backOff(readyFailures++, 6 * settings.maxBackOff().toMillis());
    }

    /** Connects to another source, or gives up one that is silent, so that there is one to change over to. */
    private void makeReady(long now) {
        if (noneReady || awaiting) {
            return;
        }
        // One that is not idle any more takes over the only source, which was ready for that, before this.
        if (settings.sources().size() < 2 && !idle || replica.state() == FeedState.REFUSED) {
            endReady();
            return;
        }
        if (ready != null) {
            long patience = ready.name == null
                    ? settings.resumeTimeout().toMillis() << Math.min(readyFailures, MOST_PATIENCE)
                    : settings.staleAfter().toMillis();
            if (now - ready.known.heardAt() >= patience) {
                if (ready.name != null && ready.known.hop() == null) {
                    unheard.add(ready.index);
                }
                readyIsOver("nothing heard for " + patience / 1000.0 + " s");
            } else if (move != null
                    && now - move.since >= settings.resumeTimeout().toMillis()) {
                readyIsOver("it did not subscribe within " + seconds(settings.resumeTimeout()));
            } else if (settings.sources().size() > 2
                    && ready.known.notCurrentFor(now) >= settings.staleAfter().toMillis()) {
                readyIsOver(because(ready.known.hop(), ready.name));
            } else if (ready.name != null && ready.known.hop() != null) {
                readyFailures = 0;
            }
        } else if (now >= readyAt) {
            beginReady(now);
        }
        if (ready != null && ready.known.hop() != null) {
            readyIs(ready.name, ready.known.hop(), "");
        }
    }

    private void beginReady(long now) {
        int sources = settings.sources().size();
        int next = -1;
        for (int i = 0; i < sources && next < 0; i++) {
            int each = (readyNext + i) % sources;
            if ((each != source || idle) && !barred.containsKey(each)) {
                next = each;
            }
        }
        if (next < 0) {
            return;
        }
        Connection made = new Connection(next, now);
        ready = made;
        made.standby = connector.standby(next, made);
        made.link = made.standby;
        if (made.link == null) {
            noneReady = true;
            ready = null;
        }
    }

    private void readyIs(String name, Hop said, String problem) {
        ReadySource now = new ReadySource(name, Optional.ofNullable(said), problem);
        if (!readySource.equals(Optional.of(now))) {
            readySource = Optional.of(now);
        }
    }

    private void readyIsOver(String why) {
        readyNext = (ready.index + 1) % settings.sources().size();
        String name = settings.sources().get(ready.index);
        endReady();
        readyIs(name, null, why);
        readyAt = clock.millis() + readyBackOff();
    }

    private void endReady() {
        readySource = Optional.empty();
        move = null;
        if (ready != null) {
            Link link = ready.link;
            ready = null;
            choice.begin();
            if (link != null) {
                link.close();
            }
        }
    }

    /** Changes over when the one that is ready is the better one. */
    private void changeOver(long now) {
        FeedState state = replica.state();
        if (connection == null || state != FeedState.LIVE && state != FeedState.RESUMING) {
            return;
        }
        long heartbeat = settings.heartbeatInterval().toMillis();
        settled |= state == FeedState.LIVE && now - liveSince >= 3 * heartbeat;
        if (move != null || !fit() || !repairs.allows(ready.index, now)) {
            return;
        }
        if (phase == Phase.PULLING && connection.known.current()) {
            // What has come of the snapshot would come again from the other.
            return;
        }
        Primary primary =
                !settled ? Primary.AT_ONCE : settings.returnToPrimary() && !told ? Primary.WHEN_WELL : Primary.NEVER;
        String why = choice.why(connection.known, ready.known, now, heartbeat, primary);
        if (why != null) {
            choice.changed(now);
            begin(new Move(sourceName() + " is left: " + why, now, connection.known.current(), false));
        }
    }

    private void refuse(String why) {
        boolean back = connection != null && connection.cameFrom >= 0;
        barred.put(source, clock.millis());
        int next = back ? connection.cameFrom : next();
        // Another central database than before is an operator's matter at once, unless another source has the right
        // one.
        if (connection != null && (back || mayServe(next) && (fit() || !why.startsWith(IDENTITY)))) {
            String name = sourceName();
            LOG.warn("{}: goes on with another source, as {} refuses it: {}", settings.feed(), name, why);
            leave(name + " refuses: " + why, next);
            readyIs(name, null, why);
            return;
        }
        leaves(why);
        disconnect(why);
        endReady();
        assembly = null;
        // A new central database may be intended; an alarm over the old rows would hide that.
        boolean other = why.startsWith(IDENTITY);
        if (other) {
            replica.alarm(null);
        }
        state(FeedState.REFUSED, other ? why + REMEDY : why);
    }

    private void disconnect(String why) {
        if (connection != null) {
            Link link = connection.link;
            connection = null;
            if (link != null) {
                link.close();
            }
        }
        endCheck(why);
        if (repairing != null) {
            // What leads to a snapshot of some tables is missed from now on, so it has to be one of all.
            repairing = List.of();
        }
        phase(null);
        holdAt = EVERYTHING;
        outrun = 0;
        measureId = 0;
        scrub = null;
        buffer.clear();
    }

    private boolean leaveSilent(long now) {
        boolean silent = now - connection.known.heardAt() >= patient(settings.staleAfter());
        if (silent) {
            leaveLate("nothing heard from " + sourceName() + " for ", settings.staleAfter(), "");
        }
        return silent;
    }

    /**
     * All there is comes, and looks old: so it is, or a clock stood still. An answer tells. It is asked for beside all else,
     * and nothing of it is used but when it was made.
     */
    private void measure(long now) {
        if (replica.ageMillis() > 2 * settings.heartbeatInterval().toMillis()
                && now - measuredAt >= settings.resumeTimeout().toMillis()) {
            measuredAt = now;
            measureId = random.nextLong() | 1;
            send(measureId, replica.position(), false, List.of());
        }
    }

    private void live() {
        if (!connection.known.current()) {
            notCurrent(connection.known.hop());
            return;
        }
        if (replica.state() != FeedState.LIVE) {
            liveSince = clock.millis();
        }
        failures = 0;
        late = 0;
        barred.remove(source);
        outrun = 0;
        phase(null);
        repairing = null;
        holdAt = EVERYTHING;
        buffer.clear();
        if (left != null && !left.name.equals(sourceName())) {
            changes++;
            lastChange = Optional.of(new ChangeOver(
                    left.name,
                    sourceName(),
                    left.why,
                    clock.millis() - left.since,
                    replica.statistics().snapshots() > left.snapshots));
        }
        left = null;
        connection.served = true;
        state(FeedState.LIVE, "follows " + sourceName());
    }

    /** The source says that it is not current itself: neither is this replica, though it has all there is. */
    private void notCurrent(Hop hop) {
        phase(Phase.WAITING);
        progressAt = clock.millis();
        state(FeedState.RESUMING, because(hop));
    }

    /** Names what broke, hop by hop. The web interface finds the sources in these words. */
    private String because(Hop hop) {
        return because(hop, sourceName());
    }

    private static String because(Hop hop, String source) {
        return "source " + source + " is " + hop.state() + " itself"
                + (hop.reason().isEmpty() ? "" : ": " + hop.reason());
    }

    private void gap(Position got) {
        replica.countGap();
        Position have = replica.position();
        state(
                FeedState.RESUMING,
                have.epoch() == got.epoch()
                        ? "have " + have.sequence() + ", got " + got.sequence()
                        : "have " + have + ", got " + got);
        resume(null);
    }

    /** Asks for what lacks; {@code repair} names the tables that are not trusted, all if empty, none if {@code null}. */
    private void resume(List<String> repair) {
        Position have = replica.position();
        phase(Phase.ASKED);
        progressAt = clock.millis();
        repairing = repair;
        holdAt = repair == null ? EVERYTHING : have.sequence();
        asks.clear();
        ask();
    }

    /** As request or answer may be lost. */
    private void askAgain(long now) {
        LOG.info("{}: no answer from {} for {} ms, asks again", settings.feed(), sourceName(), now - progressAt);
        ask();
    }

    private void ask() {
        resumeId = random.nextLong();
        askedAt = clock.millis();
        lastAskAt = askedAt;
        asks.put(resumeId, askedAt);
        send(resumeId, replica.position(), repairing != null, repairing == null ? List.of() : repairing);
    }

    /** Of several answers the first one is taken; what belongs to the others is ignored. */
    private void answered(long id) {
        Long at = asks.get(id);
        if (phase == Phase.ASKED && at != null) {
            resumeId = id;
            askedAt = at;
        }
    }

    private void send(long id, Position have, boolean repair, List<String> tables) {
        long held = assembly == null ? 0 : assembly.manifest().snapshot();
        connection.link.send(
                new Messages.Resume(id, settings.feed(), feedId(), have, schema(), repair, held, outrun, tables)
                        .encode());
    }

    private String feedId() {
        return settings.feedId().isEmpty() ? replica.feedId() : settings.feedId();
    }

    private int schema() {
        return replica.view().schema().version();
    }

    private void behind(Position at) {
        leave("source " + sourceName() + " is behind: it is at " + at + ", have " + replica.position());
    }

    private void undecodable(Undecodable e) {
        replica.countUndecodable();
        if (complained.size() < 256 && complained.add(sourceName())) {
            LOG.warn("{}: source {} sent what cannot be decoded: {}", settings.feed(), sourceName(), e.getMessage());
        }
    }

    /**
     * Finds out that this process was held up: messages that come right after it have waited. The source was not silent
     * meanwhile, it was not listened to: a connection that stands must not be left before what came over it is read.
     */
    private void awake(long now) {
        long held = now - awakeAt;
        if (held > settings.heartbeatInterval().toMillis()) {
            trustedAt = now + settings.heartbeatInterval().toMillis() / 2;
            lastAskAt = Math.min(now, lastAskAt + held);
            progressAt = Math.min(now, progressAt + held);
            if (connection != null) {
                connection.known.heldUp(now, held);
                connection.since = Math.min(now, connection.since + held);
                // What comes now does not tell the time, and the clock may have stood still since something did.
                connection.measured = false;
            }
            if (ready != null) {
                ready.known.heldUp(now, held);
            }
            if (move != null) {
                move = new Move(move.why, Math.min(now, move.since + held), move.byChoice, move.told);
            }
            choice.begin();
        }
        awakeAt = now;
    }

    /** Learns how far the origin's clock is from the own one. */
    private void heard(Hop hop, Position at, long originTime) {
        // What waited while this process was held up would make the clocks look closer than they are.
        if (clock.millis() >= trustedAt && tellsTime(hop, at)) {
            replica.heard(originTime, hop.ageMillis());
        }
    }

    /**
     * The age of a source that is not LIVE may be that of its process, and its time that of another epoch's origin: they say
     * nothing of the message.
     */
    private boolean tellsTime(Hop hop, Position at) {
        return hop.state() == FeedState.LIVE && at.epoch() == replica.position().epoch();
    }

    // ---- the topic

    private void batch(Hop hop, ReceivedBatch batch) {
        Position at = batch.header().position();
        Position have = replica.position();
        heard(hop, at, batch.header().originTime());
        if (replica.state() == FeedState.LIVE) {
            if (at.epoch() < have.epoch() && !replica.view().schema().durable()) {
                behind(at);
            } else if (apply(batch, false) == ApplyResult.GAP) {
                buffer.add(batch, settings.bufferBytes());
                gap(at);
            } else if (replica.state() == FeedState.LIVE && hop.state() != FeedState.LIVE) {
                notCurrent(hop);
            }
        } else {
            buffer.add(batch, settings.bufferBytes());
            drain();
            waiting(hop, at);
        }
    }

    /** What a source that was behind, or not current, sends now may end the waiting. */
    private void waiting(Hop hop, Position at) {
        if (phase != Phase.WAITING) {
            return;
        }
        phase(Phase.WAITING);
        int further = at.compareTo(replica.position());
        if (further == 0 && at.equals(Position.NONE)) {
            // To ask again would be answered the same, and would pass for progress.
            state(FeedState.RESUMING, hop.state() == FeedState.LIVE ? nothingYet() : because(hop));
        } else if (hop.state() == FeedState.LIVE
                && !replica.view().schema().durable()
                && at.epoch() < replica.position().epoch()) {
            // It was idle, and follows another origin than this replica did.
            behind(at);
        } else if (further > 0 || further == 0 && !connection.confirmed) {
            resume(null);
        } else if (further == 0 && hop.state() == FeedState.LIVE && !connection.measured) {
            // Nobody knows yet how old what it says is when it is here.
            resume(null);
        } else if (further == 0 && hop.state() == FeedState.LIVE) {
            live();
        } else if (hop.state() == FeedState.LIVE && at.compareTo(connection.waitedAt) > 0) {
            connection.waitedAt = at;
            progressAt = clock.millis();
        } else if (further == 0 && hop.state() != FeedState.LIVE) {
            // What broke may be known only by now, or be something else by now.
            state(FeedState.RESUMING, because(hop));
        }
    }

    private void heartbeat(Hop hop, Messages.Heartbeat heartbeat, byte[] message) {
        Position at = heartbeat.position();
        Position have = replica.position();
        boolean same = at.equals(have);
        heard(hop, at, heartbeat.originTime());
        if (same && tellsTime(hop, at)) {
            replica.current(heartbeat.originTime());
        }
        if (replica.state() != FeedState.LIVE) {
            waiting(hop, at);
        } else if (hop.state() != FeedState.LIVE) {
            notCurrent(hop);
            waiting(hop, at);
        } else if (at.epoch() < have.epoch()) {
            behind(at);
        } else if (at.compareTo(have) > 0) {
            gap(at);
        } else if (same && !heartbeat.digests().isEmpty()) {
            List<String> differing = FeedReplica.differing(replica.view(), heartbeat);
            if (differing.isEmpty()) {
                if (!rowsWrong) {
                    replica.alarm(null);
                    replica.heartbeat(message);
                }
            } else {
                mismatch(differing, "digest of " + String.join(", ", differing) + " differs at " + have);
            }
        }
    }

    /** Rows are wrong: has them repaired, by this source or another, but not for ever. */
    private void mismatch(List<String> tables, String why) {
        long now = clock.millis();
        if (repairs.allows(source, now)) {
            repairs.count(source, now);
            replica.repairing(Math.max(1, tables.size()), why);
            state(FeedState.RESUMING, why);
            resume(tables);
            return;
        }
        String often = why + ", although repaired " + Repairs.MOST + " times within an hour";
        int other = repairs.next(source, settings.sources().size(), now);
        if (other >= 0) {
            repairing = tables;
            leave(often, other);
        } else if (replica.alarm() == null) {
            replica.alarm("ALARM: " + often);
            LOG.error("{}: {}; the rows shown are wrong, compare them with rtd:verify", settings.feed(), often);
        }
    }

    // ---- batches

    /** Applies a batch; one that cannot be, by whatever fault, has all rows repaired. */
    private ApplyResult apply(ReceivedBatch batch, boolean carried) {
        try {
            ApplyResult result = replica.apply(batch, carried);
            if (result == ApplyResult.APPLIED && check != null) {
                check.seen(replica.view());
                finishCheck();
            }
            return result;
        } catch (Undecodable e) {
            undecodable(e);
            String why = "batch " + batch.header().position() + " cannot be applied: " + e.getMessage();
            if (repairs.allows(source, clock.millis()) || settings.sources().size() > 1) {
                mismatch(List.of(), why);
            } else {
                leave(why);
            }
            return ApplyResult.DUPLICATE;
        }
    }

    /** Applies what was buffered, as far as it follows. */
    private void drain() {
        for (ReceivedBatch next = buffer.peek(); next != null && phase != null; next = buffer.peek()) {
            Position at = next.header().position();
            Position have = replica.position();
            if (at.compareTo(have) > 0) {
                if (at.epoch() != have.epoch()
                        || next.header().previous() != have.sequence()
                        || at.sequence() > holdAt) {
                    break;
                }
                buffer.poll();
                if (apply(next, false) != ApplyResult.APPLIED) {
                    return;
                }
                if (phase == Phase.WAITING || phase == Phase.PULLING) {
                    progressAt = clock.millis();
                }
            } else {
                buffer.poll();
            }
        }
        if (phase == Phase.PULLING && assembly.isComplete()) {
            install();
        }
    }

    // ---- answers

    private void continued(Messages.Continue answer) {
        Position have = replica.position();
        if (answer.from().epoch() < have.epoch()) {
            behind(answer.from());
            return;
        }
        if (answer.from().epoch() > have.epoch()) {
            if (!replica.view().schema().durable() || answer.from().sequence() != have.sequence()) {
                resume(null);
                return;
            }
        }
        if (replica.view().schema().durable()) {
            replica.relabel(answer.from().epoch(), answer.epochs());
        }
        phase(Phase.CONTINUING);
        progressAt = clock.millis();
        pageUntil = answer.until();
        pageLast = answer.last();
        drain();
        turnPage();
    }

    private void turnPage() {
        if (phase == Phase.CONTINUING && !pageLast && replica.position().sequence() >= pageUntil) {
            resume(null);
        }
    }

    private void carried(ReceivedBatch batch) {
        if (phase != Phase.CONTINUING) {
            return;
        }
        progressAt = clock.millis();
        if (apply(batch, true) == ApplyResult.GAP) {
            gap(batch.header().position());
        } else if (phase == Phase.CONTINUING) {
            drain();
            turnPage();
        }
    }

    private void waitFor(Position at) {
        Position have = replica.position();
        if (at.epoch() < have.epoch() && !at.equals(Position.NONE) && !connection.known.wasIdle()) {
            behind(at);
            return;
        }
        phase(Phase.WAITING);
        progressAt = clock.millis();
        connection.waitedAt = at;
        state(
                FeedState.RESUMING,
                at.equals(Position.NONE) ? nothingYet() : "source " + sourceName() + " is at " + at + ", have " + have);
    }

    private String nothingYet() {
        return "source " + sourceName() + " has nothing yet";
    }

    /** Learns how far the clocks are apart from an answer to what was asked then. */
    private void timed(long asked, Messages.Live answer) {
        if (tellsTime(answer.hop(), answer.position())) {
            long wayBack = settings.heartbeatInterval().toMillis() / Freshness.WAY_BACK;
            replica.answered(asked, answer.originTime(), answer.hop().ageMillis(), wayBack);
            connection.measured = true;
        }
    }

    private void liveAt(Messages.Live answer) {
        Position at = answer.position();
        Position have = replica.position();
        timed(askedAt, answer);
        if (at.equals(have) && tellsTime(answer.hop(), at)) {
            replica.current(answer.originTime());
        }
        if (at.epoch() < have.epoch()) {
            behind(at);
        } else if (at.compareTo(have) > 0) {
            gap(at);
        } else {
            drain();
            if (phase == Phase.ASKED || phase == Phase.CONTINUING) {
                if (buffer.peek() == null) {
                    live();
                } else {
                    gap(buffer.peek().header().position());
                }
            }
        }
    }

    private void offered(Messages.Snapshot manifest) {
        Position have = replica.position();
        SnapshotAssembly offered = new SnapshotAssembly(manifest, replica.view());
        String known = feedId();
        if (!known.isEmpty() && !known.equals(manifest.feedId())) {
            refuse("identity: the feed " + settings.feed() + " of source " + sourceName() + " is " + manifest.feedId()
                    + ", this replica's is " + known);
        } else if (manifest.position().compareTo(have) < 0) {
            behind(manifest.position());
        } else if (!offered.isWhole()
                && (repairing == null || manifest.position().epoch() != have.epoch())) {
            leave("source " + sourceName() + " offered some tables only, at " + manifest.position());
        } else {
            if (assembly == null || !assembly.isOf(manifest)) {
                assembly = offered;
            }
            assembly.restart();
            phase(Phase.PULLING);
            progressAt = clock.millis();
            holdAt = assembly.isWhole() ? have.sequence() : manifest.position().sequence();
            pull(assembly, resumeId);
            drain();
        }
    }

    private boolean tooLarge(Messages.Snapshot manifest) {
        return SnapshotAssembly.bytes(manifest) > settings.snapshotBytes();
    }

    private void pull(SnapshotAssembly of, long id) {
        for (Messages.Pull pull = of.next(id); pull != null; pull = of.next(id)) {
            connection.link.send(pull.encode());
        }
    }

    private void part(Messages.Part part) {
        long now = clock.millis();
        if (phase == Phase.PULLING && assembly.manifest().snapshot() == part.snapshot()) {
            if (assembly.add(part)) {
                progressAt = now;
                // First, so that the next ones travel while this one is decoded.
                pull(assembly, resumeId);
                decode();
            }
        } else if (check != null && check.add(part, now)) {
            pull(check.assembly(), check.id());
            finishCheck();
        }
    }

    private void decode() {
        try {
            assembly.decode();
        } catch (Undecodable e) {
            useless(e);
            return;
        }
        if (assembly.isComplete()) {
            drain();
        }
    }

    private void useless(Undecodable e) {
        undecodable(e);
        assembly = null;
        leave("the snapshot of " + sourceName() + " cannot be used: " + e.getMessage());
    }

    /** All parts are here. */
    private void install() {
        Messages.Snapshot manifest = assembly.manifest();
        try {
            if (assembly.isWhole()) {
                FeedView view = assembly.view();
                String lacking = lacking(view.schema());
                if (lacking != null) {
                    refuse(lacking);
                    return;
                }
                boolean repaired = repairing != null;
                rowsWrong = false;
                replica.reset(view, manifest.feedId(), manifest.epochs(), manifest.originTime());
                if (repaired) {
                    replica.cleared();
                }
                outrun++;
            } else if (replica.position().equals(manifest.position())) {
                replica.repair(assembly.swapInto(replica.view()));
                rowsWrong = false;
            } else {
                // What leads to its position comes over the topic. If it was lost, only all tables will do.
                if (buffer.peek() != null) {
                    assembly = null;
                    resume(List.of());
                }
                return;
            }
            assembly = null;
            resume(null);
        } catch (Undecodable e) {
            useless(e);
        }
    }

    /** What the readers need and the feed has not, or {@code null}. */
    private String lacking(FeedSchema schema) {
        if (!schema.feed().equals(settings.feed())) {
            return "feed: source " + sourceName() + " sent " + schema.feed() + ", not " + settings.feed();
        }
        if (settings.needed() == null) {
            return null;
        }
        for (Table needed : settings.needed().tables()) {
            Table table = schema.tables().stream()
                    .filter(t -> t.name().equalsIgnoreCase(needed.name()))
                    .findFirst()
                    .orElse(null);
            for (int i = 0; i < needed.columns().size(); i++) {
                Column column = needed.columns().get(i);
                boolean there = table != null && table.hasColumn(column.name());
                String is = !there
                        ? "nothing"
                        : table.columns().get(table.column(column.name())).type()
                                + (table.column(column.name()) < table.keyColumns() ? " of the key" : "");
                String must = column.type() + (i < needed.keyColumns() ? " of the key" : "");
                if (!is.equals(must) || table.keyColumns() != needed.keyColumns()) {
                    return "schema: version " + schema.version() + " of source " + sourceName() + " has " + is + " as "
                            + needed.name() + "." + column.name() + ", version "
                            + settings.needed().version() + " here needs " + must;
                }
            }
        }
        return null;
    }

    // ---- proofs

    private void scrub(long now) {
        if (scrub == null && now - scrubAt >= Scrub.INTERVAL_MILLIS) {
            scrub = new Scrub(replica.view());
        }
        if (scrub != null && scrub.step(Scrub.ROWS_AT_A_TIME)) {
            List<String> differing = scrub.differing();
            scrub = null;
            scrubAt = now;
            rowsWrong = !differing.isEmpty();
            if (rowsWrong) {
                mismatch(differing, "rows of " + String.join(", ", differing) + " are not what their digest says");
            }
        }
    }

    private void verify(CompletableFuture<Verification> result) {
        if (replica.state() != FeedState.LIVE || check != null) {
            result.completeExceptionally(new IllegalStateException("Not verified: "
                    + (check != null
                            ? "a verification is under way"
                            : "the replica is " + replica.state() + ", " + replica.reason())));
            return;
        }
        check = new SnapshotCheck(random.nextLong(), result, replica.view(), clock.millis());
        send(check.id(), replica.position(), true, List.of());
    }

    private void finishCheck() {
        if (check != null && check.finish()) {
            check = null;
        }
    }

    private void endCheck(String why) {
        if (check != null) {
            check.fail(why);
            check = null;
        }
    }

    /** One connection, and what it said; a later one begins anew. */
    private final class Connection implements LinkListener {

        private final PartAssembler topicParts = new PartAssembler();
        private final PartAssembler answerParts = new PartAssembler();
        private final int index;
        private final Known known;
        private Link link;
        /** The same, of one that is or was ready; else {@code null}. */
        private Connector.Standby standby;

        private String name;
        /** When it began to be connected to, or to be followed. */
        private long since;
        /** The source that was well and was left for this one; -1 if there was none. */
        private int cameFrom = -1;
        /** Whether the source can be asked. */
        private boolean open;
        /** Whether the source has accepted who we are. */
        private boolean confirmed;
        /** Whether it has been LIVE. */
        private boolean served;
        /** Whether an answer has bounded how long what it says is on its way. */
        private boolean measured;

        private Position waitedAt = Position.NONE;

        private Connection(int index, long now) {
            this.index = index;
            this.known = new Known(now);
            this.since = now;
        }

        private boolean isOver() {
            return connection != this;
        }

        /** Whether it can be followed at once. */
        private boolean isReady() {
            return name != null
                    && known.hop() != null
                    && clock.millis() - known.heardAt() < settings.staleAfter().toMillis();
        }

        @Override
        public void connected(String source) {
            String how = "connected to " + source;
            if (this == ready) {
                name = source;
                known.heard(clock.millis());
                if (move == null) {
                    if (connection != null && source.equals(connection.name)) {
                        readyIsOver(SAME_SOURCE);
                    }
                    return;
                }
                how = CHANGES_OVER + source + ": " + move.why;
                complete();
            }
            if (isOver() || open) {
                return;
            }
            open = true;
            name = source;
            known.heard(clock.millis());
            if (ready != null && source.equals(ready.name)) {
                readyIsOver(SAME_SOURCE);
            }
            // In this order, as a reader must not see the new source beside the state that was by the old one.
            state(FeedState.RESUMING, how + ", have " + replica.position());
            replica.source(source, known.whereabouts());
            replica.sourcePrimary(known.isPrimary());
            resume(repairing);
        }

        @Override
        public void closed(String reason) {
            if (this == ready) {
                // It is not there any more, so there is nothing to be hoped for from it.
                unheard.remove(index);
                readyIsOver(reason);
            } else if (!isOver()) {
                leave(reason);
            }
        }

        @Override
        public void topic(String from, Hop said, byte[] message) {
            if (from.equals(name) && SourceTransport.isHeartbeat(message)) {
                known.saidWhere(said.whereabouts());
            }
            if (this == ready && from.equals(name)) {
                unheard.remove(index);
                known.said(said, clock.millis());
                heartbeatOfReady(message);
                return;
            }
            if (isOver() || !from.equals(name)) {
                return;
            }
            awake(clock.millis());
            known.said(said, awakeAt);
            Follower.this.said = said;
            replica.whereabouts(known.whereabouts());
            replica.sourcePrimary(known.isPrimary());
            replica.runTasks();
            replica.countBytes(message.length);
            try {
                WireReader reader = new WireReader(message);
                int type = reader.header();
                switch (type) {
                    case Wire.BATCH, Wire.BATCH_PART -> {
                        ReceivedBatch batch = topicParts.batch(type, message, reader);
                        if (batch != null) {
                            batch(said, batch);
                        }
                    }
                    case Wire.HEARTBEAT -> heartbeat(said, Messages.Heartbeat.read(reader), message);
                    case Wire.CLEARED -> replica.cleared();
                    default -> throw new Undecodable("a message of type " + type);
                }
            } catch (Undecodable e) {
                undecodable(e);
                if (replica.state() == FeedState.LIVE) {
                    replica.countGap();
                    state(FeedState.RESUMING, "have " + replica.position() + ", got what cannot be decoded");
                    resume(null);
                }
            }
        }

        /** Only where it is counts, and what cannot be read is found out when it is followed. */
        private void heartbeatOfReady(byte[] message) {
            try {
                WireReader reader = new WireReader(message);
                if (reader.header() == Wire.HEARTBEAT) {
                    known.isAt(Messages.Heartbeat.read(reader).position());
                }
            } catch (Undecodable e) {
                replica.countUndecodable();
            }
        }

        @Override
        public void reply(byte[] message) {
            if (isOver()) {
                return;
            }
            awake(clock.millis());
            known.heard(awakeAt);
            replica.countBytes(message.length);
            try {
                answer(message);
            } catch (Undecodable e) {
                undecodable(e);
                if (phase == Phase.CONTINUING) {
                    // To ask for the same again could go on for ever: what the source keeps may be what is wrong.
                    mismatch(List.of(), "an answer of " + sourceName() + " cannot be decoded: " + e.getMessage());
                }
            }
        }

        private void answer(byte[] message) throws Undecodable {
            if (message.length > Wire.HEADER && message[3] == Wire.REFUSED) {
                Messages.Refused refused = Messages.Refused.readAny(message);
                answered(refused.id());
                if (refused.id() == resumeId && phase != null) {
                    refuse(refused.reason());
                }
                return;
            }
            WireReader reader = new WireReader(message);
            int type = reader.header();
            if (type == Wire.PART) {
                part(Messages.Part.read(reader));
                return;
            }
            long id = reader.peek64();
            if (check != null && id == check.id()) {
                checked(type, reader);
                return;
            }
            if (id == measureId && measureId != 0) {
                if (type == Wire.LIVE) {
                    timed(measuredAt, Messages.Live.read(reader));
                    measureId = 0;
                }
                return;
            }
            answered(id);
            if (id != resumeId || phase == null) {
                return;
            }
            switch (type) {
                case Wire.CONTINUE -> {
                    Messages.Continue answer = Messages.Continue.read(reader);
                    if (phase == Phase.ASKED && repairing == null) {
                        confirmed = true;
                        continued(answer);
                    }
                }
                case Wire.CARRY -> {
                    reader.fixed64();
                    byte[] inner = reader.rest();
                    WireReader innerReader = new WireReader(inner);
                    ReceivedBatch batch = answerParts.batch(innerReader.header(), inner, innerReader);
                    if (batch != null) {
                        carried(batch);
                    }
                }
                case Wire.WAIT -> {
                    Messages.Wait at = Messages.Wait.read(reader);
                    if (phase == Phase.ASKED) {
                        confirmed = !at.position().equals(Position.NONE);
                        waitFor(at.position());
                    }
                }
                case Wire.SNAPSHOT -> {
                    Messages.Snapshot manifest = Messages.Snapshot.read(reader);
                    if (phase == Phase.ASKED) {
                        if (tooLarge(manifest)) {
                            refuse("size: the snapshot of source " + name + " has " + SnapshotAssembly.bytes(manifest)
                                    + " bytes, at most " + settings.snapshotBytes() + " are allowed here");
                            return;
                        }
                        confirmed = true;
                        offered(manifest);
                    }
                }
                case Wire.GONE -> {
                    Messages.Gone gone = Messages.Gone.read(reader);
                    if (phase == Phase.PULLING && assembly.manifest().snapshot() == gone.snapshot()) {
                        assembly = null;
                        outrun++;
                        resume(repairing);
                    }
                }
                case Wire.LIVE -> {
                    Messages.Live answer = Messages.Live.read(reader);
                    if (phase == Phase.CONTINUING) {
                        known.answered(answer.hop(), clock.millis());
                        said = known.hop();
                        liveAt(answer);
                    }
                }
                default -> throw new Undecodable("an answer of type " + type);
            }
        }

        /** An answer to a verification. */
        private void checked(int type, WireReader reader) throws Undecodable {
            if (type == Wire.SNAPSHOT) {
                Messages.Snapshot manifest = Messages.Snapshot.read(reader);
                if (tooLarge(manifest)) {
                    endCheck("the snapshot is larger than " + settings.snapshotBytes() + " bytes");
                } else {
                    check.offered(manifest, replica.view(), clock.millis());
                    pull(check.assembly(), check.id());
                }
            } else {
                endCheck("source " + name + " cannot give a snapshot now");
            }
        }
    }
}
