package org.openrtd.events;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the primitives of the wire form; whatever the bytes are, it allocates no more than a few times their length. */
final class WireReader {

    /** A text of {@link Names#MAX_TEXT} characters in UTF-8. */
    private static final int MAX_UTF8 = Names.MAX_TEXT * 3;

    private final byte[] bytes;
    private final List<String> texts = new ArrayList<>();
    private int at;
    private long time;

    WireReader(byte[] bytes) {
        this.bytes = bytes;
    }

    interface Element<T> {
        T read() throws MalformedMessageException;
    }

    int octet() throws MalformedMessageException {
        if (at == bytes.length) {
            throw malformed("ends too soon");
        }
        return bytes[at++] & 0xFF;
    }

    long unsigned() throws MalformedMessageException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int octet = octet();
            if (shift == 63 && octet > 1) {
                break;
            }
            value |= (octet & 0x7FL) << shift;
            if (octet < 0x80) {
                return value;
            }
        }
        throw malformed("has a number of more than 64 bits");
    }

    int small(String what, int limit) throws MalformedMessageException {
        long value = unsigned();
        if (value < 0 || value > limit) {
            throw malformed("has " + what + " " + Long.toUnsignedString(value) + ", above " + limit);
        }
        return (int) value;
    }

    boolean flag() throws MalformedMessageException {
        return small("a flag", 1) == 1;
    }

    long time() throws MalformedMessageException {
        long zigzag = unsigned();
        time += zigzag >>> 1 ^ -(zigzag & 1);
        return time;
    }

    String text() throws MalformedMessageException {
        String text = textOrNull();
        if (text == null) {
            throw malformed("lacks a text");
        }
        return text;
    }

    String textOrNull() throws MalformedMessageException {
        int kind = small("a text's number", texts.size() + 1);
        if (kind == 0) {
            return null;
        }
        if (kind >= 2) {
            return texts.get(kind - 2);
        }
        int length = small("a text's length", MAX_UTF8);
        if (length > bytes.length - at) {
            throw malformed("ends within a text");
        }
        try {
            // A decoder of its own reports what String's constructor would silently replace.
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, at, length))
                    .toString();
            at += length;
            texts.add(text);
            return text;
        } catch (CharacterCodingException notUtf8) {
            throw malformed("has a text that is not UTF-8");
        }
    }

    /** Reads a list, each of whose elements takes a byte at least: so no count can ask for more than the message holds. */
    <T> List<T> list(Element<T> element) throws MalformedMessageException {
        int count = small("a count", bytes.length - at);
        List<T> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(element.read());
        }
        return list;
    }

    /** Reads elements until the message ends. */
    <T> List<T> toEnd(Element<T> element) throws MalformedMessageException {
        List<T> list = new ArrayList<>();
        while (at < bytes.length) {
            list.add(element.read());
        }
        return list;
    }

    void end() throws MalformedMessageException {
        if (at != bytes.length) {
            throw malformed("goes on after its end");
        }
    }

    MalformedMessageException malformed(String what) {
        return new MalformedMessageException("The message " + what + ", at byte " + at + " of " + bytes.length);
    }
}
