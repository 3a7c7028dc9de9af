package org.openrtd.feed;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a {@link Follower} follows, and its limits.
 *
 * @param feed the feed's name
 * @param sources what people call the sources, in order of preference; {@link Connector#connect} gets the index
 * @param feedId the id that the feed must have, or empty to take that of the first source
 * @param needed the columns that the readers cannot do without: a source that lacks one, or has it with another type or
 *     key, is refused; {@code null} to take whatever comes
 * @param heartbeatInterval how often sources send a heartbeat
 * @param resumeTimeout how long resuming or connecting may make no progress before the next source is tried; doubled, up to
 *     four times, while that is in vain
 * @param staleAfter the age at which numbers count as not current; also the silence after which a source is left
 * @param backOff how long to wait before the first new attempt to connect; doubles up to {@code maxBackOff}, with jitter
 * @param bufferBytes how many bytes of live batches are kept while resuming
 * @param snapshotBytes how large a snapshot may be, encoded
 * @param returnToPrimary whether to go back to the primary source when it is as healthy again as the one that is followed;
 *     else only {@link Follower#failover} goes back
 */
public record FollowerSettings(
        String feed,
        List<String> sources,
        String feedId,
        FeedSchema needed,
        Duration heartbeatInterval,
        Duration resumeTimeout,
        Duration staleAfter,
        Duration backOff,
        Duration maxBackOff,
        long bufferBytes,
        long snapshotBytes,
        boolean returnToPrimary) {

    public FollowerSettings {
        sources = List.copyOf(sources);
        Objects.requireNonNull(feedId, "feedId");
        if (feed.isEmpty()) {
            throw new IllegalArgumentException("A follower needs the name of a feed");
        }
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("A follower of " + feed + " needs at least one source");
        }
        positive("heartbeatInterval", heartbeatInterval);
        positive("resumeTimeout", resumeTimeout);
        positive("backOff", backOff);
        if (staleAfter.compareTo(heartbeatInterval) <= 0) {
            throw new IllegalArgumentException(
                    "staleAfter is longer than heartbeatInterval " + heartbeatInterval + ", not " + staleAfter);
        }
        if (maxBackOff.compareTo(backOff) < 0) {
            throw new IllegalArgumentException("maxBackOff is at least backOff " + backOff + ", not " + maxBackOff);
        }
        if (bufferBytes < 0) {
            throw new IllegalArgumentException("bufferBytes is not negative: " + bufferBytes);
        }
        if (snapshotBytes < 1 || snapshotBytes > 1 << 30) {
            throw new IllegalArgumentException("snapshotBytes is 1 to 1 GiB, not " + snapshotBytes);
        }
    }

    /** Of one that stays where it is while that is well. */
    public FollowerSettings(
            String feed,
            List<String> sources,
            String feedId,
            FeedSchema needed,
            Duration heartbeatInterval,
            Duration resumeTimeout,
            Duration staleAfter,
            Duration backOff,
            Duration maxBackOff,
            long bufferBytes,
            long snapshotBytes) {
        this(
                feed,
                sources,
                feedId,
                needed,
                heartbeatInterval,
                resumeTimeout,
                staleAfter,
                backOff,
                maxBackOff,
                bufferBytes,
                snapshotBytes,
                false);
    }

    /** The defaults: heartbeats each second, stale after three of them. */
    public static FollowerSettings of(String feed, List<String> sources) {
        return new FollowerSettings(
                feed,
                sources,
                "",
                null,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(3),
                Duration.ofMillis(200),
                Duration.ofSeconds(5),
                8 << 20,
                512 << 20);
    }

    /** The same with another heartbeat interval, and stale after three of them. */
    public FollowerSettings withHeartbeat(Duration interval) {
        return new FollowerSettings(
                feed,
                sources,
                feedId,
                needed,
                interval,
                resumeTimeout,
                interval.multipliedBy(3),
                backOff,
                maxBackOff,
                bufferBytes,
                snapshotBytes,
                returnToPrimary);
    }

    private static void positive(String name, Duration duration) {
        if (duration.toMillis() < 1) {
            throw new IllegalArgumentException(name + " is at least 1 ms, not " + duration);
        }
    }
}
