package org.openrtd.web.internal;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;

/** Collects UTF-8, JSON above all, up to a size that it does not exceed. Not thread-safe. */
final class Utf8 {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final long DAY_MILLIS = 86_400_000;
    /** Of ASCII, what stands for itself in a JSON text here. */
    private static final boolean[] PLAIN = new boolean[0x80];

    static {
        Arrays.fill(PLAIN, 0x20, 0x7f, true);
        PLAIN['"'] = PLAIN['\\'] = PLAIN['<'] = false;
    }

    private final int most;
    private byte[] bytes;
    private int length;
    /** The day that was written last, as many instants are of one. */
    private long day = Long.MIN_VALUE;

    private byte[] date;

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
        byte[] to = bytes;
        int at = length;
        for (int i = 0; i < size; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                length = at;
                return add(text.substring(i).getBytes(StandardCharsets.UTF_8));
            }
            to[at++] = (byte) c;
        }
        length = at;
        return this;
    }

    /** Another character in place of one that is there. */
    void put(int at, char ascii) {
        bytes[at] = (byte) ascii;
    }

    Utf8 add(char ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    Utf8 add(long number) {
        if (number < 0) {
            return add(Long.toString(number));
        }
        int digits = 1;
        for (long left = number; left >= 10; left /= 10) {
            digits++;
        }
        room(digits);
        length += digits;
        long left = number;
        for (int at = length - 1; digits > 0; digits--) {
            bytes[at--] = (byte) ('0' + left % 10);
            left /= 10;
        }
        return this;
    }

    /** As {@link Instant#toString} has it. */
    Utf8 instant(long millis) {
        long days = Math.floorDiv(millis, DAY_MILLIS);
        if (days != day) {
            day = days;
            date = (LocalDate.ofEpochDay(days) + "T").getBytes(StandardCharsets.US_ASCII);
        }
        int ofDay = (int) Math.floorMod(millis, DAY_MILLIS);
        add(date);
        room(13);
        two(ofDay / 3_600_000, ':');
        two(ofDay / 60_000 % 60, ':');
        int fraction = ofDay % 1000;
        two(ofDay / 1000 % 60, fraction == 0 ? 'Z' : '.');
        if (fraction != 0) {
            bytes[length++] = (byte) ('0' + fraction / 100);
            two(fraction % 100, 'Z');
        }
        return this;
    }

    private void two(int number, char then) {
        bytes[length++] = (byte) ('0' + number / 10);
        bytes[length++] = (byte) ('0' + number % 10);
        bytes[length++] = (byte) then;
    }

    /** A JSON text. What a line of server-sent events or a script must not hold is escaped too. */
    Utf8 text(String text) {
        int size = text.length();
        add('"');
        room(size);
        byte[] to = bytes;
        int at = length;
        int plain = 0;
        for (; plain < size; plain++) {
            char c = text.charAt(plain);
            if (c >= 0x80 || !PLAIN[c]) {
                break;
            }
            to[at++] = (byte) c;
        }
        length = at;
        for (int i = plain; i < size; i++) {
            char c = text.charAt(i);
            if (c < 0x80 && PLAIN[c]) {
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
        } else if (value instanceof Integer || value instanceof Long) {
            return add(((Number) value).longValue());
        } else if (value instanceof Boolean) {
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
