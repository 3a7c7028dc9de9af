package org.openrtd.feed;

/**
 * How a source reaches its followers. Payloads are complete wire messages of at most 64 KiB, never changed afterwards.
 *
 * <p>Both methods keep the order of calls, neither waits for a follower, and neither throws: what cannot be sent is lost,
 * which the followers find out by themselves.
 */
public interface SourceTransport {

    /** Sends to the source's topic, to all followers. */
    void publish(Hop hop, byte[] message);

    /** Answers one follower. */
    void reply(ReplyTo to, byte[] message);
}
