package org.openrtd.feed.jms;

import java.util.List;

/**
 * One connection to the node's broker, as the broker sees it.
 *
 * @param user who was found to be who it says when it logged in; the node's own user for a role of this node
 * @param address host and port at the other end; empty for a role of this node
 * @param connectedMillis for how long
 * @param subscriptions what it listens to: topics of sources, and addresses of replies
 */
public record BrokerClient(String user, String address, long connectedMillis, List<Subscription> subscriptions) {

    /**
     * @param address the topic
     * @param selected whether only some of its messages are heard
     * @param messages that wait
     * @param bytes that they take; those of a topic are shared by all its subscribers
     */
    public record Subscription(String address, boolean selected, long messages, long bytes) {}
}
