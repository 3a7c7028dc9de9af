package org.openrtd.catalog;

/** What a text may consist of, beside its length. No text holds NUL or half a surrogate pair. */
public enum TextForm {
    /** Anything but control characters. */
    LINE,
    /** {@code Y} or {@code N}. */
    FLAG,
    /** The name of a time zone, such as Europe/Berlin. */
    ZONE,
    /** Anything, line breaks included: nothing but its owner reads it. */
    BODY
}
