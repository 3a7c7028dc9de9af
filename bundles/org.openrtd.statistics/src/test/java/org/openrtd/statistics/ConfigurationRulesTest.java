package org.openrtd.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.openrtd.catalog.Catalog;
import org.openrtd.events.Event;
import org.openrtd.feed.Change;

/** What a change of configuration does in the middle of a day. */
class ConfigurationRulesTest {

    private final Stage stage = new Stage()
            .callType("PS", 1)
            .skillGroup("PS", 101)
            .skillGroup("IN", 102)
            .agent("a1", 201, "PS");

    @Test
    void whatIsConfiguredHasARowBeforeAnythingHappensToIt() {
        assertEquals(0, stage.callTypeValue("PS", "CallsOfferedToday"));
        assertEquals(0, stage.groupValue("IN", "LoggedOn"));
        assertEquals(0, stage.memberValue("a1", "PS", "AgentState"));
        assertEquals("no row", stage.memberValue("a1", "IN", "AgentState"));
        stage.assertFollowed();
    }

    @Test
    void theOrderOfRowsInATransactionMakesNoDifference() {
        Stage backwards = new Stage()
                .configure(
                        Stage.row("Skill_Group_Member", 101, 201),
                        Stage.row("Agent", 201, "PeripheralID", 6000, "PeripheralNumber", "a1"),
                        Stage.row("Skill_Group", 101, "PeripheralID", 6000, "PeripheralName", "PS", "MRDomainID", 3),
                        Stage.row("Peripheral", 6000, "EnterpriseName", "pg2"));
        assertEquals(0, backwards.value("Agent_Skill_Group_Real_Time", "AgentState", 201, 101));
        assertEquals(0, backwards.value("Agent_Real_Time", "AgentState", 201, 3));
    }

    @Test
    void aRenamedCallTypeGoesOnCountingUnderItsNewName() {
        stage.offered("1", "PS");
        stage.configure(Stage.row("Call_Type", 1, "EnterpriseName", "NEW", "ServiceLevelThreshold", 20));
        assertEquals(Outcome.REFUSED, stage.happens(t -> new Event.CallOffered(t, "2", "PS")));
        stage.offered("3", "NEW");
        assertEquals(2, stage.callTypeValue("PS", "CallsOfferedToday"));
    }

    @Test
    void twoNamesMayBeExchangedInOneTransaction() {
        stage.callType("B", 2);
        stage.configure(
                Stage.row("Call_Type", 1, "EnterpriseName", "B"), Stage.row("Call_Type", 2, "EnterpriseName", "PS"));
        stage.offered("1", "B");
        assertEquals(1, stage.value("Call_Type_Real_Time", "CallsOfferedToday", 1));
        assertEquals(0, stage.value("Call_Type_Real_Time", "CallsOfferedToday", 2));
    }

    @Test
    void aDeletedCallTypeHasNoRowAndItsCallsComeToTheirEnd() {
        stage.logsIn("a1", "PS").offered("1", "PS").queued("1", "PS");
        stage.configure(Stage.row("Call_Type", 1, "EnterpriseName", "PS", "Deleted", "Y"));
        assertEquals("no row", stage.callTypeValue("PS", "CallsOfferedToday"));
        stage.answered("1", "a1", "PS").ended("1");
        assertEquals("no row", stage.callTypeValue("PS", "CallsOfferedToday"));
        assertEquals(1, stage.groupValue("PS", "CallsHandledToday"));
        stage.assertFollowed();
    }

    @Test
    void aCallTypeThatComesBackOnAnotherDayHasThatDaysFigures() {
        stage.offered("1", "PS").abandoned("1").clock();
        stage.configure(Stage.row("Call_Type", 1, "EnterpriseName", "PS", "Deleted", "Y"));
        stage.leap(LocalDateTime.parse("1999-01-06T10:00:00"));
        stage.configure(Stage.row("Call_Type", 1, "EnterpriseName", "PS", "Deleted", "N"));
        assertEquals(0, stage.callTypeValue("PS", "CallsOfferedToday"));
        assertEquals(0, stage.callTypeValue("PS", "CallsOfferedHalf"));
        stage.assertFollowed();
    }

    @Test
    void aDeletedGroupTakesItsMembersRowsWithIt() {
        stage.logsIn("a1", "PS").ready("a1");
        stage.configure(Stage.row("Skill_Group", 101, "PeripheralID", 5000, "PeripheralName", "PS", "Deleted", "Y"));
        assertEquals("no row", stage.groupValue("PS", "Avail"));
        assertEquals("no row", stage.memberValue("a1", "PS", "AgentState"));
        assertEquals(3, stage.agentValue("a1", "AgentState"));
        stage.assertFollowed();
    }

    @Test
    void aDeletedAgentIsLoggedOut() {
        stage.logsIn("a1", "PS").ready("a1");
        stage.configure(Stage.row("Agent", 201, "PeripheralID", 5000, "PeripheralNumber", "a1", "Deleted", "Y"));
        assertEquals("no row", stage.agentValue("a1", "AgentState"));
        assertEquals("no row", stage.memberValue("a1", "PS", "AgentState"));
        assertEquals(0, stage.groupValue("PS", "LoggedOn"));
        assertEquals(0, stage.peripheralValue("AgentsLoggedOn"));
        stage.assertFollowed();
    }

    @Test
    void aMemberWhoIsRemovedStaysWhileLoggedInToTheGroup() {
        stage.logsIn("a1", "PS").ready("a1");
        Change member = Stage.row("Skill_Group_Member", 101, 201);
        stage.configure(Change.delete(member.table(), member.key()));
        assertEquals(3, stage.memberValue("a1", "PS", "AgentState"));
        stage.logsOut("a1", 0);
        assertEquals("no row", stage.memberValue("a1", "PS", "AgentState"));
        stage.assertFollowed();
    }

    @Test
    void anAgentsRowMovesWithTheDomainOfItsGroups() {
        assertEquals(0, stage.value("Agent_Real_Time", "AgentState", 201, 1));
        stage.configure(Stage.row("Skill_Group", 101, "PeripheralID", 5000, "PeripheralName", "PS", "MRDomainID", 7));
        assertEquals("no row", stage.value("Agent_Real_Time", "AgentState", 201, 1));
        assertEquals(0, stage.value("Agent_Real_Time", "AgentState", 201, 7));
        stage.assertFollowed();
    }

    @Test
    void aNewThresholdIsForTheCallsThatCome() {
        stage.offered("1", "PS");
        stage.configure(Stage.row("Call_Type", 1, "EnterpriseName", "PS", "ServiceLevelThreshold", 5));
        stage.offered("2", "PS").later(6);
        assertEquals(1, stage.callTypeValue("PS", "ServiceLevelCallsOfferedToday"));
        stage.later(14);
        assertEquals(2, stage.callTypeValue("PS", "ServiceLevelCallsOfferedToday"));
    }

    @Test
    void whereNoThresholdIsConfiguredThereIsNoServiceLevel() {
        stage.configure(Stage.row("Call_Type", 1, "EnterpriseName", "PS"));
        stage.offered("1", "PS").later(60).abandoned("1");
        assertEquals(0, stage.callTypeValue("PS", "ServiceLevelCallsOfferedToday"));
        assertEquals(1, stage.callTypeValue("PS", "TotalCallsAbandToday"));
    }

    @Test
    void theCutNamesTheConfigurationItWasMadeUnder() {
        long key = stage.statistics().configurationKey();
        stage.callType("NEW", 9);
        assertEquals(key + 1, stage.statistics().configurationKey());
        assertEquals(key + 1, stage.statistics().cutAt(4).configurationKey());
        assertEquals(4, stage.statistics().cutAt(4).tick());
    }

    @Test
    void aPeripheralThatIsDeletedLeavesNoCallsAndNoAgentsBehind() {
        stage.logsIn("a1", "PS").offered("1", "PS").queued("1", "PS");
        stage.configure(Stage.row("Peripheral", Stage.PERIPHERAL, "EnterpriseName", "pg", "Deleted", "Y"));
        stage.statistics().fold("", new Event.ClockAdvanced(stage.millis()));
        assertEquals(0, stage.value("Call_Type_Real_Time", "RouterCallsQNow", 1));
        assertEquals(0, stage.value("Agent_Real_Time", "AgentState", 201, 1));
        assertEquals("no row", stage.peripheralValue("GatewayState"));
        assertEquals(Outcome.REFUSED, stage.statistics().fold("pg", new Event.CallOffered(stage.millis(), "2", "PS")));
    }

    @Test
    void asksForNoFeedButItsOwn() {
        org.junit.jupiter.api.Assertions.assertThrows(
                IllegalArgumentException.class, () -> stage.statistics().cut(Catalog.CONFIG));
    }
}
