package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The page's own tests, those in {@code src/test/page}: its modules by node, then the page in Chromium against a made-up site.
 * Skipped by name where these cannot be installed.
 */
class PageTest {

    private static final int LACKING = 3;
    private static final Pattern PASSED = Pattern.compile("(?m)^. pass ([0-9]+)$");

    @Test
    void itsModulesDoWhatTheirTestsSay() throws Exception {
        run("unit");
    }

    @Test
    void inABrowserItDoesWhatItsTestsSay() throws Exception {
        run("browser");
    }

    private static void run(String what) throws Exception {
        Path said = Path.of("target", "page-" + what + ".txt");
        ProcessBuilder builder = new ProcessBuilder("bash", "src/test/page/run", what);
        // What is said is read by a pattern.
        builder.environment().remove("FORCE_COLOR");
        builder.environment().remove("NO_COLOR");
        Process process = builder.redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(said.toFile())
                .start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.MINUTES), "does not end; so far it says in " + said);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String all = Files.readString(said);
        assumeTrue(process.exitValue() != LACKING, () -> {
            System.out.println(all.strip());
            return all.strip();
        });
        assertEquals(0, process.exitValue(), all);
        Matcher passed = PASSED.matcher(all);
        assertTrue(passed.find() && Integer.parseInt(passed.group(1)) > 0, all);
        System.out.println("Tests of the page, " + what + ": " + passed.group(1) + " passed.");
    }
}
