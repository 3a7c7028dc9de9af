package org.openrtd.feed.internal;

/** The one refusal of bytes that are no message of this protocol, or do not fit the rows that they are about. */
public final class Undecodable extends Exception {

    private final boolean tooShort;

    public Undecodable(String message) {
        this(message, false);
    }

    private Undecodable(String message, boolean tooShort) {
        // No stack: an attacker's garbage must stay cheap, and the message names what was wrong.
        super(message, null, false, false);
        this.tooShort = tooShort;
    }

    /** The bytes end before what they begin with. */
    static Undecodable tooShort(String message) {
        return new Undecodable(message, true);
    }

    /** Whether more bytes could make it good. */
    boolean isTooShort() {
        return tooShort;
    }
}
