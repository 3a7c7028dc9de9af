package org.openrtd.centraldb.internal;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openrtd.centraldb.ConfigurationStore;
import org.openrtd.configuration.ConfigurationEditor;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.ConfigurationUnreachable;
import org.openrtd.configuration.HistoryEntry;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Edits at the centre itself: handed to the store, in the order in which they come. */
@Component(property = ConfigurationEditor.HOP + "=" + ConfigurationEditor.CENTRAL)
public final class CentralEditor implements ConfigurationEditor, AutoCloseable {

    /** More do not wait; each is bounded by its number of changes. */
    static final int MOST_WAITING = 4_096;

    private final ConfigurationStore store;
    private final ThreadPoolExecutor thread;

    @Activate
    public CentralEditor(@Reference(name = "store") ConfigurationStore store) {
        this.store = store;
        this.thread =
                new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), task -> {
                    Thread made = new Thread(task, "configuration-editor");
                    made.setDaemon(true);
                    return made;
                });
    }

    @Override
    public CompletableFuture<ConfigurationResult> commit(ConfigurationTransaction transaction) {
        return later(() -> store.commit(transaction));
    }

    @Override
    public CompletableFuture<List<HistoryEntry>> history(String table, List<Object> key, int limit) {
        return later(() -> store.history(table, key, Math.min(limit, MAX_HISTORY)));
    }

    @Override
    public CompletableFuture<Integer> allotIds(String table, int count) {
        return later(() -> store.allotIds(table, count));
    }

    private <T> CompletableFuture<T> later(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, thread);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new ConfigurationUnreachable(
                    thread.isShutdown()
                            ? "the central database is closing"
                            : MOST_WAITING + " edits wait for the central database already: try again later"));
        }
    }

    @Deactivate
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
