package org.openrtd.configuration.jms.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.openrtd.configuration.CopyReport;
import org.openrtd.configuration.CopyStatus;
import org.openrtd.feed.MonotonicClock;

/** What one node knows of copies: its own, and the newest that others said of theirs. Usable from any thread. */
final class Copies {

    /** A copy of which nothing was heard for so long is forgotten. */
    static final long FORGET_MILLIS = 3_600_000;
    /** For how long it is remembered when the centre got which key. */
    private static final int MAX_KEYS = 20_000;

    private record Which(String via, String node, CopyStatus.Kind kind) {}

    private record Heard(CopyReport report, long at) {}

    private record Key(long key, long at) {}

    /** Of what others say: with what this node says itself it is one message. */
    static final int MAX_HEARD = MessageCodec.MAX_COPIES - 100;

    private final String node;
    private final MonotonicClock clock;
    private final Supplier<List<CopyStatus>> own;
    /** By the user that said it; of each the newest last. */
    private final Map<String, LinkedHashMap<Which, Heard>> heard = new LinkedHashMap<>();

    private int heardInAll;
    /** When the centre of this node was first seen at a key. */
    private final ArrayDeque<Key> keys = new ArrayDeque<>();

    /** @param node the name of this node: what others say of it is its own report come round, and dropped */
    Copies(String node, MonotonicClock clock, Supplier<List<CopyStatus>> own) {
        this.node = node;
        this.clock = clock;
        this.own = own;
    }

    /**
     * Takes what a user of the broker said. The centre itself nobody else can tell of; and whoever has said the most loses
     * the oldest of it when there is too much.
     *
     * @param passesOn whether the user is believed that others told it so
     */
    synchronized void hear(String user, List<CopyReport> reports, boolean passesOn) {
        long now = clock.millis();
        Map<Which, Heard> said = heard.computeIfAbsent(user, each -> new LinkedHashMap<>());
        heardInAll -= said.size();
        // A node tells of its own copies first: from the end, so that they are not the ones to forget.
        for (int i = reports.size() - 1; i >= 0; i--) {
            CopyReport report = reports.get(i);
            if (!report.via().isEmpty() && !passesOn
                    || report.status().kind() == CopyStatus.Kind.CENTRE
                    || report.status().node().equals(node)) {
                continue;
            }
            String via = report.via().isEmpty() ? user : report.via() + "@" + user;
            if (via.length() > CopyStatus.MAX_TEXT || report.ageMillis() < 0 || report.ageMillis() > FORGET_MILLIS) {
                continue;
            }
            Which which = new Which(via, report.status().node(), report.status().kind());
            // The newest last, so that the first is the one to forget.
            said.remove(which);
            said.put(which, new Heard(new CopyReport(report.status(), via, -1, -1, report.ageMillis()), now));
        }
        heardInAll += said.size();
        while (heardInAll > MAX_HEARD) {
            Map<Which, Heard> most = Collections.max(heard.values(), Comparator.comparingInt(Map::size));
            most.remove(most.keySet().iterator().next());
            heardInAll--;
        }
        heard.values().removeIf(Map::isEmpty);
    }

    /** Sees how far the centre of this node is, if it has one; called several times a second. */
    synchronized void look() {
        long now = clock.millis();
        for (CopyStatus copy : own.get()) {
            long key = copy.position().sequence();
            if (copy.kind() == CopyStatus.Kind.CENTRE && (keys.isEmpty() || keys.peekLast().key < key)) {
                keys.add(new Key(key, now));
                if (keys.size() > MAX_KEYS) {
                    keys.poll();
                }
            }
        }
        heard.values().forEach(said -> {
            int before = said.size();
            said.values().removeIf(each -> each.report.ageMillis() + now - each.at > FORGET_MILLIS);
            heardInAll -= before - said.size();
        });
        heard.values().removeIf(Map::isEmpty);
    }

    /** All that is known, with lags where the centre is in this node; its own copies first. */
    synchronized List<CopyReport> known() {
        long now = clock.millis();
        List<CopyStatus> mine = own.get();
        CopyStatus centre = mine.stream()
                .filter(copy -> copy.kind() == CopyStatus.Kind.CENTRE)
                .findFirst()
                .orElse(null);
        List<CopyReport> known = new ArrayList<>();
        mine.forEach(copy -> known.add(measured(new CopyReport(copy, "", -1, -1, 0), centre, now)));
        heard.values().stream()
                .flatMap(said -> said.values().stream())
                .forEach(each -> known.add(measured(
                        new CopyReport(
                                each.report.status(),
                                each.report.via(),
                                -1,
                                -1,
                                each.report.ageMillis() + now - each.at),
                        centre,
                        now)));
        return known;
    }

    /** How many brokers a report has come over. */
    private static int depth(String via) {
        return via.isEmpty() ? 0 : via.split("@").length;
    }

    /** As people look for them: the centre, then those near to it, by node. */
    static List<CopyReport> sorted(List<CopyReport> copies) {
        return copies.stream()
                .sorted(Comparator.<CopyReport, Boolean>comparing(
                                copy -> copy.status().kind() != CopyStatus.Kind.CENTRE)
                        .thenComparing(copy -> depth(copy.via()))
                        .thenComparing(copy -> copy.status().node())
                        .thenComparing(copy -> copy.status().kind())
                        .thenComparing(CopyReport::via))
                .toList();
    }

    private CopyReport measured(CopyReport report, CopyStatus centre, long now) {
        CopyStatus copy = report.status();
        if (centre == null
                || !Objects.equals(copy.feedId(), centre.feedId())
                || copy.position().epoch() > centre.position().epoch()
                || copy.position().sequence() > centre.position().sequence()) {
            return report;
        }
        long lag = centre.position().sequence() - copy.position().sequence();
        return new CopyReport(
                copy, report.via(), lag, lag == 0 ? 0 : lacksFor(copy.position().sequence(), now), report.ageMillis());
    }

    /** Since when the centre has had more than that; since this node began, when it had it then already. */
    private long lacksFor(long key, long now) {
        for (Key each : keys) {
            if (each.key > key) {
                return Math.max(0, now - each.at);
            }
        }
        return 0;
    }
}
