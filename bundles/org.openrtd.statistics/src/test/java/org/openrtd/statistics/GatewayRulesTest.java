package org.openrtd.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.openrtd.events.Event;

/** What the coming and going of a gateway does. */
class GatewayRulesTest {

    private final Stage stage = new Stage()
            .callType("PS", 1)
            .skillGroup("PS", 101)
            .agent("a1", 201, "PS")
            .agent("a2", 202, "PS")
            .agent("off", 203, "PS");

    private void up(boolean presentFollows) {
        stage.then(t -> new Event.GatewayUp(t, presentFollows));
    }

    private void present() {
        stage.then(Event.GatewayPresent::new);
    }

    private void silent() {
        stage.then(Event.GatewaySilent::new);
    }

    @Test
    void aGatewayIsUpWhenItSaysSo() {
        assertNull(stage.peripheralValue("GatewayState"));
        assertEquals(0, stage.peripheralValue("PeripheralOnline"));
        up(false);
        assertEquals("up", stage.peripheralValue("GatewayState"));
        assertEquals(1, stage.peripheralValue("PeripheralOnline"));
        assertEquals(stage.millis(), stage.peripheralValue("LastHeard"));
    }

    @Test
    void theAgentsOfASilentGatewayAreUnknownUntilItIsHeardThenAllIsAsItWas() {
        up(false);
        stage.logsIn("a1", "PS")
                .ready("a1")
                .logsIn("a2", "PS")
                .offered("1", "PS")
                .answered("1", "a2", "PS");
        stage.at("10:00:10");
        silent();
        assertEquals("silent", stage.peripheralValue("GatewayState"));
        assertEquals(0, stage.peripheralValue("PeripheralOnline"));
        assertEquals(9, stage.agentValue("a1", "AgentState"));
        assertEquals(9, stage.memberValue("a2", "PS", "AgentState"));
        assertEquals(0, stage.agentValue("off", "AgentState"));
        assertEquals(0, stage.groupValue("PS", "LoggedOn"));
        assertEquals(0, stage.groupValue("PS", "Avail"));
        assertNull(stage.groupValue("PS", "LongestAvailAgent"));
        stage.at("10:00:20").then(Event.GatewayHeard::new);
        assertEquals("up", stage.peripheralValue("GatewayState"));
        assertEquals(3, stage.agentValue("a1", "AgentState"));
        assertEquals(4, stage.memberValue("a2", "PS", "AgentState"));
        assertEquals(2, stage.groupValue("PS", "LoggedOn"));
        assertEquals(10, stage.groupValue("PS", "AvailTimeTo5"));
    }

    @Test
    void aGatewayThatWasSilentForAWhileLeavesNoTrace() {
        java.util.List<java.util.Map<?, ?>> ends = new java.util.ArrayList<>();
        for (boolean interrupted : new boolean[] {false, true}) {
            Stage day = new Stage()
                    .callType("PS", 1)
                    .skillGroup("PS", 101)
                    .agent("a1", 201, "PS")
                    .agent("a2", 202, "PS");
            day.then(t -> new Event.GatewayUp(t, false));
            day.logsIn("a1", "PS")
                    .ready("a1")
                    .logsIn("a2", "PS")
                    .offered("1", "PS")
                    .queued("1", "PS");
            day.at("10:00:30").answered("1", "a2", "PS").at("10:01:00").ready("a2");
            if (interrupted) {
                // The gateway owns the clock, so it stands still meanwhile.
                day.happens(Event.GatewaySilent::new);
                assertEquals(9, day.agentValueNow("a1", "AgentState"));
                day.happens(Event.GatewayHeard::new);
            }
            day.at("10:02:00")
                    .ended("1")
                    .offered("2", "PS")
                    .queued("2", "PS")
                    .at("10:03:00")
                    .answered("2", "a1", "PS");
            day.at("10:04:00").clock();
            ends.add(day.replica);
        }
        assertEquals(ends.get(0), ends.get(1));
    }

    @Test
    void silenceShowsAlsoWhenTheClockStandsStill() {
        up(false);
        stage.logsIn("a1", "PS").ready("a1").clock();
        silent();
        assertEquals(9, stage.agentValueNow("a1", "AgentState"));
        assertEquals(0, stage.groupValueNow("PS", "Avail"));
        assertEquals(stage.millis(), stage.agentValueNow("a1", "DateTime"));
    }

    @Test
    void whatWasOnItsWayWhenTheGatewayFellSilentTakesEffectAndShowsWhenItIsHeard() {
        up(false);
        stage.logsIn("a1", "PS");
        silent();
        stage.ready("a1");
        assertEquals("silent", stage.peripheralValue("GatewayState"));
        assertEquals(9, stage.agentValue("a1", "AgentState"));
        assertEquals(0, stage.groupValue("PS", "Avail"));
        stage.then(Event.GatewayHeard::new);
        assertEquals(3, stage.agentValue("a1", "AgentState"));
        assertEquals(1, stage.groupValue("PS", "Avail"));
    }

    @Test
    void aGatewayThatLostItsPeripheralSaysWhy() {
        up(false);
        stage.logsIn("a1", "PS").then(t -> new Event.GatewayLost(t, "cable"));
        assertEquals("lost", stage.peripheralValue("GatewayState"));
        assertEquals("cable", stage.peripheralValue("GatewayReason"));
        assertEquals(9, stage.agentValue("a1", "AgentState"));
        silent();
        assertEquals("lost", stage.peripheralValue("GatewayState"));
        up(false);
        assertEquals(2, stage.agentValue("a1", "AgentState"));
        assertNull(stage.peripheralValue("GatewayReason"));
    }

    @Test
    void aReplayThatIsDoneIsFinishedAndLeavesNobodyUnknown() {
        up(false);
        stage.logsIn("a1", "PS").logsOut("a1", 0).then(t -> new Event.GatewayLost(t, "finished"));
        assertEquals("finished", stage.peripheralValue("GatewayState"));
        silent();
        assertEquals("finished", stage.peripheralValue("GatewayState"));
        assertEquals(0, stage.agentValue("a1", "AgentState"));
    }

    @Test
    void whatAPictureOfThePresentOmitsIsClosedAndCounted() {
        up(false);
        stage.logsIn("a1", "PS").ready("a1").logsIn("a2", "PS").ready("a2");
        stage.offered("stays", "PS").queued("stays", "PS").offered("gone", "PS").queued("gone", "PS");
        stage.offered("talks", "PS")
                .answered("talks", "a1", "PS")
                .offered("over", "PS")
                .answered("over", "a2", "PS");
        stage.at("10:01:00").then(t -> new Event.GatewayLost(t, "cable"));
        stage.at("10:02:00");
        up(true);
        stage.logsIn("a1", "PS").ready("a1");
        stage.offered("stays", "PS")
                .queued("stays", "PS")
                .offered("talks", "PS")
                .answered("talks", "a1", "PS");
        stage.offered("new", "PS").queued("new", "PS");
        assertEquals(9, stage.agentValue("a1", "AgentState"), "until the picture is complete");
        present();
        assertEquals(2, stage.callTypeValue("PS", "RouterCallsQNow"));
        assertEquals(2, stage.groupValue("PS", "RouterCallsQNow"));
        assertEquals(1, stage.callTypeValue("PS", "CallsAtAgentNow"));
        assertEquals(5, stage.callTypeValue("PS", "CallsOfferedToday"));
        assertEquals(0, stage.callTypeValue("PS", "TotalCallsAbandToday"));
        assertEquals(0, stage.callTypeValue("PS", "CallsHandledToday"));
        assertEquals(2L, stage.peripheralValue("CallsClosedByPresent"));
        assertEquals(1L, stage.peripheralValue("AgentsClosedByPresent"));
        assertEquals(0L, stage.peripheralValue("EventsUntidy"));
        assertEquals(3, stage.peripheralValue("CallsInProgress"));
        assertEquals(1, stage.peripheralValue("AgentsLoggedOn"));
        assertEquals(4, stage.agentValue("a1", "AgentState"));
        assertEquals(0, stage.agentValue("a2", "AgentState"));
        stage.assertFollowed();
    }

    @Test
    void aPictureTellsWhetherACallStillRingsOrIsOnHold() {
        up(false);
        stage.logsIn("a1", "PS").ready("a1").logsIn("a2", "PS").ready("a2");
        stage.offered("rang", "PS").queued("rang", "PS").rings("rang", "a1", "PS");
        stage.offered("held", "PS").answered("held", "a2", "PS").held("held").at("10:00:30");
        up(true);
        stage.logsIn("a1", "PS").ready("a1").logsIn("a2", "PS").ready("a2");
        stage.offered("rang", "PS").queued("rang", "PS").offered("held", "PS").answered("held", "a2", "PS");
        present();
        assertEquals(3, stage.agentValue("a1", "AgentState"));
        assertEquals(4, stage.agentValue("a2", "AgentState"));
        assertEquals(1, stage.groupValue("PS", "RouterCallsQNow"));
        stage.at("10:01:00").ended("held");
        assertEquals(30, stage.callTypeValue("PS", "HoldTimeToday"));
        assertEquals(30, stage.callTypeValue("PS", "TalkTimeToday"));
    }

    @Test
    void aCallThatAPictureShowsInAnotherCallTypeIsClosedAndBeginsAnew() {
        stage.callType("TT", 2);
        up(false);
        stage.offered("1", "PS").queued("1", "PS").at("10:01:00");
        up(true);
        stage.offered("1", "TT").queued("1", "PS");
        present();
        assertEquals(0, stage.callTypeValue("PS", "RouterCallsQNow"));
        assertEquals(1, stage.callTypeValue("TT", "RouterCallsQNow"));
        assertEquals(1, stage.callTypeValue("TT", "CallsOfferedToday"));
        assertEquals(1, stage.groupValue("PS", "RouterCallsQNow"));
        assertMovedOnce();
    }

    @Test
    void aCallThatAPictureShowsInAnotherQueueIsClosedAndBeginsAnew() {
        stage.skillGroup("NW", 102);
        up(false);
        stage.offered("1", "PS").queued("1", "PS").at("10:01:00");
        up(true);
        stage.offered("1", "PS").queued("1", "NW");
        present();
        assertEquals(0, stage.groupValue("PS", "RouterCallsQNow"));
        assertEquals(1, stage.groupValue("NW", "RouterCallsQNow"));
        assertEquals(1, stage.callTypeValue("PS", "RouterCallsQNow"));
        assertMovedOnce();
    }

    @Test
    void aCallThatAPictureShowsInOneQueueMoreStaysTheCallThatItIs() {
        stage.skillGroup("NW", 102);
        up(false);
        stage.offered("1", "PS").queued("1", "PS").at("10:01:00");
        up(true);
        stage.offered("1", "PS").queued("1", "PS", "NW");
        present();
        assertEquals(1, stage.groupValue("PS", "RouterCallsQNow"));
        assertEquals(1, stage.groupValue("NW", "RouterCallsQNow"));
        assertEquals(1, stage.callTypeValue("PS", "CallsOfferedToday"));
        assertEquals(0L, stage.peripheralValue("CallsClosedByPresent"));
    }

    @Test
    void aCallThatAPictureShowsWithAnotherAgentIsClosedAndBeginsAnew() {
        up(false);
        stage.logsIn("a1", "PS").ready("a1").logsIn("a2", "PS").ready("a2");
        stage.offered("1", "PS").answered("1", "a1", "PS").at("10:01:00");
        up(true);
        stage.logsIn("a1", "PS").ready("a1").logsIn("a2", "PS").ready("a2");
        stage.offered("1", "PS").answered("1", "a2", "PS");
        present();
        assertEquals(3, stage.agentValue("a1", "AgentState"));
        assertEquals(4, stage.agentValue("a2", "AgentState"));
        assertEquals(1, stage.callTypeValue("PS", "CallsAtAgentNow"));
        assertEquals(0, stage.callTypeValue("PS", "CallsHandledToday"));
        assertMovedOnce();
        stage.at("10:02:00").ended("1");
        assertEquals(1, stage.callTypeValue("PS", "CallsHandledToday"));
        assertEquals(0, stage.callTypeValue("PS", "CallsAtAgentNow"));
    }

    private void assertMovedOnce() {
        assertEquals(1L, stage.peripheralValue("CallsClosedByPresent"));
        assertEquals(1, stage.peripheralValue("CallsInProgress"));
        assertEquals(0L, stage.peripheralValue("EventsUntidy"));
        stage.assertFollowed();
    }

    @Test
    void theEndOfAPictureThatNeverBeganIsUntidy() {
        assertEquals(Outcome.UNTIDY, stage.happens(Event.GatewayPresent::new));
    }

    @Test
    void anUnknownGatewayIsRefusedAndNamedOnce() {
        Event event = new Event.CallOffered(stage.millis(), "1", "PS");
        assertEquals(Outcome.REFUSED, stage.statistics().fold("stranger", event));
        assertEquals(Outcome.REFUSED, stage.statistics().fold("stranger", event));
        assertEquals(
                List.of(new Refusal("stranger", "unknown gateway", 0, 2)),
                stage.statistics().refusals());
    }

    @Test
    void refusalsAreRememberedToABoundAndCountedBeyondIt() {
        for (int i = 0; i < 1000; i++) {
            String name = "type" + i;
            stage.happens(t -> new Event.CallOffered(t, "c", name));
        }
        assertEquals(Centre.REFUSALS, stage.statistics().refusals().size());
        assertEquals(1000L, stage.peripheralValue("EventsRefused"));
    }

    @Test
    void configurationThatIsWantedAndWasNotEnteredIsRefused() {
        Event wanted = new Event.ConfigurationWanted(
                stage.millis(),
                "UTC",
                List.of(new Event.CallTypeWanted("TT", 20, 1, 0)),
                List.of(),
                List.of(),
                List.of());
        assertEquals(Outcome.REFUSED, stage.statistics().fold(Stage.GATEWAY, wanted));
        stage.callType("TT", 9);
        assertEquals(Outcome.ACCEPTED, stage.statistics().fold(Stage.GATEWAY, wanted));
    }
}
