package org.openrtd.feed;

import java.util.List;

/** Who follows the feeds that a role of this node offers: an OSGi service of that role. Usable from any thread. */
public interface Followers {

    /** By user, node and feed; as the broker sees them now, and as they said last. */
    List<FollowerStatus> followers();
}
