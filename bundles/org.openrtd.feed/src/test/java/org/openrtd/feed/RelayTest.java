package org.openrtd.feed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.internal.FeedReplica;
import org.openrtd.feed.internal.Messages;
import org.openrtd.feed.internal.Wire;
import org.openrtd.feed.internal.WireReader;

/** A relay of an origin on the same node, whose thread the test drives. */
class RelayTest {

    private static final Table TABLE = Table.named("T")
            .key("Id", ColumnType.INT)
            .column("Name", ColumnType.STRING)
            .build();

    private final List<byte[]> sent = new ArrayList<>();
    private final List<byte[]> passedOn = new ArrayList<>();
    private final List<Hop> hops = new ArrayList<>();
    private final List<byte[]> answers = new ArrayList<>();
    private final Deque<Runnable> relayThread = new ArrayDeque<>();
    private long now = 5000;
    private long tick;
    private final Origin origin = new Origin(
            new FeedSchema("calls", 1, false, List.of(TABLE)),
            new FeedIdentity("id", 9),
            "centre",
            SourceSettings.DEFAULT,
            () -> now,
            new SplittableRandom(1),
            transport(sent, new ArrayList<>()));
    private final Relay relay = new Relay(
            origin.replica(),
            relayThread::add,
            "site",
            new SourceSettings(Duration.ofSeconds(1), 2000, 2000, Duration.ofSeconds(5)),
            () -> now,
            new SplittableRandom(2),
            transport(passedOn, hops));

    private SourceTransport transport(List<byte[]> topic, List<Hop> facts) {
        return new SourceTransport() {
            @Override
            public void publish(Hop hop, byte[] message) {
                topic.add(message);
                facts.add(hop);
            }

            @Override
            public void reply(ReplyTo to, byte[] message) {
                answers.add(message);
            }
        };
    }

    private void put(int id, String name) {
        origin.commit(new Cut(++tick, tick, 0), List.of(Change.put(TABLE.row(id, name))));
    }

    private void run() {
        while (!relayThread.isEmpty()) {
            relayThread.remove().run();
        }
    }

    private int resume(Position have) {
        answers.clear();
        relay.request(
                new ReplyTo("me", "1"), new Messages.Resume(7, "calls", "", have, 1, false, 0, 0, List.of()).encode());
        return answers.get(0)[3];
    }

    private Position heartbeat(int index) throws Exception {
        WireReader reader = new WireReader(passedOn.get(index));
        assertEquals(Wire.HEARTBEAT, reader.header());
        return Messages.Heartbeat.read(reader).position();
    }

    @Test
    void passesBatchesOnByteByByte() {
        origin.time();
        run();
        passedOn.clear();
        put(1, "one");
        run();
        assertSame(sent.get(sent.size() - 1), passedOn.get(0));
        assertEquals(Wire.CONTINUE, resume(new Position(9, 0)));
        assertArrayEquals(Messages.carry(7, passedOn.get(0)), answers.get(1));
    }

    private Whereabouts relaysPlace = new Whereabouts("north", "", "jdbc:derby://north:1527/local");

    @Test
    void saysBesideHeartbeatsWhereItIsAndWhatItsOwnSourceSays() {
        SourceSettings usual = SourceSettings.DEFAULT;
        origin.settings(new SourceSettings(
                usual.heartbeatInterval(),
                usual.ringBytes(),
                usual.servingRingBytes(),
                usual.snapshotLife(),
                false,
                () -> new Whereabouts("head office", "central", "central")));
        relay.settings(new SourceSettings(
                usual.heartbeatInterval(),
                usual.ringBytes(),
                usual.servingRingBytes(),
                usual.snapshotLife(),
                false,
                () -> relaysPlace));
        origin.time();
        run();
        put(1, "one");
        run();
        assertEquals(Wire.BATCH, passedOn.get(passedOn.size() - 1)[3]);
        assertEquals(Whereabouts.NONE, hops.get(hops.size() - 1).whereabouts(), "batches are many");
        now += 1000;
        origin.time();
        relay.time();
        run();
        assertEquals(Wire.HEARTBEAT, passedOn.get(passedOn.size() - 1)[3]);
        assertEquals(
                new Whereabouts("north", "central", "jdbc:derby://north:1527/local"),
                hops.get(hops.size() - 1).whereabouts());
        relaysPlace = new Whereabouts("north", "", "https://north-1:8443/");
        now += 1000;
        origin.time();
        relay.time();
        run();
        assertEquals(
                new Whereabouts("north", "central", "https://north-1:8443/"),
                hops.get(hops.size() - 1).whereabouts(),
                "it is asked each time");
    }

    @Test
    void hasFollowersWaitUntilItHasSomething() {
        assertEquals(Wire.WAIT, resume(Position.NONE));
    }

    @Test
    void hasFollowersWaitThatAreAheadOfIt() {
        origin.time();
        run();
        assertEquals(Wire.WAIT, resume(new Position(9, 5)));
        assertEquals(Wire.WAIT, resume(new Position(10, 0)));
        assertEquals(Wire.SNAPSHOT, resume(new Position(8, 5)));
    }

    @Test
    void takesOneStepWhenItsThreadIsTooFarBehind() throws Exception {
        origin.time();
        run();
        passedOn.clear();
        for (int i = 0; i < 100; i++) {
            put(i, "x".repeat(50));
        }
        assertTrue(relayThread.size() < 50, "what waits is bounded");
        run();
        put(1, "and on");
        run();

        assertEquals(new Position(9, 100), heartbeat(passedOn.size() - 2));
        assertEquals(Wire.BATCH, passedOn.get(passedOn.size() - 1)[3]);
        assertEquals(Wire.CONTINUE, resume(new Position(9, 100)));
        assertEquals(Wire.SNAPSHOT, resume(new Position(9, 50)));
    }

    @Test
    void saysAtOnceThatItsReplicaIsNotCurrentAndWhy() {
        origin.time();
        run();
        origin.notCurrent("the gateway is silent");
        run();
        Hop last = hops.get(hops.size() - 1);
        assertEquals(FeedState.RESUMING, last.state());
        assertEquals("the gateway is silent", last.reason());
    }

    @Test
    void saysThatRowsItCouldNotRepairAreNotCurrent() {
        origin.time();
        run();
        put(1, "one");
        run();
        ((FeedReplica) origin.replica()).alarm("ALARM: rows are wrong");
        run();
        assertEquals(new Hop(FeedState.RESUMING, 0, "ALARM: rows are wrong"), hops.get(hops.size() - 1));
        put(1, "two");
        run();
        assertEquals(new Hop(FeedState.RESUMING, 0, "ALARM: rows are wrong"), hops.get(hops.size() - 1));
        assertTrue(origin.replica().stale());
    }

    @Test
    void keepsItsFollowersCurrentAndTheirRowsProvedBehindAnOriginThatIsIdle() throws Exception {
        LinkListener[] listener = new LinkListener[1];
        List<byte[]> requests = new ArrayList<>();
        Follower follower = new Follower(
                FollowerSettings.of("calls", List.of("site")), () -> now, new SplittableRandom(3), (index, heard) -> {
                    listener[0] = heard;
                    return new Link() {
                        @Override
                        public void send(byte[] request) {
                            requests.add(request);
                        }

                        @Override
                        public void close() {}
                    };
                });
        origin.time();
        put(1, "one");
        run();
        follower.time();
        passedOn.clear();
        hops.clear();
        listener[0].connected("site");
        int proofs = 0;
        for (long end = now + 20_000; now < end; now += 50) {
            origin.time();
            run();
            relay.time();
            for (int i = 0; i < passedOn.size(); i++) {
                WireReader reader = new WireReader(passedOn.get(i));
                if (reader.header() == Wire.HEARTBEAT
                        && !Messages.Heartbeat.read(reader).digests().isEmpty()) {
                    proofs++;
                }
                listener[0].topic("site", hops.get(i), passedOn.get(i));
            }
            passedOn.clear();
            hops.clear();
            while (!requests.isEmpty() || !answers.isEmpty()) {
                if (!requests.isEmpty()) {
                    relay.request(new ReplyTo("me", "1"), requests.remove(0));
                }
                while (!answers.isEmpty()) {
                    listener[0].reply(answers.remove(0));
                }
            }
            follower.time();
            if (now > 10_000) {
                assertFalse(
                        follower.replica().stale(),
                        "at " + now + ": " + follower.replica().age());
            }
        }
        assertEquals(FeedState.LIVE, follower.replica().state());
        assertTrue(proofs >= 19, proofs + " heartbeats with digests");
        Messages.Heartbeat last = null;
        origin.notCurrent("the gateway is silent");
        now += 5000;
        origin.time();
        run();
        relay.time();
        for (byte[] message : passedOn) {
            WireReader reader = new WireReader(message);
            assertEquals(Wire.HEARTBEAT, reader.header());
            last = Messages.Heartbeat.read(reader);
        }
        assertEquals(List.of(), last.digests());
        assertEquals(now - 5000, last.originTime(), "time stands still with the rows");
    }

    @Test
    void sendsNothingOnceClosed() {
        origin.time();
        run();
        relay.close();
        passedOn.clear();
        put(1, "one");
        origin.time();
        relay.time();
        run();
        assertEquals(List.of(), passedOn);
    }

    @Test
    void passesOnOnlyReplicasOfThisEngine() {
        Replica other = (Replica) java.lang.reflect.Proxy.newProxyInstance(
                Replica.class.getClassLoader(), new Class<?>[] {Replica.class}, (proxy, method, arguments) -> "calls");
        assertThrows(
                IllegalArgumentException.class,
                () -> new Relay(
                        other,
                        Runnable::run,
                        "site",
                        SourceSettings.DEFAULT,
                        () -> now,
                        new SplittableRandom(1),
                        transport(sent, hops)));
    }
}
