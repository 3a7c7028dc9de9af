package org.openrtd.configuration.jms.internal;

/** Bytes that are no message of ours, or of another version. */
final class UnreadableMessage extends RuntimeException {

    private static final long serialVersionUID = 1;

    UnreadableMessage(String why) {
        super("A message that cannot be read: " + why);
    }
}
