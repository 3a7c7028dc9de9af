package org.openrtd.itests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import javax.management.ObjectName;

/** New versions of roles' bundles in running nodes, and what they leave behind. */
final class Updates {

    private static final String CLASS_LOADER = "org.apache.felix.framework.BundleWiringImpl$BundleClassLoader";

    private Updates() {}

    /**
     * Updates each role's bundle so many times, one after the other, and waits each time until the node's feeds are current.
     *
     * @throws AssertionError when class loaders or threads are left
     */
    static void all(FaultySite site, int times) throws Exception {
        Map<KarafNode, List<String>> roles = new LinkedHashMap<>();
        roles.put(site.gateway, List.of("org.openrtd.gateway.simulator"));
        roles.put(site.central, List.of("org.openrtd.realtimeserver", "org.openrtd.centraldb", "org.openrtd.broker"));
        roles.put(
                site.north,
                List.of(
                        "org.openrtd.distributor",
                        "org.openrtd.clientfeed",
                        "org.openrtd.localdb",
                        "org.openrtd.updater",
                        "org.openrtd.broker"));
        roles.put(
                site.desk,
                List.of("org.openrtd.client", "org.openrtd.localdb", "org.openrtd.updater", "org.openrtd.console"));
        List<String> left = new ArrayList<>();
        for (Map.Entry<KarafNode, List<String>> role : roles.entrySet()) {
            KarafNode node = role.getKey();
            // The first time something may be loaded for good.
            update(site, node, role.getValue(), 1);
            int loaders = loaders(node);
            Set<String> threads = node.threads();
            update(site, node, role.getValue(), times);
            int[] now = {0};
            try {
                // What was on its way when the bundle was updated may hold it for a moment.
                site.await("class loaders to go", () -> {
                    // Each look is a full collection.
                    TimeUnit.SECONDS.sleep(2);
                    return (now[0] = loaders(node)) <= loaders;
                });
            } catch (AssertionError e) {
                left.add(node.name() + " has " + now[0] + " class loaders of bundles, and had " + loaders);
            }
            Set<String> more = new TreeSet<>();
            try {
                site.await("threads to end", () -> {
                    more.clear();
                    more.addAll(node.threads());
                    more.removeAll(threads);
                    return more.isEmpty();
                });
            } catch (AssertionError e) {
                left.add(node.name() + " has threads that it had not: " + more);
            }
            site.note(node.name() + ": " + role.getValue().size() + " bundles updated " + times + " times, " + loaders
                    + " class loaders before, " + now[0] + " after");
        }
        if (!left.isEmpty()) {
            throw new AssertionError("LEAVES NOTHING: " + left);
        }
    }

    private static void update(FaultySite site, KarafNode node, List<String> bundles, int times) throws Exception {
        Framework framework = Framework.of(node);
        for (int i = 0; i < times; i++) {
            for (String bundle : bundles) {
                long id = framework.id(bundle);
                Object before = state(node, "getLastModified", id);
                node.jmx()
                        .invoke(
                                new ObjectName("org.apache.karaf:type=bundle,name=root"),
                                "update",
                                new Object[] {bundle},
                                new String[] {String.class.getName()});
                site.await(
                        "the update of " + bundle,
                        () -> !state(node, "getLastModified", id).equals(before)
                                && state(node, "getState", id).equals("ACTIVE"));
            }
            site.awaitConverged();
        }
    }

    private static Object state(KarafNode node, String operation, long bundle) throws Exception {
        return node.jmx().invoke(Framework.mbean(node, "bundleState"), operation, new Object[] {bundle}, new String[] {
            long.class.getName()
        });
    }

    /** Of bundles, after a full collection. */
    private static int loaders(KarafNode node) throws IOException {
        Process jcmd = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/jcmd", Long.toString(node.pid()), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String answer = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return answer.lines()
                .filter(line -> line.contains(CLASS_LOADER))
                .mapToInt(line -> Integer.parseInt(line.trim().split("\\s+")[1]))
                .sum();
    }
}
