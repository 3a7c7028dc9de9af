package org.openrtd.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.jms.JMSException;
import javax.management.JMException;
import javax.management.openmbean.CompositeData;
import org.openrtd.itests.FreshnessCheck.Look;
import org.openrtd.itests.Ledger.Logged;

/**
 * Has faults happen to a site that works, one after the other, and finds out after each whether any promise was broken. All
 * that is left to chance comes from one seed, which is printed; what the machine does meanwhile is not in it.
 */
final class Nemesis implements AutoCloseable {

    /** As the nodes are set, and what looking takes. */
    private static final long FRESH_MILLIS = 3000 + 1000;

    /** One time that a fault happened; times in ms. */
    private record Outcome(
            long converged, long away, long oldest, long snapshots, List<String> notes, List<String> broken) {}

    private final Class<?> test;
    private final long seed;
    private final Map<Fault, List<Outcome>> outcomes = new EnumMap<>(Fault.class);
    private FaultySite site;
    private Map<String, FreshnessCheck> freshness;
    private Map<String, HistoryCheck> histories;
    private List<Watch> watches;
    private Away away;
    private int rounds;
    private long edits;
    private long batches;
    private long compared;

    Nemesis(Class<?> test, long seed) {
        this.test = test;
        this.seed = seed;
        System.out.println("Nemesis: seed " + seed);
    }

    private static Path record(KarafNode node, String feed) {
        return FaultySite.record(node).resolve(feed + ".jsonl");
    }

    /** A new site, at work. */
    void start() {
        site = new FaultySite(test);
        freshness = new LinkedHashMap<>();
        histories = new LinkedHashMap<>();
        watches = new ArrayList<>();
        away = new Away();
        for (String feed : FaultySite.FEEDS) {
            freshness.put(feed, new FreshnessCheck(FRESH_MILLIS));
            histories.put(
                    feed, new HistoryCheck(feed.equals("config"), record(site.central, feed), record(site.desk, feed)));
        }
        site.start();
        site.awaitConverged();
        Map<String, FreshnessCheck> checks = freshness;
        Away longest = away;
        watch(site.central, "RealTimeServer", (feed, look) -> checks.get(feed).atTheOrigin(look));
        watch(site.desk, "Client", (feed, look) -> {
            checks.get(feed).atTheReader("desk, " + feed, look);
            if (feed.equals("calls")) {
                longest.seen(look);
            }
        });
    }

    private void watch(KarafNode node, String role, java.util.function.BiConsumer<String, Look> seen) {
        Watch watch = new Watch(node, role, seen);
        watches.add(watch);
        watch.start();
    }

    /** @return what it broke; empty when all promises held */
    List<String> round(Fault fault) throws Exception {
        rounds++;
        Random random = new Random(seed + 31L * rounds + fault.ordinal());
        System.out.println("Nemesis: round " + rounds + ", " + fault + ": " + fault.title);
        List<String> broken = new ArrayList<>();
        Ledger ledger = new Ledger();
        List<Editor> editors = new ArrayList<>();
        List<String> rows = new ArrayList<>();
        long converged = -1;
        long snapshots = -1;
        try {
            for (KarafNode node : List.of(site.central, site.desk)) {
                String row = "Nemesis_" + Long.toHexString(seed) + "_" + rounds + "_" + node.name();
                enter(row);
                rows.add(row);
                editors.add(new Editor(node, "n" + rounds, List.of(row), ledger, 250));
            }
            editors.forEach(Thread::start);
            awaitBatches(1 + random.nextInt(15));
            snapshots = counter("snapshots");
            long process = site.desk.pid();
            away.begin();
            freshness.values().forEach(FreshnessCheck::worstMillis);

            try {
                fault.begin(site, random);
                if (fault.cutsOff) {
                    long now = System.nanoTime();
                    freshness.values().forEach(each -> each.cut(now));
                }
                // How long a fault lasts is a part of it; nothing is waited for.
                TimeUnit.MILLISECONDS.sleep(fault.millis(random));
            } finally {
                freshness.values().forEach(FreshnessCheck::joined);
                site.heal();
            }
            long healed = System.nanoTime();
            site.awaitConverged();
            converged = (System.nanoTime() - healed) / 1_000_000;
            long there = System.nanoTime();
            site.await("a look at the client", () -> away.seenSince(there));
            away.end();
            // A client that was started anew counts anew.
            snapshots = site.desk.pid() == process ? counter("snapshots") - snapshots : -1;
            for (Editor editor : editors) {
                int acknowledged = editor.edits();
                site.await(
                        6,
                        () -> "another edit by the " + editor.getName() + ". " + editor.where(),
                        () -> editor.edits() > acknowledged);
            }
            for (Editor editor : editors) {
                editor.finish();
            }
            site.awaitConverged();
            broken.addAll(site.differences());
            for (String wrong : ledger.check(logged(rows))) {
                broken.add("EDITS: " + wrong);
            }
            edits += ledger.acknowledged();
        } catch (AssertionError | IOException | JMException | JMSException e) {
            e.printStackTrace(System.out);
            String what = String.valueOf(e.getMessage());
            broken.add(what.matches("(?s)[A-Z ]+:.*") ? what : "SETTLES: " + what);
            editors.forEach(Editor::abandon);
        }
        for (HistoryCheck history : histories.values()) {
            batches -= history.batches();
            compared -= history.compared();
            broken.addAll(history.readOn());
            batches += history.batches();
            compared += history.compared();
        }
        long oldest = 0;
        for (FreshnessCheck each : freshness.values()) {
            broken.addAll(each.broken());
            oldest = Math.max(oldest, each.worstMillis());
        }
        Outcome outcome = new Outcome(converged, away.longest(), oldest, snapshots, site.notes(), broken);
        outcomes.computeIfAbsent(fault, f -> new ArrayList<>()).add(outcome);
        System.out.println("Nemesis: " + outcome);
        if (!broken.isEmpty()) {
            // What it left behind is not the next one's doing. The logs are kept.
            close();
            keep();
            start();
        }
        return broken;
    }

    private void keep() throws IOException {
        Path nodes = site.central.home().getParent();
        Path kept = nodes.resolveSibling(nodes.getFileName() + "-round-" + rounds);
        if (!Files.exists(kept)) {
            Files.move(nodes, kept);
        }
    }

    private void awaitBatches(int more) {
        long from = counter("batches");
        site.await(more + " more batches at the client", () -> counter("batches") >= from + more);
    }

    private long counter(String name) {
        CompositeData line = ThreeNodes.feed(site.desk, "Client", "calls");
        return line == null ? 0 : (Long) line.get(name);
    }

    private void enter(String row) {
        try (Console console = site.central.console()) {
            String[] answer = {""};
            site.await("the call type " + row, () -> (answer[0] =
                            console.run("rtd:config-set Call_Type new EnterpriseName=" + row + " --id " + row))
                    .contains("recovery key"));
        }
    }

    private List<Logged> logged(List<String> rows) throws IOException {
        try (Console console = site.central.console()) {
            return console.logged(rows);
        }
    }

    /** In the form of the documentation. */
    String table() {
        StringBuilder table = new StringBuilder();
        table.append("Seed ")
                .append(seed)
                .append(", ")
                .append(rounds)
                .append(" rounds, ")
                .append(edits)
                .append(" edits acknowledged, ")
                .append(batches)
                .append(" batches recorded by the client, rows compared with the origin's at ")
                .append(compared)
                .append(" positions.\n\n");
        table.append("| Fault | Times | Not current at the client, s: median / most | Converged, s: median / most"
                + " | Oldest shown as current, s | Snapshots | Promises | Seen |\n");
        table.append("|---|---|---|---|---|---|---|---|\n");
        outcomes.forEach((fault, all) -> table.append("| ")
                .append(fault.title)
                .append(" | ")
                .append(all.size())
                .append(" | ")
                .append(seconds(all.stream().map(Outcome::away).toList()))
                .append(" | ")
                .append(seconds(all.stream().map(Outcome::converged).toList()))
                .append(" | ")
                .append("%.1f"
                        .formatted(all.stream().mapToLong(Outcome::oldest).max().orElse(0) / 1000.0))
                .append(" | ")
                .append(snapshots(all))
                .append(" | ")
                .append(promises(all))
                .append(" | ")
                .append(all.stream().flatMap(each -> each.notes().stream()).collect(Collectors.joining("; ")))
                .append(" |\n"));
        return table.toString();
    }

    private static String seconds(List<Long> millis) {
        List<Long> sorted = millis.stream().filter(each -> each >= 0).sorted().toList();
        return sorted.isEmpty()
                ? "never"
                : "%.1f / %.1f"
                        .formatted(
                                sorted.get((sorted.size() - 1) / 2) / 1000.0, sorted.get(sorted.size() - 1) / 1000.0);
    }

    private static String snapshots(List<Outcome> all) {
        List<Long> counted =
                all.stream().map(Outcome::snapshots).filter(each -> each >= 0).toList();
        return counted.isEmpty()
                ? "begins anew"
                : Long.toString(counted.stream().mapToLong(Long::longValue).sum());
    }

    private static String promises(List<Outcome> all) {
        Collection<String> broken = all.stream()
                .flatMap(each -> each.broken().stream())
                .map(each -> each.split(":")[0])
                .collect(Collectors.toCollection(java.util.TreeSet::new));
        return broken.isEmpty() ? "held" : "BROKEN: " + String.join(", ", broken);
    }

    @Override
    public void close() {
        if (site == null) {
            return;
        }
        watches.forEach(Watch::end);
        site.close();
    }

    /** The longest time for which the client did not show the calls as current. */
    private static final class Away {

        private long current;
        private long begun;
        private long longest;
        private boolean counting;

        synchronized void begin() {
            longest = 0;
            counting = true;
        }

        synchronized void seen(Look look) {
            if (look.current()) {
                if (counting && current != 0) {
                    longest = Math.max(longest, (look.begun() - current) / 1_000_000);
                }
                current = look.ended();
                begun = look.begun();
            }
        }

        /** Whether it was seen as current, by a look that began after that moment. */
        synchronized boolean seenSince(long moment) {
            return begun - moment > 0;
        }

        synchronized void end() {
            counting = false;
        }

        synchronized long longest() {
            return longest;
        }
    }
}
