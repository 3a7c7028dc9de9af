package org.openrtd.updater.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;
import org.openrtd.updater.internal.CrashingSite.Kind;
import org.openrtd.updater.internal.CrashingSite.Point;

/**
 * Ends a process that keeps a copy at named points, again and again, and looks at what it left. {@code -Dcrash.trials=500}
 * for more trials of each point, {@code -Dcrash.seed=…} for those of an earlier run (how far each process came is up to the
 * machine).
 *
 * <p>Where nothing but the thread at the point touches the database's files, one process leaves several images of them
 * before it ends: what a kill at that point would have left.
 */
class CrashTest {

    private static final int TRIALS = Integer.getInteger("crash.trials", 20);
    private static final long SEED = Long.getLong("crash.seed", System.nanoTime());
    private static final int IMAGES = 7;

    private final Random random = new Random(SEED);

    /** By the standard output of processes that were killed. */
    private long acknowledged;

    private long saidBySite;

    @TempDir
    Path temporary;

    @ParameterizedTest
    @EnumSource
    void leavesTheCopyAtOneTransactionOfTheCentreWhereverItEnds(Point point) throws Exception {
        System.out.println("crash.seed=" + SEED + " crash.trials=" + TRIALS + " " + point);
        int trials = 0;
        for (int process = 0; trials < TRIALS; process++) {
            // A first load is one only once.
            Path directory = Files.createDirectories(temporary.resolve(point.inFirstLoad() ? "run" + process : "run"));
            Map<Path, Long> left = runAndEnd(directory, Kind.RIGHT, point);
            for (Map.Entry<Path, Long> image : left.entrySet()) {
                trials++;
                assertEquals(
                        List.of(),
                        violations(directory, image.getKey(), image.getValue(), true),
                        "crash.seed=" + SEED + ", trial " + trials + " of " + point);
            }
        }
        assertTrue(acknowledged > 0, "something was acknowledged");
    }

    @Test
    void catchesATwinThatCommitsThePositionInAnotherTransaction() throws Exception {
        assertCaught(Kind.POSITION_IN_ANOTHER_TRANSACTION, Point.AFTER_COMMIT, "not those of the transaction");
    }

    @Test
    void catchesATwinThatAcknowledgesBeforeItCommits() throws Exception {
        assertCaught(Kind.ACKNOWLEDGES_BEFORE_COMMIT, Point.BEFORE_COMMIT, "said to be at");
    }

    private void assertCaught(Kind twin, Point point, String how) throws Exception {
        Path directory = Files.createDirectories(temporary.resolve("run"));
        List<String> violations = new ArrayList<>();
        for (int process = 0; process < 5 && violations.isEmpty(); process++) {
            for (Map.Entry<Path, Long> image : runAndEnd(directory, twin, point).entrySet()) {
                violations.addAll(violations(directory, image.getKey(), image.getValue(), false));
            }
        }
        assertTrue(violations.stream().anyMatch(violation -> violation.contains(how)), violations.toString());
    }

    /** What the process left, and up to which transaction the site had said to be then. */
    private Map<Path, Long> runAndEnd(Path directory, Kind kind, Point point) throws Exception {
        boolean exact = point != Point.ANYWHERE && point != Point.INSIDE_COMMIT;
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-Dderby.stream.error.file=" + Path.of("target", "derby-crash.log"),
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingSite.class.getName(),
                        directory.toString(),
                        kind.name(),
                        point.name(),
                        Long.toString(random.nextLong()),
                        Integer.toString(exact ? IMAGES - 1 : 0))
                .redirectError(ProcessBuilder.Redirect.appendTo(new File("target/crashing-site.log")))
                .start();
        Map<Path, Long> left = new LinkedHashMap<>();
        saidBySite = -1;
        int until = 1 + random.nextInt(200);
        long moment = random.nextLong(3_000_000);
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            // From when the site is there: how a database is made is not what is tried here.
            for (int heard = 0; (line = said.readLine()) != null; heard += saidBySite >= 0 ? 1 : 0) {
                note(directory, line, left);
                if (point == Point.ANYWHERE && heard == until) {
                    long end = System.nanoTime() + moment;
                    while (System.nanoTime() < end) {
                        Thread.onSpinWait();
                    }
                    // SIGKILL by its handle: the process object would close the stream, with what was said in it.
                    process.toHandle().destroyForcibly();
                }
            }
        } finally {
            process.destroyForcibly();
        }
        assertEquals(128 + 9, process.waitFor(), "ended where it should: see target/crashing-site.log");
        Path last = directory.resolve("ended");
        CrashingSite.copy(directory.resolve(CrashingSite.DATABASE), last.resolve(CrashingSite.DATABASE));
        left.put(last, saidBySite);
        return left;
    }

    private void note(Path directory, String line, Map<Path, Long> left) {
        String[] words = line.split(" ");
        if (words.length != 3 || !words[2].equals(".")) {
            return; // cut off by the kill
        }
        switch (words[0]) {
            case "centre" -> acknowledged = Math.max(acknowledged, Long.parseLong(words[1]));
            case "site" -> saidBySite = Long.parseLong(words[1]);
            default -> left.put(directory.resolve(words[1]), saidBySite);
        }
    }

    /** Everything that a crash must not do and did. */
    private List<String> violations(Path directory, Path image, long said, boolean goOn) throws Exception {
        List<String> violations = new ArrayList<>();
        long[] time = {System.currentTimeMillis()};
        Centre centre = new Centre(() -> time[0]);
        CrashingSite.replay(directory, centre);
        if (centre.log.size() < acknowledged && directory.endsWith("run")) {
            violations.add("the centre has " + centre.log.size() + " transactions of " + acknowledged);
        }
        TestDatabase place = TestDatabase.onDisk(Product.DERBY, image.resolve(CrashingSite.DATABASE));
        try {
            checkAsLeft(place, said, violations);
            if (goOn) {
                centre.start(Long.MAX_VALUE >> 2);
                Site site = new Site(centre, place, time).start();
                site.run(20);
                violations.addAll(site.differences());
                if (site.position().sequence() != centre.log.size() || site.copy.repairs() != 0) {
                    violations.add("went on to " + site.position() + " of " + centre.log.size() + ": "
                            + site.copy.summary() + " " + site.copy.details());
                }
                checkAsLeft(place, centre.log.size(), violations);
                site.stop();
            }
        } finally {
            place.release();
        }
        deleteAll(image);
        return violations;
    }

    private static void deleteAll(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        }
    }

    /** By JDBC alone: the rows are those that the transactions up to the position make, and it is where it said to be. */
    private static void checkAsLeft(TestDatabase place, long said, List<String> violations) throws SQLException {
        try (Connection connection = place.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            long at = 0;
            boolean complete = false;
            try (ResultSet position = statement.executeQuery(
                    "SELECT FeedSequence, Complete FROM Feed_Position WHERE FeedName = 'config'")) {
                if (position.next()) {
                    at = position.getLong(1);
                    complete = position.getString(2).equals("Y");
                }
            } catch (SQLException e) {
                if (!"42X05".equals(e.getSQLState())) {
                    throw e;
                }
                // Ended before there was a table.
                return;
            }
            if (complete && at < said || !complete && said > 0 && at < said) {
                violations.add("the site said to be at " + said + ", and is at " + at);
            }
            if (!complete) {
                return;
            }
            Centre model = new Centre(() -> 0);
            for (long key = 1; key <= at; key++) {
                model.store(CrashingSite.transaction(key));
            }
            for (Table table : Centre.SCHEMA.tables()) {
                compare(statement, table, model, at, violations);
            }
        }
    }

    private static void compare(Statement statement, Table table, Centre model, long at, List<String> violations)
            throws SQLException {
        Map<String, List<Object>> right = new TreeMap<>();
        for (Row row : model.rows.values()) {
            if (row.table().equals(table)) {
                right.put(row.key().toString(), new ArrayList<>(java.util.Arrays.asList(row.values())));
            }
        }
        try (ResultSet rows = statement.executeQuery("SELECT * FROM t_" + table.name())) {
            while (rows.next()) {
                List<Object> values = new ArrayList<>();
                for (int i = 0; i < table.columns().size(); i++) {
                    String name = table.columns().get(i).name();
                    Object value =
                            switch (table.columns().get(i).type()) {
                                case INT -> rows.getInt(name);
                                case LONG -> rows.getLong(name);
                                case TIMESTAMP -> rows.getLong(name + "UTC");
                                case DOUBLE -> rows.getDouble(name);
                                default -> rows.getString(name);
                            };
                    values.add(rows.wasNull() ? null : value);
                }
                String key = values.subList(0, table.keyColumns()).toString();
                if (!Objects.equals(values, right.remove(key))) {
                    violations.add(table + key + " is " + values + ", not those of the transaction " + at);
                }
            }
        }
        right.forEach((key, values) -> violations.add(table + key + " is missing: not those of the transaction " + at));
    }
}
