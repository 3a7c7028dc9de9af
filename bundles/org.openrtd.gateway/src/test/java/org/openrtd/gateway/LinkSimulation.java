package org.openrtd.gateway;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
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

/**
 * One history, from a seed, of a gateway and a centre: the line delays, drops, doubles, cuts and falls silent; both ends
 * are killed and restarted at any moment. Only the centre's log outlives a kill.
 */
final class LinkSimulation {

    /** What is deliberately done wrong, to show that the check notices. */
    enum Twin {
        NONE,
        /** The centre logs again what it has. */
        CENTRE_FORGETS_DUPLICATES,
        /** The centre takes events although some before them are missing. */
        CENTRE_OVERLOOKS_GAPS,
        /** The gateway goes on where it believes it was, not where the centre says. */
        GATEWAY_BELIEVES_ITSELF,
        /** The source numbers its events anew after a restart. */
        SOURCE_RENUMBERS
    }

    private static final long[] RUNS = {4, 9};
    private static final int EVENTS = 700;
    private static final long FAULTS_UNTIL = 40_000;
    private static final long SETTLED_BY = 75_000;

    private record Task(long at, long order, Runnable action) {}

    private final SplittableRandom random;
    private final Twin twin;
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>((a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order));
    private long now = 1_000_000;
    private long order;
    private final long begin = now;

    private GatewayLink link;
    private int gatewayStarts;
    private boolean gatewayDown;
    private final List<Line> lines = new ArrayList<>();
    private final FakeCentre centre = new FakeCentre();

    int connections;
    int duplicates;
    int gaps;

    LinkSimulation(long seed, Twin twin) {
        this.random = new SplittableRandom(seed);
        this.twin = twin;
    }

    /** Plays the history; returns what went wrong, or an empty text. */
    String play() {
        startGateway();
        at(20, this::tick);
        at(500, this::trouble);
        while (!tasks.isEmpty() && now - begin < SETTLED_BY && !settled()) {
            Task task = tasks.poll();
            now = task.at;
            task.action.run();
        }
        return check();
    }

    private boolean settled() {
        return now - begin > FAULTS_UNTIL && !gatewayDown && link.status().state() == GatewayLink.State.FINISHED;
    }

    private String check() {
        List<NumberedEvent> expected = new ArrayList<>();
        new Source(0).after(Mark.NONE, 0).forEachRemaining(expected::add);
        for (int i = 0; i < Math.min(expected.size(), centre.log.size()); i++) {
            if (!expected.get(i).equals(centre.log.get(i))) {
                return "entry " + i + " of the log is " + centre.log.get(i) + ", not " + expected.get(i);
            }
        }
        if (expected.size() != centre.log.size()) {
            return "the log has " + centre.log.size() + " events, not " + expected.size();
        }
        return settled() ? "" : "not finished after " + (now - begin) + " ms: " + link.status();
    }

    private void at(long delay, Runnable action) {
        tasks.add(new Task(now + delay, order++, action));
    }

    private boolean faults() {
        return now - begin < FAULTS_UNTIL;
    }

    private boolean chance(double probability) {
        return faults() && random.nextDouble() < probability;
    }

    private void tick() {
        if (!gatewayDown) {
            link.time();
        }
        centre.commit();
        at(20, this::tick);
    }

    private void trouble() {
        if (!faults()) {
            return;
        }
        switch (random.nextInt(6)) {
            case 0 -> {
                link.close();
                gatewayDown = true;
                at(random.nextInt(3_000), this::startGateway);
            }
            case 1 -> {
                centre.kill();
                at(random.nextInt(4_000), centre::start);
            }
            case 2 -> lines.forEach(line -> line.silentUntil = now + random.nextInt(8_000));
            case 3 -> List.copyOf(lines).forEach(line -> line.cut("cut"));
            default -> {
                // Left alone for a while.
            }
        }
        at(random.nextInt(4_000), this::trouble);
    }

    private void startGateway() {
        if (!gatewayDown && link != null) {
            return;
        }
        gatewayDown = false;
        link = new GatewayLink(
                new GatewaySettings(
                        "g",
                        64,
                        10,
                        400,
                        java.time.Duration.ofMillis(900),
                        java.time.Duration.ofSeconds(3),
                        java.time.Duration.ofSeconds(5),
                        java.time.Duration.ofMillis(100),
                        java.time.Duration.ofSeconds(2)),
                new Source(gatewayStarts++),
                Pace.of(random.nextBoolean() ? Pace.MAX : 20_000),
                () -> now,
                random.split(),
                Line::new);
    }

    /** Events that follow from their run and number alone. */
    private final class Source implements EventSource {

        private final int start;

        Source(int start) {
            this.start = start;
        }

        @Override
        public Iterator<NumberedEvent> after(Mark held, long controllerTime) {
            List<NumberedEvent> events = new ArrayList<>();
            for (long run : RUNS) {
                LongStream.rangeClosed(1, EVENTS).forEach(number -> events.add(event(run, number)));
            }
            // Sometimes from the beginning: the link passes over what the centre holds.
            return random.nextBoolean()
                    ? events.iterator()
                    : events.stream()
                            .filter(event -> new Mark(event.run(), event.number()).compareTo(held) > 0)
                            .iterator();
        }

        private NumberedEvent event(long run, long number) {
            long shifted = twin == Twin.SOURCE_RENUMBERS ? number + start : number;
            long time = run * 10_000_000 + shifted * 1_000;
            return new NumberedEvent("g", run, number, new Event.CallEnded(time, "call " + shifted));
        }
    }

    /** One connection; keeps the order of what it delivers, as a broker does, and may deliver after it was closed. */
    private final class Line implements CentreConnector.Connection {

        private final CentreConnector.Listener listener;
        private boolean open = true;
        private long silentUntil;
        private long toCentre;
        private long toGateway;
        private Mark believed = Mark.NONE;

        Line(CentreConnector.Listener listener) {
            this.listener = listener;
            connections++;
            lines.add(this);
            if (chance(0.1)) {
                return;
            }
            boolean refused = chance(0.1);
            at(1 + random.nextInt(30), () -> {
                if (refused || centre.down) {
                    cut("refused");
                } else if (open) {
                    listener.connected();
                }
            });
        }

        void cut(String reason) {
            if (open) {
                open = false;
                lines.remove(this);
                listener.closed(reason);
            }
        }

        @Override
        public void send(byte[] message) {
            if (chance(0.01)) {
                return;
            }
            for (int copies = chance(0.03) ? 2 : 1; copies > 0; copies--) {
                toCentre =
                        Math.max(toCentre, Math.max(now, silentUntil) + 1 + random.nextInt(chance(0.05) ? 2_000 : 20));
                tasks.add(new Task(toCentre, order++, () -> centre.receive(this, message)));
            }
        }

        void reply(LinkMessage message) {
            if (chance(0.01)) {
                return;
            }
            LinkMessage said = twin == Twin.GATEWAY_BELIEVES_ITSELF && message instanceof Highest
                    ? new Highest(link.status().sent(), 0)
                    : message;
            byte[] bytes = EventCodec.encode(said);
            for (int copies = chance(0.03) ? 2 : 1; copies > 0; copies--) {
                toGateway =
                        Math.max(toGateway, Math.max(now, silentUntil) + 1 + random.nextInt(chance(0.05) ? 2_000 : 20));
                tasks.add(new Task(toGateway, order++, () -> {
                    if (open) {
                        listener.received(bytes);
                    }
                }));
            }
        }

        @Override
        public void close() {
            // What was sent may still arrive.
            open = false;
            lines.remove(this);
        }
    }

    private final class FakeCentre {

        private record Waiting(Line line, EventBatch batch) {}

        /** The only thing that outlives a kill. */
        private final List<NumberedEvent> log = new ArrayList<>();

        private final Set<Line> greeted = new HashSet<>();
        private final List<Waiting> waiting = new ArrayList<>();
        private boolean down;

        Mark mark() {
            return log.isEmpty()
                    ? Mark.NONE
                    : new Mark(
                            log.get(log.size() - 1).run(),
                            log.get(log.size() - 1).number());
        }

        void kill() {
            down = true;
            greeted.clear();
            waiting.clear();
            // A broker that dies with the centre cuts its connections; one that was stopped only falls silent.
            if (random.nextBoolean()) {
                List.copyOf(lines).forEach(line -> line.cut("the broker is gone"));
            }
        }

        void start() {
            down = false;
        }

        void receive(Line line, byte[] bytes) {
            if (down) {
                return;
            }
            LinkMessage message;
            try {
                message = EventCodec.decode(bytes);
            } catch (MalformedMessageException malformed) {
                throw new AssertionError(malformed);
            }
            if (message instanceof Hello) {
                greeted.add(line);
                line.reply(new Highest(mark(), 0));
            } else if (!greeted.contains(line)) {
                line.reply(new Refused(Refusal.GAP, "no hello came before this"));
            } else if (message instanceof KeepAlive) {
                line.reply(new Acknowledged(mark()));
            } else if (message instanceof EventBatch batch) {
                waiting.add(new Waiting(line, batch));
            }
        }

        /** One transaction: what waits is logged, then acknowledged. */
        void commit() {
            if (down || random.nextInt(3) > 0) {
                return;
            }
            List<Waiting> committed = new ArrayList<>();
            for (Waiting each : waiting) {
                EventBatch batch = each.batch();
                int held = mark().held(batch);
                if (held == Mark.GAP && twin != Twin.CENTRE_OVERLOOKS_GAPS) {
                    gaps++;
                    each.line().reply(new Refused(Refusal.GAP, "events are missing before " + batch.first()));
                    continue;
                } else if (held == Mark.RUN_OVER) {
                    // A leftover of an older connection.
                    continue;
                }
                duplicates += Math.max(0, held);
                int from = twin == Twin.CENTRE_FORGETS_DUPLICATES ? 0 : Math.max(0, held);
                for (int i = from; i < batch.events().size(); i++) {
                    log.add(new NumberedEvent(
                            batch.gateway(),
                            batch.run(),
                            batch.first() + i,
                            batch.events().get(i)));
                }
                committed.add(each);
            }
            waiting.clear();
            if (chance(0.02)) {
                // Killed between the commit and the acknowledgement.
                kill();
                at(random.nextInt(2_000), this::start);
                return;
            }
            committed.forEach(each -> each.line().reply(new Acknowledged(mark())));
        }
    }
}
