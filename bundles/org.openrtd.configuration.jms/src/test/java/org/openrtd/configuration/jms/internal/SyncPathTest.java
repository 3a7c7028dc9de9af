package org.openrtd.configuration.jms.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openrtd.broker.internal.RealBroker;
import org.openrtd.configuration.CopyReport;
import org.openrtd.configuration.CopyStatus;
import org.openrtd.configuration.CopyStatus.Kind;
import org.openrtd.configuration.SyncStatus.Picture;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.feed.jms.OfferedSource;
import org.openrtd.feed.jms.Upstream;

/** Reports of copies from a client over its distributor to the centre, over brokers as nodes have them. */
@Timeout(120)
class SyncPathTest {

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<CopyStatus> atTheCentre = new CopyOnWriteArrayList<>();
    private final List<CopyStatus> atNorth = new CopyOnWriteArrayList<>();
    private final List<CopyStatus> atTheDesk = new CopyOnWriteArrayList<>();
    private RealBroker centre;
    private StatusService centreService;
    private StatusLink north;
    private StatusLink desk;

    @BeforeEach
    void open() throws Exception {
        centre = opened(new RealBroker(Map.of("north", Set.of("rtd-distributor"))));
        RealBroker northBroker = opened(new RealBroker(Map.of("desk7", Set.of("rtd-client"))));
        Copies known = new Copies("central", MonotonicClock.SYSTEM, () -> atTheCentre);
        centreService = opened(new StatusService(
                new OfferedSource("central", Addresses.DISTRIBUTOR_ROLE),
                "central",
                known,
                () -> CompletableFuture.completedFuture(new Picture("central", "", Copies.sorted(known.known())))));
        centreService.attach(centre.local());
        Copies knownAtNorth = new Copies("north-1", MonotonicClock.SYSTEM, () -> atNorth);
        north = link("north-1", knownAtNorth, "central", "north", centre);
        opened(new StatusService(
                        new OfferedSource("distributor", Addresses.CLIENT_ROLE),
                        "north-1",
                        knownAtNorth,
                        north::picture))
                .attach(northBroker.local());
        desk = link(
                "desk-7",
                new Copies("desk-7", MonotonicClock.SYSTEM, () -> atTheDesk),
                "distributor",
                "desk7",
                northBroker);
        atTheCentre.add(CopiesTest.copy("central", Kind.CENTRE, 7));
        atNorth.add(CopiesTest.copy("north-1", Kind.REPLICA, 7));
        atNorth.add(CopiesTest.copy("north-1", Kind.LOCAL_DATABASE, 5));
        atTheDesk.add(CopiesTest.copy("desk-7", Kind.REPLICA, 7));
    }

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    void showsTheCentreAndEveryCopyAtEveryNode() throws Exception {
        Picture picture =
                await(desk, at -> at.problem().isEmpty() && at.copies().size() == 4);

        assertEquals("central", picture.node());
        assertEquals(
                List.of(
                        "central CENTRE  0",
                        "north-1 REPLICA north 0",
                        "north-1 LOCAL_DATABASE north 2",
                        "desk-7 REPLICA desk7@north 0"),
                picture.copies().stream()
                        .map(copy ->
                                copy.status().node() + " " + copy.status().kind() + " " + copy.via() + " " + copy.lag())
                        .toList());
    }

    @Test
    void showsChangesSoon() throws Exception {
        await(desk, at -> at.problem().isEmpty() && at.copies().size() == 4);
        atNorth.set(1, CopiesTest.copy("north-1", Kind.LOCAL_DATABASE, 7));
        await(desk, at -> at.copies().stream().allMatch(copy -> copy.lag() == 0));
    }

    @Test
    void saysThatTheCentreIsGoneAndShowsWhatIsKnownOnTheWay() throws Exception {
        await(desk, at -> at.problem().isEmpty() && at.copies().size() == 4);
        centreService.detach(centre.local());
        centre.stop();

        Picture picture = await(desk, at -> at.problem().startsWith("north-1: "));
        assertEquals("north-1", picture.node());
        assertEquals(
                List.of("north-1", "north-1", "desk-7"),
                picture.copies().stream().map(copy -> copy.status().node()).toList());
        assertTrue(picture.copies().stream().map(CopyReport::lag).allMatch(lag -> lag < 0));

        centre.start();
        centreService.attach(centre.local());
        await(desk, at -> at.problem().isEmpty() && at.copies().size() == 4);
    }

    @Test
    void showsWhatIsHereWhereNothingIsFollowed() throws Exception {
        desk.upstream(null);
        Picture picture = await(desk, at -> !at.problem().isEmpty());
        assertEquals("desk-7", picture.node());
        assertEquals("this node follows no source", picture.problem());
        assertEquals(1, picture.copies().size());
    }

    @Test
    void endsItsThreadAlsoWhenInterrupted() throws Exception {
        CountDownLatch looking = new CountDownLatch(1);
        CountDownLatch seen = new CountDownLatch(1);
        Copies copies = new Copies("desk-8", MonotonicClock.SYSTEM, () -> {
            looking.countDown();
            awaitUninterrupted(seen);
            return List.of();
        });
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        StatusLink link = new StatusLink("desk-8", copies, () -> null, source -> false, MonotonicClock.SYSTEM);
        List<Thread> made = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && thread.getName().contains("copies"))
                .toList();
        assertEquals(1, made.size());
        // Busy, so that closing has to wait for the thread: only then an interrupt is noticed.
        looking.await();

        AtomicBoolean stillInterrupted = new AtomicBoolean();
        Thread closing = new Thread(() -> {
            Thread.currentThread().interrupt();
            link.close();
            stillInterrupted.set(Thread.interrupted());
        });
        closing.start();
        while (!Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING, Thread.State.TERMINATED)
                .contains(closing.getState())) {
            Thread.onSpinWait();
        }
        seen.countDown();

        closing.join();
        made.get(0).join(10_000);
        assertFalse(made.get(0).isAlive());
        assertTrue(stillInterrupted.get());
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                // As code that waits for a database may not heed it.
            }
        }
    }

    private static Picture await(StatusLink link, Predicate<Picture> wanted) throws Exception {
        while (true) {
            Picture picture = link.picture().get(60, TimeUnit.SECONDS);
            if (wanted.test(picture)) {
                return picture;
            }
            Thread.onSpinWait();
        }
    }

    private StatusLink link(String node, Copies copies, String usual, String user, RealBroker broker) {
        StatusLink link = opened(new StatusLink(node, copies, () -> null, source -> false, MonotonicClock.SYSTEM));
        JmsFollower.Sources sources =
                new JmsFollower.Sources(usual, List.of(broker.address()), user, "secret", "ask an operator");
        link.upstream(new Upstream() {
            @Override
            public String role() {
                return "test";
            }

            @Override
            public JmsFollower.Sources sources() {
                return sources;
            }

            @Override
            public int current() {
                return 0;
            }
        });
        return link;
    }

    private <T extends AutoCloseable> T opened(T made) {
        opened.add(made);
        return made;
    }
}
