package org.openrtd.itests;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.openrtd.statistics.Oracle;

/** What a client recorded, against what the recorded calls determine at each of its batches. */
final class RecordedDayCheck {

    private final Oracle oracle;
    private final RecordedHistory config = new RecordedHistory();
    private final RecordedHistory calls = new RecordedHistory();
    private final RecordedHistory agents = new RecordedHistory();
    private int moments;
    private int last;

    RecordedDayCheck(LocalDate day, Path record) throws IOException {
        oracle = new Oracle(day);
        config.play(record.resolve("config.jsonl"), (time, epoch, sequence) -> {});
        calls.play(record.resolve("calls.jsonl"), (time, epoch, sequence) -> checkCalls(time));
        agents.play(record.resolve("agents.jsonl"), (time, epoch, sequence) -> checkAgents(time));
    }

    /** At how many batches something was compared. */
    int moments() {
        return moments;
    }

    /** The day is over: nobody waits, talks or is logged in. */
    void assertTheEnd() {
        if (last < oracle.moments().last()) {
            throw new AssertionError("The record ends at " + at(last) + ", the day at "
                    + at(oracle.moments().last()));
        }
    }

    private void checkCalls(Instant time) {
        int t = second(time);
        if (t < 0) {
            return;
        }
        for (String type : oracle.types) {
            long callType = id("Call_Type", "EnterpriseName", type, "CallTypeID");
            assertRow(oracle.callType(type, t), calls.row("Call_Type_Real_Time", "CallTypeID", callType), t, type);
            long group = id("Skill_Group", "PeripheralName", type, "SkillTargetID");
            assertRow(
                    oracle.skillGroup(type, t),
                    calls.row("Skill_Group_Real_Time", "SkillTargetID", group),
                    t,
                    "group " + type);
        }
        moments++;
        last = Math.max(last, t);
    }

    private void checkAgents(Instant time) {
        int t = second(time);
        if (t < 0) {
            return;
        }
        oracle.shifts.forEach((agent, shift) -> {
            long id = id("Agent", "PeripheralNumber", agent, "SkillTargetID");
            Object state = agents.row("Agent_Real_Time", "SkillTargetID", id).get("AgentState");
            if (!Objects.equals(state, (long) shift.state(t))) {
                throw new AssertionError(agent + " at " + at(t) + " should be " + shift.state(t) + ", is " + state);
            }
        });
    }

    private long id(String table, String column, String name, String key) {
        return (Long) config.row(table, column, name).get(key);
    }

    private void assertRow(Map<String, Object> expected, Map<String, Object> row, int t, String what) {
        Map<String, String> wrong = new TreeMap<>();
        expected.forEach((column, value) -> {
            Object recorded = row.get(column);
            if (!same(value, recorded)) {
                wrong.put(column, "should be " + value + ", is " + recorded);
            }
        });
        if (!wrong.isEmpty()) {
            throw new AssertionError(what + " at " + at(t) + ": " + wrong);
        }
    }

    private static boolean same(Object expected, Object recorded) {
        if (expected instanceof Double number) {
            return recorded instanceof Number is && is.doubleValue() == number;
        }
        if (expected instanceof Number number) {
            // Instants are text in the record, milliseconds in the oracle.
            return recorded instanceof String instant
                    ? Instant.parse(instant).toEpochMilli() == number.longValue()
                    : recorded instanceof Long is && is == number.longValue();
        }
        return Objects.equals(expected, recorded);
    }

    private int second(Instant time) {
        return (int) (time.getEpochSecond() - oracle.midnight);
    }

    private static String at(int t) {
        return "%d:%02d:%02d".formatted(t / 3600, t / 60 % 60, t % 60);
    }
}
