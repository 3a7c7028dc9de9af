package org.openrtd.feed.internal;

import java.util.ArrayList;
import java.util.List;
import org.openrtd.feed.FeedSchema;

/**
 * A snapshot on its way to a follower: parts are pulled, a few at a time, decoded as they come, and survive a reconnect. Nobody
 * sees anything of it before all of it is there.
 */
public final class SnapshotAssembly {

    /** How many parts may be on their way: while some are decoded here, others travel. */
    private static final int ON_THE_WAY = 2 * Wire.PARTS_AT_A_TIME;

    /** In place of a part that was decoded. */
    private static final byte[] DECODED = {};

    private final Messages.Snapshot manifest;
    /** What the rows were before, of a snapshot of some tables. */
    private final FeedView before;

    private final byte[][][] parts;
    private final int total;
    private int arrived;
    private int asked;
    private int nextStream;
    private int nextPart;

    // How far it is decoded: streams in order, each from its first part.
    private int stream;
    private int part;
    private WireWriter schemaBytes = new WireWriter(0);
    private FeedSchema schema;
    private RowsDecoder decoder;
    private final List<TableRows> decoded = new ArrayList<>();

    /** @param before what the follower has */
    public SnapshotAssembly(Messages.Snapshot manifest, FeedView before) {
        this.manifest = manifest;
        this.before = before;
        List<Messages.Stream> streams = manifest.streams();
        parts = new byte[streams.size()][][];
        int sum = 0;
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new byte[streams.get(i).parts()][];
            sum += parts[i].length;
        }
        total = sum;
    }

    /** How large all of it will be. */
    public static long bytes(Messages.Snapshot manifest) {
        long bytes = 0;
        for (Messages.Stream stream : manifest.streams()) {
            bytes += stream.bytes();
            if (bytes < 0) {
                return Long.MAX_VALUE;
            }
        }
        return bytes;
    }

    public Messages.Snapshot manifest() {
        return manifest;
    }

    /** Whether the parts are those of that manifest. */
    public boolean isOf(Messages.Snapshot other) {
        return manifest.snapshot() == other.snapshot() && manifest.streams().equals(other.streams());
    }

    /** Whether it holds the schema and all tables, or some tables only. */
    public boolean isWhole() {
        return !manifest.streams().isEmpty() && manifest.streams().get(0).number() == 0;
    }

    public boolean isComplete() {
        return arrived == total;
    }

    /** Nothing that was asked for before will come any more; begins with the first part that lacks. */
    public void restart() {
        asked = 0;
        nextStream = 0;
        nextPart = 0;
    }

    /** Takes a part; answers whether it was one that lacked. */
    public boolean add(Messages.Part part) {
        for (int i = 0; i < parts.length; i++) {
            if (manifest.streams().get(i).number() == part.stream()) {
                if (part.number() >= parts[i].length
                        || parts[i][part.number()] != null
                        || part.bytes().length != expected(i, part.number())) {
                    return false;
                }
                parts[i][part.number()] = part.bytes();
                arrived++;
                asked = Math.max(0, asked - 1);
                return true;
            }
        }
        return false;
    }

    private int expected(int stream, int part) {
        long bytes = manifest.streams().get(stream).bytes();
        return (int) Math.min(Wire.PART_BYTES, bytes - (long) part * Wire.PART_BYTES);
    }

    /** What to ask for now, so that never more than a few parts are on their way; or {@code null}. */
    public Messages.Pull next(long resume) {
        // As many at a time as may be, so that requests stay few.
        if (asked > ON_THE_WAY - Wire.PARTS_AT_A_TIME) {
            return null;
        }
        while (nextStream < parts.length) {
            while (nextPart < parts[nextStream].length && parts[nextStream][nextPart] != null) {
                nextPart++;
            }
            if (nextPart < parts[nextStream].length) {
                int first = nextPart;
                while (nextPart < parts[nextStream].length
                        && parts[nextStream][nextPart] == null
                        && nextPart - first < Wire.PARTS_AT_A_TIME) {
                    nextPart++;
                    asked++;
                }
                return new Messages.Pull(
                        resume,
                        manifest.snapshot(),
                        manifest.streams().get(nextStream).number(),
                        first,
                        nextPart - first);
            }
            nextStream++;
            nextPart = 0;
        }
        return null;
    }

    /** Decodes what has come, as far as nothing lacks. After an exception it is of no use any more. */
    public void decode() throws Undecodable {
        for (; stream < parts.length; stream++, part = 0) {
            for (; part < parts[stream].length; part++) {
                byte[] next = parts[stream][part];
                if (next == null) {
                    return;
                }
                parts[stream][part] = DECODED;
                decode(next);
            }
            end();
        }
    }

    private boolean isSchema() {
        return stream == 0 && isWhole();
    }

    private void decode(byte[] next) throws Undecodable {
        if (isSchema()) {
            schemaBytes.raw(next, 0, next.length);
        } else {
            decoder().add(next);
        }
    }

    private RowsDecoder decoder() throws Undecodable {
        if (decoder == null) {
            decoder = new RowsDecoder(
                    layout(manifest.streams().get(stream).number() - 1),
                    manifest.streams().get(stream).bytes(),
                    manifest.cut().controllerTime());
        }
        return decoder;
    }

    private Layout layout(int table) throws Undecodable {
        if (isWhole()) {
            if (table != stream - 1) {
                throw new Undecodable("a snapshot without " + schema.tables().get(stream - 1));
            }
            return new Layout(schema.tables().get(table));
        }
        if (table < 0 || table >= before.tables()) {
            throw new Undecodable("a snapshot of table number " + table);
        }
        return before.rows(table).layout;
    }

    /** The end of a stream. */
    private void end() throws Undecodable {
        if (isSchema()) {
            schema = Messages.schema(new WireReader(schemaBytes.toBytes()));
            schemaBytes = null;
            if (schema.tables().size() + 1 != parts.length) {
                throw new Undecodable("a snapshot without all of its tables");
            }
            return;
        }
        TableRows rows = decoder().end();
        decoder = null;
        if (!rows.digest().equals(manifest.streams().get(stream).digest())) {
            throw new Undecodable("a snapshot of " + rows.layout.table + " whose digest differs from its source's");
        }
        decoded.add(rows);
    }

    /** The view that a whole snapshot holds. */
    public FeedView view() throws Undecodable {
        if (!isWhole()) {
            throw new Undecodable("a snapshot without its schema");
        }
        decode();
        return FeedView.of(schema, manifest.position(), manifest.cut(), decoded.toArray(TableRows[]::new));
    }

    /** {@code view} with the tables that this snapshot holds. */
    public FeedView swapInto(FeedView view) throws Undecodable {
        decode();
        TableRows[] tables = view.allRows();
        for (int i = 0; i < parts.length; i++) {
            tables[manifest.streams().get(i).number() - 1] = decoded.get(i);
        }
        return view.next(view.position(), view.cut(), tables);
    }
}
