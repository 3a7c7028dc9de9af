package org.openrtd.feed.internal;

import org.openrtd.feed.Position;

/** Puts a batch together that travels in parts. A part of another batch means that the one begun will not be complete. */
public final class PartAssembler {

    private static final int MOST_PARTS = (Wire.BATCH_BYTES + Wire.PART_BYTES - 1) / Wire.PART_BYTES;

    private Position position;
    private byte[][] messages = new byte[0][];
    private byte[][] contents;
    private int missing;

    /** Takes a batch, or a part of one, after its header; answers the batch when it is complete, else {@code null}. */
    public ReceivedBatch batch(int type, byte[] message, WireReader from) throws Undecodable {
        if (type == Wire.BATCH) {
            return new ReceivedBatch(BatchHeader.read(from), message, new byte[][] {message});
        }
        if (type != Wire.BATCH_PART) {
            throw new Undecodable("a message of type " + type + " instead of a batch");
        }
        byte[] whole = add(message, from);
        if (whole == null) {
            return null;
        }
        WireReader reader = new WireReader(whole);
        if (reader.header() != Wire.BATCH) {
            throw new Undecodable("parts of something else than a batch");
        }
        BatchHeader header = BatchHeader.read(reader);
        if (!header.position().equals(position)) {
            throw new Undecodable("parts of " + position + " that make up " + header.position());
        }
        return new ReceivedBatch(header, whole, messages);
    }

    /** Takes a part after its header; answers the batch when it is complete, else {@code null}. */
    private byte[] add(byte[] message, WireReader from) throws Undecodable {
        Position of = Messages.readPosition(from);
        int number = from.count(MOST_PARTS, "as a part");
        int parts = from.count(MOST_PARTS, "parts");
        if (number >= parts) {
            throw new Undecodable("part " + number + " of " + parts);
        }
        if (!of.equals(position) || contents == null || contents.length != parts) {
            position = of;
            messages = new byte[parts][];
            contents = new byte[parts][];
            missing = parts;
        }
        if (contents[number] == null) {
            messages[number] = message;
            contents[number] = from.rest();
            missing--;
        }
        if (missing > 0) {
            return null;
        }
        int size = 0;
        for (byte[] content : contents) {
            size += content.length;
        }
        if (size > Wire.BATCH_BYTES) {
            contents = null;
            throw new Undecodable("a batch of " + size + " bytes");
        }
        WireWriter all = new WireWriter(size);
        for (byte[] content : contents) {
            all.raw(content, 0, content.length);
        }
        contents = null;
        return all.toBytes();
    }
}
