package org.openrtd.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openrtd.feed.internal.Messages;
import org.openrtd.feed.internal.Wire;
import org.openrtd.feed.internal.WireReader;

class OriginTest {

    private static final Table TABLE = Table.named("T")
            .key("Id", ColumnType.INT)
            .column("Name", ColumnType.STRING)
            .column("Level", ColumnType.DOUBLE)
            .build();
    private static final FeedSchema SCHEMA = new FeedSchema("calls", 1, false, List.of(TABLE));
    private static final ReplyTo ME = new ReplyTo("me", "1");

    private final List<byte[]> published = new ArrayList<>();
    private final List<Hop> hops = new ArrayList<>();
    private final List<byte[]> answers = new ArrayList<>();
    /** What waits behind what else the feed's thread has to do; {@code null} where that is not to be had. */
    private Queue<Runnable> later;

    private long now = 1000;
    private Origin origin = origin(SourceSettings.DEFAULT);
    private long tick;

    private Origin origin(SourceSettings settings) {
        return origin(settings, 0);
    }

    /** Whose clock moves by {@code step} whenever it is looked at. */
    private Origin origin(SourceSettings settings, int step) {
        return origin(SCHEMA, settings, step);
    }

    private Origin origin(FeedSchema schema, SourceSettings settings, int step) {
        return new Origin(
                schema,
                new FeedIdentity("id", 5),
                "centre",
                settings,
                () -> now += step,
                new SplittableRandom(1),
                transport());
    }

    private SourceTransport transport() {
        return new SourceTransport() {
            @Override
            public void publish(Hop hop, byte[] message) {
                hops.add(hop);
                published.add(message);
            }

            @Override
            public void reply(ReplyTo to, byte[] message) {
                answers.add(message);
            }

            @Override
            public boolean later(Runnable task) {
                return later != null && later.add(task);
            }
        };
    }

    private Position put(int id, String name) {
        return origin.commit(new Cut(++tick, tick, 0), List.of(Change.put(TABLE.row(id, name, 1.0))));
    }

    private List<Integer> types(List<byte[]> messages) {
        return messages.stream().map(message -> (int) message[3]).toList();
    }

    private List<Integer> resume(Position have, int outrun) {
        answers.clear();
        origin.request(ME, new Messages.Resume(7, "calls", "", have, 1, false, 0, outrun, List.of()).encode());
        return types(answers);
    }

    private WireReader answer(int index) throws Exception {
        WireReader reader = new WireReader(answers.get(index));
        reader.header();
        return reader;
    }

    private String refusal() throws Exception {
        assertEquals(List.of(Wire.REFUSED), types(answers));
        return Messages.Refused.readAny(answers.get(0)).reason();
    }

    @Test
    void cutsOneBatchForEachCommit() {
        assertEquals(new Position(5, 1), put(1, "one"));
        assertEquals(new Position(5, 2), put(2, "two"));
        assertEquals(List.of(Wire.BATCH, Wire.BATCH), types(published));
        assertEquals(2, origin.replica().view().size(TABLE));
    }

    @Test
    void cutsABatchWithoutChangesWhenTheControllersTimeMoved() {
        put(1, "one");
        assertEquals(new Position(5, 2), put(1, "one"));
    }

    @Test
    void cutsNothingWhenNeitherRowsNorTimeMoved() {
        put(1, "one");
        assertEquals(
                new Position(5, 1), origin.commit(new Cut(9, tick, 0), List.of(Change.put(TABLE.row(1, "one", 1.0)))));
        assertEquals(1, published.size());
    }

    @Test
    void givesAFreedOrdinalAgainFromTheNextBatchOn() {
        put(1, "one");
        origin.commit(
                new Cut(++tick, tick, 0),
                List.of(Change.delete(TABLE, List.of(1)), Change.put(TABLE.row(2, "two", 1.0))));
        put(3, "three");
        Position have = new Position(5, 3);

        assertEquals(List.of(Wire.CONTINUE, Wire.LIVE), resume(have, 0));
        assertEquals(2, origin.replica().view().size(TABLE));
        assertEquals(
                "two",
                origin.replica().view().find(TABLE, List.of(2)).orElseThrow().getString("Name"));
    }

    @Test
    void takesTheLastOfSeveralChangesOfOneRow() {
        origin.commit(
                new Cut(++tick, tick, 0),
                List.of(
                        Change.put(TABLE.row(1, "a", 1.0)),
                        Change.delete(TABLE, List.of(1)),
                        Change.put(TABLE.row(1, "b", 1.0)),
                        Change.put(TABLE.row(2, "c", 1.0)),
                        Change.delete(TABLE, List.of(2))));
        View view = origin.replica().view();
        assertEquals(1, view.size(TABLE));
        assertEquals("b", view.find(TABLE, List.of(1)).orElseThrow().getString("Name"));
        assertTrue(origin.replica().verify(false).join().equal());
    }

    @Test
    void takesNothingOfACommitOfWhichOneChangeIsWrong() {
        List<Change> changes = List.of(Change.put(TABLE.row(1, "one", 1.0)), Change.put(TABLE.row(2, "two", "?")));
        var refused = assertThrows(IllegalArgumentException.class, () -> origin.commit(new Cut(1, 1, 0), changes));
        assertEquals("T.Level holds DOUBLE, not String", refused.getMessage());
        assertEquals(0, origin.replica().view().size(TABLE));
        put(3, "three");
        assertEquals(1, origin.replica().view().size(TABLE));
        assertTrue(origin.replica().verify(false).join().equal());
    }

    @Test
    void refusesWhatCannotTravel() {
        for (Object[] values : new Object[][] {
            {1, "a\u0000", 1.0}, {1, "\ud800", 1.0}, {1, "a", Double.NaN}, {1, "a", 1}, {"1", "a", 1.0}
        }) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> origin.commit(new Cut(1, 1, 0), List.of(Change.put(TABLE.row(values)))));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> origin.commit(new Cut(1, 1, 0), List.of(Change.delete(TABLE, List.of("1")))));
    }

    @Test
    void knowsNoNegativeZero() {
        origin.commit(new Cut(1, 1, 0), List.of(Change.put(TABLE.row(1, "a", -0.0))));
        assertEquals(
                0.0,
                origin.replica().view().find(TABLE, List.of(1)).orElseThrow().get("Level"));
        Position before = origin.replica().view().position();
        assertEquals(before, origin.commit(new Cut(1, 1, 0), List.of(Change.put(TABLE.row(1, "a", -0.0)))));
    }

    @Test
    void sendsAHeartbeatWithDigestsEachInterval() throws Exception {
        put(1, "one");
        for (int i = 0; i < 30; i++) {
            now += 100;
            origin.time();
        }
        assertEquals(List.of(Wire.BATCH, Wire.HEARTBEAT, Wire.HEARTBEAT, Wire.HEARTBEAT), types(published));
        WireReader reader = new WireReader(published.get(3));
        reader.header();
        Messages.Heartbeat heartbeat = Messages.Heartbeat.read(reader);
        assertEquals(new Position(5, 1), heartbeat.position());
        assertEquals(
                List.of(origin.replica().view().digest(TABLE)),
                heartbeat.digests().get(0).tables());
    }

    @Test
    void saysWhenItsRowsAreNotCurrentAlthoughItRuns() {
        put(1, "one");
        origin.notCurrent("the event log does not answer");
        now += 700;
        origin.time();
        now += 700;
        origin.time();

        assertEquals(new Hop(FeedState.RESUMING, 1400, "the event log does not answer"), hops.get(hops.size() - 1));
        assertTrue(origin.replica().stale());
        origin.notCurrent(null);
        assertEquals(new Hop(FeedState.LIVE, 0), hops.get(hops.size() - 1));
    }

    @Test
    void continuesFromItsRing() throws Exception {
        put(1, "one");
        put(2, "two");
        put(3, "three");
        assertEquals(List.of(Wire.CONTINUE, Wire.CARRY, Wire.CARRY, Wire.LIVE), resume(new Position(5, 1), 0));
        assertEquals(
                new Messages.Continue(7, new Position(5, 1), 3, true, List.of()), Messages.Continue.read(answer(0)));
    }

    @Test
    void continuesPageByPage() throws Exception {
        for (int i = 0; i < 40; i++) {
            put(i, "x".repeat(30_000));
        }
        long have = 1;
        int pages = 0;
        for (boolean last = false; !last; pages++) {
            resume(new Position(5, have), 0);
            Messages.Continue page = Messages.Continue.read(answer(0));
            assertEquals(have, page.from().sequence());
            assertTrue(page.until() > have);
            have = page.until();
            last = page.last();
        }
        assertEquals(40, have);
        assertEquals(3, pages);
        assertEquals(Wire.LIVE, answers.get(answers.size() - 1)[3]);
    }

    @Test
    void answersWithASnapshotWhenThereIsNoPositionOrAnUnknownOne() {
        put(1, "one");
        assertEquals(List.of(Wire.SNAPSHOT), resume(Position.NONE, 0));
        assertEquals(List.of(Wire.SNAPSHOT), resume(new Position(4, 1), 0));
        assertEquals(List.of(Wire.SNAPSHOT), resume(new Position(5, 9), 0));
        assertEquals(List.of(Wire.SNAPSHOT), resume(new Position(6, 1), 0));
    }

    @Test
    void servesOneSnapshotToAHerd() throws Exception {
        put(1, "one");
        resume(Position.NONE, 0);
        Messages.Snapshot first = Messages.Snapshot.read(answer(0));
        put(2, "two");
        resume(Position.NONE, 0);
        assertEquals(first, Messages.Snapshot.read(answer(0)));

        now += 20_000;
        origin.time();
        resume(Position.NONE, 0);
        assertEquals(new Position(5, 2), Messages.Snapshot.read(answer(0)).position());
    }

    @Test
    void keepsTheRingBackToASnapshotThatIsServedWithinItsLimit() throws Exception {
        origin = origin(new SourceSettings(Duration.ofSeconds(1), 100, 4000, Duration.ofSeconds(5)));
        put(1, "one");
        resume(Position.NONE, 0);
        Messages.Snapshot snapshot = Messages.Snapshot.read(answer(0));
        for (int i = 0; i < 50; i++) {
            put(1, "name " + i);
        }
        assertEquals(Wire.CONTINUE, resume(new Position(5, 1), 0).get(0));
        for (int i = 0; i < 200; i++) {
            put(1, "name " + i);
        }
        assertEquals(List.of(Wire.SNAPSHOT), resume(new Position(5, 1), 0));
        answers.clear();
        origin.request(ME, new Messages.Pull(7, snapshot.snapshot(), 0, 0, 8).encode());
        assertEquals(List.of(Wire.GONE), types(answers));
    }

    @Test
    void refusesOneWhoseThirdSnapshotInARowWasOutrun() throws Exception {
        origin = origin(new SourceSettings(Duration.ofSeconds(1), 0, 0, Duration.ofSeconds(5)));
        put(1, "one");
        put(1, "two");
        assertEquals(List.of(Wire.SNAPSHOT), resume(new Position(5, 1), 2));
        resume(new Position(5, 1), 3);
        assertTrue(refusal().startsWith("too slow: 3 snapshots"), refusal());
    }

    @Test
    void givesNoMoreThanEightPartsAtATime() {
        for (int i = 0; i < 40; i++) {
            put(i, "x".repeat(30_000));
        }
        resume(Position.NONE, 0);
        long id = 0;
        try {
            id = Messages.Snapshot.read(answer(0)).snapshot();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        answers.clear();
        origin.request(ME, new Messages.Pull(7, id, 1, 0, 1000).encode());
        assertEquals(8, answers.size());
        assertTrue(answers.stream().allMatch(answer -> answer.length <= 65_536));
    }

    @Test
    void doesNotSendABatchAboveTheLimitButIsAheadOfIt() {
        put(1, "one");
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            changes.add(Change.put(TABLE.row(i, "x".repeat(1 << 20), 1.0)));
        }
        origin.commit(new Cut(++tick, tick, 0), changes);
        assertEquals(List.of(Wire.BATCH, Wire.HEARTBEAT), types(published));
        assertEquals(List.of(Wire.SNAPSHOT), resume(new Position(5, 1), 0));
    }

    @Test
    void refusesAnotherFeedAnotherIdAndAnotherMajorNamingBoth() throws Exception {
        put(1, "one");
        answers.clear();
        origin.request(ME, new Messages.Resume(7, "agents", "", Position.NONE, 0, false, 0, 0, List.of()).encode());
        assertEquals("feed: source centre serves calls, not agents", refusal());

        answers.clear();
        origin.request(ME, new Messages.Resume(7, "calls", "other", Position.NONE, 0, false, 0, 0, List.of()).encode());
        assertTrue(refusal().contains("is id, the follower's is other"), refusal());

        answers.clear();
        byte[] future = new Messages.Resume(7, "calls", "", Position.NONE, 0, false, 0, 0, List.of()).encode();
        future[2] = 9;
        origin.request(ME, future);
        assertTrue(refusal().contains("speaks protocol 2, the follower 9"), refusal());
        assertEquals(7, Messages.Refused.readAny(answers.get(0)).id());
    }

    @Test
    void refusesSettingsThatCannotWork() {
        assertThrows(
                IllegalArgumentException.class, () -> new SourceSettings(Duration.ZERO, 1, 1, Duration.ofSeconds(1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> new SourceSettings(Duration.ofSeconds(1), 10, 9, Duration.ofSeconds(1)));
        assertThrows(IllegalArgumentException.class, () -> FollowerSettings.of("calls", List.of()));
        assertThrows(IllegalArgumentException.class, () -> new FeedIdentity("", 1));
    }

    @Test
    @Timeout(60)
    void sendsHeartbeatsWhileItEncodesALargeSnapshotForOthers() throws Exception {
        // As if 512 rows took 20 ms: all of them take 8 s.
        origin = origin(SourceSettings.DEFAULT, 20);
        rows(200_000);
        published.clear();
        for (int i = 0; i < 3; i++) {
            origin.request(
                    new ReplyTo("me", "" + i),
                    new Messages.Resume(i, "calls", "", Position.NONE, 0, false, 0, 0, List.of()).encode());
        }
        long heard = now;
        long longest = 0;
        while (answers.isEmpty()) {
            int before = published.size();
            origin.time();
            if (published.size() > before) {
                longest = Math.max(longest, now - heard);
                heard = now;
            }
        }
        assertTrue(published.size() >= 5, "heartbeats: " + published.size());
        assertTrue(longest < 1500, "silent for " + longest + " ms");
        assertEquals(List.of(Wire.SNAPSHOT, Wire.SNAPSHOT, Wire.SNAPSHOT), types(answers));
        for (int i = 0; i < 3; i++) {
            Messages.Snapshot manifest = Messages.Snapshot.read(answer(i));
            assertEquals(i, manifest.id());
            assertEquals(Messages.Snapshot.read(answer(0)).snapshot(), manifest.snapshot());
        }
    }

    @Test
    @Timeout(60)
    void goesOnEncodingBehindWhatElseWaits() throws Exception {
        later = new ArrayDeque<>();
        origin = origin(SourceSettings.DEFAULT, 2);
        rows(50_000);
        assertEquals(List.of(), resume(Position.NONE, 0));
        published.clear();
        int turns = 0;
        for (; answers.isEmpty(); turns++) {
            assertEquals(1, later.size(), "it waits for no call of time()");
            long begun = now;
            later.remove().run();
            assertTrue(now - begun < 20, "it held up the others for " + (now - begun) + " ms");
            put(60_000 + turns, "meanwhile");
            assertEquals(turns + 1, published.size());
        }
        assertTrue(turns > 10, "turns: " + turns);
        assertEquals(List.of(Wire.SNAPSHOT), types(answers));
        assertEquals(new Position(5, 1), Messages.Snapshot.read(answer(0)).position());
        later.forEach(Runnable::run);
        assertEquals(1, answers.size());
    }

    @Test
    void givesWhatItIsEncodingToWhoComesLaterAlsoBetweenTwoTables() throws Exception {
        later = new ArrayDeque<>();
        Table other = Table.named("U").key("Id", ColumnType.INT).build();
        // Each table takes a slice.
        origin = origin(new FeedSchema("calls", 1, false, List.of(TABLE, other)), SourceSettings.DEFAULT, 20);
        put(1, "one");
        assertEquals(List.of(), resume(Position.NONE, 0));
        now += SourceSettings.DEFAULT.snapshotLife().toMillis();
        put(2, "two");
        origin.request(
                new ReplyTo("me", "2"),
                new Messages.Resume(8, "calls", "", Position.NONE, 1, false, 0, 0, List.of()).encode());
        while (!later.isEmpty()) {
            later.remove().run();
        }
        assertEquals(List.of(Wire.SNAPSHOT, Wire.SNAPSHOT), types(answers));
        assertEquals(1, origin.snapshotsMade());
    }

    @Test
    @Timeout(60)
    void answersNobodyAnyMoreOnceItIsClosed() {
        later = new ArrayDeque<>();
        origin = origin(SourceSettings.DEFAULT, 20);
        rows(20_000);
        assertEquals(List.of(), resume(Position.NONE, 0));
        origin.close();
        while (!later.isEmpty()) {
            later.remove().run();
        }
        assertEquals(List.of(), answers);
    }

    private void rows(int count) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            changes.add(Change.put(TABLE.row(i, "row " + i, 1.0)));
        }
        origin.commit(new Cut(++tick, tick, 0), changes);
    }

    @Test
    @Timeout(60)
    void findsAnotherSnapshotWhenTheOneThatIsEncodedIsOutrun() throws Exception {
        origin = origin(new SourceSettings(Duration.ofSeconds(1), 0, 0, Duration.ofSeconds(10)), 20);
        rows(20_000);
        assertEquals(List.of(), resume(Position.NONE, 0));
        put(1, "one");
        while (answers.isEmpty()) {
            origin.time();
        }
        assertEquals(List.of(Wire.SNAPSHOT), types(answers));
        assertEquals(new Position(5, 2), Messages.Snapshot.read(answer(0)).position());
    }

    @Test
    void continuesInPagesThatABrokerKeepsWhole() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            put(1, "version " + i);
        }
        // As many tiny batches as fit its bytes once made a page: the broker dropped the first messages of it, the
        // answer.
        assertEquals(101, resume(new Position(5, 1), 0).size());
        Messages.Continue page = Messages.Continue.read(answer(0));
        assertEquals(101, page.until());
        assertFalse(page.last());

        // With the parts of the largest batch behind 99 tiny ones it is as long as it ever gets.
        for (int i = 0; i < 99; i++) {
            put(1, "again " + i);
        }
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 41; i++) {
            changes.add(Change.put(TABLE.row(i, "x".repeat(100_000), 1.0)));
        }
        origin.commit(new Cut(++tick, tick, 0), changes);
        int messages = resume(new Position(5, 1_000), 0).size();
        assertTrue(messages > 160 && messages < 192, "messages: " + messages);
    }
}
