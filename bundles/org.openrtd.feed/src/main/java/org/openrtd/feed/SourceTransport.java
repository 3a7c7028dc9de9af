package org.openrtd.feed;

import org.openrtd.feed.internal.Wire;

/**
 * How a source reaches its followers. Payloads are complete wire messages of at most 64 KiB, never changed afterwards.
 *
 * <p>What sends keeps the order of calls. No method waits for a follower, and none throws: what cannot be sent is lost, which
 * the followers find out by themselves.
 */
public interface SourceTransport {

    /** Sends to the source's topic, to all followers; those that only hold it ready need no more than heartbeats. */
    void publish(Hop hop, byte[] message);

    /** Whether a message is a heartbeat. */
    static boolean isHeartbeat(byte[] message) {
        return message.length >= Wire.HEADER && message[3] == Wire.HEARTBEAT;
    }

    /** Answers one follower. */
    void reply(ReplyTo to, byte[] message);

    /**
     * Runs a task on the feed's thread once, behind all that waits for that thread already: so what takes long goes on without
     * holding up the rest. Answers whether it will; when not, the source goes on as it is called for the time.
     */
    default boolean later(Runnable task) {
        return false;
    }
}
