package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.web.internal.FakeReplica.row;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.FollowerStatus;
import org.openrtd.feed.Position;
import org.openrtd.feed.RoleStatus;

class MetricsTest {

    private static final Pattern METRIC = Pattern.compile("openrtd_[a-z_]+");

    private record Role(String role, Map<String, String> details) implements RoleStatus {
        @Override
        public String summary() {
            return "";
        }
    }

    private static FollowerStatus follower(String feed, String state) {
        return new FollowerStatus(
                "desk", "desk-7", "10.0.0.7:1", feed, state, new Position(1, 1), 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1);
    }

    private TestNode node;

    @BeforeEach
    void start() throws Exception {
        node = new TestNode(
                null,
                List.of(
                        new Role("central-database", Map.of("connections", "3", "url", "jdbc:x")),
                        new Role("central-database", Map.of("connections", "4"))),
                List.of(() -> List.of(
                        follower("calls", "LIVE"),
                        follower("calls", "LIVE"),
                        follower("calls", "READY"),
                        follower("agents", "UNKNOWN"))));
        node.calls
                .put(row("Controller_Time", "ControllerID", 1, "NowTime", 1_000_000_020_000L, "TimeZone", "UTC"))
                .put(row("Call_Type_Real_Time", "CallTypeID", 1, "RouterCallsQNow", 3))
                .put(row("Peripheral_Real_Time", "PeripheralID", 9, "GatewayState", "silent"))
                .cut();
        node.agents
                .put(row("Agent_Real_Time", "SkillTargetID", 7, "MRDomainID", 1, "AgentState", 3))
                .cut();
        node.config
                .put(row("Call_Type", "CallTypeID", 1, "EnterpriseName", "Billing"))
                .cut();
        node.serve("", 10);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private String metrics() throws Exception {
        HttpResponse<String> answer = node.send(node.signed("/metrics"));
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body();
    }

    @Test
    void saysEachSampleOnceAndBehindItsType() throws Exception {
        Set<String> samples = new HashSet<>();
        Set<String> heads = new HashSet<>();
        String last = "";
        for (String line : metrics().split("\n")) {
            if (line.startsWith("# TYPE ")) {
                last = line.split(" ")[2];
                assertTrue(heads.add(last), line);
            } else if (!line.startsWith("#")) {
                assertTrue(samples.add(line.substring(0, line.lastIndexOf(' '))), "twice: " + line);
                assertTrue(line.matches(last + "[ {].*"), line);
            }
        }
    }

    @Test
    void countsTheFollowersOfEachFeedByState() throws Exception {
        String metrics = metrics();
        for (String line : List.of(
                "{feed=\"calls\",state=\"LIVE\"} 2",
                "{feed=\"calls\",state=\"READY\"} 1",
                "{feed=\"agents\",state=\"UNKNOWN\"} 1",
                "{feed=\"config\",state=\"LIVE\"} 0")) {
            assertTrue(metrics.contains("\nopenrtd_feed_followers" + line + "\n"), metrics);
        }
    }

    @Test
    void areThereWhileNobodyIsServed() {
        Channel channel = new Channel("calls", () -> {}, (feed, view) -> {});
        Streams streams = new Streams("run", new java.util.TreeMap<>(Map.of("calls", channel)), () -> "", List::of);
        SignIn signIn = new SignIn((user, password) -> java.util.Optional.empty(), () -> 0);
        String none = new String(Metrics.of(List.of(channel), List.of(), List.of(), null, streams, signIn, null));
        assertTrue(none.contains("openrtd_node_threads "));
        assertFalse(none.contains("openrtd_web_streams "));
        assertFalse(none.contains("openrtd_feed_followers"), "it offers no feed");
    }

    @Test
    void areThoseThatTheDocumentationNames() throws Exception {
        String documented = Files.readString(Path.of("../../docs/web-api.md"));
        Set<String> named = new TreeSet<>();
        METRIC.matcher(documented).results().forEach(found -> named.add(found.group()));
        Set<String> told = new TreeSet<>();
        Pattern.compile("(?m)^# TYPE (\\S+)").matcher(metrics()).results().forEach(found -> told.add(found.group(1)));
        named.remove("openrtd_");
        assertEquals(told, named);
    }

    // ---- Grafana

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> targets() throws Exception {
        Map<String, Object> dashboard =
                (Map<String, Object>) Json.read(Files.readString(Path.of("../../examples/web/grafana-dashboard.json")));
        List<Map<String, Object>> targets = new ArrayList<>();
        for (Object panel : (List<Object>) dashboard.get("panels")) {
            targets.addAll((List<Map<String, Object>>) ((Map<String, Object>) panel).get("targets"));
        }
        return targets;
    }

    @Test
    void areThereWhereTheDashboardAsksForThem() throws Exception {
        String metrics = metrics();
        Set<String> asked = new TreeSet<>();
        for (Map<String, Object> target : targets()) {
            if (target.get("expr") instanceof String expression) {
                METRIC.matcher(expression).results().forEach(found -> asked.add(found.group()));
            }
        }
        for (String metric : asked) {
            assertTrue(
                    Pattern.compile("(?m)^" + metric + "[ {]").matcher(metrics).find(), metric);
        }
        for (String what : List.of(
                "feed_sequence",
                "feed_age_seconds",
                "feed_row_changes_total",
                "feed_repairs_total",
                "feed_followers",
                "feed_received_bytes_total",
                "node_heap_used_bytes",
                "node_threads")) {
            assertTrue(asked.contains("openrtd_" + what), what + " is in no panel");
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void theDashboardsJsonQueriesAreAnswered() throws Exception {
        int queries = 0;
        for (Map<String, Object> target : targets()) {
            if (target.get("url") instanceof String url) {
                HttpResponse<String> answer = node.send(node.signed(url));
                assertEquals(200, answer.statusCode(), url + ": " + answer.body());
                List<Map<String, Object>> rows = (List<Map<String, Object>>)
                        ((Map<String, Object>) Json.read(answer.body())).get(target.get("root_selector"));
                assertFalse(rows.isEmpty(), url);
                for (Map<String, Object> column : (List<Map<String, Object>>) target.get("columns")) {
                    assertTrue(rows.get(0).containsKey(column.get("selector")), url + ": " + column);
                }
                queries++;
            }
        }
        assertTrue(queries > 2, "queries: " + queries);
    }
}
