package org.openrtd.feed.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.FollowerReport;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Link;
import org.openrtd.feed.LinkListener;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Position;
import org.openrtd.feed.ReplyTo;

/** A source before a real broker, and what asks it. */
@Timeout(90)
class JmsSourceTest {

    private static final int REQUESTS = 60;
    private static final int PARTS = 16;

    private final TestBroker broker;
    private final FeedLoop loop = new FeedLoop("source");
    private final FeedLoop following = new FeedLoop("following");
    private final JmsSource source;
    private final CompletableFuture<String> connected = new CompletableFuture<>();
    private final AtomicInteger replies = new AtomicInteger();
    private Link link;

    JmsSourceTest() throws Exception {
        broker = new TestBroker();
        source = new JmsSource(
                "calls", Addresses.CENTRE, "centre", Addresses.DISTRIBUTOR_ROLE, loop, MonotonicClock.SYSTEM);
        source.attach(broker);
        await(source::open);
    }

    @AfterEach
    void close() throws Exception {
        if (link != null) {
            following.call(() -> {
                link.close();
                return null;
            });
        }
        following.close();
        source.close();
        loop.close();
        broker.close();
    }

    @Test
    void takesNoReportOfANodeWhoseNameIsNone() throws Exception {
        source.answerWith((from, message) -> {});
        connect();
        connected.get(60, TimeUnit.SECONDS);
        ask(new FollowerReport("\u001b[2Jdesk", false, FeedState.LIVE, new Position(1, 1), 0, 0, 0).encode());
        await(() -> source.requestsRefused() == 1);
        assertEquals(0, source.reports().size());
    }

    private void connect() {
        JmsConnector connector = new JmsConnector(
                "calls",
                Addresses.CENTRE,
                List.of(broker.address()),
                TestBroker.USER,
                TestBroker.PASSWORD,
                "",
                following,
                () -> null);
        link = following.call(() -> connector.connect(0, new LinkListener() {
            @Override
            public void connected(String source) {
                connected.complete(source);
            }

            @Override
            public void topic(String from, Hop hop, byte[] message) {}

            @Override
            public void reply(byte[] message) {
                replies.incrementAndGet();
            }

            @Override
            public void closed(String reason) {
                connected.completeExceptionally(new AssertionError(reason));
            }
        }));
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) {
        while (!condition.holds()) {
            if (Thread.interrupted()) {
                throw new AssertionError("The test's time is over");
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void greetsAgainWhereTheGreetingWasLost() throws Exception {
        // Nobody answers yet: what comes is dropped.
        connect();
        await(() -> source.requestsRefused() > 0);
        source.answerWith((from, message) -> {});
        // Over the same link: another one would have said that the first is closed.
        assertEquals("centre", connected.get(30, TimeUnit.SECONDS));
    }

    @Test
    void takesTheSecondGreetingForNoAnswer() throws Exception {
        source.answerWith((from, message) -> source.reply(from, message));
        connect();
        connected.get(30, TimeUnit.SECONDS);
        ask(new byte[0]);
        ask(new byte[] {1});
        await(() -> replies.get() > 0);
        assertEquals(1, replies.get());
    }

    @Test
    void dropsNoAnswerOfWhoAsksForMuch() throws Exception {
        byte[] part = new byte[64_000];
        source.answerWith((from, message) -> {
            for (int i = 0; i < PARTS; i++) {
                source.reply(from, part);
            }
        });
        connect();
        connected.get(30, TimeUnit.SECONDS);
        long dropped = source.messagesDropped();
        for (int i = 0; i < REQUESTS; i++) {
            ask(new byte[] {1});
        }
        await(() -> source.messagesSent() >= 1 + REQUESTS * PARTS);
        assertEquals(dropped, source.messagesDropped());

        // The twin gives all answers at once.
        source.answerWith((from, message) -> {
            for (int i = 0; i < REQUESTS * PARTS; i++) {
                source.reply(from, part);
            }
        });
        ask(new byte[] {1});
        await(() -> source.messagesSent() + source.messagesDropped() - dropped >= 1 + 2 * REQUESTS * PARTS);
        assertTrue(source.messagesDropped() > dropped);
    }

    @Test
    void sendsNothingToWhoHasGone() throws Exception {
        CompletableFuture<ReplyTo> asker = new CompletableFuture<>();
        source.answerWith((from, message) -> {
            asker.complete(from);
            source.reply(from, message);
        });
        connect();
        connected.get(60, TimeUnit.SECONDS);
        ask(new byte[] {1});
        ReplyTo gone = asker.get(60, TimeUnit.SECONDS);
        await(() -> replies.get() > 0);
        following.call(() -> {
            link.close();
            return null;
        });
        await(() -> !broker.hasAddress(Addresses.reply(gone.user(), gone.id())));

        long sent = source.messagesSent();
        source.reply(gone, new byte[] {2});
        await(() -> source.messagesDropped() == 1);
        assertEquals(sent, source.messagesSent());
    }

    private void ask(byte[] request) {
        following.call(() -> {
            link.send(request);
            return null;
        });
    }
}
