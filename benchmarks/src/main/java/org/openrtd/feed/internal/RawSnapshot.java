package org.openrtd.feed.internal;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.openrtd.feed.FeedSchema;

/** The streams of a snapshot, to be sent and applied without the rest of the engine. */
public final class RawSnapshot {

    private final Messages.Snapshot manifest;
    private final byte[][] streams;

    private RawSnapshot(Messages.Snapshot manifest, byte[][] streams) {
        this.manifest = manifest;
        this.streams = streams;
    }

    /** From what a source answered to one follower. */
    public static RawSnapshot of(List<byte[]> replies) {
        try {
            Messages.Snapshot manifest = null;
            byte[][] streams = null;
            for (byte[] reply : replies) {
                WireReader reader = new WireReader(reply);
                int type = reader.header();
                if (type == Wire.SNAPSHOT) {
                    manifest = Messages.Snapshot.read(reader);
                    streams = manifest.streams().stream()
                            .map(stream -> new byte[(int) stream.bytes()])
                            .toArray(byte[][]::new);
                } else if (type == Wire.PART) {
                    Messages.Part part = Messages.Part.read(reader);
                    System.arraycopy(
                            part.bytes(),
                            0,
                            streams[part.stream()],
                            part.number() * Wire.PART_BYTES,
                            part.bytes().length);
                }
            }
            return new RawSnapshot(manifest, streams);
        } catch (Undecodable e) {
            throw new IllegalStateException(e);
        }
    }

    public long bytes() {
        return SnapshotAssembly.bytes(manifest);
    }

    public void write(OutputStream to) throws IOException {
        DataOutputStream out = new DataOutputStream(to);
        for (byte[] stream : streams) {
            out.writeInt(stream.length);
            out.write(stream);
        }
        out.flush();
    }

    /** Reads all of it, decodes it and compares the digests; returns how many rows there are. */
    public long apply(InputStream from) throws IOException {
        DataInputStream in = new DataInputStream(from);
        byte[][] received = new byte[streams.length][];
        for (int i = 0; i < received.length; i++) {
            received[i] = new byte[in.readInt()];
            in.readFully(received[i]);
        }
        try {
            FeedSchema schema = Messages.schema(new WireReader(received[0]));
            long rows = 0;
            for (int i = 1; i < received.length; i++) {
                TableRows table = RowsDecoder.decode(
                        new Layout(schema.tables().get(i - 1)),
                        received[i],
                        manifest.cut().controllerTime());
                if (!table.digest().equals(manifest.streams().get(i).digest())) {
                    throw new Undecodable("another digest");
                }
                rows += table.size();
            }
            return rows;
        } catch (Undecodable e) {
            throw new IllegalStateException(e);
        }
    }
}
