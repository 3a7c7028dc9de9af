package org.openrtd.statistics;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** How checkpoints write numbers and text: small numbers are short. */
final class Wire {

    /** More of anything than a sound checkpoint has. */
    static final int MANY = 50_000_000;

    private Wire() {}

    static void writeLong(DataOutput out, long value) throws IOException {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            out.writeByte((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    static long readLong(DataInput in) throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.readByte();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new IOException("A number in the checkpoint has no end");
    }

    static int readInt(DataInput in) throws IOException {
        long value = readLong(in);
        if (value != (int) value) {
            throw new IOException("A number in the checkpoint is too large: " + value);
        }
        return (int) value;
    }

    /** A number of things to follow, before any room is made for them. */
    static int readCount(DataInput in, int limit) throws IOException {
        long count = readLong(in);
        if (count < 0 || count > limit) {
            throw new IOException("A checkpoint has 0 to " + limit + " of something, not " + count);
        }
        return (int) count;
    }

    static void writeLongs(DataOutput out, long[] values) throws IOException {
        for (long value : values) {
            writeLong(out, value);
        }
    }

    static void readLongs(DataInput in, long[] values) throws IOException {
        for (int i = 0; i < values.length; i++) {
            values[i] = readLong(in);
        }
    }

    /** Text of at most 64 KiB, or {@code null}. */
    static void writeText(DataOutput out, String text) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            out.writeUTF(text);
        }
    }

    static String readText(DataInput in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }
}
