package org.openrtd.centraldb.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.openrtd.centraldb.CentralDatabaseException;
import org.openrtd.configuration.ConfigurationEditor;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.ConfigurationUnreachable;
import org.openrtd.configuration.HistoryEntry;
import org.openrtd.configuration.KnownTransaction;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Edits at the centre itself: handed to the store in the order in which they come, those that wait together. What only
 * looks, or allots, takes turns on a thread of its own.
 */
@Component(service = ConfigurationEditor.class, property = ConfigurationEditor.HOP + "=" + ConfigurationEditor.CENTRAL)
public final class CentralEditor implements ConfigurationEditor, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CentralEditor.class);

    /** More transactions do not wait, */
    static final int MOST_WAITING = 4_096;
    /** nor more text in them, in characters, */
    static final long MOST_CHARACTERS = 64 << 20;
    /** nor more questions. */
    static final int MOST_QUESTIONS = 256;

    private record Edit(
            ConfigurationTransaction transaction, long characters, CompletableFuture<ConfigurationResult> answer) {}

    /** Wakes the thread to end. */
    private static final Edit LAST = new Edit(null, 0, null);

    private final SqlConfigurationStore store;
    private final BlockingQueue<Edit> edits = new LinkedBlockingQueue<>(MOST_WAITING);
    private final AtomicLong characters = new AtomicLong();
    private final Thread editing = new Thread(this::edit, "configuration-editor");
    private final ThreadPoolExecutor answering;
    private volatile boolean closed;

    @Activate
    public CentralEditor(@Reference(name = "store") SqlConfigurationStore store) {
        this.store = store;
        answering =
                new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_QUESTIONS), work -> {
                    Thread thread = new Thread(work, "configuration-answers");
                    thread.setDaemon(true);
                    return thread;
                });
        editing.setDaemon(true);
        editing.start();
    }

    @Override
    public CompletableFuture<ConfigurationResult> commit(ConfigurationTransaction transaction) {
        Edit edit = new Edit(transaction, SqlConfigurationStore.characters(transaction), new CompletableFuture<>());
        boolean fits = characters.addAndGet(edit.characters) <= MOST_CHARACTERS;
        if (!fits || closed || !edits.offer(edit)) {
            characters.addAndGet(-edit.characters);
            return CompletableFuture.failedFuture(closed ? closing() : tooMany());
        }
        edit.answer.whenComplete((result, failure) -> characters.addAndGet(-edit.characters));
        if (closed && edits.remove(edit)) {
            edit.answer.completeExceptionally(closing());
        }
        return edit.answer;
    }

    @Override
    public CompletableFuture<Optional<KnownTransaction>> find(String transactionId, boolean withChanges) {
        return later(() -> store.find(transactionId, withChanges));
    }

    @Override
    public CompletableFuture<List<HistoryEntry>> history(String table, List<Object> key, int limit) {
        return later(() -> store.history(table, key, Math.min(limit, MAX_HISTORY)));
    }

    @Override
    public CompletableFuture<Integer> allotIds(String table, int count) {
        if (count < 1 || count > MAX_IDS) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("1 to " + MAX_IDS + " ids are allotted at once, not " + count));
        }
        return later(() -> store.allotIds(table, count));
    }

    private <T> CompletableFuture<T> later(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            answering.execute(() -> {
                if (closed) {
                    answer.completeExceptionally(closing());
                    return;
                }
                try {
                    answer.complete(question.get());
                } catch (CentralDatabaseException e) {
                    answer.completeExceptionally(new ConfigurationUnreachable(e.getMessage()));
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(closed ? closing() : tooMany());
        }
        return answer;
    }

    private void edit() {
        List<Edit> together = new ArrayList<>();
        try {
            while (!closed) {
                try {
                    together.add(edits.take());
                } catch (InterruptedException e) {
                    // Not by close(): Derby interrupts whoever is at work in a database that ends.
                    continue;
                }
                edits.drainTo(together);
                together.remove(LAST);
                // An interrupt that came together with an edit is left standing by the queue; Derby would end the
                // connection for it.
                Thread.interrupted();
                try {
                    commit(together);
                } catch (RuntimeException | Error e) {
                    LOG.error(
                            "Edits of the configuration could not be committed, or it is not known whether they are",
                            e);
                    together.forEach(tried -> tried.answer.completeExceptionally(
                            new ConfigurationUnreachable("the central database failed: " + e, true)));
                }
                together.clear();
            }
        } finally {
            closed = true;
            List<Edit> untried = new ArrayList<>();
            edits.drainTo(untried);
            untried.remove(LAST);
            untried.forEach(left -> left.answer.completeExceptionally(closing()));
        }
    }

    private void commit(List<Edit> together) {
        List<SqlConfigurationStore.Outcome> outcomes =
                store.commitAll(together.stream().map(Edit::transaction).toList());
        for (int i = 0; i < outcomes.size(); i++) {
            Edit edit = together.get(i);
            SqlConfigurationStore.Outcome outcome = outcomes.get(i);
            if (outcome.failure() == null) {
                edit.answer.complete(outcome.result());
            } else {
                edit.answer.completeExceptionally(
                        new ConfigurationUnreachable(outcome.failure().getMessage(), true));
            }
        }
    }

    private static ConfigurationUnreachable closing() {
        return new ConfigurationUnreachable("the central database is closing");
    }

    private static ConfigurationUnreachable tooMany() {
        return new ConfigurationUnreachable("too much waits for the central database already: try again later");
    }

    @Deactivate
    @Override
    public void close() {
        closed = true;
        // Not interrupted: it may be at a commit, and whether that succeeds is worth waiting for. Where this finds no
        // place it
        // is not waiting for any.
        edits.offer(LAST);
        // What waits is answered, quickly: that it is closing.
        answering.shutdown();
    }
}
