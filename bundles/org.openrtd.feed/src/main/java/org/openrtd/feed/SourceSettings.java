package org.openrtd.feed;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Limits of an {@link Origin} or a {@link Relay}.
 *
 * @param heartbeatInterval how often a heartbeat is sent, at least
 * @param ringBytes how many bytes of recent batches are kept for followers that missed some
 * @param servingRingBytes how many are kept at most while the ring has to reach back to a snapshot that is being served
 * @param snapshotLife how long an encoded snapshot is given to further followers, and kept since a part of it was last
 *     asked for
 * @param primary whether followers that know several sources are to follow this one rather than another of equal health
 * @param whereabouts what followers are told of the source, asked for each heartbeat, on the feed's thread; a relay adds the
 *     places that it does not name from what its own source says
 */
public record SourceSettings(
        Duration heartbeatInterval,
        long ringBytes,
        long servingRingBytes,
        Duration snapshotLife,
        boolean primary,
        Supplier<Whereabouts> whereabouts) {

    public static final SourceSettings DEFAULT =
            new SourceSettings(Duration.ofSeconds(1), 8 << 20, 32 << 20, Duration.ofSeconds(10));

    public SourceSettings {
        Objects.requireNonNull(whereabouts, "whereabouts");
        if (heartbeatInterval.toMillis() < 1 || heartbeatInterval.toSeconds() > 3600) {
            throw new IllegalArgumentException("heartbeatInterval is 1 ms to 1 h, not " + heartbeatInterval);
        }
        if (ringBytes < 0) {
            throw new IllegalArgumentException("ringBytes is not negative: " + ringBytes);
        }
        if (servingRingBytes < ringBytes) {
            throw new IllegalArgumentException(
                    "servingRingBytes is at least ringBytes " + ringBytes + ", not " + servingRingBytes);
        }
        if (snapshotLife.toMillis() < 1) {
            throw new IllegalArgumentException("snapshotLife is at least 1 ms, not " + snapshotLife);
        }
    }

    /** Of a source that says nothing of its whereabouts. */
    public SourceSettings(
            Duration heartbeatInterval, long ringBytes, long servingRingBytes, Duration snapshotLife, boolean primary) {
        this(heartbeatInterval, ringBytes, servingRingBytes, snapshotLife, primary, () -> Whereabouts.NONE);
    }

    /** Of a source that is no primary. */
    public SourceSettings(Duration heartbeatInterval, long ringBytes, long servingRingBytes, Duration snapshotLife) {
        this(heartbeatInterval, ringBytes, servingRingBytes, snapshotLife, false);
    }

    /** The defaults with another heartbeat interval. */
    public static SourceSettings withHeartbeat(Duration heartbeatInterval) {
        return new SourceSettings(
                heartbeatInterval, DEFAULT.ringBytes(), DEFAULT.servingRingBytes(), DEFAULT.snapshotLife());
    }
}
