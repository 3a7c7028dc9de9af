package org.openrtd.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.events.Event;
import org.openrtd.events.NumberedEvent;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.gateway.replay.RecordedDay;

/**
 * The recorded days, played by the replay gateway and folded, against what the file says when it is asked anew for each
 * moment. At every moment with an event, at each threshold's passing and at sampled others, every column of every row is
 * either what the file determines or NULL because nothing determines it.
 */
class TruthTest {

    private static final String GATEWAY = "bank";
    private static final int PERIPHERAL = 5000;

    /** Days with calls past midnight, with many untidy rows, a Friday, and a Saturday that opens in the evening. */
    private static final int[] USUAL_DAYS = {2, 5, 8, 13, 16};

    static IntStream days() {
        return Boolean.getBoolean("anonymous.bank.month")
                ? IntStream.rangeClosed(1, 31).filter(day -> day != 11 && day != 12)
                : IntStream.of(USUAL_DAYS);
    }

    private final Statistics statistics = new Statistics(Stage.ZONE);
    private final Map<String, Map<List<Object>, Row>> replica = new HashMap<>();
    private final Map<String, Integer> ids = new HashMap<>();

    @ParameterizedTest(name = "January {0}, 1999")
    @MethodSource("days")
    void everyColumnIsWhatTheFileDeterminesOrNull(int dayOfMonth) throws Exception {
        LocalDate day = LocalDate.of(1999, 1, dayOfMonth);
        RecordedDay recorded = RecordedDay.read(GATEWAY, RecordedCalls.file(), day, Stage.ZONE);
        Oracle oracle = new Oracle(day);
        assertEquals(oracle.calls.size(), recorded.calls());

        TreeSet<Integer> moments = oracle.moments();
        new ArrayList<>(oracle.calls).forEach(call -> moments.add(call.offered() + 20));
        Random random = new Random(dayOfMonth);
        int checked = 0;
        for (Iterator<NumberedEvent> events = recorded.from(1); events.hasNext(); ) {
            Event event = events.next().event();
            if (event instanceof Event.ConfigurationWanted wanted) {
                configure(wanted);
            }
            assertEquals(Outcome.ACCEPTED, statistics.fold(GATEWAY, event), event::toString);
            if (event instanceof Event.ClockAdvanced) {
                follow();
                int t = (int) (event.time() / 1000 - oracle.midnight);
                if (t >= 0 && (moments.contains(t) || t % 1800 == 0 || random.nextInt(40) == 0)) {
                    check(oracle, t);
                    checked++;
                }
            }
        }
        assertTrue(checked > moments.size() / 2, "only " + checked + " moments checked");
        CheckpointTest.assertRows(Stage.rows(statistics), replica, "at the end");
    }

    private void configure(Event.ConfigurationWanted wanted) {
        List<Change> rows = new ArrayList<>();
        rows.add(Stage.row("Peripheral", PERIPHERAL, "EnterpriseName", GATEWAY, "TimeZone", wanted.timeZone()));
        for (Event.CallTypeWanted type : wanted.callTypes()) {
            rows.add(Stage.row(
                    "Call_Type", id("type " + type.callType()),
                    "EnterpriseName", type.callType(),
                    "ServiceLevelThreshold", type.serviceLevelThreshold(),
                    "ServiceLevelType", type.serviceLevelType(),
                    "AbandonWaitTime", type.abandonWaitTime()));
        }
        for (Event.SkillGroupWanted group : wanted.skillGroups()) {
            rows.add(Stage.row(
                    "Skill_Group", id("group " + group.skillGroup()),
                    "PeripheralID", PERIPHERAL,
                    "PeripheralName", group.skillGroup(),
                    "MRDomainID", 1,
                    "ServiceLevelThreshold", group.serviceLevelThreshold(),
                    "ServiceLevelType", group.serviceLevelType()));
        }
        for (Event.AgentWanted agent : wanted.agents()) {
            rows.add(Stage.row(
                    "Agent", id("agent " + agent.agent()),
                    "PeripheralID", PERIPHERAL,
                    "PeripheralNumber", agent.agent()));
            for (String group : agent.skillGroups()) {
                rows.add(Stage.row("Skill_Group_Member", id("group " + group), id("agent " + agent.agent())));
            }
        }
        statistics.configure(1, rows);
    }

    private int id(String name) {
        return ids.computeIfAbsent(name, n -> ids.size() + 1);
    }

    private void follow() {
        for (String feed : List.of(Catalog.CALLS, Catalog.AGENTS)) {
            for (Change change : statistics.cut(feed)) {
                replica.computeIfAbsent(change.table().name(), name -> new HashMap<>())
                        .put(List.copyOf(change.key()), change.row());
            }
        }
    }

    private void check(Oracle oracle, int t) {
        int callsInProgress = 0;
        for (String type : oracle.types) {
            Row row = row("Call_Type_Real_Time", id("type " + type));
            assertRow(oracle.callType(type, t), row, t, type);
            callsInProgress += row.getInt("CallsAtVRUNow") + row.getInt("CallsAtAgentNow");
            assertRow(
                    oracle.skillGroup(type, t), row("Skill_Group_Real_Time", id("group " + type)), t, "group " + type);
        }
        int loggedOn = 0;
        for (Map.Entry<String, Oracle.Shift> entry : oracle.shifts.entrySet()) {
            Oracle.Shift shift = entry.getValue();
            int id = id("agent " + entry.getKey());
            int state = shift.state(t);
            loggedOn += state == 0 ? 0 : 1;
            Row agent = row("Agent_Real_Time", id, 1);
            Map<String, Object> expected = new HashMap<>();
            expected.put("AgentState", state);
            expected.put("ReasonCode", 0);
            expected.put("CallInProgress", (int) shift.talking(t));
            expected.put("Direction", state == 4 ? 1 : 0);
            expected.put("AvailableInMRD", state == 3 ? 1 : 0);
            expected.put("DateTimeLogin", state == 0 ? null : oracle.instant(shift.login));
            expected.put("SkillGroupSkillTargetID", state == 4 ? agent.get("SkillGroupSkillTargetID") : null);
            expected.put("Extension", null);
            // A call of no length changes a state and changes it back: when the state last changed is known of Ready.
            expected.put(
                    "DateTimeLastStateChange",
                    state == 3 ? oracle.instant(shift.availableSince(t)) : agent.get("DateTimeLastStateChange"));
            expected.put("DateTimeTaskLevelChange", agent.get("DateTimeTaskLevelChange"));
            assertRow(expected, agent, t, entry.getKey());
            for (String group : shift.groups) {
                Row member = row("Agent_Skill_Group_Real_Time", id, id("group " + group));
                expected.put("AgentState", shift.stateIn(group, t));
                expected.put("CallsInProgress", (int) shift.talkingIn(group, t));
                expected.put("DateTimeLastStateChange", member.get("DateTimeLastStateChange"));
                assertRow(expected, member, t, entry.getKey());
                if (state == 4 && id("group " + group) == (int) agent.get("SkillGroupSkillTargetID")) {
                    assertEquals(4, member.get("AgentState"), () -> entry.getKey() + " at " + at(t));
                }
            }
        }
        Row peripheral = row("Peripheral_Real_Time", PERIPHERAL);
        assertEquals(loggedOn, peripheral.get("AgentsLoggedOn"));
        assertEquals(callsInProgress, peripheral.get("CallsInProgress"));
        assertEquals(oracle.instant(t), row("Controller_Time", 1).get("NowTime"));
    }

    /** Finds every column to be what is expected, or to be NULL when nothing determines it. */
    private static void assertRow(Map<String, Object> expected, Row row, int t, String what) {
        Map<String, String> wrong = new TreeMap<>();
        List<ColumnInfo> columns = Catalog.table(row.table().name()).columns();
        for (int i = row.table().keyColumns(); i < columns.size(); i++) {
            String name = columns.get(i).name();
            Object value = row.get(i);
            if (name.equals("DateTime")) {
                assertNotNull(value);
            } else if (columns.get(i).undetermined() ? value != null : !expected.containsKey(name)) {
                wrong.put(name, "not determined by the file, but " + value);
            } else if (!Objects.equals(expected.get(name), value)) {
                wrong.put(name, "should be " + expected.get(name) + ", is " + value);
            }
        }
        if (!wrong.isEmpty()) {
            assertEquals(Map.of(), wrong, what + " at " + at(t));
        }
    }

    private Row row(String table, Object... key) {
        Row row = replica.get(table).get(List.of(key));
        assertNotNull(row);
        return row;
    }

    private static String at(int t) {
        return "%d:%02d:%02d".formatted(t / 3600, t / 60 % 60, t % 60);
    }
}
