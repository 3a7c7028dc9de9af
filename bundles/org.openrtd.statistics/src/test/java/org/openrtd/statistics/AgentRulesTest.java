package org.openrtd.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.openrtd.events.Event;

/** Which state an agent shows, and since when. */
class AgentRulesTest {

    private final Stage stage = new Stage()
            .callType("PS", 1)
            .skillGroup("PS", 101)
            .skillGroup("IN", 102)
            .skillGroup("NE", 103)
            .agent("a1", 201, "PS", "IN")
            .agent("a2", 202, "PS");

    private Object state() {
        return stage.agentValue("a1", "AgentState");
    }

    private Object stateIn(String group) {
        return stage.memberValue("a1", group, "AgentState");
    }

    @Test
    void anAgentIsLoggedOffUntilLoggingIn() {
        assertEquals(0, state());
        assertNull(stage.agentValue("a1", "DateTimeLogin"));
        assertEquals(0, stateIn("PS"));
    }

    @Test
    void anAgentWhoLogsInIsNotReadyUntilSayingOtherwise() {
        stage.at("10:00:05").logsIn("a1", "PS");
        long login = stage.millis();
        assertEquals(2, state());
        assertEquals(login, stage.agentValue("a1", "DateTimeLogin"));
        assertEquals(login, stage.agentValue("a1", "DateTimeLastStateChange"));
        assertEquals("77a1", stage.agentValue("a1", "Extension"));
        assertEquals(2, stateIn("PS"));
        assertEquals(0, stateIn("IN"));
        stage.at("10:00:09").ready("a1");
        assertEquals(3, state());
        assertEquals(1, stage.agentValue("a1", "AvailableInMRD"));
        assertEquals(login + 4000, stage.agentValue("a1", "DateTimeLastStateChange"));
        assertEquals(login, stage.agentValue("a1", "DateTimeLogin"));
    }

    @Test
    void notReadyCarriesItsReason() {
        stage.logsIn("a1", "PS", "IN").notReady("a1", 17);
        assertEquals(17, stage.agentValue("a1", "ReasonCode"));
        assertEquals(17, stage.memberValue("a1", "IN", "ReasonCode"));
        stage.ready("a1");
        assertEquals(0, stage.agentValue("a1", "ReasonCode"));
        stage.logsOut("a1", 4);
        assertEquals(4, stage.memberValue("a1", "PS", "ReasonCode"));
    }

    @Test
    void anAgentIsTalkingInOneGroupAndBusyInTheOthers() {
        stage.logsIn("a1", "PS", "IN").ready("a1").offered("1", "PS").answered("1", "a1", "PS");
        assertEquals(4, state());
        assertEquals(1, stage.agentValue("a1", "Direction"));
        assertEquals(101, stage.agentValue("a1", "SkillGroupSkillTargetID"));
        assertEquals(4, stateIn("PS"));
        assertEquals(7, stateIn("IN"));
        assertEquals(1, stage.memberValue("a1", "PS", "CallsInProgress"));
        assertEquals(0, stage.memberValue("a1", "IN", "CallsInProgress"));
        stage.ended("1");
        assertEquals(3, state());
        assertEquals(3, stateIn("IN"));
        assertEquals(0, stage.agentValue("a1", "Direction"));
        assertNull(stage.agentValue("a1", "SkillGroupSkillTargetID"));
    }

    @Test
    void anAgentIsTalkingWhileAtLeastOneOfOverlappingCallsIs() {
        stage.logsIn("a1", "PS", "IN").ready("a1").offered("1", "PS").offered("2", "PS");
        stage.answered("1", "a1", "PS");
        long since = stage.millis();
        stage.at("10:00:10").answered("2", "a1", "IN");
        assertEquals(2, stage.agentValue("a1", "CallInProgress"));
        assertEquals(4, stateIn("PS"));
        assertEquals(4, stateIn("IN"));
        stage.at("10:00:20").ended("1");
        assertEquals(4, state());
        assertEquals(since, stage.agentValue("a1", "DateTimeLastStateChange"));
        assertEquals(7, stateIn("PS"));
        stage.at("10:00:30").ended("2");
        assertEquals(3, state());
        assertEquals(since + 30_000, stage.agentValue("a1", "DateTimeLastStateChange"));
    }

    @Test
    void anAgentIsReservedWhileTheTelephoneRings() {
        stage.logsIn("a1", "PS", "IN")
                .ready("a1")
                .offered("1", "PS")
                .queued("1", "PS")
                .rings("1", "a1", "PS");
        assertEquals(8, state());
        assertEquals(7, stateIn("IN"));
        assertEquals(0, stage.agentValue("a1", "Direction"));
        stage.notAnswered("1", "a1");
        assertEquals(3, state());
        stage.rings("1", "a1", "PS").answered("1", "a1", null);
        assertEquals(4, stateIn("PS"));
        assertEquals(1, stage.agentValue("a1", "CallInProgress"));
    }

    @Test
    void aCallThatRangHereAndIsAnsweredElsewhereLeavesThisAgent() {
        stage.logsIn("a1", "PS").ready("a1").logsIn("a2", "PS").ready("a2");
        stage.offered("1", "PS").queued("1", "PS").rings("1", "a1", "PS").answered("1", "a2", "PS");
        assertEquals(3, state());
        assertEquals(4, stage.agentValue("a2", "AgentState"));
        assertEquals(0, stage.memberValue("a1", "PS", "CallsInProgress"));
    }

    @Test
    void callsOnHoldShowWhenNoneIsTalking() {
        stage.logsIn("a1", "PS").ready("a1").offered("1", "PS").offered("2", "PS");
        stage.answered("1", "a1", "PS").held("1");
        assertEquals(10, state());
        assertEquals(1, stage.agentValue("a1", "Direction"));
        stage.answered("2", "a1", "PS");
        assertEquals(4, state());
    }

    @Test
    void afterCallWorkLeadsToWhatTheAgentChose() {
        stage.logsIn("a1", "PS", "IN")
                .ready("a1")
                .offered("1", "PS")
                .answered("1", "a1", "PS")
                .wrapUp("1");
        assertEquals(6, state());
        assertEquals(6, stateIn("PS"));
        assertEquals(7, stateIn("IN"));
        stage.notReady("a1", 5);
        assertEquals(5, state());
        stage.ended("1");
        assertEquals(2, state());
        assertEquals(2, stateIn("IN"));
    }

    @Test
    void aChoiceMadeDuringACallShowsAfterIt() {
        stage.logsIn("a1", "PS")
                .ready("a1")
                .offered("1", "PS")
                .answered("1", "a1", "PS")
                .notReady("a1", 9);
        assertEquals(4, state());
        stage.ended("1");
        assertEquals(2, state());
        assertEquals(9, stage.agentValue("a1", "ReasonCode"));
    }

    @Test
    void workAfterATransferIsWorkForTheCallsGroup() {
        stage.logsIn("a1", "PS", "IN").ready("a1").offered("1", "PS").answered("1", "a1", "PS");
        stage.transferred("1", "PS").chooses("a1", 6, 0);
        assertEquals(6, state());
        assertEquals(6, stateIn("PS"));
        assertEquals(7, stateIn("IN"));
        stage.ready("a1");
        assertEquals(3, stateIn("PS"));
    }

    @Test
    void anAgentWhoLogsOutIsLoggedOffInAllGroups() {
        stage.logsIn("a1", "PS", "IN").ready("a1").at("10:05:00").logsOut("a1", 3);
        assertEquals(0, state());
        assertEquals(0, stateIn("PS"));
        assertNull(stage.agentValue("a1", "DateTimeLogin"));
        assertNull(stage.agentValue("a1", "Extension"));
        assertNull(stage.memberValue("a1", "PS", "DateTimeLogin"));
        assertEquals(stage.millis(), stage.agentValue("a1", "DateTimeLastStateChange"));
        assertEquals(Outcome.UNTIDY, stage.happens(t -> new Event.AgentLoggedOut(t, "a1", 0)));
    }

    @Test
    void aCallOutlastsTheLogoutOfItsAgent() {
        stage.logsIn("a1", "PS")
                .ready("a1")
                .offered("1", "PS")
                .answered("1", "a1", "PS")
                .logsOut("a1", 0);
        assertEquals(0, state());
        assertEquals(1, stage.agentValue("a1", "CallInProgress"));
        stage.logsIn("a1", "PS");
        assertEquals(4, state());
        stage.at("10:01:00").ended("1");
        assertEquals(1, stage.groupValue("PS", "CallsHandledToday"));
        assertEquals(2, state());
    }

    @Test
    void anAgentMayLogInToAGroupThatTheConfigurationDoesNotHaveTheAgentIn() {
        stage.logsIn("a1", "PS", "NE").ready("a1");
        assertEquals(3, stateIn("NE"));
        assertEquals(1, stage.groupValue("NE", "Avail"));
        stage.logsOut("a1", 0);
        assertEquals("no row", stateIn("NE"));
        stage.assertFollowed();
    }

    @Test
    void anAnswerByAnAgentWhoIsNotLoggedInIsUntidyAndCounts() {
        stage.offered("1", "PS");
        assertEquals(Outcome.UNTIDY, stage.happens(t -> new Event.CallAnswered(t, "1", "a1", "PS")));
        assertEquals(0, state());
        assertEquals(1, stage.groupValue("PS", "CallsAnsweredToday"));
    }

    @Test
    void aStateThatIsChosenAgainChangesNothing() {
        stage.logsIn("a1", "PS").ready("a1");
        long since = stage.millis();
        stage.at("10:01:00").ready("a1");
        assertEquals(since, stage.agentValue("a1", "DateTimeLastStateChange"));
    }

    @Test
    void anUnknownAgentOrGroupIsRefusedWhole() {
        assertEquals(
                Outcome.REFUSED,
                stage.happens(t -> new Event.AgentLoggedIn(t, "a1", java.util.List.of("PS", "XX"), null)));
        assertEquals(0, state());
        assertEquals(Outcome.REFUSED, stage.happens(t -> new Event.AgentStateChanged(t, "who", 3, 0)));
        assertEquals("unknown agent who", stage.peripheralValue("LastRefusal"));
    }
}
