package org.openrtd.itests;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;

/**
 * A node's bundles and services at one moment. A service's id is never given again, so a bundle or component that was
 * restarted between two moments shows: the services it had are gone.
 */
record Framework(Map<Long, Bundle> bundles, Map<Long, Service> services) {

    record Bundle(String name, String state, long lastModified, boolean fragment) {}

    record Service(long bundle, Set<String> interfaces) {}

    static Framework of(KarafNode node) throws Exception {
        Map<Long, Bundle> bundles = new TreeMap<>();
        for (Object row : table(node, "bundleState", "listBundles").values()) {
            CompositeData data = (CompositeData) row;
            bundles.put(
                    (Long) data.get("Identifier"),
                    new Bundle(
                            (String) data.get("SymbolicName"),
                            (String) data.get("State"),
                            (Long) data.get("LastModified"),
                            (Boolean) data.get("Fragment")));
        }
        Map<Long, Service> services = new TreeMap<>();
        for (Object row : table(node, "serviceState", "listServices").values()) {
            CompositeData data = (CompositeData) row;
            services.put(
                    (Long) data.get("Identifier"),
                    new Service((Long) data.get("BundleIdentifier"), new TreeSet<>(List.of((String[])
                            data.get("objectClass")))));
        }
        return new Framework(bundles, services);
    }

    private static TabularData table(KarafNode node, String type, String operation) throws Exception {
        return (TabularData) node.jmx().invoke(mbean(node, type), operation, new Object[0], new String[0]);
    }

    static ObjectName mbean(KarafNode node, String type) throws Exception {
        return node.jmx().queryNames(new ObjectName("osgi.core:type=" + type + ",*"), null).stream()
                .findFirst()
                .orElseThrow(() -> new AssertionError(node.name() + " has no MBean of type " + type));
    }

    Set<String> names() {
        return bundles.values().stream().map(Bundle::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Those that should run and do not. */
    Set<Bundle> notActive() {
        return bundles.values().stream()
                .filter(bundle -> !bundle.fragment() && !bundle.state().equals("ACTIVE"))
                .collect(Collectors.toSet());
    }

    /** What is not in {@code later} as it was: bundles by name, services by their bundle's name and interfaces. */
    Set<String> changedIn(Framework later) {
        Set<String> changed = new TreeSet<>();
        bundles.forEach((id, bundle) -> {
            if (!bundle.equals(later.bundles.get(id))) {
                changed.add(bundle.name());
            }
        });
        services.forEach((id, service) -> {
            if (!service.equals(later.services.get(id))) {
                changed.add(bundles.get(service.bundle()).name() + ": " + service.interfaces());
            }
        });
        return changed;
    }

    /** As {@link #changedIn}, without bundles that are gone in {@code later} and what was theirs. */
    Set<String> restartedIn(Framework later) {
        Set<Long> gone = new TreeSet<>(bundles.keySet());
        gone.removeAll(later.bundles.keySet());
        Map<Long, Bundle> kept = new TreeMap<>(bundles);
        kept.keySet().removeAll(gone);
        Map<Long, Service> theirs = new TreeMap<>(services);
        theirs.values().removeIf(service -> gone.contains(service.bundle()));
        return new Framework(kept, theirs).changedIn(later);
    }

    Bundle bundle(String symbolicName) {
        return bundles.values().stream()
                .filter(bundle -> symbolicName.equals(bundle.name()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no bundle " + symbolicName));
    }

    long id(String symbolicName) {
        return bundles.entrySet().stream()
                .filter(bundle -> symbolicName.equals(bundle.getValue().name()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no bundle " + symbolicName));
    }
}
