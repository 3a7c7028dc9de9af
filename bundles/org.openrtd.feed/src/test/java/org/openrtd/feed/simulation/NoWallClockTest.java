package org.openrtd.feed.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The engine waits by the monotonic clock that it is given: nothing in it can ask what time it is, or sleep. */
class NoWallClockTest {

    private static final Pattern CLOCKS = Pattern.compile(
            "currentTimeMillis|\\.now\\(\\)|Clock\\.system|new Date\\(|Thread\\.sleep|java\\.util\\.Timer");

    @Test
    void asksNoOtherClock() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<Path> sources =
                    files.filter(file -> file.toString().endsWith(".java")).toList();
            assertTrue(sources.size() > 20, () -> "Too few sources: " + sources);
            List<Path> asking = sources.stream()
                    .filter(file -> CLOCKS.matcher(read(file)).find())
                    .toList();
            assertEquals(List.of(), asking);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
