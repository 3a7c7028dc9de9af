package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.centraldb.internal.TestConfiguration.callType;
import static org.openrtd.centraldb.internal.TestConfiguration.stored;
import static org.openrtd.centraldb.internal.TestConfiguration.transaction;
import static org.openrtd.centraldb.internal.TestConfiguration.with;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.centraldb.CommittedTransaction;
import org.openrtd.centraldb.internal.FailingDataSource.Fail;
import org.openrtd.configuration.ConfigurationEditor;
import org.openrtd.configuration.ConfigurationProblem.Kind;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationResult.Committed;
import org.openrtd.configuration.ConfigurationResult.Refused;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.ConfigurationUnreachable;
import org.openrtd.configuration.HistoryEntry.Operation;
import org.openrtd.feed.Row;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

/** Many who edit at once. */
@ParameterizedClass
@EnumSource(Product.class)
@Timeout(120)
class CentralEditorTest {

    private final TestDatabase place;
    private final FailingDataSource database;
    private final SqlConfigurationStore store;
    private final CentralEditor editor;

    CentralEditorTest(Product product) {
        place = TestDatabase.fresh(product);
        database = new FailingDataSource(place.dataSource());
        store = TestConfiguration.open(database, new SettableClock());
        editor = new CentralEditor(store);
    }

    @AfterEach
    void close() {
        editor.close();
        store.close();
        place.close();
    }

    @Test
    void aThousandEditorsOfDifferentRowsAllSucceed() throws Exception {
        List<Long> heard = new ArrayList<>();
        store.listen(0, committed -> heard.add(committed.recoveryKey()));
        CountDownLatch start = new CountDownLatch(1);
        List<CompletableFuture<ConfigurationResult>> answers = new ArrayList<>();
        List<Thread> editors = new ArrayList<>();
        for (int i = 1; i <= 1000; i++) {
            ConfigurationTransaction transaction = transaction("tx " + i, "editor " + i, callType(i, "Type " + i));
            CompletableFuture<ConfigurationResult> answer = new CompletableFuture<>();
            answers.add(answer);
            boolean waits = i % 10 == 0;
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                    // Some by the service, some as automatic configuration does it.
                    answer.complete(
                            waits
                                    ? store.commit(transaction)
                                    : editor.commit(transaction).get());
                } catch (InterruptedException | ExecutionException | RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
            thread.start();
            editors.add(thread);
        }
        int before = database.commits();
        start.countDown();
        for (Thread thread : editors) {
            thread.join();
        }

        TreeSet<Long> keys = new TreeSet<>();
        for (CompletableFuture<ConfigurationResult> answer : answers) {
            keys.add(assertInstanceOf(Committed.class, answer.get()).recoveryKey());
        }
        List<Long> dense = LongStream.rangeClosed(1, 1000).boxed().toList();
        assertEquals(dense, List.copyOf(keys));
        assertEquals(dense, heard);
        assertEquals(1000, store.recoveryKey());
        assertEquals(1000, store.rows().rows().size());
        assertEquals(1000, place.number("SELECT COUNT(*) FROM Config_Message_Log"));
        assertTrue(database.commits() - before < 500, "forced writes: " + (database.commits() - before));
    }

    @Test
    void thoseWhoWaitAreCommittedTogetherAndCheckedEachByItself() throws Exception {
        commit(transaction("first", "ada", callType(1, "Loans")));
        Row loans = stored(store, "Call_Type", 1);

        int before = database.commits();
        List<ConfigurationResult> results = together(
                transaction("a", "ada", with(loans, "EnterpriseName", "Credits")),
                transaction("b", "bob", with(loans, "EnterpriseName", "Mortgages")),
                transaction("c", "cyd", callType(2, "Cards"), callType(3, "x".repeat(65))),
                transaction("d", "dan", callType(4, "Credits")),
                transaction("a", "ada", with(loans, "EnterpriseName", "Credits")),
                transaction("e", "eve", callType(5, "Savings")));

        assertEquals(new Committed(3), results.get(0));
        Refused conflict = assertInstanceOf(Refused.class, results.get(1));
        assertEquals(Kind.CONFLICT, conflict.problems().get(0).kind());
        assertEquals("ada", conflict.problems().get(0).conflict().author(), "who won is in the same commit");
        assertEquals(
                Kind.VALUE,
                assertInstanceOf(Refused.class, results.get(2))
                        .problems()
                        .get(0)
                        .kind());
        assertEquals(
                Kind.DUPLICATE,
                assertInstanceOf(Refused.class, results.get(3))
                        .problems()
                        .get(0)
                        .kind());
        assertEquals(new Committed(3), results.get(4), "the same transaction again");
        assertEquals(new Committed(4), results.get(5));
        assertEquals(2, database.commits() - before, "that of the one before, and one for all of these");
        assertEquals(4, store.recoveryKey());
        assertEquals(null, stored(store, "Call_Type", 2), "nothing of what was refused");
        assertEquals(
                List.of("first", "meanwhile", "a", "e"),
                store.after(0, 10).stream().map(CommittedTransaction::id).toList());
        assertEquals(3, store.refused());
    }

    @Test
    void aCommitThatFailedIsTriedAgainForEach() throws Exception {
        List<ConfigurationResult> results = together(
                () -> database.nextCommit(Fail.BEFORE_COMMIT),
                transaction("a", "ada", callType(2, "Two")),
                transaction("b", "bob", callType(3, "Three")));

        assertEquals(List.of(new Committed(2), new Committed(3)), results);
        assertEquals(3, store.rows().rows().size());
    }

    @Test
    void aCommitThatOnlySeemedToFailTakesEffectOnce() throws Exception {
        List<Long> heard = new ArrayList<>();
        store.listen(0, committed -> heard.add(committed.recoveryKey()));

        List<ConfigurationResult> results = together(
                () -> database.nextCommit(Fail.AFTER_COMMIT),
                transaction("a", "ada", callType(2, "Two")),
                transaction("b", "bob", callType(3, "Three")));

        assertEquals(List.of(new Committed(2), new Committed(3)), results);
        assertEquals(List.of(1L, 2L, 3L), heard);
        assertEquals(3, store.recoveryKey());
    }

    @Test
    void aLostReplyAndARetryApplyItOnce() throws Exception {
        ConfigurationTransaction transaction = transaction("a", "ada", callType(2, "Two"));
        database.nextCommit(Fail.AFTER_COMMIT);
        ExecutionException lost = assertThrows(ExecutionException.class, () -> commit(transaction));
        assertTrue(assertInstanceOf(ConfigurationUnreachable.class, lost.getCause())
                .undecided());

        assertEquals(new Committed(1), commit(transaction));
        assertEquals(new Committed(1), commit(transaction));
        assertEquals(1, store.recoveryKey());
        assertEquals(1, stored(store, "Call_Type", 2).getInt("ChangeStamp"));
    }

    @Test
    void saysWhatWasDoneAndAllots() throws Exception {
        commit(transaction("a", "ada", callType(2, "Two")));

        assertEquals(
                Operation.ADD,
                editor.history("Call_Type", List.of(2), 5).get().get(0).operation());
        assertEquals(5000, editor.allotIds("Call_Type", 2).get());
        assertInstanceOf(
                IllegalArgumentException.class,
                assertThrows(ExecutionException.class, () -> editor.allotIds("Call_Type", 0)
                                .get())
                        .getCause());
        assertInstanceOf(
                IllegalArgumentException.class,
                assertThrows(ExecutionException.class, () -> editor.allotIds("Nonsense", 1)
                                .get())
                        .getCause());
        assertInstanceOf(
                IllegalArgumentException.class,
                assertThrows(ExecutionException.class, () -> editor.allotIds(
                                        "Call_Type", ConfigurationEditor.MAX_IDS + 1)
                                .get())
                        .getCause());
    }

    @Test
    void answersEverybodyWhenItCloses() throws Exception {
        CountDownLatch committing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        database.beforeNextCommit(() -> {
            committing.countDown();
            await(goOn);
        });
        CompletableFuture<ConfigurationResult> first = editor.commit(transaction("a", "ada", callType(1, "One")));
        await(committing);
        CompletableFuture<ConfigurationResult> waiting = editor.commit(transaction("b", "bob", callType(2, "Two")));
        editor.close();
        goOn.countDown();

        assertEquals(new Committed(1), first.get());
        ExecutionException closed = assertThrows(ExecutionException.class, waiting::get);
        assertEquals("the central database is closing", closed.getCause().getMessage());
        assertThrows(ExecutionException.class, () -> editor.commit(transaction("c", "cyd", callType(3, "Three")))
                .get());
        assertThrows(
                ExecutionException.class, () -> editor.allotIds("Call_Type", 1).get());
    }

    /** Derby interrupts whoever is at work in a database that ends. */
    @Test
    void goesOnWhenItIsInterruptedByAnybodyElse() throws Exception {
        // Each time at another moment of its waiting: before, after, or in the midst of being handed the edit.
        for (int i = 1; i <= 100; i++) {
            interruptTheEditor();
            assertEquals(new Committed(i), commit(transaction("tx " + i, "ada", callType(i, "Type " + i))));
        }
    }

    private static void interruptTheEditor() {
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("configuration-editor"))
                .forEach(Thread::interrupt);
    }

    @Test
    void goesOnAfterAnErrorWithWhatComesNext() throws Exception {
        database.beforeNextCommit(() -> {
            throw new OutOfMemoryError("as if");
        });
        ExecutionException failed =
                assertThrows(ExecutionException.class, () -> commit(transaction("a", "ada", callType(1, "One"))));
        assertTrue(assertInstanceOf(ConfigurationUnreachable.class, failed.getCause())
                .undecided());

        assertInstanceOf(Committed.class, commit(transaction("b", "ada", callType(2, "Two"))));
    }

    @Test
    void takesNoMoreThanItSays() throws Exception {
        CountDownLatch committing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        database.beforeNextCommit(() -> {
            committing.countDown();
            await(goOn);
        });
        editor.commit(transaction("first", "ada", callType(1, "One")));
        await(committing);
        Row large = TestConfiguration.row("Script", "ScriptID", 1, "ScriptText", "x".repeat(1 << 20));
        List<CompletableFuture<ConfigurationResult>> waiting = IntStream.range(0, 70)
                .mapToObj(i -> editor.commit(transaction("large " + i, "ada", large)))
                .toList();
        long refusedAtOnce = waiting.stream()
                .filter(CompletableFuture::isCompletedExceptionally)
                .count();
        goOn.countDown();
        for (CompletableFuture<ConfigurationResult> one : waiting) {
            one.handle((result, failure) -> null).get();
        }

        assertTrue(refusedAtOnce >= 6, "refused: " + refusedAtOnce);
        assertEquals(new Committed(2), commit(transaction("later", "ada", callType(2, "Two"))));
    }

    private ConfigurationResult commit(ConfigurationTransaction transaction) throws Exception {
        return editor.commit(transaction).get();
    }

    private List<ConfigurationResult> together(ConfigurationTransaction... transactions) throws Exception {
        return together(() -> {}, transactions);
    }

    /** Lets transactions wait while another one is committed, so that they are committed together. */
    private List<ConfigurationResult> together(Runnable beforeTheirCommit, ConfigurationTransaction... transactions)
            throws Exception {
        CountDownLatch committing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        database.beforeNextCommit(() -> {
            committing.countDown();
            await(goOn);
        });
        CompletableFuture<ConfigurationResult> first =
                editor.commit(transaction("meanwhile", "ada", callType(100, "Meanwhile")));
        await(committing);
        List<CompletableFuture<ConfigurationResult>> answers = new ArrayList<>();
        for (ConfigurationTransaction transaction : transactions) {
            answers.add(editor.commit(transaction));
        }
        database.beforeNextCommit(beforeTheirCommit);
        goOn.countDown();
        assertInstanceOf(Committed.class, first.get());
        List<ConfigurationResult> results = new ArrayList<>();
        for (CompletableFuture<ConfigurationResult> answer : answers) {
            results.add(answer.get());
        }
        return results;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
