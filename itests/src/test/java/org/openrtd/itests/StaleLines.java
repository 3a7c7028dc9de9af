package org.openrtd.itests;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a client has recorded since a moment of its real-time feeds being no longer current. */
final class StaleLines {

    private static final Pattern STALE =
            Pattern.compile("\"to\":\"(?!LIVE)(\\w+)\",\"reason\":\"([^\"]*)\"|\"GatewayState\":\"(silent|lost)\"");

    private final Map<Path, Long> from = new TreeMap<>();
    private long seenAt;
    private String line;

    /** From now on. */
    StaleLines(Path record) throws IOException {
        for (String feed : new String[] {"calls", "agents"}) {
            Path file = record.resolve(feed + ".jsonl");
            from.put(file, Files.size(file));
        }
    }

    /** Whether there is one now. */
    boolean seen() throws IOException {
        for (Map.Entry<Path, Long> file : from.entrySet()) {
            try (RandomAccessFile access = new RandomAccessFile(file.getKey().toFile(), "r")) {
                access.seek(file.getValue());
                byte[] added = new byte[(int) Math.max(0, access.length() - file.getValue())];
                access.readFully(added);
                Matcher stale = STALE.matcher(new String(added, StandardCharsets.UTF_8));
                if (stale.find()) {
                    seenAt = System.nanoTime();
                    line = file.getKey().getFileName() + ": "
                            + (stale.group(3) != null
                                    ? "gateway " + stale.group(3)
                                    : stale.group(1) + ", " + stale.group(2));
                    return true;
                }
            }
        }
        return false;
    }

    /** In words; to a tenth of a second, as often as a condition is looked at. */
    String since(long nanoTime) {
        return "%.1f s later (%s)".formatted((seenAt - nanoTime) / 1e9, line);
    }
}
