package org.openrtd.console.internal;

import java.time.Instant;
import java.util.List;
import org.openrtd.feed.Replica;

/** A small contact centre at half past ten in Berlin: two call types, four agents, one peripheral. */
final class Centre {

    static final long NOW = Instant.parse("2026-03-02T09:30:12Z").toEpochMilli();

    final FakeReplica calls = new FakeReplica("calls")
            .at(NOW)
            .row("Controller_Time", "ControllerID", 1, "NowTime", NOW, "TimeZone", "Europe/Berlin")
            .row(
                    "Call_Type_Real_Time",
                    "CallTypeID",
                    5001,
                    "RouterCallsQNow",
                    3,
                    "RouterLongestCallQ",
                    NOW - 95_000,
                    "CallsOfferedToday",
                    120,
                    "CallsAnsweredToday",
                    100,
                    "AnswerWaitTimeToday",
                    2500,
                    "TotalCallsAbandToday",
                    8,
                    "ServiceLevelToday",
                    0.814)
            .row("Call_Type_Real_Time", "CallTypeID", 5007, "RouterCallsQNow", 0);

    final FakeReplica agents = new FakeReplica("agents")
            .at(NOW)
            .row(
                    "Agent_Real_Time",
                    "SkillTargetID",
                    1,
                    "MRDomainID",
                    1,
                    "AgentState",
                    4,
                    "DateTimeLastStateChange",
                    NOW - 133_000,
                    "SkillGroupSkillTargetID",
                    900)
            .row(
                    "Agent_Real_Time",
                    "SkillTargetID",
                    2,
                    "MRDomainID",
                    1,
                    "AgentState",
                    2,
                    "ReasonCode",
                    7,
                    "DateTimeLastStateChange",
                    NOW - 3_700_000)
            .row("Agent_Real_Time", "SkillTargetID", 3, "MRDomainID", 1, "AgentState", 3)
            .row("Agent_Real_Time", "SkillTargetID", 4, "MRDomainID", 1, "AgentState", 0);

    final FakeReplica config = new FakeReplica("config")
            .row("Call_Type", "CallTypeID", 5001, "EnterpriseName", "Sales")
            .row("Skill_Group", "SkillTargetID", 900, "EnterpriseName", "Sales North")
            .row("Person", "PersonID", 11, "FirstName", "Anna", "LastName", "Albrecht")
            .row("Agent", "SkillTargetID", 1, "PersonID", 11, "EnterpriseName", "agent.1")
            .row("Agent", "SkillTargetID", 2, "EnterpriseName", "agent.2")
            .row("Agent", "SkillTargetID", 4, "EnterpriseName", "agent.4")
            .row("Reason_Code", "ReasonCodeID", 70, "ReasonCode", 7, "ReasonText", "Lunch")
            .row("Peripheral", "PeripheralID", 5000, "EnterpriseName", "pbx");

    Centre gateway(String state) {
        calls.row("Peripheral_Real_Time", "PeripheralID", 5000, "GatewayState", state, "LastHeard", NOW - 4_000);
        return this;
    }

    List<Replica> replicas() {
        return List.of(calls, agents, config);
    }

    Picture picture() {
        return Picture.take("client-1", "north", replicas());
    }
}
