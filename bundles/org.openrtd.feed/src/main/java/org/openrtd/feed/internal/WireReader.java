package org.openrtd.feed.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the wire's primitive values; whatever the bytes are, it refuses them with {@link Undecodable} or answers. */
public final class WireReader {

    private final byte[] bytes;
    private int offset;

    public WireReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads the header and answers the message's type. */
    public int header() throws Undecodable {
        if (bytes.length < Wire.HEADER || bytes[0] != 'O' || bytes[1] != 'F') {
            throw new Undecodable("not a feed message");
        }
        if (bytes[2] != Wire.MAJOR) {
            throw new Undecodable("protocol " + (bytes[2] & 0xFF) + " instead of " + Wire.MAJOR);
        }
        offset = Wire.HEADER;
        return bytes[3];
    }

    int offset() {
        return offset;
    }

    public int remaining() {
        return bytes.length - offset;
    }

    /** @throws Undecodable when bytes are left over */
    public void end() throws Undecodable {
        if (offset != bytes.length) {
            throw new Undecodable(remaining() + " bytes after the end of the message");
        }
    }

    public int octet() throws Undecodable {
        if (offset == bytes.length) {
            throw truncated();
        }
        return bytes[offset++] & 0xFF;
    }

    public long varint() throws Undecodable {
        if (offset < bytes.length && bytes[offset] >= 0) {
            return bytes[offset++];
        }
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int octet = octet();
            value |= (long) (octet & 0x7F) << shift;
            if (octet < 0x80) {
                if (shift == 63 && octet > 1) {
                    break;
                }
                return value;
            }
        }
        throw new Undecodable("a number of more than 64 bits");
    }

    /** A varint that is at most {@code most}. */
    public int count(int most, String what) throws Undecodable {
        long value = varint();
        if (value < 0 || value > most) {
            throw new Undecodable(Long.toUnsignedString(value) + " " + what + ", at most " + most + " can be");
        }
        return (int) value;
    }

    /** A varint that is neither negative nor so large that sums could overflow. */
    public long natural(String what) throws Undecodable {
        long value = varint();
        if (value < 0 || value > Long.MAX_VALUE >> 1) {
            throw new Undecodable(what + " " + Long.toUnsignedString(value));
        }
        return value;
    }

    public long zigzag() throws Undecodable {
        long value = varint();
        return value >>> 1 ^ -(value & 1);
    }

    public long fixed64() throws Undecodable {
        if (remaining() < 8) {
            throw truncated();
        }
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | bytes[offset++] & 0xFF;
        }
        return value;
    }

    /** The eight octets that come next, left to be read. */
    public long peek64() throws Undecodable {
        int at = offset;
        long value = fixed64();
        offset = at;
        return value;
    }

    public byte[] bytes() throws Undecodable {
        return take(size("bytes"));
    }

    /** All that is left. */
    public byte[] rest() {
        byte[] rest = Arrays.copyOfRange(bytes, offset, bytes.length);
        offset = bytes.length;
        return rest;
    }

    /** A length of what comes next: nothing is allocated beyond what the message itself holds. */
    private int size(String what) throws Undecodable {
        long size = varint();
        if (size < 0 || size > remaining()) {
            throw Undecodable.tooShort(
                    Long.toUnsignedString(size) + " " + what + " where " + remaining() + " are left");
        }
        return (int) size;
    }

    private byte[] take(int size) {
        byte[] value = Arrays.copyOfRange(bytes, offset, offset + size);
        offset += size;
        return value;
    }

    public String string() throws Undecodable {
        int size = size("bytes of text");
        boolean ascii = true;
        for (int i = offset; i < offset + size; i++) {
            if (bytes[i] <= 0) {
                if (bytes[i] == 0) {
                    throw new Undecodable("text with \\u0000");
                }
                ascii = false;
            }
        }
        String value;
        if (ascii) {
            value = new String(bytes, offset, size, StandardCharsets.ISO_8859_1);
        } else {
            try {
                value = StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)
                        .decode(ByteBuffer.wrap(bytes, offset, size))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new Undecodable("text that is not UTF-8");
            }
        }
        offset += size;
        return value;
    }

    /** A text of at most {@code most} characters, as names and reasons are. */
    public String string(int most) throws Undecodable {
        String value = string();
        if (value.length() > most) {
            throw new Undecodable("a text of " + value.length() + " characters, at most " + most + " can be");
        }
        return value;
    }

    private static Undecodable truncated() {
        return Undecodable.tooShort("the message ends too early");
    }
}
