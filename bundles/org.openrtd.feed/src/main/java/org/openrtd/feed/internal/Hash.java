package org.openrtd.feed.internal;

import org.openrtd.feed.ColumnType;

/** The mixing hash under digests; {@code docs/feed-protocol.md} defines it and has test vectors. */
public final class Hash {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    /** The hash of NULL, of whatever type. */
    public static final long NULL = mix(0x4E554C4CL);

    private Hash() {}

    /** SplitMix64's finaliser. */
    public static long mix(long z) {
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** Of a text, by its UTF-16 code units. */
    public static long text(String text) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
        }
        return mix(hash + text.length());
    }

    static long octets(byte[] octets) {
        long hash = 0xCBF29CE484222325L;
        for (byte octet : octets) {
            hash = (hash ^ octet & 0xFF) * 0x100000001B3L;
        }
        return mix(hash + octets.length);
    }

    /** Of a value in canonical form. */
    public static long value(ColumnType type, Object value) {
        if (value == null) {
            return NULL;
        }
        return switch (type) {
            case INT -> mix((Integer) value + GOLDEN);
            case LONG, TIMESTAMP -> mix((Long) value + GOLDEN);
            // Adding 0.0 makes -0.0 the same as 0.0.
            case DOUBLE -> mix(Double.doubleToLongBits((Double) value + 0.0) + GOLDEN);
            case BOOLEAN -> mix(((Boolean) value ? 1 : 0) + GOLDEN);
            case STRING -> text((String) value);
            case BYTES -> octets((byte[]) value);
        };
    }

    /** What identifies a column in digests. */
    public static long column(String table, String column) {
        return text(table + "." + column);
    }

    /** Adds one key column to what identifies a row. */
    public static long key(long seed, long value) {
        return mix(seed * 31 + value);
    }

    public static long cell(long column, long key, long value) {
        return mix(column + mix(key + value));
    }
}
