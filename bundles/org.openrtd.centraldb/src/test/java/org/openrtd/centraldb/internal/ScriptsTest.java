package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.centraldb.internal.TestConfiguration.callType;
import static org.openrtd.centraldb.internal.TestConfiguration.problems;
import static org.openrtd.centraldb.internal.TestConfiguration.row;
import static org.openrtd.centraldb.internal.TestConfiguration.stored;
import static org.openrtd.centraldb.internal.TestConfiguration.with;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationResult.Committed;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

@ParameterizedClass
@EnumSource(Product.class)
class ScriptsTest {

    private static final int CALL_TYPE = 4;

    private final SettableClock clock = new SettableClock();
    private final TestDatabase database;
    private final SqlConfigurationStore store;
    private int number;

    ScriptsTest(Product product) {
        database = TestDatabase.fresh(product);
        store = TestConfiguration.open(database.dataSource(), clock);
    }

    @AfterEach
    void close() {
        store.close();
        database.close();
    }

    @Test
    void aVersionIsAddedWithTheNextNumberAndStampedWithItsAuthor() {
        assertCommitted(master(1, "Main", 1, 2), with(version(1, 1, 1), "Author", "somebody else", "DateTime", 5L));

        Row script = stored(store, "Script", 1);
        assertEquals("ada", script.getString("Author"));
        assertEquals(clock.instant(), script.getInstant("DateTime"));
        assertEquals("queue\nand wait\t✓", script.getString("ScriptText"));
        assertCommitted(version(2, 1, 2), raise(3));
        assertEquals(1, stored(store, "Master_Script", 1).getInt("CurrentVersion"), "added, and not yet current");
    }

    @Test
    void rollsForwardAndBack() {
        assertCommitted(master(1, "Main", 1, 3), version(1, 1, 1), version(2, 1, 2));
        assertCommitted(activate(2));
        assertCommitted(activate(1));
        assertCommitted(activate(null));

        assertProblem("Master_Script[1].CurrentVersion: version 3 of it is not there; there are [1, 2]", activate(3));
        assertCommitted(master(2, "Empty", null, 1));
        assertProblem(
                "Master_Script[2].CurrentVersion: version 1 of it is not there; it has none",
                with(stored(store, "Master_Script", 2), "CurrentVersion", 1));
    }

    @Test
    void noVersionIsGivenTwice() {
        assertCommitted(master(1, "Main", 1, 4), version(1, 1, 1), version(2, 1, 2), version(3, 1, 3));
        assertCommitted(Change.delete(version(3, 1, 3).table(), List.of(3)));

        assertProblem(
                "Script[9].Version: must be at least 4, NextAvailableVersion of its master script, and is 3: no version is"
                        + " given twice",
                version(9, 1, 3),
                raise(5));
        assertProblem(
                "Script[9].Version: is 4, and NextAvailableVersion of its master script is 4: the transaction must raise it"
                        + " above each version that it adds",
                version(9, 1, 4));
        assertProblem(
                "Master_Script[1].NextAvailableVersion: must be at least 4, and is 3: no version is given twice",
                raise(3));
        assertCommitted(version(9, 1, 4), raise(5));
    }

    @Test
    void twoWhoAddAVersionAtOnceDoNotGetTheSameNumber() {
        assertCommitted(master(1, "Main", 1, 2), version(1, 1, 1));
        Row seen = raise(3);
        assertCommitted(version(2, 1, 2), seen);

        String conflict = problems(commit(version(3, 1, 2), seen)).get(0).toString();
        assertTrue(conflict.startsWith("Master_Script[1].NextAvailableVersion: was 2 when it was read"), conflict);
    }

    @Test
    void aVersionIsNeverChanged() {
        assertCommitted(
                master(1, "Main", null, 2),
                version(1, 1, 1),
                callType(5, "Loans"),
                callType(6, "Cards"),
                uses(1, CALL_TYPE, 5));

        assertProblem(
                "Script[1]: is there, and a version of a script is never changed: add another one",
                with(stored(store, "Script", 1), "ScriptText", "other"));
        assertProblem(
                "Script_Cross_Reference[1, 4, 6].ScriptID: what a version uses is added with it, in the same transaction,"
                        + " and never changed",
                uses(1, CALL_TYPE, 6));
        assertProblem(
                "Script_Cross_Reference[1, 4, 5].ScriptID: what a version uses is deleted with it, in the same transaction,"
                        + " and not without",
                Change.delete(uses(1, CALL_TYPE, 5).table(), List.of(1, CALL_TYPE, 5)));
        assertProblem(
                "Script[1]: cannot be deleted without its rows in Script_Cross_Reference: delete them in the same"
                        + " transaction",
                Change.delete(version(1, 1, 1).table(), List.of(1)));
        assertCommitted(
                Change.delete(version(1, 1, 1).table(), List.of(1)),
                Change.delete(uses(1, CALL_TYPE, 5).table(), List.of(1, CALL_TYPE, 5)));
    }

    @Test
    void theCurrentVersionStays() {
        assertCommitted(master(1, "Main", 2, 3), version(1, 1, 1), version(2, 1, 2));

        assertProblem(
                "Script[2]: cannot be deleted: it is the current version, 2, of script Main; make another one current"
                        + " first",
                Change.delete(version(2, 1, 2).table(), List.of(2)));
        assertCommitted(Change.delete(version(1, 1, 1).table(), List.of(1)));
        assertProblem("Master_Script[1].CurrentVersion: version 1 of it is not there; there are [2]", activate(1));
    }

    @Test
    void whatACurrentScriptUsesCannotBeDeletedAndTheRefusalNamesTheScripts() {
        assertCommitted(
                callType(5, "Loans"),
                master(1, "Main", 2, 3),
                version(1, 1, 1),
                version(2, 1, 2),
                uses(2, CALL_TYPE, 5),
                master(2, "Billing", 1, 2),
                version(3, 2, 1),
                uses(3, CALL_TYPE, 5),
                master(3, "Old", 1, 3),
                version(4, 3, 1),
                version(5, 3, 2),
                uses(5, CALL_TYPE, 5));

        String refusal =
                "Call_Type[5]: cannot be deleted: the current versions of these scripts use it: Billing (version"
                        + " 1), Main (version 2)";
        assertProblem(refusal, delete("Call_Type", 5));
        assertProblem(refusal, Change.delete(callType(5, "").table(), List.of(5)));

        assertCommitted(activate(1));
        assertProblem(
                "Call_Type[5]: cannot be deleted: the current versions of these scripts use it: Billing (version 1)",
                delete("Call_Type", 5));
        assertCommitted(delete("Call_Type", 5), delete("Master_Script", 2));
        assertProblem("Master_Script[1].CurrentVersion: version 2 uses Call_Type 5, which is deleted", activate(2));
        assertProblem(
                "Master_Script[2].CurrentVersion: version 1 uses Call_Type 5, which is deleted",
                with(stored(store, "Master_Script", 2), "Deleted", "N"));
        assertCommitted(with(stored(store, "Call_Type", 5), "Deleted", "N"), activate(2));
    }

    @Test
    void aVersionMayUseWhatComesInTheSameTransactionAndNothingThatIsNotThere() {
        assertProblem(
                "Script_Cross_Reference[1, 4, 5].TargetID: refers to Call_Type 5, which is not there",
                master(1, "Main", 1, 2),
                version(1, 1, 1),
                uses(1, CALL_TYPE, 5));
        assertCommitted(uses(1, CALL_TYPE, 5), version(1, 1, 1), callType(5, "Loans"), master(1, "Main", 1, 2));
    }

    @Test
    void aCallTypeIsScheduledToAMasterScript() {
        assertCommitted(
                callType(5, "Loans"),
                master(1, "Main", 1, 2),
                version(1, 1, 1),
                row("Call_Type_Map", "CallTypeID", 5, "Item", 1, "MasterScriptID", 1, "StartTime", 28_800));

        assertProblem(
                "Master_Script[1]: cannot be deleted: Call_Type_Map [5, 1] refers to it by MasterScriptID",
                delete("Master_Script", 1));
        assertProblem(
                "Call_Type[5]: cannot be deleted: Call_Type_Map [5, 1] refers to it by CallTypeID",
                delete("Call_Type", 5));
    }

    private static Row master(int id, String name, Integer current, int next) {
        return row(
                "Master_Script",
                "MasterScriptID",
                id,
                "EnterpriseName",
                name,
                "CurrentVersion",
                current,
                "NextAvailableVersion",
                next);
    }

    private static Row version(int id, int master, int version) {
        return row(
                "Script",
                "ScriptID",
                id,
                "MasterScriptID",
                master,
                "Version",
                version,
                "ScriptText",
                "queue\nand wait\t✓");
    }

    private static Row uses(int script, int type, int target) {
        return row("Script_Cross_Reference", "ScriptID", script, "TargetType", type, "TargetID", target);
    }

    private Row activate(Integer version) {
        return with(stored(store, "Master_Script", 1), "CurrentVersion", version);
    }

    private Row raise(int next) {
        return with(stored(store, "Master_Script", 1), "NextAvailableVersion", next);
    }

    private Row delete(String table, int id) {
        return with(stored(store, table, id), "Deleted", "Y");
    }

    private ConfigurationResult commit(Object... changes) {
        return store.commit(new ConfigurationTransaction(
                "tx " + ++number,
                "ada",
                TestConfiguration.unconditional(Arrays.stream(changes)
                        .map(change -> change instanceof Row row ? Change.put(row) : (Change) change)
                        .toList())));
    }

    private void assertCommitted(Object... changes) {
        assertEquals(new Committed(store.recoveryKey() + 1), commit(changes));
    }

    private void assertProblem(String problem, Object... changes) {
        assertEquals("[" + problem + "]", problems(commit(changes)).toString());
    }
}
