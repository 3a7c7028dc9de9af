package org.openrtd.feed;

import java.util.List;

/** Follows one of several sources: an OSGi service. Usable from any thread. */
public interface SourceChooser {

    /** Who follows, for people. */
    String role();

    /**
     * Has every feed followed from the source that is held ready for it. It stays there while that is well.
     *
     * @return the feeds that are
     * @throws IllegalStateException when none is, as no other source is ready; the message says why
     */
    List<String> failover();
}
