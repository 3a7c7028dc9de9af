package org.openrtd.feed.internal;

import java.util.BitSet;
import java.util.List;
import org.openrtd.feed.Change;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;

/** One batch of updates, to be encoded and applied again and again without the rest of the engine. */
public final class BatchCodec {

    private final BatchEncoder encoder = new BatchEncoder();
    private final FeedView before;
    private final BatchHeader header;
    private final TableRows.Builder[] builders;
    private final byte[] batch;

    public BatchCodec(FeedSchema schema, long controllerTime, List<Row> rows, List<Row> changed) {
        BitSet[] ordinals = new BitSet[schema.tables().size()];
        for (int i = 0; i < ordinals.length; i++) {
            ordinals[i] = new BitSet();
        }
        Position first = new Position(1, 1);
        FeedView empty = FeedView.empty(schema, first);
        RowWriter inserts = new RowWriter(empty, ordinals);
        rows.forEach(row -> inserts.put(Change.put(row)));
        before = empty.next(first, empty.cut(), inserts.build());
        RowWriter updates = new RowWriter(before, ordinals);
        changed.forEach(row -> updates.put(Change.put(row)));
        builders = updates.builders();
        header = new BatchHeader(new Position(1, 2), 1, new Cut(2, controllerTime, 1), 0);
        batch = encode();
    }

    public byte[] encode() {
        return encoder.encode(header, builders, false, null);
    }

    /** Decodes the batch into the rows, digests included; returns how many changed. */
    public long apply() {
        try {
            WireReader from = new WireReader(batch);
            from.header();
            BatchHeader.read(from);
            return BatchDecoder.apply(before, header, from, false).rowChanges();
        } catch (Undecodable e) {
            throw new IllegalStateException(e);
        }
    }
}
