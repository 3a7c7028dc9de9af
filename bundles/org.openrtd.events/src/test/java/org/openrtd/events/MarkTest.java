package org.openrtd.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.openrtd.events.LinkMessage.EventBatch;

class MarkTest {

    private final Mark mark = new Mark(5, 10);

    @Test
    void takesTheNextEvents() {
        assertEquals(0, mark.held(batch(5, 11, 3)));
    }

    @Test
    void knowsEventsThatComeAgain() {
        assertEquals(3, mark.held(batch(5, 8, 3)));
        assertEquals(2, mark.held(batch(5, 1, 2)));
    }

    @Test
    void takesWhatIsNewOfABatchThatOverlaps() {
        assertEquals(1, mark.held(batch(5, 10, 5)));
    }

    @Test
    void noticesMissingEvents() {
        assertEquals(Mark.GAP, mark.held(batch(5, 12, 1)));
    }

    @Test
    void beginsAHigherRunOnlyWithItsFirstEvent() {
        assertEquals(0, mark.held(batch(6, 1, 4)));
        assertEquals(Mark.GAP, mark.held(batch(6, 2, 4)));
        assertEquals(0, Mark.NONE.held(batch(6, 1, 4)));
    }

    @Test
    void doesNotGoBackToALowerRun() {
        assertEquals(Mark.RUN_OVER, mark.held(batch(4, 1, 4)));
    }

    @Test
    void refusesABatchWhoseNumbersOverflow() {
        assertThrows(IllegalArgumentException.class, () -> batch(5, Long.MAX_VALUE, 2));
    }

    private static EventBatch batch(long run, long first, int count) {
        return new EventBatch("g", run, first, Collections.nCopies(count, new Event.ClockAdvanced(0)));
    }
}
