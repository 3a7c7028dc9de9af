package org.openrtd.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openrtd.client.FollowedFeed.Moment;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Origin;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.Table;

/** Which rows of several feeds are of one moment. */
class ReadingTest {

    private static final Table TABLE = Table.named("Any")
            .key("ID", ColumnType.INT)
            .column("Tick", ColumnType.LONG)
            .build();

    private static final SourceTransport NOWHERE = new SourceTransport() {
        @Override
        public void publish(Hop hop, byte[] message) {}

        @Override
        public void reply(ReplyTo to, byte[] message) {}
    };

    private final Delivery delivery = new Delivery(null);
    private final List<Origin> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(Origin::close);
        delivery.close();
    }

    /** A feed of a centre that began with that epoch, at these ticks. */
    private FollowedFeed feed(String name, long epoch, long... ticks) {
        Origin origin = new Origin(
                new FeedSchema(name, 1, false, List.of(TABLE)),
                new FeedIdentity("test", epoch),
                "centre",
                SourceSettings.DEFAULT,
                () -> 0,
                RandomGenerator.getDefault(),
                NOWHERE);
        open.add(origin);
        FollowedFeed feed = new FollowedFeed(origin.replica(), null, Duration.ofSeconds(3), true, delivery);
        origin.replica().listen(feed);
        origin.time();
        for (long tick : ticks) {
            origin.commit(new Cut(tick, tick * 1000, 0), List.of(Change.put(TABLE.row(1, tick))));
        }
        return feed;
    }

    private static boolean sameMoment(FollowedFeed... feeds) {
        List<Reading.Part> parts = new ArrayList<>();
        for (FollowedFeed feed : feeds) {
            parts.add(feed.newest());
        }
        return new Reading(parts).sameMoment();
    }

    @Test
    void isOfOneMomentWhenTicksAndEpochsAreTheSame() {
        assertTrue(sameMoment(feed("calls", 100, 1, 2), feed("agents", 100, 2)));
        assertFalse(sameMoment(feed("calls", 100, 1, 2), feed("agents", 100, 1)));
    }

    @Test
    void isNotOfOneMomentWithTheSameTickOfACentreBefore() {
        assertFalse(sameMoment(feed("calls", 101, 2), feed("agents", 100, 2)));
    }

    @Test
    void leavesOutTheConfigurationWhichHasNoTicks() {
        assertTrue(sameMoment(feed("calls", 100, 2), feed("agents", 100, 2), feed("config", 7, 1)));
    }

    @Test
    void showsAFeedAsItWasAtATickOfItsEpoch() {
        FollowedFeed calls = feed("calls", 100, 1, 2, 3);
        assertEquals(new Moment(100, 3), calls.moments().get(0));
        assertEquals(Optional.of(2L), calls.at(new Moment(100, 2)).map(part -> part.view()
                .tick()));
        assertEquals(Optional.empty(), calls.at(new Moment(99, 2)));
    }
}
