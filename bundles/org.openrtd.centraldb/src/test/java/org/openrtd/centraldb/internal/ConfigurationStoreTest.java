package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.CentralDatabaseException;
import org.openrtd.centraldb.CommittedTransaction;
import org.openrtd.centraldb.ConfigurationStore;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.ConfigurationProblem.Kind;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationResult.Committed;
import org.openrtd.configuration.ConfigurationResult.Refused;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.KnownTransaction;
import org.openrtd.feed.Change;
import org.openrtd.feed.DurableHistory;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

@ParameterizedClass
@EnumSource(Product.class)
class ConfigurationStoreTest {

    private static final FeedSchema SCHEMA = Catalog.feed(Catalog.CONFIG);

    private final Product product;
    private final List<TestDatabase> databases = new ArrayList<>();
    private final FailingDataSource database;
    private final SettableClock clock = new SettableClock();
    private SqlConfigurationStore store;

    ConfigurationStoreTest(Product product) {
        this.product = product;
        database = new FailingDataSource(fresh());
        store = open(database);
    }

    private DataSource fresh() {
        TestDatabase fresh = TestDatabase.fresh(product);
        databases.add(fresh);
        return fresh.dataSource();
    }

    @AfterEach
    void close() {
        store.close();
        databases.forEach(TestDatabase::close);
    }

    @Test
    void isEmptyAtRecoveryKeyZeroAtFirst() {
        assertEquals(0, store.recoveryKey());
        assertEquals(List.of(), List.copyOf(store.rows().rows()));
        assertEquals(SCHEMA, store.schema());
    }

    @Test
    void givesEachTransactionTheNextRecoveryKey() {
        assertEquals(new Committed(1), commit("one", callType(1, "Loans")));
        assertEquals(new Committed(2), commit("two", callType(2, "Cards")));

        assertEquals(2, store.recoveryKey());
        assertEquals(2, store.rows().recoveryKey());
        assertEquals(2, store.rows().rows().size());
    }

    @Test
    void stampsEachRow() {
        commit("one", callType(1, "Loans"));
        assertEquals(1, stored("Call_Type", 1).getInt("ChangeStamp"));

        commit("two", with(stored("Call_Type", 1), "EnterpriseName", "Credits"));
        assertEquals(2, stored("Call_Type", 1).getInt("ChangeStamp"));
        assertEquals("Credits", stored("Call_Type", 1).getString("EnterpriseName"));
    }

    @Test
    void refusesAChangeThatWasBasedOnAnotherRow() {
        commit("one", callType(1, "Loans"));
        Row seen = stored("Call_Type", 1);
        commit("two", with(seen, "EnterpriseName", "Credits"));

        ConfigurationProblem conflict = onlyProblem(commit("three", with(seen, "EnterpriseName", "Mortgages")));

        assertEquals(Kind.CONFLICT, conflict.kind());
        assertEquals(
                "Call_Type[1].EnterpriseName: was Loans when it was read, is to be Mortgages, and is Credits now, by ada at"
                        + " 2026-01-05T10:30:00Z (recovery key 2)",
                conflict.toString());
        assertEquals("Credits", stored("Call_Type", 1).getString("EnterpriseName"));
    }

    @Test
    void refusesANewRowThatIsThere() {
        commit("one", callType(1, "Loans"));

        assertEquals(
                Kind.CONFLICT, onlyProblem(commit("two", callType(1, "Cards"))).kind());
    }

    @Test
    void takesAChangeThatIsBasedOnNothing() {
        commit("one", callType(1, "Loans"));

        assertEquals(new Committed(2), commit("two", with(callType(1, "Cards"), "ChangeStamp", null)));
        assertEquals(2, stored("Call_Type", 1).getInt("ChangeStamp"));
    }

    @Test
    void takesATransactionOnceHoweverOftenItIsSent() {
        assertEquals(new Committed(1), commit("one", callType(1, "Loans")));
        commit("two", with(stored("Call_Type", 1), "EnterpriseName", "Credits"));

        assertEquals(new Committed(1), commit("one", callType(1, "Loans")));
        store.close();
        store = open(database);
        assertEquals(new Committed(1), commit("one", callType(1, "Loans")));
        assertEquals(2, store.recoveryKey());
    }

    @Test
    void takesATransactionOnceOverWhicheverNodesItComes() {
        Row row = callType(1, "Loans");
        assertEquals(new Committed(1), store.commit(TestConfiguration.transaction("one", "olga@north-1", row)));

        assertEquals(new Committed(1), store.commit(TestConfiguration.transaction("one", "olga@north-2@south", row)));
        assertEquals(
                Kind.TRANSACTION_ID,
                onlyProblem(store.commit(TestConfiguration.transaction("one", "eve@north-1", row)))
                        .kind());
    }

    @Test
    void recognisesADeletionThatIsSentAgain() {
        commit("one", callType(1, "Loans"));
        Row read = stored("Call_Type", 1);
        ConfigurationTransaction delete = new ConfigurationTransaction(
                "two", "ada", List.of(Change.put(read), Change.delete(read.table(), read.key())));

        assertEquals(new Committed(2), store.commit(delete));
        assertEquals(new Committed(2), store.commit(delete));
    }

    @Test
    void recognisesAScriptThatIsSentAgainThoughItsAuthorAndTimeAreTheStores() {
        ConfigurationTransaction script = TestConfiguration.transaction(
                "one",
                "ada",
                TestConfiguration.row(
                        "Master_Script", "MasterScriptID", 1, "EnterpriseName", "Main", "NextAvailableVersion", 2),
                TestConfiguration.row(
                        "Script", "ScriptID", 1, "MasterScriptID", 1, "Version", 1, "ScriptText", "queue\n"));

        assertEquals(new Committed(1), store.commit(script));
        clock.advance(Duration.ofMinutes(1));
        assertEquals(new Committed(1), store.commit(script));
    }

    @Test
    void refusesAnotherTransactionUnderTheSameIdAndSaysWhoseItWas() {
        commit("release-7", callType(1, "Loans"));

        ConfigurationProblem problem = onlyProblem(commit("release-7", callType(2, "Cards")));

        assertEquals(Kind.TRANSACTION_ID, problem.kind());
        assertEquals(
                "Call_Type[2]: the id release-7 was another transaction's, committed under recovery key 1 by ada at"
                        + " 2026-01-05T10:30:00Z: give this one an id of its own",
                problem.toString());
        assertEquals(1, store.rows().rows().size());
        assertEquals(1, store.recoveryKey());
    }

    @Test
    void tellsATransactionFromAnotherByTablesKeysOperationsValuesAndAuthor() {
        Row row = callType(1, "Loans");
        commit("one", row);

        for (List<Change> other : List.of(
                List.of(Change.put(callType(2, "Loans"))),
                List.of(Change.put(callType(1, "Loan"))),
                List.of(Change.put(with(row, "Description", "Loans"))),
                List.of(Change.put(with(row, "Description", ""))),
                List.of(Change.put(TestConfiguration.with(row, "EnterpriseName", null, "Description", "Loans"))),
                List.of(Change.put(with(row, "EnterpriseName", "\ud83d"))),
                List.of(Change.put(with(row, "EnterpriseName", 5))),
                List.of(Change.put(row), Change.put(callType(2, "Cards"))),
                List.of(Change.put(row), Change.put(row)),
                List.of(Change.put(row), Change.delete(row.table(), row.key())),
                List.of(Change.delete(row.table(), row.key())),
                List.of(Change.delete(row.table(), List.of())),
                List.of(Change.put(TestConfiguration.row("Region", "RegionID", 1, "RegionName", "Loans"))))) {
            assertEquals(
                    Kind.TRANSACTION_ID,
                    onlyProblem(store.commit(new ConfigurationTransaction("one", "ada", other)))
                            .kind(),
                    other.toString());
        }
        assertEquals(new Committed(1), commit("one", row));
    }

    @Test
    void tellsWhatBecameOfATransaction() {
        commit("one", callType(1, "Loans"));
        store.close();
        store = open(database);
        commit("two", callType(2, "Cards"));

        KnownTransaction one = store.find("one", true).orElseThrow();
        KnownTransaction two = store.find("two", false).orElseThrow();

        assertEquals(1, one.position().sequence());
        assertEquals("ada", one.author());
        assertEquals(clock.instant(), one.time());
        assertEquals(List.of(Change.put(stored("Call_Type", 1))), one.changes());
        assertEquals(new Position(store.epoch(), 2), two.position());
        assertTrue(one.position().epoch() < store.epoch());
        assertEquals(List.of(), two.changes());
        assertEquals(Optional.empty(), store.find("three", true));
    }

    @Test
    void refusesADeletionThatDoesNotSayWhatItWasBasedOn() {
        commit("one", callType(1, "Loans"));
        Change delete = Change.delete(SCHEMA.table("Call_Type"), List.of(1));

        ConfigurationProblem problem =
                onlyProblem(store.commit(new ConfigurationTransaction("two", "ada", List.of(delete))));

        assertEquals(Kind.VALUE, problem.kind());
        assertTrue(problem.reason().startsWith("is to be deleted, and nothing says as it was read"), problem.reason());
        assertEquals(new Committed(2), commit("three", delete), "with a row whose ChangeStamp is NULL before it");
    }

    @Test
    void refusesATransactionAsAWhole() {
        Row tooLong = callType(2, "x".repeat(65));

        ConfigurationProblem problem = onlyProblem(commit("one", callType(1, "Loans"), tooLong));

        assertEquals(
                "Call_Type[2].EnterpriseName: has 65 characters; at most 64 are allowed: " + "x".repeat(65),
                problem.toString());
        assertEquals(0, store.recoveryKey());
        assertTrue(store.rows().rows().isEmpty());
        assertEquals(List.of(), store.after(0, 10));
    }

    @Test
    void checksEveryValue() {
        assertProblem(Kind.VALUE, "EnterpriseName", with(callType(1, ""), "EnterpriseName", null));
        assertProblem(Kind.VALUE, "EnterpriseName", callType(1, "a\u0000b"));
        assertProblem(Kind.VALUE, "EnterpriseName", with(callType(1, "a"), "EnterpriseName", 5));
        assertProblem(Kind.VALUE, "ServiceLevelThreshold", with(callType(1, "a"), "ServiceLevelThreshold", "20"));
        assertProblem(Kind.VALUE, "ServiceLevelThreshold", with(callType(1, "a"), "ServiceLevelThreshold", -1));
        assertProblem(Kind.VALUE, "ServiceLevelType", with(callType(1, "a"), "ServiceLevelType", 0));
        assertProblem(Kind.VALUE, "ServiceLevelType", with(callType(1, "a"), "ServiceLevelType", 4));
        assertProblem(Kind.VALUE, "AbandonWaitTime", with(callType(1, "a"), "AbandonWaitTime", -1));
        assertProblem(Kind.VALUE, "Deleted", with(callType(1, "a"), "Deleted", "?"));
        assertProblem(Kind.VALUE, "CallTypeID", with(callType(1, "a"), "CallTypeID", null));
    }

    @Test
    void takesOnlyATimeZoneThatIsKnown() {
        Table table = SCHEMA.table("Peripheral");
        Object[] values = new Object[table.columns().size()];
        values[table.column("PeripheralID")] = 1;
        values[table.column("EnterpriseName")] = "bank";
        values[table.column("TimeZone")] = "Mars/Olympus_Mons";
        values[table.column("Deleted")] = "N";
        assertProblem(Kind.VALUE, "TimeZone", table.row(values));
        values[table.column("TimeZone")] = "Asia/Jerusalem";
        assertEquals(new Committed(1), commit("one", table.row(values)));
    }

    @Test
    void storesTextThatLooksLikeSqlAsText() {
        String hostile = "'); DROP TABLE Call_Type; --";
        commit("one", callType(1, hostile));

        assertEquals(hostile, stored("Call_Type", 1).getString("EnterpriseName"));
    }

    @Test
    void refusesWhatMustBeUniqueAndNamesTheOther() {
        commit("one", callType(1, "Loans"));

        ConfigurationProblem problem = onlyProblem(commit("two", callType(2, "Loans")));

        assertEquals(Kind.DUPLICATE, problem.kind());
        assertEquals("Call_Type[2].EnterpriseName: EnterpriseName [Loans] belongs to [1]", problem.toString());
    }

    @Test
    void takesATransactionThatExchangesUniqueNames() {
        commit("one", callType(1, "Loans"), callType(2, "Cards"));

        ConfigurationResult result = commit(
                "two",
                with(stored("Call_Type", 1), "EnterpriseName", "Cards"),
                with(stored("Call_Type", 2), "EnterpriseName", "Loans"));

        assertEquals(new Committed(2), result);
        assertEquals("Cards", stored("Call_Type", 1).getString("EnterpriseName"));
    }

    @Test
    void keepsTheNameOfADeletedRow() {
        commit("one", callType(1, "Loans"));
        commit("two", with(stored("Call_Type", 1), "Deleted", "Y"));

        ConfigurationProblem problem = onlyProblem(commit("three", callType(2, "Loans")));

        assertTrue(problem.reason().endsWith("belongs to [1], which is deleted but not purged"), problem.reason());
    }

    @Test
    void refusesAReferenceToWhatIsNotThere() {
        Row member = row("Skill_Group_Member", Map.of("SkillGroupSkillTargetID", 8, "AgentSkillTargetID", 9));

        Refused refused = assertInstanceOf(Refused.class, commit("one", member));

        assertEquals(
                List.of(
                        "Skill_Group_Member[8, 9].SkillGroupSkillTargetID: refers to Skill_Group 8, which is not there",
                        "Skill_Group_Member[8, 9].AgentSkillTargetID: refers to Agent 9, which is not there"),
                refused.problems().stream().map(ConfigurationProblem::toString).toList());
    }

    @Test
    void takesReferencesWithinOneTransactionInAnyOrder() {
        assertEquals(new Committed(1), commit("one", agent(7, 70, 700), person(70), skillTarget(7), peripheral(700)));
    }

    @Test
    void refusesToDeleteWhatIsReferredTo() {
        commit("one", agent(7, 70, 700), person(70), skillTarget(7), peripheral(700));

        ConfigurationProblem problem = onlyProblem(commit("two", with(stored("Person", 70), "Deleted", "Y")));

        assertEquals(Kind.REFERENCE, problem.kind());
        assertEquals("Person[70]: cannot be deleted: Agent [7] refers to it by PersonID", problem.toString());
        assertEquals(
                new Committed(2),
                commit("three", with(stored("Person", 70), "Deleted", "Y"), with(stored("Agent", 7), "Deleted", "Y")));
    }

    @Test
    void purgesARowThatNothingRefersTo() {
        commit("one", callType(1, "Loans"));
        Table callType = SCHEMA.table("Call_Type");

        assertEquals(new Committed(2), commit("two", Change.delete(callType, List.of(1))));
        assertTrue(store.rows().rows().isEmpty());
        assertEquals(
                Kind.CONFLICT,
                onlyProblem(commit("three", Change.delete(callType, List.of(1))))
                        .kind());
    }

    @Test
    void refusesATransactionThatChangesARowTwice() {
        assertEquals(
                Kind.VALUE,
                onlyProblem(commit("one", callType(1, "Loans"), callType(1, "Cards")))
                        .kind());
    }

    @Test
    void logsEachTransactionWithTheKeyBefore() {
        commit("one", callType(1, "Loans"));
        clock.advance(Duration.ofMinutes(1));
        commit("two", with(stored("Call_Type", 1), "EnterpriseName", "Credits"), callType(2, "Cards"));

        List<CommittedTransaction> log = store.after(0, 10);

        assertEquals(
                List.of(1L, 2L),
                log.stream().map(CommittedTransaction::recoveryKey).toList());
        assertEquals(
                List.of(0L, 1L),
                log.stream().map(CommittedTransaction::previousKey).toList());
        assertEquals("two", log.get(1).id());
        assertEquals("ada", log.get(1).author());
        assertEquals(clock.instant(), log.get(1).time());
        assertEquals(
                List.of(stored("Call_Type", 1), stored("Call_Type", 2)),
                log.get(1).changes().stream().map(Change::row).toList());
        assertEquals(
                1,
                TestDatabase.number(
                        database,
                        "SELECT COUNT(*) FROM Config_Message_Log WHERE LogOperation = 'Add' AND TableName = 'Call_Type'"));
    }

    @Test
    void logsDeletions() {
        commit("one", callType(1, "Loans"));
        commit("two", Change.delete(SCHEMA.table("Call_Type"), List.of(1)));

        assertEquals(
                List.of(Change.delete(SCHEMA.table("Call_Type"), List.of(1))),
                store.after(1, 10).get(0).changes());
    }

    @Test
    void answersAfterAKeyInPages() {
        for (int i = 1; i <= 7; i++) {
            commit("tx " + i, callType(i, "Type " + i));
        }

        assertEquals(List.of(3L, 4L, 5L), keys(store.after(2, 3)));
        assertEquals(List.of(), store.after(7, 3));
        assertThrows(IllegalArgumentException.class, () -> store.after(8, 3));
    }

    @Test
    void saysThatALogEntryWasPruned() {
        for (int i = 1; i <= 4; i++) {
            commit("tx " + i, callType(i, "Type " + i));
        }
        TestDatabase.execute(database, "DELETE FROM Config_Message_Log WHERE RecoveryKey <= 2");

        assertThrows(IllegalArgumentException.class, () -> store.after(1, 3));
        assertEquals(List.of(), store.history().after(1, 3));
        assertEquals(List.of(3L, 4L), keys(store.after(2, 3)));
    }

    @Test
    void addsAnEpochAtEachStart() {
        commit("one", callType(1, "Loans"));
        long first = store.epoch();
        store.close();
        // A clock that stands still, or was set back, must not give an epoch twice.
        store = open(database);
        commit("two", callType(2, "Cards"));
        long second = store.epoch();
        clock.advance(Duration.ofSeconds(5));
        store.close();
        store = open(database);

        assertEquals(first + 1, second);
        assertEquals(clock.millis(), store.epoch());
        assertEquals(
                List.of(
                        new DurableHistory.Epoch(first, 0),
                        new DurableHistory.Epoch(second, 1),
                        new DurableHistory.Epoch(store.epoch(), 2)),
                store.history().epochs());
    }

    @Test
    void keepsItsIdentityAndHasAnotherOneThanEveryOtherDatabase() {
        String id = store.feedId();
        store.close();

        assertEquals(id, open(database).feedId());
        assertNotEquals(id, open(fresh()).feedId());
    }

    @Test
    void keepsRowsAndKeyOverARestart() {
        commit("one", agent(7, 70, 700), person(70), skillTarget(7), peripheral(700));
        ConfigurationStore.Configuration before = store.rows();
        store.close();
        store = open(database);

        assertEquals(before, store.rows());
        assertEquals(new Committed(2), commit("two", callType(1, "Loans")));
    }

    @Test
    void givesItsHistoryToTheOriginWithTheCutOfEachTransaction() {
        commit("one", callType(1, "Loans"));
        commit("two", callType(2, "Cards"));

        List<DurableHistory.Entry> entries = store.history().after(0, 10);

        assertEquals(2, entries.size());
        assertEquals(2, entries.get(1).key());
        assertEquals(1, entries.get(1).keyBefore());
        assertEquals(store.after(1, 1).get(0).cut(), entries.get(1).cut());
    }

    @Test
    void givesItsHistoryWhileATransactionIsBeingWritten() throws Exception {
        commit("one", callType(1, "Loans"));
        List<DurableHistory.Entry> seen = new ArrayList<>();
        List<DurableHistory.Epoch> epochs = new ArrayList<>();
        // Just before its commit, from another thread, with all of the transaction's locks held.
        database.beforeNextCommit(() -> {
            Thread reader = new Thread(() -> {
                seen.addAll(store.history().after(0, 10));
                epochs.addAll(store.history().epochs());
            });
            reader.start();
            try {
                reader.join(30_000);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        commit("two", callType(2, "Cards"));

        assertEquals(List.of(1L), seen.stream().map(DurableHistory.Entry::key).toList());
        assertEquals(1, epochs.size());
    }

    @Test
    void tellsListenersThePastAndThenEachTransactionAfterItsCommit() throws Exception {
        commit("one", callType(1, "Loans"));
        commit("two", callType(2, "Cards"));
        List<Long> heard = new ArrayList<>();

        AutoCloseable listening = store.listen(1, committed -> {
            assertTrue(store.recoveryKey() >= committed.recoveryKey());
            heard.add(committed.recoveryKey());
        });
        assertEquals(List.of(2L), heard);
        commit("three", callType(3, "Mortgages"));
        commit("refused", callType(3, "Mortgages"));
        commit("three", callType(3, "Mortgages"));
        listening.close();
        commit("four", callType(4, "Savings"));

        assertEquals(List.of(2L, 3L), heard);
    }

    @Test
    void goesOnWhenAListenerFails() {
        List<Long> heard = new ArrayList<>();
        store.listen(0, committed -> {
            throw new IllegalStateException("a listener's own trouble");
        });
        store.listen(0, committed -> heard.add(committed.recoveryKey()));

        assertEquals(new Committed(1), commit("one", callType(1, "Loans")));
        assertEquals(List.of(1L), heard);
    }

    @Test
    void tellsListenersAlsoOfATransactionWhoseCommitSeemedToFail() {
        List<Long> heard = new ArrayList<>();
        store.listen(0, committed -> heard.add(committed.recoveryKey()));
        database.nextCommit(FailingDataSource.Fail.AFTER_COMMIT);
        assertThrows(CentralDatabaseException.class, () -> commit("one", callType(1, "Loans")));

        assertEquals(new Committed(1), commit("one", callType(1, "Loans")));
        assertEquals(List.of(1L), heard);
    }

    @Test
    void forgetsATransactionWhoseCommitFailed() {
        database.nextCommit(FailingDataSource.Fail.BEFORE_COMMIT);
        assertThrows(CentralDatabaseException.class, () -> commit("one", callType(1, "Loans")));

        assertEquals(0, store.recoveryKey());
        assertTrue(store.rows().rows().isEmpty());
        assertEquals(new Committed(1), commit("one", callType(1, "Loans")));
    }

    @Test
    void allotsNoIdTwice() {
        assertEquals(5000, store.allotIds("Skill_Target", 3));
        assertEquals(5003, store.allotIds("Agent", 1), "agents share the ids of skill targets");
        assertEquals(5000, store.allotIds("Call_Type", 1));
        commit("one", callType(6000, "Loans"));
        assertEquals(6001, store.allotIds("Call_Type", 1), "an edit brought 6000");
        store.close();
        store = open(database);
        assertEquals(5004, store.allotIds("Skill_Group", 1));
        assertThrows(IllegalArgumentException.class, () -> store.allotIds("Skill_Group_Member", 1));
    }

    @Test
    void takesTheTransactionsOfManyEditorsAtOnce() throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> editors = new ArrayList<>();
        for (int editor = 0; editor < 8; editor++) {
            int first = editor * 100;
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                for (int i = 1; i <= 20; i++) {
                    commit("tx " + (first + i), callType(first + i, "Type " + (first + i)));
                }
            });
            thread.start();
            editors.add(thread);
        }
        start.countDown();
        for (Thread editor : editors) {
            editor.join();
        }

        assertEquals(160, store.recoveryKey());
        List<CommittedTransaction> log = store.after(0, 1000);
        assertEquals(160, log.size());
        assertEquals(160, store.rows().rows().size());
    }

    @Test
    void refusesTheTablesOfANewerProgram() {
        store.close();
        TestDatabase.execute(database, "UPDATE Config_Identity SET SchemaVersion = 9999");

        CentralDatabaseException refusal = assertThrows(CentralDatabaseException.class, () -> open(database));

        assertTrue(
                refusal.getMessage()
                        .contains("have version 9999 of the catalog, and this program knows " + SCHEMA.version()
                                + ": install the newer program"),
                refusal.getMessage());
    }

    @Test
    void addsTheColumnsAndTablesOfANewerCatalog() {
        store.close();
        Table before = Table.named("Call_Type")
                .key("CallTypeID", org.openrtd.feed.ColumnType.INT)
                .column("EnterpriseName", org.openrtd.feed.ColumnType.STRING)
                .column("ChangeStamp", org.openrtd.feed.ColumnType.INT)
                .build();
        DataSource old = fresh();
        FeedSchema oldSchema = new FeedSchema("config", 1, true, List.of(before));
        SqlConfigurationStore first = open(old, oldSchema);
        first.commit(new ConfigurationTransaction("one", "ada", List.of(Change.put(before.row(1, "Loans", 0)))));
        first.close();

        FeedSchema newSchema = new FeedSchema("config", 2, true, SCHEMA.tables());
        SqlConfigurationStore second = open(old, newSchema);

        Row row = second.rows().rows().iterator().next();
        assertEquals("Loans", row.getString("EnterpriseName"));
        assertEquals(1, row.getLong("RecoveryKey"), "the key of the transaction that wrote it");
        assertEquals(row, second.after(0, 1).get(0).changes().get(0).row(), "the log is read by today's schema");
    }

    private SqlConfigurationStore open(DataSource in) {
        return open(in, SCHEMA);
    }

    private SqlConfigurationStore open(DataSource in, FeedSchema schema) {
        return new SqlConfigurationStore(new CentralDatabase(in), schema, ConfigurationDefaults.USUAL, clock);
    }

    private ConfigurationResult commit(String id, Row... rows) {
        return store.commit(new ConfigurationTransaction(
                id, "ada", java.util.Arrays.stream(rows).map(Change::put).toList()));
    }

    private ConfigurationResult commit(String id, Change change) {
        return store.commit(new ConfigurationTransaction(id, "ada", TestConfiguration.unconditional(List.of(change))));
    }

    private void assertProblem(Kind kind, String column, Row row) {
        ConfigurationProblem problem = onlyProblem(commit("problem", row));
        assertEquals(kind, problem.kind());
        assertEquals(column, problem.column());
    }

    private static ConfigurationProblem onlyProblem(ConfigurationResult result) {
        Refused refused = assertInstanceOf(Refused.class, result);
        assertEquals(1, refused.problems().size(), refused.toString());
        return refused.problems().get(0);
    }

    private static List<Long> keys(List<CommittedTransaction> log) {
        return log.stream().map(CommittedTransaction::recoveryKey).toList();
    }

    private Row stored(String table, Object... key) {
        return store.rows().rows().stream()
                .filter(row -> row.table().name().equals(table) && row.key().equals(List.of(key)))
                .findFirst()
                .orElseThrow();
    }

    private static Row callType(int id, String name) {
        return row("Call_Type", Map.of("CallTypeID", id, "EnterpriseName", name));
    }

    private static Row person(int id) {
        return row("Person", Map.of("PersonID", id));
    }

    private static Row skillTarget(int id) {
        return row("Skill_Target", Map.of("SkillTargetID", id, "SkillTargetType", 3));
    }

    private static Row peripheral(int id) {
        return row("Peripheral", Map.of("PeripheralID", id, "EnterpriseName", "Peripheral " + id));
    }

    private static Row agent(int id, int person, int peripheral) {
        return row(
                "Agent",
                Map.of(
                        "SkillTargetID", id,
                        "PersonID", person,
                        "PeripheralID", peripheral,
                        "PeripheralNumber", "n" + id,
                        "EnterpriseName", "Agent " + id));
    }

    private static Row row(String table, Map<String, Object> columns) {
        Table of = SCHEMA.table(table);
        Map<String, Object> all = new HashMap<>(columns);
        all.put("ChangeStamp", 0);
        if (of.hasColumn("Deleted")) {
            all.put("Deleted", "N");
        }
        Object[] values = new Object[of.columns().size()];
        all.forEach((column, value) -> values[of.column(column)] = value);
        return of.row(values);
    }

    private static Row with(Row row, String column, Object value) {
        Object[] values = row.values();
        values[row.table().column(column)] = value;
        return row.table().row(values);
    }
}
