package org.openrtd.feed.jms;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.openrtd.feed.FollowerReport;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Position;

/**
 * What the followers of one source said of themselves, and who asked anything at all: the newest of each link. Bounded.
 * Silence is no reason to forget a link: it may be connected, and never read. Usable from any thread.
 */
final class FollowerReports {

    /** How often a link reports. */
    static final long INTERVAL_MILLIS = 5_000;
    /** Reports that come sooner are not taken. */
    static final long LEAST_MILLIS = 1_000;

    static final int MOST = 10_000;

    /** Of a link, as its broker knows it. */
    record Link(String user, String id) {}

    /**
     * @param report {@code null} of one that asked and did not say anything of itself
     * @param lag by how many batches it was behind the source when it said so; negative when that is not known
     * @param batchesPerSecond between its last two reports; negative when there were not two
     * @param at when it said so
     */
    record Said(FollowerReport report, long lag, double batchesPerSecond, double bytesPerSecond, long at) {}

    private final MonotonicClock clock;
    /** The one that was heard the longest ago first. */
    private final Map<Link, Said> links = new LinkedHashMap<>();

    FollowerReports(MonotonicClock clock) {
        this.clock = clock;
    }

    /** A link asks for something. */
    synchronized void asked(String user, String id) {
        Link link = new Link(user, id);
        if (!links.containsKey(link)) {
            put(link, new Said(null, -1, -1, -1, clock.millis()));
        }
    }

    /**
     * Takes a report.
     *
     * @param source where the source is
     * @return whether it was taken, and did not come too soon
     */
    synchronized boolean heard(String user, String id, FollowerReport report, Position source) {
        Link link = new Link(user, id);
        long now = clock.millis();
        Said before = links.get(link);
        double batches = -1;
        double bytes = -1;
        if (before != null && before.report != null) {
            long millis = now - before.at;
            if (millis < LEAST_MILLIS) {
                return false;
            }
            batches = Math.max(0, report.batches() - before.report.batches()) * 1000.0 / millis;
            bytes = Math.max(0, report.bytes() - before.report.bytes()) * 1000.0 / millis;
        }
        long lag = source == null || source.epoch() != report.position().epoch()
                ? -1
                : Math.max(0, source.sequence() - report.position().sequence());
        put(link, new Said(report, lag, batches, bytes, now));
        return true;
    }

    private void put(Link link, Said said) {
        links.remove(link);
        Iterator<Said> oldest = links.values().iterator();
        while (oldest.hasNext() && links.size() >= MOST) {
            oldest.next();
            oldest.remove();
        }
        links.put(link, said);
    }

    /** What a link said last. */
    synchronized Optional<Said> of(Link link) {
        return Optional.ofNullable(links.get(link));
    }

    /** Forgets the links that are not connected any more. */
    synchronized void retain(Set<Link> connected) {
        links.keySet().retainAll(connected);
    }

    /** The time by which it is said when something was heard. */
    long now() {
        return clock.millis();
    }

    synchronized int size() {
        return links.size();
    }
}
