package org.openrtd.realtimeserver.internal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.CentralDatabaseException;
import org.openrtd.centraldb.CommittedTransaction;
import org.openrtd.centraldb.ConfigurationStore;
import org.openrtd.centraldb.EventLog;
import org.openrtd.centraldb.Provisioning;
import org.openrtd.centraldb.ProvisioningResult;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.events.Event;
import org.openrtd.events.EventCodec;
import org.openrtd.events.LinkMessage;
import org.openrtd.events.LinkMessage.Acknowledged;
import org.openrtd.events.LinkMessage.EventBatch;
import org.openrtd.events.LinkMessage.Hello;
import org.openrtd.events.LinkMessage.Highest;
import org.openrtd.events.LinkMessage.KeepAlive;
import org.openrtd.events.LinkMessage.Refusal;
import org.openrtd.events.LinkMessage.Refused;
import org.openrtd.events.MalformedMessageException;
import org.openrtd.events.Mark;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.statistics.Statistics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of the real-time server. Events wait in {@link Arrivals}; the log's thread writes all that waits in one
 * transaction of the event log and then acknowledges it; the fold's thread folds it and cuts batches. What is not in the
 * log is not acknowledged, and what is not in the log is not folded: so a crash at any moment changes nothing in the end.
 *
 * <p>A slow database makes gateways wait, and nothing else.
 */
final class Centre implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Centre.class);
    /** Of events in one transaction. */
    private static final int GROUP = 4_000;
    /** Of groups that wait to be folded; together with the group's size a bound of the memory. */
    private static final int GROUPS = 8;

    private static final int MAX_GATEWAYS = 1_000;

    private static final long RETRY_MILLIS = 500;
    private static final long HANGS_MILLIS = 2_000;
    private static final long PAUSE_MILLIS = 1_000;

    private final EventLog log;
    private final ConfigurationStore store;
    private final Feeds feeds;
    private final Replies replies;
    private final MonotonicClock monotonic;
    private final LongSupplier wall;
    private final Arrivals arrivals;
    private final BlockingQueue<List<EventLog.Logged>> folding = new ArrayBlockingQueue<>(GROUPS);
    private final Thread logThread = new Thread(this::logAll, "openrtd-event-log");
    private final Thread foldThread = new Thread(this::foldAll, "openrtd-fold");
    private final ExecutorService checkpoints = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "openrtd-checkpoint");
        thread.setDaemon(true);
        return thread;
    });

    // The log's thread.
    private final Map<String, Mark> marks = new HashMap<>();
    private final Map<String, Long> heard = new HashMap<>();
    /** Gateways that a pause of this program has been allowed for, and that were not heard since. */
    private final Set<String> excused = new HashSet<>();
    /** By gateway: names that are known to be configured. */
    private final Map<String, Set<String>> known = new HashMap<>();

    /** By gateway: why something was not configured the last time that it was not. */
    private final Map<String, List<String>> problemsSaid = new HashMap<>();

    private Gateways logged = new Gateways();
    private ControllerClock controllerClock;
    private long lastClock;
    private long lastClockAt;
    private boolean sinceClock;
    /** How gateways stand when what is being prepared is in the log; till then {@link #logged} counts. */
    private Gateways ahead = new Gateways();
    /** Log sequence of the last entry handed to the fold. */
    private long handed;
    /** Whether the log may hold more than the fold was handed, because a step ended between the two. */
    private boolean unsure;
    /** Recovery keys: of the last transaction committed, and of the last one entered in the log. */
    private long configured;

    private long configuredInLog;
    private long lastStep;
    /** Guarded by this. */
    private long steps;

    /** By gateway: the user that first spoke for it since the start; guarded by itself. */
    private final Map<String, String> owners = new HashMap<>();

    /** Due when what came before them is in the log. */
    private final List<Runnable> answers = new ArrayList<>();

    /** Recovery keys committed and not yet in the log; guarded by itself. */
    private final ArrayDeque<CommittedTransaction> committed = new ArrayDeque<>();

    // The fold's thread.
    private Fold fold;
    private long tick;
    private long lastCut;
    private boolean uncut;
    private long lastCheckpointAt;
    private long lastCheckpoint;
    private int refusalsSaid;
    private long refusalsLookedAt;

    private volatile Settings settings;
    private volatile boolean closing;
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean accepting;
    private AutoCloseable configurations = () -> {};

    // For operators.
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong duplicates = new AtomicLong();
    private volatile long controllerTime;
    private volatile long ticks;
    private volatile long logSequence;
    private volatile long checkpointSequence;
    private volatile long checkpointAt;
    private volatile Counts counts = new Counts(0, 0, 0, 0);
    private volatile String clockProblem;
    private volatile String foldProblem;
    private volatile String checkpointProblem;
    private final Asking logging = new Asking("gateways wait");
    private final Asking changeLog = new Asking("the feeds stand still");
    private volatile Map<String, GatewayStatus> gatewayStatus = Map.of();

    /** What the fold made of events since the beginning of the log. */
    record Counts(long accepted, long untidy, long refused, long errors) {}

    /** How a gateway stands. */
    record GatewayStatus(String gateway, String state, long heardMillisAgo, Mark mark) {}

    Centre(
            EventLog log,
            ConfigurationStore store,
            Feeds feeds,
            Replies replies,
            MonotonicClock monotonic,
            LongSupplier wall,
            Settings settings) {
        this.log = log;
        this.store = store;
        this.feeds = feeds;
        this.replies = replies;
        this.monotonic = monotonic;
        this.arrivals = new Arrivals(monotonic);
        this.wall = wall;
        this.settings = settings;
        logThread.setDaemon(true);
        foldThread.setDaemon(true);
    }

    // ---------------------------------------------------------------- start and stop

    /**
     * Folds what the log holds after the last checkpoint, begins the feeds, and then takes events.
     *
     * @throws IllegalStateException when the log cannot be folded; the message says why
     */
    void start() {
        long began = monotonic.millis();
        fold = recover();
        logged = fold.gateways().copy();
        log.marks().forEach((gateway, mark) -> marks.put(gateway, new Mark(mark.run(), mark.number())));
        logged.all().keySet().forEach(gateway -> heard.put(gateway, began));

        long epoch = store.beginEpoch(fold.lastEpoch(), wall.getAsLong());
        List<EventLog.Entry> first = new ArrayList<>();
        first.add(own(new ControllerEntry.Started(epoch, settings.clock())));
        configured = fold.statistics().configurationKey();
        configuredInLog = configured;
        try {
            configurations = store.listen(configured, this::configurationCommitted);
        } catch (IllegalArgumentException pruned) {
            throw new IllegalStateException(
                    "The change log of the configuration does not reach back to recovery key " + configured
                            + ", where the statistics are",
                    pruned);
        }
        first.addAll(configurationEntries());
        log.append(first).forEach(fold::apply);
        configuredInLog = configured;
        logSequence = fold.logSequence();
        handed = logSequence;

        if (settings.clock() == ClockMode.CONTROLLER) {
            controllerClock =
                    new ControllerClock(monotonic, wall, fold.statistics().controllerTime());
            lastClock = fold.statistics().controllerTime();
            lastClockAt = monotonic.millis() - 1000;
        }
        // Larger than any tick before, as no centre cuts a thousand batches a second; unless its epoch was ahead of the
        // clock, so who compares ticks compares epochs too.
        tick = epoch;
        Statistics statistics = fold.statistics();
        feeds.begin(epoch, statistics.cutAt(tick), statistics.all(Catalog.CALLS), statistics.all(Catalog.AGENTS));
        lastCut = monotonic.millis();
        lastCheckpointAt = lastCut;
        lastStep = lastCut;
        refusalsSaid = statistics.refusals().size();
        publish();
        logThread.start();
        foldThread.start();
        accepting = true;
        LOG.info(
                "The real-time server has folded the event log up to {} in {} ms; epoch {}, configuration {}, {} gateways"
                        + " known",
                fold.logSequence(),
                monotonic.millis() - began,
                epoch,
                statistics.configurationKey(),
                marks.size());
    }

    private Fold recover() {
        Optional<EventLog.Checkpoint> checkpoint = log.latestCheckpoint();
        Fold recovered;
        if (checkpoint.isEmpty()) {
            recovered = new Fold(settings.zone(), this::transactions);
        } else {
            try {
                recovered = Fold.readFrom(checkpoint.get(), this::transactions);
            } catch (IOException | RuntimeException e) {
                throw new IllegalStateException(
                        "The checkpoint at " + checkpoint.get().logSequence()
                                + " of the event log cannot be read: " + e.getMessage()
                                + ". Start the version of the program that wrote it",
                        e);
            }
            checkpointSequence = checkpoint.get().logSequence();
            checkpointAt = monotonic.millis();
            lastCheckpoint = checkpointSequence;
            if (!recovered.zone().equals(settings.zone())) {
                LOG.warn(
                        "zone is {} in etc/org.openrtd.realtimeserver.cfg, but what was counted so far was cut in {}, which"
                                + " stays; a new zone needs a new central database",
                        settings.zone(),
                        recovered.zone());
            }
        }
        log.read(recovered.logSequence(), recovered::apply);
        return recovered;
    }

    private List<CommittedTransaction> transactions(long after, long upTo) {
        List<CommittedTransaction> found = new ArrayList<>();
        for (long at = after; at < upTo; ) {
            List<CommittedTransaction> next = changes(at);
            if (next.isEmpty()) {
                throw new IllegalStateException("The change log of the configuration ends at " + at
                        + ", but the event log was folded with it up to " + upTo
                        + ": the two are not of the same central database");
            }
            for (CommittedTransaction transaction : next) {
                if (transaction.recoveryKey() <= upTo) {
                    found.add(transaction);
                }
                at = transaction.recoveryKey();
            }
        }
        return found;
    }

    private List<CommittedTransaction> changes(long after) {
        if (Thread.currentThread() != foldThread) {
            return store.after(after, 100);
        }
        // One fault of the database must not stop the fold until the next start.
        List<CommittedTransaction> found = changeLog.ask(() -> store.after(after, 100));
        if (found == null) {
            throw new ClosingException();
        }
        return found;
    }

    /** The fold was waiting for the database when the centre closed; the next start folds the rest. */
    private static final class ClosingException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Takes nothing any more, folds what is in the log, writes a last checkpoint. */
    @Override
    public void close() {
        boolean began = accepting;
        accepting = false;
        closing = true;
        stop.countDown();
        arrivals.close();
        closeQuietly(configurations);
        try {
            join(logThread);
            // Wakes the fold, which waits for what does not come any more.
            folding.offer(List.of());
            join(foldThread);
            if (began && foldProblem == null && !foldThread.isAlive()) {
                checkpoint();
            }
            checkpoints.shutdown();
            if (!checkpoints.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("The last checkpoint was not written in 5 s; the next start folds a little more of the log");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread thread) throws InterruptedException {
        if (thread.isAlive()) {
            thread.join(3000);
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(2000);
            }
        }
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            LOG.debug("Closing failed", e);
        }
    }

    // ---------------------------------------------------------------- from outside

    /** A message of a gateway; waits while too many wait for the database. */
    void arrived(Replies.To from, byte[] payload) throws InterruptedException {
        LinkMessage message;
        try {
            message = EventCodec.decode(payload);
        } catch (MalformedMessageException e) {
            replies.reply(from, new Refused(e.otherVersion() ? Refusal.VERSION : Refusal.MALFORMED, e.getMessage()));
            return;
        }
        if (!accepting) {
            replies.reply(from, new Refused(Refusal.NOT_READY, "the centre is starting or stopping"));
            return;
        }
        if (!(message instanceof Hello || message instanceof KeepAlive || message instanceof EventBatch)) {
            replies.reply(from, new Refused(Refusal.MALFORMED, "only a centre says that"));
            return;
        }
        String notAllowed = whyNotAllowed(from.user(), gatewayOf(message));
        if (notAllowed != null) {
            replies.reply(from, new Refused(Refusal.NOT_ALLOWED, notAllowed));
        } else {
            arrivals.add(new Arrivals.Arrival(from, message), settings.maxWaitingEvents());
        }
    }

    /** Why this user may not speak for this gateway; {@code null} when it may. The first who does is the only one. */
    private String whyNotAllowed(String user, String gateway) {
        String owner;
        synchronized (owners) {
            owner = owners.get(gateway);
            if (owner == null) {
                boolean isNew = !gatewayStatus.containsKey(gateway);
                if (isNew && Math.max(owners.size(), gatewayStatus.size()) >= MAX_GATEWAYS) {
                    return "the centre has " + MAX_GATEWAYS + " gateways";
                }
                owners.put(gateway, user);
                return null;
            }
        }
        if (owner.equals(user)) {
            return null;
        }
        return "gateway " + gateway + " is user " + owner + "'s, this is user " + user
                + "; name it otherwise, or restart the centre if it moved";
    }

    private void configurationCommitted(CommittedTransaction transaction) {
        synchronized (committed) {
            committed.add(transaction);
        }
        arrivals.wake();
    }

    /** From now on with these; clock and zone stay as they are until the next start. */
    void settings(Settings next) {
        settings = next;
        arrivals.wake();
    }

    // ---------------------------------------------------------------- the log's thread

    private void logAll() {
        while (!closing) {
            try {
                step();
            } catch (InterruptedException e) {
                // Derby interrupts whoever is at work in a database that ends. What the step had begun is settled
                // first.
                if (closing) {
                    return;
                }
            } catch (RuntimeException | Error e) {
                if (closing) {
                    return;
                }
                logging.problem = "events cannot be logged: " + e;
                LOG.error("Events cannot be logged; trying again", e);
                if (!sleep()) {
                    return;
                }
            }
        }
    }

    private void step() throws InterruptedException {
        if (unsure) {
            settle();
        }
        ahead = logged.copy();
        long timeout = 100;
        if (controllerClock != null && sinceClock) {
            timeout = Math.min(timeout, settings.minInterval().toMillis());
        }
        List<Arrivals.Arrival> taken = arrivals.take(GROUP, timeout);
        long now = monotonic.millis();
        // What this program did not get to is no silence of a gateway: neither what still waits,
        long takenUpTo = Math.min(now, arrivals.takenUpTo());
        // nor what the broker could not hand over in the meantime.
        boolean paused = now - lastStep > PAUSE_MILLIS;
        lastStep = now;
        List<EventLog.Entry> group = new ArrayList<>();
        List<EventBatch> fresh = new ArrayList<>();
        Map<String, Mark> reached = new HashMap<>();
        answers.clear();

        Set<String> present = new LinkedHashSet<>();
        for (Arrivals.Arrival arrival : taken) {
            String gateway = gatewayOf(arrival.message());
            present.add(gateway);
            heard.merge(gateway, arrival.at(), Math::max);
        }
        for (String gateway : present) {
            excused.remove(gateway);
            if (ahead.state(gateway) == Gateways.State.SILENT) {
                say(group, gateway, new Event.GatewayHeard(controllerTime));
                LOG.info("Gateway {} is heard again", gateway);
            }
        }
        if (paused) {
            // Once, or a database that stays slow would hide a dead gateway for good.
            heard.replaceAll((gateway, at) -> excused.add(gateway) ? now : at);
        }
        for (Arrivals.Arrival arrival : taken) {
            take(arrival, reached, fresh);
        }
        configure(fresh);
        group.addAll(configurationEntries());
        for (EventBatch batch : fresh) {
            long number = batch.first();
            for (Event event : batch.events()) {
                group.add(new EventLog.Entry(batch.gateway(), batch.run(), number++, EventCodec.encodeEvent(event)));
                if (settings.clock() == ClockMode.GATEWAY || !(event instanceof Event.ClockAdvanced)) {
                    ahead.apply(batch.gateway(), event);
                }
                sinceClock = true;
            }
        }
        findSilence(group, takenUpTo);
        moveClock(group);
        if (!group.isEmpty()) {
            unsure = true;
            List<EventLog.Logged> stored = append(group);
            if (stored.size() == group.size()) {
                logged = ahead;
            } else {
                follow(stored);
            }
            configuredInLog = configured;
            marks.putAll(reached);
            fresh.forEach(batch -> events.addAndGet(batch.events().size()));
            answers.forEach(Runnable::run);
            handOver(stored);
            unsure = false;
        } else {
            answers.forEach(Runnable::run);
        }
        publishGateways(now);
        stepped();
    }

    private void handOver(List<EventLog.Logged> stored) throws InterruptedException {
        if (!stored.isEmpty()) {
            folding.put(stored);
            handed = stored.get(stored.size() - 1).sequence();
        }
    }

    /** A step ended after it had begun to write: what of it is in the log counts, and is folded like all that is. */
    private void settle() throws InterruptedException {
        List<EventLog.Logged> found = logging.ask(() -> storedAfter(handed));
        Map<String, EventLog.Mark> stored = logging.ask(log::marks);
        if (found == null || stored == null) {
            throw new InterruptedException();
        }
        follow(found);
        stored.forEach((gateway, mark) -> marks.put(gateway, new Mark(mark.run(), mark.number())));
        handOver(found);
        unsure = false;
    }

    private List<EventLog.Logged> storedAfter(long sequence) {
        // An append of nothing: after one with an unknown outcome it makes the log look at what is stored.
        log.append(List.of());
        List<EventLog.Logged> found = new ArrayList<>();
        log.read(sequence, found::add);
        return found;
    }

    /** Takes over what is in the log, as the fold does. */
    private void follow(List<EventLog.Logged> stored) {
        for (EventLog.Logged entry : stored) {
            String gateway = entry.entry().gateway();
            byte[] payload = entry.entry().payload();
            if (gateway.equals(EventLog.CONTROLLER)) {
                ControllerEntry own = ControllerEntry.decode(payload);
                if (own instanceof ControllerEntry.Said said) {
                    logged.apply(said.gateway(), said.event());
                } else if (own instanceof ControllerEntry.Configured configuration) {
                    configuredInLog = Math.max(configuredInLog, configuration.recoveryKey());
                }
                continue;
            }
            try {
                Event event = EventCodec.decodeEvent(payload);
                if (settings.clock() == ClockMode.GATEWAY || !(event instanceof Event.ClockAdvanced)) {
                    logged.apply(gateway, event);
                }
            } catch (MalformedMessageException e) {
                throw new IllegalStateException("Entry " + entry.sequence() + " of the event log cannot be read", e);
            }
        }
    }

    private static String gatewayOf(LinkMessage message) {
        if (message instanceof Hello hello) {
            return hello.gateway();
        }
        return message instanceof KeepAlive keepAlive ? keepAlive.gateway() : ((EventBatch) message).gateway();
    }

    private Mark mark(String gateway, Map<String, Mark> reached) {
        Mark mark = reached.get(gateway);
        return mark != null ? mark : marks.getOrDefault(gateway, Mark.NONE);
    }

    private void take(Arrivals.Arrival arrival, Map<String, Mark> reached, List<EventBatch> fresh) {
        String gateway = gatewayOf(arrival.message());
        Mark mark = mark(gateway, reached);
        if (arrival.message() instanceof Hello) {
            answers.add(() ->
                    replies.reply(arrival.from(), new Highest(marks.getOrDefault(gateway, Mark.NONE), controllerTime)));
            LOG.info(
                    "Gateway {} (user {}) is connected; its events are held up to {}",
                    gateway,
                    arrival.from().user(),
                    mark);
        } else if (arrival.message() instanceof KeepAlive) {
            answers.add(() -> replies.reply(arrival.from(), new Acknowledged(marks.getOrDefault(gateway, Mark.NONE))));
        } else {
            EventBatch batch = (EventBatch) arrival.message();
            int held = mark.held(batch);
            if (held == Mark.GAP) {
                answers.add(() -> replies.reply(
                        arrival.from(),
                        new Refused(
                                Refusal.GAP,
                                "events up to " + mark + " are held, and these begin at " + batch.run() + "/"
                                        + batch.first())));
            } else if (held == Mark.RUN_OVER) {
                answers.add(() -> replies.reply(
                        arrival.from(),
                        new Refused(
                                Refusal.RUN_OVER,
                                "run " + batch.run() + " of gateway " + gateway + " is over: run " + mark.run()
                                        + " has begun")));
            } else {
                duplicates.addAndGet(held);
                List<Event> news = batch.events().subList(held, batch.events().size());
                if (!news.isEmpty()) {
                    fresh.add(new EventBatch(gateway, batch.run(), batch.first() + held, news));
                    reached.put(gateway, new Mark(batch.run(), batch.last()));
                }
                answers.add(
                        () -> replies.reply(arrival.from(), new Acknowledged(marks.getOrDefault(gateway, Mark.NONE))));
            }
        }
    }

    /** Enters into the configuration what the events name and it lacks, for gateways that may; before they are logged. */
    private void configure(List<EventBatch> fresh) throws InterruptedException {
        Map<String, UnknownNames> unknown = new LinkedHashMap<>();
        for (EventBatch batch : fresh) {
            if (settings.configures(batch.gateway())) {
                UnknownNames names = unknown.computeIfAbsent(
                        batch.gateway(),
                        gateway -> new UnknownNames(gateway, known.computeIfAbsent(gateway, g -> new HashSet<>())));
                batch.events().forEach(names::look);
            }
        }
        for (UnknownNames names : unknown.values()) {
            boolean entered = true;
            for (Provisioning wanted : names.provisionings(settings.zone())) {
                ProvisioningResult result = asking(() -> store.provision(wanted));
                if (result == null) {
                    return;
                }
                if (result instanceof ProvisioningResult.Refused refused) {
                    entered = false;
                    sayOnce(wanted.gateway(), "What gateway {} needs could not be configured: {}", refused.problems());
                } else if (result instanceof ProvisioningResult.EnteredInPart part) {
                    sayOnce(
                            wanted.gateway(),
                            "Some of what gateway {} needs cannot be configured, and events that name it are refused: {}",
                            part.leftOut());
                }
            }
            if (entered) {
                names.nowKnown();
            }
        }
    }

    /** What is refused is tried again with the next events that name it, and said when it is something else. */
    private void sayOnce(String gateway, String message, List<ConfigurationProblem> problems) {
        List<String> reasons = problems.stream()
                .map(problem -> problem.table() + "." + problem.column() + " " + problem.reason())
                .toList();
        if (!reasons.equals(problemsSaid.put(gateway, reasons))) {
            LOG.warn(message, gateway, reasons);
        }
    }

    private List<EventLog.Entry> configurationEntries() {
        List<EventLog.Entry> entries = new ArrayList<>();
        synchronized (committed) {
            for (CommittedTransaction next = committed.poll(); next != null; next = committed.poll()) {
                if (next.recoveryKey() > configured) {
                    configured = next.recoveryKey();
                }
            }
        }
        if (configured > configuredInLog) {
            entries.add(own(new ControllerEntry.Configured(configured)));
        }
        return entries;
    }

    private void findSilence(List<EventLog.Entry> group, long takenUpTo) {
        long limit = settings.silentAfter().toMillis();
        List<String> silent = new ArrayList<>();
        ahead.all().forEach((gateway, state) -> {
            if (state == Gateways.State.UP && takenUpTo - heard.getOrDefault(gateway, takenUpTo) > limit) {
                silent.add(gateway);
            }
        });
        for (String gateway : silent) {
            say(group, gateway, new Event.GatewaySilent(controllerTime));
            LOG.warn("Gateway {} is silent: nothing was heard of it for {} ms", gateway, limit);
        }
        clockProblem = settings.clock() == ClockMode.GATEWAY ? ahead.whyTheClockStands() : null;
    }

    /** Where the controller moves the clock: soon after events, and at each whole second. */
    private void moveClock(List<EventLog.Entry> group) {
        if (controllerClock == null) {
            return;
        }
        long now = monotonic.millis();
        long time = controllerClock.millis();
        boolean due = sinceClock && now - lastClockAt >= settings.minInterval().toMillis();
        boolean second = time / 1000 > lastClock / 1000;
        if ((due || second) && time > lastClock) {
            say(group, "", new Event.ClockAdvanced(time));
            lastClock = time;
            lastClockAt = now;
            sinceClock = false;
        }
    }

    private void say(List<EventLog.Entry> group, String gateway, Event event) {
        group.add(own(new ControllerEntry.Said(gateway, event)));
        ahead.apply(gateway, event);
    }

    private static EventLog.Entry own(ControllerEntry entry) {
        return EventLog.Entry.ofController(ControllerEntry.encode(entry));
    }

    /**
     * Appends until it has succeeded.
     *
     * @return all that is in the log of it, also what an attempt stored that failed only after it had taken effect
     */
    private List<EventLog.Logged> append(List<EventLog.Entry> group) throws InterruptedException {
        List<EventLog.Logged> all = new ArrayList<>(group.size());
        for (int from = 0; from < group.size(); ) {
            int to = from;
            for (long bytes = 0; to < group.size() && to - from < EventLog.MAX_ENTRIES; to++) {
                bytes += group.get(to).payload().length;
                if (bytes > EventLog.MAX_BYTES && to > from) {
                    break;
                }
            }
            List<EventLog.Logged> stored = appendPart(
                    group.subList(from, to),
                    all.isEmpty() ? handed : all.get(all.size() - 1).sequence());
            if (stored == null) {
                throw new InterruptedException();
            }
            all.addAll(stored);
            from = to;
        }
        return all;
    }

    private List<EventLog.Logged> appendPart(List<EventLog.Entry> part, long before) {
        boolean[] failed = {false};
        return logging.ask(() -> {
            if (failed[0]) {
                // Nobody but this thread appends, and a part is one transaction: what is there is all of it. Appending
                // it
                // again would leave out its events as duplicates, and they would never be folded.
                List<EventLog.Logged> found = storedAfter(before);
                if (!found.isEmpty()) {
                    return found;
                }
            }
            failed[0] = true;
            return log.append(part);
        });
    }

    private <T> T asking(Supplier<T> question) {
        return logging.ask(question);
    }

    /** Questions of one thread to the central database, each asked until there is an answer. */
    private final class Asking {

        private final String meanwhile;
        private volatile String problem;
        /** 0 when no answer is awaited. */
        private volatile long askedAt;

        Asking(String meanwhile) {
            this.meanwhile = meanwhile;
        }

        /** {@code null} when closing before there was an answer. */
        <T> T ask(Supplier<T> question) {
            while (true) {
                askedAt = monotonic.millis() + 1;
                try {
                    T answer = question.get();
                    if (problem != null) {
                        LOG.info("The central database answers again");
                        problem = null;
                    }
                    return answer;
                } catch (CentralDatabaseException e) {
                    if (closing) {
                        return null;
                    }
                    if (problem == null) {
                        LOG.error("{}; {}, trying again", e.getMessage(), meanwhile);
                    }
                    problem = e.getMessage();
                    if (!sleep()) {
                        return null;
                    }
                } finally {
                    askedAt = 0;
                }
            }
        }

        /** {@code null} when all is well. */
        String trouble() {
            if (problem != null) {
                return problem;
            }
            long asked = askedAt;
            return asked != 0 && monotonic.millis() - asked > HANGS_MILLIS
                    ? "the central database has not answered for " + (monotonic.millis() - asked) / 1000 + " s"
                    : null;
        }
    }

    private boolean sleep() {
        try {
            return !stop.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return !closing;
        }
    }

    private void publishGateways(long now) {
        Map<String, GatewayStatus> status = new LinkedHashMap<>();
        Set<String> all = new TreeSet<>(marks.keySet());
        all.addAll(heard.keySet());
        for (String gateway : all) {
            Gateways.State state = logged.state(gateway);
            status.put(
                    gateway,
                    new GatewayStatus(
                            gateway,
                            state == null ? "unknown" : state.name().toLowerCase(Locale.ROOT),
                            heard.containsKey(gateway) ? now - heard.get(gateway) : -1,
                            marks.getOrDefault(gateway, Mark.NONE)));
        }
        gatewayStatus = status;
    }

    // ---------------------------------------------------------------- the fold's thread

    private void foldAll() {
        try {
            while (true) {
                long wait = uncut ? Math.max(0, lastCut + settings.minInterval().toMillis() - monotonic.millis()) : 100;
                List<EventLog.Logged> group = folding.poll(wait, TimeUnit.MILLISECONDS);
                if (group != null) {
                    for (EventLog.Logged entry : group) {
                        uncut |= fold.apply(entry);
                        if (uncut
                                && monotonic.millis() - lastCut
                                        >= settings.minInterval().toMillis()) {
                            cut();
                        }
                        checkpointWhenDue();
                    }
                    publish();
                } else if (closing && !logThread.isAlive()) {
                    if (uncut) {
                        cut();
                    }
                    return;
                }
                if (uncut
                        && monotonic.millis() - lastCut
                                >= settings.minInterval().toMillis()) {
                    cut();
                }
                long now = monotonic.millis();
                checkpointWhenDue();
                if (now - refusalsLookedAt >= 1000) {
                    refusalsLookedAt = now;
                    sayRefusals();
                }
            }
        } catch (InterruptedException | ClosingException e) {
            // Closing took too long; what is in the log is folded at the next start.
        } catch (RuntimeException | Error e) {
            foldProblem = "the event log cannot be folded: " + e.getMessage();
            LOG.error("The event log cannot be folded; nothing moves any more until this is repaired", e);
        }
    }

    private void cut() throws InterruptedException {
        Statistics statistics = fold.statistics();
        tick++;
        var cut = statistics.cutAt(tick);
        feeds.commit(Catalog.CALLS, cut, statistics.cut(Catalog.CALLS));
        feeds.commit(Catalog.AGENTS, cut, statistics.cut(Catalog.AGENTS));
        lastCut = monotonic.millis();
        uncut = false;
        ticks++;
    }

    private void publish() {
        controllerTime = fold.statistics().controllerTime();
        logSequence = fold.logSequence();
        counts = new Counts(fold.accepted(), fold.untidy(), fold.refused(), fold.errors());
    }

    private void sayRefusals() {
        var refusals = fold.statistics().refusals();
        for (; refusalsSaid < refusals.size(); refusalsSaid++) {
            var refusal = refusals.get(refusalsSaid);
            LOG.warn(
                    "An event of gateway {} was refused: {}. Configure it, or name the gateway in autoConfigure in"
                            + " etc/org.openrtd.realtimeserver.cfg. Further ones are only counted",
                    refusal.gateway(),
                    refusal.reason());
        }
    }

    private void checkpointWhenDue() {
        if (fold.settled()
                && monotonic.millis() - lastCheckpointAt
                        >= settings.checkpointInterval().toMillis()) {
            lastCheckpointAt = monotonic.millis();
            checkpoint();
        }
    }

    private void checkpoint() {
        if (!fold.settled() || fold.logSequence() == lastCheckpoint) {
            return;
        }
        long sequence = fold.logSequence();
        long recoveryKey = fold.statistics().configurationKey();
        byte[] state = fold.checkpoint();
        lastCheckpoint = sequence;
        checkpoints.execute(() -> {
            try {
                log.writeCheckpoint(sequence, recoveryKey, state);
                checkpointSequence = sequence;
                checkpointAt = monotonic.millis();
                checkpointProblem = null;
            } catch (RuntimeException e) {
                if (checkpointProblem == null) {
                    LOG.warn(
                            "The checkpoint at {} of the event log could not be written: {}. The next start takes longer",
                            sequence,
                            e.getMessage());
                }
                checkpointProblem = e.getMessage();
            }
        });
    }

    // ---------------------------------------------------------------- for tests that move the clock

    synchronized long steps() {
        return steps;
    }

    /** Waits until the log's thread has looked at the clock anew. */
    synchronized void awaitStepAfter(long seen) throws InterruptedException {
        while (steps <= seen + 1) {
            wait();
        }
    }

    private synchronized void stepped() {
        steps++;
        notifyAll();
    }

    // ---------------------------------------------------------------- for operators and the feeds

    /** Why what the feeds show is not current although they run; {@code null} when it is. */
    String whyNotCurrent() {
        if (foldProblem != null) {
            return foldProblem;
        }
        String trouble = logging.trouble();
        if (trouble == null) {
            trouble = changeLog.trouble();
        }
        if (trouble != null) {
            return trouble;
        }
        return clockProblem;
    }

    Collection<GatewayStatus> gateways() {
        return gatewayStatus.values();
    }

    Counts counts() {
        return counts;
    }

    long eventsLogged() {
        return events.get();
    }

    long duplicates() {
        return duplicates.get();
    }

    int eventsWaiting() {
        return arrivals.waitingEvents();
    }

    long controllerTime() {
        return controllerTime;
    }

    long ticks() {
        return ticks;
    }

    long logSequence() {
        return logSequence;
    }

    long checkpointSequence() {
        return checkpointSequence;
    }

    /** {@code -1} when there is none yet. */
    long checkpointAgeMillis() {
        return checkpointSequence == 0 ? -1 : monotonic.millis() - checkpointAt;
    }

    long clockStepMillis() {
        return controllerClock == null ? 0 : controllerClock.step();
    }

    void acceptClockStep() {
        if (controllerClock != null) {
            controllerClock.accept();
        }
    }
}
