package org.openrtd.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Position;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.Row;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.Table;

/** What a listener hears that does not keep up; this thread is the feed's. */
@Timeout(60)
class DeliveryTest {

    private static final Table TABLE = Table.named("Call_Type_Real_Time")
            .key("CallTypeID", ColumnType.INT)
            .column("RouterCallsQNow", ColumnType.INT)
            .build();

    private static final SourceTransport NOWHERE = new SourceTransport() {
        @Override
        public void publish(Hop hop, byte[] message) {}

        @Override
        public void reply(ReplyTo to, byte[] message) {}
    };

    private final AtomicLong clock = new AtomicLong();
    private final Origin origin = new Origin(
            new FeedSchema("calls", 1, false, List.of(TABLE)),
            new FeedIdentity("test", 7),
            "centre",
            SourceSettings.DEFAULT,
            clock::get,
            RandomGenerator.getDefault(),
            NOWHERE);
    private final List<Delivery> open = new ArrayList<>();
    private long tick;

    @AfterEach
    void close() {
        open.forEach(Delivery::close);
    }

    private void listen(OpenRtdListener listener, int mostWaiting) {
        Delivery delivery = new Delivery(listener, mostWaiting);
        FollowedFeed feed = new FollowedFeed(origin.replica(), null, Duration.ofSeconds(3), false, delivery);
        delivery.start(List.of(feed));
        open.add(delivery);
        origin.replica().listen(feed);
        origin.time();
    }

    private Position commit(Change... changes) {
        tick++;
        return origin.commit(new Cut(tick, tick * 1000, 0), List.of(changes));
    }

    /** Keeps rows by what it hears; the broken twin takes each batch for the one that follows the last. */
    private static final class Keeping implements OpenRtdListener {
        private final RandomGenerator random;
        private final Semaphore go;
        final Map<Object, Row> rows = new HashMap<>();
        final Map<Object, Row> twin = new HashMap<>();
        int batches;
        int merged;
        boolean inOrder = true;
        Position at = Position.NONE;

        Keeping(RandomGenerator random, Semaphore go) {
            this.random = random;
            this.go = go;
        }

        @Override
        public void batch(Batch batch) {
            if (random.nextInt(4) == 0) {
                go.acquireUninterruptibly(random.nextInt(1, 8));
            }
            take(batch.changes(), rows);
            boolean next = batch.position().sequence() == batch.previous().sequence() + 1;
            if (next || batches == 0) {
                take(batch.changes(), twin);
            }
            synchronized (this) {
                batches++;
                merged += next ? 0 : 1;
                // Thrown here, it would only be logged.
                inOrder &= at.equals(batch.previous());
                at = batch.position();
                notifyAll();
            }
        }

        private static void take(List<RowChange> changes, Map<Object, Row> rows) {
            for (RowChange change : changes) {
                if (change.after() == null) {
                    rows.remove(change.before().key());
                } else {
                    rows.put(change.after().key(), change.after());
                }
            }
        }

        synchronized void await(Position position) throws InterruptedException {
            while (at.compareTo(position) < 0) {
                wait();
            }
        }
    }

    @Test
    void getsASlowListenerToThePresentInFewerBatches() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("DeliveryTest seed " + seed);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        Semaphore go = new Semaphore(0);
        Keeping keeping =
                new Keeping(RandomGeneratorFactory.of("L64X128MixRandom").create(seed + 1), go);
        listen(keeping, 2000);
        Position last = null;
        for (int i = 0; i < 2000; i++) {
            Map<Integer, Change> changes = new HashMap<>();
            for (int c = random.nextInt(5); c > 0; c--) {
                int key = random.nextInt(200);
                boolean delete = random.nextInt(3) == 0
                        && origin.replica().view().find(TABLE, List.of(key)).isPresent();
                changes.put(key, delete ? Change.delete(TABLE, List.of(key)) : Change.put(TABLE.row(key, i)));
            }
            last = commit(changes.values().toArray(Change[]::new));
            go.release(random.nextInt(3));
        }
        go.release(1 << 20);
        keeping.await(last);
        Map<Object, Row> origins = new HashMap<>();
        origin.replica().view().forEach(TABLE, row -> origins.put(row.key(), row));
        assertEquals(origins, keeping.rows, "seed " + seed);
        assertTrue(keeping.inOrder, "seed " + seed);
        assertTrue(keeping.merged > 0 && keeping.batches < 2000, keeping.batches + " batches, seed " + seed);
        assertNotEquals(origins, keeping.twin, "the broken twin was not caught, seed " + seed);
    }

    @Test
    void saysThatWhatASlowListenerWasHandedIsStaleAndThatItIsNoMore() throws Exception {
        // Batches: the origin's beginning without rows, and two commits.
        CountDownLatch in = new CountDownLatch(3);
        Semaphore go = new Semaphore(2);
        List<FeedStatus> states = new ArrayList<>();
        Semaphore said = new Semaphore(0);
        listen(
                new OpenRtdListener() {
                    @Override
                    public void batch(Batch batch) {
                        in.countDown();
                        go.acquireUninterruptibly();
                    }

                    @Override
                    public void state(FeedStatus status) {
                        synchronized (states) {
                            states.add(status);
                        }
                        said.release();
                    }
                },
                1000);
        commit(Change.put(TABLE.row(1, 1)));
        said.acquire();
        commit(Change.put(TABLE.row(1, 2)));
        in.await();
        // It is at the last batch, which stays the present one.
        origin.notCurrent("gateway one is silent");
        go.release();
        said.acquire();
        origin.notCurrent(null);
        said.acquire();
        synchronized (states) {
            assertEquals(
                    List.of(FeedState.LIVE, FeedState.RESUMING, FeedState.LIVE),
                    states.stream().map(FeedStatus::state).toList());
            assertEquals(
                    List.of(false, true, false),
                    states.stream().map(FeedStatus::stale).toList());
            assertEquals("gateway one is silent", states.get(1).reason());
        }
    }

    @Test
    void saysThatRowsAreStaleByTheirAgeAlone() throws Exception {
        List<FeedStatus> states = new ArrayList<>();
        Semaphore said = new Semaphore(0);
        listen(
                new OpenRtdListener() {
                    @Override
                    public void state(FeedStatus status) {
                        synchronized (states) {
                            states.add(status);
                        }
                        said.release();
                    }
                },
                1000);
        said.acquire();
        clock.set(3001);
        said.acquire();
        commit(Change.put(TABLE.row(1, 1)));
        said.acquire();
        synchronized (states) {
            assertEquals(
                    List.of(false, true, false),
                    states.stream().map(FeedStatus::stale).toList());
            assertEquals(FeedState.LIVE, states.get(1).state());
            assertEquals(Duration.ofMillis(3001), states.get(1).age());
        }
    }

    @Test
    void goesOnAfterAListenerThatThrows() throws Exception {
        Semaphore heard = new Semaphore(0);
        listen(
                new OpenRtdListener() {
                    @Override
                    public void row(RowChange change) {
                        throw new IllegalStateException("meant to be thrown, by the test");
                    }

                    @Override
                    public void batch(Batch batch) {
                        heard.release();
                    }
                },
                1000);
        commit(Change.put(TABLE.row(1, 1)));
        commit(Change.put(TABLE.row(1, 2)));
        heard.acquire(2);
    }

    @Test
    void handsOverATableWhoseColumnsChangedAsOldRowsGoneAndNewOnes() throws Exception {
        Table wider = Table.named(TABLE.name())
                .key("CallTypeID", ColumnType.INT)
                .column("RouterCallsQNow", ColumnType.INT)
                .column("CallsToday", ColumnType.INT)
                .build();
        Origin next = new Origin(
                new FeedSchema("calls", 2, false, List.of(wider)),
                new FeedIdentity("test", 8),
                "centre",
                SourceSettings.DEFAULT,
                clock::get,
                RandomGenerator.getDefault(),
                NOWHERE);
        commit(Change.put(TABLE.row(1, 1)), Change.put(TABLE.row(2, 2)));
        next.commit(new Cut(100, 100, 0), List.of(Change.put(wider.row(2, 2, 2))));
        List<RowChange> changes = new ArrayList<>();
        Semaphore heard = new Semaphore(0);
        Delivery delivery = new Delivery(new OpenRtdListener() {
            @Override
            public void batch(Batch batch) {
                changes.addAll(batch.changes());
                heard.release();
            }
        });
        FollowedFeed feed = new FollowedFeed(origin.replica(), null, Duration.ofSeconds(3), false, delivery);
        delivery.start(List.of(feed));
        open.add(delivery);
        feed.reset(origin.replica().view());
        heard.acquire();
        assertEquals(2, changes.size());
        changes.clear();
        feed.reset(next.replica().view());
        heard.acquire();
        assertEquals(3, changes.size());
        assertEquals(
                2, changes.stream().filter(change -> change.after() == null).count());
        assertEquals(wider.row(2, 2, 2), changes.get(2).after());
    }
}
