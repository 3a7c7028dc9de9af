package org.openrtd.events;

/** These bytes are not an event or a message that this version can read. The message says what is wrong, and where. */
public final class MalformedMessageException extends Exception {

    private static final long serialVersionUID = 1;

    private final boolean otherVersion;

    MalformedMessageException(String message) {
        this(message, false, null);
    }

    MalformedMessageException(String message, boolean otherVersion, Throwable cause) {
        super(message, cause);
        this.otherVersion = otherVersion;
    }

    /** Whether it is a message of this kind, in a version that is not ours. */
    public boolean otherVersion() {
        return otherVersion;
    }
}
