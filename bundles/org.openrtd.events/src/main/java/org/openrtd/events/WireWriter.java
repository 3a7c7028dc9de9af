package org.openrtd.events;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Writes the primitives of the wire form. Text that comes again in one message is written as its number. */
final class WireWriter {

    private final Map<String, Integer> texts = new HashMap<>();
    private byte[] bytes = new byte[256];
    private int length;
    private long time;

    int length() {
        return length;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** Goes back to what it was when it had this length and this last time, forgetting the texts written since. */
    void truncate(int length, int textCount, long time) {
        this.length = length;
        this.time = time;
        texts.values().removeIf(number -> number >= textCount);
    }

    int textCount() {
        return texts.size();
    }

    long lastTime() {
        return time;
    }

    void octet(int value) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        bytes[length++] = (byte) value;
    }

    void octets(byte[] values, int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
        }
        System.arraycopy(values, 0, bytes, length, count);
        length += count;
    }

    void unsigned(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            octet((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        octet((int) rest);
    }

    void time(long value) {
        long difference = value - time;
        unsigned(difference << 1 ^ difference >> 63);
        time = value;
    }

    void text(String text) {
        if (text == null) {
            unsigned(0);
            return;
        }
        Integer number = texts.putIfAbsent(text, texts.size());
        if (number != null) {
            unsigned(number + 2L);
            return;
        }
        unsigned(1);
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        unsigned(utf8.length);
        octets(utf8, utf8.length);
    }
}
