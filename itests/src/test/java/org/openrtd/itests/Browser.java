package org.openrtd.itests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.Assume;

/** Supervisors' pages in a browser: {@code drive.js} among the page's own tests, which says what they show. */
final class Browser implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Something is missing and cannot be installed here. */
    private static final int LACKING = 3;

    private final Process process;
    private final BufferedReader answers;
    private final Writer orders;
    private final Path errors;

    /** Starts it, after it has been installed where it can be; the test is skipped by name where it cannot. */
    Browser(Path directory) {
        try {
            Path tests = Path.of("").toAbsolutePath();
            while (!Files.isDirectory(tests.resolve(".ci"))) {
                tests = tests.getParent();
            }
            Files.createDirectories(directory);
            errors = directory.resolve("browser.txt");
            process = new ProcessBuilder(
                            "bash",
                            tests.resolve("bundles/org.openrtd.web/src/test/page/run")
                                    .toString(),
                            "drive")
                    .redirectError(errors.toFile())
                    .start();
            answers = process.inputReader(StandardCharsets.UTF_8);
            orders = process.outputWriter(StandardCharsets.UTF_8);
            String said = "";
            for (String line = answers.readLine(); !"ready".equals(line); line = answers.readLine()) {
                if (line == null) {
                    int status = process.waitFor();
                    Assume.assumeTrue(said, status != LACKING);
                    throw new AssertionError("The browser ends with " + status + ": " + said + "\n" + errors());
                }
                said = line;
                System.out.println(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Signs in, and comes back when the page is there; numbers may not be there yet. */
    void open(String page, String url, String user, String password) {
        order(Map.of("do", "open", "page", page, "url", url, "user", user, "password", password));
    }

    /** What the page shows. */
    JsonNode read(String page) {
        return order(Map.of("do", "read", "page", page));
    }

    /** What it showed at each frame, since this was asked before. */
    JsonNode frames(String page) {
        return order(Map.of("do", "frames", "page", page));
    }

    void picture(String page, Path file) {
        order(Map.of("do", "shot", "page", page, "file", file.toString()));
    }

    private synchronized JsonNode order(Map<String, String> order) {
        try {
            orders.write(JSON.writeValueAsString(order) + "\n");
            orders.flush();
            String line = answers.readLine();
            if (line == null) {
                throw new AssertionError("The browser has gone:\n" + errors());
            }
            JsonNode answer = JSON.readTree(line);
            if (answer.has("error")) {
                Map<String, String> told = new HashMap<>(order);
                told.remove("password");
                throw new AssertionError(told + ": " + answer.get("error").asText());
            }
            return answer.get("answer");
        } catch (IOException e) {
            throw new AssertionError("The browser has gone:\n" + errors(), e);
        }
    }

    private String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
