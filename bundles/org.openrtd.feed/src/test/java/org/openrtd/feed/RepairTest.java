package org.openrtd.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.simulation.Chain;

class RepairTest {

    private final Chain chain = new Chain();

    private View before() {
        chain.put(1, "one", 1.0);
        chain.run(3000);
        View before = chain.client.view();
        chain.put(2, "two", 2.0);
        chain.run(500);
        return before;
    }

    @Test
    void fetchesATableWhoseDigestDiffersAgain() {
        chain.client.fallBackTo(before());
        chain.run(2000);

        assertTrue(chain.equal());
        assertEquals(FeedState.LIVE, chain.client.state());
        assertEquals(1, chain.client.statistics().repairs());
    }

    @Test
    void goesOnWithWhatWasCutMeanwhile() {
        chain.client.fallBackTo(before());
        for (int i = 0; i < 100; i++) {
            chain.put(3 + i, "more", 0.5);
            chain.run(20);
        }
        chain.run(1000);

        assertTrue(chain.equal());
        assertEquals(1, chain.client.statistics().repairs());
        assertEquals(1, chain.client.statistics().snapshots());
    }

    @Test
    void stopsAfterThreeTimesWithinAnHourAndRaisesAnAlarm() {
        View before = before();
        for (int i = 0; i < 3; i++) {
            chain.client.fallBackTo(before);
            chain.run(3000);
            assertTrue(chain.equal());
        }
        chain.client.fallBackTo(before);
        chain.run(3000);

        assertTrue(chain.client.reason().startsWith("ALARM"), chain.client.reason());
        assertTrue(chain.client.stale());
        assertEquals(FeedState.LIVE, chain.client.state());

        chain.run(3_600_000);
        assertTrue(chain.equal());
        assertFalse(chain.client.stale());
        assertEquals(4, chain.client.statistics().repairs());
    }

    @Test
    void aRelayThatRepairedItselfHasItsFollowersRepairedToo() {
        View before = before();
        chain.relayed.fallBackTo(before);
        chain.client.fallBackTo(before);
        chain.run(4000);

        assertTrue(chain.equal());
        assertEquals(1, chain.relayed.statistics().repairs());
        assertEquals(
                chain.relayed.view().digest(Chain.CALLS), chain.client.view().digest(Chain.CALLS));
    }

    @Test
    void takesAllRowsAnewWhenABatchDoesNotFitThem() {
        View before = before();
        chain.client.fallBackTo(before);
        chain.put(2, "not there", 2.0);
        chain.run(1000);

        assertTrue(chain.equal());
        assertEquals(1, chain.client.statistics().undecodable());
        assertEquals(2, chain.client.statistics().snapshots());
    }

    @Test
    void findsRowsThatAreNotWhatTheirDigestSays() {
        before();
        Row row = chain.client.view().find(Chain.CALLS, List.of(1)).orElseThrow();
        ((byte[]) row.get("Data"))[0] = 99;
        chain.run(1000);
        assertFalse(chain.equal());
        assertFalse(chain.client.verify(false).join().equal());

        chain.run(60_000);
        assertTrue(chain.equal());
        assertTrue(chain.client.verify(false).join().equal());
    }
}
