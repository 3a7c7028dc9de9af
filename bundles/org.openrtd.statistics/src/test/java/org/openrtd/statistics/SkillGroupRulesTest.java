package org.openrtd.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

/** What events do to the skill group's row. */
class SkillGroupRulesTest {

    private final Stage stage = new Stage()
            .callType("PS", 1)
            .callType("AW", 2, "AbandonWaitTime", 5)
            .skillGroup("PS", 101)
            .skillGroup("IN", 102, "ServiceLevelThreshold", 10, "ServiceLevelType", 3)
            .agent("a1", 201, "PS", "IN")
            .agent("a2", 202, "PS")
            .agent("a3", 203, "PS")
            .logsIn("a1", "PS", "IN")
            .ready("a1");

    private Object ps(String column) {
        return stage.groupValue("PS", column);
    }

    private Object in(String column) {
        return stage.groupValue("IN", column);
    }

    @Test
    void theFirstAnswerTakesTheCallOutOfTheQueuesOfAllGroups() {
        stage.offered("1", "PS").queued("1", "PS", "IN");
        assertEquals(1, ps("RouterCallsQNow"));
        assertEquals(1, in("RouterCallsQNow"));
        assertEquals(1, stage.callTypeValue("PS", "RouterCallsQNow"));
        stage.at("10:00:12").answered("1", "a1", "IN");
        assertEquals(0, ps("RouterCallsQNow"));
        assertNull(ps("RouterLongestCallQ"));
        assertEquals(0, in("RouterCallsQNow"));
        assertEquals(1, in("CallsAnsweredTo5"));
        assertEquals(12, in("AnswerWaitTimeTo5"));
        assertEquals(0, ps("CallsAnsweredTo5"));
        stage.at("10:00:42").ended("1");
        assertEquals(1, in("CallsHandledTo5"));
        assertEquals(30, in("AvgHandledCallsTalkTimeTo5"));
        assertNull(ps("AvgHandledCallsTalkTimeTo5"));
    }

    @Test
    void aGroupThatDidNotAnswerHasNoServiceLevelEventAfterwards() {
        stage.offered("1", "PS").queued("1", "PS", "IN").at("10:00:05").answered("1", "a1", "IN");
        stage.at("10:01:00");
        assertEquals(0, ps("ServiceLevelCallsOfferedToday"));
        assertEquals(1, in("ServiceLevelCallsOfferedToday"));
        assertEquals(1, in("ServiceLevelCallsToday"));
    }

    @Test
    void theGroupsServiceLevelClockStartsAtTheQueueing() {
        stage.offered("1", "PS").at("10:00:15").queued("1", "PS").at("10:00:34");
        assertEquals(0, ps("ServiceLevelCallsOfferedToday"));
        assertEquals(1, stage.callTypeValue("PS", "ServiceLevelCallsOfferedToday"));
        stage.at("10:00:35").answered("1", "a1", "PS");
        assertEquals(1, ps("ServiceLevelCallsToday"));
        assertEquals(0, stage.callTypeValue("PS", "ServiceLevelCallsToday"));
    }

    @Test
    void aCallThatIsQueuedLaterForAnotherGroupWaitsThereFromThen() {
        stage.offered("1", "PS").queued("1", "PS").at("10:00:20").queued("1", "PS", "IN");
        assertEquals(1, ps("CallsOfferedTo5"));
        assertEquals(1, stage.callTypeValue("PS", "RouterQueueCallsTo5"));
        stage.at("10:00:30").answered("1", "a1", "IN");
        assertEquals(10, in("AnswerWaitTimeTo5"));
        assertEquals(30, stage.callTypeValue("PS", "AnswerWaitTimeTo5"));
    }

    @Test
    void anAbandonedCallWasAbandonedInTheQueueOfEachOfItsGroups() {
        stage.offered("1", "PS").queued("1", "PS", "IN").at("10:00:08").abandoned("1");
        assertEquals(1, ps("RouterCallsAbandQToday"));
        assertEquals(1, in("RouterCallsAbandQToday"));
        assertEquals(1, in("ServiceLevelAbandToday"));
        assertEquals(1.0, in("ServiceLevelToday"));
        assertNull(ps("ServiceLevelToday"));
    }

    @Test
    void anAnswerThatNamesNoGroupCountsInTheCallsFirstQueue() {
        stage.offered("1", "PS").queued("1", "IN", "PS").answered("1", "a1", null);
        assertEquals(1, in("CallsAnsweredTo5"));
        stage.offered("2", "PS").answered("2", "a1", null);
        assertEquals(1, in("CallsAnsweredTo5"));
        assertEquals(0, ps("CallsAnsweredTo5"));
    }

    @Test
    void anAnswerByNobodyCountsInItsGroupAndForNoAgent() {
        stage.offered("1", "PS").queued("1", "PS").at("10:00:05").answered("1", null, "PS");
        assertEquals(1, ps("CallsAnsweredTo5"));
        assertEquals(0, ps("TalkingIn"));
        assertEquals(1, ps("Avail"));
        assertEquals(1, stage.callTypeValue("PS", "CallsAtAgentNow"));
        stage.at("10:00:15").ended("1");
        assertEquals(10, ps("AvgHandledCallsTimeTo5"));
        assertEquals(0, ps("TalkTimeTo5"));
    }

    @Test
    void agentsCountInTheirStatesAndInAllGroupsTheyAreIn() {
        stage.logsIn("a2", "PS").logsIn("a3", "PS").ready("a3");
        assertEquals(3, ps("LoggedOn"));
        assertEquals(2, ps("Avail"));
        assertEquals(2, ps("ICMAvailable"));
        assertEquals(1, ps("NotReady"));
        assertEquals(2, ps("Ready"));
        assertEquals(1, in("LoggedOn"));
        stage.offered("1", "PS").answered("1", "a1", "IN");
        assertEquals(1, ps("BusyOther"));
        assertEquals(1, in("TalkingIn"));
        assertEquals(1, ps("Avail"));
        stage.held("1");
        assertEquals(1, in("Hold"));
        assertEquals(0, in("TalkingIn"));
        stage.retrieved("1").wrapUp("1");
        assertEquals(1, in("WorkReady"));
        stage.chooses("a1", 5, 0);
        assertEquals(1, in("WorkNotReady"));
        stage.ended("1");
        assertEquals(1, in("NotReady"));
        assertEquals(2, ps("NotReady"));
    }

    @Test
    void theLongestAvailableAgentIsFirst() {
        long first = stage.millis();
        stage.logsIn("a2", "PS").at("10:00:10").ready("a2").at("10:00:20");
        assertEquals(first, ps("LongestAvailAgent"));
        stage.offered("1", "PS").answered("1", "a1", "PS");
        assertEquals(first + 10_000, ps("LongestAvailAgent"));
        stage.notReady("a2", 1);
        assertNull(ps("LongestAvailAgent"));
    }

    @Test
    void timeInStatesAdvancesEachSecond() {
        stage.at("10:00:10");
        assertEquals(10, ps("AvailTimeTo5"));
        assertEquals(10, ps("LoggedOnTimeHalf"));
        assertEquals(0.0, ps("PercentUtilizationTo5"));
        stage.at("10:00:20").offered("1", "PS").answered("1", "a1", "PS").at("10:00:50");
        assertEquals(30, ps("TalkTimeToday"));
        assertEquals(30, in("BusyOtherTimeToday"));
        assertEquals(30.0 / 50, ps("PercentUtilizationToday"));
        stage.at("10:00:51")
                .wrapUp("1")
                .at("10:00:56")
                .ended("1")
                .notReady("a1", 3)
                .at("10:01:00");
        assertEquals(5, ps("WorkReadyTimeTo5"));
        assertEquals(4, ps("NotReadyTimeTo5"));
        assertEquals(60, ps("LoggedOnTimeTo5"));
        assertEquals(36.0 / 56, ps("PercentUtilizationTo5"));
    }

    @Test
    void timeInStatesSlidesOutOfTheWindow() {
        stage.at("10:01:00").notReady("a1", 1).at("10:05:00");
        assertEquals(60, ps("AvailTimeTo5"));
        assertEquals(240, ps("NotReadyTimeTo5"));
        stage.at("10:05:30");
        assertEquals(30, ps("AvailTimeTo5"));
        assertEquals(270, ps("NotReadyTimeTo5"));
        // What happens after the mark of a second counts in the next one.
        stage.at("10:05:31").logsOut("a1", 0).at("10:10:30");
        assertEquals(1, ps("NotReadyTimeTo5"));
        assertEquals(1, ps("LoggedOnTimeTo5"));
        stage.at("10:10:31");
        assertEquals(0, ps("LoggedOnTimeTo5"));
        assertEquals(331, ps("LoggedOnTimeHalf"));
        assertNull(ps("PercentUtilizationTo5"));
    }

    @Test
    void timeInStatesIsSplitAtTheHalfHour() {
        stage.at("10:30:00");
        assertEquals(0, ps("AvailTimeHalf"));
        assertEquals(300, ps("AvailTimeTo5"));
        assertEquals(1800, ps("AvailTimeToday"));
        stage.at("10:30:07").notReady("a1", 0).at("10:30:10");
        assertEquals(7, ps("AvailTimeHalf"));
        assertEquals(3, ps("NotReadyTimeHalf"));
    }

    @Test
    void everyoneLoggedOnIsInExactlyOneState() {
        stage.logsIn("a2", "PS")
                .ready("a2")
                .logsIn("a3", "PS")
                .offered("1", "PS")
                .queued("1", "PS");
        stage.rings("1", "a2", "PS").offered("2", "PS").answered("2", "a1", "IN");
        assertEquals(1, ps("ReservedAgents"));
        assertEquals(1, ps("BusyOther"));
        assertEquals(1, ps("NotReady"));
        assertEquals(3, ps("LoggedOn"));
        stage.at("10:00:09");
        assertEquals(9, ps("ReservedStateTimeTo5"));
        assertEquals(1, ps("RouterCallsQNow"));
    }

    @Test
    void aShortCallIsNoAbandonmentInTheGroupEither() {
        stage.offered("1", "AW").queued("1", "PS").at("10:00:03").abandoned("1").at("10:00:30");
        assertEquals(0, ps("RouterCallsAbandQToday"));
        assertEquals(0, ps("ServiceLevelCallsOfferedToday"));
        assertEquals(1, ps("CallsOfferedToday"));
        assertEquals(0, ps("RouterCallsQNow"));
    }
}
