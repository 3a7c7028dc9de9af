package org.openrtd.feed.internal;

import java.util.ArrayList;
import java.util.List;
import org.openrtd.feed.Column;
import org.openrtd.feed.Cut;
import org.openrtd.feed.Digest;
import org.openrtd.feed.DurableHistory.Epoch;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Position;
import org.openrtd.feed.Table;

/** All messages but batches: each a record that writes itself and is read after its header. */
public final class Messages {

    private static final int MOST_CHARACTERS = 1024;

    private Messages() {}

    static WireWriter writePosition(WireWriter to, Position position) {
        return to.varint(position.epoch()).varint(position.sequence());
    }

    static Position readPosition(WireReader from) throws Undecodable {
        return new Position(from.natural("epoch"), from.natural("sequence"));
    }

    private static void writeEpochs(WireWriter to, List<Epoch> epochs) {
        to.varint(epochs.size());
        epochs.forEach(epoch -> to.varint(epoch.epoch()).varint(epoch.firstKey()));
    }

    private static List<Epoch> readEpochs(WireReader from) throws Undecodable {
        int count = from.count(Math.min(Wire.MOST_EPOCHS, from.remaining()), "epochs");
        List<Epoch> epochs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            epochs.add(new Epoch(from.natural("epoch"), from.natural("key")));
        }
        return epochs;
    }

    /**
     * A follower asks for what it lacks.
     *
     * @param id what the answers will name
     * @param have what the follower has; of a repair, below which nothing serves
     * @param schema the version of the schema that its rows are of; 0 when it has none
     * @param repair whether the rows at {@code have} are not trusted, so that only a snapshot serves
     * @param heldSnapshot the snapshot of which the follower already has parts, or 0
     * @param outrun how many snapshots in a row were outrun
     * @param tables those that are wanted; empty for all
     */
    public record Resume(
            long id,
            String feed,
            String feedId,
            Position have,
            int schema,
            boolean repair,
            long heldSnapshot,
            int outrun,
            List<String> tables) {

        public byte[] encode() {
            WireWriter to =
                    WireWriter.message(Wire.RESUME).fixed64(id).string(feed).string(feedId);
            writePosition(to, have)
                    .varint(schema)
                    .octet(repair ? 1 : 0)
                    .fixed64(heldSnapshot)
                    .varint(outrun);
            to.varint(tables.size());
            tables.forEach(to::string);
            return to.toBytes();
        }

        public static Resume read(WireReader from) throws Undecodable {
            long id = from.fixed64();
            String feed = from.string(128);
            String feedId = from.string(128);
            Position have = readPosition(from);
            int schema = from.count(Integer.MAX_VALUE, "as a schema's version");
            boolean repair = from.octet() != 0;
            long held = from.fixed64();
            int outrun = from.count(Integer.MAX_VALUE, "snapshots");
            int count = from.count(Math.min(Wire.MOST_TABLES, from.remaining()), "tables");
            List<String> tables = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                tables.add(from.string(128));
            }
            from.end();
            return new Resume(id, feed, feedId, have, schema, repair, held, outrun, tables);
        }
    }

    /** A follower asks for parts of a snapshot's stream: 0 is the schema, the others are tables by their number plus 1. */
    public record Pull(long id, long snapshot, int stream, int first, int count) {

        public byte[] encode() {
            return WireWriter.message(Wire.PULL)
                    .fixed64(id)
                    .fixed64(snapshot)
                    .varint(stream)
                    .varint(first)
                    .varint(count)
                    .toBytes();
        }

        public static Pull read(WireReader from) throws Undecodable {
            Pull pull = new Pull(
                    from.fixed64(),
                    from.fixed64(),
                    from.count(Wire.MOST_TABLES, "as a stream"),
                    from.count(Integer.MAX_VALUE, "as a part"),
                    from.count(Integer.MAX_VALUE, "parts"));
            from.end();
            return pull;
        }
    }

    /**
     * The batches that follow {@code from} come now, up to {@code until}.
     *
     * @param last whether that is all; else the follower asks again from there
     * @param epochs of a durable feed
     */
    public record Continue(long id, Position from, long until, boolean last, List<Epoch> epochs) {

        public byte[] encode() {
            WireWriter to = WireWriter.message(Wire.CONTINUE).fixed64(id);
            writePosition(to, from).varint(until).octet(last ? 1 : 0);
            writeEpochs(to, epochs);
            return to.toBytes();
        }

        public static Continue read(WireReader from) throws Undecodable {
            Continue message = new Continue(
                    from.fixed64(), readPosition(from), from.natural("sequence"), from.octet() != 0, readEpochs(from));
            from.end();
            return message;
        }
    }

    /** A message of the topic, in answer to one follower. */
    public static byte[] carry(long id, byte[] message) {
        return new WireWriter(message.length + Wire.HEADER + 8)
                .header(Wire.CARRY)
                .fixed64(id)
                .raw(message, 0, message.length)
                .toBytes();
    }

    /** The source is a relay that is behind; where it is. */
    public record Wait(long id, Position position) {

        public byte[] encode() {
            return writePosition(WireWriter.message(Wire.WAIT).fixed64(id), position)
                    .toBytes();
        }

        public static Wait read(WireReader from) throws Undecodable {
            Wait wait = new Wait(from.fixed64(), readPosition(from));
            from.end();
            return wait;
        }
    }

    /** That was all, and how the source itself stands: who has just come has heard nothing of it on the topic yet. */
    public record Live(long id, Position position, Hop hop, long originTime) {

        private static final FeedState[] STATES = FeedState.values();

        public byte[] encode() {
            return writePosition(WireWriter.message(Wire.LIVE).fixed64(id), position)
                    .octet(hop.state().ordinal())
                    .varint(hop.ageMillis())
                    .string(hop.reason())
                    .zigzag(originTime)
                    .toBytes();
        }

        public static Live read(WireReader from) throws Undecodable {
            long id = from.fixed64();
            Position position = readPosition(from);
            int state = from.octet();
            if (state >= STATES.length) {
                throw new Undecodable("state " + state);
            }
            Live live = new Live(
                    id,
                    position,
                    new Hop(STATES[state], from.natural("age"), from.string(Hop.MOST_CHARACTERS)),
                    from.zigzag());
            from.end();
            return live;
        }
    }

    public record Gone(long id, long snapshot) {

        public byte[] encode() {
            return WireWriter.message(Wire.GONE).fixed64(id).fixed64(snapshot).toBytes();
        }

        public static Gone read(WireReader from) throws Undecodable {
            Gone gone = new Gone(from.fixed64(), from.fixed64());
            from.end();
            return gone;
        }
    }

    public record Refused(long id, String reason) {

        public byte[] encode() {
            String text = reason.length() > MOST_CHARACTERS ? reason.substring(0, MOST_CHARACTERS) : reason;
            return WireWriter.message(Wire.REFUSED).fixed64(id).string(text).toBytes();
        }

        /** Reads it whatever major wrote it: there its form is the same. */
        public static Refused readAny(byte[] message) throws Undecodable {
            WireReader from = new WireReader(message);
            for (int i = 0; i < Wire.HEADER; i++) {
                from.octet();
            }
            return read(from);
        }

        static Refused read(WireReader from) throws Undecodable {
            Refused refused = new Refused(from.fixed64(), from.string(MOST_CHARACTERS));
            from.end();
            return refused;
        }
    }

    /** One stream of a snapshot: the schema, with no table, or a table's rows. */
    public record Stream(int number, long bytes, Digest digest) {

        /** How many parts it travels in. */
        public int parts() {
            return (int) ((bytes + Wire.PART_BYTES - 1) / Wire.PART_BYTES);
        }
    }

    /** What a snapshot consists of; its parts are pulled. */
    public record Snapshot(
            long id,
            long snapshot,
            Position position,
            Cut cut,
            long originTime,
            String feedId,
            List<Epoch> epochs,
            List<Stream> streams) {

        public byte[] encode() {
            WireWriter to = WireWriter.message(Wire.SNAPSHOT).fixed64(id).fixed64(snapshot);
            writePosition(to, position)
                    .zigzag(cut.tick())
                    .zigzag(cut.controllerTime())
                    .zigzag(cut.configurationKey())
                    .zigzag(originTime)
                    .string(feedId);
            writeEpochs(to, epochs);
            to.varint(streams.size());
            for (Stream stream : streams) {
                to.varint(stream.number())
                        .varint(stream.bytes())
                        .varint(stream.digest().rows())
                        .fixed64(stream.digest().sum());
            }
            return to.toBytes();
        }

        public static Snapshot read(WireReader from) throws Undecodable {
            long id = from.fixed64();
            long snapshot = from.fixed64();
            Position position = readPosition(from);
            Cut cut = new Cut(from.zigzag(), from.zigzag(), from.zigzag());
            long originTime = from.zigzag();
            String feedId = from.string(128);
            List<Epoch> epochs = readEpochs(from);
            int count = from.count(Math.min(Wire.MOST_TABLES + 1, from.remaining()), "streams");
            List<Stream> streams = new ArrayList<>();
            int last = -1;
            for (int i = 0; i < count; i++) {
                int number = from.count(Wire.MOST_TABLES, "as a stream");
                if (number <= last) {
                    throw new Undecodable("streams out of order");
                }
                last = number;
                long bytes = from.natural("bytes");
                streams.add(new Stream(number, bytes, new Digest(from.natural("rows"), from.fixed64())));
            }
            from.end();
            return new Snapshot(id, snapshot, position, cut, originTime, feedId, epochs, streams);
        }
    }

    /** A part of a snapshot's stream. It names no follower, so that it is encoded once for all. */
    public record Part(long snapshot, int stream, int number, byte[] bytes) {

        static byte[] encode(long snapshot, int stream, int number, byte[] bytes, int offset, int count) {
            return new WireWriter(count + 64)
                    .header(Wire.PART)
                    .fixed64(snapshot)
                    .varint(stream)
                    .varint(number)
                    .raw(bytes, offset, count)
                    .toBytes();
        }

        public static Part read(WireReader from) throws Undecodable {
            return new Part(
                    from.fixed64(),
                    from.count(Wire.MOST_TABLES, "as a stream"),
                    from.count(Integer.MAX_VALUE, "as a part"),
                    from.rest());
        }
    }

    /** The digests of all tables, in order, by the columns that one version of the schema has. */
    public record Digests(int schemaVersion, List<Digest> tables) {}

    /** All up to {@code position} has been sent; a relay's own has no digests. */
    public record Heartbeat(Position position, long originTime, List<Digests> digests) {

        public byte[] encode() {
            WireWriter to = writePosition(WireWriter.message(Wire.HEARTBEAT), position)
                    .zigzag(originTime)
                    .varint(digests.size());
            for (Digests version : digests) {
                to.varint(version.schemaVersion()).varint(version.tables().size());
                version.tables().forEach(digest -> to.varint(digest.rows()).fixed64(digest.sum()));
            }
            return to.toBytes();
        }

        public static Heartbeat read(WireReader from) throws Undecodable {
            Position position = readPosition(from);
            long originTime = from.zigzag();
            int versions = from.count(Math.min(2, from.remaining()), "versions");
            List<Digests> digests = new ArrayList<>();
            for (int i = 0; i < versions; i++) {
                int version = from.count(Integer.MAX_VALUE, "as a version");
                int count = from.count(Math.min(Wire.MOST_TABLES, from.remaining()), "tables");
                List<Digest> tables = new ArrayList<>();
                for (int t = 0; t < count; t++) {
                    tables.add(new Digest(from.natural("rows"), from.fixed64()));
                }
                digests.add(new Digests(version, tables));
            }
            from.end();
            return new Heartbeat(position, originTime, digests);
        }
    }

    /** A source repaired itself: what its followers got from it before may be wrong. */
    public static byte[] cleared(Position position) {
        return writePosition(WireWriter.message(Wire.CLEARED), position).toBytes();
    }

    /** The schema, as a snapshot's first stream. */
    static byte[] encode(FeedSchema schema) {
        WireWriter to = new WireWriter(1024)
                .string(schema.feed())
                .varint(schema.version())
                .octet(schema.durable() ? 1 : 0)
                .varint(schema.tables().size());
        for (Table table : schema.tables()) {
            to.string(table.name())
                    .varint(table.keyColumns())
                    .varint(table.columns().size());
            for (Column column : table.columns()) {
                to.string(column.name()).octet(column.type().ordinal());
            }
        }
        return to.toBytes();
    }

    static FeedSchema schema(WireReader from) throws Undecodable {
        String feed = from.string(128);
        int version = from.count(Integer.MAX_VALUE, "as a version");
        boolean durable = from.octet() != 0;
        int count = from.count(Math.min(Wire.MOST_TABLES, from.remaining()), "tables");
        List<Table> tables = new ArrayList<>();
        for (int t = 0; t < count; t++) {
            String name = from.string(128);
            int keys = from.count(Wire.MOST_COLUMNS, "key columns");
            int columns = from.count(Math.min(Wire.MOST_COLUMNS, from.remaining()), "columns");
            List<Column> list = new ArrayList<>();
            try {
                for (int c = 0; c < columns; c++) {
                    list.add(new Column(from.string(128), Layout.type(from.octet())));
                }
                tables.add(new Table(name, keys, list));
            } catch (IllegalArgumentException e) {
                throw new Undecodable(e.getMessage());
            }
        }
        from.end();
        return new FeedSchema(feed, version, durable, tables);
    }
}
