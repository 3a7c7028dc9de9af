package org.openrtd.feed.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Feeds;
import org.openrtd.feed.Follower;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Position;
import org.openrtd.feed.Relay;
import org.openrtd.feed.Row;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.feed.internal.Comparison;
import org.openrtd.feed.internal.FeedReplica;
import org.openrtd.feed.internal.FeedView;

/** An origin, a relay and a client behind it, on a network without faults. */
public final class Chain {

    public static final Table CALLS = Table.named("Call_Type_Real_Time")
            .key("CallTypeID", ColumnType.INT)
            .column("Name", ColumnType.STRING)
            .column("ServiceLevel", ColumnType.DOUBLE)
            .column("Data", ColumnType.BYTES)
            .build();
    public static final FeedSchema SCHEMA = new FeedSchema("calls", 1, false, List.of(CALLS));

    public final Scheduler scheduler = new Scheduler();
    public final Network network = new Network(scheduler, new SplittableRandom(1));
    public final Origin origin;
    public final Relay relay;
    public final Follower distributor;
    public final Follower follower;
    public final Corruptible relayed;
    public final Corruptible client;
    private long tick;

    public Chain() {
        Process centre = new Process("centre", 0, scheduler, 1_000_000, 0);
        origin = new Origin(
                SCHEMA,
                new FeedIdentity("id", 100),
                "centre",
                SourceSettings.DEFAULT,
                centre.clock(),
                new SplittableRandom(2),
                network.open("centre", centre));
        network.serve("centre", origin::request);
        centre.every(100, origin::time);

        Process site = new Process("north", 0, scheduler, 2_000_000, 0);
        relayed = new Corruptible(site);
        distributor = follower(site, relayed, "centre");
        relay = new Relay(
                relayed,
                Runnable::run,
                "north",
                SourceSettings.DEFAULT,
                site.clock(),
                new SplittableRandom(3),
                network.open("north", site));
        network.serve("north", relay::request);
        site.every(100, relay::time);
        Process desk = new Process("client", 0, scheduler, 3_000_000, 0);
        client = new Corruptible(desk);
        follower = follower(desk, client, "north");
    }

    /** A replica whose rows a test can make wrong. */
    public static final class Corruptible extends FeedReplica {

        Corruptible(Process process) {
            super("calls", FeedState.CONNECTING, Duration.ofSeconds(3), process.clock());
        }

        /** Has the rows that it had then, and keeps its position. */
        public void fallBackTo(View then) {
            show(view().next(view().position(), view().cut(), ((FeedView) then).allRows()));
        }
    }

    private Follower follower(Process process, FeedReplica replica, String source) {
        Follower follower = Feeds.follower(
                FollowerSettings.of("calls", List.of(source)),
                process.clock(),
                new SplittableRandom(4),
                network.connector(process, List.of(source)),
                replica);
        process.every(50, follower::time);
        return follower;
    }

    public void run(long millis) {
        scheduler.runUntil(scheduler.now() + millis);
    }

    public Row row(int id, String name, Double level) {
        return CALLS.row(id, name, level, new byte[] {1});
    }

    public void put(int id, String name, Double level) {
        commit(Change.put(row(id, name, level)));
    }

    public Position commit(Change... changes) {
        return origin.commit(new Cut(++tick, tick * 1000, 7), List.of(changes));
    }

    /** Puts so many rows, each different in each round. */
    public Position commitMany(int rows, int round) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            changes.add(Change.put(row(i, "name of " + i + " in round " + round, i / 2.0 + round)));
        }
        return commit(changes.toArray(Change[]::new));
    }

    public boolean equal() {
        return origin.replica().view().position().equals(client.view().position())
                && Comparison.compare(origin.replica().view(), client.view()).equal();
    }
}
