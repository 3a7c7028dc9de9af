package org.openrtd.feed.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.FollowerReport;
import org.openrtd.feed.Position;

class FollowerReportsTest {

    private static final FollowerReports.Link DESK = new FollowerReports.Link("desk", "1");

    private final AtomicLong now = new AtomicLong();
    private final FollowerReports reports = new FollowerReports(now::get);

    private static FollowerReport report(long epoch, long sequence, long batches, long bytes) {
        return new FollowerReport("desk-7", false, FeedState.LIVE, new Position(epoch, sequence), 10, batches, bytes);
    }

    private boolean heard(String user, String id, FollowerReport report) {
        return reports.heard(user, id, report, new Position(3, 100));
    }

    @Test
    void knowsTheLagAtTheTimeOfTheReportAndTheRatesBetweenTwo() {
        assertTrue(heard("desk", "1", report(3, 90, 10, 1000)));
        assertEquals(10, reports.of(DESK).orElseThrow().lag());
        assertEquals(-1, reports.of(DESK).orElseThrow().batchesPerSecond());

        now.set(5_000);
        assertTrue(heard("desk", "1", report(3, 100, 60, 11_000)));
        FollowerReports.Said said = reports.of(DESK).orElseThrow();
        assertEquals(0, said.lag());
        assertEquals(10, said.batchesPerSecond());
        assertEquals(2000, said.bytesPerSecond());

        now.set(10_000);
        assertTrue(heard("desk", "1", report(2, 100, 60, 11_000)));
        assertEquals(-1, reports.of(DESK).orElseThrow().lag(), "of another epoch");
    }

    @Test
    void takesNoReportThatComesTooSoon() {
        assertTrue(heard("desk", "1", report(3, 90, 10, 1000)));
        now.set(FollowerReports.LEAST_MILLIS - 1);
        assertFalse(heard("desk", "1", report(3, 95, 10, 1000)));
        assertEquals(90, reports.of(DESK).orElseThrow().report().position().sequence());
    }

    @Test
    void remembersWhoAskedAndSaidNothing() {
        reports.asked("desk", "1");
        assertEquals(-1, reports.of(DESK).orElseThrow().lag());
        assertTrue(heard("desk", "1", report(3, 90, 10, 1000)));
        reports.asked("desk", "1");
        assertEquals(10, reports.of(DESK).orElseThrow().lag(), "asking does not undo what was said");
    }

    @Test
    void remembersWhoIsSilentWhileOthersAreNot() {
        reports.asked("desk", "1");
        now.set(3_600_000);
        heard("desk", "2", report(3, 90, 10, 1000));
        assertTrue(reports.of(DESK).isPresent());
    }

    @Test
    void isBoundedAndForgetsWhoIsGone() {
        for (int i = 0; i < FollowerReports.MOST + 100; i++) {
            heard("desk", Integer.toString(i), report(3, 90, 10, 1000));
        }
        assertEquals(FollowerReports.MOST, reports.size());
        assertTrue(reports.of(DESK).isEmpty(), "the one heard the longest ago gave way");

        heard("desk", "1", report(3, 90, 10, 1000));
        reports.retain(Set.of(DESK));
        assertEquals(1, reports.size());
    }
}
