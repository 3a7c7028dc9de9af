package org.openrtd.console.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextTest {

    @Test
    void writesDurationsAsMinutesAndSeconds() {
        assertEquals("0:05", Text.minutes(5));
        assertEquals("1:35", Text.minutes(95));
        assertEquals("2:01:05", Text.minutes(7265));
        assertEquals("0:00", Text.minutes(-3));
    }

    @Test
    void writesAgesToReadAtAGlance() {
        assertEquals("0.2 s", Text.age(Duration.ofMillis(240)));
        assertEquals("42 s", Text.age(Duration.ofMillis(42_900)));
        assertEquals("7 min", Text.age(Duration.ofMinutes(7)));
        assertEquals("3 h", Text.age(Duration.ofMinutes(190)));
    }

    @Test
    void padsAndCutsByTheColumnsOfATerminal() {
        assertEquals("ab  ", Text.left("ab", 4));
        assertEquals("  ab", Text.right("ab", 4));
        assertEquals("abc…", Text.left("abcdef", 4));
        assertEquals("電… ", Text.left("電話電話", 4));
        assertEquals(4, Text.width("電話"));
    }

    @Test
    void replacesWhatWouldSteerATerminal() {
        assertEquals("a?[31m?b?", Text.harmless("a\033[31m\nb\u0085"));
        assertEquals("?שלום", Text.harmless("\u202eשלום"));
        assertEquals("Müller", Text.harmless("Müller"));
    }

    @Test
    void writesRealNumbersWithoutNeedlessDigits() {
        assertEquals("0.814", Text.real(0.8141));
        assertEquals("1", Text.real(1.0));
        assertEquals("12.5", Text.real(12.5));
    }

    @Test
    void writesJson() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a\"\\\n\033", Arrays.asList(1, 2L, 0.5, true, null));
        map.put("b", new byte[] {1, 2});
        map.put("c", Map.of());
        map.put("d", "\ud800x");

        assertEquals(
                "{\"a\\\"\\\\\\n\\u001b\":[1,2,0.5,true,null],\"b\":\"AQI=\",\"c\":{},\"d\":\"\\ud800x\"}",
                Json.of(map));
    }

    @Test
    void findsWhatWasMeant() {
        List<String> names = List.of("Agent_Real_Time", "Call_Type_Real_Time", "Person");

        assertEquals(" Did you mean Agent_Real_Time?", Suggestions.didYouMean("Agent_Real_Tiem", names));
        assertEquals(
                " Did you mean Agent_Real_Time or Call_Type_Real_Time?", Suggestions.didYouMean("real_time", names));
        assertEquals("", Suggestions.didYouMean("Trunk", names));
    }
}
