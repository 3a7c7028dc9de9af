package org.openrtd.catalog;

import static org.openrtd.catalog.ContactCentreTables.SERVICE_LEVEL_TYPE;
import static org.openrtd.catalog.ContactCentreTables.SKILL_TARGET_TYPE;
import static org.openrtd.catalog.ContactCentreTables.codes;
import static org.openrtd.catalog.Unit.COUNT;
import static org.openrtd.catalog.Unit.SECONDS;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.openrtd.feed.ColumnType;

/**
 * The tables of the configuration with all that must hold in them: the one description from which the databases' schemas,
 * the feed's tables, the checks of edits, completion and {@code docs/catalog.md} come. Referred to are tables, not columns:
 * the key, which is one column.
 *
 * <p>The last column of each is the recovery key of the transaction that last changed the row, so that what has changed since
 * a key is a query.
 */
final class ConfigurationTables {

    private static final int SERVICE = 1;
    private static final int SKILL_GROUP = 2;
    private static final int AGENT = 3;

    /** A day has so many seconds; schedules know no other. */
    private static final int DAY = 86_400;

    /** Characters of a script. */
    private static final int SCRIPT = 256 << 10;

    private static final CodeList TARGET_TYPE = codes(
            "TargetType",
            Map.ofEntries(
                    Map.entry(SERVICE, "Service"),
                    Map.entry(SKILL_GROUP, "Skill group"),
                    Map.entry(AGENT, "Agent"),
                    Map.entry(4, "Call type"),
                    Map.entry(5, "Route"),
                    Map.entry(6, "Dialed number"),
                    Map.entry(7, "Master script"),
                    Map.entry(8, "Enterprise skill group"),
                    Map.entry(9, "Enterprise service"),
                    Map.entry(10, "Precision queue"),
                    Map.entry(11, "Attribute"),
                    Map.entry(12, "Media routing domain"),
                    Map.entry(13, "Peripheral"),
                    Map.entry(14, "Business hours"),
                    Map.entry(15, "Region")));
    private static final CodeList ATTRIBUTE_DATA_TYPE =
            codes("AttributeDataType", Map.of(3, "Boolean", 4, "Proficiency"));
    private static final CodeList ATTRIBUTE_RELATION = codes(
            "AttributeRelation",
            Map.of(
                    1, "equal",
                    2, "not equal",
                    3, "less than",
                    4, "less than or equal",
                    5, "greater than",
                    6, "greater than or equal"));
    private static final CodeList TERM_RELATION = codes("TermRelation", Map.of(0, "none", 1, "and", 2, "or"));
    private static final CodeList AGENT_ORDERING =
            codes("AgentOrdering", Map.of(1, "longest available", 2, "most skilled first", 3, "least skilled first"));

    private ConfigurationTables() {}

    static List<TableInfo> all() {
        return List.of(
                person(),
                agent(),
                agentTeam(),
                agentTeamMember(),
                agentTeamSupervisor(),
                agentDeskSettings(),
                skillTarget(),
                skillGroup(),
                skillGroupMember(),
                service(),
                serviceMember(),
                route(),
                enterpriseSkillGroup(),
                enterpriseSkillGroupMember(),
                enterpriseService(),
                enterpriseServiceMember(),
                attribute(),
                agentAttribute(),
                precisionQueue(),
                precisionQueueStep(),
                precisionQueueTerm(),
                callType(),
                dialedNumber(),
                dialedNumberMap(),
                masterScript(),
                script(),
                callTypeMap(),
                adminScriptScheduleMap(),
                scriptCrossReference(),
                peripheral(),
                routingClient(),
                agentDistribution(),
                mediaRoutingDomain(),
                reasonCode(),
                region(),
                businessHours());
    }

    // -------------------------------------------------------------------------------------------------------- people

    private static TableInfo person() {
        return deletable(table("Person", "One row per person who works in the centre.")
                .key("PersonID", "The person.")
                .text("FirstName", "First name.")
                .length(64)
                .text("LastName", "Last name.")
                .length(64)
                .text("LoginName", "The name to log on with.")
                .length(128)
                .unique("LoginName")
                .yesNo("LoginEnabled", "Y when the person may log on.")
                .text("Description", "For people."));
    }

    private static TableInfo agent() {
        return deletable(table("Agent", "One row per agent: a person at a peripheral.")
                .key("SkillTargetID", "The agent.")
                .refers("Skill_Target", "SkillTargetType", AGENT)
                .id("PersonID", "The person.")
                .required()
                .refers("Person")
                .id("PeripheralID", "The peripheral.")
                .required()
                .refers("Peripheral")
                .text("PeripheralNumber", "The peripheral's name for the agent.")
                .required()
                .length(64)
                .text("EnterpriseName", "The agent's name in the whole system.")
                .required()
                .length(128)
                .id("AgentDeskSettingsID", "The agent's desk settings.")
                .refers("Agent_Desk_Settings")
                .yesNo("SupervisorAgent", "Y when the agent is a supervisor.")
                .yesNo("AgentStateTrace", "Y when the agent's states are traced.")
                .text("ConfigParam", "Parameters for the peripheral.")
                .text("Description", "For people.")
                .unique("PeripheralID", "PeripheralNumber")
                .unique("EnterpriseName")
                .unique("PersonID", "PeripheralID"));
    }

    private static TableInfo agentTeam() {
        return deletable(
                named(table("Agent_Team", "One row per team of agents.").key("AgentTeamID", "The team."), "team")
                        .id("PeripheralID", "The peripheral that the team's agents belong to.")
                        .refers("Peripheral")
                        .id("PriSupervisorSkillTargetID", "The team's first supervisor.")
                        .refers("Agent")
                        .text("Description", "For people."));
    }

    private static TableInfo agentTeamMember() {
        return stamped(table("Agent_Team_Member", "One row per agent in a team.")
                .key("AgentTeamID", "The team.")
                .refers("Agent_Team")
                .key("SkillTargetID", "The agent.")
                .refers("Agent"));
    }

    private static TableInfo agentTeamSupervisor() {
        return stamped(table("Agent_Team_Supervisor", "One row per supervisor of a team.")
                .key("AgentTeamID", "The team.")
                .refers("Agent_Team")
                .key("SupervisorSkillTargetID", "The supervisor, who is an agent.")
                .refers("Agent"));
    }

    private static TableInfo agentDeskSettings() {
        return deletable(named(
                        table("Agent_Desk_Settings", "One row per set of settings that agents' desks share.")
                                .key("AgentDeskSettingsID", "The settings."),
                        "settings")
                .setting("RingNoAnswerTime", SECONDS, "How long a call rings at an agent before it goes on.")
                .atLeast(0)
                .setting("WrapupTime", SECONDS, "How long wrap-up may last.")
                .atLeast(0)
                .setting("LogoutNonActivityTime", SECONDS, "After which time in Not Ready an agent is logged out.")
                .atLeast(0)
                .yesNo("AutoAnswerEnabled", "Y when calls are answered by themselves.")
                .yesNo("AvailAfterIncoming", "Y when an agent is available after an inbound call.")
                .yesNo("AvailAfterOutgoing", "Y when an agent is available after an outbound call.")
                .yesNo("IdleReasonRequired", "Y when Not Ready takes a reason code.")
                .yesNo("LogoutReasonRequired", "Y when logging out takes a reason code.")
                .yesNo("SupervisorCallsAllowed", "Y when an agent may call a supervisor.")
                .yesNo("AgentToAgentCallsAllowed", "Y when agents may call each other.")
                .text("Description", "For people."));
    }

    // -------------------------------------------------------------------------------------- what calls can be sent to

    private static TableInfo skillTarget() {
        return stamped(table("Skill_Target", "One row per service, skill group or agent: what a call can be sent to.")
                .key("SkillTargetID", "The service, skill group or agent.")
                .code("SkillTargetType", SKILL_TARGET_TYPE, "Which of them it is.")
                .required());
    }

    private static TableInfo skillGroup() {
        return deletable(serviceLevel(table("Skill_Group", "One row per skill group.")
                        .key("SkillTargetID", "The skill group.")
                        .refers("Skill_Target", "SkillTargetType", SKILL_GROUP)
                        .text("EnterpriseName", "The group's name in the whole system.")
                        .required()
                        .length(32)
                        .unique("EnterpriseName")
                        .id("PeripheralID", "The peripheral.")
                        .required()
                        .refers("Peripheral")
                        .number("PeripheralNumber", "The peripheral's number for the group.")
                        .required()
                        .number("Priority", "0 for a base group.")
                        .required()
                        .unique("PeripheralID", "PeripheralNumber", "Priority")
                        .text("PeripheralName", "The peripheral's name for the group.")
                        .length(32)
                        .id("BaseSkillTargetID", "The base group of a subgroup.")
                        .refers("Skill_Group")
                        .id("MRDomainID", "The media routing domain.")
                        .required()
                        .refers("Media_Routing_Domain")
                        .text("Extension", "The number to dial for the group.")
                        .length(32))
                .text("Description", "For people."));
    }

    private static TableInfo skillGroupMember() {
        return stamped(table("Skill_Group_Member", "One row per agent in a skill group.")
                .key("SkillGroupSkillTargetID", "The skill group.")
                .refers("Skill_Group")
                .key("AgentSkillTargetID", "The agent.")
                .refers("Agent"));
    }

    private static TableInfo service() {
        return deletable(serviceLevel(named(
                                table("Service", "One row per service: a kind of help that callers want.")
                                        .key("SkillTargetID", "The service.")
                                        .refers("Skill_Target", "SkillTargetType", SERVICE),
                                "service")
                        .id("PeripheralID", "The peripheral.")
                        .required()
                        .refers("Peripheral")
                        .text("PeripheralNumber", "The peripheral's number for the service.")
                        .length(64)
                        .unique("PeripheralID", "PeripheralNumber")
                        .text("PeripheralName", "The peripheral's name for the service.")
                        .length(64)
                        .id("MRDomainID", "The media routing domain.")
                        .refers("Media_Routing_Domain"))
                .text("Description", "For people."));
    }

    private static TableInfo serviceMember() {
        return stamped(table("Service_Member", "One row per skill group whose agents give a service.")
                .key("ServiceSkillTargetID", "The service.")
                .refers("Service")
                .key("SkillGroupSkillTargetID", "The skill group.")
                .refers("Skill_Group")
                .number("Priority", "In which order the groups are tried."));
    }

    private static TableInfo route() {
        return deletable(named(
                        table("Route", "One row per route: a way for calls to a service.")
                                .key("RouteID", "The route."),
                        "route")
                .id("ServiceSkillTargetID", "The service that the route leads to.")
                .refers("Service")
                .text("Description", "For people."));
    }

    private static TableInfo enterpriseSkillGroup() {
        return deletable(named(
                        table("Enterprise_Skill_Group", "One row per skill group of the whole enterprise.")
                                .key("EnterpriseSkillGroupID", "The enterprise skill group."),
                        "group")
                .text("Description", "For people."));
    }

    private static TableInfo enterpriseSkillGroupMember() {
        return stamped(table("Enterprise_Skill_Group_Member", "One row per skill group in one of the enterprise.")
                .key("EnterpriseSkillGroupID", "The enterprise skill group.")
                .refers("Enterprise_Skill_Group")
                .key("SkillGroupSkillTargetID", "The skill group.")
                .refers("Skill_Group"));
    }

    private static TableInfo enterpriseService() {
        return deletable(named(
                        table("Enterprise_Service", "One row per service of the whole enterprise.")
                                .key("EnterpriseServiceID", "The enterprise service."),
                        "service")
                .text("Description", "For people."));
    }

    private static TableInfo enterpriseServiceMember() {
        return stamped(table("Enterprise_Service_Member", "One row per service in one of the enterprise.")
                .key("EnterpriseServiceID", "The enterprise service.")
                .refers("Enterprise_Service")
                .key("ServiceSkillTargetID", "The service.")
                .refers("Service"));
    }

    private static TableInfo attribute() {
        return deletable(named(
                        table("Attribute", "One row per attribute that agents may have, such as a language.")
                                .key("AttributeID", "The attribute."),
                        "attribute")
                .code("AttributeDataType", ATTRIBUTE_DATA_TYPE, "What its values are.")
                .required()
                .text("MinimumValue", "The lowest value.")
                .text("MaximumValue", "The highest value.")
                .text("DefaultValue", "The value of agents who are given none.")
                .text("Description", "For people."));
    }

    private static TableInfo agentAttribute() {
        return stamped(table("Agent_Attribute", "One row per attribute of an agent.")
                .key("SkillTargetID", "The agent.")
                .refers("Agent")
                .key("AttributeID", "The attribute.")
                .refers("Attribute")
                .text("AttributeValue", "The agent's value."));
    }

    private static TableInfo precisionQueue() {
        return deletable(serviceLevel(named(
                                table("Precision_Queue", "One row per precision queue: it finds agents by attributes.")
                                        .key("PrecisionQueueID", "The precision queue."),
                                "queue")
                        .code("AgentOrdering", AGENT_ORDERING, "Which agent of several is chosen.")
                        .id("MRDomainID", "The media routing domain.")
                        .refers("Media_Routing_Domain"))
                .text("Description", "For people."));
    }

    private static TableInfo precisionQueueStep() {
        return stamped(table("Precision_Queue_Step", "One row per step that a call waits in, in a precision queue.")
                .key("PrecisionQueueStepID", "The step.")
                .id("PrecisionQueueID", "The precision queue.")
                .required()
                .refers("Precision_Queue")
                .number("StepOrder", "The step's place, from 1.")
                .required()
                .atLeast(1)
                .unique("PrecisionQueueID", "StepOrder")
                .setting("WaitTime", SECONDS, "How long a call waits in the step; NULL in the last one.")
                .atLeast(0)
                .text("ConsiderIf", "The expression by which the step is tried at all."));
    }

    private static TableInfo precisionQueueTerm() {
        return stamped(table("Precision_Queue_Term", "One row per condition that a step asks of agents' attributes.")
                .key("PrecisionQueueTermID", "The term.")
                .id("PrecisionQueueStepID", "The step.")
                .required()
                .refers("Precision_Queue_Step")
                .number("TermOrder", "The term's place, from 1.")
                .required()
                .atLeast(1)
                .unique("PrecisionQueueStepID", "TermOrder")
                .id("AttributeID", "The attribute.")
                .required()
                .refers("Attribute")
                .setting(
                        "ParenCount",
                        COUNT,
                        "Parentheses that open before the term, or, when negative, that close after it.")
                .code("TermRelation", TERM_RELATION, "How the term is joined to the one before it.")
                .code("AttributeRelation", ATTRIBUTE_RELATION, "How the agent's value is compared.")
                .required()
                .text("Value1", "What it is compared with."));
    }

    // ------------------------------------------------------------------------------------------------ calls, scripts

    private static TableInfo callType() {
        return deletable(serviceLevel(named(
                        table("Call_Type", "One row per call type.").key("CallTypeID", "The call type."), "call type"))
                .setting(
                        "AbandonWaitTime",
                        SECONDS,
                        "A call abandoned in less than this is a short call and no abandonment.")
                .atLeast(0)
                .text("Description", "For people."));
    }

    private static TableInfo dialedNumber() {
        return deletable(named(
                        table("Dialed_Number", "One row per number that callers dial.")
                                .key("DialedNumberID", "The dialed number."),
                        "number")
                .text("DialedNumberString", "The digits, or what else the routing client sends.")
                .required()
                .length(64)
                .id("RoutingClientID", "The routing client that the number comes from.")
                .refers("Routing_Client")
                .unique("RoutingClientID", "DialedNumberString")
                .id("MRDomainID", "The media routing domain.")
                .refers("Media_Routing_Domain")
                .text("Description", "For people."));
    }

    private static TableInfo dialedNumberMap() {
        return stamped(table("Dialed_Number_Map", "One row per way by which a dialed number leads to a call type.")
                .key("DialedNumberID", "The dialed number.")
                .refers("Dialed_Number")
                .key("Item", "The place in the order in which they are tried.")
                .id("CallTypeID", "The call type.")
                .required()
                .refers("Call_Type")
                .text("CallerNumber", "A pattern of the caller's number; NULL for any.")
                .length(64)
                .text("CallerEntered", "A pattern of the digits that the caller entered; NULL for any.")
                .length(64));
    }

    private static TableInfo masterScript() {
        return deletable(named(
                        table(
                                        "Master_Script",
                                        "One row per script, whatever its version. A call type is scheduled to it, and its"
                                                + " current version runs.")
                                .key("MasterScriptID", "The master script."),
                        "script")
                .number("CurrentVersion", "The version that runs; NULL when none does. Another one makes it roll.")
                .atLeast(1)
                .number("NextAvailableVersion", "The version that the next one added gets; no version is given twice.")
                .required()
                .atLeast(1)
                .text("Description", "For people."));
    }

    private static TableInfo script() {
        return stamped(table("Script", "One row per version of a script. It is added and deleted, and never changed.")
                .key("ScriptID", "The version of the script.")
                .id("MasterScriptID", "The master script.")
                .required()
                .refers("Master_Script")
                .number("Version", "Which version, from 1.")
                .required()
                .atLeast(1)
                .unique("MasterScriptID", "Version")
                .text("Author", "Who added it: the user who was validated. Set by the central database.")
                .length(128)
                .add(
                        "DateTime",
                        ColumnType.TIMESTAMP,
                        Unit.TIME,
                        Family.ATTRIBUTE,
                        "When it was added. Set by the central database.",
                        Optional.empty())
                .text("ScriptText", "The script; nothing but the scripts' editor reads it.")
                .required()
                .length(SCRIPT)
                .form(TextForm.BODY));
    }

    private static TableInfo callTypeMap() {
        return stamped(schedule(table("Call_Type_Map", "One row per time at which a call type has a script.")
                .key("CallTypeID", "The call type.")
                .refers("Call_Type")
                .key("Item", "The place in the order in which they are tried.")
                .id("MasterScriptID", "The master script, whose current version runs.")
                .required()
                .refers("Master_Script")));
    }

    private static TableInfo adminScriptScheduleMap() {
        return stamped(schedule(
                table("Admin_Script_Schedule_Map", "One row per time at which a script runs that serves no call.")
                        .key("MasterScriptID", "The master script, whose current version runs.")
                        .refers("Master_Script")
                        .key("Item", "Tells the script's times apart.")));
    }

    private static TableInfo scriptCrossReference() {
        TableBuilder table = table(
                        "Script_Cross_Reference",
                        "One row per thing that a version of a script uses. What the current version of a script uses cannot"
                                + " be deleted. Added and deleted with the version, and never changed.")
                .key("ScriptID", "The version of the script.")
                .refers("Script")
                .keyCode("TargetType", TARGET_TYPE, "What it uses.")
                .key("TargetID", "Which one, by its key.");
        Map<Integer, String> targets = Map.ofEntries(
                Map.entry(SERVICE, "Service"),
                Map.entry(SKILL_GROUP, "Skill_Group"),
                Map.entry(AGENT, "Agent"),
                Map.entry(4, "Call_Type"),
                Map.entry(5, "Route"),
                Map.entry(6, "Dialed_Number"),
                Map.entry(7, "Master_Script"),
                Map.entry(8, "Enterprise_Skill_Group"),
                Map.entry(9, "Enterprise_Service"),
                Map.entry(10, "Precision_Queue"),
                Map.entry(11, "Attribute"),
                Map.entry(12, "Media_Routing_Domain"),
                Map.entry(13, "Peripheral"),
                Map.entry(14, "Business_Hours"),
                Map.entry(15, "Region"));
        TARGET_TYPE.texts().keySet().forEach(type -> table.refersWhen("TargetType", type, targets.get(type)));
        return stamped(table);
    }

    // ------------------------------------------------------------------------------------------------ the system

    private static TableInfo peripheral() {
        return deletable(table(
                        "Peripheral", "One row per peripheral: a telephone system whose gateway tells its events.")
                .key("PeripheralID", "The peripheral.")
                .text("EnterpriseName", "The peripheral's name in the whole system, which is its gateway's.")
                .required()
                .length(128)
                .unique("EnterpriseName")
                .text("PeripheralName", "The peripheral's name at its site.")
                .length(128)
                .setting("PeripheralType", Unit.CODE, "The kind of telephone system.")
                .text("TimeZone", "The time zone by which its days and half hours are cut, such as Asia/Jerusalem.")
                .length(64)
                .form(TextForm.ZONE)
                .yesNo("AgentReporting", "Y when its agents are reported.")
                .text("Description", "For people."));
    }

    private static TableInfo routingClient() {
        return deletable(named(
                        table("Routing_Client", "One row per routing client: what asks where to send calls.")
                                .key("RoutingClientID", "The routing client."),
                        "routing client")
                .id("PeripheralID", "The peripheral that it belongs to.")
                .refers("Peripheral")
                .text("Description", "For people."));
    }

    private static TableInfo agentDistribution() {
        return stamped(table("Agent_Distribution", "One row per site that a peripheral's agents are shown at.")
                .key("PeripheralID", "The peripheral.")
                .refers("Peripheral")
                .keyText("AdministrativeSite", "The site's name.")
                .length(64)
                .yesNo("AgentRealTimeData", "Y when the site gets real-time data of the agents.")
                .yesNo("AgentHistoricalData", "Y when the site gets historical data of the agents."));
    }

    private static TableInfo mediaRoutingDomain() {
        return deletable(named(
                        table("Media_Routing_Domain", "One row per medium by which customers come in.")
                                .key("MRDomainID", "The media routing domain."),
                        "domain")
                .text("Description", "For people."));
    }

    private static TableInfo reasonCode() {
        return deletable(table("Reason_Code", "One row per reason for which agents are in Not Ready or log out.")
                .key("ReasonCodeID", "The reason.")
                .setting("ReasonCode", Unit.CODE, "The code in real-time tables.")
                .required()
                .unique("ReasonCode")
                .text("ReasonText", "What the code means.")
                .length(64)
                .text("Description", "For people."));
    }

    private static TableInfo region() {
        return deletable(table("Region", "One row per region that callers come from.")
                .key("RegionID", "The region.")
                .text("RegionName", "The region's name.")
                .required()
                .length(64)
                .unique("RegionName")
                .text("Description", "For people."));
    }

    private static TableInfo businessHours() {
        return deletable(named(
                        table("Business_Hours", "One row per set of times at which callers are served.")
                                .key("BusinessHoursID", "The business hours."),
                        "hours")
                .text("TimeZone", "The time zone by which they are meant.")
                .length(64)
                .form(TextForm.ZONE)
                .text("Description", "For people."));
    }

    // ------------------------------------------------------------------------------------------------ what they share

    private static TableBuilder table(String name, String description) {
        return new TableBuilder(name, Catalog.CONFIG, description);
    }

    private static TableBuilder named(TableBuilder table, String what) {
        return table.text("EnterpriseName", "The " + what + "'s name in the whole system.")
                .required()
                .length(64)
                .unique("EnterpriseName");
    }

    private static TableBuilder serviceLevel(TableBuilder table) {
        return table.setting("ServiceLevelThreshold", SECONDS, "Within which time a call is to be answered.")
                .atLeast(0)
                .code("ServiceLevelType", SERVICE_LEVEL_TYPE, "How the service level is reckoned.");
    }

    private static TableBuilder schedule(TableBuilder table) {
        for (String day : List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")) {
            table.yesNo(day + "Enabled", "N when it does not count on " + day + "s.");
        }
        return table.setting("StartTime", SECONDS, "From when on in the day, in seconds; NULL for its beginning.")
                .range(0, DAY)
                .setting("EndTime", SECONDS, "Until when in the day, in seconds; NULL for its end.")
                .range(0, DAY);
    }

    private static TableInfo stamped(TableBuilder table) {
        return last(table.number("ChangeStamp", "Rises with each change of the row. Set by the central database."));
    }

    private static TableInfo deletable(TableBuilder table) {
        return last(table.number("ChangeStamp", "Rises with each change of the row. Set by the central database.")
                .yesNo("Deleted", "Y when the row is deleted; it keeps its name until it is purged.")
                .required());
    }

    private static TableInfo last(TableBuilder table) {
        return table.add(
                        "RecoveryKey",
                        ColumnType.LONG,
                        Unit.ID,
                        Family.ATTRIBUTE,
                        "The recovery key of the transaction that last changed the row. Set by the central database.",
                        Optional.empty())
                .build();
    }
}
