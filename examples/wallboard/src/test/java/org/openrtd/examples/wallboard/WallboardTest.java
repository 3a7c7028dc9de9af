package org.openrtd.examples.wallboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.client.TestSite.row;

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openrtd.client.TestSite;
import org.openrtd.feed.jms.TestBroker;

/** The example as a process of its own, with the class path that its users have, at a site in this one. */
@Timeout(120)
class WallboardTest {

    private final List<String> printed = new ArrayList<>();
    private Process wallboard;
    private BufferedReader output;

    @AfterEach
    void close() throws Exception {
        if (wallboard != null) {
            wallboard.destroyForcibly().waitFor();
        }
    }

    private static String classPath() throws Exception {
        return Path.of("target/classes")
                + File.pathSeparator
                + Files.readString(Path.of("target/classpath.txt")).strip();
    }

    private void start(String urls, String password) throws Exception {
        wallboard = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath(),
                        Wallboard.class.getName(),
                        urls,
                        TestBroker.USER,
                        password)
                .redirectErrorStream(true)
                .start();
        output = new BufferedReader(new InputStreamReader(wallboard.getInputStream(), StandardCharsets.UTF_8));
    }

    private void awaitLine(String part) throws Exception {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            printed.add(line);
            if (line.contains(part)) {
                return;
            }
        }
        throw new AssertionError("It has ended, without a line with '" + part + "': " + printed);
    }

    @Test
    void hasNeitherOsgiNorABrokerOnItsClassPath() throws Exception {
        String classPath = classPath();
        for (String entry : classPath.split(File.pathSeparator)) {
            assertTrue(
                    !entry.matches(".*(felix|osgi|karaf|jgroups|org\\.openrtd\\.(artemis|broker)|artemis-server).*"),
                    classPath);
        }
        assertTrue(classPath.contains("artemis-core-client"), classPath);
        assertThrows(ClassNotFoundException.class, () -> Class.forName("org.osgi.framework.FrameworkUtil"));
    }

    @Test
    void printsWhoWaitsAndGoesOnWhenADistributorIsKilled() throws Exception {
        try (TestSite site = new TestSite()) {
            site.commit(
                    row("Call_Type", "CallTypeID", 5000, "EnterpriseName", "Sales"),
                    row("Call_Type_Real_Time", "CallTypeID", 5000, "RouterCallsQNow", 3),
                    row("Call_Type_Real_Time", "CallTypeID", 5001, "RouterCallsQNow", 0));
            TestSite.Distributor first = site.distributor("north-1");
            TestSite.Distributor second = site.distributor("north-2");
            start(first.url() + "," + second.url(), TestBroker.PASSWORD);
            awaitLine("Sales: 3 waiting");
            first.kill();
            site.commit(row("Call_Type_Real_Time", "CallTypeID", 5000, "RouterCallsQNow", 4));
            awaitLine("Sales: 4 waiting");
            assertTrue(printed.stream().noneMatch(line -> line.contains("5001")), printed::toString);
        }
    }

    @Test
    void endsWithAWordOnWhatIsWrong() throws Exception {
        start("http://nowhere", "right");
        assertNotEquals(0, wallboard.waitFor());
        awaitLine("'http://nowhere' is no broker's address: write tcp://host:port");
    }

    /** What docs/client-library.md shows is this example, line by line. */
    @Test
    void standsInTheDocumentation() throws Exception {
        String source = Files.readString(Path.of("src/main/java/org/openrtd/examples/wallboard/Wallboard.java"));
        String page = Files.readString(Path.of("../../docs/client-library.md"));
        int from = page.indexOf("```java\n") + "```java\n".length();
        List<String> shown =
                page.substring(from, page.indexOf("```", from)).lines().toList();
        List<String> lines = source.lines().map(String::strip).toList();
        int at = lines.indexOf(shown.get(0).strip());
        assertTrue(at >= 0, shown.get(0));
        assertEquals(
                lines.subList(at, at + shown.size()),
                shown.stream().map(String::strip).toList());
    }
}
