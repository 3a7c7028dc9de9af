package org.openrtd.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.catalog.Family;
import org.openrtd.events.Event;
import org.openrtd.feed.Row;

/** What holds at every clock mark, whatever comes in: calls are neither made nor lost, and nothing is negative. */
class ConservationTest {

    @Test
    void whateverComesInNothingIsMadeOrLost() {
        for (long seed = 101; seed <= 108; seed++) {
            Statistics statistics = new Statistics(Stage.ZONE);
            long key = 0;
            int marks = 0;
            for (RandomDay.Step step : RandomDay.steps(seed, 1500)) {
                step.foldInto(statistics, ++key);
                if (step.event() instanceof Event.ClockAdvanced && ++marks % 10 == 0) {
                    check(Stage.rows(statistics), "seed " + seed + " at mark " + marks);
                }
            }
        }
    }

    private static void check(Map<String, Map<List<Object>, Row>> tables, String where) {
        long inProgress = 0;
        for (Row row : tables.get("Peripheral_Real_Time").values()) {
            inProgress += row.getInt("CallsInProgress");
        }
        long active = 0;
        for (Row row : tables.get("Call_Type_Real_Time").values()) {
            active += row.getInt("CallsAtVRUNow") + row.getInt("CallsAtAgentNow");
            assertTrue(row.getInt("RouterCallsQNow") <= row.getInt("CallsAtVRUNow"), where);
            assertTrue(row.getInt("ServiceLevelCallsQHeld") <= row.getInt("RouterCallsQNow"), where);
            assertEquals(row.getInt("RouterCallsQNow") == 0, row.get("RouterLongestCallQ") == null, where);
            for (String family : List.of("To5", "Half", "Today")) {
                assertTrue(
                        row.getInt("HandleTime" + family)
                                >= row.getInt("TalkTime" + family) + row.getInt("HoldTime" + family),
                        where);
                assertTrue(
                        row.getInt("TotalCallsAband" + family)
                                >= row.getInt("RouterCallsAbandQ" + family)
                                        + row.getInt("RouterCallsAbandToAgent" + family),
                        where);
                assertTrue(
                        row.getInt("ServiceLevelCallsOffered" + family)
                                >= row.getInt("ServiceLevelCalls" + family) + row.getInt("ServiceLevelAband" + family),
                        where);
                assertTrue(row.getInt("CallsAnswered" + family) >= row.getInt("ServiceLevelCalls" + family), where);
            }
        }
        // After-call work is a call's, but the call is not active.
        assertTrue(active <= inProgress, where);
        for (Row row : tables.get("Skill_Group_Real_Time").values()) {
            assertEquals(
                    row.getInt("LoggedOn"),
                    row.getInt("Avail")
                            + row.getInt("NotReady")
                            + row.getInt("TalkingIn")
                            + row.getInt("WorkReady")
                            + row.getInt("WorkNotReady")
                            + row.getInt("BusyOther")
                            + row.getInt("Hold")
                            + row.getInt("ReservedAgents"),
                    where);
            assertEquals(row.getInt("Avail") == 0, row.get("LongestAvailAgent") == null, where);
            long inGroup = tables.get("Agent_Skill_Group_Real_Time").values().stream()
                    .filter(member -> member.get("SkillGroupSkillTargetID").equals(row.get("SkillTargetID")))
                    .filter(member -> member.getInt("AgentState") != 0 && member.getInt("AgentState") != 9)
                    .count();
            assertEquals(inGroup, row.getInt("LoggedOn"), where);
            assertTrue(row.getInt("LoggedOnTimeTo5") <= 300 * 24, where);
        }
        tables.forEach((table, rows) -> {
            for (ColumnInfo column : Catalog.table(table).columns()) {
                for (Row row : rows.values()) {
                    Object value = row.get(column.name());
                    String what = where + " " + row.key() + " " + column.name();
                    if (column.undetermined()) {
                        assertEquals(null, value, what);
                    } else if (value instanceof Number number && column.family() != Family.KEY) {
                        assertTrue(number.doubleValue() >= 0, what);
                        assertTrue(!(value instanceof Double ratio) || ratio <= 1, what);
                    }
                }
            }
        });
    }

    @Test
    void everyCallThatIsOfferedIsAnsweredAbandonedShortClosedOrStillThere() {
        for (long seed = 201; seed <= 210; seed++) {
            // One day without midnight or new configuration, so that what is counted today is all there was.
            Statistics statistics = new Statistics(Stage.ZONE);
            long key = 0;
            for (RandomDay.Step step : RandomDay.steps(seed, 1500, false)) {
                step.foldInto(statistics, ++key);
            }
            long offered = 0;
            long out = 0;
            long answered = 0;
            long afterAnswer = 0;
            Map<String, Map<List<Object>, Row>> tables = Stage.rows(statistics);
            for (Row row : tables.get("Call_Type_Real_Time").values()) {
                offered += row.getInt("CallsOfferedToday");
                answered += row.getInt("CallsAnsweredToday");
                out += row.getInt("TotalCallsAbandToday") + row.getInt("ShortCallToday") + row.getInt("CallsAtVRUNow");
                afterAnswer += row.getInt("CallsHandledToday") + row.getInt("CallsAtAgentNow");
            }
            long closed = 0;
            for (Row row : tables.get("Peripheral_Real_Time").values()) {
                closed += row.getLong("CallsClosedByPresent");
            }
            assertTrue(offered > 500 && answered > 100, "seed " + seed);
            assertTrue(offered >= answered + out, "seed " + seed);
            assertTrue(offered <= answered + out + closed, "seed " + seed);
            assertTrue(answered >= afterAnswer, "seed " + seed);
        }
    }
}
