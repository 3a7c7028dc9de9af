package org.openrtd.realtimeserver.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openrtd.centraldb.CentralDatabaseException;
import org.openrtd.events.Event;
import org.openrtd.events.LinkMessage;
import org.openrtd.events.LinkMessage.Acknowledged;
import org.openrtd.events.LinkMessage.EventBatch;
import org.openrtd.events.LinkMessage.Hello;
import org.openrtd.events.LinkMessage.Highest;
import org.openrtd.events.LinkMessage.Refusal;
import org.openrtd.events.LinkMessage.Refused;
import org.openrtd.events.Mark;
import org.openrtd.feed.Cut;
import org.openrtd.feed.Row;

@Timeout(20)
class CentreTest {

    private static final ZoneId ZONE = ZoneId.of("Asia/Jerusalem");
    private static final long BEGIN = Instant.parse("1999-01-05T08:00:00Z").toEpochMilli();
    private static final String PERIPHERAL = "Peripheral_Real_Time";

    private final MemoryDatabase database = new MemoryDatabase();
    private final AtomicLong now = new AtomicLong(1_000);
    private final AtomicLong wall = new AtomicLong(BEGIN);
    private final Rows rows = new Rows();
    private MemoryDatabase.Session session = database.new Session(0, false);
    private Centre centre;

    @AfterEach
    void close() {
        if (centre != null) {
            centre.close();
        }
    }

    private static Settings settings(ClockMode clock, String... autoConfigure) {
        return new Settings(
                clock,
                ZONE,
                Set.of(autoConfigure),
                Duration.ofSeconds(3),
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                1000);
    }

    private GatewayDouble start(ClockMode clock, List<Event> events, String... autoConfigure) {
        GatewayDouble gateway = new GatewayDouble(1, 50, events);
        centre = new Centre(
                session, session, rows, gateway, now::incrementAndGet, wall::get, settings(clock, autoConfigure));
        centre.start();
        return gateway;
    }

    private static Event.ConfigurationWanted wanted(long time) {
        return new Event.ConfigurationWanted(
                time,
                ZONE.getId(),
                List.of(new Event.CallTypeWanted("Sales", 20, 1, 5)),
                List.of(new Event.SkillGroupWanted("Sellers", 20, 1)),
                List.of(
                        new Event.AgentWanted("1", "Ada", "L", List.of("Sellers")),
                        new Event.AgentWanted("2", "Bob", "M", List.of("Sellers"))),
                List.of());
    }

    /** A quarter of an hour with calls and agents, and names that were not announced. */
    private static List<Event> day(long seed, int seconds) {
        Random random = new Random(seed);
        List<Event> events = new ArrayList<>();
        long time = BEGIN;
        events.add(wanted(time));
        events.add(new Event.GatewayUp(time, false));
        for (String agent : List.of("1", "2")) {
            events.add(new Event.AgentLoggedIn(time, agent, List.of("Sellers"), null));
            events.add(new Event.AgentStateChanged(time, agent, 3, 0));
        }
        List<String> waiting = new ArrayList<>();
        for (int second = 0; second < seconds; second++) {
            if (random.nextInt(3) == 0) {
                String call = "c" + second;
                String type = random.nextInt(20) == 0 ? "Sudden" + random.nextInt(3) : "Sales";
                events.add(new Event.CallOffered(time, call, type));
                events.add(new Event.CallQueued(time, call, List.of("Sellers")));
                waiting.add(call);
            }
            if (!waiting.isEmpty() && random.nextInt(3) == 0) {
                String call = waiting.remove(0);
                if (random.nextInt(4) == 0) {
                    events.add(new Event.CallAbandoned(time, call));
                } else {
                    String agent = random.nextInt(10) == 0 ? "99" : "" + (1 + random.nextInt(2));
                    events.add(new Event.CallAnswered(time, call, agent, "Sellers"));
                    events.add(new Event.CallEnded(time + 500, call));
                }
            }
            events.add(new Event.ClockAdvanced(time));
            time += 1000;
        }
        events.add(new Event.GatewayLost(time, "finished"));
        return events;
    }

    // ---------------------------------------------------------------- crash and recovery

    @Test
    @Timeout(90)
    void aCrashAtAnyCallOfTheDatabaseChangesNothingInTheEnd() throws Exception {
        for (long seed = 1; seed <= 2; seed++) {
            List<Event> events = day(seed, 300);
            Map<List<Object>, Row> expected = run(events, 0, false, seed);
            assertTrue(expected.size() > 5, "rows: " + expected.size());
            int crashes = 0;
            for (boolean after : new boolean[] {false, true}) {
                for (long call = 1; ; call++) {
                    Crashed crashed = new Crashed();
                    Map<List<Object>, Row> actual = run(events, call, after, seed, crashed);
                    assertRows(
                            expected,
                            actual,
                            "seed " + seed + ", killed " + (after ? "after" : "at") + " call " + call);
                    if (crashed.times == 0) {
                        break;
                    }
                    crashes++;
                }
            }
            assertTrue(crashes > 20, "only " + crashes + " crashes");
        }
    }

    @Test
    void catchesADatabaseThatPrunesWhatAStartNeeds() throws Exception {
        List<Event> events = day(1, 60);
        String caught = null;
        for (long call = 1; call <= 50 && caught == null; call++) {
            MemoryDatabase twin = new MemoryDatabase();
            twin.pruneAllAtEachStart();
            try {
                run(twin, events, call, true, new Crashed());
            } catch (IllegalStateException pruned) {
                caught = pruned.getMessage();
            }
        }
        assertTrue(String.valueOf(caught).contains("does not reach back to recovery key"), caught);
    }

    private static final class Crashed {
        int times;
    }

    private static Map<List<Object>, Row> run(List<Event> events, long killAt, boolean after, long seed)
            throws InterruptedException {
        return run(events, killAt, after, seed, new Crashed());
    }

    /** Runs a whole day, through a kill and a restart, and answers with what a follower has in the end. */
    private static Map<List<Object>, Row> run(
            List<Event> events, long killAt, boolean after, long seed, Crashed crashed) throws InterruptedException {
        return run(new MemoryDatabase(), events, killAt, after, crashed);
    }

    private static Map<List<Object>, Row> run(
            MemoryDatabase database, List<Event> events, long killAt, boolean after, Crashed crashed)
            throws InterruptedException {
        // Runs much faster than time does, so that checkpoints and cuts come often.
        AtomicLong ticking = new AtomicLong();
        Rows rows = new Rows();
        for (long kill = killAt; ; kill = 0) {
            MemoryDatabase.Session session = database.new Session(kill, after);
            GatewayDouble gateway = new GatewayDouble(1, 60, events);
            Settings quick = new Settings(
                    ClockMode.GATEWAY,
                    ZONE,
                    Set.of("*"),
                    Duration.ofDays(1),
                    Duration.ofMillis(50),
                    Duration.ofSeconds(1),
                    1000);
            Centre centre =
                    new Centre(session, session, rows, gateway, () -> ticking.addAndGet(7), ticking::get, quick);
            boolean done = false;
            try {
                centre.start();
                done = gateway.sendAll(centre, session);
            } catch (CentralDatabaseException killedAtStart) {
                assertTrue(session.killed());
            } finally {
                centre.close();
            }
            if (done && !session.killed()) {
                return rows.rows();
            }
            crashed.times++;
        }
    }

    private static void assertRows(Map<List<Object>, Row> expected, Map<List<Object>, Row> actual, String where) {
        assertEquals(expected.keySet(), actual.keySet(), where);
        expected.forEach((key, row) -> {
            Map<String, String> differences = new TreeMap<>();
            row.table().columns().forEach(column -> {
                Object before = row.get(column.name());
                Object now = actual.get(key).get(column.name());
                if (!java.util.Objects.equals(before, now)) {
                    differences.put(column.name(), before + " <> " + now);
                }
            });
            assertEquals(Map.of(), differences, where + ", " + key);
        });
    }

    // ---------------------------------------------------------------- events

    @Test
    void acknowledgesWhatIsInTheLogAndSaysSoToAGatewayThatReturns() throws Exception {
        GatewayDouble gateway = start(ClockMode.GATEWAY, day(1, 10), "*");
        assertTrue(gateway.sendAll(centre, session));
        int all = day(1, 10).size();
        GatewayDouble.send(centre, new Hello(GatewayDouble.NAME));
        Highest highest = assertInstanceOf(Highest.class, gateway.next());
        assertEquals(new Mark(1, all), highest.mark());
        assertEquals(all, session.marks().get(GatewayDouble.NAME).number());
    }

    @Test
    void countsWhatIsSentTwiceAndRefusesWhatLeavesAGap() throws Exception {
        List<Event> events = day(1, 10);
        GatewayDouble gateway = start(ClockMode.GATEWAY, events, "*");
        assertTrue(gateway.sendAll(centre, session));
        long before = centre.duplicates();
        GatewayDouble.send(centre, new EventBatch(GatewayDouble.NAME, 1, 1, events.subList(0, 5)));
        assertEquals(
                new Mark(1, events.size()),
                assertInstanceOf(Acknowledged.class, gateway.next()).mark());
        assertEquals(before + 5, centre.duplicates());
        GatewayDouble.send(centre, new EventBatch(GatewayDouble.NAME, 1, events.size() + 2, events.subList(0, 1)));
        assertEquals(
                Refusal.GAP, assertInstanceOf(Refused.class, gateway.next()).refusal());
        GatewayDouble.send(centre, new EventBatch(GatewayDouble.NAME, 2, 1, events.subList(0, 1)));
        assertInstanceOf(Acknowledged.class, gateway.next());
        GatewayDouble.send(centre, new EventBatch(GatewayDouble.NAME, 1, 1, events.subList(0, 1)));
        assertEquals(
                Refusal.RUN_OVER,
                assertInstanceOf(Refused.class, gateway.next()).refusal());
    }

    @Test
    void refusesWhatItCannotRead() throws Exception {
        GatewayDouble gateway = start(ClockMode.GATEWAY, List.of(), "*");
        centre.arrived(new Replies.To("gateway", "1"), new byte[] {1, 2, 3});
        assertEquals(
                Refusal.MALFORMED,
                assertInstanceOf(Refused.class, gateway.next()).refusal());
    }

    @Test
    void refusesAndCountsNamesThatAreNotConfiguredWhereTheGatewayMayNotConfigure() throws Exception {
        GatewayDouble gateway = start(ClockMode.GATEWAY, day(1, 10));
        assertTrue(gateway.sendAll(centre, session));
        centre.close();
        assertTrue(centre.counts().refused() > 0);
        assertEquals(0, session.recoveryKey());
    }

    @Test
    void configuresNamesThatTurnUpWithoutAnnouncementWhereTheGatewayMay() throws Exception {
        List<Event> events = List.of(
                new Event.GatewayUp(BEGIN, false),
                new Event.CallOffered(BEGIN, "c1", "Sudden"),
                new Event.ClockAdvanced(BEGIN));
        GatewayDouble gateway = start(ClockMode.GATEWAY, events, GatewayDouble.NAME);
        assertTrue(gateway.sendAll(centre, session));
        rows.await("Call_Type_Real_Time", "CallsOfferedToday", 1);
        assertEquals(0, centre.counts().refused());
    }

    @Test
    void triesNamesAgainWhoseConfigurationWasRefused() throws Exception {
        List<Event> events = List.of(
                new Event.GatewayUp(BEGIN, false),
                new Event.CallOffered(BEGIN, "c1", "Sudden"),
                new Event.CallOffered(BEGIN, "c2", "Sudden"),
                new Event.ClockAdvanced(BEGIN));
        GatewayDouble oneByOne = start(ClockMode.GATEWAY, events, "*");
        session.refusing(1);
        GatewayDouble.send(centre, new EventBatch(GatewayDouble.NAME, 1, 1, events.subList(0, 2)));
        oneByOne.next();
        assertEquals(0, session.recoveryKey());
        GatewayDouble.send(centre, new EventBatch(GatewayDouble.NAME, 1, 3, events.subList(2, 4)));
        oneByOne.next();
        assertEquals(1, session.recoveryKey());
    }

    @Test
    void letsOnlyTheUserSpeakForAGatewayWhoDidSoFirst() throws Exception {
        List<Event> events = day(1, 10);
        GatewayDouble gateway = start(ClockMode.GATEWAY, events, "*");
        assertTrue(gateway.sendAll(centre, session));
        for (LinkMessage message : List.of(
                new Hello(GatewayDouble.NAME),
                GatewayDouble.keepAlive(),
                new EventBatch(GatewayDouble.NAME, 2, 1, events.subList(0, 1)))) {
            GatewayDouble.sendAs("openrtd-node", centre, message);
            Refused refused = assertInstanceOf(Refused.class, gateway.next());
            assertEquals(Refusal.NOT_ALLOWED, refused.refusal());
            assertTrue(refused.reason().contains("user gateway's"), refused.reason());
            assertTrue(refused.reason().contains("this is user openrtd-node"), refused.reason());
        }
        GatewayDouble.sendAs("openrtd-node", centre, new Hello("another"));
        assertInstanceOf(Highest.class, gateway.next());
        GatewayDouble.send(centre, new Hello(GatewayDouble.NAME));
        assertEquals(
                new Mark(1, events.size()),
                assertInstanceOf(Highest.class, gateway.next()).mark());
    }

    @Test
    void showsEventsOnlyWhenTheClockHasMovedPastThem() throws Exception {
        List<Event> events = new ArrayList<>(List.of(
                wanted(BEGIN),
                new Event.GatewayUp(BEGIN, false),
                new Event.CallOffered(BEGIN, "c1", "Sales"),
                new Event.ClockAdvanced(BEGIN),
                new Event.CallOffered(BEGIN + 500, "c2", "Sales")));
        GatewayDouble gateway = start(ClockMode.GATEWAY, events, "*");
        assertTrue(gateway.sendAll(centre, session));
        now.addAndGet(1000);
        rows.await("Call_Type_Real_Time", "CallsOfferedToday", 1);

        // Silent in the middle of a second: that is seen, and the half second is not.
        step(3600);
        rows.await(PERIPHERAL, "GatewayState", "silent");
        assertEquals(1, rows.value("Call_Type_Real_Time", "CallsOfferedToday"));
    }

    // ---------------------------------------------------------------- silence and clock

    @Test
    void findsAGatewaySilentAndHearsItAgain() throws Exception {
        GatewayDouble gateway = start(
                ClockMode.GATEWAY,
                List.of(wanted(BEGIN), new Event.GatewayUp(BEGIN, false), new Event.ClockAdvanced(BEGIN)),
                "*");
        assertTrue(gateway.sendAll(centre, session));
        now.addAndGet(100);
        rows.await(PERIPHERAL, "GatewayState", "up");
        assertNull(centre.whyNotCurrent());

        step(3100);
        rows.await(PERIPHERAL, "GatewayState", "silent");
        assertEquals("gateway pg, which moves the clock, is silent", centre.whyNotCurrent());

        GatewayDouble.send(centre, GatewayDouble.keepAlive());
        now.addAndGet(100);
        rows.await(PERIPHERAL, "GatewayState", "up");
    }

    @Test
    void findsAGatewaySilentWhileAnotherOneFloodsIt() throws Exception {
        GatewayDouble gateway = start(ClockMode.GATEWAY, oneCall(), GatewayDouble.NAME);
        assertTrue(gateway.sendAll(centre, session));
        List<Event> many = new ArrayList<>();
        for (int call = 0; call < 600; call++) {
            many.add(new Event.CallOffered(BEGIN, "f" + call, "Sales"));
        }
        AtomicBoolean enough = new AtomicBoolean();
        Runnable flood = () -> {
            try {
                while (!enough.get()) {
                    GatewayDouble.send(centre, new EventBatch("flood", 1, 1, many));
                    gateway.replies.clear();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        // Several, so that one always waits.
        List<Thread> flooding = List.of(new Thread(flood), new Thread(flood), new Thread(flood));
        flooding.forEach(Thread::start);
        try {
            step(8000);
            rows.await(PERIPHERAL, "GatewayState", "silent");
        } finally {
            enough.set(true);
            for (Thread thread : flooding) {
                thread.join();
            }
        }
    }

    /** In steps that the centre does not take for a pause of its own. */
    private void step(long millis) throws InterruptedException {
        for (long done = 0; done < millis; done += 500) {
            long seen = centre.steps();
            now.addAndGet(500);
            centre.awaitStepAfter(seen);
        }
    }

    @Test
    void aGatewayThatWasUpBeforeARestartAndDoesNotReturnIsSilent() throws Exception {
        GatewayDouble gateway = start(
                ClockMode.GATEWAY,
                List.of(wanted(BEGIN), new Event.GatewayUp(BEGIN, false), new Event.ClockAdvanced(BEGIN)),
                "*");
        assertTrue(gateway.sendAll(centre, session));
        centre.close();

        session = database.new Session(0, false);
        start(ClockMode.GATEWAY, List.of());
        step(3600);
        rows.await(PERIPHERAL, "GatewayState", "silent");
    }

    @Test
    void movesTheClockItselfWhereItOwnsIt() throws Exception {
        GatewayDouble gateway = start(
                ClockMode.CONTROLLER,
                List.of(
                        wanted(BEGIN),
                        new Event.GatewayUp(BEGIN, false),
                        new Event.CallOffered(BEGIN, "c1", "Sales"),
                        // Not its business here.
                        new Event.ClockAdvanced(BEGIN + 3_600_000)),
                "*");
        assertTrue(gateway.sendAll(centre, session));
        wall.addAndGet(1000);
        now.addAndGet(1000);
        rows.await("Call_Type_Real_Time", "CallsOfferedToday", 1);
        List<Cut> cuts = rows.cuts();
        assertTrue(cuts.get(cuts.size() - 1).controllerTime() < BEGIN + 60_000);
        for (int i = 1; i < cuts.size(); i++) {
            assertTrue(cuts.get(i).controllerTime() >= cuts.get(i - 1).controllerTime());
            assertTrue(cuts.get(i).tick() >= cuts.get(i - 1).tick());
        }
    }

    // ---------------------------------------------------------------- a database in trouble

    @Test
    void saysThatTheDatabaseFailsAndGoesOnWhenItWorksAgain() throws Exception {
        GatewayDouble gateway = start(ClockMode.GATEWAY, day(1, 10), "*");
        session.failing(true);
        GatewayDouble.send(
                centre, new EventBatch(GatewayDouble.NAME, 1, 1, day(1, 10).subList(0, 5)));
        while (centre.whyNotCurrent() == null) {
            Thread.onSpinWait();
        }
        assertEquals("the disk is full", centre.whyNotCurrent());
        session.failing(false);
        LinkMessage reply = gateway.next();
        assertEquals(new Mark(1, 5), assertInstanceOf(Acknowledged.class, reply).mark());
        assertNull(centre.whyNotCurrent());
    }

    /** Derby interrupts whoever is at work in a database that ends. */
    @Test
    void goesOnWhenItIsInterruptedByAnybodyElse() throws Exception {
        GatewayDouble gateway = start(ClockMode.GATEWAY, oneCall(), "*");
        session.failing(true);
        GatewayDouble.send(
                centre, new EventBatch(GatewayDouble.NAME, 1, 1, oneCall().subList(0, 4)));
        while (centre.whyNotCurrent() == null) {
            Thread.onSpinWait();
        }
        interruptTheLog();
        session.failing(false);
        assertEquals(
                new Mark(1, 4),
                assertInstanceOf(Acknowledged.class, gateway.next()).mark());
        interruptTheLog();
        assertTrue(gateway.sendAll(centre, session));
        now.addAndGet(1000);
        rows.await("Call_Type_Real_Time", "CallsOfferedToday", 1);
    }

    private static void interruptTheLog() {
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("openrtd-event-log"))
                .forEach(Thread::interrupt);
    }

    @Test
    void foldsEventsWhoseCommitTookEffectButFailed() throws Exception {
        GatewayDouble gateway = start(ClockMode.GATEWAY, oneCall(), "*");
        session.failAfterAppend(new CentralDatabaseException("the answer was lost", null));
        assertTrue(gateway.sendAll(centre, session));
        assertTrue(session.hasThrown());
        now.addAndGet(1000);
        rows.await("Call_Type_Real_Time", "CallsOfferedToday", 1);
        assertEquals("up", rows.value(PERIPHERAL, "GatewayState"));
        centre.close();
        assertEquals(
                oneCall().size(), centre.counts().accepted() + centre.counts().untidy());
    }

    @Test
    void foldsEventsThatWereStoredByAStepThatWasBrokenOff() throws Exception {
        GatewayDouble gateway = start(ClockMode.GATEWAY, oneCall(), "*");
        session.failAfterAppend(new IllegalStateException("an error of this program"));
        GatewayDouble.send(
                centre, new EventBatch(GatewayDouble.NAME, 1, 1, oneCall().subList(0, 4)));
        while (!session.hasThrown()) {
            Thread.onSpinWait();
        }
        assertTrue(gateway.sendAll(centre, session));
        now.addAndGet(1000);
        rows.await("Call_Type_Real_Time", "CallsOfferedToday", 1);
        // As the log has it, the gateway is up and owns the clock; so its silence is news.
        step(3600);
        rows.await(PERIPHERAL, "GatewayState", "silent");
    }

    private static List<Event> oneCall() {
        return List.of(
                wanted(BEGIN),
                new Event.GatewayUp(BEGIN, false),
                new Event.CallOffered(BEGIN, "c1", "Sales"),
                new Event.ClockAdvanced(BEGIN));
    }

    @Test
    void foldsOnWhenTheChangeLogCanBeReadAgain() throws Exception {
        GatewayDouble gateway = start(ClockMode.GATEWAY, oneCall(), "*");
        session.failingChangeLog(true);
        assertTrue(gateway.sendAll(centre, session));
        while (centre.whyNotCurrent() == null) {
            Thread.onSpinWait();
        }
        assertEquals("the change log cannot be read", centre.whyNotCurrent());
        session.failingChangeLog(false);
        now.addAndGet(1000);
        rows.await("Call_Type_Real_Time", "CallsOfferedToday", 1);
        assertNull(centre.whyNotCurrent());
    }

    @Test
    void closesWhileTheChangeLogCannotBeReadAndFoldsTheRestAtTheNextStart() throws Exception {
        GatewayDouble gateway = start(ClockMode.GATEWAY, oneCall(), "*");
        session.failingChangeLog(true);
        assertTrue(gateway.sendAll(centre, session));
        while (centre.whyNotCurrent() == null) {
            Thread.onSpinWait();
        }
        centre.close();

        session = database.new Session(0, false);
        start(ClockMode.GATEWAY, List.of());
        assertEquals(1, rows.value("Call_Type_Real_Time", "CallsOfferedToday"));
    }

    @Test
    void whatAStepThatWasBrokenOffWasGoingToLogIsStillToBeLogged() throws Exception {
        GatewayDouble gateway = start(ClockMode.GATEWAY, oneCall(), "*");
        assertTrue(gateway.sendAll(centre, session));
        step(3600);
        rows.await(PERIPHERAL, "GatewayState", "silent");

        session.failAtProvision(new IllegalStateException("an error of this program"));
        GatewayDouble.send(
                centre,
                new EventBatch(GatewayDouble.NAME, 1, 5, List.of(new Event.CallOffered(BEGIN, "c2", "Sudden"))));
        while (!session.hasThrown()) {
            Thread.onSpinWait();
        }
        GatewayDouble.send(centre, GatewayDouble.keepAlive());
        gateway.next();
        now.addAndGet(1000);
        rows.await(PERIPHERAL, "GatewayState", "up");
    }

    @Test
    void saysThatTheDatabaseHangsAndMakesGatewaysWait() throws Exception {
        List<Event> events = day(1, 2000);
        GatewayDouble gateway = start(ClockMode.GATEWAY, events, "*");
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch hung = session.hanging(released);
        CountDownLatch started = new CountDownLatch(1);
        Thread sender = new Thread(() -> {
            try {
                started.countDown();
                for (int next = 0; next < events.size(); next += 100) {
                    int to = Math.min(events.size(), next + 100);
                    GatewayDouble.send(
                            centre, new EventBatch(GatewayDouble.NAME, 1, next + 1, events.subList(next, to)));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        sender.start();
        started.await();
        while (sender.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        hung.await();
        assertTrue(centre.eventsWaiting() <= 1000, "waiting: " + centre.eventsWaiting());
        now.addAndGet(2500);
        assertTrue(centre.whyNotCurrent().startsWith("the central database has not answered for "));

        released.countDown();
        sender.join();
        long acknowledged = 0;
        while (acknowledged < events.size()) {
            acknowledged =
                    assertInstanceOf(Acknowledged.class, gateway.next()).mark().number();
        }
        assertNull(centre.whyNotCurrent());
        assertTrue(
                centre.gateways().stream().noneMatch(status -> status.state().equals("silent")),
                "its silence was our doing");
    }
}
