package org.openrtd.feed;

/** What a column holds. Each type may be NULL, which is the Java {@code null}. */
public enum ColumnType {
    /** 32 bits, signed; Java {@link Integer}. */
    INT,
    /** 64 bits, signed; Java {@link Long}. */
    LONG,
    /** A finite IEEE 754 double; Java {@link Double}. */
    DOUBLE,
    /** Java {@link Boolean}. */
    BOOLEAN,
    /** An instant in UTC, in milliseconds since 1970; Java {@link Long}. */
    TIMESTAMP,
    /** Unicode text without {@code \u0000}; Java {@link String}. */
    STRING,
    /** Java {@code byte[]}, never changed after it was handed over. */
    BYTES
}
