package org.openrtd.itests;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.management.openmbean.CompositeData;

/** A central controller, the distributor of site north and a client that records, as processes; a gateway if wanted. */
final class ThreeNodes implements AutoCloseable {

    final KarafNode central;
    final KarafNode north;
    final KarafNode client;
    private final Path record;
    private KarafNode gateway;

    /** Configured, not started. */
    ThreeNodes(Class<?> test) {
        String northPassword = KarafNode.secret();
        String wallboardPassword = KarafNode.secret();
        central = KarafNode.unpack(test, "central")
                .set("org.openrtd.realtimeserver", "clock", "gateway")
                .set("org.openrtd.realtimeserver", "autoConfigure", "*")
                .set("org.openrtd.realtimeserver", "zone", "Asia/Jerusalem")
                .user("north-1", northPassword, "rtd-distributor")
                .features("openrtd-central-controller");
        north = KarafNode.unpack(test, "north")
                .set("org.openrtd.node", "site", "north")
                .set("org.openrtd.distributor", "centreUrls", central.brokerUrl())
                .set("org.openrtd.distributor", "user", "north-1")
                .set("org.openrtd.distributor", "password", northPassword)
                .user("wallboard", wallboardPassword, "rtd-client")
                .features("openrtd-distributor-aw");
        client = KarafNode.unpack(test, "client")
                .set("org.openrtd.node", "site", "north")
                .set("org.openrtd.client", "distributorUrls", north.brokerUrl())
                .set("org.openrtd.client", "user", "wallboard")
                .set("org.openrtd.client", "password", wallboardPassword)
                .features("openrtd-client-aw");
        record = client.home().resolve("record");
        client.set("org.openrtd.client.recorder", "directory", record);
    }

    /** Plays recorded calls from a node of its own. */
    KarafNode replay(Class<?> test, Path file, String day, String speed) {
        String password = KarafNode.secret();
        central.user("bank", password, "rtd-gateway");
        gateway = KarafNode.unpack(test, "gateway")
                .set("org.openrtd.gateway.replay", "gateway", "bank")
                .set("org.openrtd.gateway.replay", "file", file.toAbsolutePath())
                .set("org.openrtd.gateway.replay", "day", day)
                .set("org.openrtd.gateway.replay", "speed", speed)
                .set("org.openrtd.gateway.replay", "centreUrl", central.brokerUrl())
                .set("org.openrtd.gateway.replay", "user", "bank")
                .set("org.openrtd.gateway.replay", "password", password)
                .features("openrtd-gateway-replay");
        return gateway;
    }

    /** Starts the three; the gateway is started by whoever asked for it. */
    ThreeNodes start() {
        Stream.of(central, north, client).forEach(KarafNode::start);
        return this;
    }

    private Stream<KarafNode> all() {
        return Stream.of(central, north, client, gateway).filter(node -> node != null);
    }

    /** Where the client records. */
    Path record() {
        return record;
    }

    /** What a role says of one of its feeds, or {@code null} while it says nothing. */
    static CompositeData feed(KarafNode node, String role, String feed) {
        Object feeds = node.attribute("org.openrtd:type=" + role, "Feeds");
        return feeds == null
                ? null
                : Stream.of((CompositeData[]) feeds)
                        .filter(line -> line.get("feed").equals(feed))
                        .findFirst()
                        .orElse(null);
    }

    static boolean isCurrent(KarafNode node, String role, String feed) {
        CompositeData line = feed(node, role, feed);
        return line != null
                && line.get("state").equals("LIVE")
                && line.get("stale").equals(false);
    }

    private static List<Object> position(KarafNode node, String role, String feed) {
        CompositeData line = feed(node, role, feed);
        return line == null ? null : List.of(line.get("epoch"), line.get("sequence"));
    }

    /** Waits until the client is where the centre is, in every feed. */
    void awaitEqualPositions() {
        for (String feed : List.of("config", "calls", "agents")) {
            client.await("the centre's position of " + feed + " at the client", () -> {
                List<Object> at = position(central, "RealTimeServer", feed);
                return at != null
                        && at.equals(position(client, "Client", feed))
                        && isCurrent(client, "Client", feed)
                        && at.equals(position(central, "RealTimeServer", feed));
            });
        }
    }

    /** Whether the client shows the real-time feeds as current, and its peripheral as heard. */
    boolean clientIsCurrent() {
        return isCurrent(client, "Client", "calls") && isCurrent(client, "Client", "agents");
    }

    /** Waits until the client has applied that many more batches. */
    void awaitCutsAtTheClient(int batches) {
        long from = batches(client);
        client.await(batches + " more batches at the client", () -> batches(client) >= from + batches);
    }

    private static long batches(KarafNode node) {
        CompositeData line = feed(node, "Client", "calls");
        return line == null ? 0 : (Long) line.get("batches");
    }

    /** Waits until the client has recorded that the gateway has told all. */
    void awaitFinished() {
        client.await("the end of the day at the client", () -> {
            Path calls = record.resolve("calls.jsonl");
            return Files.exists(calls) && Files.readString(calls).contains("\"GatewayState\":\"finished\"");
        });
    }

    /** Every row against the source, at each hop and in the site's database, and the digests of the origin. */
    void assertReplicasEqual() {
        for (KarafNode node : List.of(north, client)) {
            String answer = node.console("rtd:verify --rows");
            if (answer.contains("Error")
                    || answer.contains("differ")
                    || !answer.contains("equal")
                    || node == north && !answer.contains("local database")) {
                throw new AssertionError(node.name() + " is not equal to its source:\n" + answer);
            }
        }
    }

    @Override
    public void close() {
        all().forEach(KarafNode::close);
    }
}
