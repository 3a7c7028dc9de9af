package org.openrtd.gateway.replay;

import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Counts what is not as it should be in a recorded day. */
final class Untidy {

    /** What can be untidy about a recorded call, in words for the summary. */
    enum Kind {
        PHANTOM("phantom calls left out"),
        MALFORMED("malformed lines left out"),
        REPEATED_CALL("calls whose number came again"),
        BEFORE_ENTRY("times before the call came in, raised to it"),
        PAST_MIDNIGHT("calls that run past midnight"),
        NO_SERVICE_START("answered without ser_start"),
        ANSWERED_BEFORE_QUEUED("answered at or before q_start, taken as never queued"),
        NO_AGENT("answered by no agent"),
        ABANDONED_AND_SERVED("abandoned, yet with a service, taken as abandoned"),
        OVERLAPPING("answered by an agent who still had a call");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);

    void count(Kind kind) {
        counts.merge(kind, 1, Integer::sum);
    }

    void pastMidnight(boolean past) {
        if (past) {
            count(Kind.PAST_MIDNIGHT);
        }
    }

    int get(Kind kind) {
        return counts.getOrDefault(kind, 0);
    }

    /** By kind, in words, only what occurred. */
    Map<String, Integer> byKind() {
        return counts.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey().words, Map.Entry::getValue, (a, b) -> a, java.util.LinkedHashMap::new));
    }
}
