package org.openrtd.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.openrtd.events.Event;

/** What each event does to the call type's row. */
class CallTypeRulesTest {

    private final Stage stage = new Stage()
            .callType("PS", 1)
            .callType("IN", 2)
            .callType("T2", 3, "ServiceLevelType", 2)
            .callType("T3", 4, "ServiceLevelType", 3)
            .callType("AW", 6, "AbandonWaitTime", 5)
            .skillGroup("PS", 101)
            .skillGroup("IN", 102)
            .agent("a1", 201, "PS", "IN")
            .agent("a2", 202, "PS");

    {
        stage.logsIn("a1", "PS").logsIn("a2", "PS").ready("a1").ready("a2");
    }

    private Object value(String column) {
        return stage.callTypeValue("PS", column);
    }

    @Test
    void aCallIsAtTheVoiceResponseUnitUntilItIsAnswered() {
        stage.offered("1", "PS");
        assertEquals(1, value("CallsAtVRUNow"));
        assertEquals(1, value("CallsOfferedToday"));
        stage.at("10:00:05").queued("1", "PS");
        assertEquals(1, value("CallsAtVRUNow"));
        assertEquals(1, value("RouterCallsQNow"));
        assertEquals(1, value("RouterQueueCallsTo5"));
        stage.at("10:00:15").answered("1", "a1", "PS");
        assertEquals(0, value("CallsAtVRUNow"));
        assertEquals(0, value("RouterCallsQNow"));
        assertEquals(1, value("CallsAtAgentNow"));
        stage.at("10:01:15").ended("1");
        assertEquals(0, value("CallsAtAgentNow"));
        assertEquals(60, value("TalkTimeToday"));
        assertEquals(60, value("HandleTimeHalf"));
        assertEquals(0, value("HoldTimeTo5"));
    }

    @Test
    void theAnswerCountsWithItsWaitWhenItIsGiven() {
        stage.offered("1", "PS").at("10:00:05").queued("1", "PS").at("10:00:35").answered("1", "a1", "PS");
        assertEquals(1, value("CallsAnsweredTo5"));
        assertEquals(30, value("AnswerWaitTimeTo5"));
        assertEquals(1, value("CallsLeftQTo5"));
        assertEquals(30, value("RouterQueueWaitTimeHalf"));
        assertEquals(30, value("AvgRouterDelayQToday"));
        assertEquals(0, value("CallsHandledToday"));
    }

    @Test
    void aCallThatNeverQueuedWaitedNoTime() {
        stage.offered("1", "PS").at("10:00:09").answered("1", "a1", "PS");
        assertEquals(1, value("CallsAnsweredToday"));
        assertEquals(0, value("AnswerWaitTimeToday"));
        assertEquals(0, value("CallsLeftQTo5"));
        assertNull(value("AvgRouterDelayQTo5"));
    }

    @Test
    void theQueueGrowsOlderBySecondsAlone() {
        stage.offered("1", "PS").offered("2", "PS").queued("1", "PS");
        long first = stage.millis();
        stage.at("10:00:10").queued("2", "PS").at("10:00:30");
        assertEquals(2, value("RouterCallsQNow"));
        assertEquals(30 + 20, value("RouterCallsQNowTime"));
        assertEquals(25, value("AvgRouterDelayQNow"));
        assertEquals(first, value("RouterLongestCallQ"));
        stage.at("10:00:31").answered("1", "a1", "PS");
        assertEquals(21, value("RouterCallsQNowTime"));
        assertEquals(first + 10_000, value("RouterLongestCallQ"));
        stage.abandoned("2");
        assertEquals(0, value("RouterCallsQNowTime"));
        assertNull(value("RouterLongestCallQ"));
        assertNull(value("AvgRouterDelayQNow"));
    }

    @Test
    void handledCountsWhollyWhenWrapUpEnds() {
        stage.offered("1", "PS").answered("1", "a1", "PS");
        stage.at("10:00:10")
                .held("1")
                .at("10:00:25")
                .retrieved("1")
                .at("10:00:40")
                .wrapUp("1")
                .at("10:01:00");
        assertEquals(0, value("CallsHandledTo5"));
        assertEquals(0, value("TalkTimeTo5"));
        assertEquals(0, value("CallsAtAgentNow"));
        stage.ended("1");
        assertEquals(1, value("CallsHandledTo5"));
        assertEquals(25, value("TalkTimeTo5"));
        assertEquals(15, value("HoldTimeTo5"));
        assertEquals(60, value("HandleTimeTo5"));
    }

    @Test
    void aCallAbandonedInQueueCountsThereAndInTotal() {
        stage.offered("1", "PS").at("10:00:05").queued("1", "PS").at("10:00:25").abandoned("1");
        assertEquals(1, value("TotalCallsAbandToday"));
        assertEquals(1, value("RouterCallsAbandQToday"));
        assertEquals(0, value("RouterCallsAbandToAgentToday"));
        assertEquals(20, value("DelayQAbandTimeToday"));
        assertEquals(25, value("CTDelayAbandTimeToday"));
        assertEquals(25, value("CallDelayAbandTimeToday"));
        assertEquals(1, value("CallsLeftQTo5"));
        assertEquals(20, value("RouterQueueWaitTimeTo5"));
        assertEquals(0, value("CallsAtVRUNow"));
    }

    @Test
    void aCallAbandonedBeforeItQueuedCountsInTotalAlone() {
        stage.offered("1", "PS").at("10:00:05").abandoned("1");
        assertEquals(1, value("TotalCallsAbandToday"));
        assertEquals(0, value("RouterCallsAbandQToday"));
        assertEquals(0, value("DelayQAbandTimeToday"));
        assertEquals(5, value("CTDelayAbandTimeToday"));
    }

    @Test
    void aCallAbandonedAtARingingTelephoneCountsAsAbandonedToAgent() {
        stage.offered("1", "PS").queued("1", "PS");
        stage.at("10:00:10").rings("1", "a1", "PS").at("10:00:14").abandoned("1");
        assertEquals(1, value("TotalCallsAbandToday"));
        assertEquals(0, value("RouterCallsAbandQToday"));
        assertEquals(1, value("RouterCallsAbandToAgentToday"));
        assertEquals(4, value("DelayAgentAbandTimeToday"));
        assertEquals(3, stage.agentValue("a1", "AgentState"));
    }

    @Test
    void aCallAbandonedBeforeTheAbandonWaitTimeIsAShortCallAndNoAbandonment() {
        stage.offered("1", "AW")
                .offered("2", "AW")
                .queued("1", "PS")
                .at("10:00:04")
                .abandoned("1");
        assertEquals(1, stage.callTypeValue("AW", "ShortCallsToHalf"));
        assertEquals(1, stage.callTypeValue("AW", "ShortCallToday"));
        assertEquals(0, stage.callTypeValue("AW", "TotalCallsAbandToday"));
        assertEquals(0, stage.callTypeValue("AW", "ServiceLevelCallsOfferedToday"));
        assertEquals(0, stage.groupValue("PS", "RouterCallsAbandQToday"));
        assertEquals(0, stage.callTypeValue("AW", "RouterCallsQNow"));
        stage.at("10:00:05").abandoned("2");
        assertEquals(1, stage.callTypeValue("AW", "TotalCallsAbandToday"));
    }

    @Test
    void anAnswerInTheTwentiethSecondIsWithinTheThreshold() {
        stage.offered("1", "PS").offered("2", "PS").at("10:00:20").answered("1", "a1", "PS");
        assertEquals(1, value("ServiceLevelCallsToday"));
        // The other call's threshold passes in the same second.
        assertEquals(2, value("ServiceLevelCallsOfferedToday"));
        assertEquals(0.5, value("ServiceLevelToday"));
        stage.at("10:00:21").answered("2", "a2", "PS");
        assertEquals(1, value("ServiceLevelCallsToday"));
        assertEquals(2, value("ServiceLevelCallsOfferedToday"));
    }

    @Test
    void aCallHasOneServiceLevelEventAtTheMomentItHappens() {
        stage.offered("1", "PS").at("10:00:19");
        assertEquals(0, value("ServiceLevelCallsOfferedToday"));
        assertNull(value("ServiceLevelToday"));
        stage.at("10:00:20");
        assertEquals(1, value("ServiceLevelCallsOfferedToday"));
        assertEquals(0.0, value("ServiceLevelToday"));
        stage.at("10:00:40").abandoned("1");
        assertEquals(1, value("ServiceLevelCallsOfferedToday"));
        assertEquals(0, value("ServiceLevelAbandToday"));
    }

    @Test
    void callsInQueuePastTheirThresholdAreHeld() {
        stage.offered("1", "PS")
                .at("10:00:05")
                .queued("1", "PS")
                .offered("2", "PS")
                .at("10:00:19");
        assertEquals(0, value("ServiceLevelCallsQHeld"));
        stage.at("10:00:20");
        assertEquals(1, value("ServiceLevelCallsQHeld"));
        stage.at("10:00:30");
        assertEquals(1, value("ServiceLevelCallsQHeld"));
        stage.queued("2", "PS");
        assertEquals(2, value("ServiceLevelCallsQHeld"));
        stage.abandoned("1").answered("2", "a1", "PS");
        assertEquals(0, value("ServiceLevelCallsQHeld"));
    }

    @Test
    void theServiceLevelIsReckonedByItsType() {
        for (String type : new String[] {"PS", "T2", "T3"}) {
            String c = type;
            stage.offered(c + 1, type).offered(c + 2, type).offered(c + 3, type).offered(c + 4, type);
        }
        stage.at("10:00:10");
        for (String type : new String[] {"PS", "T2", "T3"}) {
            stage.answered(type + 1, "a1", "PS").answered(type + 2, "a1", "PS").abandoned(type + 3);
        }
        stage.at("10:00:20");
        assertEquals(2.0 / 3, stage.callTypeValue("PS", "ServiceLevelHalf"));
        assertEquals(2.0 / 4, stage.callTypeValue("T2", "ServiceLevelHalf"));
        assertEquals(3.0 / 4, stage.callTypeValue("T3", "ServiceLevelHalf"));
    }

    @Test
    void aCallThatIsNotAnsweredGoesBackToWhereItWaited() {
        stage.offered("1", "PS").queued("1", "PS");
        long queuedAt = stage.millis();
        stage.at("10:00:10").rings("1", "a1", "PS").at("10:00:20").notAnswered("1", "a1");
        assertEquals(1, value("CallsRONAToday"));
        assertEquals(1, value("ServiceLevelRONAToday"));
        assertEquals(1, value("RouterCallsQNow"));
        assertEquals(queuedAt, value("RouterLongestCallQ"));
        stage.at("10:00:30").rings("1", "a1", "PS").at("10:00:40").notAnswered("1", "a1");
        assertEquals(2, value("CallsRONAToday"));
        assertEquals(1, value("ServiceLevelRONAToday"));
        stage.at("10:00:50").answered("1", "a2", "PS");
        assertEquals(50, value("AnswerWaitTimeToday"));
    }

    @Test
    void aTransferredCallIsHandledHereAndOfferedAnewThere() {
        stage.offered("1", "PS").answered("1", "a1", "PS");
        stage.at("10:01:00").transferred("1", "IN");
        assertEquals(1, value("CallsHandledToday"));
        assertEquals(60, value("TalkTimeToday"));
        assertEquals(0, value("CallsAtAgentNow"));
        assertEquals(1, stage.callTypeValue("IN", "CallsOfferedToday"));
        assertEquals(1, stage.callTypeValue("IN", "CallsAtVRUNow"));
        assertEquals(3, stage.agentValue("a1", "AgentState"));
        stage.at("10:01:30").abandoned("1");
        assertEquals(30, stage.callTypeValue("IN", "CTDelayAbandTimeToday"));
        assertEquals(90, stage.callTypeValue("IN", "CallDelayAbandTimeToday"));
        assertEquals(1, stage.callTypeValue("IN", "ServiceLevelCallsOfferedToday"));
    }

    @Test
    void theWindowOfFiveMinutesLeavesOutItsFirstMoment() {
        stage.offered("1", "PS").at("10:04:59");
        assertEquals(1, value("CallsOfferedTo5"));
        stage.at("10:05:00");
        assertEquals(0, value("CallsOfferedTo5"));
        assertEquals(1, value("CallsOfferedHalf"));
    }

    @Test
    void theHalfHourIncludesItsFirstMoment() {
        stage.at("10:29:59").offered("1", "PS");
        assertEquals(1, value("CallsOfferedHalf"));
        stage.at("10:30:00").offered("2", "PS");
        assertEquals(1, value("CallsOfferedHalf"));
        assertEquals(2, value("CallsOfferedTo5"));
        assertEquals(2, value("CallsOfferedToday"));
    }

    @Test
    void theDayIncludesItsFirstMoment() {
        stage.leap(java.time.LocalDateTime.of(1999, 1, 5, 23, 59, 58))
                .offered("1", "PS")
                .at("23:59:59");
        stage.offered("2", "PS");
        assertEquals(2, value("CallsOfferedToday"));
        stage.at("0:00:00").offered("3", "PS");
        assertEquals(1, value("CallsOfferedToday"));
        assertEquals(1, value("CallsOfferedHalf"));
        assertEquals(3, value("CallsOfferedTo5"));
        assertEquals(3, value("CallsAtVRUNow"));
    }

    @Test
    void whatNoEventDeterminesIsNull() {
        stage.offered("1", "PS");
        for (String column : new String[] {
            "ScriptID",
            "MasterScriptID",
            "CallsRoutedNonAgentTo5",
            "OverflowOutHalf",
            "AgentErrorCountToday",
            "CallsRoutedToHalf",
            "ReturnRingToday"
        }) {
            assertNull(value(column), column);
        }
        assertNull(stage.groupValue("PS", "CallsQueuedNow"));
        assertNull(stage.groupValue("PS", "TalkingOut"));
    }

    @Test
    void theRowsTimeIsThatOfItsLastUpdate() {
        stage.offered("1", "PS");
        long offered = stage.millis();
        stage.at("10:00:10");
        assertEquals(offered, value("DateTime"));
        stage.at("10:00:25");
        // When the threshold passed.
        assertEquals(offered + 20_000, value("DateTime"));
    }

    @Test
    void theEndOfAnUnknownCallIsUntidy() {
        assertEquals(Outcome.UNTIDY, stage.happens(t -> new Event.CallEnded(t, "nobody")));
        assertEquals(1L, stage.peripheralValue("EventsUntidy"));
    }

    @Test
    void aCallOfferedTwiceHadAnEndThatWasMissed() {
        stage.offered("1", "PS").queued("1", "PS");
        assertEquals(Outcome.UNTIDY, stage.happens(t -> new Event.CallOffered(t, "1", "PS")));
        assertEquals(1, value("CallsAtVRUNow"));
        assertEquals(0, value("RouterCallsQNow"));
        assertEquals(1L, stage.peripheralValue("CallsClosedByPresent"));
        assertEquals(0, value("TotalCallsAbandToday"));
    }

    @Test
    void anUnknownCallTypeIsRefusedCountedAndShown() {
        assertEquals(Outcome.REFUSED, stage.happens(t -> new Event.CallOffered(t, "1", "XX")));
        assertEquals(Outcome.REFUSED, stage.happens(t -> new Event.CallOffered(t, "2", "XX")));
        assertEquals(2L, stage.peripheralValue("EventsRefused"));
        assertEquals("unknown call type XX", stage.peripheralValue("LastRefusal"));
        assertEquals(1, stage.statistics().refusals().size());
        assertEquals(2, stage.statistics().refusals().get(0).count());
    }
}
