package org.openrtd.access;

import java.util.Optional;
import java.util.Set;

/** The users of a node. Usable from any thread. */
@FunctionalInterface
public interface Accounts {

    /** The user's roles, or empty when user or password is wrong. May take long. */
    Optional<Set<String>> roles(String user, String password);

    /**
     * Another one when the user is no longer what he was: deleted, or with another password or other roles. A secret, as the
     * password is. Quick; always the same where nothing is known.
     */
    default String version(String user) {
        return "";
    }
}
