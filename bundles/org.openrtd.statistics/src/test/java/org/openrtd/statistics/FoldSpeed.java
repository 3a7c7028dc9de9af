package org.openrtd.statistics;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import org.openrtd.catalog.Catalog;
import org.openrtd.events.Event;
import org.openrtd.feed.Change;

/** Measures the fold; never part of the test run. Prints what it did and how long it took. */
final class FoldSpeed {

    private static final String GATEWAY = "pg";
    private static final long START = 915_530_400_000L;

    private FoldSpeed() {}

    public static void main(String[] arguments) throws IOException {
        for (int round = 1; round <= 3; round++) {
            System.out.println("round " + round);
            calls(20, 20, 3_000_000);
            largeCentre();
        }
    }

    /** Calls that are offered, queued, answered and ended; a mark and a cut for each second of 2,000 events. */
    private static void calls(int types, int agents, int events) {
        Statistics statistics = centre(types, types, agents, types);
        List<Event> made = new ArrayList<>();
        Random random = new Random(1);
        long time = START;
        for (int call = 0; made.size() < events; call++) {
            String name = "call" + call;
            String type = "t" + random.nextInt(types);
            String group = "g" + random.nextInt(types);
            made.add(new Event.CallOffered(time, name, type));
            made.add(new Event.CallQueued(time, name, List.of(group)));
            String before = "call" + (call - 400);
            if (call >= 400) {
                made.add(new Event.CallAnswered(time, before, "a" + random.nextInt(agents), null));
            }
            if (call >= 800) {
                made.add(new Event.CallEnded(time, "call" + (call - 800)));
            }
            if (call % 500 == 0) {
                made.add(new Event.ClockAdvanced(time));
                time += 1000;
            }
        }
        long rows = 0;
        long began = System.nanoTime();
        for (Event event : made) {
            statistics.fold(GATEWAY, event);
            if (event instanceof Event.ClockAdvanced) {
                rows += statistics.cut(Catalog.CALLS).size()
                        + statistics.cut(Catalog.AGENTS).size();
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                "calls: %,d events in %.2f s = %,.0f events/s, %,d rows cut%n",
                made.size(), seconds, made.size() / seconds, rows);
    }

    /** 48,000 agents in 15 groups each, 4,000 state changes a second. */
    private static void largeCentre() throws IOException {
        int agents = 48_000;
        long[] sizes = new long[1];
        long before = used();
        Statistics statistics = timed("configure 48,000 agents, 720,000 members", () -> centre(3000, 3000, agents, 15));
        timed("all rows", () -> {
            sizes[0] = statistics.all(Catalog.CALLS).size()
                    + statistics.all(Catalog.AGENTS).size();
            return sizes[0];
        });
        timed("log in 48,000", () -> {
            for (int agent = 0; agent < agents; agent++) {
                statistics.fold(GATEWAY, new Event.AgentLoggedIn(START, "a" + agent, groupsOf(agent, 3000, 15), null));
                statistics.fold(GATEWAY, new Event.AgentStateChanged(START, "a" + agent, 3, 0));
            }
            statistics.fold(GATEWAY, new Event.ClockAdvanced(START));
            return statistics.cut(Catalog.CALLS).size()
                    + statistics.cut(Catalog.AGENTS).size();
        });
        System.out.printf("memory of the state: %,d MB%n", (used() - before) / 1_000_000);
        Random random = new Random(2);
        long[] time = {START};
        timed("20 s of 4,000 state changes/s, cut each second", () -> {
            long rows = 0;
            for (int second = 0; second < 20; second++) {
                time[0] += 1000;
                for (int i = 0; i < 4000; i++) {
                    String agent = "a" + random.nextInt(agents);
                    statistics.fold(GATEWAY, new Event.AgentStateChanged(time[0], agent, 2 + random.nextInt(2), 0));
                }
                rows += mark(statistics, time[0]);
            }
            return rows;
        });
        timed("20 s in which nothing happens, cut each second", () -> {
            long rows = 0;
            for (int second = 0; second < 20; second++) {
                time[0] += 1000;
                rows += mark(statistics, time[0]);
            }
            return rows;
        });
        byte[] checkpoint = timed("checkpoint written", () -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try {
                statistics.writeTo(new DataOutputStream(bytes));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            return bytes.toByteArray();
        });
        System.out.printf("checkpoint: %,d bytes%n", checkpoint.length);
        timed("checkpoint read", () -> Stage.read(checkpoint));
    }

    private static long mark(Statistics statistics, long time) {
        statistics.fold(GATEWAY, new Event.ClockAdvanced(time));
        return statistics.cut(Catalog.CALLS).size()
                + statistics.cut(Catalog.AGENTS).size();
    }

    private static Statistics centre(int types, int groups, int agents, int groupsEach) {
        Statistics statistics = new Statistics(Stage.ZONE);
        List<Change> rows = new ArrayList<>();
        rows.add(Stage.row("Peripheral", 1, "EnterpriseName", GATEWAY));
        for (int i = 0; i < types; i++) {
            rows.add(Stage.row("Call_Type", i + 1, "EnterpriseName", "t" + i, "ServiceLevelThreshold", 20));
        }
        for (int i = 0; i < groups; i++) {
            rows.add(Stage.row(
                    "Skill_Group", i + 1, "PeripheralID", 1, "PeripheralName", "g" + i, "ServiceLevelThreshold", 20));
        }
        for (int i = 0; i < agents; i++) {
            rows.add(Stage.row("Agent", 100_000 + i, "PeripheralID", 1, "PeripheralNumber", "a" + i));
            for (String group : groupsOf(i, groups, groupsEach)) {
                rows.add(Stage.row("Skill_Group_Member", Integer.parseInt(group.substring(1)) + 1, 100_000 + i));
            }
        }
        statistics.configure(1, rows);
        return statistics;
    }

    private static List<String> groupsOf(int agent, int groups, int each) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            names.add("g" + (agent + i * 7) % groups);
        }
        return names.stream().distinct().toList();
    }

    private interface Work<T> {
        T run();
    }

    private static <T> T timed(String what, Work<T> work) {
        LongSupplier clock = System::nanoTime;
        long began = clock.getAsLong();
        T result = work.run();
        System.out.printf(
                "%s: %.3f s%s%n",
                what,
                (clock.getAsLong() - began) / 1e9,
                result instanceof Number number ? ", %,d rows".formatted(number.longValue()) : "");
        return result;
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
