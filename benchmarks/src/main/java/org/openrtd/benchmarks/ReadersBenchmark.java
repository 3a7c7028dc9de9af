package org.openrtd.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.openrtd.benchmarks.Main.Settings;
import org.openrtd.catalog.Catalog;
import org.openrtd.derby.GuestSettings;
import org.openrtd.derby.Guests;
import org.openrtd.derby.internal.Engines;
import org.openrtd.feed.Change;
import org.openrtd.feed.Cut;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.localdb.CopyPosition;
import org.openrtd.localdb.FeedSession;
import org.openrtd.localdb.LocalDatabase;
import org.openrtd.localdb.internal.LocalDatabases;

/**
 * How long a report at the local database delays those who write to it: one writing of the real-time rows, and one
 * transaction as the updater makes it, each from its begin to after its commit, and how many batches the feed took
 * meanwhile. First without a reader; then beside an outside client that reads for the whole turn, as reports do (READ
 * COMMITTED: one query over joined tables after the other, whose rows are fetched slowly); then beside one that locks what
 * it reads (SERIALIZABLE, and keeps its transaction open) and comes back whenever it was disconnected. Settings: {@code
 * seconds} of each turn, {@code agents}, {@code seed}, {@code directory}.
 */
final class ReadersBenchmark {

    private static final Table AGENT = Catalog.table("Agent_Real_Time").table();
    private static final Table PERSON = Catalog.table("Person").table();
    private static final int GUEST_LOCK_SECONDS = 5;

    private ReadersBenchmark() {}

    static void run(Settings settings) throws Exception {
        int seconds = settings.number("seconds", 60);
        int agents = settings.number("agents", 2_000);
        SplittableRandom random = new SplittableRandom(settings.number("seed", 7));
        try (Workplace workplace = Workplace.of("readers", settings);
                Engines engine = new Engines(workplace.path())) {
            LocalDatabase database = LocalDatabases.open(engine.database("local"));
            Origin feed = Centre.unfollowed(Catalog.feed(Catalog.AGENTS));
            AtomicLong tick = new AtomicLong();
            feed.commit(cut(tick), agents(agents, 0, agents, random));
            Callable<Boolean> writer = LocalDatabases.writer(database, feed.replica());
            writer.call();
            try (FeedSession session = database.open(Catalog.CONFIG);
                    Guests guests = engine.open(new GuestSettings(
                            "127.0.0.1",
                            0,
                            "local",
                            "report",
                            "secret",
                            null,
                            "",
                            Duration.ofSeconds(GUEST_LOCK_SECONDS),
                            5))) {
                List<Row> people = new ArrayList<>();
                for (int i = 0; i < agents; i++) {
                    people.add(person(i, 0));
                }
                session.insert(PERSON, people);
                session.commit();
                System.out.printf(
                        "%n%-14s | %8s %8s %8s %8s | %8s %8s %8s %8s | %9s %12s%n",
                        "",
                        "real-time",
                        "p50, ms",
                        "p99, ms",
                        "max, ms",
                        "updater",
                        "p50, ms",
                        "p99, ms",
                        "max, ms",
                        "batches/s",
                        "disconnected");
                String[] readers = {"warming up", "none", "report", "locks"};
                for (String reader : readers) {
                    long before = guests.disconnected();
                    AtomicBoolean over = new AtomicBoolean();
                    Thread reading = new Thread(() -> read(reader, guests.port(), over));
                    reading.start();
                    Histogram written = new Histogram(3);
                    Histogram updated = new Histogram(3);
                    AtomicLong batches = new AtomicLong();
                    int turn = reader.equals("warming up") ? Math.min(5, seconds) : seconds;
                    Thread feeding = thread(over, 50, () -> {
                        feed.commit(cut(tick), agents(agents, random.nextInt(agents), 50, random));
                        batches.incrementAndGet();
                    });
                    Thread writing = thread(over, 200, () -> time(written, writer));
                    int[] key = {0};
                    Thread updating = thread(
                            over,
                            50,
                            () -> time(updated, () -> {
                                key[0]++;
                                session.put(PERSON, List.of(person(random.nextInt(agents), key[0])));
                                session.position(position(key[0]));
                                session.commit();
                                return true;
                            }));
                    Thread.sleep(turn * 1000L);
                    over.set(true);
                    for (Thread thread : List.of(feeding, writing, updating, reading)) {
                        thread.join();
                    }
                    if (!reader.equals("warming up")) {
                        System.out.printf(
                                "%-14s | %8d %8.1f %8.1f %8.1f | %8d %8.1f %8.1f %8.1f | %9.1f %12d%n",
                                reader,
                                written.getTotalCount(),
                                millis(written, 50),
                                millis(written, 99),
                                written.getMaxValue() / 1e6,
                                updated.getTotalCount(),
                                millis(updated, 50),
                                millis(updated, 99),
                                updated.getMaxValue() / 1e6,
                                batches.get() / (double) turn,
                                guests.disconnected() - before);
                    }
                }
            }
        }
    }

    private static double millis(Histogram histogram, double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }

    private static void time(Histogram to, Callable<Boolean> work) throws Exception {
        long begin = System.nanoTime();
        boolean done = work.call();
        to.recordValue(System.nanoTime() - begin);
        if (!done) {
            throw new IllegalStateException("It could not be written; see the log");
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private static Thread thread(AtomicBoolean over, long pauseMillis, Work work) {
        Thread thread = new Thread(() -> {
            try {
                while (!over.get()) {
                    work.run();
                    Thread.sleep(pauseMillis);
                }
            } catch (Exception e) {
                e.printStackTrace();
                System.exit(1);
            }
        });
        thread.start();
        return thread;
    }

    private static void read(String reader, int port, AtomicBoolean over) {
        if (!reader.equals("report") && !reader.equals("locks")) {
            return;
        }
        Properties user = new Properties();
        user.setProperty("user", "report");
        user.setProperty("password", "secret");
        while (!over.get()) {
            try (Connection connection =
                            DriverManager.getConnection("jdbc:derby://127.0.0.1:" + port + "/local", user);
                    Statement statement = connection.createStatement()) {
                boolean locks = reader.equals("locks");
                connection.setAutoCommit(!locks);
                if (locks) {
                    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                }
                while (!over.get()) {
                    try (ResultSet rows = statement.executeQuery(
                            "SELECT A.*, P.FirstName FROM Agent_Real_Time A LEFT JOIN"
                                    + " Person P ON P.PersonID = A.SkillTargetID ORDER BY P.FirstName, A.SkillTargetID")) {
                        while (rows.next() && !over.get()) {
                            rows.getString(1);
                        }
                    }
                    Thread.sleep(locks ? 100 : 1);
                }
                connection.rollback();
            } catch (SQLException disconnected) {
                // It comes back.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static CopyPosition position(int key) {
        return new CopyPosition("centre", new Position(1, key), new Cut(key, 0, key), 1, true, "");
    }

    private static Row person(int id, int key) {
        Object[] values = new Object[PERSON.columns().size()];
        values[0] = id;
        values[PERSON.column("FirstName")] = "Name " + key;
        values[PERSON.column("LoginName")] = "login" + id;
        return PERSON.row(values);
    }

    private static List<Change> agents(int of, int from, int count, SplittableRandom random) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Object[] values = new Object[AGENT.columns().size()];
            values[0] = (from + i) % of;
            values[1] = 1;
            values[AGENT.column("AgentState")] = random.nextInt(12);
            values[AGENT.column("DateTimeLastStateChange")] = 1_700_000_000_000L + random.nextInt(1_000_000);
            changes.add(Change.put(AGENT.row(values)));
        }
        return changes;
    }

    private static Cut cut(AtomicLong tick) {
        long now = tick.incrementAndGet();
        return new Cut(now, 1_700_000_000_000L + now * 50, 1);
    }
}
