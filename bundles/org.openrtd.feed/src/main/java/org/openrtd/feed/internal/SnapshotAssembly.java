package org.openrtd.feed.internal;

import java.util.ArrayList;
import java.util.List;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Table;

/** A snapshot on its way to a follower: parts are pulled, a few at a time, and survive a reconnect. */
public final class SnapshotAssembly {

    private final Messages.Snapshot manifest;
    private final byte[][][] parts;
    private final int total;
    private int arrived;
    private int asked;
    private int nextStream;
    private int nextPart;

    public SnapshotAssembly(Messages.Snapshot manifest) {
        this.manifest = manifest;
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
        // Half of them at a time, so that the line is never idle and requests stay few.
        if (asked > Wire.PARTS_AT_A_TIME / 2) {
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
                        && asked < Wire.PARTS_AT_A_TIME) {
                    nextPart++;
                    asked++;
                }
                if (nextPart == first) {
                    return null;
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

    private byte[] stream(int index) {
        WireWriter all = new WireWriter((int) manifest.streams().get(index).bytes());
        for (byte[] part : parts[index]) {
            all.raw(part, 0, part.length);
        }
        return all.toBytes();
    }

    /** The view that a whole snapshot holds. */
    public FeedView view() throws Undecodable {
        FeedSchema schema = Messages.schema(new WireReader(stream(0)));
        if (schema.tables().size() + 1 != parts.length) {
            throw new Undecodable("a snapshot without all of its tables");
        }
        List<TableRows> tables = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            Table table = schema.tables().get(i - 1);
            if (manifest.streams().get(i).number() != i) {
                throw new Undecodable("a snapshot without " + table);
            }
            tables.add(rows(i, new Layout(table)));
        }
        return FeedView.of(schema, manifest.position(), manifest.cut(), tables.toArray(TableRows[]::new));
    }

    /** {@code view} with the tables that this snapshot holds. */
    public FeedView swapInto(FeedView view) throws Undecodable {
        TableRows[] tables = view.allRows();
        for (int i = 0; i < parts.length; i++) {
            int table = manifest.streams().get(i).number() - 1;
            if (table < 0 || table >= tables.length) {
                throw new Undecodable("a snapshot of table number " + table);
            }
            tables[table] = rows(i, tables[table].layout);
        }
        return view.next(view.position(), view.cut(), tables);
    }

    private TableRows rows(int index, Layout layout) throws Undecodable {
        TableRows rows =
                ServedSnapshot.decode(layout, stream(index), manifest.cut().controllerTime());
        if (!rows.digest().equals(manifest.streams().get(index).digest())) {
            throw new Undecodable("a snapshot of " + layout.table + " whose digest differs from its source's");
        }
        return rows;
    }
}
