package org.openrtd.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.openrtd.events.Event;
import org.openrtd.events.EventCodec;
import org.openrtd.events.LinkMessage;
import org.openrtd.events.LinkMessage.Acknowledged;
import org.openrtd.events.LinkMessage.EventBatch;
import org.openrtd.events.LinkMessage.Hello;
import org.openrtd.events.LinkMessage.Highest;
import org.openrtd.events.LinkMessage.KeepAlive;
import org.openrtd.events.LinkMessage.Refusal;
import org.openrtd.events.LinkMessage.Refused;
import org.openrtd.events.MalformedMessageException;
import org.openrtd.events.Mark;
import org.openrtd.events.NumberedEvent;

class GatewayLinkTest {

    private static final long RUN = 5;

    /** What the link did with its connections, and the test's end of the last one. */
    private final class Centre implements CentreConnector {

        private final List<LinkMessage> said = new ArrayList<>();
        private Listener gateway;
        private int connections;
        private int closed;

        @Override
        public Connection connect(Listener listener) {
            gateway = listener;
            connections++;
            return new Connection() {
                @Override
                public void send(byte[] message) {
                    try {
                        said.add(EventCodec.decode(message));
                    } catch (MalformedMessageException malformed) {
                        throw new AssertionError(malformed);
                    }
                }

                @Override
                public void close() {
                    closed++;
                }
            };
        }

        void says(LinkMessage message) {
            gateway.received(EventCodec.encode(message));
        }

        List<LinkMessage> heard() {
            List<LinkMessage> heard = List.copyOf(said);
            said.clear();
            return heard;
        }
    }

    private final Centre centre = new Centre();
    private final GatewaySettings settings = new GatewaySettings(
            "g",
            10,
            4,
            1_000,
            Duration.ofMillis(900),
            Duration.ofSeconds(3),
            Duration.ofSeconds(5),
            Duration.ofMillis(200),
            Duration.ofSeconds(3));
    private long now = 1_000;
    private Pace pace = Pace.of(Pace.MAX);
    private int events = 100;
    private String cannotGoOn;
    private GatewayLink link;

    private GatewayLink link() {
        EventSource source = (held, time) -> {
            if (cannotGoOn != null) {
                throw new CannotGoOnException(cannotGoOn);
            }
            return LongStream.rangeClosed(1, events)
                    .mapToObj(number -> new NumberedEvent("g", RUN, number, new Event.ClockAdvanced(number * 1_000)))
                    .iterator();
        };
        link = new GatewayLink(settings, source, pace, () -> now, new SplittableRandom(1), centre);
        return link;
    }

    private void sending(Mark held) {
        link().time();
        centre.gateway.connected();
        centre.says(new Highest(held, 0));
    }

    private void after(long millis) {
        for (long until = now + millis; now < until; ) {
            now += Math.min(20, until - now);
            link.time();
        }
    }

    private static List<Long> numbers(List<LinkMessage> messages) {
        return messages.stream()
                .filter(EventBatch.class::isInstance)
                .map(EventBatch.class::cast)
                .flatMap(batch ->
                        LongStream.rangeClosed(batch.first(), batch.last()).boxed())
                .toList();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void asksWhatTheCentreHoldsBeforeItSendsAnything() {
        link().time();
        assertEquals(List.of(), centre.heard());
        centre.gateway.connected();
        after(500);
        assertEquals(List.of(new Hello("g")), centre.heard());
    }

    @Test
    void goesOnAfterWhatTheCentreHolds() {
        sending(new Mark(RUN, 37));
        assertEquals(38, numbers(centre.heard()).get(0));
        assertEquals(37, link.status().eventsPassedOver());
    }

    @Test
    void keepsABoundedNumberOfEventsInFlight() {
        sending(Mark.NONE);
        after(500);
        assertEquals(range(1, 10), numbers(centre.heard()));
        assertEquals(10, link.status().inFlight());

        centre.says(new Acknowledged(new Mark(RUN, 4)));
        assertEquals(range(11, 14), numbers(centre.heard()));
    }

    @Test
    void sendsEventsOnlyWhenTheyAreDue() {
        pace = Pace.of(1);
        sending(Mark.NONE);
        assertEquals(range(1, 1), numbers(centre.heard()));
        after(960);
        assertEquals(List.of(), numbers(centre.heard()));
        after(60);
        assertEquals(range(2, 2), numbers(centre.heard()));
    }

    @Test
    void saysThatItIsWellWhenThereIsNothingToSend() {
        pace = Pace.of(0.1);
        sending(Mark.NONE);
        centre.heard();
        after(1_000);
        assertEquals(List.of(new KeepAlive("g")), centre.heard());
    }

    @Test
    void leavesAConnectionOnWhichNothingIsHeard() {
        sending(Mark.NONE);
        after(3_000);
        assertEquals(0, centre.closed);
        after(40);
        assertEquals(1, centre.closed);
        assertEquals("nothing heard from the centre for 3000 ms", link.status().reason());
    }

    @Test
    void leavesAConnectionOnWhichNothingIsAcknowledged() {
        sending(Mark.NONE);
        for (int i = 0; i < 6; i++) {
            after(1_000);
            centre.says(new Acknowledged(Mark.NONE));
        }
        assertEquals(1, centre.closed);
        assertEquals("nothing acknowledged for 5000 ms", link.status().reason());
    }

    @Test
    void doesNotWaitForEverForAConnection() {
        link().time();
        after(3_100);
        assertEquals(1, centre.closed);
    }

    @Test
    void triesAgainAfterPausesThatGrow() {
        link().time();
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int before = centre.connections;
            centre.gateway.closed("no");
            long from = now;
            while (centre.connections == before) {
                after(10);
            }
            pauses.add(now - from);
        }
        assertTrue(pauses.get(0) <= 220 && pauses.get(0) >= 100, pauses::toString);
        assertTrue(pauses.get(7) <= 3_020 && pauses.get(7) >= 1_500, pauses::toString);
        assertEquals("no", link.status().reason(), "while it tries, it says what broke");
    }

    @Test
    void connectsAgainWhenTheCentreMissesEvents() {
        sending(Mark.NONE);
        centre.says(new Refused(Refusal.GAP, "events are missing"));
        assertEquals(GatewayLink.State.WAITING, link.status().state());
        after(500);
        assertEquals(2, centre.connections);
    }

    @Test
    void stopsAndSaysWhyWhenThereIsNothingToHopeFor() {
        for (Refusal refusal : List.of(Refusal.VERSION, Refusal.RUN_OVER, Refusal.NOT_ALLOWED)) {
            sending(Mark.NONE);
            int connections = centre.connections;
            centre.says(new Refused(refusal, "it is so"));
            after(20_000);
            assertEquals(GatewayLink.State.REFUSED, link.status().state());
            assertEquals("refused by the centre: it is so", link.status().reason());
            assertEquals(connections, centre.connections);
        }
    }

    @Test
    void stopsWhenItsSourceCannotGoOn() {
        cannotGoOn = "play another day";
        sending(Mark.NONE);
        assertEquals(GatewayLink.State.REFUSED, link.status().state());
        assertEquals("play another day", link.status().reason());
    }

    @Test
    void isFinishedWhenAllIsAcknowledged() {
        events = 6;
        sending(Mark.NONE);
        after(1_000);
        assertEquals(GatewayLink.State.SENDING, link.status().state());
        centre.says(new Acknowledged(new Mark(RUN, 6)));
        assertEquals(GatewayLink.State.FINISHED, link.status().state());
        assertEquals(1, centre.closed);
    }

    @Test
    void isFinishedWhenTheCentreHoldsAllFromBefore() {
        events = 6;
        sending(new Mark(RUN, 6));
        assertEquals(GatewayLink.State.FINISHED, link.status().state());
        assertEquals(List.of(new Hello("g")), centre.heard());
    }

    @Test
    void hearsNothingOfAConnectionItLeft() {
        link().time();
        CentreConnector.Listener first = centre.gateway;
        after(4_000);
        assertEquals(2, centre.connections);
        first.connected();
        first.closed("late");
        assertEquals(List.of(), centre.heard());
        assertEquals(GatewayLink.State.CONNECTING, link.status().state());
    }

    @Test
    void connectsAgainWhenItCannotReadTheCentre() {
        sending(Mark.NONE);
        centre.gateway.received(new byte[] {1, 2, 3});
        assertEquals(GatewayLink.State.WAITING, link.status().state());
    }

    @Test
    void saysNothingAfterItWasClosed() {
        sending(Mark.NONE);
        centre.heard();
        link.close();
        after(10_000);
        assertEquals(List.of(), centre.heard());
        assertEquals(1, centre.connections);
        assertInstanceOf(GatewayStatus.class, link.status());
        assertEquals(GatewayLink.State.CLOSED, link.status().state());
    }
}
