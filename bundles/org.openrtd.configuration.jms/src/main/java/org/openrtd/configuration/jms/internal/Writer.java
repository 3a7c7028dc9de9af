package org.openrtd.configuration.jms.internal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** Makes bytes that {@link Reader} takes values from. */
final class Writer {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Writer u8(int value) {
        out.write(value);
        return this;
    }

    Writer u16(int value) {
        return u8(value >> 8).u8(value);
    }

    Writer i32(int value) {
        return u16(value >> 16).u16(value);
    }

    Writer i64(long value) {
        return i32((int) (value >> 32)).i32((int) value);
    }

    Writer bool(boolean value) {
        return u8(value ? 1 : 0);
    }

    Writer bytes(byte[] value) {
        i32(value.length);
        out.writeBytes(value);
        return this;
    }

    Writer text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    Writer raw(byte[] value) {
        out.writeBytes(value);
        return this;
    }

    <T> Writer orNull(T value, Consumer<T> present) {
        bool(value != null);
        if (value != null) {
            present.accept(value);
        }
        return this;
    }

    <T> Writer list(List<T> list, Consumer<T> element) {
        i32(list.size());
        list.forEach(element);
        return this;
    }

    /** A value of any column. */
    Writer value(Object value) {
        if (value == null) {
            return u8(0);
        } else if (value instanceof Integer number) {
            return u8(1).i32(number);
        } else if (value instanceof Long number) {
            return u8(2).i64(number);
        } else if (value instanceof Double number) {
            return u8(3).i64(Double.doubleToLongBits(number));
        } else if (value instanceof Boolean truth) {
            return u8(4).bool(truth);
        } else if (value instanceof String text) {
            return u8(5).text(text);
        } else if (value instanceof byte[] bytes) {
            return u8(6).bytes(bytes);
        }
        throw new IllegalArgumentException("No column has a value of " + value.getClass());
    }

    int size() {
        return out.size();
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
