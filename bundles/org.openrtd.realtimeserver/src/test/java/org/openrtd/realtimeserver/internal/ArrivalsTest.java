package org.openrtd.realtimeserver.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openrtd.events.LinkMessage.KeepAlive;

@Timeout(20)
class ArrivalsTest {

    private final AtomicLong now = new AtomicLong(100);
    private final Arrivals arrivals = new Arrivals(now::get);

    private void keepAlive(int max) throws InterruptedException {
        arrivals.add(new Arrivals.Arrival(new Replies.To("user", "1"), new KeepAlive("pg")), max);
    }

    @Test
    void countsMessagesWithoutEventsToo() throws Exception {
        keepAlive(2);
        keepAlive(2);
        assertEquals(2, arrivals.waitingEvents());
        Thread third = new Thread(() -> {
            try {
                keepAlive(2);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        third.start();
        while (third.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertEquals(2, arrivals.take(2, 0).size());
        third.join();
        assertEquals(1, arrivals.waitingEvents());
    }

    @Test
    void hasTakenWhatCameBeforeTheOldestThatWaits() throws Exception {
        assertEquals(100, arrivals.takenUpTo());
        keepAlive(10);
        now.set(300);
        keepAlive(10);
        assertEquals(100, arrivals.takenUpTo());
        assertEquals(
                List.of(100L, 300L),
                arrivals.take(10, 0).stream().map(Arrivals.Arrival::at).toList());
        assertEquals(300, arrivals.takenUpTo());
    }
}
