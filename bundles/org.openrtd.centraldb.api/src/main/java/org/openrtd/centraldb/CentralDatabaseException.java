package org.openrtd.centraldb;

/** The central database could not do what it was asked. The message names what, why, and what to do about it. */
public final class CentralDatabaseException extends RuntimeException {

    public CentralDatabaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
