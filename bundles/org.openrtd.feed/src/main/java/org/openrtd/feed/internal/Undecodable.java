package org.openrtd.feed.internal;

/** The one refusal of bytes that are no message of this protocol, or do not fit the rows that they are about. */
public final class Undecodable extends Exception {

    public Undecodable(String message) {
        // No stack: an attacker's garbage must stay cheap, and the message names what was wrong.
        super(message, null, false, false);
    }
}
