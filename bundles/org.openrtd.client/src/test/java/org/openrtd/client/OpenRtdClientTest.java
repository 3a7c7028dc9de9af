package org.openrtd.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.client.TestSite.row;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.feed.jms.TestBroker;

/** The library against a real centre and real distributors. */
@Timeout(300)
class OpenRtdClientTest {

    private static final String CALL_TYPES = "Call_Type_Real_Time";
    private static final String GROUPS = "Skill_Group_Real_Time";
    private static final String AGENTS = "Agent_Real_Time";
    private static final String LACKING = "Peripheral_Real_Time";
    private static final Duration LONG = Duration.ofSeconds(60);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final TestSite site = opened(new TestSite(LACKING));

    OpenRtdClientTest() throws Exception {}

    private <T extends AutoCloseable> T opened(T closeable) {
        open.add(0, closeable);
        return closeable;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    private static OpenRtdClient.Builder to(TestSite.Distributor... distributors) {
        String[] urls = new String[distributors.length];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = distributors[i].url();
        }
        return OpenRtdClient.builder()
                .distributors(urls)
                .credentials(TestBroker.USER, TestBroker.PASSWORD)
                .heartbeatInterval(TestSite.HEARTBEAT)
                // Longer than this machine may hold a process up: what is stale here is so for another reason.
                .staleAfter(Duration.ofSeconds(15))
                .longestBackOff(Duration.ofMillis(400));
    }

    private static Row callType(int id, int waiting) {
        return row(CALL_TYPES, "CallTypeID", id, "RouterCallsQNow", waiting);
    }

    /** What a program knows that only listens; all its fields are written by the client's thread. */
    private static final class Listening implements OpenRtdListener {
        final Map<String, Row> rows = new TreeMap<>();
        final List<Batch> batches = new ArrayList<>();
        final List<FeedStatus> states = new ArrayList<>();
        final Set<Thread> threads = new HashSet<>();
        /** Thrown on the client's thread, it would only be logged. */
        final List<String> wrong = new ArrayList<>();

        private final List<RowChange> rowsOfBatch = new ArrayList<>();

        @Override
        public synchronized void row(RowChange change) {
            threads.add(Thread.currentThread());
            rowsOfBatch.add(change);
            Row row = change.after() == null ? change.before() : change.after();
            String key = change.table() + ":" + row.key();
            if (!Objects.equals(change.before(), rows.get(key))) {
                wrong.add(change + " after " + rows.get(key));
            }
            if (change.after() == null) {
                rows.remove(key);
            } else {
                rows.put(key, change.after());
            }
        }

        @Override
        public synchronized void batch(Batch batch) {
            threads.add(Thread.currentThread());
            batches.add(batch);
            if (!rowsOfBatch.equals(batch.changes())) {
                wrong.add(batch + " after " + rowsOfBatch);
            }
            rowsOfBatch.clear();
            notifyAll();
        }

        @Override
        public synchronized void state(FeedStatus status) {
            threads.add(Thread.currentThread());
            states.add(status);
            notifyAll();
        }

        synchronized void await(BooleanSupplier wanted) throws InterruptedException {
            while (!wanted.getAsBoolean()) {
                wait();
            }
        }

        synchronized FeedStatus last() {
            return states.isEmpty() ? null : states.get(states.size() - 1);
        }

        synchronized Position position() {
            return batches.isEmpty()
                    ? Position.NONE
                    : batches.get(batches.size() - 1).position();
        }
    }

    @Test
    void handsOverRowsBatchesAndStatesOnOneThread() throws Exception {
        site.commit(callType(5000, 1), callType(5001, 2), row(GROUPS, "SkillTargetID", 1, "RouterCallsQNow", 9));
        Listening heard = new Listening();
        OpenRtdClient client = opened(to(site.distributor("north-1"))
                .tables("t_call_type_real_time")
                .listener(heard)
                .open());
        client.awaitLive(LONG);
        heard.await(() -> heard.last() != null && heard.last().state() == FeedState.LIVE);
        assertEquals(
                Set.of(CALL_TYPES + ":[5000]", CALL_TYPES + ":[5001]"),
                heard.rows.keySet(),
                "those of the table alone");
        assertEquals(FeedState.CONNECTING, heard.states.get(0).state());
        assertEquals("north-1", heard.last().source());
        assertFalse(heard.last().stale());

        site.commit(callType(5000, 7));
        site.commit(row(GROUPS, "SkillTargetID", 1, "RouterCallsQNow", 8));
        site.delete(callType(5001, 2));
        heard.await(() -> heard.position().equals(site.origin("calls").view().position()));
        assertEquals(Map.of(CALL_TYPES + ":[5000]", callType(5000, 7)), heard.rows);
        Position last = Position.NONE;
        for (Batch batch : heard.batches) {
            assertEquals(last, batch.previous());
            assertEquals("calls", batch.feed());
            last = batch.position();
        }
        Batch end = heard.batches.get(heard.batches.size() - 1);
        assertEquals(List.of(callType(5000, 7)), end.now().rows(CALL_TYPES));
        assertEquals(end.position(), end.status().position());
        assertEquals(List.of(), heard.wrong);
        assertEquals(
                List.of("openrtd-client"),
                heard.threads.stream().map(Thread::getName).toList());
    }

    @Test
    void answersWithStatePositionAndAge() throws Exception {
        site.commit(callType(5000, 1), row("Call_Type", "CallTypeID", 5000, "EnterpriseName", "Sales"));
        OpenRtdClient client = opened(to(site.distributor("north-1"))
                .feeds("calls")
                .tables("Call_Type")
                .open());
        assertTrue(client.read().stale(), "no rows are no zeros");
        assertEquals(List.of(), client.read().rows("Call_Type"));
        client.awaitLive(LONG);
        Reading now = client.read(CALL_TYPES, "t_Call_Type");
        assertEquals(2, now.statuses().size());
        assertEquals(FeedState.LIVE, now.status(CALL_TYPES).state());
        assertEquals(
                site.origin("calls").view().position(), now.status(CALL_TYPES).position());
        assertTrue(now.age().compareTo(Duration.ofSeconds(60)) < 0, now::toString);
        assertEquals(
                "Sales",
                now.row("Call_Type", now.rows(CALL_TYPES).get(0).getInt("CallTypeID"))
                        .orElseThrow()
                        .getString("EnterpriseName"));
        client.close();
        assertTrue(client.read().stale());
        assertEquals("closed", client.read().status("Call_Type").reason());
        assertEquals(1, client.read().rows(CALL_TYPES).size(), "still readable");
        assertTrue(assertThrows(IllegalStateException.class, () -> client.awaitLive(LONG))
                .getMessage()
                .contains("closed"));
    }

    /**
     * Each commit moves waiting calls between call types and groups, whose sum stays, and writes its number to both feeds.
     * The broken twin reads table by table.
     */
    @Test
    void readsSeveralTablesWithoutEverSeeingHalfABatch() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("OpenRtdClientTest seed " + seed);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int[] waiting = {1000, 0, 0, 0};
        move(waiting, random, 0);
        OpenRtdClient client = opened(to(site.distributor("north-1"))
                .tables(CALL_TYPES, GROUPS, AGENTS)
                .open());
        client.awaitLive(LONG);

        Counted whole = new Counted();
        Counted twin = new Counted();
        CompletableFuture<Void> end = new CompletableFuture<>();
        List<Thread> readers = new ArrayList<>();
        readers.add(reader(end, () -> {
            Reading now = client.read();
            whole.count(now, now, now);
        }));
        readers.add(reader(end, () -> twin.count(client.read(CALL_TYPES), client.read(GROUPS), client.read(AGENTS))));
        int commits = 0;
        while (!end.isDone()
                && (commits < 200 || whole.same < 200 || twin.halfBatches == 0 || twin.otherMoments == 0)) {
            move(waiting, random, ++commits);
        }
        end.complete(null);
        for (Thread reader : readers) {
            reader.join();
        }
        end.get(1, TimeUnit.SECONDS);
        assertEquals(0, whole.halfBatches, "seed " + seed);
        assertEquals(0, whole.otherMoments, "seed " + seed);
        System.out.println(commits + " commits; whole " + whole + "; broken twin " + twin);
    }

    private void move(int[] waiting, RandomGenerator random, int number) {
        int from = random.nextInt(4);
        int to = random.nextInt(4);
        int calls = random.nextInt(waiting[from] + 1);
        waiting[from] -= calls;
        waiting[to] += calls;
        site.commit(
                row(CALL_TYPES, "CallTypeID", 1, "RouterCallsQNow", waiting[0], "CallsAtAgentNow", number),
                row(CALL_TYPES, "CallTypeID", 2, "RouterCallsQNow", waiting[1]),
                row(GROUPS, "SkillTargetID", 1, "RouterCallsQNow", waiting[2]),
                row(GROUPS, "SkillTargetID", 2, "RouterCallsQNow", waiting[3]),
                row(AGENTS, "SkillTargetID", 1, "MRDomainID", 1, "AgentState", number));
    }

    private static Thread reader(CompletableFuture<Void> end, Runnable read) {
        Thread thread = new Thread(() -> {
            try {
                while (!end.isDone()) {
                    read.run();
                }
            } catch (Throwable e) {
                end.completeExceptionally(e);
            }
        });
        thread.start();
        return thread;
    }

    private static final class Counted {
        volatile int same;
        volatile int others;
        volatile int halfBatches;
        volatile int otherMoments;

        void count(Reading callTypes, Reading groups, Reading agents) {
            int sum = 0;
            int number = -1;
            for (Row row : callTypes.rows(CALL_TYPES)) {
                sum += row.getInt("RouterCallsQNow");
                number = row.getInt("CallTypeID") == 1 ? row.getInt("CallsAtAgentNow") : number;
            }
            for (Row row : groups.rows(GROUPS)) {
                sum += row.getInt("RouterCallsQNow");
            }
            halfBatches += sum == 1000 ? 0 : 1;
            if (!agents.sameMoment()) {
                others++;
                return;
            }
            same++;
            otherMoments += agents.row(AGENTS, 1, 1).orElseThrow().getInt("AgentState") == number ? 0 : 1;
        }

        @Override
        public String toString() {
            return same + " of one moment, " + others + " not, " + halfBatches + " half batches, " + otherMoments
                    + " of other moments";
        }
    }

    @Test
    void saysStaleWhenItsDistributorIsKilledAndGoesOnAtTheOther() throws Exception {
        site.commit(callType(5000, 1));
        TestSite.Distributor first = site.distributor("north-1");
        TestSite.Distributor second = site.distributor("north-2");
        second.away();
        Listening heard = new Listening();
        OpenRtdClient client =
                opened(to(first, second).tables(CALL_TYPES).listener(heard).open());
        client.awaitLive(LONG);
        site.commit(callType(5000, 2));
        heard.await(() -> heard.position().equals(site.origin("calls").view().position()));
        heard.await(
                () -> heard.last().source().equals("north-1") && !heard.last().stale());
        int before = heard.states.size();

        first.kill();
        site.commit(callType(5000, 3));
        heard.await(() -> heard.states.size() > before && heard.last().stale());
        assertTrue(client.read().stale());
        assertEquals(2, client.read().rows(CALL_TYPES).get(0).getInt("RouterCallsQNow"), "the last that was known");

        second.back();
        heard.await(() -> heard.last().source().equals("north-2")
                && !heard.last().stale()
                && heard.position().equals(site.origin("calls").view().position()));
        assertEquals(3, client.read().rows(CALL_TYPES).get(0).getInt("RouterCallsQNow"));
        assertEquals(List.of(), heard.wrong);
        Position last = Position.NONE;
        for (Batch batch : heard.batches) {
            assertEquals(last, batch.previous(), "goes on where it was");
            last = batch.position();
        }
    }

    @Test
    void goesOnWithTheDistributorThatItHoldsReadyWithoutASnapshot() throws Exception {
        site.commit(callType(5000, 1));
        TestSite.Distributor first = site.distributor("north-1");
        TestSite.Distributor second = site.distributor("north-2");
        Listening heard = new Listening();
        OpenRtdClient client =
                opened(to(first, second).tables(CALL_TYPES).listener(heard).open());
        client.awaitLive(LONG);
        JmsFollower follower = client.followers().get(0);
        while (follower.ready().filter(ready -> ready.said().isPresent()).isEmpty()) {
            Thread.sleep(5);
        }
        // Whichever it has come to: a machine that is held up may have had it change over by now.
        boolean atFirst = follower.replica().source().equals("north-1");
        String other = atFirst ? "north-2" : "north-1";
        (atFirst ? first : second).kill();
        site.commit(callType(5000, 2));
        heard.await(() -> heard.last().source().equals(other)
                && !heard.last().stale()
                && heard.position().equals(site.origin("calls").view().position()));
        assertEquals(2, client.read().rows(CALL_TYPES).get(0).getInt("RouterCallsQNow"));
        assertEquals(1, follower.replica().statistics().snapshots());
        assertFalse(follower.lastChange().orElseThrow().snapshot());
    }

    @Test
    void goesToTheOtherDistributorWhenTheProgramSaysSo() throws Exception {
        site.commit(callType(5000, 1));
        OpenRtdClient alone =
                opened(to(site.distributor("north-0")).feeds("calls").open());
        assertThrows(IllegalStateException.class, alone::failover);

        OpenRtdClient client = opened(to(site.distributor("north-1"), site.distributor("north-2"))
                .name("wallboard 7")
                .returnToPrimary(false)
                .tables(CALL_TYPES)
                .open());
        JmsFollower follower = client.followers().get(0);
        // It may be held up, and change over by itself before or after it is told.
        while (follower.lastChange()
                .filter(change -> change.why().equals("the program wants it"))
                .isEmpty()) {
            try {
                assertEquals(List.of("calls"), client.failover());
            } catch (IllegalStateException notReadyYet) {
                Thread.sleep(5);
            }
        }
        client.awaitLive(LONG);
        assertThrows(
                IllegalArgumentException.class, () -> OpenRtdClient.builder().name("\u001b[31m"));
    }

    @Test
    void saysThatThePasswordIsWrongAndWhereToMendIt() throws Exception {
        Listening heard = new Listening();
        OpenRtdClient client = opened(to(site.distributor("north-1"))
                .credentials(TestBroker.USER, "wrong")
                .feeds("calls")
                .listener(heard)
                .open());
        heard.await(() -> heard.last() != null && heard.last().reason().contains("refused"));
        String message = assertThrows(TimeoutException.class, () -> client.awaitLive(Duration.ZERO))
                .getMessage();
        assertTrue(
                message.contains("refused user 'north': wrong user or password; check credentials(user, password),"
                        + " and etc/users.properties of the distributor"),
                message);
        assertFalse(message.contains("wrong\""), message);
    }

    @Test
    void isRefusedWhereATableIsLackingThatWasAskedFor() throws Exception {
        OpenRtdClient client = opened(
                to(site.distributor("north-1")).tables(CALL_TYPES, LACKING).open());
        String message = assertThrows(IllegalStateException.class, () -> client.awaitLive(LONG))
                .getMessage();
        assertTrue(message.startsWith("Feed calls is refused: schema: version"), message);
        assertTrue(message.contains("source north-1 has nothing as " + LACKING), message);
        assertTrue(client.read().stale());
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        TestSite.Distributor distributor = site.distributor("north-1");
        TestSite.Distributor other = site.distributor("north-2");
        Set<Thread> before = null;
        for (int i = 0; i < 3; i++) {
            OpenRtdClient client =
                    to(distributor, other).feeds("calls", "agents", "config").open();
            client.awaitLive(LONG);
            for (JmsFollower follower : client.followers()) {
                while (follower.ready()
                        .filter(ready -> ready.said().isPresent())
                        .isEmpty()) {
                    Thread.sleep(5);
                }
            }
            if (i == 2) {
                Thread.currentThread().interrupt();
            }
            client.close();
            assertEquals(i == 2, Thread.interrupted());
            Set<Thread> left = threads();
            // Others are of the brokers in this process, or of pools that a process has once, as Artemis' client's; and
            // the
            // distributors here connect to the centre anew when they were held up.
            left.removeIf(thread -> !thread.getName().startsWith("openrtd-")
                    && (thread.isDaemon() || thread.getName().contains("-test-")));
            left.removeIf(thread -> thread.getName().startsWith("openrtd-link-")
                    && thread.getName().contains(".central."));
            if (before != null) {
                left.removeAll(before);
                // A pool says that it has ended right before its thread does.
                for (Thread thread : left) {
                    thread.join(5000);
                }
                left.removeIf(thread -> !thread.isAlive());
                assertEquals(Set.of(), left);
            } else {
                before = left;
            }
        }
    }

    private static Set<Thread> threads() {
        return new HashSet<>(Thread.getAllStackTraces().keySet());
    }

    @Test
    void canBeClosedByItsListener() throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        CompletableFuture<OpenRtdClient> client = new CompletableFuture<>();
        client.complete(to(site.distributor("north-1"))
                .feeds("calls")
                .listener(new OpenRtdListener() {
                    @Override
                    public void batch(Batch batch) {
                        client.join().close();
                        closed.complete(null);
                    }
                })
                .open());
        closed.get(60, TimeUnit.SECONDS);
    }

    @Test
    void refusesWhatMakesNoSense() throws Exception {
        OpenRtdClient.Builder nobody = OpenRtdClient.builder().feeds("calls").credentials("a", "b");
        assertMessage(nobody::open, "Nobody to follow: name distributors(...)");
        assertMessage(() -> nobody.distributors("local").open(), "no local broker");
        assertMessage(() -> nobody.distributors("http://x:1").open(), "write tcp://host:port");
        OpenRtdClient.Builder nothing = OpenRtdClient.builder().distributors("tcp://localhost:1");
        assertMessage(nothing::open, "set credentials(user, password)");
        assertMessage(() -> nothing.credentials("a.b", "c").open(), "not 'a.b'");
        assertMessage(() -> nothing.credentials("a", "c").open(), "Nothing to follow: name tables(...)");
        assertMessage(() -> nothing.feeds("callz"), "the feeds are calls, agents, config");
        assertMessage(() -> nothing.tables("Call_Type_Real_Tim"), "Call_Type_Real_Time");
        try (OpenRtdClient client = nothing.tables(CALL_TYPES).open()) {
            assertMessage(() -> client.read(AGENTS), "add tables(\"Agent_Real_Time\"), or feeds(\"agents\")");
            assertMessage(() -> client.read().rows(AGENTS), "no table Agent_Real_Time");
        }
        site.commit(callType(5000, 1));
        OpenRtdClient client =
                opened(to(site.distributor("north-1")).tables(CALL_TYPES).open());
        client.awaitLive(LONG);
        assertMessage(() -> client.read().row(CALL_TYPES, "5000"), "The key of " + CALL_TYPES + " is CallTypeID INT");
    }

    private static void assertMessage(Runnable what, String part) {
        String message = assertThrows(IllegalArgumentException.class, what::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
