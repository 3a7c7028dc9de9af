package org.openrtd.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.internal.FeedReplica;
import org.openrtd.feed.internal.Messages;
import org.openrtd.feed.internal.Undecodable;
import org.openrtd.feed.internal.Wire;
import org.openrtd.feed.internal.WireReader;

/** A follower of two sources that pass on the same feed, each of which can be cut, hung, or not current by itself. */
class PairTest {

    private static final Table TABLE = Table.named("T")
            .key("Id", ColumnType.INT)
            .column("Name", ColumnType.STRING)
            .build();
    private static final FeedSchema SCHEMA = new FeedSchema("calls", 3, false, List.of(TABLE));

    /** One of the two, as the follower reaches it. */
    private final class Side implements Connector.Standby {

        private final String name;
        private final List<byte[]> topic = new ArrayList<>();
        private Hop hop = new Hop(FeedState.LIVE, 0);
        private LinkListener listener;
        private boolean all;
        private boolean hung;
        private boolean refuses;
        /** Whether it has no rows. */
        private boolean nothing;

        private Position position;
        private boolean down;
        /** Whether its heartbeats are not marked, so that who only holds it ready hears none. */
        private boolean unmarked;
        /** Whether nobody can subscribe. */
        private boolean deaf;

        private int connects;

        Side(String name) {
            this.name = name;
        }

        Connector.Standby connect(LinkListener heard, boolean everything) {
            connects++;
            listener = heard;
            all = everything;
            arriving.add(() -> {
                if (listener != heard) {
                    return;
                }
                if (down) {
                    listener = null;
                    heard.closed("refused");
                } else if (!hung && !(deaf && everything)) {
                    heard.connected(name);
                }
            });
            return this;
        }

        @Override
        public void follow() {
            assertFalse(all, "it is followed already");
            all = true;
            LinkListener heard = listener;
            arriving.add(() -> {
                if (listener == heard && !hung && !down && !deaf) {
                    heard.connected(name);
                }
            });
        }

        @Override
        public void send(byte[] request) {
            assertTrue(all, "only who is followed is asked");
            if (refuses) {
                LinkListener heard = listener;
                Messages.Resume asked = resume(request);
                arriving.add(() -> heard.reply(new Messages.Refused(asked.id(), "too slow").encode()));
            } else if (nothing) {
                LinkListener heard = listener;
                Messages.Resume asked = resume(request);
                arriving.add(() -> heard.reply(new Messages.Wait(asked.id(), Position.NONE).encode()));
            } else if (!hung) {
                origin.request(new ReplyTo("me", name), request);
            }
        }

        @Override
        public void close() {
            listener = null;
        }

        void cut() {
            down = true;
            LinkListener heard = listener;
            listener = null;
            heard.closed("connection reset");
        }
    }

    private final List<Runnable> arriving = new ArrayList<>();
    private final Side a = new Side("a");
    private final Side b = new Side("b");
    private final List<String> states = new ArrayList<>();
    private long now = 50_000;
    private long tick;
    private final Origin origin = new Origin(
            SCHEMA,
            new FeedIdentity("id", 10),
            "centre",
            SourceSettings.DEFAULT,
            () -> 7_000_000 + now,
            new SplittableRandom(1),
            new SourceTransport() {
                @Override
                public void publish(Hop hop, byte[] message) {
                    for (Side side : List.of(a, b)) {
                        LinkListener heard = side.listener;
                        boolean sent = side.all || SourceTransport.isHeartbeat(message) && !side.unmarked;
                        if (heard != null && !side.hung && sent) {
                            arriving.add(() -> {
                                if (side.listener == heard) {
                                    heard.topic(
                                            side.name,
                                            side.hop,
                                            side.position == null
                                                    ? message
                                                    : new Messages.Heartbeat(side.position, 0, List.of()).encode());
                                }
                            });
                        }
                    }
                }

                @Override
                public void reply(ReplyTo to, byte[] message) {
                    Side side = to.id().equals("a") ? a : b;
                    LinkListener heard = side.listener;
                    arriving.add(() -> {
                        if (side.listener == heard && heard != null) {
                            heard.reply(message);
                        }
                    });
                }
            });
    private Follower follower;

    private static Messages.Resume resume(byte[] request) {
        try {
            WireReader reader = new WireReader(request);
            assertEquals(Wire.RESUME, reader.header());
            return Messages.Resume.read(reader);
        } catch (Undecodable e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void begin() {
        follow(FollowerSettings.of("calls", List.of("a", "b")));
    }

    private void follow(FollowerSettings settings) {
        follower = new Follower(settings, () -> now, new SplittableRandom(2), new Connector() {
            @Override
            public Link connect(int index, LinkListener listener) {
                return (index == 0 ? a : b).connect(listener, true);
            }

            @Override
            public Standby standby(int index, LinkListener listener) {
                return (index == 0 ? a : b).connect(listener, false);
            }
        });
        follower.replica().listen(new ReplicaListener() {
            @Override
            public void reset(View view) {}

            @Override
            public void applied(View before, View after, List<RowChange> changes) {}

            @Override
            public void stateChanged(FeedState from, FeedState to, String reason) {
                states.add(to + " " + reason);
            }
        });
    }

    private static FollowerSettings returning() {
        FollowerSettings usual = FollowerSettings.of("calls", List.of("a", "b"));
        return new FollowerSettings(
                usual.feed(),
                usual.sources(),
                usual.feedId(),
                usual.needed(),
                usual.heartbeatInterval(),
                usual.resumeTimeout(),
                usual.staleAfter(),
                usual.backOff(),
                usual.maxBackOff(),
                usual.bufferBytes(),
                usual.snapshotBytes(),
                true);
    }

    private void put(int id, String name) {
        origin.commit(new Cut(++tick, tick, 0), List.of(Change.put(TABLE.row(id, name))));
        arrive();
    }

    private void arrive() {
        while (!arriving.isEmpty()) {
            arriving.remove(0).run();
        }
    }

    private void pass(long millis) {
        for (long end = now + millis; now < end; ) {
            now += Math.min(50, end - now);
            origin.time();
            follower.time();
            arrive();
        }
    }

    private void beLive() {
        put(1, "one");
        pass(1500);
        assertEquals("LIVE from a", where());
        assertEquals(Optional.of("b"), follower.ready().map(Follower.ReadySource::name));
        states.clear();
    }

    private String where() {
        return replica().state() + " from " + replica().source();
    }

    private Replica replica() {
        return follower.replica();
    }

    @Test
    void holdsAnotherSourceReadyAndHearsHowItIs() {
        beLive();
        b.hop = new Hop(FeedState.LIVE, 0).with(1000, 0.5, true);
        pass(1000);
        assertEquals(
                205,
                follower.ready()
                        .flatMap(Follower.ReadySource::said)
                        .orElseThrow()
                        .health());
        assertFalse(b.all, "nothing but heartbeats crosses the line");
    }

    @Test
    void goesOnWithAReadySourceThatIsNotCurrentWhenItIsItsTurn() {
        beLive();
        b.hop = new Hop(FeedState.RESUMING, 0, "lost the centre");
        b.cut();
        b.down = false;
        int before = b.connects;
        while (b.connects == before) {
            pass(50);
        }
        // It has said nothing yet, so it cannot be followed at once, but when its turn has come.
        a.cut();
        b.listener.topic("b", b.hop, new Messages.Heartbeat(replica().view().position(), 0, List.of()).encode());
        pass(2000);
        assertEquals("RESUMING from b", where());
        assertEquals(before + 1, b.connects);
    }

    @Test
    void goesOnWithTheOtherAtTheNextBatchWhenItsSourceIsLost() {
        beLive();
        a.cut();
        put(2, "two");
        assertEquals("LIVE from b", where());
        assertEquals(1, replica().statistics().snapshots());
        assertEquals(2, replica().view().size(TABLE));
        assertEquals(
                List.of("CONNECTING changes over to b: connection reset"),
                states.stream().filter(state -> state.startsWith("CONNECTING")).toList());
        assertEquals(
                Optional.of(new Follower.ChangeOver("a", "b", "connection reset", 0, false)), follower.lastChange());
    }

    @Test
    void staysWithTheOtherWhenTheFirstIsBack() {
        beLive();
        a.cut();
        pass(1000);
        a.down = false;
        pass(60_000);
        assertEquals("LIVE from b", where());
        assertEquals(Optional.of("a"), follower.ready().map(Follower.ReadySource::name));
    }

    @Test
    void goesBackWhenItIsTold() {
        beLive();
        follower.failover("an operator said so");
        arrive();
        assertEquals("LIVE from b", where());
        pass(30_000);
        assertEquals("LIVE from b", where());
        follower.failover("an operator said so");
        arrive();
        assertEquals("LIVE from a", where());
        assertEquals(1, replica().statistics().snapshots());
    }

    @Test
    void leavesTheOldSourceOnlyWhenTheOtherHasSubscribed() {
        beLive();
        follower.failover("an operator said so");
        assertEquals("LIVE from a", where());
        origin.commit(new Cut(++tick, tick, 0), List.of(Change.put(TABLE.row(2, "two"))));
        arriving.remove(0).run();
        assertEquals("RESUMING from b", where());
        assertEquals(null, a.listener);
        arrive();
        assertEquals("LIVE from b", where());
        assertEquals(2, replica().view().size(TABLE));
        assertEquals(1, replica().statistics().snapshots());
        assertEquals(
                List.of("RESUMING", "LIVE"),
                states.stream().map(state -> state.split(" ")[0]).toList());
        assertEquals(
                Optional.of(new Follower.ChangeOver("a", "b", "an operator said so", 0, false)), follower.lastChange());
    }

    @Test
    void staysWhereItIsWhenTheOtherDoesNotSubscribe() {
        beLive();
        b.hung = true;
        follower.failover("an operator said so");
        assertThrows(IllegalStateException.class, () -> follower.failover("an operator said so"));
        pass(20_000);
        assertEquals("LIVE from a", where());
        b.hung = false;
        pass(20_000);
        assertEquals("LIVE from a", where());
        follower.failover("an operator said so");
        arrive();
        assertEquals("LIVE from b", where());
        assertEquals(1, a.connects);
    }

    @Test
    void goesToTheOtherWhenItsSourceIsLostWhileThatSubscribes() {
        beLive();
        follower.failover("an operator said so");
        a.cut();
        arrive();
        assertEquals("LIVE from b", where());
        assertEquals(1, follower.changes());
    }

    @Test
    void staysWhereItIsWhenTheOtherIsLostWhileItSubscribes() {
        beLive();
        follower.failover("an operator said so");
        b.cut();
        arrive();
        assertEquals("LIVE from a", where());
        pass(1000);
        assertEquals("LIVE from a", where());
        assertEquals(0, follower.changes());
    }

    @Test
    void doesNotGoToASourceThatCeasesToBeCurrentWhileItSubscribes() {
        beLive();
        follower.failover("an operator said so");
        b.listener.topic(
                "b",
                new Hop(FeedState.CONNECTING, 4000, "lost the centre"),
                new Messages.Heartbeat(replica().view().position(), 0, List.of()).encode());
        arrive();
        assertEquals("LIVE from a", where());
    }

    @Test
    void leavesASourceThatHangsBeforeItsRowsAreStale() {
        beLive();
        a.hung = true;
        pass(2200);
        assertEquals("LIVE from b", where());
        assertTrue(states.get(0).contains("a is left: nothing heard for 2"), states.toString());
        assertEquals(1, follower.changes());
    }

    @Test
    void isNotBroughtBackToAnOlderStateByOneThatHung() {
        beLive();
        a.hung = true;
        LinkListener old = a.listener;
        pass(2200);
        put(2, "two");
        Position at = replica().view().position();
        old.closed("late");
        old.connected("a");
        old.topic("a", new Hop(FeedState.LIVE, 0), new byte[0]);
        arrive();
        assertEquals("LIVE from b", where());
        assertEquals(at, replica().view().position());
        assertEquals(0, replica().statistics().undecodable());
    }

    @Test
    void leavesASourceThatIsNotCurrentForOneThatIs() {
        beLive();
        a.hop = new Hop(FeedState.CONNECTING, 4000, "lost the centre");
        pass(3100);
        assertEquals("LIVE from b", where());
    }

    @Test
    void staysWhereItIsWhenNeitherIsCurrent() {
        beLive();
        a.hop = new Hop(FeedState.CONNECTING, 4000, "lost the centre");
        b.hop = a.hop;
        int connects = a.connects + b.connects;
        pass(60_000);
        assertEquals("RESUMING from a", where());
        assertEquals("source a is CONNECTING itself: lost the centre", replica().reason());
        assertTrue(replica().isSourceNotCurrent());
        assertEquals(connects, a.connects + b.connects);
    }

    @Test
    void countsAsAChangeOverAllTheTimeInWhichItWasNotLive() {
        beLive();
        a.hop = new Hop(FeedState.CONNECTING, 4000, "lost the centre");
        b.hop = a.hop;
        pass(30_000);
        b.hop = new Hop(FeedState.LIVE, 0);
        pass(2000);
        assertEquals("LIVE from b", where());
        long millis = follower.lastChange().orElseThrow().millis();
        assertTrue(millis > 28_000, millis + " ms");
    }

    @Test
    void saysWhyItHasNoConnectionInFewWordsHoweverOftenItChangesOver() {
        beLive();
        a.deaf = true;
        b.deaf = true;
        a.cut();
        a.down = false;
        List<String> reasons = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            pass(100);
            reasons.add(replica().reason());
        }
        assertTrue(reasons.contains("changes over to a: no connection to b"), reasons.toString());
        assertTrue(reasons.stream().allMatch(reason -> reason.length() < 80), reasons.toString());
    }

    private static final Hop IDLE = new Hop(FeedState.CONNECTING, 0, Follower.IDLE).with(Hop.Progress.IDLE);

    @Test
    void staysWithOneThatIsFetchingWhatItLacksWhileTheOtherIsIdle() {
        put(1, "one");
        a.hop = IDLE;
        b.hop = IDLE;
        pass(1000);
        a.hop = new Hop(FeedState.RESUMING, 4000, "pulls a snapshot").with(Hop.Progress.FETCHING);
        pass(300_000);
        assertEquals("RESUMING from a", where());
        assertFalse(b.all, "nobody asked b");
        assertEquals(Hop.Progress.FETCHING, ((FeedReplica) replica()).progress(), "who follows this one waits too");
        a.hop = new Hop(FeedState.CONNECTING, 4000, "lost the centre");
        pass(10_000);
        assertTrue(b.all, where());
    }

    @Test
    void leavesOneThatFetchesInVainAgainAndAgainForOneThatIsIdle() {
        put(1, "one");
        a.hop = IDLE;
        b.hop = IDLE;
        pass(1000);
        for (int i = 0; i < 3; i++) {
            a.hop = new Hop(FeedState.RESUMING, 4000, "pulls a snapshot").with(Hop.Progress.FETCHING);
            pass(5000);
            a.hop = new Hop(FeedState.CONNECTING, 4000, "the snapshot cannot be used");
            pass(4000);
        }
        assertTrue(b.all, where() + replica().reason());
    }

    @Test
    void leavesOneThatHasHadNothingEverForOneThatIsIdle() {
        a.nothing = true;
        a.position = Position.NONE;
        a.hop = new Hop(FeedState.CONNECTING, 4000, "no connection to the centre");
        b.hop = IDLE;
        put(1, "one");
        pass(20_000);
        assertTrue(b.all, where() + replica().reason());
        b.hop = new Hop(FeedState.LIVE, 0);
        pass(2000);
        assertEquals("LIVE from b", where());
    }

    @Test
    void looksAgainAtOneThatRefusedWhenTheOtherIsNotCurrentForLong() {
        beLive();
        b.refuses = true;
        follower.failover("an operator said so");
        pass(5000);
        assertEquals("LIVE from a", where());
        b.refuses = false;
        a.hop = new Hop(FeedState.CONNECTING, 4000, "lost the centre");
        pass(200_000);
        assertEquals("LIVE from b", where());
    }

    @Test
    void looksAtOneThatCannotBeHeldReadyOnlyWhileThatIsThere() {
        b.unmarked = true;
        put(1, "one");
        pass(10_000);
        assertEquals("LIVE from a", where());
        b.down = true;
        pass(60_000);
        a.hop = new Hop(FeedState.CONNECTING, 4000, "lost the centre");
        int connects = a.connects;
        pass(200_000);
        assertEquals(connects, a.connects, "it left the one that it waits for");
        b.down = false;
        pass(200_000);
        assertEquals("LIVE from b", where());
    }

    @Test
    void saysWhereItsSourceIsAsSoonAsItFollowsIt() {
        Whereabouts there = new Whereabouts("north", "central", "https://central:8443/");
        a.hop = a.hop.with(there);
        b.hop = b.hop.with(new Whereabouts("south", "central", ""));
        beLive();
        pass(1500);
        assertEquals(there, replica().whereabouts());
        a.cut();
        arrive();
        assertEquals("LIVE from b", where());
        assertEquals(
                "site south, configuration at central", replica().whereabouts().toString());
        b.hop = new Hop(FeedState.LIVE, 0);
        pass(2000);
        assertEquals(Whereabouts.NONE, replica().whereabouts(), "of a source that does not know of it");
    }

    @Test
    void asksOneThatIsIdleWhenItsOwnIsNotCurrentForLong() {
        beLive();
        b.hop = IDLE;
        pass(3000);
        a.hop = new Hop(FeedState.CONNECTING, 4000, "lost the centre");
        pass(20_000);
        assertEquals("RESUMING from b", where());
        b.hop = new Hop(FeedState.LIVE, 0);
        pass(2000);
        assertEquals("LIVE from b", where());
        assertEquals(1, replica().statistics().snapshots());
        assertEquals(1, a.connects - 1, "a is only held ready again");
    }

    @Test
    void doesNotGoToAndFroWhenOneThatWasIdleCannotReachTheCentreEither() {
        beLive();
        b.hop = IDLE;
        a.hop = new Hop(FeedState.CONNECTING, 4000, "lost the centre");
        pass(20_000);
        assertEquals("RESUMING from b", where());
        b.hop = a.hop;
        int connects = a.connects + b.connects;
        pass(120_000);
        assertEquals("RESUMING from b", where());
        assertEquals(connects, a.connects + b.connects);
        a.hop = new Hop(FeedState.LIVE, 0);
        pass(3000);
        assertEquals("LIVE from a", where());
    }

    @Test
    void asksOneThatWasIdleSinceAnEarlierEpoch() {
        beLive();
        b.hop = IDLE;
        b.position = new Position(9, 4000);
        pass(3000);
        a.hop = new Hop(FeedState.CONNECTING, 4000, "lost the centre");
        pass(20_000);
        assertTrue(b.all, where());
        b.position = null;
        b.hop = new Hop(FeedState.LIVE, 0);
        pass(3000);
        assertEquals("LIVE from b", where());
    }

    @Test
    void isToldToGoToOneThatIsIdleOnlyWhenItsOwnIsNotCurrent() {
        beLive();
        b.hop = IDLE;
        pass(2000);
        assertThrows(IllegalStateException.class, () -> follower.failover("an operator said so"));
        assertEquals("LIVE from a", where());
        a.hop = new Hop(FeedState.CONNECTING, 4000, "lost the centre");
        pass(1500);
        follower.failover("an operator said so");
        pass(1500);
        assertEquals("RESUMING from b", where());
        b.hop = new Hop(FeedState.LIVE, 0);
        pass(2000);
        assertEquals("LIVE from b", where());
    }

    @Test
    void goesBackToASourceThatIsThereAgainWhenTheOtherRefusesIt() {
        beLive();
        b.refuses = true;
        a.cut();
        pass(5000);
        assertEquals(FeedState.CONNECTING, replica().state());
        assertEquals("too slow", follower.ready().orElseThrow().problem());
        a.down = false;
        pass(10_000);
        assertEquals("LIVE from a", where());
        a.cut();
        a.down = false;
        pass(10_000);
        assertEquals("LIVE from a", where());
        assertEquals(1, b.connects, "who refused is not tried while another is there");
        a.cut();
        b.refuses = false;
        pass(60_000);
        assertEquals("LIVE from b", where());
    }

    @Test
    void isRefusedWhenAllRefuse() {
        beLive();
        a.refuses = true;
        b.refuses = true;
        a.cut();
        a.down = false;
        pass(10_000);
        assertEquals(FeedState.REFUSED, replica().state());
        assertEquals("too slow", replica().reason());
    }

    @Test
    void forgetsWhomItFollowedWhenItIsIdle() {
        beLive();
        assertTrue(follower.said().isPresent());
        b.cut();
        a.cut();
        follower.idle(true);
        assertEquals(Optional.empty(), follower.said());
        b.down = false;
        pass(3_600_000);
        follower.idle(false);
        pass(1500);
        assertEquals("LIVE from b", where());
        assertEquals(0, follower.changes(), "nobody waited for it");
    }

    @Test
    void changesToTheHealthierOneWhenItStaysSo() {
        beLive();
        a.hop = new Hop(FeedState.LIVE, 0).with(1000, 0.8, false);
        pass(2000);
        a.hop = new Hop(FeedState.LIVE, 0);
        pass(20_000);
        assertEquals("LIVE from a", where(), "it was busy for a moment");
        a.hop = new Hop(FeedState.LIVE, 0).with(1000, 0.8, false);
        pass(15_000);
        assertEquals("LIVE from b", where());
    }

    @Test
    void beginsWithThePrimaryAtEqualHealth() {
        b.hop = new Hop(FeedState.LIVE, 0).with(1000, 0, true);
        put(1, "one");
        pass(1500);
        assertEquals("LIVE from b", where());
    }

    @Test
    void returnsToThePrimaryOnlyIfConfigured() {
        follower.close();
        follow(returning());
        a.hop = new Hop(FeedState.LIVE, 0).with(1000, 0, true);
        beLive();
        a.cut();
        arrive();
        assertEquals("LIVE from b", where());
        assertFalse(replica().isSourcePrimary());
        a.down = false;
        pass(5000);
        assertEquals("LIVE from b", where(), "not before it has been well for a while");
        pass(15_000);
        assertEquals("LIVE from a", where());
        assertTrue(replica().isSourcePrimary());
        assertEquals(1, replica().statistics().snapshots());
    }

    @Test
    void triesASourceThatIsNotThereLessAndLessOften() {
        b.down = true;
        put(1, "one");
        pass(60_000);
        assertEquals("LIVE from a", where());
        assertTrue(b.connects > 8 && b.connects < 40, b.connects + " attempts");
        assertEquals(Optional.of(new Follower.ReadySource("b", Optional.empty(), "refused")), follower.ready());
        b.down = false;
        pass(Duration.ofSeconds(6).toMillis());
        assertTrue(follower.ready().orElseThrow().said().isPresent());
    }

    @Test
    void comesToRestWhenBothGoUpAndDown() {
        beLive();
        for (int i = 0; i < 200; i++) {
            Side followed = replica().source().equals("a") ? a : b;
            if (followed.listener != null) {
                followed.cut();
            }
            pass(50);
            a.down = false;
            b.down = false;
        }
        assertTrue(a.connects + b.connects < 200, a.connects + b.connects + " connections");
        pass(12_000);
        assertEquals(FeedState.LIVE, replica().state());
        put(3, "three");
        assertEquals(2, replica().view().size(TABLE));
    }

    @Test
    void doesNotFollowALoadThatMovesWithItToAndFroForEver() {
        beLive();
        int before = a.connects + b.connects;
        for (int i = 0; i < 600; i++) {
            boolean atA = replica().source().equals("a");
            a.hop = new Hop(FeedState.LIVE, 0).with(1000, atA ? 0.8 : 0, false);
            b.hop = new Hop(FeedState.LIVE, 0).with(1000, atA ? 0 : 0.8, false);
            pass(1000);
        }
        assertTrue(a.connects + b.connects - before < 20, a.connects + b.connects - before + " connections in 10 min");
    }

    @Test
    void isNotDrivenToAndFroBySourcesThatAreSilentInTurn() {
        beLive();
        for (int i = 0; i < 60; i++) {
            Side followed = replica().source().equals("a") ? a : b;
            followed.hung = true;
            pass(1000);
            followed.hung = false;
            pass(1350);
        }
        assertTrue(follower.changes() > 0 && follower.changes() < 4, follower.changes() + " changes");
    }

    @Test
    void leavesNoSourceThatIsWellForAPrimaryThatAppearsLater() {
        b.down = true;
        put(1, "one");
        pass(60_000);
        assertEquals("LIVE from a", where());
        b.hop = new Hop(FeedState.LIVE, 0).with(1000, 0, true);
        b.down = false;
        pass(120_000);
        assertEquals("LIVE from a", where());
        assertTrue(follower.ready().orElseThrow().said().isPresent());
    }

    @Test
    void beginsWithTheOtherWhenTheFirstDoesNotAnswer() {
        a.hung = true;
        put(1, "one");
        pass(2200);
        assertEquals("LIVE from b", where());
    }

    @Test
    void staysWhereItWasToldToGoAlthoughItReturnsToThePrimaryOtherwise() {
        follower.close();
        follow(returning());
        a.hop = new Hop(FeedState.LIVE, 0).with(1000, 0, true);
        beLive();
        follower.failover("an operator said so");
        pass(120_000);
        assertEquals("LIVE from b", where());
    }

    @Test
    void saysWhyItCannotChangeOver() {
        b.down = true;
        put(1, "one");
        pass(2000);
        assertEquals(
                "calls does not change over: b is not ready: refused",
                assertThrows(IllegalStateException.class, () -> follower.failover("an operator said so"))
                        .getMessage());
        assertEquals("LIVE from a", where());
        b.down = false;
        b.hop = new Hop(FeedState.CONNECTING, 0, "lost the centre");
        pass(60_000);
        assertEquals(
                "calls does not change over: b is CONNECTING itself: lost the centre",
                assertThrows(IllegalStateException.class, () -> follower.failover("an operator said so"))
                        .getMessage());
    }

    @Test
    void goesBackToASourceThatIsWellWhenTheOtherRefusesIt() {
        beLive();
        b.refuses = true;
        follower.failover("an operator said so");
        pass(5000);
        assertEquals("LIVE from a", where());
        pass(120_000);
        assertEquals("LIVE from a", where());
        assertEquals(2, a.connects, "it was left once");
        assertEquals(1, b.connects, "who refused is not tried again");
    }

    @Test
    void goesBackToTheSourceThatWasWellAlthoughThatCouldNotBeHadReadyMeanwhile() {
        beLive();
        follower.failover("an operator said so");
        arriving.remove(0).run();
        arriving.clear();
        a.down = true;
        pass(1000);
        a.down = false;
        b.refuses = true;
        pass(10_000);
        assertEquals("LIVE from a", where());
    }

    @Test
    void goesToNoSourceOfAnEpochThatIsOver() {
        beLive();
        b.position = new Position(9, 4000);
        pass(2000);
        a.hop = new Hop(FeedState.CONNECTING, 0, "lost the centre");
        pass(60_000);
        assertEquals("RESUMING from a", where());
        assertEquals(1, a.connects);
    }

    @Test
    void isNotHastyAfterItsProcessStoodStill() {
        beLive();
        now += 10_000;
        follower.time();
        assertEquals("LIVE from a", where());
        pass(1000);
        assertEquals("LIVE from a", where());
    }

    @Test
    void leavesNoConnectionBehind() {
        beLive();
        follower.close();
        arrive();
        assertEquals(null, a.listener);
        assertEquals(null, b.listener);
    }
}
