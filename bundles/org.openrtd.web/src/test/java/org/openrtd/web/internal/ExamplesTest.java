package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.openrtd.web.internal.FakeReplica.row;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
        // A proxy of this machine's does not lead to the node.
        builder.environment().put("no_proxy", "127.0.0.1");
        builder.environment().put("NO_PROXY", "127.0.0.1");
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /** A program that is not here is no fault of the examples; what else would fail still does. */
    private static void assumeThereIs(String program) throws Exception {
        // Node is installed where it can be, as for the page's tests, whichever come first.
        Process process = (program.equals("node")
                        ? new ProcessBuilder("bash", "src/test/page/run", "node")
                        : new ProcessBuilder("sh", "-c", "command -v " + program + " || echo There is no " + program))
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assumeTrue(process.waitFor() == 0 && !said.startsWith("There is no"), said);
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

    /** Lines before it may say that nothing was heard for a while, on a machine that is slow. */
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
        lineWith(follower, "7 calls waiting");
        waiting(5003, 5);
        calls.cut();
        lineWith(follower, "12 calls waiting");
        calls.delete("Call_Type_Real_Time", 5002).cut();
        lineWith(follower, "8 calls waiting");
        calls.state(FeedState.CONNECTING, true, "cannot reach tcp://centre:61616");
        lineWith(follower, "NOT CURRENT: cannot reach tcp://centre:61616");
        calls.state(FeedState.LIVE, false, "follows central");

        node.close();
        lineWith(follower, "NOT CURRENT");
        waiting(5003, 6);
        calls.cut();
        serve();
        lineWith(follower, "9 calls waiting");
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
}
