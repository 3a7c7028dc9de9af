package org.openrtd.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import org.openrtd.benchmarks.Main.Settings;
import org.openrtd.centraldb.ConfigurationStore;
import org.openrtd.centraldb.internal.CentralDatabases;
import org.openrtd.configuration.ConfigurationEditor;
import org.openrtd.configuration.ConfigurationMessage;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.feed.Change;

/**
 * Configuration transactions acknowledged per second by the central database on disk, beside one loop that writes what the
 * change log says of each to a file on the same disk and forces it, in turns of the same run. Each editor waits for the
 * answer before the next edit; no two edit the same agents. Settings: {@code rows} of the configuration, {@code editors}
 * at most, {@code seconds} of each turn, {@code turns}, {@code seed}, {@code directory}.
 */
final class EditsBenchmark {

    private static final int[] EDITORS = {1, 10, 100};
    private static final int[] ROWS = {1, 10};

    private EditsBenchmark() {}

    static void run(Settings settings) throws Exception {
        int seconds = settings.number("seconds", 3);
        int turns = settings.number("turns", 3);
        int editors = settings.number("editors", 100);
        GeneratedConfiguration configuration =
                new GeneratedConfiguration(settings.number("rows", 10_000), settings.number("seed", 7));
        try (Workplace workplace = Workplace.of("edits", settings);
                Workplace.Forced file = workplace.forced()) {
            ConfigurationStore store =
                    CentralDatabases.configuration(workplace.path().resolve("central"));
            long begin = System.nanoTime();
            configuration.commitTo(store);
            System.out.printf(
                    "%n%d rows entered, %.0f rows/s, as many to a transaction as go%n",
                    configuration.rows(), configuration.rows() * 1e9 / (System.nanoTime() - begin));
            System.out.printf("%n%17s %39s %15s %8s%n", "", "central database", "forced writes", "");
            System.out.printf(
                    "%8s %8s %15s %11s %11s %15s %8s%n",
                    "editors", "rows", "transactions/s", "p50, ms", "p99, ms", "writes/s", "ratio");
            ConfigurationEditor editor = CentralDatabases.editor(store);
            edit(editor, configuration, 1, 1, seconds, new Histogram(3));
            for (int count : EDITORS) {
                for (int rows : ROWS) {
                    if (count > editors || count * rows > configuration.agents()) {
                        continue;
                    }
                    double edits = 0;
                    double writes = 0;
                    Histogram waits = new Histogram(3);
                    byte[] entry = ConfigurationMessage.write(changes(configuration, 0, rows, "edit"));
                    for (int turn = 0; turn < turns; turn++) {
                        edits += edit(editor, configuration, count, rows, seconds, waits) / turns;
                        writes += force(file, entry, seconds) / turns;
                    }
                    System.out.printf(
                            "%8d %8d %15.0f %11.2f %11.2f %15.0f %8.2f%n",
                            count,
                            rows,
                            edits,
                            waits.getValueAtPercentile(50) / 1e6,
                            waits.getValueAtPercentile(99) / 1e6,
                            writes,
                            edits / writes);
                }
            }
            CentralDatabases.close(editor);
            CentralDatabases.close(store);
        }
    }

    private static double edit(
            ConfigurationEditor editor,
            GeneratedConfiguration configuration,
            int editors,
            int rows,
            int seconds,
            Histogram waits)
            throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(editors);
        CountDownLatch ready = new CountDownLatch(editors);
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Histogram>> edited = new ArrayList<>();
        for (int e = 0; e < editors; e++) {
            int first = e * rows;
            edited.add(threads.submit(() -> {
                Histogram own = new Histogram(3);
                ready.countDown();
                go.await();
                long end = System.nanoTime() + seconds * 1_000_000_000L;
                for (long now = System.nanoTime(); now < end; ) {
                    String id = UUID.randomUUID().toString();
                    ConfigurationResult result = editor.commit(new ConfigurationTransaction(
                                    id, "benchmark", changes(configuration, first, rows, id)))
                            .get();
                    if (!(result instanceof ConfigurationResult.Committed)) {
                        throw new IllegalStateException("Refused: " + result);
                    }
                    long then = System.nanoTime();
                    own.recordValue(then - now);
                    now = then;
                }
                return own;
            }));
        }
        ready.await();
        long begin = System.nanoTime();
        go.countDown();
        long count = 0;
        for (Future<Histogram> one : edited) {
            Histogram own = one.get();
            count += own.getTotalCount();
            waits.add(own);
        }
        double perSecond = count * 1e9 / (System.nanoTime() - begin);
        threads.shutdown();
        return perSecond;
    }

    private static List<Change> changes(GeneratedConfiguration configuration, int first, int rows, String description) {
        List<Change> changes = new ArrayList<>(rows);
        for (int i = 0; i < rows; i++) {
            changes.add(configuration.edit(first + i, description));
        }
        return changes;
    }

    private static double force(Workplace.Forced file, byte[] entry, int seconds) throws IOException {
        long count = 0;
        long begin = System.nanoTime();
        long end = begin + seconds * 1_000_000_000L;
        long now;
        do {
            file.write(ByteBuffer.wrap(entry));
            count++;
            now = System.nanoTime();
        } while (now < end);
        return count * 1e9 / (now - begin);
    }
}
