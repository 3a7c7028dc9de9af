package org.openrtd.configuration.jms.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.openrtd.configuration.CopyReport;
import org.openrtd.configuration.CopyStatus;
import org.openrtd.configuration.SyncStatus;
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
 * Tells the source that a role of this node follows how the copies here are, and those that others reported here; asks it
 * what is known of all. The other end is {@link StatusService}.
 */
final class StatusLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StatusLink.class);

    static final long REPORT_MILLIS = 2_000;

    private static final Duration TICK = Duration.ofMillis(200);
    /** Between reports while copies change all the time. */
    private static final long CHANGE_MILLIS = 400;

    private static final long GREETING_MILLIS = 3_000;
    private static final long ANSWER_MILLIS = 3_000;
    private static final long CACHE_MILLIS = 1_000;
    private static final long BACK_OFF_MILLIS = 2_000;
    private static final int MAX_HANGING = 16;

    private final String node;
    private final Copies copies;
    private final Supplier<LocalBroker> local;
    private final Predicate<String> offers;
    private final MonotonicClock clock;
    private final FeedLoop loop = new FeedLoop("copies");

    // Used on the loop alone.
    private final List<BrokerLink> hanging = new ArrayList<>();
    private final List<CompletableFuture<SyncStatus.Picture>> asking = new ArrayList<>();
    private Upstream upstream;
    private Up up;
    private long connectAt;
    private String broken = "this node follows no source";
    private List<CopyStatus> reported = List.of();
    private long reportedAt;
    private long asked;
    private long askedAt;
    private SyncStatus.Picture cached;
    private long cachedAt;

    /** @param offers whether this node itself offers the source of that name: it is never told */
    StatusLink(
            String node, Copies copies, Supplier<LocalBroker> local, Predicate<String> offers, MonotonicClock clock) {
        this.offers = offers;
        this.node = node;
        this.copies = copies;
        this.local = local;
        this.clock = clock;
        loop.every(TICK, this::time);
    }

    /** Whom to tell from now on; {@code null} for nobody. */
    void upstream(Upstream present) {
        loop.execute(() -> {
            upstream = present;
            connectAt = clock.millis();
            leave(present == null ? "this node follows no source" : "not connected yet");
            time();
        });
    }

    /** What the source knows, or what is known here when it cannot be asked. */
    CompletableFuture<SyncStatus.Picture> picture() {
        CompletableFuture<SyncStatus.Picture> answer = new CompletableFuture<>();
        loop.execute(() -> {
            long now = clock.millis();
            if (cached != null && now - cachedAt < CACHE_MILLIS) {
                answer.complete(cached);
            } else if (up == null || !up.welcomed) {
                answer.complete(here(broken));
            } else {
                asking.add(answer);
                if (asking.size() == 1) {
                    askedAt = now;
                    up.send(++asked, new Message.AskPicture());
                }
            }
        });
        return answer;
    }

    private SyncStatus.Picture here(String problem) {
        return new SyncStatus.Picture(node, problem, Copies.sorted(copies.known()));
    }

    private void time() {
        copies.look();
        long now = clock.millis();
        if (up != null) {
            up.time(now);
        }
        if (up == null && upstream != null && now >= connectAt) {
            connect(now);
        }
        if (!asking.isEmpty() && now - askedAt > ANSWER_MILLIS) {
            answer(here("no answer came from " + (up == null ? "the source" : up.address.toString())));
        }
        if (up != null && up.welcomed) {
            report(now);
        }
    }

    private void report(long now) {
        List<CopyReport> known = copies.known();
        List<CopyStatus> statuses = known.stream().map(CopyReport::status).toList();
        if (now - reportedAt >= REPORT_MILLIS || now - reportedAt >= CHANGE_MILLIS && !statuses.equals(reported)) {
            reported = statuses;
            reportedAt = now;
            up.send(0, new Message.Report(known));
        }
    }

    private void connect(long now) {
        hanging.removeIf(BrokerLink::ended);
        up = new Up(upstream.sources(), upstream.current(), now);
        if (hanging.size() >= MAX_HANGING) {
            up.ended(hanging.size() + " earlier connections still hang");
        } else {
            up.open();
        }
    }

    private void leave(String why) {
        broken = why;
        if (up != null) {
            up.close();
            up = null;
        }
        if (!asking.isEmpty()) {
            answer(here(why));
        }
    }

    private void answer(SyncStatus.Picture picture) {
        List<CompletableFuture<SyncStatus.Picture>> all = List.copyOf(asking);
        asking.clear();
        all.forEach(each -> each.complete(picture));
    }

    @Override
    public void close() {
        // Who stops a bundle may have been interrupted; the connection and the thread must end all the same.
        boolean interrupted = Thread.interrupted();
        try {
            loop.call(() -> {
                upstream = null;
                leave("this node is stopping");
                return null;
            });
        } catch (IllegalStateException closedOrInterrupted) {
            LOG.debug("Not closed in order", closedOrInterrupted);
        } finally {
            loop.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** One connection to one source. */
    private final class Up implements BrokerLink.Listener {

        final JmsFollower.Sources sources;
        final int index;
        final BrokerAddress address;
        final long openedAt;
        final Frames.Assembly assembly = new Frames.Assembly(2L * MessageCodec.MAX_BYTES);
        BrokerLink link;
        boolean welcomed;

        Up(JmsFollower.Sources sources, int wanted, long now) {
            this.sources = sources;
            this.index = Math.min(wanted, sources.sources().size() - 1);
            this.address = sources.sources().get(index);
            this.openedAt = now;
        }

        void open() {
            String source = address.source() == null ? sources.usualSource() : address.source();
            String queue = Addresses.status(source);
            if (!address.isLocal()) {
                link = BrokerLink.openChecked(address, sources.user(), sources.password(), queue, this);
                return;
            }
            if (offers.test(source)) {
                ended(EditLink.ITSELF);
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
                ended(address + " does not answer");
            } else if (index
                            != Math.min(
                                    upstream.current(),
                                    upstream.sources().sources().size() - 1)
                    || !sources.equals(upstream.sources())) {
                connectAt = now;
                leave("another source is followed now");
            }
        }

        void send(long request, Message message) {
            // What finds no room is asked for, or told, again.
            Frames.cut(request, message).forEach(link::offer);
        }

        void ended(String why) {
            if (up == this) {
                connectAt = clock.millis() + BACK_OFF_MILLIS;
                leave(why);
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
                if (up == this) {
                    send(0, new Message.Hello());
                }
            });
        }

        @Override
        public void replied(byte[] payload) {
            loop.execute(() -> {
                if (up != this) {
                    return;
                }
                Frames.Whole whole;
                try {
                    whole = assembly.add("", "", payload);
                } catch (UnreadableMessage e) {
                    ended(address + " answered what this program does not understand: " + e.getMessage());
                    return;
                }
                if (whole != null && whole.message() instanceof Message.Welcome) {
                    welcomed = true;
                    report(clock.millis());
                } else if (whole != null
                        && whole.message() instanceof Message.Copies known
                        && whole.request() == asked) {
                    if (known.picture().problem().isEmpty()) {
                        cached = known.picture();
                        cachedAt = clock.millis();
                        answer(cached);
                    } else {
                        answer(onTheWay(known.picture()));
                    }
                }
            });
        }

        /** The centre could not be asked: what that node knows, and what this one does. */
        private SyncStatus.Picture onTheWay(SyncStatus.Picture above) {
            return new SyncStatus.Picture(above.node(), above.node() + ": " + above.problem(), above.copies());
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
                        case NOT_ALLOWED -> reason + "; " + sources.remedy();
                        case NOT_OPEN ->
                            address + " takes no reports on copies (yet): the role there is missing or still starting";
                    }));
        }
    }
}
