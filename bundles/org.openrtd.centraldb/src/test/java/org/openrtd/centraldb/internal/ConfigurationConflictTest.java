package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.centraldb.internal.TestConfiguration.callType;
import static org.openrtd.centraldb.internal.TestConfiguration.deletion;
import static org.openrtd.centraldb.internal.TestConfiguration.problems;
import static org.openrtd.centraldb.internal.TestConfiguration.stored;
import static org.openrtd.centraldb.internal.TestConfiguration.transaction;
import static org.openrtd.centraldb.internal.TestConfiguration.with;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.ConfigurationProblem.Conflict;
import org.openrtd.configuration.ConfigurationProblem.Kind;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationResult.Committed;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.HistoryEntry;
import org.openrtd.configuration.HistoryEntry.ColumnChange;
import org.openrtd.configuration.HistoryEntry.Operation;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

@ParameterizedClass
@EnumSource(Product.class)
class ConfigurationConflictTest {

    private static final Instant BEGIN = Instant.parse("2026-01-05T10:30:00Z");

    private final SettableClock clock = new SettableClock();
    private final TestDatabase database;
    private final SqlConfigurationStore store;
    private Row seen;

    ConfigurationConflictTest(Product product) {
        database = TestDatabase.fresh(product);
        store = TestConfiguration.open(database.dataSource(), clock);
    }

    @BeforeEach
    void bothEditorsReadTheRow() {
        commit("one", "ada", with(callType(1, "Loans"), "Description", "Money for houses"));
        seen = stored(store, "Call_Type", 1);
        clock.advance(Duration.ofMinutes(1));
    }

    @AfterEach
    void close() {
        store.close();
        database.close();
    }

    @Test
    void oneOfTwoEditorsWinsAndTheOtherIsToldWhatWhoAndWhen() {
        assertEquals(new Committed(2), commit("bob's", "bob", with(seen, "EnterpriseName", "Credits")));

        List<ConfigurationProblem> problems =
                problems(commit("eve's", "eve", with(seen, "EnterpriseName", "Mortgages")));

        assertEquals(1, problems.size());
        assertEquals(Kind.CONFLICT, problems.get(0).kind());
        assertEquals("EnterpriseName", problems.get(0).column());
        assertEquals(
                new Conflict("Loans", "Mortgages", "Credits", "bob", BEGIN.plusSeconds(60), 2),
                problems.get(0).conflict());
        assertEquals("Credits", stored(store, "Call_Type", 1).getString("EnterpriseName"));
        assertEquals(2, store.recoveryKey());
    }

    @Test
    void aDeleteOfARowThatWasChangedSinceItWasReadIsRefused() {
        commit("bob's", "bob", with(seen, "EnterpriseName", "Credits"));
        Change delete = Change.delete(seen.table(), seen.key());

        List<ConfigurationProblem> problems =
                problems(store.commit(new ConfigurationTransaction("late", "eve", List.of(Change.put(seen), delete))));

        assertEquals(1, problems.size());
        assertEquals(Kind.CONFLICT, problems.get(0).kind());
        assertEquals("EnterpriseName", problems.get(0).column());
        assertEquals(
                new Conflict("Loans", null, "Credits", "bob", BEGIN.plusSeconds(60), 2),
                problems.get(0).conflict());

        Row present = stored(store, "Call_Type", 1);
        assertEquals(
                new Committed(3),
                store.commit(new ConfigurationTransaction("read", "eve", List.of(Change.put(present), delete))));
        assertEquals(List.of(delete), store.after(2, 1).get(0).changes());
    }

    @Test
    void aRowThatWasPurgedAndMadeAnewIsAnotherThoughItsStampIsTheSame() {
        store.commit(new ConfigurationTransaction("gone", "bob", deletion(seen.table(), 1)));
        commit("anew", "cyd", with(callType(1, "Savings"), "Description", "Money for houses"));

        ConfigurationProblem late = problems(commit("late", "eve", with(seen, "EnterpriseName", "Mine")))
                .get(0);
        assertEquals(Kind.CONFLICT, late.kind());
        assertEquals("EnterpriseName", late.column());
        assertEquals("Savings", late.conflict().present());
        ConfigurationProblem delete = problems(store.commit(new ConfigurationTransaction(
                        "delete", "eve", List.of(Change.put(seen), Change.delete(seen.table(), seen.key())))))
                .get(0);
        assertEquals("EnterpriseName", delete.column());
        assertEquals("Savings", stored(store, "Call_Type", 1).getString("EnterpriseName"));
    }

    @Test
    void isAConflictAlsoWhereTheRowThatWasMadeAnewHasTheSameValues() {
        store.commit(new ConfigurationTransaction("gone", "bob", deletion(seen.table(), 1)));
        commit("anew", "cyd", with(callType(1, "Loans"), "Description", "Money for houses"));

        ConfigurationProblem late = problems(commit("late", "eve", seen)).get(0);

        assertEquals("ChangeStamp", late.column());
        assertTrue(
                late.reason()
                        .startsWith(
                                "the change was based on the row that recovery key 1 wrote, and this one was made anew"),
                late.reason());
        assertTrue(late.reason().contains("cyd"), late.reason());
    }

    @Test
    void comparesStampsAloneWhereTheEditorDoesNotKnowTheRecoveryKey() {
        assertEquals(
                new Committed(2), commit("two", "eve", with(seen, "RecoveryKey", null, "EnterpriseName", "Credits")));
    }

    @Test
    void namesEachColumnWithWhoChangedItLast() {
        commit("two", "bob", with(seen, "EnterpriseName", "Credits"));
        clock.advance(Duration.ofMinutes(1));
        commit("three", "cyd", with(stored(store, "Call_Type", 1), "AbandonWaitTime", 5));
        clock.advance(Duration.ofMinutes(1));
        commit("four", "dan", with(stored(store, "Call_Type", 1), "EnterpriseName", "Cheap credits"));

        List<ConfigurationProblem> problems = problems(commit("late", "eve", with(seen, "Description", "Mine")));

        assertEquals(
                List.of("EnterpriseName", "AbandonWaitTime"),
                problems.stream().map(ConfigurationProblem::column).toList(),
                "what the others changed, and not what this one wants to");
        assertEquals(
                new Conflict("Loans", "Loans", "Cheap credits", "dan", BEGIN.plusSeconds(180), 4),
                problems.get(0).conflict());
        assertEquals(
                new Conflict(null, null, 5, "cyd", BEGIN.plusSeconds(120), 3),
                problems.get(1).conflict());
        assertTrue(
                problems.get(1)
                        .reason()
                        .startsWith("was NULL when it was read, is to be NULL, and is 5 now, by cyd at"),
                problems.get(1).reason());
    }

    @Test
    void saysSoWhenTheLogDoesNotReachBackAnyMore() {
        commit("two", "bob", with(seen, "EnterpriseName", "Credits"));
        database.execute("DELETE FROM Config_Message_Log WHERE RecoveryKey <= 2");

        List<ConfigurationProblem> problems = problems(commit("late", "eve", with(seen, "Description", "Mine")));

        assertEquals(
                List.of("EnterpriseName", "Description"),
                problems.stream().map(ConfigurationProblem::column).toList(),
                "all that would be overwritten");
        assertEquals(
                new Conflict(null, "Loans", "Credits", null, null, 0),
                problems.get(0).conflict());
        assertEquals(
                "is to be Loans, and is Credits now, by whom the change log does not say any more",
                problems.get(0).reason());
    }

    @Test
    void isAConflictAlsoWhenBothWantTheSame() {
        commit("two", "bob", with(seen, "EnterpriseName", "Credits"));
        commit("three", "bob", with(stored(store, "Call_Type", 1), "EnterpriseName", "Loans"));

        ConfigurationProblem problem = problems(commit("late", "eve", with(seen, "Description", "Mine")))
                .get(0);

        assertEquals("ChangeStamp", problem.column());
        assertEquals(
                "the change was based on stamp 1, and the row has 3 now, with the same values; bob at"
                        + " 2026-01-05T10:31:00Z (recovery key 3) changed it last",
                problem.reason());
    }

    @Test
    void saysWhoDeletedTheRowOrWasFirst() {
        store.commit(new ConfigurationTransaction("gone", "bob", deletion(seen.table(), 1)));

        ConfigurationProblem gone = problems(commit("late", "eve", seen)).get(0);
        assertEquals(Kind.CONFLICT, gone.kind());
        assertEquals(
                "the change was based on stamp 1, and the row is not there any more: bob at 2026-01-05T10:31:00Z"
                        + " (recovery key 2) deleted it",
                gone.reason());
        assertNull(gone.conflict());

        commit("again", "cyd", callType(1, "Loans"));
        ConfigurationProblem there =
                problems(commit("late too", "eve", callType(1, "Other"))).get(0);
        assertEquals(
                "the row was to be new, and is there with stamp 1, by cyd at 2026-01-05T10:31:00Z (recovery key 3) last",
                there.reason());
    }

    @Test
    void tellsTheHistoryOfARow() {
        commit("two", "bob", with(seen, "EnterpriseName", "Credits"), callType(2, "Cards"));
        commit("three", "cyd", callType(3, "Savings"));
        commit("four", "dan", with(stored(store, "Call_Type", 1), "Deleted", "Y"));
        store.commit(new ConfigurationTransaction("five", "eve", deletion(seen.table(), 1)));

        List<HistoryEntry> history = store.history("call_type", List.of(1), 10);

        assertEquals(
                List.of("5 eve five DELETE", "4 dan four DELETE", "2 bob two UPDATE", "1 ada one ADD"),
                history.stream()
                        .map(entry ->
                                entry.recoveryKey() + " " + entry.author() + " " + entry.id() + " " + entry.operation())
                        .toList());
        assertEquals(
                List.of(new ColumnChange("EnterpriseName", "Loans", "Credits")),
                history.get(2).columns());
        assertEquals(
                List.of(new ColumnChange("Deleted", "N", "Y")), history.get(1).columns());
        assertTrue(history.get(0).columns().contains(new ColumnChange("EnterpriseName", "Credits", null)));
        assertTrue(history.get(3).columns().contains(new ColumnChange("Description", null, "Money for houses")));
        assertEquals(BEGIN, history.get(3).time());
        assertEquals(2, store.history("Call_Type", List.of(1), 2).size());
        assertEquals(
                Operation.ADD, store.history("Call_Type", List.of(3), 2).get(0).operation());
        assertEquals(List.of(), store.history("Call_Type", List.of(99), 2));
        assertEquals(List.of(), store.history("Call_Type", List.of(1), 0));
    }

    @Test
    void goesBackAsFarAsTheLogDoes() {
        commit("two", "bob", with(seen, "EnterpriseName", "Credits"));
        commit("three", "cyd", with(stored(store, "Call_Type", 1), "EnterpriseName", "Money"));
        database.execute("DELETE FROM Config_Message_Log WHERE RecoveryKey <= 1");

        assertEquals(
                List.of(3L, 2L),
                store.history("Call_Type", List.of(1), 10).stream()
                        .map(HistoryEntry::recoveryKey)
                        .toList());
    }

    /** Each reading of what was before costs, and other edits wait meanwhile. */
    @Test
    void looksNotTooFarBackForTheRowThatAStaleChangeWasBasedOn() {
        for (int i = 0; i < 120; i++) {
            commit("edit " + i, "bob", with(stored(store, "Call_Type", 1), "Description", "Edit " + i));
        }

        List<ConfigurationProblem> problems = problems(commit("late", "eve", with(seen, "AbandonWaitTime", 7)));

        assertEquals(
                List.of("AbandonWaitTime", "Description"),
                problems.stream().map(ConfigurationProblem::column).sorted().toList(),
                "all that would be overwritten: what it was based on is too far back");
        assertEquals("bob", problems.get(problems.size() - 1).conflict().author());
        assertEquals(120, store.history("Call_Type", List.of(1), 120).size(), "who asks for it gets more");
    }

    @Test
    void refusesToTellTheHistoryOfNonsense() {
        List<RuntimeException> refusals = new ArrayList<>();
        for (List<Object> key : List.of(List.<Object>of(), List.<Object>of("1"), List.<Object>of(1, 2))) {
            try {
                store.history("Call_Type", key, 1);
            } catch (IllegalArgumentException e) {
                refusals.add(e);
            }
        }
        try {
            store.history("Call_Typ", List.of(1), 1);
        } catch (IllegalArgumentException e) {
            refusals.add(e);
        }
        assertEquals(4, refusals.size());
    }

    private ConfigurationResult commit(String id, String author, Row... rows) {
        return store.commit(transaction(id, author, rows));
    }
}
