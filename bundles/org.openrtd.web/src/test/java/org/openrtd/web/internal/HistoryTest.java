package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.openrtd.web.internal.FakeReplica.row;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Whereabouts;

class HistoryTest {

    private static final long MIDNIGHT = 1_000_080_000_000L;

    private final History history = new History();
    private final FakeReplica calls = new FakeReplica("calls").at(MIDNIGHT);
    private final FakeReplica agents = new FakeReplica("agents").at(MIDNIGHT);
    private final Channel callsChannel = new Channel("calls", () -> {}, history);

    private void waiting(long time, int waiting) {
        calls.put(row(
                "Call_Type_Real_Time",
                "CallTypeID",
                1,
                "RouterCallsQNow",
                waiting,
                "ServiceLevelTo5",
                0.5,
                "ServiceLevelCallsOfferedTo5",
                10));
        calls.put(row(
                "Call_Type_Real_Time",
                "CallTypeID",
                2,
                "RouterCallsQNow",
                1,
                "RouterLongestCallQ",
                time - 5_000,
                "ServiceLevelTo5",
                1.0,
                "ServiceLevelCallsOfferedTo5",
                30));
        calls.at(time).cut();
    }

    private List<Map<String, Object>> rows(int most, Object callType) {
        return history.rows(most, callType, calls.view(), agents.view());
    }

    @Test
    void keepsWhatWasShownAsEachMinuteEnded() {
        callsChannel.add(calls);
        waiting(MIDNIGHT, 1);
        waiting(MIDNIGHT + 30_000, 5);
        waiting(MIDNIGHT + 59_999, 7);
        waiting(MIDNIGHT + 60_000, 2);
        List<Map<String, Object>> rows = rows(10, null);
        assertEquals(2, rows.size());
        assertEquals("2001-09-10T00:00:00Z", rows.get(0).get("time").toString());
        assertEquals(8L, rows.get(0).get("callsWaiting"));
        assertEquals(5L, rows.get(0).get("oldestWaitSeconds"));
        assertEquals(0.875, rows.get(0).get("serviceLevel"));
        assertEquals(3L, rows.get(1).get("callsWaiting"), "the minute that runs");
        assertEquals(7L, rows(10, 1).get(0).get("callsWaiting"));
        assertEquals(1, rows(1, null).size());
    }

    @Test
    void keepsSoManyMinutesAndNoMore() {
        callsChannel.add(calls);
        for (int i = 0; i < 600; i++) {
            waiting(MIDNIGHT + i * 60_000L, i);
            history.count();
        }
        assertEquals(History.MINUTES, rows(History.MINUTES, null).size());
        assertEquals(600L, rows(1, null).get(0).get("callsWaiting"));
    }

    @Test
    void beginsAnewWhenTheClockBeginsAnew() {
        callsChannel.add(calls);
        waiting(MIDNIGHT + 3_600_000, 1);
        waiting(MIDNIGHT + 3_660_000, 1);
        calls.at(MIDNIGHT).snapshot(1);
        waiting(MIDNIGHT + 60_000, 4);
        List<Map<String, Object>> rows = rows(480, null);
        assertEquals(
                "2001-09-10T00:01:00Z", rows.get(rows.size() - 1).get("time").toString());
    }

    @Test
    void holdsFewMinutesWhileNobodyCountsAndTheNewestOfThem() {
        callsChannel.add(calls);
        for (int i = 0; i < 30; i++) {
            waiting(MIDNIGHT + i * 60_000L, i);
        }
        List<Map<String, Object>> rows = rows(100, null);
        assertEquals(9, rows.size(), "eight, and the one that runs");
        assertEquals("2001-09-10T00:29:00Z", rows.get(8).get("time").toString());
        assertEquals("2001-09-10T00:28:00Z", rows.get(7).get("time").toString());
    }

    @Test
    void keepsTheSameCallTypesEachMinuteWhereThereAreTooMany() {
        callsChannel.add(calls);
        for (int minute = 0; minute < 2; minute++) {
            for (int id = 0; id < 600; id++) {
                calls.put(row("Call_Type_Real_Time", "CallTypeID", id, "RouterCallsQNow", id));
            }
            calls.at(MIDNIGHT + minute * 60_000L).cut();
        }
        assertEquals(499L, rows(2, 499).get(0).get("callsWaiting"));
        assertNull(rows(2, 500).get(0).get("callsWaiting"));
    }

    @Test
    void keepsTheMinutesOfAFeedWhileAnotherStandsStill() {
        Channel agentsChannel = new Channel("agents", () -> {}, history);
        callsChannel.add(calls);
        agentsChannel.add(agents);
        agents.put(row("Agent_Real_Time", "SkillTargetID", 1, "MRDomainID", 1, "AgentState", 3))
                .cut();
        for (int i = 0; i < 30; i++) {
            waiting(MIDNIGHT + i * 60_000L, i);
            history.count();
        }
        agents.at(MIDNIGHT + 30 * 60_000L).cut();
        history.count();
        List<Map<String, Object>> rows = rows(100, null);
        assertEquals(31, rows.size());
        assertEquals(29L, rows.get(28).get("callsWaiting"));
        assertEquals(1, rows.get(0).get("agentsReady"));
    }

    @Test
    void doesNotCountAsNoneWhatIsNotKnown() {
        callsChannel.add(calls);
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1, "CallsOfferedToday", 5))
                .cut();
        assertNull(rows(1, null).get(0).get("callsWaiting"));
        Map<?, ?> glance = (Map<?, ?>)
                new SiteStatus(channels, feed -> null).all("n1", "north").get("glance");
        assertNull(glance.get("callsWaiting"));
        assertEquals(5L, glance.get("callsOffered"));
    }

    @Test
    void countsAnAgentOnceHoweverManyMediaItServes() {
        agents.put(row("Agent_Real_Time", "SkillTargetID", 1, "MRDomainID", 1, "AgentState", 3));
        agents.put(row("Agent_Real_Time", "SkillTargetID", 1, "MRDomainID", 2, "AgentState", 4));
        agents.put(row("Agent_Real_Time", "SkillTargetID", 2, "MRDomainID", 1, "AgentState", 0));
        agents.put(row("Agent_Real_Time", "SkillTargetID", 3, "MRDomainID", 1, "AgentState", 9))
                .cut();
        Map<String, Object> counts = History.agents(History.agents(agents.view()));
        assertEquals(1, counts.get("agentsTalking"));
        assertEquals(0, counts.get("agentsReady"));
        assertEquals(1, counts.get("agentsLoggedOn"));
        assertEquals(1, counts.get("agentsUnknown"));
    }

    @Test
    void knowsNothingBeforeThereAreRows() {
        assertEquals(List.of(), history.rows(10, null, null, null));
        assertNull(History.agents((int[]) null).get("agentsReady"));
    }

    // ---- what broke

    private final java.util.TreeMap<String, Channel> channels = new java.util.TreeMap<>(Map.of("calls", callsChannel));

    private List<Map<String, Object>> broken(String role) {
        return new SiteStatus(channels, feed -> role).broken();
    }

    @Test
    void saysWhichPartBroke() {
        assertEquals("node", broken(null).get(0).get("part"), "nobody follows the feed");
        callsChannel.add(calls);
        calls.put(row("Peripheral_Real_Time", "PeripheralID", 9, "GatewayState", "up"))
                .cut();
        assertEquals(List.of(), broken("distributor"));
        calls.put(row("Peripheral_Real_Time", "PeripheralID", 9, "GatewayState", "silent", "GatewayReason", "no sign"))
                .cut();
        assertEquals("peripheral", broken("distributor").get(0).get("part"));
        assertEquals("no sign", broken("distributor").get(0).get("reason"));
        calls.put(row("Peripheral_Real_Time", "PeripheralID", 9, "GatewayState", "finished"))
                .cut();
        assertEquals(List.of(), broken("distributor"));
        calls.state(FeedState.CONNECTING, true, "cannot reach tcp://x");
        assertEquals("centre", broken("distributor").get(0).get("part"));
        assertEquals("distributor", broken("client").get(0).get("part"));
        calls.sourceNotCurrent(true)
                .state(FeedState.RESUMING, true, "source north is CONNECTING itself: cannot reach tcp://x");
        assertEquals("centre", broken("client").get(0).get("part"));
        assertEquals("", broken("client").get(0).get("name"), "only the distributor's is known");
        calls.sourceNotCurrent(false).state(FeedState.RESUMING, true, "lost itself in a gap");
        assertEquals("distributor", broken("client").get(0).get("part"), "whatever the words are");
        calls.state(FeedState.LIVE, true, "follows central");
        assertEquals(
                "what arrives from central is old", broken("distributor").get(0).get("reason"));
        calls.state(FeedState.LIVE, true, "ALARM: rows are not what their digest says");
        assertEquals(
                "ALARM: rows are not what their digest says",
                broken("distributor").get(0).get("reason"));
        calls.state(FeedState.REFUSED, true, "another central database");
        assertEquals("node", broken("distributor").get(0).get("part"));
    }

    @Test
    void namesTheCentreBehindADistributor() {
        callsChannel.add(calls);
        calls.put(row("Peripheral_Real_Time", "PeripheralID", 9, "GatewayState", "up"))
                .cut();
        calls.source(new Whereabouts("north", "hq", "hq"), false)
                .sourceNotCurrent(true)
                .state(FeedState.RESUMING, true, "source north is CONNECTING itself: cannot reach tcp://x");
        assertEquals("hq", broken("client").get(0).get("name"));
        assertEquals("central", broken("distributor").get(0).get("name"), "whom it follows itself");
        calls.state(
                FeedState.RESUMING,
                true,
                "source north is RESUMING itself: source central is RESUMING itself: the disk is full");
        assertEquals("central", broken("client").get(0).get("name"), "as the distributor says");
        calls.state(FeedState.RESUMING, true, "source north is CONNECTING itself: cannot reach tcp://x");
        for (Whereabouts other : List.of(
                Whereabouts.NONE,
                new Whereabouts("north", "https://edits.example", "https://edits.example"),
                new Whereabouts("north", "hq", "https://reports.example"))) {
            calls.source(other, false);
            assertEquals("", broken("client").get(0).get("name"), "no node's name: " + other);
        }
    }

    @Test
    void blamesTheGatewayThatMovesTheClockAndNotTheCentreWhoseClockStands() {
        callsChannel.add(calls);
        Channel agentsChannel = new Channel("agents", () -> {}, history);
        agentsChannel.add(agents);
        channels.put("agents", agentsChannel);
        Channel configChannel = new Channel("config", () -> {}, history);
        FakeReplica config = new FakeReplica("config");
        configChannel.add(config);
        channels.put("config", configChannel);
        config.put(row("Peripheral", "PeripheralID", 9, "EnterpriseName", "bank"));
        config.put(row("Peripheral", "PeripheralID", 10, "EnterpriseName", "pbx"))
                .cut();
        calls.put(row("Peripheral_Real_Time", "PeripheralID", 9, "GatewayState", "up"));
        calls.put(row("Peripheral_Real_Time", "PeripheralID", 10, "GatewayState", "lost"))
                .cut();
        String reason = "gateway bank, which moves the clock, is silent";
        for (String before : List.of(
                "", "source central is RESUMING itself: ", "source a is CONNECTING itself: source b is X itself: ")) {
            for (FakeReplica replica : List.of(calls, agents)) {
                replica.sourceNotCurrent(true).state(FeedState.RESUMING, true, before + reason);
            }
            for (String role : List.of("distributor", "client")) {
                List<Map<String, Object>> broken = broken(role);
                assertEquals(2, broken.size(), broken.toString());
                assertEquals("peripheral", broken.get(0).get("part"));
                assertEquals("bank", broken.get(0).get("name"));
                assertEquals("silent", broken.get(0).get("state"));
                assertEquals(List.of("agents", "calls"), broken.get(0).get("feeds"));
                assertEquals("pbx", broken.get(1).get("name"), "which has nothing to do with it");
                assertEquals(List.of(), broken.get(1).get("feeds"));
            }
        }
        // Its row says so, too, and since when.
        calls.put(row(
                        "Peripheral_Real_Time",
                        "PeripheralID",
                        9,
                        "GatewayState",
                        "silent",
                        "GatewayReason",
                        "no sign",
                        "LastHeard",
                        MIDNIGHT))
                .cut();
        Map<String, Object> first = broken("client").get(0);
        assertEquals("bank", first.get("name"));
        assertEquals("no sign", first.get("reason"));
        assertEquals(java.time.Instant.ofEpochMilli(MIDNIGHT), first.get("since"));
        assertEquals(List.of("agents", "calls"), first.get("feeds"));
        assertEquals(2, broken("client").size());

        agents.state(FeedState.RESUMING, true, "gateway bank, which moves the clock, has lost its peripheral: cut");
        assertEquals("peripheral", broken("client").get(0).get("part"));
        // The line to the centre is another matter, and so is whatever else says the same words.
        calls.state(FeedState.CONNECTING, true, "cannot reach tcp://x");
        assertEquals("centre", broken("distributor").get(1).get("part"));
        agents.state(FeedState.RESUMING, true, "cannot tell why gateway bank, which moves the clock, is silent");
        assertEquals("centre", broken("client").get(0).get("part"));
    }
}
