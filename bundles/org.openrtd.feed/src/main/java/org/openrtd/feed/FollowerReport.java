package org.openrtd.feed;

import java.util.Objects;
import org.openrtd.feed.internal.Undecodable;
import org.openrtd.feed.internal.Wire;
import org.openrtd.feed.internal.WireReader;
import org.openrtd.feed.internal.WireWriter;

/**
 * What a follower says of itself to a source now and then, for the source's operators. Nothing depends on it.
 *
 * @param node what the follower's node is called
 * @param ready whether the follower only holds the source ready, and follows another one
 * @param state as {@link Replica#state}
 * @param position as of {@link Replica#view}
 * @param ageMillis as {@link Replica#age}
 * @param batches how many it has applied so far
 * @param bytes of batches, that it has received so far
 */
public record FollowerReport(
        String node, boolean ready, FeedState state, Position position, long ageMillis, long batches, long bytes) {

    private static final int MOST_CHARACTERS = 64;

    public FollowerReport {
        Objects.requireNonNull(state, "state");
        if (node.length() > MOST_CHARACTERS) {
            throw new IllegalArgumentException("A node's name has at most 64 characters, not " + node.length());
        }
        if (position.epoch() < 0 || position.sequence() < 0 || ageMillis < 0 || batches < 0 || bytes < 0) {
            throw new IllegalArgumentException("Nothing that a follower reports is negative");
        }
    }

    /** Of a replica as it is now. */
    public static FollowerReport of(String node, boolean ready, Replica replica) {
        ReplicaStatistics statistics = replica.statistics();
        return new FollowerReport(
                node,
                ready,
                replica.state(),
                replica.view().position(),
                Math.max(0, replica.age().toMillis()),
                statistics.batches(),
                statistics.bytes());
    }

    /** Whether a request is a report. */
    public static boolean is(byte[] message) {
        return message.length >= Wire.HEADER && message[3] == Wire.REPORT;
    }

    public byte[] encode() {
        return WireWriter.message(Wire.REPORT)
                .string(node)
                .octet(ready ? 1 : 0)
                .octet(state.ordinal())
                .varint(position.epoch())
                .varint(position.sequence())
                .varint(ageMillis)
                .varint(batches)
                .varint(bytes)
                .toBytes();
    }

    /** @throws IllegalArgumentException when it is none */
    public static FollowerReport decode(byte[] message) {
        try {
            WireReader reader = new WireReader(message);
            if (reader.header() != Wire.REPORT) {
                throw new Undecodable("not a report");
            }
            String node = reader.string(MOST_CHARACTERS);
            int ready = reader.octet();
            int state = reader.octet();
            if (ready > 1 || state >= FeedState.values().length) {
                throw new Undecodable("no state " + ready + ", " + state);
            }
            FollowerReport report = new FollowerReport(
                    node,
                    ready == 1,
                    FeedState.values()[state],
                    new Position(reader.varint(), reader.varint()),
                    reader.varint(),
                    reader.varint(),
                    reader.varint());
            reader.end();
            return report;
        } catch (Undecodable e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
