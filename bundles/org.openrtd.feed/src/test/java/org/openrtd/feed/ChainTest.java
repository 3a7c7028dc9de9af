package org.openrtd.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.simulation.Chain;

class ChainTest {

    private final Chain chain = new Chain();

    @Test
    void bringsARowOverTwoHops() {
        chain.put(1, "one", 1.5);
        chain.run(1000);

        assertEquals(FeedState.LIVE, chain.client.state());
        assertEquals(
                chain.row(1, "one", 1.5),
                chain.client.view().find(Chain.CALLS, List.of(1)).orElseThrow());
        assertEquals(
                chain.origin.replica().view().position(), chain.client.view().position());
        assertFalse(chain.client.stale());
    }

    @Test
    void bringsBatchesWhole() {
        chain.run(1000);
        List<Integer> sizes = new ArrayList<>();
        chain.client.listen(new ReplicaListener() {
            @Override
            public void reset(View view) {
                sizes.add(view.size(Chain.CALLS));
            }

            @Override
            public void applied(View before, View after, List<RowChange> changes) {
                sizes.add(changes.size());
            }
        });
        chain.run(200);
        chain.commit(Change.put(chain.row(1, "a", 1.0)), Change.put(chain.row(2, "b", null)));
        chain.commit(Change.delete(Chain.CALLS, List.of(1)), Change.put(chain.row(2, "c", null)));
        chain.commit(Change.put(chain.row(2, "c", null)));
        chain.run(200);

        assertEquals(List.of(0, 2, 2, 0), sizes);
        assertEquals(1, chain.client.view().size(Chain.CALLS));
    }

    @Test
    void bringsABatchOfManyParts() {
        chain.run(1000);
        chain.commitMany(20_000, 0);
        chain.run(1000);
        chain.commitMany(20_000, 1);
        chain.run(1000);

        assertEquals(20_000, chain.client.view().size(Chain.CALLS));
        assertEquals(0, chain.client.statistics().gaps());
        assertEquals(1, chain.client.statistics().snapshots());
        assertTrue(chain.equal());
    }

    @Test
    void bringsALargeSnapshot() {
        chain.commitMany(50_000, 0);
        chain.run(3000);

        assertEquals(FeedState.LIVE, chain.client.state());
        assertTrue(chain.equal());
    }

    @Test
    void verifiesEveryRow() throws Exception {
        chain.commitMany(5000, 0);
        chain.run(2000);
        var result = chain.client.verify(true);
        chain.commitMany(5000, 1);
        chain.run(2000);

        assertTrue(result.get().equal(), () -> result.join().differences().toString());
        assertEquals(5000, result.get().rows());
        assertEquals(Duration.ZERO, Duration.ofSeconds(chain.client.age().toSeconds()));
    }
}
