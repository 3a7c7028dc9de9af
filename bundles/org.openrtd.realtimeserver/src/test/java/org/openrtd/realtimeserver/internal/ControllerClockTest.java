package org.openrtd.realtimeserver.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ControllerClockTest {

    private final AtomicLong monotonic = new AtomicLong(77);
    private final AtomicLong wall = new AtomicLong(1_000_000);
    private final ControllerClock clock = new ControllerClock(monotonic::get, wall::get, 0);

    private long pass(long millis) {
        monotonic.addAndGet(millis);
        wall.addAndGet(millis);
        return clock.millis();
    }

    @Test
    void isTheWallClockAtTheStartAndThenMonotonic() {
        assertEquals(1_000_000, clock.millis());
        assertEquals(1_000_250, pass(250));
    }

    @Test
    void neverBeginsBeforeWhereItHadComeTo() {
        ControllerClock later = new ControllerClock(monotonic::get, wall::get, 2_000_000);
        assertEquals(2_000_000, later.millis());
    }

    @Test
    void drawsNearToTheWallClockSlowly() {
        wall.addAndGet(1000);
        long before = clock.millis();
        long after = pass(10_000);
        assertTrue(after - before > 10_000 && after - before <= 10_060, "passed " + (after - before));
        for (int i = 0; i < 100; i++) {
            after = pass(10_000);
        }
        assertEquals(wall.get(), after);
    }

    @Test
    void drawsBackSlowlyAndNeverGoesBack() {
        pass(1000);
        wall.addAndGet(-1000);
        long last = clock.millis();
        for (int i = 0; i < 3000; i++) {
            long next = pass(100);
            assertTrue(next >= last);
            last = next;
        }
        assertEquals(wall.get(), last);
    }

    @Test
    void doesNotFollowAStepUntilAnOperatorAcceptsIt() {
        wall.addAndGet(60_000);
        assertEquals(1_001_000, pass(1000));
        assertEquals(60_000, clock.step());
        clock.accept();
        assertEquals(1_062_000, pass(1000));
        assertEquals(0, clock.step());
    }

    @Test
    void standsStillUntilAnAcceptedStepBackIsMadeUpFor() {
        pass(60_000);
        wall.addAndGet(-30_000);
        long before = clock.millis();
        assertEquals(-30_000, clock.step());
        clock.accept();
        assertEquals(before, pass(10_000));
        for (int i = 0; i < 1000; i++) {
            pass(100);
        }
        assertTrue(Math.abs(wall.get() - clock.millis()) < 5_000);
    }

    @Test
    void forgetsAStepThatWasTakenBack() {
        wall.addAndGet(60_000);
        pass(1000);
        wall.addAndGet(-60_000);
        pass(1000);
        assertEquals(0, clock.step());
    }
}
