package org.openrtd.centraldb.internal;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.openrtd.centraldb.EventLog;

/**
 * The stored form of consecutive log entries: version, then per entry the run it belongs to (named in full the first time),
 * how far its number is from the run's number before it in the block, and its payload; last a CRC-32C of all that.
 */
final class LogBlock {

    private static final byte VERSION = 1;

    /** What a block aims at: large enough to make a row cheap, small enough to read and delete quickly. */
    static final int TARGET_BYTES = 64 << 10;

    private record Run(String gateway, long run) {}

    private byte[] bytes = new byte[TARGET_BYTES + 4096];
    private int length;
    private int entries;
    private final Map<Run, Integer> ids = new HashMap<>();
    private final List<long[]> numbers = new ArrayList<>();

    LogBlock() {
        clear();
    }

    void clear() {
        length = 0;
        entries = 0;
        ids.clear();
        numbers.clear();
        bytes[length++] = VERSION;
    }

    int entries() {
        return entries;
    }

    /** Whether the next entry belongs into another block. */
    boolean full() {
        return length >= TARGET_BYTES;
    }

    void add(EventLog.Entry entry) {
        byte[] payload = entry.payload();
        ensure(payload.length + 600);
        Run run = new Run(entry.gateway(), entry.run());
        Integer id = ids.get(run);
        if (id == null) {
            putVarint(0);
            byte[] gateway = entry.gateway().getBytes(StandardCharsets.UTF_8);
            putVarint(gateway.length);
            put(gateway);
            putVarint(zigzag(entry.run()));
            id = ids.size();
            ids.put(run, id);
            numbers.add(new long[1]);
        } else {
            putVarint(id + 1L);
        }
        long[] last = numbers.get(id);
        putVarint(zigzag(entry.number() - last[0]));
        last[0] = entry.number();
        putVarint(payload.length);
        put(payload);
        entries++;
    }

    /** The finished block. */
    byte[] toBytes() {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        ByteBuffer block = ByteBuffer.allocate(length + Integer.BYTES);
        return block.put(bytes, 0, length).putInt((int) crc.getValue()).array();
    }

    /** @throws IllegalArgumentException when the bytes are no block, or not as they were written */
    static List<EventLog.Entry> read(byte[] block) {
        if (block.length < 1 + Integer.BYTES) {
            throw new IllegalArgumentException("has only " + block.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(block, 0, block.length - Integer.BYTES);
        CRC32C crc = new CRC32C();
        crc.update(in.duplicate());
        if ((int) crc.getValue() != ByteBuffer.wrap(block).getInt(block.length - Integer.BYTES)) {
            throw new IllegalArgumentException("fails its checksum");
        }
        byte version = in.get();
        if (version != VERSION) {
            throw new IllegalArgumentException("has version " + version + ", and this program knows " + VERSION);
        }
        try {
            List<EventLog.Entry> entries = new ArrayList<>();
            List<Run> runs = new ArrayList<>();
            List<long[]> numbers = new ArrayList<>();
            while (in.hasRemaining()) {
                int id = (int) getVarint(in) - 1;
                if (id < 0) {
                    String gateway = new String(getBytes(in), StandardCharsets.UTF_8);
                    runs.add(new Run(gateway, unzigzag(getVarint(in))));
                    numbers.add(new long[1]);
                    id = runs.size() - 1;
                }
                Run run = runs.get(id);
                long number = numbers.get(id)[0] += unzigzag(getVarint(in));
                entries.add(new EventLog.Entry(run.gateway(), run.run(), number, getBytes(in)));
            }
            return entries;
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("ends in the middle of an entry", e);
        }
    }

    private void put(byte[] value) {
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    private void putVarint(long value) {
        while ((value & ~0x7FL) != 0) {
            bytes[length++] = (byte) (value | 0x80);
            value >>>= 7;
        }
        bytes[length++] = (byte) value;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = java.util.Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    private static long getVarint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IndexOutOfBoundsException("A number of more than 64 bits");
    }

    private static byte[] getBytes(ByteBuffer in) {
        long count = getVarint(in);
        if (count < 0 || count > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] value = new byte[(int) count];
        in.get(value);
        return value;
    }

    private static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    private static long unzigzag(long value) {
        return value >>> 1 ^ -(value & 1);
    }
}
