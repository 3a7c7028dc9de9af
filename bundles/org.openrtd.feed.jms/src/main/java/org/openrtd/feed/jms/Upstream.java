package org.openrtd.feed.jms;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Whom a role of this node follows: an OSGi service while the role has settings that make sense. Who has something to say
 * to the same sources, beside the feeds, goes the same way. Usable from any thread.
 */
@ProviderType
public interface Upstream {

    /** The role's name. */
    String role();

    /** The sources, and the user there; may change. */
    JmsFollower.Sources sources();

    /** Which of the sources is followed now, or was tried last: an index into their list. */
    int current();
}
