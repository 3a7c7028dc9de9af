package org.openrtd.gateway;

/** A gateway cannot begin or go on. The message is for the operator and names the remedy. */
public final class CannotGoOnException extends Exception {

    private static final long serialVersionUID = 1;

    public CannotGoOnException(String message) {
        super(message);
    }

    public CannotGoOnException(String message, Throwable cause) {
        super(message, cause);
    }
}
