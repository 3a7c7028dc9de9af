package org.openrtd.events;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openrtd.events.LinkMessage.Acknowledged;
import org.openrtd.events.LinkMessage.EventBatch;
import org.openrtd.events.LinkMessage.Hello;
import org.openrtd.events.LinkMessage.Highest;
import org.openrtd.events.LinkMessage.KeepAlive;
import org.openrtd.events.LinkMessage.Refusal;
import org.openrtd.events.LinkMessage.Refused;

class EventCodecTest {

    private static final long SEED = Long.getLong("seed", 1999);

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final RandomEvents events = new RandomEvents(random);

    @Test
    void readsEveryMessageAsItWasWritten() throws Exception {
        for (int i = 0; i < 5_000; i++) {
            LinkMessage message = events.message();
            assertEquals(message, EventCodec.decode(EventCodec.encode(message)), "seed " + SEED);
        }
    }

    @Test
    void readsEveryLoggedEventAsItWasWritten() throws Exception {
        for (int i = 0; i < 5_000; i++) {
            Event event = events.event();
            assertEquals(event, EventCodec.decodeEvent(EventCodec.encodeEvent(event)), "seed " + SEED);
        }
    }

    /** The examples of docs/events.md; a change here is a change of the wire form and needs a new version. */
    @Test
    void writesTheBytesThatTheDocumentShows() throws Exception {
        shows("4f45 01 01 01 06 7265706c6179", new Hello("replay"));
        shows("4f45 01 02 05 ac02 8098b6c0d21a", new Highest(new Mark(5, 300), 915_500_010_496L));
        shows("4f45 01 04 01 06 7265706c6179", new KeepAlive("replay"));
        shows("4f45 01 05 05 ad02", new Acknowledged(new Mark(5, 301)));
        shows("4f45 01 06 01 01 03 676170", new Refused(Refusal.GAP, "gap"));
        shows(
                "4f45 01 03 01 06 7265706c6179 05 01"
                        + "01 80b0ec80a535 01 06 4130312d3137 01 02 5053"
                        + "02 d00f 03 01 04"
                        + "23 00",
                new EventBatch(
                        "replay",
                        5,
                        1,
                        List.of(
                                new Event.CallOffered(915_500_010_496L, "A01-17", "PS"),
                                new Event.CallQueued(915_500_011_496L, "A01-17", List.of("PS")),
                                new Event.ClockAdvanced(915_500_011_496L))));
        assertEquals(
                "01 23 80b0ec80a535".replace(" ", ""),
                HexFormat.of().formatHex(EventCodec.encodeEvent(new Event.ClockAdvanced(915_500_010_496L))));
    }

    private static void shows(String hex, LinkMessage message) throws Exception {
        assertEquals(hex.replace(" ", ""), HexFormat.of().formatHex(EventCodec.encode(message)));
        assertEquals(message, EventCodec.decode(EventCodec.encode(message)));
    }

    /** Any bytes: a value or the one refusal; anything else that is thrown fails the test. */
    @Test
    void refusesMutatedMessagesAndNeverFailsOtherwise() {
        int refused = 0;
        for (int i = 0; i < 60_000; i++) {
            byte[] bytes = mutated(EventCodec.encode(events.message()));
            try {
                LinkMessage message = EventCodec.decode(bytes);
                if (message instanceof EventBatch batch) {
                    batch.events().forEach(EventCodec::encodeEvent);
                }
            } catch (MalformedMessageException expected) {
                refused++;
            }
        }
        assertTrue(refused > 20_000, "the mutations hardly damage anything: " + refused + ", seed " + SEED);
    }

    @Test
    void refusesMutatedEventsAndNeverFailsOtherwise() {
        int refused = 0;
        for (int i = 0; i < 60_000; i++) {
            byte[] bytes = mutated(EventCodec.encodeEvent(events.event()));
            try {
                EventCodec.decodeEvent(bytes);
            } catch (MalformedMessageException expected) {
                refused++;
            }
        }
        assertTrue(refused > 20_000, "the mutations hardly damage anything: " + refused + ", seed " + SEED);
    }

    @Test
    void refusesEveryBeginningOfAMessage() {
        LinkMessage message = new Highest(new Mark(77_000_000, 300), 915_500_010_496L);
        byte[] bytes = EventCodec.encode(message);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThrows(MalformedMessageException.class, () -> EventCodec.decode(cut));
        }
    }

    private byte[] mutated(byte[] original) {
        byte[] bytes = original.clone();
        for (int times = 1 + random.nextInt(3); times > 0 && bytes.length > 0; times--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> {
                    // The longest number there can be, where perhaps a length stood.
                    for (int i = at; i < Math.min(bytes.length, at + 9); i++) {
                        bytes[i] = (byte) 0xFF;
                    }
                }
                default -> {
                    int from = random.nextInt(bytes.length);
                    int count = Math.min(bytes.length - Math.max(from, at), 1 + random.nextInt(16));
                    System.arraycopy(bytes, from, bytes, at, count);
                }
            }
        }
        return bytes;
    }

    @Test
    void doesNotBelieveACountThatTheMessageCannotHold() {
        // CallQueued with 2^31 - 1 skill groups and no more bytes.
        byte[] bytes = HexFormat.of().parseHex("0102000101" + "63" + "ffffffff07");
        MalformedMessageException refusal =
                assertThrows(MalformedMessageException.class, () -> EventCodec.decodeEvent(bytes));
        assertTrue(refusal.getMessage().contains("a count 2147483647"), refusal.getMessage());
    }

    @Test
    void saysWhenTheVersionIsNotOurs() {
        byte[] bytes = EventCodec.encode(new Hello("replay"));
        bytes[2] = 9;
        MalformedMessageException refusal =
                assertThrows(MalformedMessageException.class, () -> EventCodec.decode(bytes));
        assertTrue(refusal.otherVersion());
        assertTrue(refusal.getMessage().contains("version 9"), refusal.getMessage());
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        byte[] bytes = HexFormat.of().parseHex("4f450101" + "01" + "02" + "c328");
        assertThrows(MalformedMessageException.class, () -> EventCodec.decode(bytes));
    }

    @Test
    void fillsABatchUpToItsSize() throws Exception {
        EventCodec.BatchWriter writer = new EventCodec.BatchWriter("replay", 1, 1, 1_000);
        List<Event> added = new ArrayList<>();
        Event next = events.event();
        while (writer.add(next)) {
            added.add(next);
            next = events.event();
        }
        assertTrue(writer.toBytes().length <= 1_000 || added.size() == 1);
        assertEquals(new EventBatch("replay", 1, 1, added), EventCodec.decode(writer.toBytes()));
    }

    @Test
    void takesBackWholeWhatDidNotFit() throws Exception {
        EventCodec.BatchWriter writer = new EventCodec.BatchWriter("g", 1, 1, 40);
        Event small = new Event.CallEnded(7, "1");
        assertTrue(writer.add(small));
        assertFalse(writer.add(new Event.CallOffered(9_000, "n".repeat(30), "type")));
        assertTrue(writer.add(small));
        assertEquals(new EventBatch("g", 1, 1, List.of(small, small)), EventCodec.decode(writer.toBytes()));
    }

    @Test
    void refusesAConfigurationTooLargeForTheLog() {
        Event large = new Event.ConfigurationWanted(
                0,
                "UTC",
                List.of(),
                List.of(),
                IntStream.range(0, 3_000)
                        .mapToObj(i -> new Event.AgentWanted("agent " + i, "First", "Last", List.of()))
                        .toList(),
                List.of());
        assertThrows(IllegalArgumentException.class, () -> EventCodec.encodeEvent(large));
        assertThrows(IllegalArgumentException.class, () -> new EventCodec.BatchWriter("g", 1, 1, 65_536).add(large));
    }

    @Test
    void writesATextOncePerMessage() {
        byte[] one = EventCodec.encode(
                new EventBatch("g", 1, 1, List.of(new Event.CallEnded(0, "call-with-a-long-number"))));
        byte[] two = EventCodec.encode(new EventBatch(
                "g",
                1,
                1,
                List.of(
                        new Event.CallEnded(0, "call-with-a-long-number"),
                        new Event.CallEnded(0, "call-with-a-long-number"))));
        assertEquals(one.length + 3, two.length);
        assertArrayEquals(one, Arrays.copyOf(two, one.length));
    }
}
