package org.openrtd.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** An origin that runs while what makes its rows does not, as its followers see it. */
class NotCurrentTest {

    private static final Table TABLE = Table.named("T")
            .key("ID", ColumnType.INT)
            .column("N", ColumnType.INT)
            .build();

    private record Sent(Hop hop, byte[] message) {}

    private final List<Sent> topic = new ArrayList<>();
    private final List<byte[]> requests = new ArrayList<>();
    private final List<byte[]> answers = new ArrayList<>();
    private long now = 50_000;
    private long tick;
    private LinkListener listener;

    private final Origin origin = new Origin(
            new FeedSchema("calls", 1, false, List.of(TABLE)),
            new FeedIdentity("id", 10),
            "central",
            SourceSettings.DEFAULT,
            () -> 7_000_000 + now,
            new SplittableRandom(1),
            new SourceTransport() {
                @Override
                public void publish(Hop hop, byte[] message) {
                    topic.add(new Sent(hop, message));
                }

                @Override
                public void reply(ReplyTo to, byte[] message) {
                    answers.add(message);
                }
            });

    private final Follower follower = new Follower(
            FollowerSettings.of("calls", List.of("central")), () -> now, new SplittableRandom(2), (index, heard) -> {
                listener = heard;
                return new Link() {
                    @Override
                    public void send(byte[] request) {
                        requests.add(request);
                    }

                    @Override
                    public void close() {}
                };
            });

    @Test
    void namesWhatBrokeToTheFollower() {
        beLive();
        origin.notCurrent("gateway pbx is silent");
        exchange();

        assertEquals(FeedState.RESUMING, follower.replica().state());
        assertEquals(
                "source central is RESUMING itself: gateway pbx is silent",
                follower.replica().reason());

        origin.notCurrent("gateway pbx has lost its peripheral");
        exchange();
        assertEquals(
                "source central is RESUMING itself: gateway pbx has lost its peripheral",
                follower.replica().reason());
    }

    @Test
    void growsOldMeanwhileThoughHeartbeatsArrive() {
        beLive();
        origin.notCurrent("gateway pbx is silent");
        pass(6_000);

        // Clocks may drift by 0.2 ms a second.
        assertTrue(
                follower.replica().age().toMillis() >= 5_998,
                follower.replica().age().toString());
        assertTrue(follower.replica().stale());
    }

    @Test
    void isYoungAgainOnceTheOriginIs() {
        beLive();
        origin.notCurrent("gateway pbx is silent");
        pass(6_000);
        origin.notCurrent(null);
        put(2);
        exchange();

        assertEquals(FeedState.LIVE, follower.replica().state());
        assertEquals(0, follower.replica().age().toMillis());
        pass(5_000);
        assertFalse(follower.replica().stale(), follower.replica().age().toString());
    }

    @Test
    void tellsWhoComesMeanwhile() {
        put(1);
        origin.notCurrent("gateway pbx is silent");
        pass(4_000);
        listener.connected("central");
        exchange();
        pass(1_000);

        assertEquals(FeedState.RESUMING, follower.replica().state());
        assertTrue(
                follower.replica().reason().endsWith("gateway pbx is silent"),
                follower.replica().reason());
        assertTrue(
                follower.replica().age().toMillis() >= 4_000,
                follower.replica().age().toString());
    }

    private void beLive() {
        put(1);
        topic.clear();
        pass(50);
        listener.connected("central");
        exchange();
        pass(2_000);
        assertEquals(FeedState.LIVE, follower.replica().state());
    }

    private void put(int id) {
        origin.commit(new Cut(++tick, tick, 0), List.of(Change.put(TABLE.row(id, 0))));
    }

    private void pass(long millis) {
        for (long end = now + millis; now < end; ) {
            now += Math.min(50, end - now);
            origin.time();
            follower.time();
            if (listener != null) {
                exchange();
            }
        }
    }

    private void exchange() {
        while (!requests.isEmpty() || !answers.isEmpty() || !topic.isEmpty()) {
            while (!topic.isEmpty()) {
                Sent sent = topic.remove(0);
                listener.topic("central", sent.hop(), sent.message());
            }
            while (!requests.isEmpty()) {
                origin.request(new ReplyTo("me", "1"), requests.remove(0));
            }
            while (!answers.isEmpty()) {
                listener.reply(answers.remove(0));
            }
        }
    }
}
