package org.openrtd.web.internal;

import java.util.Optional;
import java.util.Set;

/** Who may sign in. */
interface Accounts {

    /** The user's roles; nothing when there is no such user or the password is another. */
    Optional<Set<String>> roles(String user, String password);
}
