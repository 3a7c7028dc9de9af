package org.openrtd.feed;

/** Hears of one {@link Link}, on the feed's thread. What it hears after the link was closed has no effect. */
public interface LinkListener {

    /**
     * The source's topic is subscribed to and its answers can be heard: the follower may ask now.
     *
     * @param source the source's name; messages on the topic that name another one are ignored
     */
    void connected(String source);

    /** A message on the topic, with the name of the source that sent it and what it said of itself. */
    void topic(String source, Hop hop, byte[] message);

    /** An answer to this follower. */
    void reply(byte[] message);

    /** The connection broke, or could not be made; the reason is for people and names the remedy if there is one. */
    void closed(String reason);
}
