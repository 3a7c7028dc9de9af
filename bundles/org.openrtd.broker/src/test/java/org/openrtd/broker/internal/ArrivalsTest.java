package org.openrtd.broker.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ArrivalsTest {

    private final AtomicLong nanoTime = new AtomicLong(-5);
    private final Arrivals arrivals = new Arrivals(2, nanoTime::get);

    @Test
    void putsOffWhoComesWhileSoManyConnect() {
        assertTrue(arrivals.begin("a"));
        assertTrue(arrivals.begin("b"));
        assertFalse(arrivals.begin("c"));
        assertEquals(1, arrivals.putOff());
    }

    @Test
    void letsTheNextConnectWhenOneIsDone() {
        arrivals.begin("a");
        arrivals.begin("b");
        arrivals.done("b");
        assertTrue(arrivals.begin("c"));
        assertFalse(arrivals.begin("d"));
    }

    @Test
    void knowsWhoWasLetInUntilHeGoes() {
        arrivals.begin("a");
        arrivals.begin("b");
        arrivals.begin("c");
        arrivals.done("a");
        assertTrue(arrivals.isKnown("a"));
        assertTrue(arrivals.isKnown("b"));
        assertFalse(arrivals.isKnown("c"));
        arrivals.gone("a");
        arrivals.gone("b");
        assertFalse(arrivals.isKnown("a"));
        assertTrue(arrivals.begin("c"), "who goes is not connecting any more");
        assertTrue(arrivals.begin("d"));
    }

    @Test
    void isNotHeldUpByWhoNeverFinishes() {
        arrivals.begin("a");
        arrivals.begin("b");
        nanoTime.addAndGet(Arrivals.LONGEST_NANOS);
        assertFalse(arrivals.begin("c"));
        nanoTime.incrementAndGet();
        assertTrue(arrivals.begin("c"));
        assertTrue(arrivals.begin("d"));
        assertFalse(arrivals.begin("e"));
    }
}
