package org.openrtd.realtimeserver.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openrtd.events.LinkMessage;
import org.openrtd.events.LinkMessage.EventBatch;
import org.openrtd.feed.MonotonicClock;

/** What has come from gateways and waits for the log; bounded: who brings more waits. */
final class Arrivals {

    /**
     * One message of a gateway.
     *
     * @param at when it came, by the monotonic clock; before it had to wait
     */
    record Arrival(Replies.To from, LinkMessage message, long at) {

        Arrival(Replies.To from, LinkMessage message) {
            this(from, message, 0);
        }

        private Arrival at(long now) {
            return new Arrival(from, message, now);
        }

        /** What it counts for; one without events takes memory too. */
        int events() {
            return message instanceof EventBatch batch
                    ? Math.max(1, batch.events().size())
                    : 1;
        }
    }

    private final MonotonicClock clock;

    private final ArrayDeque<Arrival> waiting = new ArrayDeque<>();
    private int waitingEvents;
    /** Those that wait until there is room. */
    private final List<Arrival> blocked = new ArrayList<>();

    private boolean woken;
    private boolean closed;

    Arrivals(MonotonicClock clock) {
        this.clock = clock;
    }

    /** Waits while there are too many; forgotten when closed. */
    synchronized void add(Arrival came, int maxEvents) throws InterruptedException {
        Arrival arrival = came.at(clock.millis());
        if (!hasRoom(arrival, maxEvents)) {
            blocked.add(arrival);
            try {
                while (!hasRoom(arrival, maxEvents)) {
                    wait();
                }
            } finally {
                blocked.removeIf(other -> other == arrival);
            }
        }
        if (!closed) {
            waiting.add(arrival);
            waitingEvents += arrival.events();
            notifyAll();
        }
    }

    private boolean hasRoom(Arrival arrival, int maxEvents) {
        return closed || waitingEvents == 0 || waitingEvents + arrival.events() <= maxEvents;
    }

    /** Makes {@link #take} return. */
    synchronized void wake() {
        woken = true;
        notifyAll();
    }

    /** What waits, up to about so many events; empty after the time-out or {@link #wake}. */
    synchronized List<Arrival> take(int maxEvents, long timeoutMillis) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        while (waiting.isEmpty() && !woken && !closed) {
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        woken = false;
        List<Arrival> taken = new ArrayList<>();
        int events = 0;
        while (!waiting.isEmpty()) {
            Arrival next = waiting.peek();
            if (events > 0 && events + next.events() > maxEvents) {
                break;
            }
            taken.add(waiting.poll());
            events += next.events();
            waitingEvents -= next.events();
        }
        notifyAll();
        return taken;
    }

    /** When the oldest of those came that wait; now when none does. What came before then has been taken. */
    synchronized long takenUpTo() {
        long oldest = clock.millis();
        if (!waiting.isEmpty()) {
            oldest = Math.min(oldest, waiting.peek().at());
        }
        for (Arrival arrival : blocked) {
            oldest = Math.min(oldest, arrival.at());
        }
        return oldest;
    }

    synchronized int waitingEvents() {
        return waitingEvents;
    }

    synchronized void close() {
        closed = true;
        waiting.clear();
        waitingEvents = 0;
        notifyAll();
    }
}
