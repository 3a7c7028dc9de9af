package org.openrtd.configuration.jms.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.openrtd.catalog.Catalog;
import org.openrtd.configuration.ConfigurationMessage;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.CopyReport;
import org.openrtd.configuration.CopyStatus;
import org.openrtd.configuration.HistoryEntry;
import org.openrtd.configuration.SyncStatus;
import org.openrtd.feed.Change;
import org.openrtd.feed.Position;

class MessageCodecTest {

    private static final CopyReport COPY = new CopyReport(
            new CopyStatus(
                    "north-1",
                    CopyStatus.Kind.LOCAL_DATABASE,
                    "feed",
                    new Position(3, 4711),
                    2,
                    "LIVE",
                    CopyStatus.Digests.EQUAL,
                    new CopyStatus.Repair(Instant.ofEpochMilli(1_000), "digest of Agent differs at 3:4700"),
                    ""),
            "north",
            2,
            300,
            1_500);

    private static final List<Message> ALL = List.of(
            new Message.Hello(),
            new Message.AskHistory("Agent", Arrays.asList(1, 2L, "x", null, true, 1.5), 10),
            new Message.AskIds("Agent", 7),
            new Message.Report(List.of(COPY)),
            new Message.AskPicture(),
            new Message.Welcome("central"),
            new Message.Committed(4711),
            new Message.Refused(List.of(
                    new ConfigurationProblem(
                            ConfigurationProblem.Kind.CONFLICT,
                            "Agent",
                            List.of(1),
                            "EnterpriseName",
                            "both changed it",
                            new ConfigurationProblem.Conflict(
                                    "a", "b", "c", "olga@north", Instant.ofEpochMilli(5), 17)),
                    new ConfigurationProblem(
                            ConfigurationProblem.Kind.VALUE,
                            "Agent",
                            Collections.singletonList(null),
                            null,
                            "no key"))),
            new Message.History(List.of(new HistoryEntry(
                    5,
                    Instant.ofEpochMilli(9),
                    "olga",
                    "id",
                    HistoryEntry.Operation.UPDATE,
                    List.of(new HistoryEntry.ColumnChange("Description", null, "ä€😀"))))),
            new Message.Ids(5000),
            new Message.Copies(new SyncStatus.Picture("central", "", List.of(COPY, COPY))),
            new Message.Unreachable(true, "gone"),
            new Message.Invalid("no such table"),
            new Message.AskTransaction("release-7", true),
            new Message.NoTransaction());

    @Test
    void readsWhatItWrote() {
        for (Message message : ALL) {
            assertEquals(message, MessageCodec.decode(MessageCodec.encode(message)));
        }
        Message.Commit commit = new Message.Commit("id", "olga", new byte[] {1, 2, 3});
        Message.Commit read = (Message.Commit) MessageCodec.decode(MessageCodec.encode(commit));
        assertEquals("id olga", read.id() + " " + read.author());
        assertArrayEquals(commit.changes(), read.changes());
        for (Instant time : Arrays.asList(Instant.ofEpochMilli(5), null)) {
            Message.Transaction known = (Message.Transaction) MessageCodec.decode(
                    MessageCodec.encode(new Message.Transaction(new Position(3, 4), "olga", time, new byte[] {1, 2})));
            assertEquals(new Position(3, 4), known.position());
            assertEquals("olga", known.author());
            assertEquals(time, known.time());
            assertArrayEquals(new byte[] {1, 2}, known.changes());
        }
    }

    @Test
    void refusesWhatIsCutOrHasSomethingBehind() {
        for (Message message : ALL) {
            byte[] whole = MessageCodec.encode(message);
            for (int length = 0; length < whole.length; length++) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertThrows(UnreadableMessage.class, () -> MessageCodec.decode(cut), message + " cut to " + length);
            }
            assertThrows(UnreadableMessage.class, () -> MessageCodec.decode(Arrays.copyOf(whole, whole.length + 1)));
        }
    }

    @Test
    void refusesDamagedBytesAndFailsInNoOtherWay() {
        long seed = System.nanoTime();
        System.out.println("MessageCodecTest seed " + seed);
        Random random = new Random(seed);
        Frames.Assembly assembly = new Frames.Assembly(MessageCodec.MAX_BYTES);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = MessageCodec.encode(ALL.get(random.nextInt(ALL.size())));
            int damages = 1 + random.nextInt(3);
            for (int d = 0; d < damages; d++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                MessageCodec.encode(MessageCodec.decode(bytes));
            } catch (UnreadableMessage refused) {
                // As it should be.
            }
            try {
                byte[] frame =
                        Frames.cut(1, ALL.get(random.nextInt(ALL.size()))).get(0);
                frame[random.nextInt(frame.length)] = (byte) random.nextInt(256);
                assembly.add("user " + random.nextInt(2), "sender " + random.nextInt(3), frame);
            } catch (UnreadableMessage refused) {
                // As it should be.
            }
            assertTrue(assembly.bytes() <= MessageCodec.MAX_BYTES);
        }
    }

    @Test
    void refusesDamagedChangesAndFailsInNoOtherWay() {
        long seed = System.nanoTime();
        System.out.println("MessageCodecTest seed " + seed);
        Random random = new Random(seed);
        byte[] whole = ConfigurationMessage.write(List.of(
                Change.put(EditPathTest.reason(1, "Lunch")),
                Change.put(EditPathTest.reason(2, "Break")),
                Change.delete(Catalog.table("Skill_Group_Member").table(), List.of(1, 2))));
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = random.nextInt(4) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int d = 1 + random.nextInt(3); d > 0 && bytes.length > 0; d--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                ConfigurationMessage.readExactly(bytes, Catalog.feed(Catalog.CONFIG));
            } catch (IllegalArgumentException refused) {
                // As it should be.
            }
        }
    }

    @Test
    void cutsAndPutsTogetherLargeMessagesOfSeveralSenders() {
        byte[] large = new byte[3 << 20];
        new Random(7).nextBytes(large);
        List<byte[]> one = Frames.cut(1, new Message.Commit("one", "", large));
        List<byte[]> two = Frames.cut(2, new Message.Commit("two", "", large));
        Frames.Assembly assembly = new Frames.Assembly(64 << 20);
        for (int i = 0; i < one.size() - 1; i++) {
            assertNull(assembly.add("a", "1", one.get(i)));
            assertNull(assembly.add("b", "1", two.get(i)));
        }
        assertEquals(1, assembly.add("a", "1", one.get(one.size() - 1)).request());
        assertArrayEquals(
                large,
                ((Message.Commit)
                                assembly.add("b", "1", two.get(one.size() - 1)).message())
                        .changes());
        assertEquals(0, assembly.bytes());
    }

    @Test
    void givesUpAMessageOfWhichAPartIsMissing() {
        List<byte[]> parts = Frames.cut(1, new Message.Commit("one", "", new byte[200_000]));
        Frames.Assembly assembly = new Frames.Assembly(1 << 20);
        assertNull(assembly.add("a", "1", parts.get(0)));
        assertNull(assembly.add("a", "1", parts.get(2)));
        assertNull(assembly.add("a", "1", parts.get(3)));
        assertEquals(0, assembly.bytes());
    }

    @Test
    void keepsNoMoreOfUnfinishedMessagesThanIsAllowed() {
        Frames.Assembly assembly = new Frames.Assembly(1 << 20);
        List<byte[]> parts = Frames.cut(1, new Message.Commit("one", "", new byte[200_000]));
        for (int i = 0; i < 100; i++) {
            assembly.add("user", "sender " + i, parts.get(0));
            assertTrue(assembly.bytes() <= 1 << 20);
        }
    }

    @Test
    void aUserWhoBeginsManyMessagesDrivesOutNoneOfAnother() {
        Frames.Assembly assembly = new Frames.Assembly(1 << 20);
        List<byte[]> parts = Frames.cut(1, new Message.Commit("one", "", new byte[100_000]));
        assertNull(assembly.add("modest", "1", parts.get(0)));
        for (int i = 0; i < 2 * Frames.Assembly.MAX_SENDERS; i++) {
            assertNull(assembly.add("greedy", "sender " + i, parts.get(0)));
        }
        assertEquals(1, assembly.add("modest", "1", parts.get(1)).request());

        Frames.Assembly large = new Frames.Assembly(1L << 30);
        assertNull(large.add("modest", "1", parts.get(0)));
        for (int i = 0; i < 2 * Frames.Assembly.MAX_SENDERS; i++) {
            assertNull(large.add("greedy", "sender " + i, parts.get(0)));
        }
        assertTrue(large.bytes() <= (long) Frames.Assembly.MAX_SENDERS * Frames.PART_BYTES);
        assertEquals(1, large.add("modest", "1", parts.get(1)).request());
    }

    @Test
    void refusesToCutWhatIsTooLarge() {
        Message.Commit large = new Message.Commit("one", "", new byte[MessageCodec.MAX_BYTES]);
        assertThrows(IllegalArgumentException.class, () -> Frames.cut(1, large));
    }

    @Test
    void leavesOutTheRestOfAListThatIsTooLong() {
        String text = "x".repeat(200 << 10);
        List<HistoryEntry> many = Collections.nCopies(
                100,
                new HistoryEntry(
                        5,
                        Instant.ofEpochMilli(9),
                        "olga",
                        "id",
                        HistoryEntry.Operation.UPDATE,
                        List.of(new HistoryEntry.ColumnChange("ScriptText", text, text))));
        byte[] bytes = MessageCodec.encode(new Message.History(many));
        assertTrue(bytes.length <= MessageCodec.MAX_BYTES);
        assertEquals(
                MessageCodec.MAX_BYTES / (400 << 10),
                ((Message.History) MessageCodec.decode(bytes)).entries().size());
    }
}
