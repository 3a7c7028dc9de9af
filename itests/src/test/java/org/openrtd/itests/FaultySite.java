package org.openrtd.itests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;

/**
 * A gateway, a centre, two distributors of one site, of which north is the primary, and a client with a database that knows
 * both, as processes; between any two a line that can be made to fail. The client records, and so does one in the centre's node, which is beyond all lines.
 */
final class FaultySite implements AutoCloseable {

    /** What a fault leaves to be undone. */
    interface Undo {
        void undo() throws Exception;
    }

    static final Set<String> FEEDS = Set.of("agents", "calls", "config");

    final KarafNode gateway;
    final KarafNode central;
    final KarafNode north;
    final KarafNode south;
    final KarafNode desk;
    final FaultyLine gatewayToCentral;
    final FaultyLine northToCentral;
    final FaultyLine southToCentral;
    final FaultyLine deskToNorth;
    final FaultyLine deskToSouth;
    private final Map<String, String> passwords;
    private final Deque<Undo> undone = new ArrayDeque<>();
    private final List<String> notes = new ArrayList<>();

    /** Configured, not started. */
    FaultySite(Class<?> test) {
        passwords = Map.of(
                "bank", KarafNode.secret(),
                "north", KarafNode.secret(),
                "south", KarafNode.secret(),
                "desk", KarafNode.secret(),
                "witness", KarafNode.secret());
        central = Centre.central(test)
                .user("bank", passwords.get("bank"), "rtd-gateway")
                .user("north", passwords.get("north"), "rtd-distributor,rtd-editor")
                .user("south", passwords.get("south"), "rtd-distributor,rtd-editor")
                .user("witness", passwords.get("witness"), "rtd-distributor")
                .set("org.openrtd.client", "distributorUrls", "local#central")
                .features("openrtd-client");
        central.set("org.openrtd.client.recorder", "directory", record(central));
        gatewayToCentral = new FaultyLine(central.brokerPort());
        northToCentral = new FaultyLine(central.brokerPort());
        southToCentral = new FaultyLine(central.brokerPort());
        gateway = KarafNode.unpack(test, "gateway")
                .set("org.openrtd.gateway.simulator", "agents", 12)
                .set("org.openrtd.gateway.simulator", "callsPerHour", 240)
                // Much happens in little time.
                .set("org.openrtd.gateway.simulator", "speed", 5)
                .set("org.openrtd.gateway.simulator", "centreUrl", gatewayToCentral.url())
                .set("org.openrtd.gateway.simulator", "user", "bank")
                .set("org.openrtd.gateway.simulator", "password", passwords.get("bank"))
                .features("openrtd-gateway-simulator");
        north = distributor(test, "north", northToCentral).set("org.openrtd.clientfeed", "primary", true);
        south = distributor(test, "south", southToCentral);
        deskToNorth = new FaultyLine(north.brokerPort());
        deskToSouth = new FaultyLine(south.brokerPort());
        desk = KarafNode.unpack(test, "desk")
                .set("org.openrtd.client", "distributorUrls", deskToNorth.url() + "," + deskToSouth.url())
                .set("org.openrtd.client", "user", "desk")
                .set("org.openrtd.client", "password", passwords.get("desk"))
                .features("openrtd-client-aw-with-db");
        desk.set("org.openrtd.client.recorder", "directory", record(desk));
    }

    private KarafNode distributor(Class<?> test, String name, FaultyLine line) {
        return KarafNode.unpack(test, name)
                .set("org.openrtd.node", "site", "north")
                .set("org.openrtd.distributor", "centreUrls", line.url())
                .set("org.openrtd.distributor", "user", name)
                .set("org.openrtd.distributor", "password", passwords.get(name))
                .user("desk", passwords.get("desk"), "rtd-client,rtd-editor")
                .features("openrtd-distributor-aw");
    }

    /** Where a node that records does so. */
    static Path record(KarafNode node) {
        return node.home().resolve("record");
    }

    List<KarafNode> nodes() {
        return List.of(gateway, central, north, south, desk);
    }

    private Stream<FaultyLine> lines() {
        return Stream.of(gatewayToCentral, northToCentral, southToCentral, deskToNorth, deskToSouth);
    }

    String password(String user) {
        return passwords.get(user);
    }

    /** Follows the centre, beyond all lines. */
    Followers witness() {
        return Followers.witness(central.brokerUrl() + "#central", "witness", password("witness"));
    }

    /** A figure that this fault is to be told with. */
    void note(String figure) {
        notes.add(figure);
    }

    /** What was noted since this was asked before. */
    List<String> notes() {
        List<String> noted = List.copyOf(notes);
        notes.clear();
        return noted;
    }

    FaultySite start() {
        nodes().forEach(KarafNode::start);
        return this;
    }

    /** The role by which a node follows the feeds. */
    static String role(KarafNode node) {
        return node.name().equals("desk") ? "Client" : "Distributor";
    }

    /** The distributor that the client follows in the feed of calls. */
    KarafNode followed() {
        CompositeData[] line = {null};
        await(
                "whom the client follows",
                () -> (line[0] = ThreeNodes.feed(desk, "Client", "calls")) != null
                        && !String.valueOf(line[0].get("source")).isEmpty());
        return String.valueOf(line[0].get("source")).contains("south") ? south : north;
    }

    /** Has the client follow that distributor in the feed of calls, by hand where it has to be. */
    void follow(KarafNode distributor) {
        long[] asked = {0};
        await("that the client follows " + distributor.name(), () -> {
            if (followed() == distributor) {
                return true;
            }
            // It changes over in its own time, and refuses to while the other one is not ready.
            if (asked[0] == 0 || System.nanoTime() - asked[0] > TimeUnit.SECONDS.toNanos(10)) {
                desk.jmx().invoke(new ObjectName("org.openrtd:type=Client"), "failover", new Object[0], new String[0]);
                asked[0] = System.nanoTime();
            }
            return false;
        });
    }

    FaultyLine lineToCentral(KarafNode distributor) {
        return distributor == north ? northToCentral : southToCentral;
    }

    FaultyLine lineToDesk(KarafNode distributor) {
        return distributor == north ? deskToNorth : deskToSouth;
    }

    void pause(KarafNode node) {
        node.pause();
        later(() -> {
            if (node.runs()) {
                node.resume();
            }
        });
    }

    /** To be done when the fault ends, the last first. */
    void later(Undo undo) {
        undone.push(undo);
    }

    /** Ends every fault: who is stopped goes on, who is dead is started, lines are whole. */
    void heal() throws Exception {
        lines().forEach(FaultyLine::heal);
        Throwable first = null;
        while (!undone.isEmpty()) {
            try {
                undone.pop().undo();
            } catch (Exception | AssertionError e) {
                // The others are undone all the same.
                first = first == null ? e : first;
            }
        }
        nodes().stream().filter(node -> !node.runs()).forEach(KarafNode::start);
        if (first instanceof Exception e) {
            throw e;
        } else if (first instanceof AssertionError e) {
            throw e;
        }
    }

    /** Waits until each replica has, as current, what the centre had when this was asked. */
    void awaitConverged() {
        for (String feed : FEEDS) {
            CompositeData[] there = {null};
            await(
                    "the feed " + feed + " of the centre",
                    () -> (there[0] = ThreeNodes.feed(central, "RealTimeServer", feed)) != null);
            for (KarafNode node : List.of(north, south, desk)) {
                await("what the centre has of " + feed + ", at " + node.name(), () -> {
                    CompositeData here = ThreeNodes.feed(node, role(node), feed);
                    return here != null
                            && here.get("state").equals("LIVE")
                            && here.get("stale").equals(false)
                            && compare(here, there[0]) >= 0;
                });
            }
        }
    }

    private static int compare(CompositeData one, CompositeData other) {
        int epochs = Long.compare((Long) one.get("epoch"), (Long) other.get("epoch"));
        return epochs != 0 ? epochs : Long.compare((Long) one.get("sequence"), (Long) other.get("sequence"));
    }

    /** What is wrong with the rows, each fetched from the source and compared, in memory and in the databases. */
    List<String> differences() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (KarafNode node : List.of(north, south, desk)) {
            try (Console console = node.console()) {
                String[] answer = {""};
                try {
                    // A source may have gone from the centre's position when the rows were fetched; then it is asked
                    // again.
                    await(
                            "equal rows",
                            () -> (answer[0] = console.run("rtd:verify --rows")).contains("equal")
                                    && answer[0].contains("local database")
                                    && !answer[0].contains("Error")
                                    && !answer[0].contains("differ"));
                } catch (AssertionError e) {
                    wrong.add("EQUAL: " + node.name() + ":\n" + answer[0] + "\n" + console.run("rtd:status"));
                }
            }
        }
        return wrong;
    }

    /** Waits, at most six minutes: five nodes may start at once, on a machine that others use too. */
    void await(String what, Callable<Boolean> condition) {
        await(6, () -> what, condition);
    }

    /** @param what told when it does not come, as it is then */
    void await(int minutes, Supplier<String> what, Callable<Boolean> condition) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
        while (true) {
            try {
                if (condition.call()) {
                    return;
                }
            } catch (Exception notYet) {
                // A node that starts answers in its own time.
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("Did not come within " + minutes + " minutes: " + what.get());
            }
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException e) {
                throw new AssertionError(what.get(), e);
            }
        }
    }

    @Override
    public void close() {
        nodes().forEach(KarafNode::close);
        lines().forEach(FaultyLine::close);
    }
}
