package org.openrtd.feed.jms;

import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;
import org.openrtd.feed.MonotonicClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has feeds followed only while somebody wants them. */
final class IdleFeeds implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(IdleFeeds.class);
    private static final Duration TICK = Duration.ofMillis(100);

    private final FeedLoop loop = new FeedLoop("idle");
    private final MonotonicClock clock;
    private final ToLongFunction<String> wanted;
    private final BiConsumer<String, Boolean> idle;
    private volatile Duration after;

    /**
     * Begins with feeds that are followed; those that nobody wants are idle at once.
     *
     * @param wanted how many ms ago somebody wanted a feed; negative when nobody did, or nobody knows
     * @param idle is told of a feed whether to be idle from now on
     */
    IdleFeeds(
            List<String> feeds,
            Duration after,
            ToLongFunction<String> wanted,
            BiConsumer<String, Boolean> idle,
            MonotonicClock clock) {
        this.after = after;
        this.wanted = wanted;
        this.idle = idle;
        this.clock = clock;
        for (String feed : feeds) {
            Wanted each = new Wanted(feed);
            each.look();
            loop.every(TICK, each::look);
        }
    }

    /** From now on a feed is followed for so long after somebody wanted it. */
    void after(Duration next) {
        after = next;
    }

    private final class Wanted {

        private final String feed;
        private boolean followed = true;
        private boolean ever;
        /** Kept here too, as who knows it may be replaced, and begins anew then. */
        private long last;

        private Wanted(String feed) {
            this.feed = feed;
        }

        private void look() {
            long now = clock.millis();
            long ago = wanted.applyAsLong(feed);
            if (ago >= 0) {
                last = ever ? Math.max(last, now - ago) : now - ago;
                ever = true;
            }
            Duration limit = after;
            boolean asked = ever && now - last < limit.toMillis();
            if (asked == followed) {
                return;
            }
            followed = asked;
            LOG.info(
                    asked
                            ? "Feed {} is followed, as a client asks for it"
                            : "Feed {} is idle, as no client has asked for it for {} s",
                    feed,
                    limit.toSeconds());
            idle.accept(feed, !asked);
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
