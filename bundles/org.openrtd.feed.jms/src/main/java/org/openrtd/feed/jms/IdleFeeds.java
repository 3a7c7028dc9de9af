package org.openrtd.feed.jms;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has feeds followed only while somebody wants them. */
final class IdleFeeds implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(IdleFeeds.class);
    private static final Duration TICK = Duration.ofMillis(100);

    private final FeedLoop loop = new FeedLoop("idle");

    /**
     * Begins idle.
     *
     * @param wanted how many ms ago somebody wanted a feed; negative when nobody did
     * @param idle is told of a feed whether to be idle from now on
     */
    IdleFeeds(List<String> feeds, Duration after, ToLongFunction<String> wanted, BiConsumer<String, Boolean> idle) {
        for (String feed : feeds) {
            AtomicBoolean followed = new AtomicBoolean();
            idle.accept(feed, true);
            loop.every(TICK, () -> {
                long ago = wanted.applyAsLong(feed);
                boolean asked = ago >= 0 && ago < after.toMillis();
                if (followed.getAndSet(asked) == asked) {
                    return;
                }
                LOG.info(
                        asked
                                ? "Feed {} is followed, as a client asks for it"
                                : "Feed {} is idle, as no client has asked for it for {} s",
                        feed,
                        after.toSeconds());
                idle.accept(feed, !asked);
            });
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
