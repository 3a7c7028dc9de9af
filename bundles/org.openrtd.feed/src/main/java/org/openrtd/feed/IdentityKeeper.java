package org.openrtd.feed;

import java.util.List;

/**
 * Keeps rows that belong to one central database, and refuses those of another: an OSGi service. After an intended new
 * central database, an operator has it forget the old one.
 */
public interface IdentityKeeper {

    /** Who keeps them, for people. */
    String role();

    /** Drops the rows of each feed that is refused because they belong to another central database, and follows anew.
     *
     * @return which feeds these were
     */
    List<String> forgetIdentity();
}
