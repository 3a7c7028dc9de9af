package org.openrtd.access;

import java.util.Optional;
import java.util.Set;

/** The users of a node. Usable from any thread. */
@FunctionalInterface
public interface Accounts {

    /** The user's roles, or empty when user or password is wrong. May take long. */
    Optional<Set<String>> roles(String user, String password);
}
