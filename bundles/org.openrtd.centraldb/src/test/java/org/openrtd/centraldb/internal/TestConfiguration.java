package org.openrtd.centraldb.internal;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.feed.Change;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/** Rows that may be there, and short words for edits of a store. */
final class TestConfiguration {

    static final FeedSchema SCHEMA = Catalog.feed(Catalog.CONFIG);

    private TestConfiguration() {}

    static SqlConfigurationStore open(DataSource database, Clock clock) {
        return new SqlConfigurationStore(new CentralDatabase(database), SCHEMA, ConfigurationDefaults.USUAL, clock);
    }

    /** A new, live row with these columns; the others are NULL. */
    static Row row(String table, Object... columnsAndValues) {
        Table of = SCHEMA.table(table);
        Object[] values = new Object[of.columns().size()];
        values[of.column("ChangeStamp")] = 0;
        if (of.hasColumn("Deleted")) {
            values[of.column("Deleted")] = "N";
        }
        for (int i = 0; i < columnsAndValues.length; i += 2) {
            values[of.column((String) columnsAndValues[i])] = columnsAndValues[i + 1];
        }
        return of.row(values);
    }

    static Row with(Row row, Object... columnsAndValues) {
        Object[] values = row.values();
        for (int i = 0; i < columnsAndValues.length; i += 2) {
            values[row.table().column((String) columnsAndValues[i])] = columnsAndValues[i + 1];
        }
        return row.table().row(values);
    }

    static Row callType(int id, String name) {
        return row("Call_Type", "CallTypeID", id, "EnterpriseName", name);
    }

    static ConfigurationTransaction transaction(String id, String author, Row... rows) {
        return new ConfigurationTransaction(
                id, author, Arrays.stream(rows).map(Change::put).toList());
    }

    /** Changes of which each delete takes away whatever is there. */
    static List<Change> unconditional(List<Change> changes) {
        List<Change> all = new ArrayList<>();
        for (Change change : changes) {
            if (change.row() == null) {
                Object[] values = new Object[change.table().columns().size()];
                for (int i = 0; i < change.key().size(); i++) {
                    values[i] = change.key().get(i);
                }
                all.add(Change.put(change.table().row(values)));
            }
            all.add(change);
        }
        return all;
    }

    static List<Change> deletion(Table table, Object... key) {
        return unconditional(List.of(Change.delete(table, List.of(key))));
    }

    static Row stored(SqlConfigurationStore store, String table, Object... key) {
        return store.rows().rows().stream()
                .filter(row -> row.table().name().equals(table) && row.key().equals(List.of(key)))
                .findFirst()
                .orElse(null);
    }

    static List<ConfigurationProblem> problems(ConfigurationResult result) {
        return result instanceof ConfigurationResult.Refused refused ? refused.problems() : List.of();
    }

    /** One row of every table, each after those that it refers to; by table. */
    static Map<String, Row> oneOfEach() {
        Map<String, Row> rows = new LinkedHashMap<>();
        add(rows, row("Person", "PersonID", 1, "LoginName", "ada", "LoginEnabled", "Y"));
        add(rows, row("Peripheral", "PeripheralID", 1, "EnterpriseName", "bank", "TimeZone", "Asia/Jerusalem"));
        add(rows, row("Media_Routing_Domain", "MRDomainID", 1, "EnterpriseName", "Voice"));
        add(rows, row("Agent_Desk_Settings", "AgentDeskSettingsID", 1, "EnterpriseName", "Usual", "WrapupTime", 30));
        add(rows, row("Skill_Target", "SkillTargetID", 3, "SkillTargetType", 3));
        add(
                rows,
                row(
                        "Agent",
                        "SkillTargetID",
                        3,
                        "PersonID",
                        1,
                        "PeripheralID",
                        1,
                        "PeripheralNumber",
                        "100",
                        "EnterpriseName",
                        "bank.100",
                        "AgentDeskSettingsID",
                        1));
        add(rows, row("Agent_Team", "AgentTeamID", 1, "EnterpriseName", "Blue", "PriSupervisorSkillTargetID", 3));
        add(rows, row("Agent_Team_Member", "AgentTeamID", 1, "SkillTargetID", 3));
        add(rows, row("Agent_Team_Supervisor", "AgentTeamID", 1, "SupervisorSkillTargetID", 3));
        rows.put("Skill_Target of the group", row("Skill_Target", "SkillTargetID", 2, "SkillTargetType", 2));
        add(
                rows,
                row(
                        "Skill_Group",
                        "SkillTargetID",
                        2,
                        "EnterpriseName",
                        "Loans",
                        "PeripheralID",
                        1,
                        "PeripheralNumber",
                        1,
                        "Priority",
                        0,
                        "MRDomainID",
                        1));
        add(rows, row("Skill_Group_Member", "SkillGroupSkillTargetID", 2, "AgentSkillTargetID", 3));
        rows.put("Skill_Target of the service", row("Skill_Target", "SkillTargetID", 1, "SkillTargetType", 1));
        add(rows, row("Service", "SkillTargetID", 1, "EnterpriseName", "Money", "PeripheralID", 1));
        add(rows, row("Service_Member", "ServiceSkillTargetID", 1, "SkillGroupSkillTargetID", 2, "Priority", 1));
        add(rows, row("Route", "RouteID", 1, "EnterpriseName", "To money", "ServiceSkillTargetID", 1));
        add(rows, row("Enterprise_Skill_Group", "EnterpriseSkillGroupID", 1, "EnterpriseName", "All loans"));
        add(rows, row("Enterprise_Skill_Group_Member", "EnterpriseSkillGroupID", 1, "SkillGroupSkillTargetID", 2));
        add(rows, row("Enterprise_Service", "EnterpriseServiceID", 1, "EnterpriseName", "All money"));
        add(rows, row("Enterprise_Service_Member", "EnterpriseServiceID", 1, "ServiceSkillTargetID", 1));
        add(rows, row("Attribute", "AttributeID", 1, "EnterpriseName", "Hebrew", "AttributeDataType", 4));
        add(rows, row("Agent_Attribute", "SkillTargetID", 3, "AttributeID", 1, "AttributeValue", "7"));
        add(rows, row("Precision_Queue", "PrecisionQueueID", 1, "EnterpriseName", "Experts"));
        add(rows, row("Precision_Queue_Step", "PrecisionQueueStepID", 1, "PrecisionQueueID", 1, "StepOrder", 1));
        add(
                rows,
                row(
                        "Precision_Queue_Term",
                        "PrecisionQueueTermID",
                        1,
                        "PrecisionQueueStepID",
                        1,
                        "TermOrder",
                        1,
                        "AttributeID",
                        1,
                        "AttributeRelation",
                        5));
        add(rows, callType(1, "Loans"));
        add(rows, row("Routing_Client", "RoutingClientID", 1, "EnterpriseName", "Lines", "PeripheralID", 1));
        add(
                rows,
                row(
                        "Dialed_Number",
                        "DialedNumberID",
                        1,
                        "EnterpriseName",
                        "Hotline",
                        "DialedNumberString",
                        "1800",
                        "RoutingClientID",
                        1));
        add(rows, row("Dialed_Number_Map", "DialedNumberID", 1, "Item", 1, "CallTypeID", 1));
        add(
                rows,
                row(
                        "Master_Script",
                        "MasterScriptID",
                        1,
                        "EnterpriseName",
                        "Main",
                        "CurrentVersion",
                        1,
                        "NextAvailableVersion",
                        2));
        add(rows, row("Script", "ScriptID", 1, "MasterScriptID", 1, "Version", 1, "ScriptText", "queue to Loans\n"));
        add(rows, row("Script_Cross_Reference", "ScriptID", 1, "TargetType", 2, "TargetID", 2));
        add(rows, row("Call_Type_Map", "CallTypeID", 1, "Item", 1, "MasterScriptID", 1, "StartTime", 28_800));
        add(rows, row("Admin_Script_Schedule_Map", "MasterScriptID", 1, "Item", 1, "SundayEnabled", "N"));
        add(rows, row("Agent_Distribution", "PeripheralID", 1, "AdministrativeSite", "north"));
        add(rows, row("Reason_Code", "ReasonCodeID", 1, "ReasonCode", 11, "ReasonText", "Lunch"));
        add(rows, row("Region", "RegionID", 1, "RegionName", "North"));
        add(rows, row("Business_Hours", "BusinessHoursID", 1, "EnterpriseName", "Weekdays", "TimeZone", "UTC"));
        return rows;
    }

    private static void add(Map<String, Row> rows, Row row) {
        rows.put(row.table().name(), row);
    }
}
