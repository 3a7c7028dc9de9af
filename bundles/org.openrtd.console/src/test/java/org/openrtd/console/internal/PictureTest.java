package org.openrtd.console.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Position;

class PictureTest {

    private final Centre centre = new Centre();

    @Test
    void namesCallTypesAndShowsTheIdOfOneWhoseNameHasNotArrived() {
        assertEquals(
                List.of("#5007", "Sales"),
                centre.picture().callTypes().stream()
                        .map(Picture.CallType::name)
                        .toList());
    }

    @Test
    void namesAgentsByTheirPersonElseAsTheConfigurationCallsThem() {
        assertEquals(
                List.of("#3", "agent.2", "agent.4", "Anna Albrecht"),
                centre.picture().agents().stream().map(Picture.Agent::name).toList());
    }

    @Test
    void reckonsDurationsAgainstTheControllersTime() {
        Picture picture = centre.picture();

        assertEquals(95, picture.callTypes().get(1).oldestSeconds());
        assertEquals(133, picture.agents().get(3).secondsInState());
    }

    @Test
    void leavesOpenWhatNoEventDetermines() {
        Picture.CallType undetermined = centre.picture().callTypes().get(0);

        assertEquals(null, undetermined.offered());
        assertEquals(null, undetermined.serviceLevel());
        assertEquals(null, undetermined.averageWait());
    }

    @Test
    void isCurrentWhenAllFeedsAreAndEveryPeripheralIsUp() {
        assertTrue(centre.gateway("up").picture().current());
    }

    @Test
    void namesTheSilentPeripheralThoughTheFeedsAreLive() {
        assertEquals(
                List.of("PERIPHERAL pbx SILENT since 10:30:08"),
                centre.gateway("silent").picture().troubles());
    }

    @Test
    void saysOfAPeripheralWithoutAGatewaySoFarThatItIsNotHeardYet() {
        centre.calls.row("Peripheral_Real_Time", "PeripheralID", 5001, "PeripheralOnline", 0);

        List<String> troubles = centre.gateway("up").picture().troubles();

        assertEquals(1, troubles.size(), troubles::toString);
        assertTrue(troubles.get(0).matches("PERIPHERAL .* not heard yet"), troubles::toString);
    }

    @Test
    void namesEachBrokenFeedOnceWithItsReason() {
        centre.calls.stale(FeedState.CONNECTING, "north-1 does not answer", 7);
        centre.agents.stale(FeedState.CONNECTING, "north-1 does not answer", 8);

        assertEquals(
                List.of("STALE for 8.0 s — calls, agents: CONNECTING, north-1 does not answer"),
                centre.gateway("up").picture().troubles());
    }

    @Test
    void saysThatAFeedIsMissing() {
        Picture picture = Picture.take("client-1", "north", List.of());

        assertFalse(picture.current());
        assertEquals(List.of("NO DATA YET — calls, agents, config: not followed by this node"), picture.troubles());
    }

    @Test
    void isFinishedWhenEveryGatewayIsAndBothFeedsAreLiveAtOneTick() {
        assertTrue(centre.gateway("finished").picture().finished());

        centre.agents.tick--;
        assertFalse(centre.picture().finished(), "the agents are a tick behind");

        centre.agents.tick++;
        Position now = centre.agents.position;
        centre.agents.position = new Position(now.epoch() - 1, now.sequence());
        assertFalse(centre.picture().finished(), "the agents are of the centre before");

        centre.agents.position = now;
        centre.calls.stale(FeedState.RESUMING, "gap", 4);
        assertFalse(centre.picture().finished(), "the calls are not live");
    }

    @Test
    void isNotFinishedWhileAnyGatewayIsNot() {
        assertFalse(centre.picture().finished(), "no gateway at all");

        centre.gateway("finished");
        centre.calls.row("Peripheral_Real_Time", "PeripheralID", 5001, "GatewayState", "up");
        assertFalse(centre.picture().finished());
    }

    @Test
    void takesTheReplicaThatIsCurrentOfSeveral() {
        FakeReplica other = new FakeReplica("calls").stale(FeedState.CONNECTING, "gone", 60);
        other.source = "south-1";

        assertEquals(
                "north-1",
                Replicas.choose(List.of(other, centre.calls), "calls", null)
                        .orElseThrow()
                        .source());
        assertEquals(
                "south-1",
                Replicas.choose(List.of(other, centre.calls), "calls", "south-1")
                        .orElseThrow()
                        .source());
    }
}
