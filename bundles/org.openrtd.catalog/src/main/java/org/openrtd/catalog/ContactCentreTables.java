package org.openrtd.catalog;

import static org.openrtd.catalog.TableBuilder.Flag.SENSITIVE;
import static org.openrtd.catalog.TableBuilder.Flag.TIME_DRIVEN;
import static org.openrtd.catalog.TableBuilder.Flag.UNDETERMINED;
import static org.openrtd.catalog.Unit.COUNT;
import static org.openrtd.catalog.Unit.FLAG;
import static org.openrtd.catalog.Unit.ID;
import static org.openrtd.catalog.Unit.RATIO;
import static org.openrtd.catalog.Unit.SECONDS;
import static org.openrtd.catalog.Unit.TIME;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every table, column by column; those of the configuration in {@link ConfigurationTables}. The spelling and the order are those that reports depend on, odd as some are: do not
 * tidy them. A change of tables or columns raises {@link #VERSION}.
 */
final class ContactCentreTables {

    static final int VERSION = 2;

    private static final String LAST_UPDATED = "The controller's time at which the row was last updated.";

    static final CodeList AGENT_STATE = codes("AgentState", agentStates());
    static final CodeList DIRECTION = codes("Direction", Map.of(0, "None", 1, "In", 2, "Out", 3, "Other"));
    static final CodeList AVAILABLE_IN_MRD =
            codes("AvailableInMRD", Map.of(0, "Not available", 1, "Available", 2, "Available to the application"));
    static final CodeList SKILL_TARGET_TYPE =
            codes("SkillTargetType", Map.of(1, "Service", 2, "Skill group", 3, "Agent"));
    static final CodeList SERVICE_LEVEL_TYPE = codes(
            "ServiceLevelType",
            Map.of(
                    1, "Calls / (Offered - Aband): abandoned calls are left out",
                    2, "Calls / Offered: abandoned calls count against it",
                    3, "(Calls + Aband) / Offered: calls abandoned in time count for it"));

    private ContactCentreTables() {}

    static List<TableInfo> all() {
        List<TableInfo> tables = new ArrayList<>(List.of(
                callTypeRealTime(),
                skillGroupRealTime(),
                peripheralRealTime(),
                controllerTime(),
                agentRealTime(),
                agentSkillGroupRealTime()));
        tables.addAll(ConfigurationTables.all());
        return tables;
    }

    // ---------------------------------------------------------------------------------------------- real-time: calls

    private static TableInfo callTypeRealTime() {
        TableBuilder table = new TableBuilder("Call_Type_Real_Time", Catalog.CALLS, "One row per call type.")
                .key("CallTypeID", "The call type.")
                .now("DateTime", TIME, LAST_UPDATED)
                .id("ScriptID", "The script version that the call type is scheduled to.", UNDETERMINED)
                .id("MasterScriptID", "The script that the call type is scheduled to.", UNDETERMINED)
                .now("RouterCallsQNow", COUNT, "Calls in queue.")
                .now(
                        "RouterCallsQNowTime",
                        SECONDS,
                        "How long the calls in queue have waited in it, together.",
                        TIME_DRIVEN)
                .now(
                        "RouterLongestCallQ",
                        TIME,
                        "When the oldest call in queue entered it; NULL when the queue is empty.")
                .now(
                        "AvgRouterDelayQNow",
                        SECONDS,
                        "How long a call in queue has waited in it, on average; NULL when the queue is empty.",
                        TIME_DRIVEN)
                .now("CallsAtVRUNow", COUNT, "Calls at the voice response unit, those in queue included.")
                .now("CallsAtAgentNow", COUNT, "Calls talking to an agent, or held by one.")
                .now(
                        "ServiceLevelCallsQHeld",
                        COUNT,
                        "Calls in queue for which the service level threshold has passed.",
                        TIME_DRIVEN);

        List<Measure> windowed = List.of(
                new Measure("AnswerWaitTime", SECONDS, "Time in queue of the calls answered"),
                new Measure(
                        "AvgRouterDelayQ",
                        SECONDS,
                        "Average time in queue of the calls that left it, NULL when none did"),
                new Measure(
                        "CallDelayAbandTime",
                        SECONDS,
                        "Time from a call's first offer to its abandonment, over all abandoned calls"),
                new Measure(
                        "CTDelayAbandTime",
                        SECONDS,
                        "Time from the offer to this call type to the abandonment, over all abandoned calls"),
                new Measure(
                        "DelayAgentAbandTime", SECONDS, "Time that calls abandoned at a ringing agent had rung there"),
                new Measure("DelayQAbandTime", SECONDS, "Time in queue of the calls abandoned there"),
                new Measure("CallsAnswered", COUNT, "Calls answered"),
                new Measure("CallsHandled", COUNT, "Calls handled, counted when all is done, wrap-up included"),
                new Measure("CallsLeftQ", COUNT, "Calls that left the queue, answered or abandoned"),
                new Measure("CallsOffered", COUNT, "Calls offered"),
                new Measure("CallsRONA", COUNT, "Times a call rang at an agent and was not answered"),
                new Measure("CallsRoutedNonAgent", COUNT, "Calls routed elsewhere than to an agent", UNDETERMINED),
                new Measure("HandleTime", SECONDS, "Talk, hold and wrap-up time of the calls handled"),
                new Measure("HoldTime", SECONDS, "Hold time of the calls handled"),
                new Measure("TalkTime", SECONDS, "Talk time of the calls handled, hold not included"),
                new Measure("OverflowOut", COUNT, "Calls that a script passed to another call type", UNDETERMINED),
                new Measure("RouterCallsAbandQ", COUNT, "Calls abandoned in queue"),
                new Measure("RouterCallsAbandToAgent", COUNT, "Calls abandoned while ringing at an agent"),
                new Measure("RouterQueueCalls", COUNT, "Calls that entered the queue"),
                new Measure("RouterQueueWaitTime", SECONDS, "Time in queue of the calls that left it"),
                new Measure("TotalCallsAband", COUNT, "Calls abandoned, wherever they were; short calls not included"),
                new Measure(
                        "ServiceLevel",
                        RATIO,
                        "Service level by the call type's ServiceLevelType, NULL when its divisor is 0",
                        TIME_DRIVEN),
                new Measure("ServiceLevelCalls", COUNT, "Calls answered within the service level threshold"),
                new Measure(
                        "ServiceLevelCallsOffered",
                        COUNT,
                        "Calls that had their service level event: answered or abandoned within the threshold, or past it",
                        TIME_DRIVEN),
                new Measure("ServiceLevelAband", COUNT, "Calls abandoned within the service level threshold"),
                new Measure(
                        "ServiceLevelRONA",
                        COUNT,
                        "Times a call rang at an agent and was not answered, within the threshold"));
        List<Measure> more = List.of(
                new Measure("AgentErrorCount", COUNT, "Calls that failed at an agent", UNDETERMINED),
                new Measure(
                        "ServiceLevelError",
                        COUNT,
                        "Calls that failed within the service level threshold",
                        UNDETERMINED),
                new Measure("ReturnRelease", COUNT, "Calls released by a script", UNDETERMINED));
        List<Measure> routing = List.of(
                new Measure("CallsRouted", COUNT, "Calls routed to a label", UNDETERMINED),
                new Measure("ErrorCount", COUNT, "Calls that failed in routing", UNDETERMINED),
                new Measure("ICRDefaultRouted", COUNT, "Calls routed to the call type's default label", UNDETERMINED),
                new Measure("NetworkAnnouncement", COUNT, "Calls routed to an announcement", UNDETERMINED),
                new Measure("NetworkDefaultRouted", COUNT, "Calls routed to the network's default label", UNDETERMINED),
                new Measure("ReturnBusy", COUNT, "Calls routed to a busy tone", UNDETERMINED),
                new Measure("ReturnRing", COUNT, "Calls routed to a ring tone", UNDETERMINED),
                new Measure(
                        "ShortCalls", COUNT, "Calls abandoned within the abandon-wait time, which are no abandonment"));

        for (Measure measure : windowed) {
            measure.in(Family.TO5, "To5", table);
        }
        List<Measure> periodic = new ArrayList<>(windowed);
        periodic.removeIf(measure -> measure.stem.equals("CallsLeftQ"));
        periodic.addAll(more);
        for (Measure measure : periodic) {
            measure.in(Family.HALF, "Half", table);
        }
        for (Measure measure : routing) {
            measure.in(Family.HALF, "ToHalf", table);
        }
        for (Measure measure : periodic) {
            measure.in(Family.TODAY, "Today", table);
        }
        for (Measure measure : routing) {
            // Singular for the day alone: ShortCallsToHalf, but ShortCallToday.
            (measure.stem.equals("ShortCalls") ? measure.spelled("ShortCall") : measure)
                    .in(Family.TODAY, "Today", table);
        }
        return table.build();
    }

    private static TableInfo skillGroupRealTime() {
        TableBuilder table = new TableBuilder("Skill_Group_Real_Time", Catalog.CALLS, "One row per skill group.")
                .key("SkillTargetID", "The skill group.")
                .now("DateTime", TIME, LAST_UPDATED)
                .now(
                        "LoggedOn",
                        COUNT,
                        "Agents logged on to the group. Agents whose state is Unknown count in no column.")
                .now("Avail", COUNT, "Agents available: Ready, and on no call.")
                .now("Ready", COUNT, "Agents logged on and not in Not Ready.")
                .now("NotReady", COUNT, "Agents in Not Ready.")
                .now("TalkingIn", COUNT, "Agents talking on an inbound call of the group.")
                .now("TalkingOut", COUNT, "Agents talking on an outbound call.", UNDETERMINED)
                .now("TalkingOther", COUNT, "Agents talking on an internal call.", UNDETERMINED)
                .now("WorkReady", COUNT, "Agents doing after-call work for the group, to be available after it.")
                .now("WorkNotReady", COUNT, "Agents doing after-call work for the group, not to be available after it.")
                .now("BusyOther", COUNT, "Agents busy in another group.")
                .now("Hold", COUNT, "Agents whose calls for the group are all on hold.")
                .now("ReservedAgents", COUNT, "Agents at whom a call for the group rings.")
                .now(
                        "ICMAvailable",
                        COUNT,
                        "Agents available to routing in the media routing domain; for calls the same as Avail.")
                .now("RouterCallsQNow", COUNT, "Calls in queue for the group.")
                .now("CallsQueuedNow", COUNT, "Calls in a queue of the peripheral's own.", UNDETERMINED)
                .now(
                        "RouterLongestCallQ",
                        TIME,
                        "When the oldest call in queue entered it; NULL when the queue is empty.")
                .now(
                        "LongestAvailAgent",
                        TIME,
                        "When the longest available agent became available; NULL when none is.");
        List<Measure> measures = List.of(
                new Measure("CallsHandled", COUNT, "Calls handled, counted when all is done, wrap-up included"),
                new Measure("CallsAnswered", COUNT, "Calls answered by the group"),
                new Measure("AnswerWaitTime", SECONDS, "Time in the group's queue of the calls it answered"),
                new Measure("RouterCallsAbandQ", COUNT, "Calls abandoned while in queue for the group"),
                new Measure(
                        "AvgHandledCallsTalkTime",
                        SECONDS,
                        "Average talk time of the calls handled, NULL when none was"),
                new Measure(
                        "AvgHandledCallsTime", SECONDS, "Average handle time of the calls handled, NULL when none was"),
                new Measure(
                        "PercentUtilization",
                        RATIO,
                        "Talk, hold and after-call work time over the time logged on and not in Not Ready, NULL when that is 0",
                        TIME_DRIVEN),
                new Measure("AvailTime", SECONDS, "Time that agents were available", TIME_DRIVEN),
                new Measure("NotReadyTime", SECONDS, "Time that agents were in Not Ready", TIME_DRIVEN),
                new Measure("TalkTime", SECONDS, "Time that agents were talking for the group", TIME_DRIVEN),
                new Measure("WorkReadyTime", SECONDS, "Time that agents were in Work Ready", TIME_DRIVEN),
                new Measure("WorkNotReadyTime", SECONDS, "Time that agents were in Work Not Ready", TIME_DRIVEN),
                new Measure("BusyOtherTime", SECONDS, "Time that agents were busy in another group", TIME_DRIVEN),
                new Measure("ReservedStateTime", SECONDS, "Time that calls rang at agents", TIME_DRIVEN),
                new Measure("LoggedOnTime", SECONDS, "Time that agents were logged on", TIME_DRIVEN),
                new Measure(
                        "CallsOffered",
                        COUNT,
                        "Calls offered: queued for the group, or answered by it without queueing"),
                new Measure(
                        "ServiceLevel",
                        RATIO,
                        "Service level by the group's ServiceLevelType, NULL when its divisor is 0",
                        TIME_DRIVEN),
                new Measure("ServiceLevelCalls", COUNT, "Calls answered within the service level threshold"),
                new Measure("ServiceLevelAband", COUNT, "Calls abandoned within the service level threshold"),
                new Measure(
                        "ServiceLevelCallsOffered",
                        COUNT,
                        "Calls that had their service level event: answered or abandoned within the threshold, or past it",
                        TIME_DRIVEN));
        for (Measure measure : measures) {
            measure.in(Family.TO5, "To5", table);
        }
        for (Measure measure : measures) {
            measure.in(Family.HALF, "Half", table);
        }
        for (Measure measure : measures) {
            measure.in(Family.TODAY, "Today", table);
        }
        return table.build();
    }

    private static TableInfo peripheralRealTime() {
        return new TableBuilder("Peripheral_Real_Time", Catalog.CALLS, "One row per peripheral: how its gateway does.")
                .key("PeripheralID", "The peripheral.")
                .now("DateTime", TIME, LAST_UPDATED)
                .now("PeripheralOnline", FLAG, "1 when its gateway is up, 0 when not.")
                .nowText("GatewayState", "up, silent, lost or finished; NULL before it was first heard.")
                .nowText("GatewayReason", "Why the gateway is in that state, in its own words.")
                .length(1000)
                .now("LastHeard", TIME, "The controller's time when the gateway was last heard.")
                .now("CallsInProgress", COUNT, "Calls of the peripheral that are not over, wrap-up included.")
                .now("AgentsLoggedOn", COUNT, "Agents of the peripheral that are logged on.")
                .nowTotal("EventsAccepted", "Events that took effect.")
                .nowTotal(
                        "EventsRefused",
                        "Events refused, for they name what is not configured, or are not well formed.")
                .nowTotal(
                        "EventsUntidy",
                        "Events that do not fit what went before, such as the end of an unknown call; they took what effect they could.")
                .nowTotal(
                        "CallsClosedByPresent",
                        "Calls of whose end is only known that it was: the gateway's picture of its present omits them or shows"
                                + " them elsewhere, their name is used again, they end without an answer, or the"
                                + " peripheral was deleted.")
                .nowTotal(
                        "AgentsClosedByPresent",
                        "Agents logged out since the gateway's picture of its present omitted them.")
                .nowText("LastRefusal", "What the last refused event was refused for.")
                .length(1000)
                .build();
    }

    private static TableInfo controllerTime() {
        return new TableBuilder(
                        "Controller_Time",
                        Catalog.CALLS,
                        "One row: the controller's clock, to which every duration refers.")
                .key("ControllerID", "Always 1.")
                .now("NowTime", TIME, "The controller's time.", TIME_DRIVEN)
                .text("TimeZone", "The controller's time zone.")
                .now("UTCOffset", COUNT, "What the controller's local time is ahead of UTC, in minutes.", TIME_DRIVEN)
                .build();
    }

    // --------------------------------------------------------------------------------------------- real-time: agents

    private static TableInfo agentRealTime() {
        return new TableBuilder("Agent_Real_Time", Catalog.AGENTS, "One row per agent and media routing domain.")
                .key("SkillTargetID", "The agent.")
                .key("MRDomainID", "The media routing domain.")
                .nowCode("AgentState", AGENT_STATE, "The agent's state.")
                .now(
                        "ReasonCode",
                        Unit.CODE,
                        "Why the agent is in Not Ready, or logged out; 0 when no reason was given.")
                .nowText("Extension", "The telephone at which the agent is logged on; NULL when logged off.")
                .now("SkillGroupSkillTargetID", ID, "The skill group of the current call; NULL when there is none.")
                .nowCode("Direction", DIRECTION, "The direction of the current call.")
                .now("Destination", COUNT, "The kind of destination of an outbound call.", UNDETERMINED)
                .now("DateTime", TIME, LAST_UPDATED)
                .now("DateTimeLastStateChange", TIME, "When the state last changed; NULL before it ever did.")
                .now("DateTimeLastModeChange", TIME, "When the agent's mode last changed.", UNDETERMINED)
                .now("DateTimeLogin", TIME, "When the agent logged on; NULL when logged off.")
                .now(
                        "DateTimeTaskLevelChange",
                        TIME,
                        "When the number of the agent's calls last changed; NULL before it ever did.")
                .now("Routable", FLAG, "Whether routing may choose the agent.", UNDETERMINED)
                .now("RequestedSupervisorAssist", FLAG, "Whether the agent asks for a supervisor.", UNDETERMINED)
                .nowText("RemotePhoneNumber", "The remote agent's telephone number.", UNDETERMINED, SENSITIVE)
                .now("CampaignID", ID, "The campaign of the current call.", UNDETERMINED)
                .now("QueryRuleID", ID, "The query rule of the current call.", UNDETERMINED)
                .nowText("CustomerPhoneNumber", "The customer's telephone number.", UNDETERMINED, SENSITIVE)
                .nowText("CustomerAccountNumber", "The customer's account number.", UNDETERMINED, SENSITIVE)
                .nowCode(
                        "AvailableInMRD",
                        AVAILABLE_IN_MRD,
                        "Whether the agent is available in the media routing domain.")
                .now("CallInProgress", COUNT, "The agent's calls: talking, on hold, ringing or in wrap-up.")
                .now("MaxTasks", COUNT, "How many tasks the agent may have at once.", UNDETERMINED)
                .now("ServiceSkillTargetID", ID, "The service of the current call.", UNDETERMINED)
                .now("NetworkTargetID", ID, "The device at which the agent is logged on.", UNDETERMINED)
                .now("PrecisionQueueID", ID, "The precision queue of the current call.", UNDETERMINED)
                .now("PhoneType", Unit.CODE, "The kind of the agent's telephone.", UNDETERMINED)
                .build();
    }

    private static TableInfo agentSkillGroupRealTime() {
        return new TableBuilder("Agent_Skill_Group_Real_Time", Catalog.AGENTS, "One row per agent and skill group.")
                .key("SkillTargetID", "The agent.")
                .key("SkillGroupSkillTargetID", "The skill group.")
                .nowCode("AgentState", AGENT_STATE, "The agent's state in the group; Busy Other when busy in another.")
                .now(
                        "CallsInProgress",
                        COUNT,
                        "The agent's calls for the group: talking, on hold, ringing or in wrap-up.")
                .now("DateTime", TIME, LAST_UPDATED)
                .now(
                        "DateTimeLastStateChange",
                        TIME,
                        "When the state in the group last changed; NULL before it ever did.")
                .now("DateTimeLogin", TIME, "When the agent logged on to the group; NULL when logged off.")
                .now("Priority", COUNT, "The priority of the group for the agent.", UNDETERMINED)
                .now(
                        "ReasonCode",
                        Unit.CODE,
                        "Why the agent is in Not Ready, or logged out; 0 when no reason was given.")
                .build();
    }

    /** What is measured over each of several families: the column's name without the family's suffix. */
    private record Measure(String stem, Unit unit, String text, TableBuilder.Flag... flags) {

        Measure spelled(String otherStem) {
            return new Measure(otherStem, unit, text, flags);
        }

        void in(Family family, String suffix, TableBuilder table) {
            String when =
                    switch (family) {
                        case TO5 -> "in the last five minutes";
                        case HALF -> "in the current half hour";
                        default -> "since midnight";
                    };
            List<TableBuilder.Flag> set = new ArrayList<>(List.of(flags));
            if (family == Family.TO5 && !set.contains(UNDETERMINED) && !set.contains(TIME_DRIVEN)) {
                set.add(TIME_DRIVEN);
            }
            table.add(
                    stem + suffix,
                    TableBuilder.type(unit),
                    unit,
                    family,
                    text + ", " + when + ".",
                    Optional.empty(),
                    set.toArray(TableBuilder.Flag[]::new));
        }
    }

    static CodeList codes(String name, Map<Integer, String> texts) {
        Map<Integer, String> ordered = new LinkedHashMap<>();
        texts.keySet().stream().sorted().forEach(code -> ordered.put(code, texts.get(code)));
        return new CodeList(name, ordered);
    }

    private static Map<Integer, String> agentStates() {
        Map<Integer, String> states = new LinkedHashMap<>();
        for (AgentState state : AgentState.values()) {
            states.put(state.code(), state.text());
        }
        return states;
    }
}
