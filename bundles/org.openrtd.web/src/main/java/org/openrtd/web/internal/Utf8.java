package org.openrtd.web.internal;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;

/** Collects UTF-8, JSON above all, up to a size that it does not exceed. Not thread-safe. */
final class Utf8 {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final int most;
    private byte[] bytes;
    private int length;

    Utf8() {
        this(Integer.MAX_VALUE - 8);
    }

    /** @param most bytes; whoever adds more gets {@link ApiError#tooLarge} */
    Utf8(int most) {
        this.most = most;
        this.bytes = new byte[Math.min(most, 1024)];
    }

    int length() {
        return length;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private void room(int more) {
        if (more > bytes.length - length) {
            if (more > most - length) {
                throw ApiError.tooLarge(most);
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(most, Math.max(2L * bytes.length, (long) length + more)));
        }
    }

    Utf8 add(byte[] encoded) {
        room(encoded.length);
        System.arraycopy(encoded, 0, bytes, length, encoded.length);
        length += encoded.length;
        return this;
    }

    /** As it is: no quotes, nothing escaped. */
    Utf8 add(String text) {
        int size = text.length();
        room(size);
        for (int i = 0; i < size; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                return add(text.substring(i).getBytes(StandardCharsets.UTF_8));
            }
            bytes[length++] = (byte) c;
        }
        return this;
    }

    Utf8 add(char ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    Utf8 add(long number) {
        return add(Long.toString(number));
    }

    /** A JSON text. What a line of server-sent events or a script must not hold is escaped too. */
    Utf8 text(String text) {
        int size = text.length();
        add('"');
        room(size);
        for (int i = 0; i < size; i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '<') {
                room(1);
                bytes[length++] = (byte) c;
            } else if (c < 0xa0 || c >= 0x2028 && c <= 0x202e || lonelySurrogate(text, i)) {
                escape(c);
            } else if (Character.isHighSurrogate(c)) {
                add(text.substring(i, i + 2).getBytes(StandardCharsets.UTF_8));
                i++;
            } else if (c < 0x800) {
                room(2);
                bytes[length++] = (byte) (0xc0 | c >> 6);
                bytes[length++] = (byte) (0x80 | c & 0x3f);
            } else {
                room(3);
                bytes[length++] = (byte) (0xe0 | c >> 12);
                bytes[length++] = (byte) (0x80 | c >> 6 & 0x3f);
                bytes[length++] = (byte) (0x80 | c & 0x3f);
            }
        }
        return add('"');
    }

    private void escape(char c) {
        switch (c) {
            case '"' -> add("\\\"");
            case '\\' -> add("\\\\");
            case '\n' -> add("\\n");
            case '\r' -> add("\\r");
            case '\t' -> add("\\t");
            default -> {
                room(6);
                bytes[length++] = '\\';
                bytes[length++] = 'u';
                for (int shift = 12; shift >= 0; shift -= 4) {
                    bytes[length++] = HEX[c >> shift & 0xf];
                }
            }
        }
    }

    private static boolean lonelySurrogate(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }

    /** A JSON value: a map, a collection, text, number, boolean, instant, bytes (base 64) or {@code null}. */
    Utf8 value(Object value) {
        if (value == null) {
            return add("null");
        } else if (value instanceof String text) {
            return text(text);
        } else if (value instanceof Integer || value instanceof Long || value instanceof Boolean) {
            return add(value.toString());
        } else if (value instanceof Number number) {
            double real = number.doubleValue();
            if (Double.isNaN(real) || Double.isInfinite(real)) {
                return add("null");
            }
            return real == Math.rint(real) && Math.abs(real) < 1e15 ? add((long) real) : add(Double.toString(real));
        } else if (value instanceof Instant instant) {
            return add('"').add(instant.toString()).add('"');
        } else if (value instanceof byte[] raw) {
            return add('"').add(Base64.getEncoder().encodeToString(raw)).add('"');
        } else if (value instanceof Map<?, ?> map) {
            char separator = '{';
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                add(separator).text(entry.getKey().toString()).add(':').value(entry.getValue());
                separator = ',';
            }
            return map.isEmpty() ? add("{}") : add('}');
        } else if (value instanceof Collection<?> list) {
            char separator = '[';
            for (Object element : list) {
                add(separator).value(element);
                separator = ',';
            }
            return list.isEmpty() ? add("[]") : add(']');
        }
        return text(value.toString());
    }

    /** What is to be written as it is, being JSON already. */
    static byte[] json(Object value) {
        return new Utf8().value(value).toBytes();
    }
}
