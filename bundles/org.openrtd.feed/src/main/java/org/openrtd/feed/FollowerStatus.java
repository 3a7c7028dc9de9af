package org.openrtd.feed;

/**
 * One follower of one feed, as its source's node sees it: what the broker knows of its connection, and what the follower
 * says of itself.
 *
 * @param user who logged in
 * @param node what the follower's node calls itself; empty while it has not said so
 * @param address host and port at the other end; empty for a role of the source's own node
 * @param state as it says: that of its replica, {@code READY} when it only holds this source ready; {@code UNKNOWN} of one
 *     that says nothing
 * @param position where it was when it said so
 * @param lag how many batches it lacked then; -1 when that is not known
 * @param ageMillis how old its rows were then; -1 when it says nothing
 * @param saidMillis how long ago it said so; -1 when it says nothing
 * @param batchesPerSecond received between its last two reports; -1 before there were two
 * @param bytesPerSecond as those
 * @param waitingMessages batches and heartbeats that wait for it in the broker
 * @param waitingBytes what they take, which all share whom the same ones wait for
 * @param replyMessages answers that wait for it in the broker
 * @param replyBytes what they take, for it alone
 * @param connectedMillis for how long it has been connected
 * @param links connections of that user from that host, whatever they are for
 */
public record FollowerStatus(
        String user,
        String node,
        String address,
        String feed,
        String state,
        Position position,
        long lag,
        long ageMillis,
        long saidMillis,
        double batchesPerSecond,
        double bytesPerSecond,
        long waitingMessages,
        long waitingBytes,
        long replyMessages,
        long replyBytes,
        long connectedMillis,
        int links) {}
