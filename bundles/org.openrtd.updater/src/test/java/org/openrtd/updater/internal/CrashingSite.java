package org.openrtd.updater.internal;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.openrtd.feed.Change;
import org.openrtd.feed.DurableHistory;
import org.openrtd.feed.Follower;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.localdb.CopyPosition;
import org.openrtd.localdb.FeedSession;
import org.openrtd.localdb.internal.SqlLocalDatabase;
import org.openrtd.sql.testing.TestDatabase;

/**
 * A process with a centre and a site: commits without pause, and says on its standard output which transactions are
 * acknowledged, and up to which the site's database has said to be. {@link CrashTest} has it killed, or it halts at a named
 * point. Goes on where the one before was killed.
 *
 * <p>The centre's database is a file that this class forces after each transaction: nothing of the product decides what
 * counts as acknowledged. What a transaction does follows from its key.
 */
final class CrashingSite {

    /** Where the process ends. */
    enum Point {
        /** Rows are written, the position is not. */
        BETWEEN_ROWS_AND_POSITION,
        /** Rows and position are written. */
        BEFORE_COMMIT,
        /** The commit is under way; when, the parent decides. */
        INSIDE_COMMIT,
        AFTER_COMMIT,
        /** A part of the first load is written. */
        IN_FIRST_LOAD,
        /** A part of the first load is committed. */
        AFTER_PART_OF_FIRST_LOAD,
        /** A part of a snapshot is written, over rows that were there. */
        IN_SNAPSHOT,
        /** A part of a snapshot is committed. */
        AFTER_PART_OF_SNAPSHOT,
        /** Whenever the parent likes. */
        ANYWHERE;

        boolean inFirstLoad() {
            return this == IN_FIRST_LOAD || this == AFTER_PART_OF_FIRST_LOAD;
        }

        boolean inSnapshot() {
            return this == IN_SNAPSHOT || this == AFTER_PART_OF_SNAPSHOT;
        }
    }

    /** How it works: right, or wrong in a way that the test has to catch. */
    enum Kind {
        RIGHT,
        /** Commits the rows, and then the position. */
        POSITION_IN_ANOTHER_TRANSACTION,
        /** Says that the database is where it is about to be. */
        ACKNOWLEDGES_BEFORE_COMMIT
    }

    /** Rows that one transaction of the database takes when there is more than one of the centre's. */
    static final int PART = 20;

    static final String DATABASE = "site";
    static final String LEDGER = "centre";

    /** Longer than any run takes: a test that waits for a process that hangs says so instead. */
    private static final long LONGEST_NANOS = 240_000_000_000L;

    private static final PrintStream SAID = System.out;

    private final Path directory;
    private final String place;
    private final Kind kind;
    private final Point point;
    private final Random random;
    private final int images;
    private int imaged;
    private int countdown;

    private CrashingSite(Path directory, String place, Kind kind, Point point, long seed, int images) {
        this.directory = directory;
        this.place = place;
        this.kind = kind;
        this.point = point;
        this.random = new Random(seed);
        this.images = images;
        this.countdown = next();
    }

    private int next() {
        return random.nextInt(point.inFirstLoad() || point.inSnapshot() ? 3 : 15) + 1;
    }

    /** Arguments: directory, database, kind, point, seed, how many images to leave before it ends. */
    public static void main(String[] arguments) throws Exception {
        new CrashingSite(
                        Path.of(arguments[0]),
                        arguments[1],
                        Kind.valueOf(arguments[2]),
                        Point.valueOf(arguments[3]),
                        Long.parseLong(arguments[4]),
                        Integer.parseInt(arguments[5]))
                .run();
    }

    // ---- the centre's database

    /** What the centre has committed, by a file of its own: a line for each run and each transaction, forced. */
    static void replay(Path directory, Centre into) throws IOException {
        into.epochs.clear();
        Path file = directory.resolve(LEDGER);
        if (!Files.exists(file)) {
            return;
        }
        for (String line : Files.readAllLines(file)) {
            String[] words = line.split(" ");
            if (words.length < 3 || !words[2].equals(".")) {
                continue; // cut off by the kill
            }
            if (words[0].equals("epoch")) {
                into.epochs.add(new DurableHistory.Epoch(Long.parseLong(words[1]), into.log.size()));
            } else {
                into.store(transaction(Long.parseLong(words[1])));
            }
        }
    }

    /** Another run of the centre begins; answers its epoch. */
    static long begin(Path directory, Centre centre) throws IOException {
        long last = centre.epochs.stream()
                .mapToLong(DurableHistory.Epoch::epoch)
                .max()
                .orElse(0);
        long epoch = Math.max(last + 1, System.currentTimeMillis());
        try (FileChannel ledger = open(directory)) {
            force(ledger, "epoch " + epoch);
        }
        return epoch;
    }

    private static FileChannel open(Path directory) throws IOException {
        return FileChannel.open(directory.resolve(LEDGER), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** What the transaction with that key does. */
    static Change[] transaction(long key) {
        SplittableRandom random = new SplittableRandom(key);
        List<Change> changes = new ArrayList<>();
        // The first ones make a database that takes several parts, and so do some later.
        int size = key <= 8 || key % 40 == 0 ? 60 : 1 + random.nextInt(5);
        for (int i = 0; i < size; i++) {
            int id = size > 5 ? (int) (key % 8 * 60 + i) : random.nextInt(500);
            boolean delete = random.nextInt(5) == 0;
            if (random.nextInt(3) > 0) {
                changes.add(
                        delete
                                ? Change.delete(Centre.PERSON, List.of(id))
                                : Change.put(Centre.PERSON.row(id, "transaction " + key, key / 4.0, key, null)));
            } else {
                changes.add(
                        delete
                                ? Change.delete(Centre.MEMBER, List.of(id % 7, id))
                                : Change.put(Centre.MEMBER.row(id % 7, id, null)));
            }
        }
        changes.add(Change.put(Centre.VARIABLE.row("last", "transaction " + key, null)));
        return changes.toArray(Change[]::new);
    }

    // ---- the process

    private void run() throws Exception {
        endWithParent();
        MonotonicClock clock = System::currentTimeMillis;
        Centre centre = new Centre(clock::millis);
        replay(directory, centre);
        long epoch = begin(directory, centre);
        FileChannel ledger = open(directory);
        if (point.inSnapshot()) {
            // A gap that the log does not bridge, and more than one part of rows.
            centre.forgetsItsLog = true;
            for (int i = 0; i < 100; i++) {
                commit(centre, ledger, false);
            }
        }
        while (centre.log.size() < 8) {
            commit(centre, ledger, false);
        }
        centre.start(epoch);

        SqlLocalDatabase database = new SqlLocalDatabase(TestDatabase.at(place), List.of(Centre.SCHEMA));
        ConfigurationCopy copy = new ConfigurationCopy(
                "site",
                () -> twin(faults().around(database.open("config"))),
                clock,
                Clock.systemUTC(),
                new UpdaterSettings(PART, Duration.ofHours(1), Duration.ofSeconds(15)));
        Follower follower = new Follower(
                FollowerSettings.of("config", List.of("central")),
                clock,
                new SplittableRandom(random.nextLong()),
                (index, heard) -> centre.connect(heard));
        follower.awaitStored();
        follower.prime(copy.load().orElse(null));
        copy.follow(follower.replica());
        // No lock: the copy holds one of its own when it says that there is work.
        Semaphore work = new Semaphore(0);
        copy.onWork(work::release);
        Thread updater = new Thread(() -> write(copy, work), "updater");
        updater.start();
        boolean quiet = point.inFirstLoad() || point.inSnapshot();
        long end = clock.millis() + 120_000;
        while (clock.millis() < end) {
            centre.origin.time();
            follower.time();
            centre.deliver();
            // The site keeps near, so that few transactions are enough for many points.
            if (!quiet && copy.waiting() < 20) {
                commit(centre, ledger, true);
            }
            LockSupport.parkNanos(50_000);
        }
        System.err.println("not at " + point + " within two minutes: " + copy.summary() + " " + copy.details());
        Runtime.getRuntime().halt(3);
    }

    private void write(ConfigurationCopy copy, Semaphore work) {
        long said = -1;
        while (true) {
            long wait = copy.step();
            long now = copy.position().sequence();
            if (now != said) {
                said = now;
                say("site " + now);
            }
            if (wait > 0 && copy.waiting() == 0) {
                try {
                    work.tryAcquire(Math.min(wait, 50), TimeUnit.MILLISECONDS);
                    work.drainPermits();
                } catch (InterruptedException e) {
                    return;
                }
            }
        }
    }

    private void commit(Centre centre, FileChannel ledger, boolean tell) throws IOException {
        long key = centre.log.size() + 1L;
        Change[] changes = transaction(key);
        force(ledger, "key " + key);
        say("centre " + key);
        if (tell) {
            centre.commit(changes);
        } else {
            centre.store(changes);
        }
    }

    private static void force(FileChannel ledger, String line) throws IOException {
        ledger.write(ByteBuffer.wrap((line + " .\n").getBytes(StandardCharsets.UTF_8)));
        ledger.force(false);
    }

    // ---- the point

    private Faults faults() {
        Faults faults = new Faults();
        faults.noteNothing();
        // Rows are written by the one, the position by the other; leases write neither.
        boolean[] written = new boolean[2];
        boolean[] part = new boolean[1];
        for (String method : List.of("put", "insert", "delete")) {
            faults.after(method, () -> written[0] = true);
        }
        faults.onPosition((CopyPosition position) -> {
            written[1] = true;
            part[0] = !position.complete();
            if (written[0] && point == Point.BETWEEN_ROWS_AND_POSITION) {
                reached();
            }
        });
        faults.before("commit", () -> {
            boolean both = written[0] && written[1];
            if (point == Point.BEFORE_COMMIT && both
                    || (point == Point.IN_FIRST_LOAD || point == Point.IN_SNAPSHOT) && part[0]) {
                reached();
            } else if (point == Point.INSIDE_COMMIT && both) {
                say("commit begun");
            }
        });
        faults.after("commit", () -> {
            boolean rows = written[0];
            if (point == Point.INSIDE_COMMIT && rows) {
                say("commit ended");
            }
            boolean loading = part[0];
            written[0] = false;
            written[1] = false;
            part[0] = false;
            if (point == Point.AFTER_COMMIT && rows
                    || (point == Point.AFTER_PART_OF_FIRST_LOAD || point == Point.AFTER_PART_OF_SNAPSHOT) && loading) {
                reached();
            }
        });
        return faults;
    }

    /** Nothing of this process touches the database's files now: they are what a kill at this point leaves. */
    private void reached() throws SQLException {
        if (--countdown > 0) {
            return;
        }
        countdown = next();
        if (imaged == images) {
            Runtime.getRuntime().halt(137);
        }
        Path image = directory.resolve("image" + imaged++);
        try {
            copy(directory.resolve(DATABASE), image.resolve(DATABASE));
        } catch (IOException e) {
            throw new SQLException(e);
        }
        say("image " + image.getFileName());
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!file.getFileName().toString().endsWith(".lck")) {
                    Files.copy(file, target);
                }
            }
        }
    }

    private FeedSession twin(FeedSession right) {
        return switch (kind) {
            case RIGHT -> right;
            case POSITION_IN_ANOTHER_TRANSACTION -> {
                CopyPosition[] later = new CopyPosition[1];
                yield Faults.replacing(right, (method, arguments) -> {
                    if (method.getName().equals("position") && arguments != null) {
                        later[0] = (CopyPosition) arguments[0];
                        return null;
                    }
                    Object result = method.invoke(right, arguments);
                    if (method.getName().equals("commit") && later[0] != null) {
                        right.position(later[0]);
                        later[0] = null;
                        right.commit();
                    }
                    return result;
                });
            }
            case ACKNOWLEDGES_BEFORE_COMMIT ->
                Faults.replacing(right, (method, arguments) -> {
                    if (method.getName().equals("position") && arguments != null) {
                        say("site " + ((CopyPosition) arguments[0]).position().sequence());
                    }
                    return method.invoke(right, arguments);
                });
        };
    }

    private static void say(String what) {
        synchronized (SAID) {
            SAID.println(what + " .");
            SAID.flush();
        }
    }

    /** Nobody is left to kill this process when its parent is gone. */
    private static void endWithParent() {
        Thread watch = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // The parent says nothing; only the end of the stream counts.
                }
            } catch (IOException e) {
                // The parent is gone.
            }
            Runtime.getRuntime().halt(1);
        });
        watch.setDaemon(true);
        watch.start();
        Thread limit = new Thread(() -> {
            long end = System.nanoTime() + LONGEST_NANOS;
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
            System.err.println("hangs:");
            Thread.getAllStackTraces().forEach((thread, where) -> System.err.println(thread + " " + List.of(where)));
            Runtime.getRuntime().halt(4);
        });
        limit.setDaemon(true);
        limit.start();
    }
}
