package org.openrtd.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.Test;

/**
 * A number mistyped in any role's settings is said in one line, with its key, value and file, and what runs goes on. All
 * roles are in one node here; which numbers there are, the bundles' own descriptions say.
 */
public class SettingsIT {

    private static final Set<String> FEEDS = Set.of("agents", "calls", "config");
    private static final String TYPO = "1x";
    /** Its engine runs all the same, and has no line of its own in rtd:status. */
    private static final String DERBY = "org.openrtd.derby";

    /** As they stand in the files before there are typos. */
    private final Map<String, String> right = new TreeMap<>();

    @Test
    public void saysWhichNumberIsNoneAndGoesOn() throws Exception {
        Map<String, List<String>> numbers = Metatype.numbers();
        String password = KarafNode.secret();
        KarafNode node = Centre.simulated(Centre.central(SettingsIT.class))
                .neverSavesSettings()
                .set("org.openrtd.node", "site", "north")
                .set("org.openrtd.distributor", "centreUrls", "local")
                .set("org.openrtd.client", "distributorUrls", "local")
                .set("org.openrtd.web", "port", "0")
                .user("reader", password, "rtd-client")
                .features(
                        "openrtd-distributor",
                        "openrtd-client-feed",
                        "openrtd-client",
                        "openrtd-gateway-replay",
                        "openrtd-updater",
                        "openrtd-web");
        try (node) {
            numbers.forEach((pid, keys) -> {
                keys.forEach(key -> right.put(pid + "/" + key, node.get(pid, key)));
                node.set(pid, keys.get(0), TYPO);
            });
            node.start().awaitUp();

            // What waits for another role cannot read its own settings before that one runs.
            String waiting = "org.openrtd.realtimeserver";
            for (String pid : numbers.keySet()) {
                if (!pid.equals(waiting)) {
                    awaitLine(node, pid, numbers.get(pid).get(0), 0);
                }
            }
            String status = node.console("rtd:status --no-format");
            for (String pid : numbers.keySet()) {
                if (!pid.equals(waiting) && !pid.equals(DERBY)) {
                    assertTrue(pid + " in\n" + status, status.contains("etc/" + pid + ".cfg"));
                }
            }
            mend(
                    node,
                    "org.openrtd.centraldb",
                    numbers.get("org.openrtd.centraldb").get(0));
            awaitLine(node, waiting, numbers.get(waiting).get(0), 0);
            numbers.forEach((pid, keys) -> mend(node, pid, keys.get(0)));
            node.awaitLive("Client", FEEDS);
            node.awaitLive("Distributor", FEEDS);

            Framework before = Framework.of(node);
            int rounds = numbers.values().stream().mapToInt(List::size).max().orElseThrow();
            for (int round = 0; round < rounds; round++) {
                int from = node.log().length();
                int present = round;
                numbers.forEach((pid, keys) -> {
                    if (present > 0 && present <= keys.size()) {
                        mend(node, pid, keys.get(present - 1));
                    }
                    if (present < keys.size()) {
                        node.set(pid, keys.get(present), TYPO);
                    }
                });
                for (String pid : numbers.keySet()) {
                    if (round < numbers.get(pid).size()) {
                        awaitLine(node, pid, numbers.get(pid).get(round), from);
                    }
                }
            }
            numbers.forEach((pid, keys) -> mend(node, pid, keys.get(keys.size() - 1)));
            node.awaitLive("Client", FEEDS);
            Set<String> changed = before.changedIn(Framework.of(node));
            // A role's status is there while it has something to say.
            changed.removeIf(each -> each.startsWith("org.openrtd.console: [org.openrtd.feed.RoleStatus]"));
            assertEquals("restarted", Set.of(), changed);
            assertEquals(List.of(), traces(node));
        }
    }

    private void mend(KarafNode node, String pid, String key) {
        node.set(pid, key, right.get(pid + "/" + key));
    }

    /** Waits for the line, which is there once. */
    private static void awaitLine(KarafNode node, String pid, String key, int from) {
        String line = key + " = " + TYPO + " is not a number that fits: correct it in etc/" + pid + ".cfg";
        node.await("the line: " + line, () -> lines(node, from).anyMatch(each -> each.contains(line)));
        List<String> said =
                lines(node, from).filter(each -> each.contains(line)).toList();
        assertEquals(String.join("\n", said), 1, said.size());
    }

    private static Stream<String> lines(KarafNode node, int from) {
        return node.log().substring(from).lines();
    }

    /** What would be the beginning of a stack trace of ours or of the container that runs our components. */
    private static List<String> traces(KarafNode node) {
        List<String> traces = new ArrayList<>();
        String before = "";
        for (String line : (Iterable<String>) lines(node, 0)::iterator) {
            if (line.startsWith("\tat ") && !before.startsWith("\tat ")) {
                traces.add(before);
            }
            before = line;
        }
        return traces;
    }
}
