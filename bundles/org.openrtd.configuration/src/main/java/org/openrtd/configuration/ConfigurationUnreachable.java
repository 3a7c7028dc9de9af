package org.openrtd.configuration;

/**
 * What was asked did not reach the centre, or its answer did not come back. The message says which and why. Whether an edit
 * took effect is unknown then; the same transaction, sent again under its id, takes effect once.
 */
public final class ConfigurationUnreachable extends RuntimeException {

    private static final long serialVersionUID = 1;

    public ConfigurationUnreachable(String message) {
        super(message);
    }

    public ConfigurationUnreachable(String message, Throwable cause) {
        super(message, cause);
    }
}
