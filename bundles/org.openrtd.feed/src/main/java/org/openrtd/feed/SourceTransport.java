package org.openrtd.feed;

import org.openrtd.feed.internal.Wire;

/**
 * How a source reaches its followers. Payloads are complete wire messages of at most 64 KiB, never changed afterwards.
 *
 * <p>Both methods keep the order of calls, neither waits for a follower, and neither throws: what cannot be sent is lost,
 * which the followers find out by themselves.
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
}
