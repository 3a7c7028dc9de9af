package org.openrtd.feed;

import java.util.List;

/** Who follows the feeds that a role of this node offers: an OSGi service of that role. Usable from any thread. */
public interface Followers {

    /** By user, node and feed; as the broker sees them now, and as they said last. */
    List<FollowerStatus> followers();

    /**
     * How many ms ago somebody last followed a feed here, or asked for its rows; negative when nobody did, or none of it is
     * passed on here. Those that only hold this source ready do not count.
     */
    default long wantedMillisAgo(String feed) {
        return -1;
    }
}
