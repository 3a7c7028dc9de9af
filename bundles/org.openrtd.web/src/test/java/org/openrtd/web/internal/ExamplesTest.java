package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.openrtd.web.internal.FakeReplica.row;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openrtd.access.Accounts;
import org.openrtd.access.KeyStoreFile;
import org.openrtd.feed.FeedState;

/** The programs in {@code examples/web}, as a reader of them would run them, against a real server. */
class ExamplesTest {

    private static final Path EXAMPLES = Path.of("../../examples/web");
    private static final Duration LONG = Duration.ofMinutes(3);

    private final FakeReplica calls = new FakeReplica("calls");
    private final FakeReplica agents = new FakeReplica("agents");
    private final FakeReplica config = new FakeReplica("config");
    private final List<Process> started = new ArrayList<>();
    private WebNode node;
    private int port;

    @BeforeEach
    void start() throws IOException {
        calls.put(row("Controller_Time", "ControllerID", 1, "NowTime", calls.time(), "TimeZone", "Europe/Berlin"));
        waiting(5001, 3);
        waiting(5002, 4);
        waiting(5003, 0);
        calls.put(row("Peripheral_Real_Time", "PeripheralID", 5000, "GatewayState", "silent", "GatewayReason", "late"))
                .cut();
        agents.put(row("Agent_Real_Time", "SkillTargetID", 7, "MRDomainID", 1, "AgentState", 3))
                .cut();
        config.put(row("Call_Type", "CallTypeID", 5001, "EnterpriseName", "Billing, \"gold\""));
        config.put(row("Call_Type", "CallTypeID", 5002, "EnterpriseName", "خدمة العملاء"))
                .cut();
        serve();
    }

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
        node.close();
    }

    private void waiting(int callType, int calling) {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", callType, "RouterCallsQNow", calling));
    }

    private void serve() throws IOException {
        Accounts accounts = (user, password) ->
                user.equals("wall") && password.equals("secret") ? Optional.of(Set.of("rtd-viewer")) : Optional.empty();
        node = new WebNode(
                accounts, new Pages(path -> null, true), null, () -> "n1", () -> "north", List::of, List::of);
        for (FakeReplica replica : List.of(calls, agents, config)) {
            node.add(replica, "distributor");
        }
        node.serve(new WebSettings("127.0.0.1", port, false, KeyStoreFile.NONE, "", 200, 100, 10, 1));
        port = node.port();
    }

    private Process run(String password, String... command) throws Exception {
        List<String> all = new ArrayList<>(List.of(command));
        all.set(all.size() - 1, EXAMPLES.resolve(all.get(all.size() - 1)).toString());
        all.addAll(List.of("http://127.0.0.1:" + port, "wall"));
        ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true);
        builder.environment().put("OPENRTD_PASSWORD", password);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /** A program that is not here is no fault of the examples; what else would fail still does. */
    private static void assumeThereIs(String program) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", "command -v " + program).start();
        process.getInputStream().readAllBytes();
        assumeTrue(process.waitFor() == 0, program + " is not here");
    }

    private static String line(Process process) throws Exception {
        BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
        return CompletableFuture.supplyAsync(() -> {
                    try {
                        return String.valueOf(said.readLine());
                    } catch (IOException e) {
                        return e.toString();
                    }
                })
                .get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    private static String lineWith(Process process, String what) throws Exception {
        List<String> said = new ArrayList<>();
        while (said.size() < 100) {
            said.add(line(process));
            if (said.get(said.size() - 1).contains(what)) {
                return said.get(said.size() - 1);
            }
        }
        throw new AssertionError(what + " is not among " + said);
    }

    @Test
    void theShellsPrintsWhoWaitsTheMostFirst() throws Exception {
        assumeThereIs("curl");
        Process shell = run("secret", "sh", "waiting.sh");
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(
                "CallTypeID,CallTypeID_text,RouterCallsQNow\r\n5002,خدمة العملاء,4\r\n5001,\"Billing, \"\"gold\"\"\",3\r\n",
                said);
        assertEquals(0, shell.waitFor());

        Process refused = run("guess", "sh", "waiting.sh");
        String why = new String(refused.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(why.contains("401"), why);
        assertFalse(why.contains("guess"), why);
        assertEquals(22, refused.waitFor());
    }

    @ParameterizedTest
    @CsvSource({"python3, follow.py", "node, follow.mjs"})
    void theOthersFollowAndSayWhatIsNotCurrentAndGoOn(String program, String example) throws Exception {
        assumeThereIs(program);
        Process follower = run("secret", program, example);
        assertEquals("7 calls waiting", line(follower));
        waiting(5003, 5);
        calls.cut();
        assertEquals("12 calls waiting", line(follower));
        calls.delete("Call_Type_Real_Time", 5002).cut();
        assertEquals("8 calls waiting", line(follower));
        calls.state(FeedState.CONNECTING, true, "cannot reach tcp://centre:61616");
        assertEquals("NOT CURRENT: cannot reach tcp://centre:61616", line(follower));
        calls.state(FeedState.LIVE, false, "follows central");

        node.close();
        lineWith(follower, "NOT CURRENT");
        waiting(5003, 6);
        calls.cut();
        serve();
        assertEquals("9 calls waiting", lineWith(follower, "calls waiting"));
    }

    @ParameterizedTest
    @CsvSource({"python3, follow.py", "node, follow.mjs"})
    void theOthersSayWhyTheyAreRefused(String program, String example) throws Exception {
        assumeThereIs(program);
        Process follower = run("guess", program, example);
        String said = line(follower);
        assertTrue(said.startsWith("NOT CURRENT:"), said);
        assertFalse(said.contains("guess"), said);
    }

    // ---- Grafana's dashboard

    private String get(String path) throws Exception {
        String credentials = Base64.getEncoder().encodeToString("wall:secret".getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .timeout(LONG)
                                .header("Authorization", "Basic " + credentials)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), path + ": " + answer.body());
        return answer.body();
    }

    @Test
    void theDashboardAsksForWhatIsThere() throws Exception {
        Map<?, ?> dashboard = (Map<?, ?>) Json.read(Files.readString(EXAMPLES.resolve("grafana-dashboard.json")));
        String metrics = get("/metrics");
        int asked = 0;
        for (Object panel : (List<?>) dashboard.get("panels")) {
            for (Object target : (List<?>) ((Map<?, ?>) panel).get("targets")) {
                Map<?, ?> query = (Map<?, ?>) target;
                if (query.get("expr") != null) {
                    List<String> names = Pattern.compile("[a-z]+_[a-z_]+")
                            .matcher(query.get("expr").toString())
                            .results()
                            .map(MatchResult::group)
                            .toList();
                    assertFalse(names.isEmpty(), query.toString());
                    for (String name : names) {
                        assertTrue(metrics.contains("\n# TYPE " + name + " "), name + " is none of:\n" + metrics);
                    }
                } else {
                    Map<?, ?> answer =
                            (Map<?, ?>) Json.read(get(query.get("url").toString()));
                    List<?> rows = (List<?>) answer.get(query.get("root_selector"));
                    assertFalse(rows.isEmpty(), query.toString());
                    for (Object column : (List<?>) query.get("columns")) {
                        Object name = ((Map<?, ?>) column).get("selector");
                        assertTrue(((Map<?, ?>) rows.get(0)).containsKey(name), name + " is not in " + rows.get(0));
                    }
                }
                asked++;
            }
        }
        assertTrue(asked > 10, "only " + asked + " queries");
    }
}
