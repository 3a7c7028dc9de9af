package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.Provisioning;
import org.openrtd.centraldb.Provisioning.Agent;
import org.openrtd.centraldb.ProvisioningResult;
import org.openrtd.centraldb.ProvisioningResult.Entered;
import org.openrtd.centraldb.ProvisioningResult.EnteredInPart;
import org.openrtd.centraldb.ProvisioningResult.Unchanged;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

@ParameterizedClass
@EnumSource(Product.class)
class ProvisioningTest {

    private final TestDatabase database;
    private final SqlConfigurationStore store;

    ProvisioningTest(Product product) {
        database = TestDatabase.fresh(product);
        store = new SqlConfigurationStore(
                new CentralDatabase(database.dataSource()),
                Catalog.feed(Catalog.CONFIG),
                new ConfigurationDefaults(20, 1, 0),
                Clock.systemUTC());
    }

    @AfterEach
    void close() {
        store.close();
        database.close();
    }

    private final Provisioning bank = new Provisioning(
            "bank",
            "Asia/Jerusalem",
            List.of("PS", "NW"),
            List.of("PS", "NW"),
            List.of(
                    new Agent("ZOHARI", "", "Zohari", List.of("PS", "NW")),
                    new Agent("BASCH", "Ruth", "Basch", List.of("PS", "IN"))));

    @Test
    void entersWhatIsMissingAsOneTransaction() {
        assertEquals(new Entered(1), store.provision(bank));

        Row peripheral = only("Peripheral", "EnterpriseName", "bank");
        assertEquals("Asia/Jerusalem", peripheral.getString("TimeZone"));
        Row group = only("Skill_Group", "PeripheralName", "PS");
        assertEquals(peripheral.get("PeripheralID"), group.get("PeripheralID"));
        assertEquals(20, group.getInt("ServiceLevelThreshold"));
        assertEquals(1, group.getInt("ServiceLevelType"));
        Row callType = only("Call_Type", "EnterpriseName", "NW");
        assertEquals(20, callType.getInt("ServiceLevelThreshold"));
        assertEquals(0, callType.getInt("AbandonWaitTime"));
        Row agent = only("Agent", "PeripheralNumber", "BASCH");
        assertEquals("Ruth", only("Person", "PersonID", agent.get("PersonID")).getString("FirstName"));
        assertEquals(
                3,
                only("Skill_Target", "SkillTargetID", agent.get("SkillTargetID"))
                        .getInt("SkillTargetType"));
        assertEquals(4, rows("Skill_Group_Member").size());
        assertEquals(3, rows("Skill_Group").size(), "a group that only an agent names is entered too");
        assertEquals(1, rows("Media_Routing_Domain").size());
    }

    @Test
    void entersServiceLevelsAndReasonsAsTheGatewayHasThem() {
        Provisioning shop = new Provisioning(
                "shop",
                "Europe/Berlin",
                List.of(new Provisioning.CallType("Orders", new Provisioning.ServiceLevel(30, 2), 5)),
                List.of(new Provisioning.SkillGroup("Sales", new Provisioning.ServiceLevel(15, 3))),
                List.of(),
                List.of(new Provisioning.Reason(7, "Lunch"), new Provisioning.Reason(7, "Again")));
        store.provision(shop);

        Row callType = only("Call_Type", "EnterpriseName", "Orders");
        assertEquals(30, callType.getInt("ServiceLevelThreshold"));
        assertEquals(2, callType.getInt("ServiceLevelType"));
        assertEquals(5, callType.getInt("AbandonWaitTime"));
        Row group = only("Skill_Group", "PeripheralName", "Sales");
        assertEquals(15, group.getInt("ServiceLevelThreshold"));
        assertEquals(3, group.getInt("ServiceLevelType"));
        assertEquals("Lunch", only("Reason_Code", "ReasonCode", 7).getString("ReasonText"));
        assertEquals(new Unchanged(1), store.provision(shop));
    }

    @Test
    void entersNothingTwice() {
        store.provision(bank);

        assertEquals(new Unchanged(1), store.provision(bank));
        assertEquals(1, store.recoveryKey());
    }

    @Test
    void entersOnlyWhatIsNew() {
        store.provision(bank);
        int before = store.rows().rows().size();

        store.provision(new Provisioning(
                "bank",
                "Asia/Jerusalem",
                List.of("PS", "TT"),
                List.of(),
                List.of(new Agent("ZOHARI", "", "Zohari", List.of("PS", "IN")))));

        assertEquals(before + 2, store.rows().rows().size(), "a call type and a membership");
        assertEquals(2, store.recoveryKey());
    }

    @Test
    void tellsTheSameNamesOfTwoPeripheralsApart() {
        store.provision(bank);
        store.provision(new Provisioning(
                "shop", "Europe/Berlin", List.of("PS"), List.of("PS"), List.of(new Agent("BASCH", "", "", List.of()))));

        assertEquals(
                1,
                rows("Call_Type").stream()
                        .filter(row -> row.get("EnterpriseName").equals("PS"))
                        .count());
        assertEquals(
                "shop",
                only("Skill_Group", "EnterpriseName", "shop.PS")
                        .getString("EnterpriseName")
                        .substring(0, 4));
        only("Agent", "EnterpriseName", "shop.BASCH");
        only("Agent", "EnterpriseName", "BASCH");
    }

    @Test
    void leavesWhatAnOperatorHasDeletedOrChanged() {
        store.provision(bank);
        Row agent = only("Agent", "PeripheralNumber", "BASCH");
        Row callType = only("Call_Type", "EnterpriseName", "NW");
        List<Change> edit = new ArrayList<>();
        rows("Skill_Group_Member").stream()
                .filter(row -> row.get("AgentSkillTargetID").equals(agent.get("SkillTargetID")))
                .forEach(row -> edit.addAll(List.of(Change.put(row), Change.delete(row.table(), row.key()))));
        edit.add(Change.put(with(agent, "Deleted", "Y")));
        edit.add(Change.put(with(callType, "ServiceLevelThreshold", 60)));
        assertEquals(
                new ConfigurationResult.Committed(2), store.commit(new ConfigurationTransaction("edit", "ada", edit)));

        assertEquals(new Unchanged(2), store.provision(bank));
        assertEquals("Y", only("Agent", "PeripheralNumber", "BASCH").getString("Deleted"));
        assertEquals(60, only("Call_Type", "EnterpriseName", "NW").getInt("ServiceLevelThreshold"));
    }

    @Test
    void splitsWhatDoesNotFitIntoOneTransaction() {
        Provisioning large = new Provisioning(
                "large",
                "UTC",
                List.of(),
                List.of(),
                IntStream.range(0, 1500)
                        .mapToObj(i -> new Agent("agent" + i, "", "", List.of("all")))
                        .toList());

        assertEquals(new Entered(2), store.provision(large));
        assertEquals(1500, rows("Agent").size());
        assertEquals(new Unchanged(2), store.provision(large));
    }

    @Test
    void leavesOutNamesThatDoNotFitSaysWhichAndEntersTheRest() {
        String longName = "x".repeat(33);
        Provisioning wanted = new Provisioning(
                "bank",
                "UTC",
                List.of("PS", "y".repeat(65)),
                List.of(longName, "PS"),
                List.of(
                        new Agent("BASCH", "", "", List.of(longName, "PS")),
                        new Agent("z".repeat(65), "", "", List.of("PS"))));

        EnteredInPart entered = assertInstanceOf(EnteredInPart.class, store.provision(wanted));

        assertEquals(
                List.of("Call_Type.EnterpriseName", "Skill_Group.PeripheralName", "Agent.PeripheralNumber"),
                entered.leftOut().stream()
                        .map(problem -> problem.table() + "." + problem.column())
                        .toList());
        assertTrue(entered.leftOut().get(1).reason().contains(longName));
        assertEquals(1, entered.recoveryKey());
        only("Call_Type", "EnterpriseName", "PS");
        assertEquals(1, rows("Call_Type").size());
        assertEquals(1, rows("Skill_Group").size());
        assertEquals(1, rows("Agent").size());
        assertEquals(1, rows("Person").size());
        assertEquals(2, rows("Skill_Target").size());
        assertEquals(1, rows("Skill_Group_Member").size());
        assertEquals(entered, withoutKeys(entered, store.provision(wanted)), "and leaves out the same again");
        assertEquals(1, store.recoveryKey());
    }

    /** The keys of rows that are left out are new each time. */
    private static ProvisioningResult withoutKeys(EnteredInPart like, ProvisioningResult result) {
        EnteredInPart again = assertInstanceOf(EnteredInPart.class, result);
        assertEquals(like.leftOut().size(), again.leftOut().size());
        return new EnteredInPart(again.recoveryKey(), like.leftOut());
    }

    @Test
    void shortensPersonsNamesThatDoNotFit() {
        assertEquals(
                new Entered(1),
                store.provision(new Provisioning(
                        "bank",
                        "UTC",
                        List.of(),
                        List.of(),
                        List.of(new Agent("BASCH", "R".repeat(128), "B".repeat(65), List.of())))));

        assertEquals("R".repeat(64), rows("Person").get(0).getString("FirstName"));
        assertEquals("B".repeat(64), rows("Person").get(0).getString("LastName"));
    }

    /** Derby takes them for equal: that must not refuse all the rest. */
    @Test
    void leavesOutNamesThatDifferInBlanksOnly() {
        Provisioning wanted = new Provisioning(
                "bank",
                "UTC",
                List.of("Loans", "Loans "),
                List.of("Loans", "Loans "),
                List.of(new Agent("100", "", "", List.of("Loans")), new Agent("100 ", "", "", List.of("Loans "))));

        EnteredInPart entered = assertInstanceOf(EnteredInPart.class, store.provision(wanted));

        assertEquals(
                List.of(
                        "Call_Type.EnterpriseName: 'Loans ' differs from another one in blanks at its end only",
                        "Agent.PeripheralNumber: '100 ' differs from another one in blanks at its end only"),
                entered.leftOut().stream()
                        .map(problem -> problem.table() + "." + problem.column() + ": " + problem.reason())
                        .toList());
        assertEquals(1, rows("Call_Type").size());
        assertEquals(1, rows("Agent").size());
        assertEquals(2, rows("Skill_Group").size(), "the peripheral's names need not be unique");
        assertEquals(entered, store.provision(wanted), "and leaves out the same again");
    }

    @Test
    void leavesOutAServiceLevelThatIsNone() {
        EnteredInPart entered = assertInstanceOf(
                EnteredInPart.class,
                store.provision(new Provisioning(
                        "bank",
                        "UTC",
                        List.of(
                                new Provisioning.CallType("odd", new Provisioning.ServiceLevel(20, 4), 0),
                                new Provisioning.CallType("PS", null, null)),
                        List.of(),
                        List.of(),
                        List.of())));

        assertEquals("ServiceLevelType", entered.leftOut().get(0).column());
        only("Call_Type", "EnterpriseName", "PS");
    }

    @Test
    void leavesUnknownColumnsNull() {
        store.provision(bank);

        assertNull(only("Person", "LastName", "Basch").get("LoginName"));
    }

    private Row only(String table, String column, Object value) {
        List<Row> found = rows(table).stream()
                .filter(row -> Objects.equals(row.get(column), value))
                .toList();
        assertEquals(1, found.size(), table + " with " + column + " " + value);
        return found.get(0);
    }

    private List<Row> rows(String table) {
        return store.rows().rows().stream()
                .filter(row -> row.table().name().equals(table))
                .toList();
    }

    private static Row with(Row row, String column, Object value) {
        Object[] values = row.values();
        values[row.table().column(column)] = value;
        return row.table().row(values);
    }
}
