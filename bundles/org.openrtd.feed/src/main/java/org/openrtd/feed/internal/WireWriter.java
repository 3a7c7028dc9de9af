package org.openrtd.feed.internal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the wire's primitive values into a growing array. Its equivalent is {@link WireReader}. */
public final class WireWriter {

    private byte[] bytes;
    private int length;

    public WireWriter(int capacity) {
        bytes = new byte[capacity];
    }

    /** A message with its header. */
    public static WireWriter message(int type) {
        return new WireWriter(64).header(type);
    }

    WireWriter header(int type) {
        return octet('O').octet('F').octet(Wire.MAJOR).octet(type);
    }

    WireWriter clear() {
        length = 0;
        return this;
    }

    public int length() {
        return length;
    }

    /** What holds the octets that are written; to be read at once. */
    byte[] array() {
        return bytes;
    }

    /** Takes the first octets away. */
    void drop(int count) {
        length -= count;
        System.arraycopy(bytes, count, bytes, 0, length);
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    public WireWriter octet(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    /** Seven bits an octet, lowest first, the highest bit saying that more follow; unsigned. */
    public WireWriter varint(long value) {
        room(10);
        while ((value & ~0x7FL) != 0) {
            bytes[length++] = (byte) (value | 0x80);
            value >>>= 7;
        }
        bytes[length++] = (byte) value;
        return this;
    }

    /** A signed value as varint: 0, -1, 1, -2, … as 0, 1, 2, 3, … */
    public WireWriter zigzag(long value) {
        return varint(value << 1 ^ value >> 63);
    }

    /** Eight octets, highest first. */
    public WireWriter fixed64(long value) {
        room(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (value >>> shift);
        }
        return this;
    }

    public WireWriter bytes(byte[] value) {
        varint(value.length);
        return raw(value, 0, value.length);
    }

    public WireWriter raw(byte[] value, int offset, int count) {
        room(count);
        System.arraycopy(value, offset, bytes, length, count);
        length += count;
        return this;
    }

    public WireWriter string(String value) {
        int size = value.length();
        if (size < 64 && ascii(value)) {
            room(size + 1);
            bytes[length++] = (byte) size;
            for (int i = 0; i < size; i++) {
                bytes[length++] = (byte) value.charAt(i);
            }
            return this;
        }
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean ascii(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }
}
