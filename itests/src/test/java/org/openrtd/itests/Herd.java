package org.openrtd.itests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openrtd.feed.Position;
import org.openrtd.itests.Followers.Held;

/** Many programs that follow a site, in two processes, and what a witness saw at the centre, beyond all lines. */
final class Herd implements AutoCloseable {

    private static final int PROCESSES = 2;
    /** Each of them, on the processors of five nodes. */
    private static final int MOST_MINUTES = 10;

    private final FaultySite site;
    private final int count;
    private final List<String> urls;
    private final List<Followers.Apart> processes = new ArrayList<>();
    private final Followers witness;

    /** @param urls of distributors, in order of preference */
    Herd(FaultySite site, int count, List<String> urls) {
        this.site = site;
        this.count = count;
        this.urls = urls;
        this.witness = site.witness();
        start();
    }

    private void start() {
        Path log = site.central.home().resolveSibling("followers.txt");
        for (int i = 0; i < PROCESSES; i++) {
            processes.add(new Followers.Apart(count / PROCESSES, urls, "desk", site.password("desk"), log));
        }
    }

    /** Kills all and starts as many. */
    void restart() throws InterruptedException {
        for (Followers.Apart process : processes) {
            process.kill();
        }
        processes.clear();
        start();
    }

    /**
     * Waits until each has been seen in each feed, as current, with the rows of the centre, at a position that the centre had
     * after this was asked.
     *
     * @return how long that took, in ms
     */
    long awaitEqual() {
        long begun = System.nanoTime();
        Map<String, Position> goal = new HashMap<>();
        site.await("what the witness has", () -> {
            for (Held held : witness.look()) {
                if (held.current()) {
                    goal.put(held.feed(), held.position());
                }
            }
            return goal.keySet().equals(Followers.FEEDS);
        });
        Set<Integer> equal = new HashSet<>();
        site.await(
                MOST_MINUTES,
                () -> count + " followers equal to the centre; of their " + count * goal.size() + " feeds "
                        + equal.size() + " were",
                () -> {
                    // They share the machine with the nodes.
                    TimeUnit.SECONDS.sleep(1);
                    look(goal, equal);
                    return equal.size() == count * goal.size();
                });
        return (System.nanoTime() - begun) / 1_000_000;
    }

    private void look(Map<String, Position> goal, Set<Integer> equal) throws IOException {
        List<Held> all = new ArrayList<>();
        for (Followers.Apart process : processes) {
            all.addAll(process.look());
        }
        Map<String, Map<Position, Long>> there = new TreeMap<>();
        goal.keySet().forEach(feed -> there.put(feed, witness.been(feed)));
        for (int i = 0; i < all.size(); i++) {
            Held held = all.get(i);
            Long rows = there.get(held.feed()).get(held.position());
            if (rows == null) {
                continue;
            }
            if (rows != held.rows()) {
                throw new AssertionError("EQUAL: follower " + i + " of " + held.feed() + " has at " + held.position()
                        + " other rows than the centre had there");
            }
            if (held.current() && held.position().compareTo(goal.get(held.feed())) >= 0) {
                equal.add(i);
            }
        }
    }

    @Override
    public void close() {
        processes.forEach(Followers.Apart::close);
        witness.close();
    }
}
