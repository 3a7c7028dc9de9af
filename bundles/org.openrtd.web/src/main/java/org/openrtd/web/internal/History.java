package org.openrtd.web.internal;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openrtd.catalog.AgentState;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.View;

/**
 * The last hours, a row for each minute of the controller's clock: what the node showed as the minute ended. Bounded;
 * begins with the node. Thread-safe.
 */
final class History implements Channel.MinuteListener {

    static final int MINUTES = 480;
    private static final int MOST_CALL_TYPES = 500;
    /** Each holds the rows of a minute that is over. */
    private static final int MOST_WAITING = 8;

    private static final long MINUTE = 60_000;

    /** Of one call type, or of all; what is not known is {@code null}. */
    record Calls(Long waiting, Long oldestWaitSeconds, Double serviceLevel) {}

    private static final class Minute {
        private Map<Object, Calls> callTypes = Map.of();
        private Calls all;
        private int[] agents;

        private void forget(String feed) {
            if (feed.equals(Catalog.CALLS)) {
                callTypes = Map.of();
                all = null;
            } else {
                agents = null;
            }
        }

        private boolean isEmpty() {
            return all == null && agents == null;
        }
    }

    private record Ended(String feed, View last) {}

    // Guarded by itself.
    private final ArrayDeque<Ended> ended = new ArrayDeque<>();

    // Guarded by this.
    private final TreeMap<Long, Minute> minutes = new TreeMap<>();
    private final Map<String, Long> lastOf = new HashMap<>();

    /** On the feed's thread: only notes it. */
    @Override
    public void minuteEnded(String feed, View last) {
        synchronized (ended) {
            if (last.controllerTime() > 0 && !feed.equals(Catalog.CONFIG)) {
                ended.add(new Ended(feed, last));
            }
            // Whoever plays days in seconds, or serves nobody, gets holes in the history, not a queue without end.
            if (ended.size() > MOST_WAITING) {
                ended.remove();
            }
        }
    }

    /** Counts what has ended since; on a thread that has the time. */
    void count() {
        List<Ended> some;
        synchronized (ended) {
            some = new ArrayList<>(ended);
            ended.clear();
        }
        for (Ended each : some) {
            count(each.feed(), each.last());
        }
    }

    private synchronized void count(String feed, View view) {
        long minute = Math.floorDiv(view.controllerTime(), MINUTE);
        Long last = lastOf.put(feed, minute);
        if (last != null && minute < last) {
            // Another day begins, or the same one anew: what was to come is not to come that way.
            minutes.tailMap(minute, false).values().forEach(later -> later.forget(feed));
            minutes.tailMap(minute, false).values().removeIf(Minute::isEmpty);
        }
        Minute of = minutes.computeIfAbsent(minute, m -> new Minute());
        fill(of, feed, view);
        minutes.headMap(minutes.lastKey() - MINUTES, true).clear();
    }

    private static void fill(Minute minute, String feed, View view) {
        if (feed.equals(Catalog.CALLS)) {
            TreeMap<Object, Calls> callTypes = new TreeMap<>();
            minute.all = calls(view, callTypes);
            minute.callTypes = callTypes;
        } else {
            minute.agents = agents(view);
        }
    }

    /** All call types together; each one goes to {@code each}. */
    private static Calls calls(View view, TreeMap<Object, Calls> each) {
        Long[] waiting = {null};
        Long[] oldest = {null};
        double[] level = {0, 0};
        Labels.forEach(view, "Call_Type_Real_Time", row -> {
            Long now = Labels.number(row, "RouterCallsQNow");
            Long since = Labels.number(row, "RouterLongestCallQ");
            Double serviceLevel = Labels.real(row, "ServiceLevelTo5");
            Long counted = Labels.number(row, "ServiceLevelCallsOfferedTo5");
            waiting[0] = plus(waiting[0], now);
            if (since != null && (oldest[0] == null || since < oldest[0])) {
                oldest[0] = since;
            }
            if (serviceLevel != null && counted != null) {
                level[0] += serviceLevel * counted;
                level[1] += counted;
            }
            each.put(row.get(0), new Calls(now, seconds(view, since), serviceLevel));
            // The same ones each minute.
            if (each.size() > MOST_CALL_TYPES) {
                each.pollLastEntry();
            }
        });
        return new Calls(waiting[0], seconds(view, oldest[0]), level[1] == 0 ? null : level[0] / level[1]);
    }

    /** A sum of what is known. */
    static Long plus(Long sum, Long number) {
        return number == null ? sum : sum == null ? number : (Long) (sum + number);
    }

    private static Long seconds(View view, Long since) {
        return since == null ? null : Math.max(0, (view.controllerTime() - since) / 1000);
    }

    /** How many agents are in each state; one with several media routing domains counts by the busiest of them. */
    static int[] agents(View view) {
        Map<Object, Integer> states = new HashMap<>();
        Labels.forEach(view, "Agent_Real_Time", row -> {
            Long state = Labels.number(row, "AgentState");
            if (state != null && state >= 0 && state < AgentState.values().length) {
                states.merge(row.get(0), state.intValue(), (a, b) -> rank(a) >= rank(b) ? a : b);
            }
        });
        int[] counts = new int[AgentState.values().length];
        states.values().forEach(state -> counts[state]++);
        return counts;
    }

    private static int rank(int state) {
        return switch (AgentState.values()[state]) {
            case LOGGED_OFF -> 0;
            case UNKNOWN -> 1;
            case LOGGED_ON, NOT_ACTIVE -> 2;
            case NOT_READY -> 3;
            case READY -> 4;
            default -> 5 + (state == AgentState.TALKING.code() ? 1 : 0);
        };
    }

    /** By the names that the interface has for them. */
    static Map<String, Object> agents(int[] counts) {
        Map<String, Object> named = new LinkedHashMap<>();
        int on = 0;
        for (int state = 0; counts != null && state < counts.length; state++) {
            on += state == AgentState.LOGGED_OFF.code() || state == AgentState.UNKNOWN.code() ? 0 : counts[state];
        }
        named.put("agentsLoggedOn", counts == null ? null : on);
        named.put("agentsReady", sum(counts, AgentState.READY));
        named.put("agentsTalking", sum(counts, AgentState.TALKING));
        named.put("agentsHold", sum(counts, AgentState.CALLS_ON_HOLD));
        named.put("agentsWork", sum(counts, AgentState.WORK_READY, AgentState.WORK_NOT_READY));
        named.put("agentsReserved", sum(counts, AgentState.RESERVED));
        named.put("agentsNotReady", sum(counts, AgentState.NOT_READY));
        named.put(
                "agentsOther",
                sum(
                        counts,
                        AgentState.LOGGED_ON,
                        AgentState.BUSY_OTHER,
                        AgentState.ACTIVE,
                        AgentState.PAUSED,
                        AgentState.INTERRUPTED,
                        AgentState.NOT_ACTIVE));
        named.put("agentsUnknown", sum(counts, AgentState.UNKNOWN));
        return named;
    }

    private static Integer sum(int[] counts, AgentState... states) {
        if (counts == null) {
            return null;
        }
        int sum = 0;
        for (AgentState state : states) {
            sum += counts[state.code()];
        }
        return sum;
    }

    /**
     * The rows, oldest first, the minute that runs last.
     *
     * @param callType {@code null} for all together, with agents
     * @param calls the newest view; may be {@code null}
     * @param agents the newest view; may be {@code null}
     */
    synchronized List<Map<String, Object>> rows(int most, Object callType, View calls, View agents) {
        count();
        TreeMap<Long, Minute> all = new TreeMap<>(minutes);
        for (View view : new View[] {calls, agents}) {
            if (view != null && view.controllerTime() > 0) {
                long minute = Math.floorDiv(view.controllerTime(), MINUTE);
                Minute running = new Minute();
                Minute counted = all.get(minute);
                if (counted != null) {
                    running.all = counted.all;
                    running.callTypes = counted.callTypes;
                    running.agents = counted.agents;
                }
                fill(running, view == calls ? Catalog.CALLS : Catalog.AGENTS, view);
                all.put(minute, running);
            }
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        if (all.isEmpty()) {
            return rows;
        }
        all.tailMap(all.lastKey() - most, false).forEach((minute, of) -> {
            Calls shown = callType == null ? of.all : of.callTypes.get(callType);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("time", Instant.ofEpochMilli(minute * MINUTE));
            row.put("callsWaiting", shown == null ? null : shown.waiting());
            row.put("oldestWaitSeconds", shown == null ? null : shown.oldestWaitSeconds());
            row.put("serviceLevel", shown == null ? null : shown.serviceLevel());
            if (callType == null) {
                row.putAll(agents(of.agents));
            }
            rows.add(row);
        });
        return rows;
    }
}
