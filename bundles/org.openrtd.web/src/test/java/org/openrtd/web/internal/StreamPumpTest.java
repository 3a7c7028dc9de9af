package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.web.internal.FakeReplica.row;
import static org.openrtd.web.internal.WebOverHttpTest.await;

import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pump against wires that the test holds in its hand. */
class StreamPumpTest {

    private final FakeReplica calls = new FakeReplica("calls");
    private final TreeMap<String, Channel> channels = new TreeMap<>();
    private final AtomicInteger beats = new AtomicInteger();
    private StreamPump pump;
    private Streams streams;

    private void start(long mostBytes, long crowdedNanos) {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1, "RouterCallsQNow", 3))
                .cut();
        Channel channel = new Channel("calls", () -> {}, (feed, view) -> {});
        channel.add(calls);
        channels.put("calls", channel);
        streams = new Streams("run", channels, () -> "north", List::of);
        streams.tick(0, false);
        pump = new StreamPump(streams, () -> {}, beats::incrementAndGet, mostBytes, crowdedNanos);
        pump.start();
    }

    @AfterEach
    void stop() {
        pump.close();
    }

    private final class HeldWire implements StreamPump.Wire {
        private final StreamReader reader = new StreamReader();
        private boolean held;
        private boolean broken;
        private boolean aborted;
        private boolean last;
        private StreamPump.Done waiting;

        @Override
        public void send(byte[] bytes, int from, int to, boolean end, StreamPump.Done done) {
            synchronized (this) {
                if (broken) {
                    throw new IllegalStateException("as the test wants it");
                }
                reader.read(java.util.Arrays.copyOfRange(bytes, from, to), to - from);
                last |= end;
                if (held) {
                    waiting = done;
                    return;
                }
            }
            done.sent();
        }

        @Override
        public void abort(String reason) {
            StreamPump.Done failing;
            synchronized (this) {
                aborted = true;
                failing = waiting;
                waiting = null;
            }
            if (failing != null) {
                failing.failed();
            }
        }

        synchronized HeldWire hold(boolean hold) {
            held = hold;
            return this;
        }

        void letGo() {
            StreamPump.Done done;
            synchronized (this) {
                held = false;
                done = waiting;
                waiting = null;
            }
            done.sent();
        }

        synchronized long count(String type) {
            return reader.types().stream().filter(type::equals).count();
        }

        synchronized boolean isWaiting() {
            return waiting != null;
        }

        synchronized boolean isAborted() {
            return aborted;
        }
    }

    private HeldWire open(HeldWire wire) {
        return open(wire, 3_600);
    }

    private HeldWire open(HeldWire wire, int seconds) {
        pump.admit("ada", 100, 100);
        pump.open(
                streams.open(List.of("Call_Type_Real_Time"), null),
                new Web.Viewer("ada", Instant.now().plusSeconds(seconds), () -> false),
                wire);
        return wire;
    }

    @Test
    void slowReadersHoldUpNobodyWhoHasTheRows() throws Exception {
        start(1, Long.MAX_VALUE);
        HeldWire quick = open(new HeldWire());
        await("the rows", () -> quick.count("snapshot") == 1);
        HeldWire slow = open(new HeldWire());
        slow.hold(true);
        await("it takes no more", slow::isWaiting);
        long before = quick.count("heartbeat");
        await("heartbeats go on", () -> quick.count("heartbeat") > before + 1);
        HeldWire next = open(new HeldWire());
        int ticks = beats.get();
        await("there is no room for one more", () -> beats.get() > ticks + 1);
        assertEquals(0, next.count("snapshot"));
        slow.letGo();
        await("the next one is served", () -> next.count("snapshot") == 1);
    }

    @Test
    void leavesASlowReaderWhenThereIsNoRoomForOneMore() throws Exception {
        start(1, 0);
        HeldWire slow = open(new HeldWire());
        slow.hold(true);
        HeldWire next = open(new HeldWire());
        await("the slow one is left", slow::isAborted);
        await("the next one is served", () -> next.count("snapshot") == 1);
    }

    @Test
    void endsAfterThePieceThatIsOnItsWay() throws Exception {
        start(1 << 20, Long.MAX_VALUE);
        HeldWire wire = open(new HeldWire().hold(true), 0);
        await("it waits", wire::isWaiting);
        int before = beats.get();
        await("it is told to end", () -> beats.get() > before + 1);
        assertFalse(wire.isAborted());
        assertEquals(0, wire.count("end"));
        wire.letGo();
        await("the stream ends", () -> pump.count() == 0);
        assertEquals(List.of("end"), wire.reader.types());
        assertTrue(wire.last);
        assertEquals(0, pump.bytesUnderWay());
    }

    @Test
    void aStreamThatCannotBeMadeEndsAlone() throws Exception {
        start(1 << 20, Long.MAX_VALUE);
        HeldWire broken = new HeldWire();
        broken.broken = true;
        open(broken);
        await("it is broken", broken::isAborted);
        assertEquals(0, pump.count());
        HeldWire other = open(new HeldWire());
        await("heartbeats", () -> other.count("heartbeat") > 1);
        assertEquals(1, pump.count());
    }
}
