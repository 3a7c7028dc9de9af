package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.CommittedTransaction;
import org.openrtd.centraldb.internal.CrashingWriter.Kind;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.sql.testing.PostgreSql;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

/**
 * Kills a writing process at random moments, again and again, and looks at what it left. {@code -Dcrash.trials=500} for
 * more trials, {@code -Dcrash.seed=…} for those of an earlier run (which acknowledgement is the last is up to the machine).
 */
@ParameterizedClass
@EnumSource(Product.class)
class CrashTest {

    private static final int TRIALS = Integer.getInteger("crash.trials", 20);
    private static final long SEED = Long.getLong("crash.seed", System.nanoTime());

    /** What the writer said was durable before it was killed. */
    private static final class Acknowledged {
        private long event;
        private final Map<String, Long> keys = new LinkedHashMap<>();
    }

    private final Random random = new Random(SEED);
    private final Acknowledged acknowledged = new Acknowledged();

    /** Not the shared one, because it is crashed. */
    private final PostgreSql server;

    private final TestDatabase database;

    CrashTest(Product product, @TempDir Path temporary) {
        server = product == Product.POSTGRESQL ? PostgreSql.start() : null;
        database =
                server == null ? TestDatabase.onDisk(product, temporary.resolve("central")) : TestDatabase.on(server);
    }

    @AfterEach
    void close() {
        database.close();
        if (server != null) {
            server.close();
        }
    }

    @Test
    void losesNothingAcknowledgedAndKeepsNoHalfTransactionWheneverItIsKilled() throws Exception {
        System.out.println("crash.seed=" + SEED + " crash.trials=" + TRIALS);
        for (int trial = 1; trial <= TRIALS; trial++) {
            writeAndKill(Kind.RIGHT);
            assertEquals(List.of(), violations(), "crash.seed=" + SEED + ", trial " + trial);
        }
        assertTrue(acknowledged.event > 0 && !acknowledged.keys.isEmpty(), "something was acknowledged");
    }

    @Test
    void catchesATwinThatAcknowledgesBeforeItCommits() throws Exception {
        assertCaught(Kind.ACKNOWLEDGES_BEFORE_COMMIT, "acknowledged");
    }

    @Test
    void catchesATwinThatTakesItsKeysFromAnIdentityColumn() throws Exception {
        assertCaught(Kind.KEY_FROM_IDENTITY, "recovery key");
    }

    private void assertCaught(Kind twin, String how) throws Exception {
        List<String> violations = new ArrayList<>();
        // It ends with the first that is caught, so fewer trials for the right one are no reason to try less here.
        for (int trial = 1; trial <= Math.max(60, 3 * TRIALS) && violations.isEmpty(); trial++) {
            writeAndKill(twin);
            violations.addAll(violations());
        }
        assertTrue(violations.stream().anyMatch(violation -> violation.contains(how)), violations.toString());
    }

    private void writeAndKill(Kind kind) throws IOException, InterruptedException {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dderby.stream.error.file=" + Path.of("target", "derby-crash.log"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingWriter.class.getName(),
                        database.place(),
                        kind.name(),
                        Long.toString(random.nextLong()))
                .redirectError(ProcessBuilder.Redirect.appendTo(new File("target/crashing-writer.log")))
                .start();
        boolean withServer = server != null && random.nextBoolean();
        try (BufferedReader acknowledgements =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
            int until = 1 + random.nextInt(120);
            long moment = random.nextLong(3_000_000);
            String line;
            for (int heard = 0; (line = acknowledgements.readLine()) != null; heard++) {
                note(line);
                if (heard == until) {
                    // A moment within the next transaction or two, and not always right behind an acknowledgement.
                    long end = System.nanoTime() + moment;
                    while (System.nanoTime() < end) {
                        Thread.onSpinWait();
                    }
                    if (withServer) {
                        server.crash();
                    }
                    // SIGKILL by its handle: the process object would close the stream, with acknowledgements in it.
                    writer.toHandle().destroyForcibly();
                }
            }
        } finally {
            writer.destroyForcibly();
        }
        int end = writer.waitFor();
        assertTrue(
                end == 128 + 9 || withServer && end == 0,
                "killed, and not ended by itself: see target/crashing-writer.log");
    }

    private void note(String line) {
        String[] words = line.split(" ");
        if (!words[words.length - 1].equals(".")) {
            return; // cut off by the kill
        }
        if (words[0].equals("event")) {
            acknowledged.event = Math.max(acknowledged.event, Long.parseLong(words[1]));
        } else {
            acknowledged.keys.put("transaction " + words[1], Long.parseLong(words[2]));
        }
    }

    /** Everything that a crash must not do and did. */
    private List<String> violations() throws IOException {
        List<String> violations = new ArrayList<>();
        CentralDatabase central = new CentralDatabase(database.dataSource());
        try (SqlEventLog log = new SqlEventLog(central, Duration.ZERO, Clock.systemUTC());
                SqlConfigurationStore configuration = new SqlConfigurationStore(
                        central, Catalog.feed(Catalog.CONFIG), ConfigurationDefaults.USUAL, Clock.systemUTC())) {
            checkEvents(log, violations);
            checkConfiguration(configuration, violations);
        } finally {
            database.release();
        }
        return violations;
    }

    private void checkEvents(SqlEventLog log, List<String> violations) {
        long mark = log.mark(CrashingWriter.GATEWAY, CrashingWriter.RUN).orElse(0);
        if (mark < acknowledged.event) {
            violations.add("event " + acknowledged.event + " was acknowledged, and the mark is at " + mark);
        }
        if (mark != log.lastSequence()) {
            violations.add("the mark is at " + mark + ", and the log at " + log.lastSequence());
        }
        long[] checkpoint = {0};
        log.latestCheckpoint().ifPresent(found -> {
            checkpoint[0] = found.logSequence();
            if (!Arrays.equals(found.state(), CrashingWriter.state(found.logSequence()))) {
                violations.add("the checkpoint at " + found.logSequence() + " is not as it was written");
            }
        });
        // Pruning is on: what a checkpoint needs must be there all the same.
        long[] next = {checkpoint[0] + 1};
        log.read(checkpoint[0], logged -> {
            long expected = next[0]++;
            String[] words = new String(logged.entry().payload(), StandardCharsets.UTF_8).split(" ");
            long first = Long.parseLong(words[0]);
            int size = Integer.parseInt(words[1]);
            int index = Integer.parseInt(words[2]);
            if (logged.sequence() != expected || logged.entry().number() != expected || first + index != expected) {
                violations.add("entry " + expected + " of the log is event "
                        + logged.entry().number());
            }
            if (first + size - 1 > mark) {
                violations.add("of the append of " + size + " events from " + first + " only those up to " + mark
                        + " are there");
            }
        });
        if (next[0] != mark + 1) {
            violations.add("the log can be read up to " + (next[0] - 1) + ", and the mark is at " + mark);
        }
    }

    private void checkConfiguration(SqlConfigurationStore configuration, List<String> violations) {
        long key = configuration.recoveryKey();
        Map<String, Long> logged = new HashMap<>();
        Map<List<Object>, Row> fromLog =
                new TreeMap<>((one, other) -> one.toString().compareTo(other.toString()));
        long at = 0;
        List<CommittedTransaction> page;
        do {
            page = configuration.history().after(at, 200).stream()
                    .map(entry -> new CommittedTransaction(
                            entry.key(),
                            entry.keyBefore(),
                            "",
                            "",
                            Clock.systemUTC().instant(),
                            entry.changes()))
                    .toList();
            for (CommittedTransaction transaction : page) {
                if (transaction.recoveryKey() != at + 1) {
                    violations.add("recovery key " + transaction.recoveryKey() + " follows " + at);
                }
                at = transaction.recoveryKey();
                for (Change change : transaction.changes()) {
                    fromLog.put(change.key(), change.row());
                    logged.put(change.row().getString("Description"), at);
                }
            }
        } while (!page.isEmpty());
        if (at != key) {
            violations.add("the recovery key is " + key + ", and the log can be read up to " + at);
        }
        acknowledged.keys.forEach((transaction, given) -> {
            if (!given.equals(logged.get(transaction))) {
                violations.add(transaction + " was acknowledged with recovery key " + given + ", and is logged with "
                        + logged.get(transaction));
            }
        });
        Set<Object> descriptions = new HashSet<>();
        for (Row row : configuration.rows().rows()) {
            descriptions.add(row.get("Description"));
            if (!row.equals(fromLog.get(row.key()))) {
                violations.add(row + " is not as the log has it, " + fromLog.get(row.key()));
            }
        }
        if (descriptions.size() > 1) {
            violations.add("half a transaction: " + descriptions);
        }
    }
}
