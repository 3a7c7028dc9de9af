package org.openrtd.gateway.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.openrtd.events.Event;
import org.openrtd.events.NumberedEvent;

/** The recorded month that is not part of the repository; skipped where it is absent. */
class RecordedMonthTest {

    private static final ZoneId ZONE = ZoneId.of("Asia/Jerusalem");

    @Test
    void countsWhatIsUntidyInTheWholeMonth() throws Exception {
        Path file = recordedCalls();
        Map<String, Integer> untidy = new HashMap<>();
        int calls = 0;
        for (int day = 1; day <= 31; day++) {
            if (day == 11 || day == 12) {
                // The recording has no calls of these two days.
                continue;
            }
            RecordedDay recorded = RecordedDay.read("replay", file, LocalDate.of(1999, 1, day), ZONE);
            recorded.untidy().forEach((kind, count) -> untidy.merge(kind, count, Integer::sum));
            calls += recorded.calls();
            check(recorded);
        }
        assertEquals(31_599 - 240, calls);
        assertEquals(240, untidy.get("phantom calls left out"));
        assertEquals(42, untidy.get("answered without ser_start"));
        assertEquals(490 + 3, untidy.get("answered by no agent"));
        // 23 before it, 13 in the same second.
        assertEquals(23 + 13, untidy.get("answered at or before q_start, taken as never queued"));
    }

    /** Every call is offered once and ends once; every agent who answers is logged in; the clock only advances. */
    private static void check(RecordedDay day) {
        Set<String> present = new HashSet<>();
        Set<String> loggedIn = new HashSet<>();
        long clock = 0;
        long number = 0;
        for (Iterator<NumberedEvent> events = day.from(1); events.hasNext(); ) {
            NumberedEvent numbered = events.next();
            Event event = numbered.event();
            assertEquals(++number, numbered.number());
            assertTrue(event.time() > clock, () -> event + " comes after its second was over");
            if (event instanceof Event.ClockAdvanced) {
                clock = event.time();
            } else if (event instanceof Event.CallOffered offered) {
                assertTrue(present.add(offered.call()), offered::toString);
            } else if (event instanceof Event.CallQueued queued) {
                assertTrue(present.contains(queued.call()), queued::toString);
            } else if (event instanceof Event.CallAnswered answered) {
                assertTrue(present.contains(answered.call()), answered::toString);
                assertTrue(answered.agent() == null || loggedIn.contains(answered.agent()), answered::toString);
            } else if (event instanceof Event.CallEnded ended) {
                assertTrue(present.remove(ended.call()), ended::toString);
            } else if (event instanceof Event.CallAbandoned abandoned) {
                assertTrue(present.remove(abandoned.call()), abandoned::toString);
            } else if (event instanceof Event.AgentLoggedIn login) {
                assertTrue(loggedIn.add(login.agent()), login::toString);
            } else if (event instanceof Event.AgentLoggedOut logout) {
                assertTrue(loggedIn.remove(logout.agent()), logout::toString);
            }
        }
        assertEquals(day.size(), number);
        assertEquals(Set.of(), present);
        assertEquals(Set.of(), loggedIn);
    }

    private static Path recordedCalls() {
        String given = System.getProperty("anonymous.bank");
        Path root = Path.of("").toAbsolutePath();
        while (root != null && !Files.isDirectory(root.resolve(".ci"))) {
            root = root.getParent();
        }
        for (Path directory : given != null
                ? new Path[] {Path.of(given)}
                : root == null
                        ? new Path[0]
                        : new Path[] {
                            root.resolve("../shared/data/anonymous-bank"),
                            root.resolve("../../shared/data/anonymous-bank")
                        }) {
            Path file = directory.resolve("january-1999.tsv.gz");
            if (Files.isReadable(file)) {
                return file;
            }
        }
        assumeTrue(
                false,
                "the recorded calls of the anonymous bank are not here; name their directory with"
                        + " -Danonymous.bank=");
        throw new AssertionError();
    }
}
