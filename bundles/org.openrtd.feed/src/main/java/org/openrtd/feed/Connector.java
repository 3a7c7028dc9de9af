package org.openrtd.feed;

/** How a follower reaches its sources. */
@FunctionalInterface
public interface Connector {

    /**
     * Begins to connect and returns at once. The outcome and all messages arrive by {@code listener}, on the feed's
     * thread and never from within this call; so does {@link LinkListener#closed} when there is no connection to be had.
     *
     * @param sourceIndex which of {@link FollowerSettings#sources()}
     */
    Link connect(int sourceIndex, LinkListener listener);

    /**
     * As {@link #connect}, for a source that is not followed yet and is to be ready: {@link LinkListener#connected} comes
     * when it is connected; then its heartbeats are heard, and nothing else needs to be, until {@link Standby#follow}.
     *
     * @return {@code null} when this connector has none ready; it is not asked again
     */
    default Standby standby(int sourceIndex, LinkListener listener) {
        return null;
    }

    /** A connection that is held ready. */
    interface Standby extends Link {

        /**
         * From now on everything is to be heard: {@link LinkListener#connected} comes again when it is, and the follower may
         * ask then. Does not wait.
         */
        void follow();
    }
}
