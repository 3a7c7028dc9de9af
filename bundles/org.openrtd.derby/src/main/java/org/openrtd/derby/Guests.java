package org.openrtd.derby;

import org.osgi.annotation.versioning.ProviderType;

/** A port at which guests read a database, until it is closed. Usable from any thread. */
@ProviderType
public interface Guests extends AutoCloseable {

    /** Where it listens. */
    int port();

    /** How many are connected now. */
    int connected();

    /** How many were let in so far. */
    long letIn();

    /** How many were refused so far: too many at a time, another database, a wrong password. */
    long refused();

    /** How many were disconnected because they kept a writer waiting. */
    long disconnected();

    /** Disconnects all guests, and lets nobody in any more. */
    @Override
    void close();
}
