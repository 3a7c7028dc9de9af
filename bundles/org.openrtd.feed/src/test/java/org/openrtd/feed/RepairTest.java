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
    void aRelayThatMayNotRepairAnyMoreSaysSoToItsFollowers() {
        View before = before();
        for (int i = 0; i < 4; i++) {
            chain.relayed.fallBackTo(before);
            chain.run(3000);
        }
        assertTrue(chain.relayed.reason().startsWith("ALARM"), chain.relayed.reason());
        assertEquals(FeedState.RESUMING, chain.client.state());
        assertTrue(chain.client.stale());
        assertTrue(chain.client.reason().startsWith("source north is RESUMING itself: ALARM"), chain.client.reason());

        chain.put(5, "five", 5.0);
        chain.run(1000);
        assertEquals(FeedState.RESUMING, chain.client.state());

        chain.run(3_600_000);
        assertEquals(FeedState.LIVE, chain.client.state());
        assertFalse(chain.client.stale());
        assertTrue(chain.equal());
    }

    @Test
    void aDigestThatIsRightDoesNotEndTheAlarmOverRowsThatAreNotWhatItSays() {
        before();
        for (int i = 0; i < 4; i++) {
            Row row = chain.client.view().find(Chain.CALLS, List.of(1)).orElseThrow();
            ((byte[]) row.get("Data"))[0] = (byte) (90 + i);
            chain.run(70_000);
        }
        assertTrue(chain.client.reason().startsWith("ALARM"), chain.client.reason());
        assertTrue(chain.client.stale());
        chain.run(3_600_000);
        assertTrue(chain.equal());
        assertFalse(chain.client.stale());
    }

    @Test
    void anOriginWhoseRowsAreWrongSaysSo() {
        before();
        Row row = chain.origin.replica().view().find(Chain.CALLS, List.of(1)).orElseThrow();
        ((byte[]) row.get("Data"))[0] = 99;
        chain.run(70_000);
        assertTrue(chain.origin.replica().stale());
        assertTrue(chain.client.stale());
        assertTrue(chain.client.reason().contains("source centre is RESUMING itself: ALARM"), chain.client.reason());
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
