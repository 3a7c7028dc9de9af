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
}
