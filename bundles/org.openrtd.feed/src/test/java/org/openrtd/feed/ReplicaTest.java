package org.openrtd.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ReplicaTest {

    private static final Table A = Table.named("A")
            .key("Id", ColumnType.INT)
            .column("Round", ColumnType.INT)
            .build();
    private static final Table B = Table.named("B")
            .key("Id", ColumnType.INT)
            .column("Round", ColumnType.INT)
            .build();

    private final Origin origin = new Origin(
            new FeedSchema("calls", 1, false, List.of(A, B)),
            new FeedIdentity("id", 9),
            "centre",
            SourceSettings.DEFAULT,
            () -> 0,
            new SplittableRandom(1),
            new SourceTransport() {
                @Override
                public void publish(Hop hop, byte[] message) {}

                @Override
                public void reply(ReplyTo to, byte[] message) {}
            });

    private void round(int round) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            changes.add(Change.put(A.row(i, round)));
            changes.add(Change.put(B.row(i, round)));
        }
        origin.commit(new Cut(round, round, 0), changes);
    }

    @Test
    void showsWholeBatchesToReadersOnOtherThreads() {
        round(0);
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<String> reader = CompletableFuture.supplyAsync(() -> {
            String wrong = "";
            while (!over.get() && wrong.isEmpty()) {
                View view = origin.replica().view();
                Set<Object> rounds = new HashSet<>();
                view.forEach(A, row -> rounds.add(row.get("Round")));
                view.forEach(B, row -> rounds.add(row.get("Round")));
                rounds.add(view.find(B, List.of(250)).orElseThrow().get("Round"));
                wrong = rounds.size() == 1 ? "" : rounds.toString();
            }
            return wrong;
        });
        for (int round = 1; round <= 500; round++) {
            round(round);
        }
        over.set(true);
        assertEquals("", reader.join());
    }

    @Test
    void keepsAViewAsItWas() {
        round(1);
        View view = origin.replica().view();
        round(2);
        assertEquals(1, view.find(A, List.of(7)).orElseThrow().get("Round"));
        assertEquals(
                2, origin.replica().view().find(A, List.of(7)).orElseThrow().get("Round"));
    }

    @Test
    void findsRowsByKeyThroughInsertsAndDeletes() {
        Set<Integer> there = new HashSet<>();
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 1; i <= 300; i++) {
            List<Change> changes = new ArrayList<>();
            for (int k = 0; k < 40; k++) {
                int id = random.nextInt(3000) - 1500;
                if (random.nextInt(3) == 0) {
                    there.remove(id);
                    changes.add(Change.delete(A, List.of(id)));
                } else {
                    there.add(id);
                    changes.add(Change.put(A.row(id, i)));
                }
            }
            origin.commit(new Cut(i, i, 0), changes);
        }
        View view = origin.replica().view();
        assertEquals(there.size(), view.size(A));
        for (int id = -1500; id < 1500; id++) {
            assertEquals(there.contains(id), view.find(A, List.of(id)).isPresent());
        }
        assertTrue(origin.replica().verify(true).join().equal());
        assertTrue(view.find(A, List.of("no key")).isEmpty());
        assertTrue(view.find(A, List.of(1, 2)).isEmpty());
    }

    @Test
    void tellsAListenerTheWholeFirstAndThenEachChange() {
        round(1);
        List<String> heard = new ArrayList<>();
        origin.replica().listen(new ReplicaListener() {
            @Override
            public void reset(View view) {
                heard.add("reset " + view.position());
            }

            @Override
            public void applied(View before, View after, List<RowChange> changes) {
                heard.add(before.position() + " to " + after.position() + ": " + changes.size());
            }
        });
        origin.time();
        round(2);
        origin.commit(new Cut(3, 3, 0), List.of(Change.delete(A, List.of(1)), Change.put(B.row(1, 2))));
        assertEquals(List.of("reset 9:1", "9:1 to 9:2: 600", "9:2 to 9:3: 1"), heard);
    }

    @Test
    void isNotDisturbedByAListenerThatFails() {
        origin.replica().listen(new ReplicaListener() {
            @Override
            public void reset(View view) {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void applied(View before, View after, List<RowChange> changes) {
                throw new IllegalStateException("on purpose");
            }
        });
        round(1);
        assertEquals(300, origin.replica().view().size(A));
    }
}
