package org.openrtd.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long TEN = 36_000_000;

    @Test
    void letsAnEventGoWhenItsTimeHasCome() {
        Pace pace = Pace.of(1);
        assertEquals(0, pace.overdue(TEN, 500));
        assertEquals(-1_000, pace.overdue(TEN + 1_000, 500));
        assertEquals(0, pace.overdue(TEN + 1_000, 1_500));
        assertEquals(250, pace.overdue(TEN + 1_000, 1_750));
    }

    @Test
    void runsAtItsSpeed() {
        Pace pace = Pace.of(60);
        pace.overdue(TEN, 0);
        assertEquals(-1_000, pace.overdue(TEN + 60_000, 0));
        assertEquals(0, pace.overdue(TEN + 60_000, 1_000));
    }

    @Test
    void neverHoldsBackAtFullSpeed() {
        Pace pace = Pace.of(Pace.MAX);
        pace.overdue(TEN, 0);
        assertEquals(0, pace.overdue(TEN + 86_400_000, 0));
    }

    @Test
    void foldsInWhatLiesBeforeTheStart() {
        Pace pace = Pace.of(1);
        pace.startAt(TEN);
        assertEquals(0, pace.overdue(TEN - 9_000_000, 0));
        assertEquals(0, pace.overdue(TEN - 1, 0));
        assertEquals(0, pace.overdue(TEN, 0));
        assertEquals(-1, pace.overdue(TEN + 1, 0));
    }

    @Test
    void standsStillWhileThereIsNoConnection() {
        Pace pace = Pace.of(1);
        pace.overdue(TEN, 0);
        pace.restart();
        assertEquals(0, pace.overdue(TEN + 5_000, 600_000));
        assertEquals(-1_000, pace.overdue(TEN + 6_000, 600_000));
    }

    @Test
    void goesOnFromTheNextEventAtANewSpeed() {
        Pace pace = Pace.of(1);
        pace.overdue(TEN, 0);
        pace.speed(10);
        assertEquals(0, pace.overdue(TEN + 5_000, 100));
        assertEquals(-100, pace.overdue(TEN + 6_000, 100));
    }

    @Test
    void readsSpeedsAndSaysWhatToWrite() {
        assertEquals(Pace.MAX, Pace.parse(" MAX "));
        assertEquals(2.5, Pace.parse("2.5"));
        for (String wrong : new String[] {"", "fast", "0", "-1", "NaN", null}) {
            String message = assertThrows(IllegalArgumentException.class, () -> Pace.parse(wrong))
                    .getMessage();
            assertTrue(message.contains("write 1 for real time"), message);
        }
    }
}
