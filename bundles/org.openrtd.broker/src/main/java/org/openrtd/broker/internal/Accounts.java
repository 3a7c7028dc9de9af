package org.openrtd.broker.internal;

import java.util.Optional;
import java.util.Set;

/** The users of this node. */
@FunctionalInterface
interface Accounts {

    /** The user's roles, or empty when user or password is wrong. */
    Optional<Set<String>> roles(String user, String password);
}
