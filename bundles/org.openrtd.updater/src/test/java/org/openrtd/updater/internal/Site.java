package org.openrtd.updater.internal;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Follower;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.Row;
import org.openrtd.feed.StoredFeed;
import org.openrtd.feed.Table;
import org.openrtd.localdb.FeedSession;
import org.openrtd.localdb.internal.SqlLocalDatabase;
import org.openrtd.sql.testing.TestDatabase;

/** A node with a follower and, behind it, the copy in a real database; all on the test's thread, by a clock of its own. */
final class Site implements AutoCloseable {

    /** What the test has the database do. */
    final Faults faults = new Faults();

    final Centre centre;
    private final TestDatabase place;
    private final long[] time;
    private final FeedSchema schema;
    UpdaterSettings settings = new UpdaterSettings(50, Duration.ofHours(1), Duration.ofSeconds(15));
    SqlLocalDatabase database;
    ConfigurationCopy copy;
    Follower follower;

    Site(Centre centre, TestDatabase place, long[] time) {
        this(centre, place, time, Centre.SCHEMA);
    }

    Site(Centre centre, TestDatabase place, long[] time, FeedSchema schema) {
        this.centre = centre;
        this.place = place;
        this.time = time;
        this.schema = schema;
    }

    /** The process starts. */
    Site start() {
        return start(true);
    }

    /** @param primed whether the follower waits for the database, as it does when both are there from the beginning */
    Site start(boolean primed) {
        open();
        follower = new Follower(
                FollowerSettings.of("config", List.of("central")),
                () -> time[0],
                new SplittableRandom(2),
                (index, heard) -> centre.connect(heard));
        if (primed) {
            follower.awaitStored();
            follower.prime(copy.load().orElse(null));
        }
        copy.follow(follower.replica());
        return this;
    }

    private void open() {
        try {
            database = new SqlLocalDatabase(place.dataSource(), List.of(schema));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        Clock wall = new Clock() {
            @Override
            public java.time.ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return Instant.ofEpochMilli(time[0]);
            }
        };
        copy = new ConfigurationCopy(
                "north-1", () -> faults.around(database.open("config")), () -> time[0], wall, settings);
    }

    Replica replica() {
        return follower.replica();
    }

    Position position() {
        return copy.position();
    }

    /** Two seconds pass. */
    void run() {
        run(40);
    }

    void run(int twentieths) {
        for (int i = 0; i < twentieths; i++) {
            time[0] += 50;
            centre.origin.time();
            follower.time();
            centre.deliver();
            write();
        }
    }

    /** The updater's thread gets to do what is due by now. */
    void write() {
        for (int i = 0; i < 100_000 && copy.step() == 0; i++) {
            // Once more.
        }
    }

    /** The process ends; what is in the database stays. */
    void stop() {
        follower.close();
        copy.close();
        centre.cut("the site is gone");
    }

    /** What is in the database and not at the centre, or the other way round, table by table. */
    List<String> differences() {
        List<String> differences = new ArrayList<>();
        try (FeedSession session = database.open("config")) {
            for (Table table : schema.tables()) {
                Map<List<Object>, Row> there = new HashMap<>();
                session.forEach(table, row -> there.put(row.key(), row));
                Map<List<Object>, Row> right = new HashMap<>();
                centre.rows.values().stream()
                        .filter(row -> row.table().name().equals(table.name()))
                        .forEach(row -> right.put(row.key(), known(table, row)));
                if (!there.equals(right)) {
                    differences.add(table + ": " + there.values() + " instead of " + right.values());
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return differences;
    }

    private static Row known(Table table, Row row) {
        Object[] values = new Object[table.columns().size()];
        for (int i = 0; i < values.length; i++) {
            String column = table.columns().get(i).name();
            values[i] = row.table().hasColumn(column) ? row.get(column) : null;
        }
        return table.row(values);
    }

    /** What the database's own query language says. */
    long number(String sql) {
        return place.number(sql);
    }

    void execute(String sql) {
        place.execute(sql);
    }

    StoredFeed.Stored stored() {
        return copy.load().orElse(null);
    }

    @Override
    public void close() {
        if (follower != null) {
            stop();
        }
    }
}
