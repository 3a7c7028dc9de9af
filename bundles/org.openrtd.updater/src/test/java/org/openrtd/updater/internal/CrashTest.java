package org.openrtd.updater.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
 * <p>On Derby one process leaves several images of the database's files before it is killed: what a kill at that point would
 * have left. It makes them itself where nothing but the thread at the point touches the files; elsewhere it is stopped, all
 * its threads, as a kill stops them. PostgreSQL is another process, which lives on: there, each trial is a kill.
 */
class CrashTest {

    private static final int TRIALS = Integer.getInteger("crash.trials", 20);
    private static final long SEED = Long.getLong("crash.seed", System.nanoTime());
    private static final int TRIALS_ON_POSTGRESQL = (TRIALS + 6) / 7;
    private static final int IMAGES = 7;

    private static final String DURABILITY = "derby.system.durability";

    private final Random random = new Random(SEED);

    /** By the standard output of processes that were killed. */
    private long acknowledged;

    private long saidBySite;

    private boolean committing;

    @TempDir
    Path temporary;

    /** What a process left, and up to which transaction the site had said to be then. */
    private record Left(TestDatabase place, Path image, long said) {}

    /** Here alone, where what was left is looked at: the processes that are killed force their log. */
    @BeforeAll
    static void forceNothingHere() {
        System.setProperty(DURABILITY, "test");
    }

    @AfterAll
    static void forceAsUsual() {
        System.clearProperty(DURABILITY);
    }

    @ParameterizedTest
    @EnumSource
    void leavesTheCopyAtOneTransactionOfTheCentreWhereverItEnds(Point point) throws Exception {
        tryAll(Product.DERBY, point, TRIALS);
    }

    @ParameterizedTest
    @EnumSource
    void leavesTheCopyAtOneTransactionOfTheCentreWhereverItEndsOnPostgreSql(Point point) throws Exception {
        tryAll(Product.POSTGRESQL, point, TRIALS_ON_POSTGRESQL);
    }

    private void tryAll(Product product, Point point, int most) throws Exception {
        System.out.println("crash.seed=" + SEED + " crash.trials=" + most + " " + point + " " + product);
        int trials = 0;
        TestDatabase place = null;
        for (int process = 0; trials < most; process++) {
            // A first load is one only once.
            boolean another = process == 0 || point.inFirstLoad();
            Path directory = Files.createDirectories(temporary.resolve(point.inFirstLoad() ? "run" + process : "run"));
            place = another ? TestDatabase.onDisk(product, directory.resolve(CrashingSite.DATABASE)) : place;
            for (Left left : runAndEnd(directory, place, Kind.RIGHT, point)) {
                trials++;
                assertEquals(
                        List.of(),
                        violations(directory, left, true),
                        "crash.seed=" + SEED + ", trial " + trials + " of " + point + " on " + product);
            }
        }
        assertTrue(acknowledged > 0, "something was acknowledged");
    }

    @ParameterizedTest
    @EnumSource
    void catchesATwinThatCommitsThePositionInAnotherTransaction(Product product) throws Exception {
        assertCaught(product, Kind.POSITION_IN_ANOTHER_TRANSACTION, Point.AFTER_COMMIT, "not those of the transaction");
    }

    @ParameterizedTest
    @EnumSource
    void catchesATwinThatAcknowledgesBeforeItCommits(Product product) throws Exception {
        assertCaught(product, Kind.ACKNOWLEDGES_BEFORE_COMMIT, Point.BEFORE_COMMIT, "said to be at");
    }

    private void assertCaught(Product product, Kind twin, Point point, String how) throws Exception {
        Path directory = Files.createDirectories(temporary.resolve("run"));
        TestDatabase place = TestDatabase.onDisk(product, directory.resolve(CrashingSite.DATABASE));
        List<String> violations = new ArrayList<>();
        // One trial of a process, or seven; and while a load is not complete there is nothing to be caught.
        int most = product == Product.DERBY ? 5 : 5 * IMAGES;
        for (int process = 0; process < most && violations.isEmpty(); process++) {
            for (Left left : runAndEnd(directory, place, twin, point)) {
                violations.addAll(violations(directory, left, false));
            }
        }
        assertTrue(violations.stream().anyMatch(violation -> violation.contains(how)), violations.toString());
    }

    private List<Left> runAndEnd(Path directory, TestDatabase place, Kind kind, Point point) throws Exception {
        boolean exact = point != Point.ANYWHERE && point != Point.INSIDE_COMMIT;
        int images = place.product() == Product.DERBY ? IMAGES - 1 : 0;
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
                        place.place(),
                        kind.name(),
                        point.name(),
                        Long.toString(random.nextLong()),
                        Integer.toString(exact ? images : 0))
                .redirectError(ProcessBuilder.Redirect.appendTo(new File("target/crashing-site.log")))
                .start();
        List<Left> left = new ArrayList<>();
        saidBySite = -1;
        committing = false;
        try {
            Said said = new Said(process.getInputStream());
            if (!exact) {
                for (int i = 0; i < images; i++) {
                    stopSomewhere(process, said, directory, point, left);
                    Path image = directory.resolve("image" + i);
                    CrashingSite.copy(directory.resolve(CrashingSite.DATABASE), image.resolve(CrashingSite.DATABASE));
                    left.add(left(image));
                    signal("CONT", process);
                }
                stopSomewhere(process, said, directory, point, left);
                // By its handle: the process object would close the stream, with what was said in it.
                process.toHandle().destroyForcibly();
            }
            for (String line; (line = said.next()) != null; ) {
                note(directory, line, left);
            }
        } finally {
            process.destroyForcibly();
        }
        assertEquals(128 + 9, process.waitFor(), "ended where it should: see target/crashing-site.log");
        if (place.product() == Product.DERBY) {
            Path last = directory.resolve("ended");
            CrashingSite.copy(directory.resolve(CrashingSite.DATABASE), last.resolve(CrashingSite.DATABASE));
            left.add(left(last));
        } else {
            awaitItsEnd(place);
            left.add(new Left(place, null, saidBySite));
        }
        return left;
    }

    private Left left(Path image) {
        return new Left(TestDatabase.onDisk(Product.DERBY, image.resolve(CrashingSite.DATABASE)), image, saidBySite);
    }

    /** All its threads stand still afterwards, and all that it said is noted. */
    private void stopSomewhere(Process process, Said said, Path directory, Point point, List<Left> left)
            throws Exception {
        int until = 1 + random.nextInt(200);
        // From when the site is there: how a database is made is not what is tried here.
        for (int heard = 0; heard < until; heard += saidBySite >= 0 ? 1 : 0) {
            String line = said.next();
            assertTrue(line != null, "it goes on: see target/crashing-site.log");
            note(directory, line, left);
        }
        while (true) {
            long end = System.nanoTime() + random.nextLong(3_000_000);
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            signal("STOP", process);
            while (!isStopped(process)) {
                Thread.onSpinWait();
            }
            for (String line : said.now()) {
                note(directory, line, left);
            }
            if (point != Point.INSIDE_COMMIT || committing) {
                return;
            }
            signal("CONT", process);
        }
    }

    private static void signal(String signal, Process process) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
        assertEquals(0, kill.waitFor(), "kill -" + signal);
    }

    private static boolean isStopped(Process process) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
            for (Path thread : (Iterable<Path>) threads::iterator) {
                // Its number, its name in brackets, its state.
                String line = Files.readString(thread.resolve("stat"));
                if (line.charAt(line.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
            return true;
        } catch (NoSuchFileException | UncheckedIOException threadEnded) {
            return false;
        }
    }

    /** PostgreSQL finds out that its client is gone, and ends what that had begun. */
    private static void awaitItsEnd(TestDatabase place) {
        long until = System.nanoTime() + 60_000_000_000L;
        while (place.number("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND backend_type = 'client backend' AND pid <> pg_backend_pid()")
                > 0) {
            assertTrue(System.nanoTime() < until, "the server has not ended the session of a client that is gone");
        }
    }

    /** What a process says, by lines. */
    private static final class Said {

        private final InputStream in;
        private final Deque<String> lines = new ArrayDeque<>();
        private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
        private final byte[] buffer = new byte[8192];

        Said(InputStream in) {
            this.in = in;
        }

        /** Waits for it; {@code null} when the process has ended. */
        String next() throws IOException {
            while (lines.isEmpty()) {
                if (!read()) {
                    return null;
                }
            }
            return lines.remove();
        }

        /** What was said up to now. */
        List<String> now() throws IOException {
            while (in.available() > 0 && read()) {
                // More of it.
            }
            List<String> all = List.copyOf(lines);
            lines.clear();
            return all;
        }

        private boolean read() throws IOException {
            int count = in.read(buffer);
            for (int i = 0; i < count; i++) {
                if (buffer[i] == '\n') {
                    lines.add(begun.toString(StandardCharsets.UTF_8));
                    begun.reset();
                } else {
                    begun.write(buffer[i]);
                }
            }
            return count >= 0;
        }
    }

    private void note(Path directory, String line, List<Left> left) {
        String[] words = line.split(" ");
        if (words.length != 3 || !words[2].equals(".")) {
            return; // cut off by the kill
        }
        switch (words[0]) {
            case "centre" -> acknowledged = Math.max(acknowledged, Long.parseLong(words[1]));
            case "site" -> saidBySite = Long.parseLong(words[1]);
            case "commit" -> committing = words[1].equals("begun");
            default -> left.add(left(directory.resolve(words[1])));
        }
    }

    /** Everything that a crash must not do and did. */
    private List<String> violations(Path directory, Left left, boolean goOn) throws Exception {
        List<String> violations = new ArrayList<>();
        long[] time = {System.currentTimeMillis()};
        Centre centre = new Centre(() -> time[0]);
        CrashingSite.replay(directory, centre);
        if (centre.log.size() < acknowledged && directory.endsWith("run")) {
            violations.add("the centre has " + centre.log.size() + " transactions of " + acknowledged);
        }
        TestDatabase place = left.place();
        try {
            checkAsLeft(place, left.said(), violations);
            if (goOn) {
                centre.start(CrashingSite.begin(directory, centre));
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
        if (left.image() != null) {
            deleteAll(left.image());
        }
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
                if (!"42X05".equals(e.getSQLState()) && !"42P01".equals(e.getSQLState())) {
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
