package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.web.internal.FakeReplica.row;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openrtd.catalog.Catalog;

class TableQueryTest {

    private final FakeReplica agents = new FakeReplica("agents");

    TableQueryTest() {
        agents.put(row("Agent_Real_Time", "SkillTargetID", 1, "MRDomainID", 1, "AgentState", 3, "Extension", "100"));
        agents.put(row("Agent_Real_Time", "SkillTargetID", 2, "MRDomainID", 1, "AgentState", 2, "Extension", "2-A"));
        agents.put(row("Agent_Real_Time", "SkillTargetID", 3, "MRDomainID", 1, "AgentState", 3, "DateTime", 1_000));
        agents.put(row("Agent_Real_Time", "SkillTargetID", 10, "MRDomainID", 1)).cut();
    }

    private static TableQuery query(String query) {
        return new TableQuery(
                Catalog.table("Agent_Real_Time").table(),
                Catalog.table("Agent_Real_Time"),
                new Parameters(query, TableQuery.PARAMETERS));
    }

    private static String where(String condition) {
        return "where=" + URLEncoder.encode(condition, StandardCharsets.UTF_8);
    }

    private List<Object> ids(String query) {
        return query(query).rows(agents.view()).rows().stream()
                .map(row -> row.get(0))
                .toList();
    }

    @Test
    void hasAllRowsByKeyWhenNothingElseIsAskedFor() {
        assertEquals(List.of(1, 2, 3, 10), ids(null));
    }

    @Test
    void picksRowsByValue() {
        assertEquals(List.of(1, 3), ids(where("AgentState=3")));
        assertEquals(List.of(1, 3), ids(where("agentstate = Ready")));
        assertEquals(List.of(2, 10), ids(where("AgentState!=Ready")));
        assertEquals(List.of(10), ids(where("AgentState=NULL")));
        assertEquals(List.of(1, 2, 3), ids(where("AgentState!=NULL")));
        assertEquals(List.of(2), ids(where("AgentState<3")));
        assertEquals(List.of(1, 2, 3), ids(where("AgentState<=3")));
        assertEquals(List.of(10), ids(where("SkillTargetID>3")));
        assertEquals(List.of(3, 10), ids(where("SkillTargetID>=3")));
        assertEquals(List.of(2), ids(where("Extension~-a")));
        assertEquals(List.of(3), ids(where("DateTime=1970-01-01T00:00:01Z")));
        assertEquals(List.of(1), ids(where("AgentState=3") + "&" + where("Extension~0")));
    }

    @Test
    void takesNumbersForNumbersOnly() {
        FakeReplica calls = new FakeReplica("calls");
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1, "ServiceLevelToday", 0.5))
                .cut();
        for (String number : List.of("0.5", ".5", "5e-1", "+0.50")) {
            TableQuery query = callTypes(where("ServiceLevelToday=" + number));
            assertEquals(1, query.rows(calls.view()).matched(), number);
        }
        for (String none : List.of("NaN", "0x1p-1", "0.5d", "Infinity", "", ".")) {
            assertThrows(ApiError.class, () -> callTypes(where("ServiceLevelToday=" + none)), none);
        }
    }

    private static TableQuery callTypes(String query) {
        return new TableQuery(
                Catalog.table("Call_Type_Real_Time").table(),
                Catalog.table("Call_Type_Real_Time"),
                new Parameters(query, TableQuery.PARAMETERS));
    }

    @Test
    void tellsAnEmptyTextFromNoValueInCsv() {
        agents.put(row("Agent_Real_Time", "SkillTargetID", 1, "MRDomainID", 1, "Extension", ""))
                .cut();
        TableQuery text = query("columns=Extension,ReasonCode&limit=1");
        assertEquals(
                "Extension,ReasonCode\r\n\"\",\r\n",
                new String(text.csv(text.rows(agents.view()), new Labels(null), 10_000), StandardCharsets.UTF_8));
    }

    @Test
    void sortsByColumnsWithNoValueLast() {
        assertEquals(List.of(2, 1, 3, 10), ids("sort=AgentState"));
        assertEquals(List.of(1, 3, 2, 10), ids("sort=-AgentState"));
        assertEquals(List.of(3, 1, 2, 10), ids("sort=-AgentState,-SkillTargetID"));
    }

    @Test
    void saysHowManyThereAreBeyondTheLimit() {
        TableQuery.Found found = query("limit=2").rows(agents.view());
        assertEquals(2, found.rows().size());
        assertEquals(4, found.matched());
        assertEquals(List.of(), ids("limit=0"));
    }

    @Test
    void answersTheColumnsInTheOrderAskedFor() {
        TableQuery query = query("columns=AgentState,skilltargetid,AgentState&names=true&limit=1");
        byte[] json = query.json(Map.of(), query.rows(agents.view()), new Labels(null), 10_000);
        assertTrue(
                new String(json, StandardCharsets.UTF_8)
                        .endsWith("\"rows\":[{\"AgentState\":3,\"AgentState_text\":\"Ready\",\"SkillTargetID\":1,"
                                + "\"SkillTargetID_text\":\"#1\"}]}"),
                new String(json, StandardCharsets.UTF_8));
    }

    @Test
    void refusesWhatMakesNoSense() {
        for (String query : List.of(
                where("AgentState"),
                where("AgentState=Lunch"),
                where("AgentState>NULL"),
                where("DateTime=yesterday"),
                where("=3"),
                "limit=-1",
                "limit=100001",
                "limit=1&limit=2",
                "names=yes",
                "sort=" + "AgentState,".repeat(9),
                "columns=%zz",
                "columns=%ff",
                "columns=%",
                "columns=a%00")) {
            assertEquals(
                    400, assertThrows(ApiError.class, () -> query(query), query).status());
        }
        ApiError error = assertThrows(ApiError.class, () -> query(where("AgentState=Redy")));
        assertTrue(error.getMessage().contains("Not Ready"), error.getMessage());
    }

    @Test
    void doesNotGrowBeyondWhatAnAnswerMayBe() {
        TableQuery query = query(null);
        TableQuery.Found found = query.rows(agents.view());
        assertEquals(
                413,
                assertThrows(ApiError.class, () -> query.json(Map.of(), found, new Labels(null), 500))
                        .status());
        assertEquals(
                413,
                assertThrows(ApiError.class, () -> query.csv(found, new Labels(null), 300))
                        .status());
    }
}
