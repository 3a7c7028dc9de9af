package org.openrtd.feed;

/** How a replica stands to its source. The replica stays readable in every state. */
public enum FeedState {
    /** There is no connection to a source, or none yet. */
    CONNECTING,
    /** Connected; what is missing is being fetched. */
    RESUMING,
    /** The replica has all that its source has sent, and its source is current. */
    LIVE,
    /** The source and this follower cannot work together; the reason says what an operator has to change. */
    REFUSED
}
