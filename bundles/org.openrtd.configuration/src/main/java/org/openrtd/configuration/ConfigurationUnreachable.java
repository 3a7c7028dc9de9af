package org.openrtd.configuration;

/**
 * What was asked did not reach the centre, or its answer did not come back. The message says which and why. The same
 * transaction, sent again under its id, takes effect once.
 */
public final class ConfigurationUnreachable extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean undecided;

    /** It did not reach the centre: nothing of it took effect. */
    public ConfigurationUnreachable(String message) {
        this(message, false);
    }

    /** @param undecided whether it may have reached the centre all the same */
    public ConfigurationUnreachable(String message, boolean undecided) {
        super(message);
        this.undecided = undecided;
    }

    /** Whether an edit may have taken effect all the same, as it was handed on and no answer came back. */
    public boolean undecided() {
        return undecided;
    }
}
