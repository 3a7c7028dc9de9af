package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openrtd.centraldb.internal.CrashPoints.Point;
import org.openrtd.centraldb.internal.CrashingEditors.Kind;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

/**
 * Several edit while the change log is pruned, and their process crashes at a named point, again and again. What was
 * acknowledged is written down here, and compared over plain JDBC with what is left. One process has a database for each
 * point, since to start it is most of a trial. {@code -Dcrash.trials=500} for more trials a point, {@code -Dcrash.seed=…} for
 * those of an earlier run.
 */
class ConfigurationCrashTest {

    private static final int TRIALS = Integer.getInteger("crash.trials", 20);
    private static final long SEED = Long.getLong("crash.seed", System.nanoTime());

    /** One database that crashes again and again, and all that was ever acknowledged of it. */
    private static final class Trials implements AutoCloseable {

        private final TestDatabase database;
        private final Point point;
        private final Random random;
        /** By editor: the last of its transactions that was acknowledged. */
        private final Map<Integer, Integer> acknowledged = new HashMap<>();
        /** By transaction: the recovery key that was acknowledged; 0 when it was not said. */
        private final Map<String, Long> keys = new HashMap<>();

        Trials(TestDatabase database, Point point) {
            this.database = database;
            this.point = point;
            this.random = new Random(SEED + point.ordinal());
        }

        /** For a process: which database, and when it crashes. */
        List<String> next() {
            int passes = point == Point.INSIDE_A_TRANSACTION ? 60 : 12;
            return List.of(
                    database.place(),
                    point.name(),
                    Integer.toString(1 + random.nextInt(passes)),
                    Long.toString(random.nextLong()));
        }

        void note(int editor, int transaction, long key) {
            acknowledged.merge(editor, transaction, Math::max);
            keys.put(editor + "-" + transaction, key);
        }

        /** Everything that a crash must not do and did. */
        List<String> violations() throws SQLException {
            List<String> violations = new ArrayList<>();
            try (Connection connection = database.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                long key = number(statement, "SELECT RecoveryKey FROM Config_Identity");
                Map<String, Long> ids = new HashMap<>();
                log(statement, key, ids, violations);
                keys.forEach((id, acknowledgedKey) -> {
                    Long is = ids.get(id);
                    if (is == null) {
                        violations.add(id + " was acknowledged and is forgotten");
                    } else if (acknowledgedKey != 0 && !acknowledgedKey.equals(is)) {
                        violations.add(id + " was acknowledged with key " + acknowledgedKey + " and has " + is);
                    }
                });
                rows(statement, ids, violations);
            } finally {
                database.release();
            }
            return violations;
        }

        private static void log(Statement statement, long key, Map<String, Long> ids, List<String> violations)
                throws SQLException {
            long needed = number(statement, "SELECT MIN(RecoveryKey) FROM Event_Checkpoint");
            long before = -1;
            try (ResultSet log = statement.executeQuery(
                    "SELECT RecoveryKey, PreviousKey, TransactionID FROM Config_Message_Log ORDER BY RecoveryKey")) {
                while (log.next()) {
                    long at = log.getLong(1);
                    if (log.getLong(2) != at - 1 || before >= 0 && at != before + 1) {
                        violations.add("recovery key " + at + " names " + log.getLong(2) + " and follows " + before);
                    }
                    if (before < 0 && at > needed + 1) {
                        violations.add("the log begins at " + at + ", and a start may need what follows " + needed);
                    }
                    before = at;
                    ids.put(log.getString(3), at);
                }
            }
            if (before >= 0 && before != key || before < 0 && key > needed) {
                violations.add("the recovery key is " + key + ", and the log ends at " + before);
            }
            try (ResultSet old =
                    statement.executeQuery("SELECT RecoveryKey, TransactionID FROM Config_Old_Transaction")) {
                while (old.next()) {
                    if (ids.put(old.getString(2), old.getLong(1)) != null) {
                        violations.add(old.getString(2) + " is in the log, and among what was pruned");
                    }
                }
            }
            if (ids.size() != key || ids.values().stream().distinct().count() != key) {
                violations.add("the recovery key is " + key + ", and " + ids.size() + " transactions are known");
            }
        }

        /** Each transaction of an editor raises the stamps of all its rows by one. */
        private void rows(Statement statement, Map<String, Long> ids, List<String> violations) throws SQLException {
            Map<Integer, String> states = new HashMap<>();
            Map<Integer, Integer> applied = new HashMap<>();
            try (ResultSet rows =
                    statement.executeQuery("SELECT CallTypeID, ChangeStamp, Description, RecoveryKey FROM Call_Type")) {
                while (rows.next()) {
                    int editor = rows.getInt(1) / 10;
                    int stamp = rows.getInt(2);
                    String id = rows.getString(3);
                    String state = stamp + " " + id + " " + rows.getLong(4);
                    applied.put(editor, stamp);
                    if (!state.equals(editor == 0 ? "" : states.computeIfAbsent(editor, any -> state))) {
                        violations.add("half a transaction: " + state + " beside " + states.get(editor));
                    }
                    if (!id.equals(editor + "-" + stamp)
                            || !Long.valueOf(rows.getLong(4)).equals(ids.get(id))) {
                        violations.add("a row was changed " + stamp + " times and is " + id + " by " + rows.getLong(4)
                                + ", which the log has at " + ids.get(id));
                    }
                }
            }
            acknowledged.forEach((editor, n) -> {
                int is = applied.getOrDefault(editor, 0);
                // It waits for each answer before it sends the next.
                if (is < n || is > n + 1) {
                    violations.add("editor " + editor + " was acknowledged its transaction " + n + ", and " + is
                            + " were applied");
                }
            });
        }

        private static long number(Statement statement, String sql) throws SQLException {
            try (ResultSet result = statement.executeQuery(sql)) {
                result.next();
                return result.getLong(1);
            }
        }

        @Override
        public void close() {
            database.close();
        }
    }

    /** One process, to its end, in which each database has come to its point. */
    private static void run(Kind kind, List<Trials> databases) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dderby.stream.error.file=" + Path.of("target", "derby-crash.log"),
                "-cp",
                System.getProperty("java.class.path"),
                CrashingEditors.class.getName(),
                kind.name()));
        databases.forEach(trials -> command.addAll(trials.next()));
        Process editors = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(new File("target/crashing-editors.log")))
                .start();
        try (BufferedReader heard =
                new BufferedReader(new InputStreamReader(editors.getInputStream(), StandardCharsets.UTF_8))) {
            Trials first = databases.get(0);
            int until = first.point == Point.ANYWHERE ? 1 + first.random.nextInt(100) : Integer.MAX_VALUE;
            String line;
            for (int lines = 1; (line = heard.readLine()) != null; lines++) {
                String[] words = line.split(" ");
                if (words.length == 5) { // not cut off
                    databases
                            .get(Integer.parseInt(words[0]))
                            .note(Integer.parseInt(words[1]), Integer.parseInt(words[2]), Long.parseLong(words[3]));
                }
                if (lines == until) {
                    editors.toHandle().destroyForcibly();
                }
            }
        } finally {
            editors.destroyForcibly();
        }
        assertEquals(CrashPoints.End.KILLED, editors.waitFor(), "see target/crashing-editors.log");
    }

    @TempDir
    Path temporary;

    @Test
    void losesNothingAcknowledgedAndAppliesNothingTwiceOrInPartWhereverItCrashes() throws Exception {
        System.out.println("crash.seed=" + SEED + " crash.trials=" + TRIALS);
        List<Point> named = new ArrayList<>(List.of(Point.values()));
        named.remove(Point.ANYWHERE);
        // A process waits for the disk most of its time.
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> processes = new ArrayList<>();
            for (Product product : Product.values()) {
                processes.add(two.submit(() -> trials(product, named)));
                processes.add(two.submit(() -> trials(product, List.of(Point.ANYWHERE))));
            }
            for (Future<?> process : processes) {
                process.get();
            }
        } finally {
            two.shutdownNow();
        }
    }

    private Void trials(Product product, List<Point> points) throws Exception {
        List<Trials> databases = new ArrayList<>();
        try {
            for (Point point : points) {
                databases.add(new Trials(place(product, point.name()), point));
            }
            for (int trial = 1; trial <= TRIALS; trial++) {
                run(Kind.RIGHT, databases);
                for (Trials crashed : databases) {
                    assertEquals(
                            List.of(),
                            crashed.violations(),
                            product + " " + crashed.point + ", crash.seed=" + SEED + ", trial " + trial);
                }
            }
            for (Trials crashed : databases) {
                assertTrue(!crashed.keys.isEmpty(), "something was acknowledged until " + crashed.point);
            }
        } finally {
            databases.forEach(Trials::close);
        }
        return null;
    }

    @Test
    void catchesATwinThatAcknowledgesBeforeItCommits() throws Exception {
        assertCaught(Kind.ACKNOWLEDGES_BEFORE_COMMIT, Point.BEFORE_THE_COMMIT, "was acknowledged and is forgotten");
    }

    @Test
    void catchesATwinThatPrunesBeforeItKeepsTheIds() throws Exception {
        assertCaught(
                Kind.PRUNES_BEFORE_IT_KEEPS_THE_IDS, Point.AFTER_A_PRUNES_COMMIT, "was acknowledged and is forgotten");
    }

    private void assertCaught(Kind twin, Point point, String how) throws Exception {
        List<String> violations = new ArrayList<>();
        try (Trials crashes = new Trials(place(Product.DERBY, twin.name()), point)) {
            // It ends with the first that is caught, so fewer trials for the right one are no reason to try less here.
            for (int trial = 1; trial <= Math.max(20, TRIALS) && violations.isEmpty(); trial++) {
                run(twin, List.of(crashes));
                violations.addAll(crashes.violations());
            }
        }
        assertTrue(violations.stream().anyMatch(violation -> violation.contains(how)), violations.toString());
    }

    private TestDatabase place(Product product, String name) {
        return TestDatabase.onDisk(product, temporary.resolve(product + "-" + name));
    }
}
