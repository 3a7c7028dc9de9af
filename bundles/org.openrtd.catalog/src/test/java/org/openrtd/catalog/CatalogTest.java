package org.openrtd.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Table;

class CatalogTest {

    @Test
    void hasEachTableWithItsNumberOfColumnsInItsFeed() {
        Map<String, Integer> calls = Map.of(
                "Call_Type_Real_Time", 109,
                "Skill_Group_Real_Time", 19 + 3 * 20,
                "Peripheral_Real_Time", 14,
                "Controller_Time", 4);
        Map<String, Integer> agents = Map.of("Agent_Real_Time", 27, "Agent_Skill_Group_Real_Time", 9);
        Map<String, Integer> config = Map.ofEntries(
                Map.entry("Person", 9),
                Map.entry("Agent", 13),
                Map.entry("Agent_Team", 8),
                Map.entry("Agent_Team_Member", 4),
                Map.entry("Agent_Team_Supervisor", 4),
                Map.entry("Agent_Desk_Settings", 16),
                Map.entry("Skill_Target", 4),
                Map.entry("Skill_Group", 15),
                Map.entry("Skill_Group_Member", 4),
                Map.entry("Service", 12),
                Map.entry("Service_Member", 5),
                Map.entry("Route", 7),
                Map.entry("Enterprise_Skill_Group", 6),
                Map.entry("Enterprise_Skill_Group_Member", 4),
                Map.entry("Enterprise_Service", 6),
                Map.entry("Enterprise_Service_Member", 4),
                Map.entry("Attribute", 10),
                Map.entry("Agent_Attribute", 5),
                Map.entry("Precision_Queue", 10),
                Map.entry("Precision_Queue_Step", 7),
                Map.entry("Precision_Queue_Term", 10),
                Map.entry("Call_Type", 9),
                Map.entry("Dialed_Number", 9),
                Map.entry("Dialed_Number_Map", 7),
                Map.entry("Master_Script", 8),
                Map.entry("Script", 8),
                Map.entry("Call_Type_Map", 14),
                Map.entry("Admin_Script_Schedule_Map", 13),
                Map.entry("Script_Cross_Reference", 5),
                Map.entry("Peripheral", 10),
                Map.entry("Routing_Client", 7),
                Map.entry("Agent_Distribution", 6),
                Map.entry("Media_Routing_Domain", 6),
                Map.entry("Reason_Code", 7),
                Map.entry("Region", 6),
                Map.entry("Business_Hours", 7));
        assertColumns(calls, "calls");
        assertColumns(agents, "agents");
        assertColumns(config, "config");
        assertEquals(42, Catalog.tables().size());
    }

    private static void assertColumns(Map<String, Integer> counts, String feed) {
        List<Table> tables = Catalog.feed(feed).tables();
        assertEquals(counts.keySet(), tables.stream().map(Table::name).collect(java.util.stream.Collectors.toSet()));
        for (Table table : tables) {
            assertEquals(counts.get(table.name()), table.columns().size(), table.name());
        }
    }

    @Test
    void onlyTheConfigurationsHistoryIsDurable() {
        assertTrue(Catalog.feed("config").durable());
        assertFalse(Catalog.feed("calls").durable());
        assertFalse(Catalog.feed("agents").durable());
    }

    @Test
    void keysComeFirst() {
        assertEquals(1, Catalog.table("Call_Type_Real_Time").table().keyColumns());
        assertEquals(2, Catalog.table("Agent_Real_Time").table().keyColumns());
        assertEquals(2, Catalog.table("Agent_Skill_Group_Real_Time").table().keyColumns());
        assertEquals(2, Catalog.table("Skill_Group_Member").table().keyColumns());
    }

    @Test
    void namesAreSpelledAsReportsSpellThem() {
        TableInfo callType = Catalog.table("Call_Type_Real_Time");
        List<String> order = callType.columns().stream().map(ColumnInfo::name).toList();
        assertEquals(
                List.of(
                        "CallTypeID",
                        "DateTime",
                        "ScriptID",
                        "MasterScriptID",
                        "RouterCallsQNow",
                        "RouterCallsQNowTime",
                        "RouterLongestCallQ",
                        "AvgRouterDelayQNow",
                        "CallsAtVRUNow",
                        "CallsAtAgentNow",
                        "ServiceLevelCallsQHeld",
                        "AnswerWaitTimeTo5",
                        "AvgRouterDelayQTo5"),
                order.subList(0, 13));
        for (String name : List.of(
                "CTDelayAbandTimeTo5",
                "CallsLeftQTo5",
                "ServiceLevelRONATo5",
                "AgentErrorCountHalf",
                "ServiceLevelErrorHalf",
                "ReturnReleaseHalf",
                "CallsRoutedToHalf",
                "ICRDefaultRoutedToHalf",
                "ShortCallsToHalf",
                "CallsRoutedToday",
                "ErrorCountToday",
                "ShortCallToday")) {
            assertEquals(name, callType.column(name).name());
        }
        for (String name : List.of("CallsLeftQHalf", "CallsLeftQToday", "ShortCallsToday", "CallsRoutedTo5")) {
            assertTrue(callType.find(name).isEmpty(), name);
        }
        assertEquals(
                "LoggedOn Avail Ready NotReady TalkingIn TalkingOut TalkingOther WorkReady WorkNotReady BusyOther Hold"
                        + " ReservedAgents ICMAvailable RouterCallsQNow CallsQueuedNow RouterLongestCallQ"
                        + " LongestAvailAgent CallsHandledTo5 CallsAnsweredTo5 AnswerWaitTimeTo5 RouterCallsAbandQTo5"
                        + " AvgHandledCallsTalkTimeTo5 AvgHandledCallsTimeTo5 PercentUtilizationTo5 AvailTimeTo5"
                        + " NotReadyTimeTo5 TalkTimeTo5 WorkReadyTimeTo5 WorkNotReadyTimeTo5 BusyOtherTimeTo5"
                        + " ReservedStateTimeTo5 LoggedOnTimeTo5",
                String.join(
                        " ",
                        Catalog.table("Skill_Group_Real_Time").columns().stream()
                                .map(ColumnInfo::name)
                                .toList()
                                .subList(2, 34)));
        assertEquals(
                "SkillTargetID SkillGroupSkillTargetID AgentState CallsInProgress DateTime DateTimeLastStateChange"
                        + " DateTimeLogin Priority ReasonCode",
                String.join(
                        " ",
                        Catalog.table("Agent_Skill_Group_Real_Time").columns().stream()
                                .map(ColumnInfo::name)
                                .toList()));
    }

    @Test
    void aTableIsKnownByTwoNamesInWhateverCase() {
        assertSame(Catalog.table("Agent_Real_Time"), Catalog.table("t_Agent_Real_Time"));
        assertSame(Catalog.table("Agent_Real_Time"), Catalog.table("T_AGENT_real_time"));
        assertEquals(
                "AgentState",
                Catalog.table("agent_real_time").column("AGENTSTATE").name());
    }

    @Test
    void aMistypedNameIsAnsweredWithTheNearestOnes() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Catalog.table("Call_Type_RealTime"))
                .getMessage()
                .contains("did you mean Call_Type_Real_Time"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Catalog.table("t_Call_Type_Real_Time")
                        .column("CallsAnsweredT05"))
                .getMessage()
                .contains("did you mean CallsAnsweredTo5"));
        assertEquals(List.of(), Catalog.nearest("x".repeat(100_000)));
    }

    @Test
    void completesNames() {
        assertEquals(
                List.of("Skill_Group_Real_Time", "Skill_Group", "Skill_Group_Member"), Catalog.complete("skill_g"));
        assertEquals(List.of("t_Call_Type_Real_Time", "t_Call_Type", "t_Call_Type_Map"), Catalog.complete("t_call"));
        assertEquals(
                List.of("RouterLongestCallQ"),
                Catalog.table("Call_Type_Real_Time").complete("routerl"));
    }

    @Test
    void everyColumnHasATypeThatFitsItsUnitAndASentence() {
        for (TableInfo table : Catalog.tables()) {
            assertEquals(
                    table.table().columns(),
                    table.columns().stream().map(ColumnInfo::column).toList());
            for (ColumnInfo column : table.columns()) {
                String name = table.name() + "." + column.name();
                assertTrue(column.description().endsWith("."), name);
                assertEquals(column.unit() == Unit.TIME, column.column().type() == ColumnType.TIMESTAMP, name);
                assertEquals(column.unit() == Unit.RATIO, column.column().type() == ColumnType.DOUBLE, name);
                assertFalse(column.undetermined() && column.timeDriven(), name);
            }
        }
    }

    @Test
    void configurationTablesEndWithTheKeyOfTheirLastTransaction() {
        for (Table table : Catalog.feed(Catalog.CONFIG).tables()) {
            assertEquals(
                    new org.openrtd.feed.Column("RecoveryKey", ColumnType.LONG),
                    table.columns().get(table.columns().size() - 1),
                    table.name());
            assertTrue(table.hasColumn("ChangeStamp"), table.name());
        }
    }

    @Test
    void rulesSpeakOfColumnsAndTablesThatAreThere() {
        for (TableInfo table : Catalog.tables()) {
            table.unique().forEach(columns -> columns.forEach(table::column));
            for (Reference reference : table.references()) {
                table.column(reference.column());
                reference.when().ifPresent(when -> table.column(when.column()));
                TableInfo target = Catalog.table(reference.table());
                assertEquals(1, target.table().keyColumns(), reference.toString());
                reference.that().ifPresent(that -> target.column(that.column()));
            }
            for (ColumnInfo column : table.columns()) {
                String name = table.name() + "." + column.name();
                boolean text = column.column().type() == ColumnType.STRING;
                assertEquals(text, column.rules().maxLength() > 0, name);
                assertEquals(text, column.rules().text().isPresent(), name);
                assertTrue(column.family() != Family.KEY || column.rules().required(), name);
                assertTrue(column.rules().range().isEmpty() || column.column().type() == ColumnType.INT, name);
            }
        }
    }

    @Test
    void agentStatesHaveTheCodesOfRealTimeTables() {
        assertEquals(0, AgentState.LOGGED_OFF.code());
        assertEquals(3, AgentState.READY.code());
        assertEquals(4, AgentState.TALKING.code());
        assertEquals(8, AgentState.RESERVED.code());
        assertEquals(9, AgentState.UNKNOWN.code());
        assertEquals(10, AgentState.CALLS_ON_HOLD.code());
        assertEquals(14, AgentState.NOT_ACTIVE.code());
        CodeList codes =
                Catalog.table("Agent_Real_Time").column("AgentState").codes().orElseThrow();
        assertEquals("Busy Other", codes.text(7));
        assertEquals("77", codes.text(77));
        assertTrue(AgentState.of(15).isEmpty());
    }
}
