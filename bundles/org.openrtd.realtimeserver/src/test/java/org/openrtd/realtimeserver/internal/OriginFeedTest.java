package org.openrtd.realtimeserver.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;
import org.openrtd.feed.Cut;
import org.openrtd.feed.DurableHistory;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Origin;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;

@Timeout(20)
class OriginFeedTest {

    private static final SourceSettings SETTINGS =
            new SourceSettings(Duration.ofSeconds(1), 1 << 20, 1 << 20, Duration.ofSeconds(10));

    private static OriginFeed calls() {
        return new OriginFeed(
                Catalog.CALLS,
                "central",
                "node",
                transport -> new Origin(
                        Catalog.feed(Catalog.CALLS),
                        new FeedIdentity("id", 1),
                        "node",
                        SETTINGS,
                        MonotonicClock.SYSTEM,
                        OriginFeed.random(),
                        transport),
                () -> null);
    }

    private static OriginFeed configuration() {
        return new OriginFeed(Catalog.CONFIG, "central", "node", OriginFeedTest::configuration, () -> null);
    }

    private static Origin configuration(SourceTransport transport) {
        DurableHistory none = new DurableHistory() {
            @Override
            public List<Epoch> epochs() {
                return List.of(new Epoch(1, 0));
            }

            @Override
            public List<Entry> after(long key, int limit) {
                return List.of();
            }
        };
        return new Origin(
                Catalog.feed(Catalog.CONFIG),
                new FeedIdentity("id", 1),
                "node",
                SETTINGS,
                MonotonicClock.SYSTEM,
                OriginFeed.random(),
                transport,
                none,
                0,
                List.of());
    }

    private static void awaitProblem(OriginFeed feed) {
        while (feed.problem() == null || feed.replica().state() == FeedState.LIVE) {
            Thread.onSpinWait();
        }
    }

    private static Cut cut(long key) {
        return new Cut(key, Instant.parse("1999-01-05T08:00:00Z").toEpochMilli() + key * 1000, key);
    }

    @Test
    void isNotCurrentAnyMoreOnceAChangeCouldNotBeMade() throws Exception {
        try (OriginFeed feed = calls()) {
            // A row of another feed.
            Change wrong = Change.delete(Catalog.table("Agent").table(), List.of(1));
            feed.commit(cut(1), List.of(wrong));
            awaitProblem(feed);
            assertTrue(feed.problem().contains("its rows are incomplete"), feed.problem());
            // Not mended by a commit that succeeds.
            long before = feed.replica().view().position().sequence();
            feed.commit(cut(2), List.of());
            while (feed.replica().view().position().sequence() == before) {
                Thread.onSpinWait();
            }
            assertEquals(FeedState.RESUMING, feed.replica().state());
        }
    }

    @Test
    void isNotCurrentAnyMoreOnceATransactionHasAnotherSequenceThanItsRecoveryKey() {
        try (OriginFeed feed = configuration()) {
            feed.commitLater(1, cut(1), List.of());
            while (feed.replica().view().position().sequence() != 1) {
                Thread.onSpinWait();
            }
            assertNull(feed.problem());
            feed.commitLater(3, cut(3), List.of());
            awaitProblem(feed);
            assertTrue(
                    feed.problem().startsWith("the configuration's transaction 3 became the batch 2"), feed.problem());
        }
    }
}
