package org.openrtd.itests;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** The first command of the README, as a newcomer runs it. */
public class DemoIT {

    private static final String RECORDING =
            """
            vru+line\tcall_id\ttype\tdate\tvru_entry\tvru_exit\tq_start\tq_exit\toutcome\tser_start\tser_time\tserver
            AA0101\t1\tPS\t990105\t10:00:00\t10:00:05\t10:00:05\t10:00:25\tAGENT\t10:00:25\t60\tANNA
            AA0101\t2\tPS\t990105\t10:00:10\t10:00:15\t10:00:15\t10:01:30\tAGENT\t10:01:30\t30\tANNA
            AA0101\t3\tNW\t990105\t10:00:20\t10:00:25\t10:00:25\t10:00:55\tHANG\t0:00:00\t0\tNO_SERVER
            """;

    private final Path repository = repository();
    private final Path files =
            Path.of(System.getProperty("openrtd.target"), "demo").toAbsolutePath();
    private final Path temporary = files.resolve("tmp");
    private final Path recording = files.resolve("calls.tsv");
    private final List<ProcessHandle> started = new ArrayList<>();

    @Before
    public void prepare() throws IOException {
        Files.createDirectories(temporary);
        Files.writeString(recording, RECORDING);
    }

    @After
    public void end() {
        started.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    public void playsARecordedDayToItsEndAndKeepsWhatTheClientReceived() throws Exception {
        Path kept = Files.createTempDirectory(files, "kept");
        Process demo = demo(
                "--replay",
                recording.toString(),
                "--day",
                "990105",
                "--speed",
                "max",
                "--headless",
                "--record",
                kept.toString());

        String out = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(demo.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(out + err, 0, demo.waitFor());
        String[] lines = out.strip().split("\n");
        assertTrue(out, lines[lines.length - 1].startsWith("The day is over and all of it is here: calls "));
        String calls = Files.readString(kept.resolve("calls.jsonl"));
        assertTrue(calls, calls.contains("\"CallsAnsweredToday\":2"));
        assertTrue(calls, calls.contains("\"TotalCallsAbandToday\":1"));
        assertTrue(Files.readString(kept.resolve("config.jsonl")).contains("ANNA"));
        assertTrue(Files.size(kept.resolve("agents.jsonl")) > 0);
        assertLeavesNothing();
    }

    @Test
    public void leavesNothingBehindWhenInterrupted() throws Exception {
        Process demo = demo("--record", files.resolve("interrupted").toString());
        List<ProcessHandle> nodes = awaitNodes(demo);
        new ProcessBuilder("kill", "-INT", Long.toString(demo.pid())).start().waitFor();

        assertTrue("the launcher ends", demo.waitFor(60, TimeUnit.SECONDS));
        assertEquals(130, demo.exitValue());
        awaitEnd(nodes);
        assertLeavesNothing();
    }

    @Test
    public void leavesNothingBehindWhenKilled() throws Exception {
        Process demo = demo("--record", files.resolve("killed").toString());
        List<ProcessHandle> nodes = awaitNodes(demo);
        demo.destroyForcibly();

        awaitEnd(nodes);
        assertLeavesNothing();
    }

    @Test
    public void refusesWhatCannotWorkBeforeItDoesAnything() throws Exception {
        assertRefused("there is no option '--sped'", "--sped", "3");
        assertRefused("--day needs a value", "--day");
        assertRefused("there is no file '/nowhere'", "--replay", "/nowhere", "--day", "990105");
        assertRefused("it has 990105 to 990105", "--replay", recording.toString());
        assertRefused("no calls on 990106", "--replay", recording.toString(), "--day", "990106");
        assertRefused(
                "does not name the column(s) vru+line,",
                "--replay",
                repository.resolve("LICENSE").toString(),
                "--day",
                "990105");
        assertRefused("--speed takes a whole number", "--speed", "fast");
        assertRefused("is not a directory", "--record", recording.toString());
        assertLeavesNothing();
    }

    private void assertRefused(String why, String... options) throws Exception {
        Process demo = demo(options);
        String err = new String(demo.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(err, 2, demo.waitFor());
        assertTrue(err, err.contains(why));
    }

    private Process demo(String... options) throws IOException {
        // A build that runs in the background ignores SIGINT, and so would the launcher.
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                "bash",
                repository.resolve("openrtd").toString(),
                "demo"));
        command.addAll(Arrays.asList(options));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("OPENRTD_ASSEMBLY", System.getProperty("openrtd.assembly"));
        builder.environment().put("TMPDIR", temporary.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process demo = builder.start();
        started.add(demo.toHandle());
        return demo;
    }

    /** All processes below the launcher, once the first node is up. */
    private List<ProcessHandle> awaitNodes(Process demo) throws IOException {
        StringBuilder said = new StringBuilder();
        BufferedReader err = demo.errorReader(StandardCharsets.UTF_8);
        for (String line = err.readLine(); line != null; line = err.readLine()) {
            said.append(line).append('\n');
            if (line.contains(" is up after ")) {
                List<ProcessHandle> below = demo.descendants().toList();
                started.addAll(below);
                assertTrue(said.toString(), below.size() >= 3);
                return below;
            }
        }
        throw new AssertionError("No node came up: " + said);
    }

    private static void awaitEnd(List<ProcessHandle> processes) throws Exception {
        for (ProcessHandle process : processes) {
            process.onExit().get(60, TimeUnit.SECONDS);
        }
    }

    private void assertLeavesNothing() throws IOException {
        try (Stream<Path> left = Files.list(temporary)) {
            assertArrayEquals(new Object[0], left.toArray());
        }
        assertFalse(ProcessHandle.allProcesses()
                .anyMatch(process -> process.info().commandLine().orElse("").contains("karaf.base=" + temporary)));
    }

    private static Path repository() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("openrtd"))) {
            directory = directory.getParent();
        }
        return directory;
    }
}
