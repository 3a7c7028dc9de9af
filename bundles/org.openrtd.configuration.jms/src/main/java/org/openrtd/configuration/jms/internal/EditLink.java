package org.openrtd.configuration.jms.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.openrtd.catalog.Catalog;
import org.openrtd.configuration.ConfigurationEditor;
import org.openrtd.configuration.ConfigurationMessage;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.ConfigurationUnreachable;
import org.openrtd.configuration.HistoryEntry;
import org.openrtd.configuration.KnownTransaction;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.BrokerAddress;
import org.openrtd.feed.jms.BrokerLink;
import org.openrtd.feed.jms.FeedLoop;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.feed.jms.LocalBroker;
import org.openrtd.feed.jms.Upstream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way up that edits take: to the source that a role of this node follows, over a connection that is there while edits
 * are. The other end is {@link EditService}.
 *
 * <p>What is asked while no source takes edits ends at once, with the reason. What was handed on and lost its answer is
 * handed on again, here or at the next source, until the answer comes or the wait is over: transactions have ids, so that
 * each takes effect once.
 */
final class EditLink implements ConfigurationEditor, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EditLink.class);

    static final int MAX_REQUESTS = 4_096;
    static final long MAX_REQUEST_BYTES = 64L << 20;

    private static final Duration TICK = Duration.ofMillis(50);
    private static final long GREETING_MILLIS = 3_000;
    /** An answer that has not come by then is asked for again. */
    private static final long ANSWER_MILLIS = 4_000;

    /** The other end is asked whether it is there while answers are waited for and nothing comes. */
    private static final long PING_MILLIS = 1_000;
    /** A line is expected to carry so much: who is still sending is not silent. */
    private static final long BYTES_PER_MILLI = 256;

    private static final long BACK_OFF_MILLIS = 500;
    /** A site has many clients, which seldom edit: none keeps a connection for it. */
    private static final long IDLE_MILLIS = 30_000;
    /** Connections that were given up and whose thread still hangs in the client library. */
    private static final int MAX_HANGING = 16;

    static final String ITSELF = "this node follows itself there, and that leads no further";

    private static final String NOWHERE =
            "this node follows no source that takes edits: rtd:status shows what it follows";

    private static final class Request {
        final long number;
        final List<byte[]> frames;
        final long bytes;
        final CompletableFuture<Message> answer = new CompletableFuture<>();
        final Set<Integer> failedAt = new HashSet<>();
        long deadline;
        /** How many of its frames this connection has taken. */
        int taken;
        /** When it took the last. */
        long takenAt;
        /** Whether it may have been done already. */
        boolean undecided;

        String reason = "no source has answered yet";

        Request(long number, List<byte[]> frames) {
            this.number = number;
            this.frames = frames;
            this.bytes = frames.stream().mapToLong(frame -> frame.length).sum();
        }
    }

    private final FeedLoop loop;
    private final Supplier<LocalBroker> local;
    private final Predicate<String> offers;
    private final MonotonicClock clock;
    private final LongSupplier waitMillis;
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong edits = new AtomicLong();
    private final AtomicLong again = new AtomicLong();
    private volatile String state = "not needed yet";
    private volatile boolean closed;

    // Used on the loop alone.
    private final Map<Long, Request> requests = new LinkedHashMap<>();
    private final List<BrokerLink> hanging = new ArrayList<>();
    private Upstream upstream;
    private Connection connection;
    /** The one of which some frames are handed over; frames of others must not come between. */
    private Request halfway;

    private int next;
    private long connectAt;
    private long neededAt;

    /**
     * @param local the node's broker, or {@code null} while there is none
     * @param offers whether this node itself offers the source of that name: edits would come back
     * @param waitMillis how long an answer is waited for; longer further down, where more links are on the way
     */
    EditLink(Supplier<LocalBroker> local, Predicate<String> offers, MonotonicClock clock, LongSupplier waitMillis) {
        this.offers = offers;
        this.local = local;
        this.clock = clock;
        this.waitMillis = waitMillis;
        this.loop = new FeedLoop("edits");
        loop.every(TICK, this::time);
    }

    /** Where edits go from now on; {@code null} for nowhere. */
    void upstream(Upstream present) {
        loop.execute(() -> {
            upstream = present;
            leave("another role is followed");
            if (present == null) {
                List.copyOf(requests.values()).forEach(request -> fail(request, NOWHERE));
            }
        });
    }

    /** How it stands to the source, for people. */
    String state() {
        return state;
    }

    int waiting() {
        return waiting.get();
    }

    /** Requests so far. */
    long edits() {
        return edits.get();
    }

    /** Requests that were handed on again, as no answer had come. */
    long repeated() {
        return again.get();
    }

    // ---------------------------------------------------------------- what an editor asks

    @Override
    public CompletableFuture<ConfigurationResult> commit(ConfigurationTransaction transaction) {
        byte[] changes;
        try {
            changes = ConfigurationMessage.write(transaction.changes());
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        return ask(new Message.Commit(transaction.id(), transaction.author(), changes))
                .thenApply(answer -> {
                    if (answer instanceof Message.Committed committed) {
                        return new ConfigurationResult.Committed(committed.recoveryKey());
                    }
                    if (answer instanceof Message.Refused refused) {
                        return new ConfigurationResult.Refused(refused.problems());
                    }
                    throw unexpected(answer);
                });
    }

    @Override
    public CompletableFuture<Optional<KnownTransaction>> find(String transactionId, boolean withChanges) {
        return ask(new Message.AskTransaction(transactionId, withChanges)).thenApply(answer -> {
            if (answer instanceof Message.Transaction known) {
                return Optional.of(new KnownTransaction(
                        known.position(),
                        known.author(),
                        known.time(),
                        known.changes().length == 0
                                ? List.of()
                                : ConfigurationMessage.read(known.changes(), Catalog.feed(Catalog.CONFIG))));
            }
            if (answer instanceof Message.NoTransaction) {
                return Optional.empty();
            }
            throw unexpected(answer);
        });
    }

    @Override
    public CompletableFuture<List<HistoryEntry>> history(String table, List<Object> key, int limit) {
        return ask(new Message.AskHistory(table, key, limit)).thenApply(answer -> {
            if (answer instanceof Message.History history) {
                return history.entries();
            }
            throw unexpected(answer);
        });
    }

    @Override
    public CompletableFuture<Integer> allotIds(String table, int count) {
        return ask(new Message.AskIds(table, count)).thenApply(answer -> {
            if (answer instanceof Message.Ids ids) {
                return ids.first();
            }
            throw unexpected(answer);
        });
    }

    private static CompletionException unexpected(Message answer) {
        return new CompletionException(new ConfigurationUnreachable(
                "the source answered with " + answer.getClass().getSimpleName() + ", which makes no sense", true));
    }

    private CompletableFuture<Message> ask(Message message) {
        Request request;
        try {
            long number = numbers.incrementAndGet();
            request = new Request(number, Frames.cut(number, message));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (closed) {
            return CompletableFuture.failedFuture(new ConfigurationUnreachable("this node is stopping"));
        }
        boolean tooMany = waiting.incrementAndGet() > MAX_REQUESTS;
        boolean tooLarge = waitingBytes.addAndGet(request.bytes) > MAX_REQUEST_BYTES;
        if (tooMany || tooLarge) {
            done(request);
            return CompletableFuture.failedFuture(new ConfigurationUnreachable(
                    "more edits of this node are under way than it keeps: try again later"));
        }
        edits.incrementAndGet();
        loop.execute(() -> begin(request));
        return request.answer;
    }

    private void done(Request request) {
        waiting.decrementAndGet();
        waitingBytes.addAndGet(-request.bytes);
    }

    // ---------------------------------------------------------------- on the loop

    private void begin(Request request) {
        long now = clock.millis();
        request.deadline = now + waitMillis.getAsLong();
        neededAt = now;
        requests.put(request.number, request);
        if (closed) {
            fail(request, "this node is stopping");
        } else if (upstream == null) {
            fail(request, NOWHERE);
        } else if (connection == null) {
            if (requests.size() == 1) {
                next = upstream.current();
                connectAt = now;
            }
            connect(now);
        } else {
            pump();
        }
    }

    private void time() {
        long now = clock.millis();
        for (Request request : List.copyOf(requests.values())) {
            if (now >= request.deadline) {
                fail(request, request.reason);
            } else if (request.takenAt != 0 && now - request.takenAt > ANSWER_MILLIS) {
                request.undecided = true;
                request.reason = "no answer came";
                handAgain(request);
            }
        }
        if (connection != null) {
            connection.time(now);
        }
        if (connection == null && !requests.isEmpty()) {
            connect(now);
        }
        pump();
    }

    private void connect(long now) {
        if (now < connectAt || upstream == null) {
            return;
        }
        hanging.removeIf(BrokerLink::ended);
        JmsFollower.Sources sources = upstream.sources();
        next = Math.min(next, sources.sources().size() - 1);
        connection = new Connection(sources, next, now);
        if (hanging.size() >= MAX_HANGING) {
            connection.ended(hanging.size() + " earlier connections still hang");
        } else {
            connection.open();
        }
    }

    /** Hands over what the connection takes. */
    private void pump() {
        if (connection == null || !connection.welcomed) {
            return;
        }
        if (halfway != null && !pump(halfway)) {
            return;
        }
        for (Request request : requests.values()) {
            if (request.takenAt == 0 && !pump(request)) {
                return;
            }
        }
    }

    private boolean pump(Request request) {
        halfway = request;
        while (request.taken < request.frames.size()) {
            if (!connection.link.offer(request.frames.get(request.taken))) {
                return false;
            }
            request.taken++;
        }
        halfway = null;
        request.takenAt = clock.millis();
        return true;
    }

    private void handAgain(Request request) {
        again.incrementAndGet();
        request.taken = 0;
        request.takenAt = 0;
    }

    private void answered(long number, Message answer) {
        Request request = requests.get(number);
        if (request == null || halfway == request) {
            return;
        }
        if (answer instanceof Message.Unreachable unreachable) {
            request.undecided |= unreachable.undecided();
            request.takenAt = 0;
            request.taken = 0;
            failedHere(request, connection.index, unreachable.reason());
            if (requests.containsKey(number)) {
                // Whoever else waits here is asked for again there; the first answer counts.
                next = otherThan(request.failedAt, connection.index);
                leave(unreachable.reason());
            }
        } else if (answer instanceof Message.Invalid invalid) {
            remove(request).completeExceptionally(new IllegalArgumentException(invalid.reason()));
        } else {
            remove(request).complete(answer);
        }
    }

    /** One source could not do it: another is asked, if there is one; what is undecided is asked for until its time is over. */
    private void failedHere(Request request, int index, String reason) {
        request.reason = reason;
        request.failedAt.add(index);
        if (request.failedAt.size() >= upstream.sources().sources().size()) {
            if (!request.undecided) {
                fail(request, reason);
            }
            request.failedAt.clear();
            connectAt = clock.millis() + BACK_OFF_MILLIS;
        }
    }

    private int otherThan(Set<Integer> failed, int last) {
        int count = upstream.sources().sources().size();
        for (int i = 1; i <= count; i++) {
            if (!failed.contains((last + i) % count)) {
                return (last + i) % count;
            }
        }
        return last;
    }

    private CompletableFuture<Message> remove(Request request) {
        requests.remove(request.number);
        if (halfway == request && connection != null) {
            // The other end gives up its part of the message with the next one.
            halfway = null;
        }
        done(request);
        neededAt = clock.millis();
        return request.answer;
    }

    private void fail(Request request, String reason) {
        remove(request)
                .completeExceptionally(new ConfigurationUnreachable(
                        reason + (request.undecided ? "; it was handed on before, and may have taken effect" : ""),
                        request.undecided));
    }

    /** Ends the connection; who waits for an answer is asked for again. */
    private void leave(String why) {
        if (connection != null) {
            connection.close();
            connection = null;
            state = "closed: " + why;
        }
        halfway = null;
        for (Request request : requests.values()) {
            if (request.taken > 0) {
                request.undecided = true;
                handAgain(request);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            loop.call(() -> {
                leave("this node is stopping");
                for (Request request : List.copyOf(requests.values())) {
                    fail(request, "this node is stopping");
                }
                return null;
            });
        } catch (IllegalStateException alreadyClosed) {
            LOG.debug("Closed twice", alreadyClosed);
        }
        loop.close();
    }

    /** One connection to one source; its listener's calls are brought onto the loop. */
    private final class Connection implements BrokerLink.Listener {

        final JmsFollower.Sources sources;
        final int index;
        final BrokerAddress address;
        final long openedAt;
        final Frames.Assembly assembly = new Frames.Assembly(2L * MessageCodec.MAX_BYTES);
        BrokerLink link;
        boolean welcomed;
        long heardAt;
        /** When it was asked whether it is there, and has not answered since; 0 when it has. */
        long pingedAt;

        Connection(JmsFollower.Sources sources, int index, long now) {
            this.sources = sources;
            this.index = index;
            this.address = sources.sources().get(index);
            this.openedAt = now;
        }

        void open() {
            String source = address.source() == null ? sources.usualSource() : address.source();
            String queue = Addresses.configuration(source);
            state = "connecting to " + address;
            if (!address.isLocal()) {
                link = BrokerLink.openChecked(address, sources.user(), sources.password(), queue, this);
                return;
            }
            if (offers.test(source)) {
                ended(ITSELF);
                return;
            }
            LocalBroker present = local.get();
            if (present == null) {
                ended("the broker of this node is not running: install openrtd-broker");
            } else {
                link = BrokerLink.open(present, queue, null, this);
            }
        }

        void time(long now) {
            if (!welcomed && now - openedAt > GREETING_MILLIS) {
                ended(address
                        + " takes no edits: it does not answer, or the role rtd-editor is missing in the line of user "
                        + sources.user() + " in etc/users.properties there");
            } else if (!sources.equals(upstream.sources())) {
                next = upstream.current();
                leave("the settings changed");
            } else if (requests.isEmpty() && (now - neededAt > IDLE_MILLIS || index != upstream.current())) {
                leave("not needed now");
            } else if (welcomed && !requests.isEmpty()) {
                ping(now);
            }
        }

        private void ping(long now) {
            if (pingedAt != 0) {
                long patience = ANSWER_MILLIS - PING_MILLIS + waitingBytes.get() / BYTES_PER_MILLI;
                if (now - pingedAt > patience) {
                    ended(address + " took edits and does not answer any more");
                }
            } else if (now - Math.max(heardAt, neededAt) > PING_MILLIS
                    && halfway == null
                    && link.offer(Frames.cut(0, new Message.Hello()).get(0))) {
                pingedAt = now;
            }
        }

        /** It is over, and so is what waits for its answers, unless another source can be asked. */
        void ended(String why) {
            if (connection != this) {
                return;
            }
            leave(why);
            int count = sources.sources().size();
            Iterator<Request> all = List.copyOf(requests.values()).iterator();
            next = (index + 1) % count;
            while (all.hasNext()) {
                failedHere(all.next(), index, why);
            }
        }

        void close() {
            if (link != null) {
                link.close();
                if (!link.ended()) {
                    hanging.add(link);
                }
            }
        }

        @Override
        public void connected() {
            loop.execute(() -> {
                if (connection == this) {
                    link.offer(Frames.cut(0, new Message.Hello()).get(0));
                }
            });
        }

        @Override
        public void replied(byte[] payload) {
            loop.execute(() -> {
                if (connection != this) {
                    return;
                }
                heardAt = clock.millis();
                pingedAt = 0;
                Frames.Whole whole;
                try {
                    whole = assembly.add("", "", payload);
                } catch (UnreadableMessage e) {
                    ended(address + " answered what this program does not understand: " + e.getMessage());
                    return;
                }
                if (whole == null) {
                    return;
                }
                if (whole.message() instanceof Message.Welcome welcome) {
                    welcomed = true;
                    state = "open to " + welcome.node() + " (" + address + ")";
                    pump();
                } else {
                    answered(whole.request(), whole.message());
                }
            });
        }

        @Override
        public void unreadable() {
            loop.execute(() -> ended(address + " answered what this program does not understand"));
        }

        @Override
        public void closed(BrokerLink.Failure failure, String reason) {
            loop.execute(() -> ended(
                    switch (failure) {
                        case UNREACHABLE -> reason;
                        case NOT_ALLOWED ->
                            reason
                                    + (reason.endsWith("wrong user or password")
                                            ? "; " + sources.remedy()
                                            : ". Edits need the role rtd-editor: add it to that user's line in"
                                                    + " etc/users.properties there");
                        case NOT_OPEN -> address + " takes no edits (yet): the role there is missing or still starting";
                    }));
        }
    }
}
