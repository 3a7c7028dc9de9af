package org.openrtd.statistics;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * The recorded calls as a person would read them from the file, by the rules that come with it. This is the independent
 * side of the truth test: it shares no code with the product.
 */
final class RecordedCalls {

    static final int NEVER = Integer.MAX_VALUE;

    /**
     * One call, in seconds since the midnight at which its day began.
     *
     * @param queued when it entered the queue, {@link #NEVER} when it did not
     * @param answered {@link #NEVER} when it was not
     * @param abandoned {@link #NEVER} when it was not
     * @param ended of the conversation; {@link #NEVER} when there was none
     * @param agent {@code null} when none is named
     */
    record Recorded(String type, int offered, int queued, int answered, int abandoned, int ended, String agent) {
        boolean wasQueued() {
            return queued != NEVER;
        }

        boolean wasAnswered() {
            return answered != NEVER;
        }

        /** When it left the voice response unit, and the queue if it was in it. */
        int left() {
            return Math.min(answered, abandoned);
        }
    }

    /** Whose wall clock the recorded times are. */
    static final ZoneId ZONE = ZoneId.of("Asia/Jerusalem");

    private RecordedCalls() {}

    /** The recording, where it is; otherwise the test that asks is skipped. */
    static Path file() {
        List<Path> places = new ArrayList<>();
        String given = System.getProperty("anonymous.bank");
        if (given != null) {
            places.add(Path.of(given));
        } else {
            Path root = Path.of("").toAbsolutePath();
            while (root != null && !Files.isDirectory(root.resolve(".ci"))) {
                root = root.getParent();
            }
            if (root != null) {
                places.add(root.resolve("../shared/data/anonymous-bank"));
                places.add(root.resolve("../../shared/data/anonymous-bank"));
            }
        }
        for (Path place : places) {
            Path file = place.resolve("january-1999.tsv.gz");
            if (Files.isReadable(file)) {
                return file;
            }
        }
        assumeTrue(false, "the recorded calls are not here; name their directory with -Danonymous.bank=");
        throw new AssertionError();
    }

    static List<Recorded> of(LocalDate day) {
        try (InputStream file = new GZIPInputStream(Files.newInputStream(file()))) {
            return of(file, day);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Recorded> of(InputStream file, LocalDate day) throws IOException {
        String date = day.format(DateTimeFormatter.ofPattern("yyMMdd"));
        List<Recorded> calls = new ArrayList<>();
        BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8));
        List<String> header = List.of(lines.readLine().split("\t"));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] fields = line.split("\t", -1);
            if (fields[header.indexOf("date")].equals(date) && !fields[header.indexOf("outcome")].equals("PHANTOM")) {
                calls.add(call(header, fields));
            }
        }
        return calls;
    }

    private static Recorded call(List<String> header, String[] fields) {
        int entry = time(fields[header.indexOf("vru_entry")]);
        int exit = after(entry, entry, time(fields[header.indexOf("vru_exit")]));
        boolean queues = !fields[header.indexOf("q_start")].equals("0:00:00");
        int queueStart = queues ? after(entry, exit, time(fields[header.indexOf("q_start")])) : NEVER;
        int queueExit = queues ? after(entry, queueStart, time(fields[header.indexOf("q_exit")])) : exit;
        String type = fields[header.indexOf("type")];
        if (fields[header.indexOf("outcome")].equals("HANG")) {
            int gone = queues ? Math.max(queueStart, queueExit) : exit;
            return new Recorded(type, entry, queueStart, NEVER, gone, NEVER, null);
        }
        String start = fields[header.indexOf("ser_start")];
        int answered = start.equals("0:00:00") ? queueExit : after(entry, queueExit, time(start));
        int talked = Integer.parseInt(fields[header.indexOf("ser_time")]);
        String server = fields[header.indexOf("server")];
        boolean named = !server.equals("NO_SERVER") && !server.equals("EXPRESS");
        return new Recorded(
                type,
                entry,
                queues && answered > queueStart ? queueStart : NEVER,
                answered,
                NEVER,
                answered + talked,
                named ? server : null);
    }

    /** More than twelve hours earlier than the time before is the next day; before the call came in is when it came in. */
    private static int after(int entry, int before, int time) {
        return Math.max(entry, before - time > 12 * 3600 ? time + 86_400 : time);
    }

    private static int time(String text) {
        String[] parts = text.split(":");
        return Integer.parseInt(parts[0]) * 3600 + Integer.parseInt(parts[1]) * 60 + Integer.parseInt(parts[2]);
    }
}
