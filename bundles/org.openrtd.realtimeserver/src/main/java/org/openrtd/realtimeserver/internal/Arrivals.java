package org.openrtd.realtimeserver.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openrtd.events.LinkMessage;
import org.openrtd.events.LinkMessage.EventBatch;

/** What has come from gateways and waits for the log; bounded: who brings more waits. */
final class Arrivals {

    /** One message of a gateway. */
    record Arrival(Replies.To from, LinkMessage message) {
        int events() {
            return message instanceof EventBatch batch ? batch.events().size() : 0;
        }
    }

    private final ArrayDeque<Arrival> waiting = new ArrayDeque<>();
    private int waitingEvents;
    private int blocked;
    private boolean wasBlocked;
    private boolean woken;
    private boolean closed;

    /** Waits while there are too many; forgotten when closed. */
    synchronized void add(Arrival arrival, int maxEvents) throws InterruptedException {
        while (!closed && waitingEvents > 0 && waitingEvents + arrival.events() > maxEvents) {
            blocked++;
            wasBlocked = true;
            try {
                wait();
            } finally {
                blocked--;
            }
        }
        if (!closed) {
            waiting.add(arrival);
            waitingEvents += arrival.events();
            notifyAll();
        }
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

    /** Whether a gateway had to wait since the last call: then its silence was our doing. */
    synchronized boolean wasBlocked() {
        boolean was = wasBlocked;
        wasBlocked = blocked > 0;
        return was;
    }

    synchronized boolean waiting() {
        return !waiting.isEmpty();
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
