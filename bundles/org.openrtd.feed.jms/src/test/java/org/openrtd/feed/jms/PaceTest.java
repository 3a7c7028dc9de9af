package org.openrtd.feed.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaceTest {

    private final Pace pace = new Pace();

    @Test
    void slowsALargeSnapshotDownButDropsNoneOfItsRequests() {
        // 128 MB in parts of 64 KB, eight a request, two requests on the way; the line itself takes no time.
        long now = 1000;
        long begun = now;
        for (int request = 0; request < 250; request += 2) {
            long first = pace.delay("north.1", now);
            long second = pace.delay("north.1", now);
            assertTrue(first >= 0 && second >= first, "request " + request + ": " + first + ", " + second);
            now += second;
        }
        assertTrue(now - begun < 500, "took " + (now - begun) + " ms");
    }

    @Test
    void answersNoMoreThanItsRateHoweverManyAreAsked() {
        int answered = 0;
        for (long now = 0; now < 10_000; now++) {
            for (int i = 0; i < 10; i++) {
                if (pace.delay("flood.1", now) >= 0) {
                    answered++;
                }
            }
        }
        assertTrue(answered <= 10 * Pace.REQUESTS_PER_SECOND + Pace.AT_ONCE + Pace.LATER + 1, answered + " answered");
        assertEquals(0, pace.delay("north.1", 10_000), "others are not affected");
    }
}
