package org.openrtd.feed.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Cut;
import org.openrtd.feed.Digest;
import org.openrtd.feed.DurableHistory.Epoch;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Follower;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Link;
import org.openrtd.feed.LinkListener;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Position;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.Table;

/** Whatever bytes come, a decoder answers or refuses; {@code -Dfeed.seed=…} begins with another seed. */
class DecoderFuzzTest {

    private static final int MUTANTS = 30_000;
    private static final long LARGE = 8 << 20;

    private static final Table TABLE = Table.named("T")
            .key("Id", ColumnType.INT)
            .column("I", ColumnType.INT)
            .column("L", ColumnType.LONG)
            .column("D", ColumnType.DOUBLE)
            .column("B", ColumnType.BOOLEAN)
            .column("S", ColumnType.STRING)
            .column("Y", ColumnType.BYTES)
            .column("T", ColumnType.TIMESTAMP)
            .columns(ColumnType.INT, "c8", "c9", "c10", "c11")
            .build();

    private final long seed = Long.getLong("feed.seed", 1);
    private final SplittableRandom random = new SplittableRandom(seed);
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<byte[]> requests = new ArrayList<>();
    private final List<byte[]> answers = new ArrayList<>();
    private final List<byte[]> topic = new ArrayList<>();
    private LinkListener listener;
    private long now;

    /** A transport that keeps what it is given to send. */
    private final SourceTransport transport = new SourceTransport() {
        @Override
        public void publish(Hop hop, byte[] message) {
            topic.add(message);
        }

        @Override
        public void reply(ReplyTo to, byte[] message) {
            answers.add(message);
        }
    };

    private Origin origin(boolean durable) {
        FeedSchema schema = new FeedSchema(
                "calls",
                1,
                durable,
                List.of(TABLE, Table.named("U").key("Id", ColumnType.STRING).build()));
        SplittableRandom its = new SplittableRandom(5);
        if (!durable) {
            return new Origin(
                    schema, new FeedIdentity("id", 9), "o", SourceSettings.DEFAULT, () -> now, its, transport);
        }
        return new Origin(
                schema,
                new FeedIdentity("id", 9),
                "o",
                SourceSettings.DEFAULT,
                () -> now,
                its,
                transport,
                new org.openrtd.feed.DurableHistory() {
                    @Override
                    public List<Epoch> epochs() {
                        return List.of(new Epoch(9, 0));
                    }

                    @Override
                    public List<Entry> after(long key, int limit) {
                        return List.of();
                    }
                },
                0,
                List.of());
    }

    private List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int id = random.nextInt(60);
            changes.add(
                    random.nextInt(5) == 0
                            ? Change.delete(TABLE, List.of(id))
                            : Change.put(TABLE.row(
                                    id,
                                    random.nextInt(),
                                    random.nextBoolean() ? null : (Long) random.nextLong(),
                                    random.nextInt(9) / 4.0,
                                    random.nextBoolean(),
                                    "é" + random.nextInt(3),
                                    new byte[random.nextInt(4)],
                                    1000L * random.nextInt(9),
                                    1,
                                    null,
                                    random.nextInt(3),
                                    4)));
        }
        return changes;
    }

    private FeedView fill(boolean durable) {
        Origin origin = origin(durable);
        FeedView before = null;
        for (int i = 1; i <= 30; i++) {
            now += 1500;
            before = i == 20 ? (FeedView) origin.replica().view() : before;
            origin.commit(new Cut(i, i * 1000L, 3), changes());
            origin.time();
        }
        return before;
    }

    private List<byte[]> others() {
        Position at = new Position(9, 20);
        List<Epoch> epochs = List.of(new Epoch(3, 2), new Epoch(9, 4));
        return List.of(
                new Messages.Resume(1, "calls", "id", at, 3, false, 7, 2, List.of("T", "U")).encode(),
                new Messages.Pull(1, 2, 1, 0, 8).encode(),
                new Messages.Continue(1, at, 30, true, epochs).encode(),
                new Messages.Wait(1, at).encode(),
                new Messages.Live(1, at, new Hop(FeedState.LIVE, 20), 99).encode(),
                new Messages.Gone(1, 2).encode(),
                new Messages.Refused(1, "because").encode(),
                new Messages.Snapshot(
                                1,
                                2,
                                at,
                                new Cut(1, 2, 3),
                                4,
                                "id",
                                epochs,
                                List.of(
                                        new Messages.Stream(0, 100, new Digest(0, 0)),
                                        new Messages.Stream(1, 200_000, new Digest(5, 6))))
                        .encode(),
                Messages.Part.encode(2, 1, 0, new byte[50], 0, 50),
                new Messages.Heartbeat(
                                at, 5, List.of(new Messages.Digests(1, List.of(new Digest(1, 2), new Digest(3, 4)))))
                        .encode(),
                Messages.cleared(at));
    }

    private byte[] mutate(List<byte[]> messages) {
        byte[] message = messages.get(random.nextInt(messages.size())).clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && message.length > 0; i++) {
            // Mostly behind the header, where there is something to decode.
            int at = random.nextInt(8) == 0 || message.length <= 4
                    ? random.nextInt(message.length)
                    : 4 + random.nextInt(message.length - 4);
            switch (random.nextInt(6)) {
                case 0 -> message[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> message[at] = (byte) random.nextInt();
                case 2 -> message[at] = (byte) 0xFF;
                case 3 -> message = Arrays.copyOf(message, at);
                case 4 -> message = Arrays.copyOf(message, message.length + 1 + random.nextInt(9));
                default -> {
                    int length = random.nextInt(message.length - at);
                    System.arraycopy(message, random.nextInt(message.length - length), message, at, length);
                }
            }
        }
        return message;
    }

    private interface Decoding {
        void run() throws Undecodable;
    }

    /** @return whether it was accepted */
    private boolean survives(int number, Decoding decoding) {
        long before = threads.getCurrentThreadAllocatedBytes();
        boolean accepted = false;
        try {
            decoding.run();
            accepted = true;
        } catch (Undecodable refused) {
            // As it should.
        } catch (Throwable e) {
            fail("Seed " + seed + ", mutant " + number + ": " + e, e);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < LARGE, () -> "Seed " + seed + ", mutant " + number + " allocated " + allocated);
        return accepted;
    }

    private void fuzzBatches(boolean durable) {
        FeedView view = fill(durable);
        List<byte[]> batches =
                topic.stream().filter(message -> message[3] == Wire.BATCH).toList();
        int accepted = 0;
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = mutate(batches);
            accepted += survives(i, () -> {
                        WireReader reader = new WireReader(mutant);
                        if (reader.header() != Wire.BATCH) {
                            throw new Undecodable("another type");
                        }
                        BatchDecoder.apply(view, BatchHeader.read(reader), reader, true);
                    })
                    ? 1
                    : 0;
        }
        assertTrue(accepted > 0 && accepted < MUTANTS, "accepted " + accepted);
    }

    @Test
    void survivesMutatedBatches() {
        fuzzBatches(false);
    }

    @Test
    void survivesMutatedBatchesOfADurableFeed() {
        fuzzBatches(true);
    }

    @Test
    void survivesMutatedSnapshots() {
        FeedView view = fill(false);
        Layout layout = view.rows(0).layout;
        List<byte[]> streams = List.of(stream(view, 0));
        List<byte[]> schemas = List.of(Messages.encode(view.schema()));
        for (int i = 0; i < MUTANTS; i++) {
            byte[] stream = mutate(streams);
            survives(i, () -> RowsDecoder.decode(layout, stream, 5));
            byte[] schema = mutate(schemas);
            survives(i, () -> Messages.schema(new WireReader(schema)));
        }
    }

    private static byte[] stream(FeedView view, int table) {
        ServedSnapshot snapshot = new ServedSnapshot(1, view, 0, 0);
        assertTrue(snapshot.encode(new int[] {table}, () -> 0, 1));
        WireWriter all = new WireWriter(0);
        try {
            byte[] part = snapshot.part(table + 1, 0);
            for (int number = 0; part != null; part = snapshot.part(table + 1, ++number)) {
                WireReader reader = new WireReader(part);
                reader.header();
                byte[] bytes = Messages.Part.read(reader).bytes();
                all.raw(bytes, 0, bytes.length);
            }
        } catch (Undecodable e) {
            throw new AssertionError(e);
        }
        return all.toBytes();
    }

    @Test
    void decodesASnapshotThatComesInPartsAsItDoesAWholeOne() {
        FeedView view = fill(false);
        Layout layout = view.rows(0).layout;
        byte[] stream = stream(view, 0);
        int accepted = 0;
        for (int i = 0; i < MUTANTS; i++) {
            int number = i;
            byte[] mutant = i % 4 == 0 ? stream : mutate(List.of(stream));
            int most = 1 + random.nextInt(stream.length);
            Digest whole = decoded(() -> RowsDecoder.decode(layout, mutant, 5));
            Digest inParts = decoded(() -> {
                RowsDecoder decoder = new RowsDecoder(layout, mutant.length, 5);
                int end;
                for (int at = 0; at < mutant.length; at = end) {
                    end = Math.min(mutant.length, at + 1 + random.nextInt(most));
                    decoder.add(Arrays.copyOfRange(mutant, at, end));
                }
                return decoder.end();
            });
            assertEquals(whole, inParts, () -> "Seed " + seed + ", mutant " + number);
            accepted += whole == null ? 0 : 1;
        }
        assertTrue(accepted >= MUTANTS / 4 && accepted < MUTANTS, "accepted " + accepted);
    }

    private interface Rows {
        TableRows decode() throws Undecodable;
    }

    /** The digest of the rows, or {@code null} when they are refused. */
    private static Digest decoded(Rows rows) {
        try {
            return rows.decode().digest();
        } catch (Undecodable refused) {
            return null;
        }
    }

    @Test
    void survivesMutatedMessagesOfAllOtherKinds() {
        List<byte[]> messages = others();
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = mutate(messages);
            survives(i, () -> {
                WireReader reader = new WireReader(mutant);
                switch (reader.header()) {
                    case Wire.RESUME -> Messages.Resume.read(reader);
                    case Wire.PULL -> Messages.Pull.read(reader);
                    case Wire.CONTINUE -> Messages.Continue.read(reader);
                    case Wire.WAIT -> Messages.Wait.read(reader);
                    case Wire.LIVE -> Messages.Live.read(reader);
                    case Wire.GONE -> Messages.Gone.read(reader);
                    case Wire.REFUSED -> Messages.Refused.readAny(mutant);
                    case Wire.SNAPSHOT -> Messages.Snapshot.read(reader);
                    case Wire.PART -> Messages.Part.read(reader);
                    case Wire.HEARTBEAT -> Messages.Heartbeat.read(reader);
                    default -> throw new Undecodable("another type");
                }
            });
        }
    }

    @Test
    void aSourceSurvivesMutatedRequests() {
        Origin origin = origin(false);
        origin.commit(new Cut(1, 1, 1), changes());
        List<byte[]> messages = others();
        ReplyTo from = new ReplyTo("user", "1");
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = mutate(messages);
            answers.clear();
            survives(i, () -> origin.request(from, mutant));
        }
        answers.clear();
        origin.request(from, others().get(0));
        assertEquals(1, answers.size());
    }

    @Test
    void aFollowerSurvivesMutatedMessages() {
        Origin origin = origin(false);
        Follower follower = new Follower(
                FollowerSettings.of("calls", List.of("o")), () -> now, new SplittableRandom(3), (index, heard) -> {
                    listener = heard;
                    return new Link() {
                        @Override
                        public void send(byte[] request) {
                            requests.add(request);
                        }

                        @Override
                        public void close() {
                            listener = null;
                        }
                    };
                });
        ReplyTo from = new ReplyTo("user", "1");
        List<byte[]> seen = new ArrayList<>(others());
        for (int i = 0; i < 20_000; i++) {
            now += 20;
            topic.clear();
            answers.clear();
            origin.time();
            if (i % 5 == 0) {
                origin.commit(new Cut(i, i, i), changes());
            }
            List.copyOf(requests).forEach(request -> origin.request(from, request));
            requests.clear();
            if (seen.size() < 500) {
                seen.addAll(topic);
                seen.addAll(answers);
            }
            survives(i, follower::time);
            if (listener == null) {
                continue;
            }
            listener.connected("o");
            for (byte[] message : List.copyOf(topic)) {
                tell(i, false, message);
            }
            for (byte[] message : List.copyOf(answers)) {
                tell(i, true, message);
            }
            if (i % 3 == 0) {
                tell(i, random.nextBoolean(), mutate(seen));
            }
            if (follower.replica().state() == FeedState.REFUSED) {
                follower.settings(FollowerSettings.of("calls", List.of("o" + i)));
            }
        }
        assertTrue(follower.replica().statistics().undecodable() > 0);
        assertTrue(follower.replica().statistics().batches() > 100);
        assertTrue(Duration.ZERO.compareTo(follower.replica().age()) <= 0);
    }

    private void tell(int number, boolean answer, byte[] message) {
        LinkListener to = listener;
        if (to != null) {
            survives(number, () -> {
                if (answer) {
                    to.reply(message);
                } else {
                    to.topic("o", new Hop(FeedState.LIVE, 0), message);
                }
            });
        }
    }
}
