package org.openrtd.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.internal.Messages;
import org.openrtd.feed.internal.Wire;
import org.openrtd.feed.internal.WireReader;

/** A follower before a source whose every message the test delivers itself. */
class FollowerTest {

    private static final Table TABLE = Table.named("T")
            .key("Id", ColumnType.INT)
            .column("Name", ColumnType.STRING)
            .build();
    private static final FeedSchema SCHEMA = new FeedSchema("calls", 3, false, List.of(TABLE));
    private static final Hop LIVE = new Hop(FeedState.LIVE, 0);

    private final List<byte[]> requests = new ArrayList<>();
    private final List<byte[]> topic = new ArrayList<>();
    private final List<byte[]> answers = new ArrayList<>();
    private final List<Integer> connects = new ArrayList<>();
    private final List<String> states = new ArrayList<>();
    private long now = 50_000;
    private long originClock = 7_000_000;
    private LinkListener listener;
    private Origin origin = origin(10, SourceSettings.DEFAULT);
    private Follower follower = follower(settings());
    private long tick;

    private Origin origin(long epoch, SourceSettings settings) {
        return new Origin(
                SCHEMA,
                new FeedIdentity("id", epoch),
                "centre",
                settings,
                () -> originClock + now,
                new SplittableRandom(1),
                new SourceTransport() {
                    @Override
                    public void publish(Hop hop, byte[] message) {
                        topic.add(message);
                    }

                    @Override
                    public void reply(ReplyTo to, byte[] message) {
                        answers.add(message);
                    }
                });
    }

    private static FollowerSettings settings() {
        return FollowerSettings.of("calls", List.of("a", "b"));
    }

    private Follower follower(FollowerSettings settings) {
        Follower made = new Follower(settings, () -> now, new SplittableRandom(2), (index, heard) -> {
            connects.add(index);
            listener = heard;
            return new Link() {
                @Override
                public void send(byte[] request) {
                    requests.add(request);
                }

                @Override
                public void close() {}
            };
        });
        made.replica().listen(new ReplicaListener() {
            @Override
            public void reset(View view) {}

            @Override
            public void applied(View before, View after, List<RowChange> changes) {}

            @Override
            public void stateChanged(FeedState from, FeedState to, String reason) {
                states.add(to + " " + reason);
            }
        });
        return made;
    }

    private void put(int id, String name) {
        origin.commit(new Cut(++tick, tick, 0), List.of(Change.put(TABLE.row(id, name))));
    }

    /** Puts 60 rows of 30,000 bytes, which are 29 parts of a snapshot; the schema is one. */
    private void putParts() {
        for (int i = 0; i < 60; i++) {
            put(i, "x".repeat(30_000));
        }
        topic.clear();
    }

    private void exchange() {
        exchange(answer -> answer);
    }

    /** Delivers all there is, both ways, until nothing comes any more; {@code line} carries the answers. */
    private void exchange(UnaryOperator<byte[]> line) {
        while (!requests.isEmpty() || !answers.isEmpty() || !topic.isEmpty()) {
            while (!topic.isEmpty()) {
                listener.topic("centre", LIVE, topic.remove(0));
            }
            answerRequests();
            while (!answers.isEmpty()) {
                listener.reply(line.apply(answers.remove(0)));
            }
        }
    }

    private void answerRequests() {
        while (!requests.isEmpty()) {
            origin.request(new ReplyTo("me", "1"), requests.remove(0));
        }
    }

    private void pass(long millis) {
        for (long end = now + millis; now < end; ) {
            now += Math.min(50, end - now);
            follower.time();
        }
    }

    private void beLive() {
        put(1, "one");
        topic.clear();
        pass(50);
        listener.connected("centre");
        exchange();
        assertEquals(FeedState.LIVE, replica().state());
    }

    private Replica replica() {
        return follower.replica();
    }

    private Messages.Resume asked() throws Exception {
        WireReader reader = new WireReader(requests.get(requests.size() - 1));
        assertEquals(Wire.RESUME, reader.header());
        return Messages.Resume.read(reader);
    }

    @Test
    void takesASnapshotFirst() {
        beLive();
        assertEquals(1, replica().view().size(TABLE));
        assertEquals(SCHEMA, replica().view().schema());
        assertEquals(List.of(0), connects);
        assertEquals("centre", replica().source());
    }

    @Test
    void appliesABatchOnceHoweverOftenItComes() {
        beLive();
        put(2, "two");
        byte[] batch = topic.remove(0);
        for (int i = 0; i < 3; i++) {
            listener.topic("centre", LIVE, batch);
        }
        assertEquals(2, replica().view().size(TABLE));
        assertEquals(1, replica().statistics().batches());
        assertEquals(2, replica().statistics().duplicates());
        assertEquals(FeedState.LIVE, replica().state());
    }

    @Test
    void resumesFromWhatItHasAfterAGap() throws Exception {
        beLive();
        put(2, "two");
        topic.clear();
        put(3, "three");
        listener.topic("centre", LIVE, topic.remove(0));

        assertEquals(FeedState.RESUMING, replica().state());
        assertEquals("have 1, got 3", replica().reason());
        assertEquals(new Position(10, 1), asked().have());
        exchange();
        assertEquals(FeedState.LIVE, replica().state());
        assertEquals(new Position(10, 3), replica().view().position());
        assertEquals(1, replica().statistics().snapshots());
    }

    @Test
    void resumesWhenAHeartbeatIsAheadOfIt() {
        beLive();
        put(2, "two");
        topic.clear();
        now += 1000;
        origin.time();
        listener.topic("centre", LIVE, topic.remove(0));

        assertEquals(FeedState.RESUMING, replica().state());
        exchange();
        assertEquals(new Position(10, 2), replica().view().position());
    }

    @Test
    void buffersLiveBatchesWhileItResumesWithinItsLimit() {
        beLive();
        put(2, "two");
        topic.clear();
        for (int i = 0; i < 100; i++) {
            put(3, "name " + i + "x".repeat(200_000));
            while (!topic.isEmpty()) {
                listener.topic("centre", LIVE, topic.remove(0));
            }
        }
        assertTrue(follower.bufferedBytes() > 1 << 20);
        assertTrue(follower.bufferedBytes() <= settings().bufferBytes());
        exchange();
        assertEquals(FeedState.LIVE, replica().state());
        assertEquals(origin.replica().view().position(), replica().view().position());
    }

    @Test
    void ignoresWhatOtherSourcesSend() {
        beLive();
        put(2, "two");
        listener.topic("somebody", LIVE, topic.remove(0));
        assertEquals(new Position(10, 1), replica().view().position());
        assertEquals(FeedState.LIVE, replica().state());
    }

    @Test
    void ignoresAnswersToWhatItAskedBefore() {
        beLive();
        listener.reply(new Messages.Refused(12345, "not you").encode());
        assertEquals(FeedState.LIVE, replica().state());
    }

    @Test
    void countsWhatItCannotDecodeAndTakesItForAGap() {
        beLive();
        put(2, "two");
        byte[] half = java.util.Arrays.copyOf(topic.remove(0), 12);
        listener.topic("centre", LIVE, half);
        assertEquals(1, replica().statistics().undecodable());
        assertEquals(FeedState.RESUMING, replica().state());
        exchange();
        assertEquals(new Position(10, 2), replica().view().position());
    }

    @Test
    void triesTheNextSourceWhenThisOneIsSilent() {
        beLive();
        pass(2950);
        assertEquals(FeedState.LIVE, replica().state());
        pass(50);
        assertEquals(FeedState.CONNECTING, replica().state());
        assertEquals("nothing heard from centre for 3.0 s", replica().reason());
        pass(300);
        assertEquals(List.of(0, 1), connects);
        assertEquals(1, replica().view().size(TABLE));
    }

    @Test
    void doesNotTakeItsOwnStandstillForTheSourcesSilence() {
        beLive();
        pass(500);
        // A collector of garbage, a suspended machine: what came meanwhile has yet to be read.
        now += 20_000;
        follower.time();
        assertEquals(FeedState.LIVE, replica().state());
        origin.time();
        exchange();
        pass(2900);
        assertEquals(FeedState.LIVE, replica().state());

        pass(100);
        assertEquals(FeedState.CONNECTING, replica().state());
        assertEquals("nothing heard from centre for 3.0 s", replica().reason());
    }

    @Test
    void doesNotTakeItsOwnStandstillForAnAnswerThatDoesNotCome() {
        put(1, "one");
        topic.clear();
        pass(50);
        listener.connected("centre");
        now += 20_000;
        follower.time();
        exchange();
        assertEquals(FeedState.LIVE, replica().state());
        assertEquals(List.of(0), connects);
    }

    @Test
    void asksAgainWhatWasLost() {
        put(1, "one");
        topic.clear();
        pass(50);
        listener.connected("centre");
        requests.clear();
        pass(1_700);
        exchange();
        assertEquals(FeedState.LIVE, replica().state());
        assertEquals(List.of(0), connects);
        assertEquals(1, replica().statistics().snapshots());
    }

    @Test
    void takesOneOfTwoAnswersToWhatItAskedTwice() throws Exception {
        beLive();
        put(2, "two");
        put(3, "three");
        listener.topic("centre", LIVE, topic.remove(1));
        long id = asked().id();
        topic.clear();
        pass(1_700);
        assertEquals(2, requests.size());
        assertNotEquals(id, asked().id());
        exchange();
        assertEquals(FeedState.LIVE, replica().state());
        assertEquals(3, replica().view().size(TABLE));
        assertEquals(
                3, replica().statistics().batches() + replica().statistics().snapshots());
    }

    @Test
    void waitsLongerForASourceEachTimeThatWasInVainAsItMayOnlyBeSlow() {
        List<Long> at = new ArrayList<>();
        while (at.size() < 5) {
            int before = connects.size();
            pass(50);
            if (connects.size() > before) {
                at.add(now);
            }
        }
        long[] waits = {5_000, 10_000, 20_000, 20_000};
        for (int i = 0; i < waits.length; i++) {
            long took = at.get(i + 1) - at.get(i);
            assertTrue(took >= waits[i] && took <= waits[i] + 5_100, at.toString());
        }

        // One that had been well is left as soon as ever.
        listener.connected("centre");
        exchange();
        assertEquals(FeedState.LIVE, replica().state());
        pass(3_100);
        assertEquals("nothing heard from centre for 3.0 s", replica().reason());
    }

    @Test
    void waitsLongerFromAttemptToAttemptButNotForEver() {
        List<Long> at = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int before = connects.size();
            while (connects.size() == before) {
                pass(50);
            }
            at.add(now);
            listener.closed("connection refused");
        }
        assertTrue(at.get(2) - at.get(1) < 1000);
        assertTrue(at.get(11) - at.get(10) >= 2500 && at.get(11) - at.get(10) <= 5050, at.toString());
    }

    @Test
    void triesTheNextSourceWhenNothingComesOfAsking() {
        beLive();
        put(2, "two");
        topic.clear();
        put(3, "three");
        listener.topic("centre", LIVE, topic.remove(0));
        for (int i = 0; i < 6; i++) {
            pass(900);
            listener.topic("centre", LIVE, new Messages.Heartbeat(new Position(10, 3), 1, List.of()).encode());
        }
        assertEquals(FeedState.CONNECTING, replica().state());
        assertTrue(
                replica().reason().startsWith("no progress for 5.0 s while ASKED"),
                replica().reason());
    }

    @Test
    void keepsPartsOverAReconnect() throws Exception {
        putParts();
        pass(50);
        listener.connected("centre");
        origin.request(new ReplyTo("me", "1"), requests.remove(0));
        listener.reply(answers.remove(0));
        answerRequests();
        int first = answers.size();
        while (!answers.isEmpty()) {
            listener.reply(answers.remove(0));
        }
        requests.clear();
        listener.closed("cut");
        pass(400);
        listener.connected("centre");
        int[] second = {0};
        exchange(answer -> {
            second[0] += answer[3] == Wire.PART ? 1 : 0;
            return answer;
        });
        assertEquals(FeedState.LIVE, replica().state());
        assertEquals(30, first + second[0]);
        assertTrue(first > 0);
    }

    @Test
    void hasTwoRequestsForPartsUnderWayAndNoMore() throws Exception {
        putParts();
        pass(50);
        listener.connected("centre");
        origin.request(new ReplyTo("me", "1"), requests.remove(0));
        listener.reply(answers.remove(0));
        int onTheWay = 0;
        int most = 0;
        while (replica().state() != FeedState.LIVE) {
            while (!requests.isEmpty()) {
                byte[] request = requests.remove(0);
                int before = answers.size();
                origin.request(new ReplyTo("me", "1"), request);
                int answered = answers.size() - before;
                if (request[3] == Wire.PULL) {
                    assertTrue(answered <= 8, "parts asked for: " + answered);
                    onTheWay += answered;
                }
            }
            most = Math.max(most, onTheWay);
            byte[] answer = answers.remove(0);
            onTheWay -= answer[3] == Wire.PART ? 1 : 0;
            listener.reply(answer);
        }
        assertTrue(most > 8 && most <= 16, "parts on their way: " + most);
        assertEquals(0, onTheWay);
    }

    /** Has it take a snapshot of the next epoch, which comes in parts; answers how many there were. */
    private int nextEpochInParts(UnaryOperator<byte[]> line) {
        View before = replica().view();
        origin = origin(11, SourceSettings.DEFAULT);
        putParts();
        listener.closed("cut");
        requests.clear();
        pass(400);
        listener.connected("centre");
        int[] parts = {0};
        exchange(answer -> {
            if (answer[3] != Wire.PART) {
                return answer;
            }
            assertSame(before, replica().view(), "before part " + ++parts[0]);
            return line.apply(answer);
        });
        return parts[0];
    }

    @Test
    void showsNothingOfASnapshotBeforeAllOfItIsThere() {
        beLive();
        assertEquals(30, nextEpochInParts(part -> part));
        assertEquals(FeedState.LIVE, replica().state());
        assertEquals(origin.replica().view().position(), replica().view().position());
        assertEquals(origin.replica().view().digest(TABLE), replica().view().digest(TABLE));
    }

    @Test
    void takesNoSnapshotOfWhichAPartIsWrong() {
        beLive();
        View before = replica().view();
        nextEpochInParts(part -> {
            // One letter of one name: all of it can be decoded, but its digest differs.
            byte[] wrong = part.clone();
            if (wrong[wrong.length / 2] == 'x') {
                wrong[wrong.length / 2] = 'y';
            }
            return wrong;
        });
        assertEquals(FeedState.CONNECTING, replica().state());
        assertTrue(
                replica().reason().contains("whose digest differs"), replica().reason());
        assertSame(before, replica().view());
        assertEquals(1, replica().statistics().undecodable());
    }

    @Test
    void leavesASourceAtTheFirstPartThatCannotBeDecoded() {
        beLive();
        View before = replica().view();
        int parts = nextEpochInParts(part -> {
            byte[] wrong = part.clone();
            if (part.length > 60_000) {
                // No bytes of text: 0 is in none.
                Arrays.fill(wrong, 100, wrong.length, (byte) 0);
            }
            return wrong;
        });
        assertTrue(parts < 30, "parts: " + parts);
        assertEquals(FeedState.CONNECTING, replica().state());
        assertTrue(
                replica().reason().startsWith("the snapshot of centre cannot be used"),
                replica().reason());
        assertSame(before, replica().view());
    }

    @Test
    void isNotLiveWhenItsSourceIsNot() {
        beLive();
        listener.topic(
                "centre",
                new Hop(FeedState.CONNECTING, 4000),
                new Messages.Heartbeat(new Position(10, 1), originClock + now - 4000, List.of()).encode());
        assertEquals(FeedState.RESUMING, replica().state());
        assertEquals("source centre is CONNECTING itself", replica().reason());
        assertTrue(replica().isSourceNotCurrent());
        listener.topic(
                "centre", LIVE, new Messages.Heartbeat(new Position(10, 1), originClock + now, List.of()).encode());
        assertEquals(FeedState.LIVE, replica().state());
        assertFalse(replica().isSourceNotCurrent());
    }

    @Test
    void waitsForARelayThatIsBehindAndKeepsItsRows() throws Exception {
        beLive();
        listener.closed("cut");
        pass(400);
        listener.connected("relay");
        listener.reply(new Messages.Wait(asked().id(), new Position(10, 0)).encode());
        assertEquals(FeedState.RESUMING, replica().state());
        assertEquals("source relay is at 10:0, have 10:1", replica().reason());
        assertEquals(1, replica().view().size(TABLE));

        listener.topic(
                "relay", LIVE, new Messages.Heartbeat(new Position(10, 1), originClock + now, List.of()).encode());
        // How long its word was on the way, only an answer tells.
        assertEquals(FeedState.RESUMING, replica().state());
        Messages.Resume asked = asked();
        listener.reply(new Messages.Continue(asked.id(), new Position(10, 1), 1, true, List.of()).encode());
        listener.reply(new Messages.Live(asked.id(), new Position(10, 1), LIVE, originClock + now).encode());
        assertEquals(FeedState.LIVE, replica().state());
    }

    @Test
    void countsWhatAnAnswerTookTooLongAsAge() throws Exception {
        beLive();
        listener.closed("cut");
        pass(400);
        listener.connected("centre");
        Messages.Resume asked = asked();
        long made = originClock + now;
        // All that comes is 2 s late from the beginning: no message says so.
        now += 2000;
        listener.topic("centre", LIVE, new Messages.Heartbeat(new Position(10, 1), made, List.of()).encode());
        listener.reply(new Messages.Continue(asked.id(), new Position(10, 1), 1, true, List.of()).encode());
        listener.reply(new Messages.Live(asked.id(), new Position(10, 1), LIVE, made).encode());
        assertEquals(FeedState.LIVE, replica().state());
        assertTrue(
                replica().age().toMillis() >= 1700,
                () -> "its age is " + replica().age());
    }

    @Test
    void findsOutThatTheOriginsClockStoodStill() throws Exception {
        beLive();
        long stoodStill = 4000;
        // The origin's machine was suspended: its heartbeats come as ever, with a clock that is behind from now on.
        for (int i = 0; i < 10; i++) {
            pass(1000);
            listener.topic(
                    "centre",
                    LIVE,
                    new Messages.Heartbeat(new Position(10, 1), originClock + now - stoodStill, List.of()).encode());
        }
        assertTrue(replica().stale());
        Messages.Resume asked = asked();
        listener.reply(new Messages.Continue(asked.id(), new Position(10, 1), 1, true, List.of()).encode());
        assertEquals(FeedState.LIVE, replica().state());
        listener.reply(
                new Messages.Live(asked.id(), new Position(10, 1), LIVE, originClock + now - stoodStill).encode());
        assertEquals(FeedState.LIVE, replica().state());
        assertFalse(replica().stale(), () -> "its age is " + replica().age());
    }

    @Test
    void asksHowOldItIsWhenItWasHeldUpBeforeItHeardThatItsClockStoodStill() throws Exception {
        beLive();
        Position at = new Position(10, 1);
        listener.topic(
                "centre",
                new Hop(FeedState.RESUMING, 0, "the gateway is silent"),
                new Messages.Heartbeat(at, originClock + now, List.of()).encode());
        assertEquals(FeedState.RESUMING, replica().state());
        // This machine was suspended, and after that the process stopped while its source became current and said so.
        originClock += 2000;
        byte[] said = new Messages.Heartbeat(at, originClock + now, List.of()).encode();
        now += 1500;
        requests.clear();
        listener.topic("centre", LIVE, said);
        assertEquals(FeedState.RESUMING, replica().state());
        Messages.Resume asked = asked();
        pass(50);
        listener.reply(new Messages.Continue(asked.id(), at, 1, true, List.of()).encode());
        listener.reply(new Messages.Live(asked.id(), at, LIVE, originClock + now - 50).encode());
        assertEquals(FeedState.LIVE, replica().state());
    }

    @Test
    void leavesASourceOfALowerEpoch() throws Exception {
        beLive();
        listener.closed("cut");
        pass(400);
        listener.connected("relay");
        listener.reply(new Messages.Wait(asked().id(), new Position(9, 77)).encode());
        assertEquals(FeedState.CONNECTING, replica().state());
        assertEquals(
                "source relay is behind: it is at 9:77, have 10:1", replica().reason());
    }

    @Test
    void takesASnapshotOfTheNextEpoch() {
        beLive();
        origin = origin(11, SourceSettings.DEFAULT);
        put(5, "five");
        listener.topic("centre", LIVE, topic.remove(0));
        assertEquals("have 10:1, got 11:1", replica().reason());
        exchange();
        assertEquals(new Position(11, 1), replica().view().position());
        assertEquals(1, replica().view().size(TABLE));
    }

    @Test
    void knowsHowOldWhatASlowLineDeliversIs() {
        beLive();
        for (int i = 0; i < 20; i++) {
            put(1, "late " + i);
            List<byte[]> late = List.copyOf(topic);
            topic.clear();
            now += 10_000 + i;
            late.forEach(message -> listener.topic("centre", LIVE, message));
        }
        assertEquals(FeedState.LIVE, replica().state());
        assertTrue(
                replica().age().compareTo(Duration.ofMillis(9900)) > 0,
                replica().age().toString());
        assertTrue(replica().stale());
    }

    @Test
    void addsTheAgeThatItsSourceStates() {
        beLive();
        Follower late = follower(settings());
        follower = late;
        topic.clear();
        pass(50);
        listener.connected("centre");
        origin.request(new ReplyTo("me", "1"), requests.remove(0));
        exchange();
        listener.topic(
                "centre",
                new Hop(FeedState.LIVE, 2500),
                new Messages.Heartbeat(new Position(10, 1), originClock + now - 2500, List.of()).encode());
        now += 1000;
        assertTrue(late.replica().age().toMillis() >= 1000, late.replica().age().toString());
    }

    @Test
    void growsOldWhileNothingComes() {
        beLive();
        put(2, "two");
        exchange();
        assertEquals(0, replica().age().toMillis());
        assertFalse(replica().stale());
        now += 3001;
        assertEquals(3001, replica().age().toMillis());
        assertTrue(replica().stale());
    }

    @Test
    void isRefusedByAFeedWithAnotherId() {
        beLive();
        listener.closed("cut");
        origin = new Origin(
                SCHEMA,
                new FeedIdentity("twin", 99),
                "twin",
                SourceSettings.DEFAULT,
                () -> now,
                new SplittableRandom(1),
                new SourceTransport() {
                    @Override
                    public void publish(Hop hop, byte[] message) {}

                    @Override
                    public void reply(ReplyTo to, byte[] message) {
                        answers.add(message);
                    }
                });
        pass(400);
        listener.connected("twin");
        exchange();
        assertEquals(FeedState.REFUSED, replica().state());
        assertTrue(
                replica().reason().contains("is twin, the follower's is id"),
                replica().reason());
        pass(60_000);
        assertEquals(2, connects.size());

        follower.settings(FollowerSettings.of("calls", List.of("c")));
        pass(50);
        assertEquals(3, connects.size());
    }

    @Test
    void takesOnAnotherFeedOnceItIsToldToForgetItsOwn() {
        beLive();
        assertFalse(follower.forgetIdentity(), "rows that are right are kept");
        assertEquals(FeedState.LIVE, replica().state());

        listener.closed("the centre is made anew");
        origin = new Origin(
                SCHEMA,
                new FeedIdentity("other", 3),
                "centre",
                SourceSettings.DEFAULT,
                () -> originClock + now,
                new SplittableRandom(1),
                new SourceTransport() {
                    @Override
                    public void publish(Hop hop, byte[] message) {
                        topic.add(message);
                    }

                    @Override
                    public void reply(ReplyTo to, byte[] message) {
                        answers.add(message);
                    }
                });
        put(7, "seven");
        topic.clear();
        pass(10_000);
        listener.connected("centre");
        exchange();
        assertEquals(FeedState.REFUSED, replica().state());
        assertTrue(replica().reason().contains("rtd:forget-identity"), replica().reason());
        assertEquals(1, replica().view().size(TABLE));

        assertTrue(follower.forgetIdentity());
        assertEquals(Position.NONE, replica().view().position());
        assertTrue(replica().stale());
        pass(50);
        listener.connected("centre");
        exchange();
        assertEquals(FeedState.LIVE, replica().state());
        assertEquals(new Position(3, 1), replica().view().position());
        assertTrue(replica().view().find(TABLE, List.of(7)).isPresent());
    }

    @Test
    void refusesAFeedThatLacksWhatItsReadersNeed() {
        Table needed = Table.named("t")
                .key("ID", ColumnType.INT)
                .column("Name", ColumnType.INT)
                .build();
        FollowerSettings s = settings();
        follower = follower(new FollowerSettings(
                s.feed(),
                s.sources(),
                s.feedId(),
                new FeedSchema("calls", 2, false, List.of(needed)),
                s.heartbeatInterval(),
                s.resumeTimeout(),
                s.staleAfter(),
                s.backOff(),
                s.maxBackOff(),
                s.bufferBytes(),
                s.snapshotBytes()));
        put(1, "one");
        topic.clear();
        pass(50);
        listener.connected("centre");
        exchange();
        assertEquals(FeedState.CONNECTING, replica().state(), "another source may have it");
        pass(400);
        assertEquals(List.of(0, 1), connects);
        listener.connected("centre");
        exchange();
        assertEquals(FeedState.REFUSED, replica().state());
        assertEquals(
                "schema: version 3 of source centre has STRING as t.Name, version 2 here needs INT",
                replica().reason());
    }

    @Test
    void verifiesOnlyWhileLive() {
        var result = replica().verify(true);
        pass(50);
        assertTrue(assertThrows(CompletionException.class, result::join)
                .getMessage()
                .contains("CONNECTING"));
    }

    @Test
    void staysReadableWhenClosed() {
        beLive();
        follower.close();
        pass(5000);
        assertEquals(List.of(0), connects);
        assertEquals(1, replica().view().size(TABLE));
        assertTrue(replica().stale());
        assertEquals("closed", replica().reason());
    }

    @Test
    void tellsListenersOfEachState() {
        states.clear();
        beLive();
        assertEquals(List.of("RESUMING connected to centre, have 0:0", "LIVE follows centre"), states);
    }
}
