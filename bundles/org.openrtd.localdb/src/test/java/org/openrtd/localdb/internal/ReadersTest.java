package org.openrtd.localdb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;
import org.openrtd.feed.Cut;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.localdb.CopyPosition;
import org.openrtd.localdb.FeedSession;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

/** Reports read, and what writes goes on beside them. */
@ParameterizedClass
@EnumSource(Product.class)
class ReadersTest {

    private static final Table AGENT = Catalog.table("Agent_Real_Time").table();
    private static final Table PERSON = Catalog.table("Person").table();
    private static final int AGENTS = 500;

    private final TestDatabase database;
    private final TestFeed feed = new TestFeed(Catalog.feed("agents"));
    private RealTimeWriter writer;

    ReadersTest(Product product) {
        database = TestDatabase.fresh(product);
    }

    @AfterEach
    void close() {
        writer.close();
        database.close();
    }

    @Test
    void feedAndWritersGoOnBesideReportsThatRunAllTheTime() throws Exception {
        SqlLocalDatabase local = new SqlLocalDatabase(database.dataSource());
        writer = new RealTimeWriter(
                local,
                "agents",
                () -> new WriterSettings(Duration.ofMillis(1), Duration.ofSeconds(300), Duration.ofSeconds(15)),
                MonotonicClock.SYSTEM);
        writer.follow(feed);
        put(1);
        writer.start();
        await(() -> writer.progress().position().equals(feed.view().position()));
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger reports = new AtomicInteger();
        try (FeedSession updater = local.open("config")) {
            updater.insert(PERSON, people(0));
            updater.commit();
            CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> {
                while (!over.get()) {
                    Sql.query(
                            database.dataSource(),
                            "SELECT A.*, P.FirstName FROM Agent_Real_Time A, Person P"
                                    + " WHERE P.PersonID = A.SkillTargetID ORDER BY P.FirstName");
                    reports.incrementAndGet();
                }
            });
            for (int round = 2; round < 22; round++) {
                put(round);
                Position position = feed.view().position();
                await(() -> writer.progress().position().equals(position));
                updater.put(PERSON, people(round));
                updater.position(
                        new CopyPosition("centre", new Position(1, round), new Cut(round, 0, round), 2, true, ""));
                updater.commit();
            }
            await(() -> reports.get() > 0);
            over.set(true);
            reading.get(60, TimeUnit.SECONDS);
            assertEquals(0, writer.progress().failures());
        }
        assertEquals(
                List.of(String.valueOf(AGENTS)),
                Sql.query(database.dataSource(), "SELECT COUNT(*) FROM Agent_Real_Time WHERE ReasonCode = 21"));
        assertEquals(
                List.of(String.valueOf(AGENTS)),
                Sql.query(database.dataSource(), "SELECT COUNT(*) FROM Person WHERE FirstName = 'Name 21'"));
    }

    private void put(int round) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < AGENTS; i++) {
            Object[] values = new Object[AGENT.columns().size()];
            values[0] = i;
            values[1] = 1;
            values[AGENT.column("ReasonCode")] = round;
            changes.add(Change.put(AGENT.row(values)));
        }
        feed.commit(changes);
    }

    private static List<Row> people(int round) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < AGENTS; i++) {
            Object[] values = new Object[PERSON.columns().size()];
            values[0] = i;
            values[PERSON.column("FirstName")] = "Name " + round;
            rows.add(PERSON.row(values));
        }
        return rows;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + 90_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < until, "nothing came of it within 90 s");
            Thread.sleep(2);
        }
    }
}
