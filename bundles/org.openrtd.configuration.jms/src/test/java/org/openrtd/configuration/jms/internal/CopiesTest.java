package org.openrtd.configuration.jms.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.openrtd.configuration.CopyReport;
import org.openrtd.configuration.CopyStatus;
import org.openrtd.configuration.CopyStatus.Kind;
import org.openrtd.feed.Position;

class CopiesTest {

    private final AtomicLong now = new AtomicLong(1_000_000);
    private final List<CopyStatus> own = new ArrayList<>();
    private final Copies copies = new Copies("central", now::get, () -> own);

    @Test
    void reckonsHowManyTransactionsACopyLacksAndForHowLong() {
        centreAt(10);
        hear("north", copy("north-1", Kind.REPLICA, 10));
        assertEquals("north-1 0 0", lags());

        now.addAndGet(1_000);
        centreAt(11);
        now.addAndGet(500);
        centreAt(14);
        now.addAndGet(250);
        assertEquals("north-1 4 750", lags());

        hear("north", copy("north-1", Kind.REPLICA, 11));
        assertEquals("north-1 3 250", lags());
    }

    @Test
    void knowsNoLagOfACopyOfAnotherDatabaseOrOneAheadOfItsCentre() {
        centreAt(10);
        hear("north", copy("north-1", Kind.REPLICA, 12));
        hear(
                "south",
                new CopyStatus(
                        "south-1",
                        Kind.REPLICA,
                        "another",
                        new Position(3, 5),
                        2,
                        "REFUSED",
                        CopyStatus.Digests.UNKNOWN,
                        null,
                        "identity"));
        assertEquals("north-1 -1 -1, south-1 -1 -1", lags());
    }

    @Test
    void keepsTheNewestOfEachAndItsAge() {
        hear("north", copy("north-1", Kind.REPLICA, 1));
        now.addAndGet(3_000);
        hear("north", copy("north-1", Kind.REPLICA, 2));
        hear("north", copy("north-1", Kind.LOCAL_DATABASE, 1));
        now.addAndGet(500);

        assertEquals(2, copies.known().size());
        assertEquals(2, copies.known().get(0).status().position().sequence());
        assertEquals(500, copies.known().get(0).ageMillis());
    }

    @Test
    void addsTheAgeOnTheWay() {
        copies.hear("north", List.of(new CopyReport(copy("desk", Kind.REPLICA, 1), "desk7", 0, 0, 700)), true);
        now.addAndGet(300);
        assertEquals(1_000, copies.known().get(0).ageMillis());
        assertEquals("desk7@north", copies.known().get(0).via());
    }

    @Test
    void believesOnlyThoseWhoHaveABrokerThatOthersToldThem() {
        copies.hear("desk7", List.of(new CopyReport(copy("desk", Kind.REPLICA, 1), "boss", 0, 0, 0)), false);
        assertEquals(List.of(), copies.known());
    }

    @Test
    void forgetsWhatIsNotHeardOfAnyMore() {
        hear("north", copy("north-1", Kind.REPLICA, 1));
        now.addAndGet(Copies.FORGET_MILLIS + 1);
        copies.look();
        assertEquals(List.of(), copies.known());
    }

    @Test
    void keepsNoMoreThanAMessageHolds() {
        for (int i = 0; i < Copies.MAX_HEARD + 100; i++) {
            hear("wallboard", copy("desk-" + i, Kind.REPLICA, i));
        }
        assertEquals(Copies.MAX_HEARD, copies.known().size());
        assertTrue(copies.known().stream()
                .anyMatch(copy -> copy.status().node().equals("desk-" + (Copies.MAX_HEARD + 99))));
    }

    @Test
    void losesNothingOfOthersToOneWhoSaysTooMuch() {
        hear("north", copy("north-1", Kind.REPLICA, 1));
        hear("north", copy("north-1", Kind.LOCAL_DATABASE, 1));
        for (int i = 0; i < Copies.MAX_HEARD + 100; i++) {
            hear("wallboard", copy("desk-" + i, Kind.REPLICA, i));
        }
        assertEquals(Copies.MAX_HEARD, copies.known().size());
        assertEquals(
                2,
                copies.known().stream()
                        .filter(copy -> copy.via().equals("north"))
                        .count());
    }

    @Test
    void keepsTheCopiesOfANodeBeforeThoseThatItPassesOn() {
        hear("south", copy("south-1", Kind.REPLICA, 1));
        List<CopyReport> all = new ArrayList<>();
        for (int i = 0; i < Copies.MAX_HEARD; i++) {
            all.add(new CopyReport(copy("copy-" + i, Kind.REPLICA, 1), "", 0, 0, 0));
        }
        copies.hear("north", all, true);
        assertEquals(Copies.MAX_HEARD, copies.known().size());
        assertTrue(copies.known().stream().anyMatch(copy -> copy.status().node().equals("copy-0")));
    }

    @Test
    void believesNobodyElseToBeTheCentre() {
        hear("desk7", copy("desk", Kind.CENTRE, 1));
        assertEquals(List.of(), copies.known());
    }

    @Test
    void dropsItsOwnReportsThatComeRound() {
        hear("openrtd-node", copy("central", Kind.REPLICA, 1));
        copies.hear("north", List.of(new CopyReport(copy("central", Kind.REPLICA, 1), "desk7", 0, 0, 0)), true);
        assertEquals(List.of(), copies.known());
    }

    private void centreAt(long key) {
        own.clear();
        own.add(copy("central", Kind.CENTRE, key));
        copies.look();
    }

    private void hear(String user, CopyStatus copy) {
        copies.hear(user, List.of(new CopyReport(copy, "", 0, 0, 0)), true);
    }

    private String lags() {
        return String.join(
                ", ",
                Copies.sorted(copies.known()).stream()
                        .filter(copy -> copy.status().kind() != Kind.CENTRE)
                        .map(copy -> copy.status().node() + " " + copy.lag() + " " + copy.lagMillis())
                        .toList());
    }

    static CopyStatus copy(String node, Kind kind, long key) {
        return new CopyStatus(node, kind, "feed", new Position(3, key), 2, "LIVE", CopyStatus.Digests.EQUAL, null, "");
    }
}
