package org.openrtd.feed.internal;

import java.util.List;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Row;

/** Writes and reads values, keys, whole rows and the changed columns of rows. */
final class RowCodec {

    private RowCodec() {}

    static void write(WireWriter to, ColumnType type, Object value, long time) {
        switch (type) {
            case INT -> to.zigzag((Integer) value);
            case LONG -> to.zigzag((Long) value);
            case TIMESTAMP -> to.zigzag((Long) value - time);
            // Round numbers have their set bits at the front only.
            case DOUBLE -> to.varint(Long.reverseBytes(Double.doubleToLongBits((Double) value)));
            case BOOLEAN -> to.octet((Boolean) value ? 1 : 0);
            case STRING -> to.string((String) value);
            case BYTES -> to.bytes((byte[]) value);
        }
    }

    static Object read(WireReader from, ColumnType type, long time) throws Undecodable {
        switch (type) {
            case INT -> {
                long value = from.zigzag();
                if (value != (int) value) {
                    throw new Undecodable(value + " as an INT");
                }
                return (int) value;
            }
            case LONG -> {
                return from.zigzag();
            }
            case TIMESTAMP -> {
                return from.zigzag() + time;
            }
            case DOUBLE -> {
                double value = Double.longBitsToDouble(Long.reverseBytes(from.varint()));
                if (!Double.isFinite(value)) {
                    throw new Undecodable(value + " as a DOUBLE");
                }
                return value + 0.0;
            }
            case BOOLEAN -> {
                int value = from.octet();
                if (value > 1) {
                    throw new Undecodable(value + " as a BOOLEAN");
                }
                return value == 1;
            }
            case STRING -> {
                return from.string();
            }
            case BYTES -> {
                return from.bytes();
            }
            default -> throw new Undecodable("type " + type);
        }
    }

    /** The first {@code count} values, with {@code header} shifted to make room for the flag that NULLs are marked. */
    private static void writeValues(WireWriter to, Layout layout, List<Object> key, Row row, long header, long time) {
        int count = row == null ? layout.keys : layout.columns;
        boolean nulls = false;
        for (int i = 0; i < count && !nulls; i++) {
            nulls = (row == null ? key.get(i) : row.get(i)) == null;
        }
        to.varint(header << 1 | (nulls ? 1 : 0));
        if (nulls) {
            for (int i = 0; i < count; i += 8) {
                int octet = 0;
                for (int bit = 0; bit < 8 && i + bit < count; bit++) {
                    octet |= (row == null ? key.get(i + bit) : row.get(i + bit)) == null ? 1 << bit : 0;
                }
                to.octet(octet);
            }
        }
        for (int i = 0; i < count; i++) {
            Object value = row == null ? key.get(i) : row.get(i);
            if (value != null) {
                write(to, layout.types[i], value, time);
            }
        }
    }

    static void writeRow(WireWriter to, Layout layout, long header, Row row, long time) {
        writeValues(to, layout, null, row, header, time);
    }

    static void writeKey(WireWriter to, Layout layout, List<Object> key, long time) {
        writeValues(to, layout, key, null, 0, time);
    }

    /** Reads {@code count} values after their header, which the caller has read. */
    static Object[] readValues(WireReader from, Layout layout, int count, boolean nulls, long time) throws Undecodable {
        byte[] bitmap = nulls ? readBitmap(from, count) : null;
        Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
            if (bitmap == null || (bitmap[i >>> 3] & 1 << (i & 7)) == 0) {
                values[i] = read(from, layout.types[i], time);
            }
        }
        return values;
    }

    static byte[] readBitmap(WireReader from, int bits) throws Undecodable {
        byte[] bitmap = new byte[bits + 7 >>> 3];
        for (int i = 0; i < bitmap.length; i++) {
            bitmap[i] = (byte) from.octet();
        }
        checkTail(bitmap, bits);
        return bitmap;
    }

    private static void checkTail(byte[] bitmap, int bits) throws Undecodable {
        if ((bits & 7) != 0 && (bitmap[bitmap.length - 1] & 0xFF) >>> (bits & 7) != 0) {
            throw new Undecodable("a bitmap beyond its " + bits + " columns");
        }
    }

    /** A bitmap that is mostly empty: where its octets are, then those that are not zero. */
    static void writeSparse(WireWriter to, byte[] bitmap) {
        if (bitmap.length == 1) {
            to.octet(bitmap[0]);
            return;
        }
        for (int i = 0; i < bitmap.length; i += 8) {
            int present = 0;
            for (int bit = 0; bit < 8 && i + bit < bitmap.length; bit++) {
                present |= bitmap[i + bit] != 0 ? 1 << bit : 0;
            }
            to.octet(present);
        }
        for (byte octet : bitmap) {
            if (octet != 0) {
                to.octet(octet);
            }
        }
    }

    static void readSparse(WireReader from, byte[] bitmap, int bits) throws Undecodable {
        if (bitmap.length == 1) {
            bitmap[0] = (byte) from.octet();
        } else {
            byte[] present = readBitmap(from, bitmap.length);
            for (int i = 0; i < bitmap.length; i++) {
                bitmap[i] = (present[i >>> 3] & 1 << (i & 7)) == 0 ? 0 : (byte) from.octet();
            }
        }
        checkTail(bitmap, bits);
    }
}
