package org.openrtd.configuration.jms.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/** Takes values from bytes that somebody else made: nothing is allocated that the bytes do not hold. */
final class Reader {

    private final ByteBuffer in;

    Reader(byte[] bytes) {
        in = ByteBuffer.wrap(bytes);
    }

    int u8() {
        return need(1).get() & 0xff;
    }

    int u16() {
        return need(2).getShort() & 0xffff;
    }

    int i32() {
        return need(4).getInt();
    }

    long i64() {
        return need(8).getLong();
    }

    boolean bool() {
        int value = u8();
        if (value > 1) {
            throw new UnreadableMessage("a truth is 0 or 1, not " + value);
        }
        return value == 1;
    }

    byte[] bytes() {
        int length = i32();
        if (length < 0 || length > in.remaining()) {
            throw new UnreadableMessage("a value of " + length + " bytes where " + in.remaining() + " are left");
        }
        byte[] value = new byte[length];
        in.get(value);
        return value;
    }

    String text() {
        byte[] value = bytes();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(value))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UnreadableMessage("a text that is not UTF-8");
        }
    }

    String text(int most) {
        String text = text();
        if (text.length() > most) {
            throw new UnreadableMessage("a text of " + text.length() + " characters where " + most + " are the most");
        }
        return text;
    }

    <T> T orNull(Supplier<T> present) {
        return bool() ? present.get() : null;
    }

    <T> List<T> list(int most, Supplier<T> element) {
        int count = i32();
        // Each element takes a byte at least.
        if (count < 0 || count > most || count > in.remaining()) {
            throw new UnreadableMessage("a list of " + count);
        }
        List<T> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(element.get());
        }
        return Collections.unmodifiableList(list);
    }

    /** A value of any column. */
    Object value() {
        int type = u8();
        return switch (type) {
            case 0 -> null;
            case 1 -> i32();
            case 2 -> i64();
            case 3 -> Double.longBitsToDouble(i64());
            case 4 -> bool();
            case 5 -> text();
            case 6 -> bytes();
            default -> throw new UnreadableMessage("a value of unknown type " + type);
        };
    }

    <E extends Enum<E>> E constant(E[] constants) {
        int code = u8();
        if (code >= constants.length) {
            throw new UnreadableMessage("an unknown code " + code);
        }
        return constants[code];
    }

    byte[] rest() {
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        return rest;
    }

    void end() {
        if (in.hasRemaining()) {
            throw new UnreadableMessage(in.remaining() + " bytes too many");
        }
    }

    private ByteBuffer need(int bytes) {
        if (in.remaining() < bytes) {
            throw new UnreadableMessage("it ends too early");
        }
        return in;
    }
}
