package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonTest {

    private static String written(Object value) {
        return new String(Utf8.json(value), StandardCharsets.UTF_8);
    }

    @Test
    void writesWhatItReads() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", "a\"\\\n\t\u0000\u2028</script>é😀מ");
        map.put("numbers", Arrays.asList(1L, -2L, 1.5, 1e300, null, true, false));
        map.put("empty", List.of(Map.of(), List.of()));
        assertEquals(map, Json.read(written(map)));
    }

    @Test
    void leavesNothingInATextThatALineOrAPageCouldTakeForItsOwn() {
        assertEquals("\"\\u003c/script>\\u2028\\n\\u0085\\ud800\"", written("</script>\u2028\n\u0085\ud800"));
    }

    @Test
    void writesWhateverTextThereIsSoThatItIsReadAgain() {
        Random random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(40); n > 0; n--) {
                int kind = random.nextInt(4);
                text.append((char)
                        (kind == 0
                                ? random.nextInt(128)
                                : kind == 1 ? 0xd800 + random.nextInt(0x800) : random.nextInt(0xffff)));
            }
            assertEquals(text.toString(), Json.read(written(text.toString())));
        }
    }

    @Test
    void writesNumbersThatAreNoneAsNull() {
        assertEquals("[null,null,3,0.25]", written(List.of(Double.NaN, Double.POSITIVE_INFINITY, 3.0, 0.25)));
    }

    @Test
    void writesNumbersAndInstantsAsJavaDoes() {
        Random random = new Random(7);
        Utf8 all = new Utf8();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            long number = i == 0 ? Long.MIN_VALUE : i == 1 ? 0 : random.nextLong() >> random.nextInt(64);
            assertEquals(Long.toString(number), written(number));
            long millis = i % 3 == 0 ? Math.floorDiv(number, 1000) * 1000 : number;
            all.instant(millis).add(' ');
            expected.append(Instant.ofEpochMilli(millis)).append(' ');
        }
        assertEquals(expected.toString(), all.toString());
    }

    @Test
    void refusesWhatIsNoJson() {
        for (String text : List.of(
                "",
                "{",
                "{\"a\"}",
                "{\"a\":1,}",
                "[1 2]",
                "01",
                "1.",
                "+1",
                "\"\\x\"",
                "\"\n\"",
                "tru",
                "nul",
                "{}x",
                "{\"a\":1,\"a\":2}",
                "\"\\u12g4\"",
                "-",
                "1e9999",
                "[".repeat(10_000))) {
            assertThrows(IllegalArgumentException.class, () -> Json.read(text), text);
        }
    }
}
