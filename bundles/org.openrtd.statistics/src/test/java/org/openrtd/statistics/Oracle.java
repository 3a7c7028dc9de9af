package org.openrtd.statistics;

import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.openrtd.statistics.RecordedCalls.Recorded;

/**
 * What the tables have to say at any one moment of a recorded day, found by looking at all of the day's calls anew for
 * each moment. Nothing is carried from one moment to the next, so nothing can be carried wrongly.
 *
 * <p>Seconds are counted from the midnight at which the day began.
 */
public final class Oracle {

    private static final int THRESHOLD = 20;
    private static final int NEVER = RecordedCalls.NEVER;

    public final long midnight;
    final List<Recorded> calls;
    public final TreeSet<String> types = new TreeSet<>();
    public final TreeMap<String, Shift> shifts = new TreeMap<>();
    private final Map<String, List<Recorded>> byType = new HashMap<>();
    private final Map<String, Map<String, Series>> series = new HashMap<>();
    private final Map<String, Map<String, long[]>> stateSeconds = new HashMap<>();

    /** An agent's day: logged in from a second before the first answer to a second after the last end. */
    public static final class Shift {
        int login = NEVER;
        int logout;
        final TreeSet<String> groups = new TreeSet<>();
        final List<Recorded> calls = new ArrayList<>();

        boolean loggedIn(int t) {
            return login <= t && t < logout;
        }

        /** How many calls the agent talks on. */
        long talking(int t) {
            long talking = 0;
            for (Recorded call : calls) {
                talking += call.answered() <= t && t < call.ended() ? 1 : 0;
            }
            return talking;
        }

        long talkingIn(String group, int t) {
            long talking = 0;
            for (Recorded call : calls) {
                talking +=
                        call.answered() <= t && t < call.ended() && call.type().equals(group) ? 1 : 0;
            }
            return talking;
        }

        public int state(int t) {
            return !loggedIn(t) ? 0 : talking(t) > 0 ? 4 : 3;
        }

        int stateIn(String group, int t) {
            return !loggedIn(t) ? 0 : talkingIn(group, t) > 0 ? 4 : talking(t) > 0 ? 7 : 3;
        }

        /** Since when an agent who is available is so: since the last end of a call, or the login. */
        int availableSince(int t) {
            return calls.stream()
                    .mapToInt(Recorded::ended)
                    .filter(end -> end <= t)
                    .reduce(login, Math::max);
        }
    }

    /** What counts: a moment, and how much; the name tells one such question from another. */
    private interface Sum {
        long of(String name, ToIntFunction<Recorded> moment, ToIntFunction<Recorded> amount);
    }

    /** The moments of some calls in order, and what they amount to up to each. */
    private static final class Series {
        private final int[] moments;
        private final long[] upTo;

        Series(List<Recorded> calls, ToIntFunction<Recorded> moment, ToIntFunction<Recorded> amount) {
            List<Recorded> ordered = calls.stream()
                    .filter(call -> moment.applyAsInt(call) != NEVER)
                    .sorted(Comparator.comparingInt(moment))
                    .toList();
            moments = ordered.stream().mapToInt(moment).toArray();
            upTo = new long[moments.length + 1];
            for (int i = 0; i < moments.length; i++) {
                upTo[i + 1] = upTo[i] + amount.applyAsInt(ordered.get(i));
            }
        }

        long between(int first, int last) {
            return upTo[before(last + 1)] - upTo[before(first)];
        }

        /** How many moments are earlier. */
        private int before(int moment) {
            int low = 0;
            int high = moments.length;
            while (low < high) {
                int middle = (low + high) / 2;
                if (moments[middle] < moment) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }
    }

    /** Of the recorded calls that are not part of the repository. */
    public Oracle(LocalDate day) {
        this(day, RecordedCalls.of(day));
    }

    /** Of a file of the same form, not packed. */
    public Oracle(LocalDate day, InputStream file) throws IOException {
        this(day, RecordedCalls.of(file, day));
    }

    private Oracle(LocalDate day, List<Recorded> calls) {
        this.calls = calls;
        midnight = day.atStartOfDay(RecordedCalls.ZONE).toEpochSecond();
        for (Recorded call : calls) {
            types.add(call.type());
            byType.computeIfAbsent(call.type(), t -> new ArrayList<>()).add(call);
            if (call.agent() != null) {
                Shift shift = shifts.computeIfAbsent(call.agent(), a -> new Shift());
                shift.login = Math.min(shift.login, call.answered() - 1);
                shift.logout = Math.max(shift.logout, call.ended() + 1);
                shift.groups.add(call.type());
                shift.calls.add(call);
            }
        }
    }

    /** All moments at which something is recorded. */
    public TreeSet<Integer> moments() {
        TreeSet<Integer> moments = new TreeSet<>();
        for (Recorded call : calls) {
            IntStream.of(call.offered(), call.queued(), call.answered(), call.abandoned(), call.ended())
                    .filter(moment -> moment != NEVER)
                    .forEach(moments::add);
        }
        shifts.values().forEach(shift -> moments.addAll(List.of(shift.login, shift.logout)));
        return moments;
    }

    /** The value of each column of {@code Call_Type_Real_Time} that the file determines. */
    public Map<String, Object> callType(String type, int t) {
        List<Recorded> mine = byType.get(type);
        Map<String, Object> row = new HashMap<>();
        List<Recorded> queue = mine.stream()
                .filter(call -> call.wasQueued() && call.queued() <= t && t < call.left())
                .toList();
        long waited = queue.stream().mapToLong(call -> t - call.queued()).sum();
        row.put("RouterCallsQNow", queue.size());
        row.put("RouterCallsQNowTime", (int) waited);
        row.put("RouterLongestCallQ", oldest(queue));
        row.put("AvgRouterDelayQNow", queue.isEmpty() ? null : (Object) (int) (waited / queue.size()));
        row.put("CallsAtVRUNow", count(mine, call -> call.offered() <= t && t < call.left()));
        row.put("CallsAtAgentNow", count(mine, call -> call.answered() <= t && t < call.ended()));
        row.put("ServiceLevelCallsQHeld", count(queue, call -> call.offered() + THRESHOLD <= t));
        families(t, (suffix, first, from) -> {
            Sum sum = summing("call type " + type, mine, first, t);
            put(row, "CallsOffered" + suffix, sum.of("CallsOffered", Recorded::offered, call -> 1));
            put(row, "CallsAnswered" + suffix, sum.of("CallsAnswered", Recorded::answered, call -> 1));
            put(row, "AnswerWaitTime" + suffix, sum.of("AnswerWaitTime", Recorded::answered, Oracle::waitOf));
            put(row, "CallsHandled" + suffix, sum.of("CallsHandled", Recorded::ended, call -> 1));
            put(row, "TalkTime" + suffix, sum.of("TalkTime", Recorded::ended, call -> call.ended() - call.answered()));
            put(
                    row,
                    "HandleTime" + suffix,
                    sum.of("HandleTime", Recorded::ended, call -> call.ended() - call.answered()));
            put(row, "TotalCallsAband" + suffix, sum.of("TotalCallsAband", Recorded::abandoned, call -> 1));
            put(
                    row,
                    "RouterCallsAbandQ" + suffix,
                    sum.of("RouterCallsAbandQ", Recorded::abandoned, call -> call.wasQueued() ? 1 : 0));
            put(row, "DelayQAbandTime" + suffix, sum.of("DelayQAbandTime", Recorded::abandoned, Oracle::waitOf));
            long beforeAbandonment =
                    sum.of("beforeAbandonment", Recorded::abandoned, call -> call.abandoned() - call.offered());
            put(row, "CallDelayAbandTime" + suffix, beforeAbandonment);
            put(row, "CTDelayAbandTime" + suffix, beforeAbandonment);
            put(row, "RouterQueueCalls" + suffix, sum.of("RouterQueueCalls", Recorded::queued, call -> 1));
            long leftQueue = sum.of("leftQueue", Oracle::leftQueue, call -> 1);
            long queueWait = sum.of("queueWait", Oracle::leftQueue, Oracle::waitOf);
            put(row, "RouterQueueWaitTime" + suffix, queueWait);
            row.put("AvgRouterDelayQ" + suffix, leftQueue == 0 ? null : (Object) (int) (queueWait / leftQueue));
            if (suffix.equals("To5")) {
                put(row, "CallsLeftQTo5", leftQueue);
            }
            serviceLevel(row, suffix, sum, Recorded::offered);
            for (String never : List.of(
                    "CallsRONA", "ServiceLevelRONA", "HoldTime", "RouterCallsAbandToAgent", "DelayAgentAbandTime")) {
                row.put(never + suffix, 0);
            }
        });
        row.put("ShortCallsToHalf", 0);
        row.put("ShortCallToday", 0);
        return row;
    }

    /** The same of {@code Skill_Group_Real_Time}. */
    public Map<String, Object> skillGroup(String group, int t) {
        List<Recorded> mine = byType.get(group).stream()
                .filter(call -> call.wasQueued() || call.wasAnswered())
                .toList();
        Map<String, Object> row = new HashMap<>();
        List<Recorded> queue = mine.stream()
                .filter(call -> call.wasQueued() && call.queued() <= t && t < call.left())
                .toList();
        row.put("RouterCallsQNow", queue.size());
        row.put("RouterLongestCallQ", oldest(queue));
        List<Shift> members = shifts.values().stream()
                .filter(shift -> shift.groups.contains(group))
                .toList();
        row.put("LoggedOn", count(members, shift -> shift.loggedIn(t)));
        row.put("Ready", count(members, shift -> shift.loggedIn(t)));
        row.put("Avail", count(members, shift -> shift.stateIn(group, t) == 3));
        row.put("ICMAvailable", row.get("Avail"));
        row.put("TalkingIn", count(members, shift -> shift.stateIn(group, t) == 4));
        row.put("BusyOther", count(members, shift -> shift.stateIn(group, t) == 7));
        for (String never : List.of("NotReady", "WorkReady", "WorkNotReady", "Hold", "ReservedAgents")) {
            row.put(never, 0);
        }
        row.put(
                "LongestAvailAgent",
                members.stream()
                        .filter(shift -> shift.stateIn(group, t) == 3)
                        .map(shift -> instant(shift.availableSince(t)))
                        .min(Long::compare)
                        .orElse(null));
        families(t, (suffix, first, from) -> {
            Sum sum = summing("group " + group, mine, first, t);
            put(row, "CallsOffered" + suffix, sum.of("CallsOffered", Oracle::cameToGroup, call -> 1));
            put(row, "CallsAnswered" + suffix, sum.of("CallsAnswered", Recorded::answered, call -> 1));
            put(row, "AnswerWaitTime" + suffix, sum.of("AnswerWaitTime", Recorded::answered, Oracle::waitOf));
            long handled = sum.of("handled", Recorded::ended, call -> 1);
            long talked = sum.of("talked", Recorded::ended, call -> call.ended() - call.answered());
            put(row, "CallsHandled" + suffix, handled);
            row.put("AvgHandledCallsTalkTime" + suffix, handled == 0 ? null : (Object) (int) (talked / handled));
            row.put("AvgHandledCallsTime" + suffix, handled == 0 ? null : (Object) (int) (talked / handled));
            put(row, "RouterCallsAbandQ" + suffix, sum.of("RouterCallsAbandQ", Recorded::abandoned, call -> 1));
            serviceLevel(row, suffix, sum, Oracle::cameToGroup);
            // A state that shows from s on has lasted a second at s + 1.
            long loggedOn = lasted(group, "LoggedOn", from, t);
            long talking = lasted(group, "Talking", from, t);
            put(row, "LoggedOnTime" + suffix, loggedOn);
            put(row, "TalkTime" + suffix, talking);
            put(row, "AvailTime" + suffix, lasted(group, "Avail", from, t));
            put(row, "BusyOtherTime" + suffix, lasted(group, "BusyOther", from, t));
            row.put("PercentUtilization" + suffix, loggedOn == 0 ? null : (Object) ((double) talking / loggedOn));
            for (String never : List.of("NotReadyTime", "WorkReadyTime", "WorkNotReadyTime", "ReservedStateTime")) {
                row.put(never + suffix, 0);
            }
        });
        return row;
    }

    private interface ForFamily {
        /** The first second whose events count; and from where on time counts. */
        void put(String suffix, int first, int from);
    }

    /** The windows: (t − 300 s, t], and from the half hour or midnight on, both inclusive. */
    private static void families(int t, ForFamily forFamily) {
        int half = t / 1800 * 1800;
        int day = t / 86_400 * 86_400;
        forFamily.put("To5", t - 299, t - 300);
        forFamily.put("Half", half, half);
        forFamily.put("Today", day, day);
    }

    private Sum summing(String whose, List<Recorded> calls, int first, int last) {
        Map<String, Series> known = series.computeIfAbsent(whose, w -> new HashMap<>());
        return (name, moment, amount) -> known.computeIfAbsent(name, n -> new Series(calls, moment, amount))
                .between(first, last);
    }

    /** Each call's one event: answered within the threshold, abandoned within it, or the threshold passes. */
    private static void serviceLevel(Map<String, Object> row, String suffix, Sum sum, ToIntFunction<Recorded> start) {
        ToIntFunction<Recorded> event = call ->
                start.applyAsInt(call) == NEVER ? NEVER : Math.min(call.left(), start.applyAsInt(call) + THRESHOLD);
        Predicate<Recorded> within = call -> call.left() <= start.applyAsInt(call) + THRESHOLD;
        long offered = sum.of("offered", event, call -> 1);
        long answered = sum.of("answered", event, call -> call.wasAnswered() && within.test(call) ? 1 : 0);
        long abandoned = sum.of("abandoned", event, call -> !call.wasAnswered() && within.test(call) ? 1 : 0);
        put(row, "ServiceLevelCallsOffered" + suffix, offered);
        put(row, "ServiceLevelCalls" + suffix, answered);
        put(row, "ServiceLevelAband" + suffix, abandoned);
        row.put(
                "ServiceLevel" + suffix,
                offered == abandoned ? null : (Object) ((double) answered / (offered - abandoned)));
    }

    private static int waitOf(Recorded call) {
        return call.wasQueued() ? call.left() - call.queued() : 0;
    }

    private static int leftQueue(Recorded call) {
        return call.wasQueued() ? call.left() : NEVER;
    }

    private static int cameToGroup(Recorded call) {
        return call.wasQueued() ? call.queued() : call.answered();
    }

    /** For how many agent-seconds a state showed in a group between two seconds. */
    private long lasted(String group, String state, int from, int to) {
        long[] until = stateSeconds
                .computeIfAbsent(group, g -> new HashMap<>())
                .computeIfAbsent(
                        state,
                        s -> accumulate(
                                group,
                                switch (s) {
                                    case "Avail" -> shiftState -> shiftState == 3 ? 1 : 0;
                                    case "Talking" -> shiftState -> shiftState == 4 ? 1 : 0;
                                    case "BusyOther" -> shiftState -> shiftState == 7 ? 1 : 0;
                                    default -> shiftState -> shiftState == 0 ? 0 : 1;
                                }));
        return until[Math.max(0, to)] - until[Math.max(0, from)];
    }

    private long[] accumulate(String group, IntUnaryOperator counts) {
        int last = moments().last() + 2_000;
        long[] until = new long[last + 1];
        for (Shift shift : shifts.values()) {
            if (shift.groups.contains(group)) {
                for (int s = Math.max(0, shift.login); s < shift.logout; s++) {
                    until[s + 1] += counts.applyAsInt(shift.stateIn(group, s));
                }
            }
        }
        for (int s = 1; s <= last; s++) {
            until[s] += until[s - 1];
        }
        return until;
    }

    Long instant(int second) {
        return (midnight + second) * 1000;
    }

    private Object oldest(List<Recorded> queue) {
        return queue.isEmpty()
                ? null
                : (Object)
                        instant(queue.stream().mapToInt(Recorded::queued).min().getAsInt());
    }

    private static void put(Map<String, Object> row, String column, long value) {
        row.put(column, (int) value);
    }

    private static <T> int count(List<T> all, Predicate<T> which) {
        return (int) all.stream().filter(which).count();
    }
}
