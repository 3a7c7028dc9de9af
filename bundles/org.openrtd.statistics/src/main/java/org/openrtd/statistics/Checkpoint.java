package org.openrtd.statistics;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The whole state, written and read. */
final class Checkpoint {
    private Checkpoint() {}

    static void write(Centre centre, DataOutput out) throws IOException {
        throw new IOException("not yet");
    }

    static Centre read(DataInput in) throws IOException {
        throw new IOException("not yet");
    }
}
