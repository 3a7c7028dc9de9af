package org.openrtd.feed.jms;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.jms.ConnectionFactory;
import javax.jms.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BrokerLinkTest {

    private static final String QUEUE = Addresses.resume("calls", "central");
    private static final String TOPIC = Addresses.topic("calls", "central");
    private static final BrokerService.Properties NONE = message -> {};

    /** Of other tests, which end theirs in their own time. */
    private final Set<Thread> before = Thread.getAllStackTraces().keySet();

    private final TestBroker broker;
    private BrokerService service;

    private volatile String asker;

    BrokerLinkTest() throws Exception {
        broker = new TestBroker();
        service = service((user, id, payload) -> {
            asker = id;
            service.reply(user, id, (user + " asked " + new String(payload, UTF_8)).getBytes(UTF_8));
        });
        service.attach(broker);
    }

    private static BrokerService service(BrokerService.Handler handler) {
        return new BrokerService(
                "test", QUEUE, b -> b.openSource("calls", "central", Addresses.DISTRIBUTOR_ROLE), handler);
    }

    @AfterEach
    void close() throws Exception {
        service.close();
        broker.close();
    }

    @Test
    void asksAndIsAnsweredOnAnAddressOfItsOwnUser() throws Exception {
        try (Recorded north = connect(broker.address(), TestBroker.USER, TestBroker.PASSWORD)) {
            assertEquals("connected", north.next());
            north.link.send("this".getBytes(UTF_8));
            assertEquals("reply north asked this", north.next());
        }
    }

    @Test
    void asksThroughTheNodesOwnBroker() throws Exception {
        awaitOpen();
        Recorded own = new Recorded();
        own.link = BrokerLink.open(broker, QUEUE, TOPIC, own);
        try (own) {
            assertEquals("connected", own.next());
            own.link.send("this".getBytes(UTF_8));
            assertEquals("reply openrtd-node asked this", own.next());
        }
    }

    @Test
    void holdsNothingOfTheBrokerWhenItHasEnded() throws Exception {
        awaitOpen();
        AtomicReference<WeakReference<ConnectionFactory>> taken = new AtomicReference<>();
        LocalBroker watched = (LocalBroker) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {LocalBroker.class}, (proxy, method, arguments) -> {
                    Object answer = method.invoke(broker, arguments);
                    if (answer instanceof ConnectionFactory factory) {
                        taken.set(new WeakReference<>(factory));
                    }
                    return answer;
                });
        Recorded own = new Recorded();
        own.link = BrokerLink.open(watched, QUEUE, TOPIC, own);
        assertEquals("connected", own.next());
        own.link.close();
        own.link.awaitEnd();
        // As one does that is kept until it has ended; the collector takes it in its own time.
        for (BrokerLink kept = own.link; taken.get().get() != null; assertTrue(kept.ended())) {
            System.gc();
            Thread.onSpinWait();
        }
    }

    @Test
    void hearsWhatIsPublishedFromThenOnInOrder() throws Exception {
        try (Recorded north = connect(broker.address(), TestBroker.USER, TestBroker.PASSWORD)) {
            assertEquals("connected", north.next());
            // The answer proves that the subscription stands.
            north.link.send("first".getBytes(UTF_8));
            assertEquals("reply north asked first", north.next());
            for (int i = 0; i < 100; i++) {
                service.publish(TOPIC, NONE, ("" + i).getBytes(UTF_8));
            }
            for (int i = 0; i < 100; i++) {
                assertEquals("published " + i, north.next());
            }
        }
    }

    @Test
    void saysThatThePasswordIsWrong() throws Exception {
        try (Recorded north = connect(broker.address(), TestBroker.USER, "wrong")) {
            assertEquals(
                    "closed NOT_ALLOWED " + broker.address() + " refused user 'north': wrong user or password",
                    north.next());
        }
    }

    @Test
    void saysThatNobodyListensThere() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (Recorded north =
                connect(BrokerAddress.parse("tcp://127.0.0.1:" + port), TestBroker.USER, TestBroker.PASSWORD)) {
            String said = north.next();
            assertTrue(said.startsWith("closed UNREACHABLE cannot reach tcp://127.0.0.1:" + port + ": "), said);
        }
    }

    @Test
    void saysThatTheRoleIsNotThereYet() throws Exception {
        service.close();
        try (Recorded north = new Recorded()) {
            north.link = BrokerLink.open(
                    broker.address(), TestBroker.USER, TestBroker.PASSWORD, Addresses.events("central"), null, north);
            assertEquals("closed NOT_OPEN " + broker.address() + " has no openrtd.events.central (yet)", north.next());
        }
    }

    @Test
    void givesUpOnAServerThatAcceptsAndSaysNothing() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Recorded north = connect(
                        BrokerAddress.parse("tcp://127.0.0.1:" + mute.getLocalPort()),
                        TestBroker.USER,
                        TestBroker.PASSWORD)) {
            String said = north.next();
            assertTrue(said.startsWith("closed UNREACHABLE cannot reach "), said);
        }
    }

    @Test
    void canBeClosedWhileItHangsAndThenHearsNothing() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Recorded north = connect(
                        BrokerAddress.parse("tcp://127.0.0.1:" + mute.getLocalPort()),
                        TestBroker.USER,
                        TestBroker.PASSWORD)) {
            north.link.close();
            north.link.awaitEnd();
            assertTrue(north.heard.isEmpty(), north.heard::toString);
        }
    }

    @Test
    void isClosedWhenTheBrokerStopsAndANewOneWorksAfterItStartedAgain() throws Exception {
        try (Recorded north = connect(broker.address(), TestBroker.USER, TestBroker.PASSWORD)) {
            assertEquals("connected", north.next());
            service.detach(broker);
            broker.stop();
            String said = north.next();
            assertTrue(said.startsWith("closed "), said);
        }
        broker.start();
        service.attach(broker);
        try (Recorded north = connect(broker.address(), TestBroker.USER, TestBroker.PASSWORD)) {
            assertEquals("connected", north.next());
            north.link.send("again".getBytes(UTF_8));
            assertEquals("reply north asked again", north.next());
        }
    }

    @Test
    void oneWhoNeverReadsHoldsUpNobodyElse() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Recorded stuck = new Recorded() {
            @Override
            public void published(Message message, byte[] payload) {
                try {
                    release.await();
                } catch (InterruptedException closed) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        awaitOpen();
        stuck.link = BrokerLink.open(broker.address(), "south", "other", QUEUE, TOPIC, stuck);
        try (stuck;
                Recorded healthy = connect(broker.address(), TestBroker.USER, TestBroker.PASSWORD)) {
            assertEquals("connected", stuck.next());
            assertEquals("connected", healthy.next());
            healthy.link.send("?".getBytes(UTF_8));
            assertEquals("reply north asked ?", healthy.next());
            byte[] large = new byte[10_000];
            for (int i = 0; i < 5_000; i++) {
                service.publish(TOPIC, NONE, large);
                // In step with the healthy one, so that what is lost is lost by the stuck one's fault alone.
                assertEquals("published large", healthy.next());
            }
            assertEquals(0, service.dropped());
        } finally {
            release.countDown();
        }
    }

    @Test
    void publishesBeforeItAnswersHoweverManyAnswersWait() throws Exception {
        try (Recorded north = connect(broker.address(), TestBroker.USER, TestBroker.PASSWORD)) {
            assertEquals("connected", north.next());
            north.link.send("?".getBytes(UTF_8));
            assertEquals("reply north asked ?", north.next());
            assertEquals(1, sentBeforeAHeartbeat(message -> service.reply(TestBroker.USER, asker, message)));
            // The twin has one queue for all: 39 MB, and a heartbeat behind them, if there is room for it at all.
            assertTrue(sentBeforeAHeartbeat(message -> service.publish(TOPIC, NONE, message)) > 200);
        }
    }

    /** How many messages were sent before a heartbeat, {@code Long.MAX_VALUE} when it was dropped. */
    private long sentBeforeAHeartbeat(Consumer<byte[]> other) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Long> before = new CompletableFuture<>();
        service.publish(
                TOPIC,
                message -> {
                    begun.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException closed) {
                        Thread.currentThread().interrupt();
                    }
                },
                new byte[0]);
        begun.await();
        byte[] large = new byte[65_000];
        for (int i = 0; i < 600; i++) {
            other.accept(large);
        }
        long dropped = service.dropped();
        service.publish(TOPIC, message -> before.complete(service.sent()), new byte[0]);
        if (service.dropped() > dropped) {
            before.complete(Long.MAX_VALUE);
        }
        long sentNow = service.sent();
        goOn.countDown();
        long at = before.get(30, TimeUnit.SECONDS);
        while (service.connected() && service.waitingReplyBytes() > 0) {
            Thread.onSpinWait();
        }
        return at == Long.MAX_VALUE ? at : at - sentNow;
    }

    @Test
    void refusesAUserWhoseNameWouldReachOtherAddresses() {
        assertThrows(
                IllegalArgumentException.class,
                () -> BrokerLink.open(broker.address(), "north.#", "x", QUEUE, TOPIC, new Recorded()));
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        try (Recorded north = connect(broker.address(), TestBroker.USER, TestBroker.PASSWORD)) {
            assertEquals("connected", north.next());
            north.link.close();
            north.link.awaitEnd();
        }
        service.close();
        assertEquals(
                List.of(),
                Thread.getAllStackTraces().keySet().stream()
                        .filter(t -> t.getName().startsWith("openrtd-") && !before.contains(t))
                        .toList());
    }

    /** The service opens its addresses on a thread of its own. */
    private void awaitOpen() {
        while (!service.connected()) {
            Thread.onSpinWait();
        }
    }

    private Recorded connect(BrokerAddress to, String user, String password) {
        awaitOpen();
        Recorded recorded = new Recorded();
        recorded.link = BrokerLink.open(to, user, password, QUEUE, TOPIC, recorded);
        return recorded;
    }

    private static class Recorded implements BrokerLink.Listener, AutoCloseable {

        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        BrokerLink link;

        String next() throws InterruptedException {
            String said = heard.poll(30, TimeUnit.SECONDS);
            assertNotNull(said, "nothing heard for 30 s");
            return said;
        }

        @Override
        public void connected() {
            heard.add("connected");
        }

        @Override
        public void published(Message message, byte[] payload) {
            heard.add("published " + (payload.length > 100 ? "large" : new String(payload, UTF_8)));
        }

        @Override
        public void replied(byte[] payload) {
            heard.add("reply " + new String(payload, UTF_8));
        }

        @Override
        public void closed(BrokerLink.Failure failure, String reason) {
            heard.add("closed " + failure + " " + reason);
        }

        @Override
        public void close() {
            link.close();
        }
    }
}
