package org.openrtd.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.openrtd.events.LinkMessage.Refusal;
import org.openrtd.events.LinkMessage.Refused;

class EventTest {

    @Test
    void refusesTimesThatNobodyCanSubtract() {
        assertThrows(IllegalArgumentException.class, () -> new Event.ClockAdvanced(-1));
        assertThrows(IllegalArgumentException.class, () -> new Event.ClockAdvanced(Long.MAX_VALUE));
    }

    @Test
    void refusesNamesThatBreakALogLine() {
        assertThrows(IllegalArgumentException.class, () -> new Event.CallEnded(0, "a\nb"));
        assertThrows(IllegalArgumentException.class, () -> new Event.CallEnded(0, "\u0000"));
        assertThrows(IllegalArgumentException.class, () -> new Event.CallEnded(0, " "));
        assertThrows(IllegalArgumentException.class, () -> new Event.CallEnded(0, "x".repeat(65)));
    }

    @Test
    void refusesHalfACharacter() {
        assertThrows(IllegalArgumentException.class, () -> new Event.CallEnded(0, "\uD83D"));
    }

    @Test
    void refusesStatesThatFollowFromCalls() {
        assertThrows(IllegalArgumentException.class, () -> new Event.AgentStateChanged(0, "1", 4, 0));
    }

    @Test
    void refusesAQueueWithoutAGroup() {
        assertThrows(IllegalArgumentException.class, () -> new Event.CallQueued(0, "1", List.of()));
    }

    @Test
    void cutsAReasonThatIsTooLong() {
        assertEquals(128, new Refused(Refusal.GAP, "😀".repeat(500)).reason().length());
        assertEquals("a b", new Refused(Refusal.GAP, "a\nb").reason());
    }
}
