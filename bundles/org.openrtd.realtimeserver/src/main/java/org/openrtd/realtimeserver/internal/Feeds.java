package org.openrtd.realtimeserver.internal;

import java.util.List;
import org.openrtd.feed.Change;
import org.openrtd.feed.Cut;

/** The origins of the real-time feeds, as the engine sees them. */
interface Feeds {

    /** Begins the feeds anew with these rows; called once, before any commit. */
    void begin(long epoch, Cut cut, List<Change> calls, List<Change> agents);

    /** Cuts a batch; waits while the feed has too many that wait. */
    void commit(String feed, Cut cut, List<Change> changes) throws InterruptedException;
}
