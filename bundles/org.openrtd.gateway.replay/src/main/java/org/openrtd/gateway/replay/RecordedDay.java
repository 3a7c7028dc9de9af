package org.openrtd.gateway.replay;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.openrtd.events.Event;
import org.openrtd.events.Mark;
import org.openrtd.events.NumberedEvent;
import org.openrtd.gateway.CannotGoOnException;
import org.openrtd.gateway.EventSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One day of recorded calls as numbered events. The same file and day always give the same events with the same
 * numbers, so a replay that was interrupted goes on anywhere.
 *
 * <p>The day begins a second before its first event with the configuration it needs and an empty present; each whole
 * second ends with {@link Event.ClockAdvanced}; after the last call has ended, past midnight if need be, the gateway is
 * lost because it is {@code finished}. {@code docs/replay.md} says how a line becomes events.
 */
public final class RecordedDay implements EventSource {

    /** The reason of the last {@link Event.GatewayLost}. */
    public static final String FINISHED = "finished";

    private static final Logger LOG = LoggerFactory.getLogger(RecordedDay.class);

    private static final int SERVICE_LEVEL_THRESHOLD = 20;
    private static final int SERVICE_LEVEL_TYPE = 1;
    private static final int ABANDON_WAIT_TIME = 0;
    private static final long SECOND = 1_000;
    /** No line of a recording is this long; what is has no line ends and is none. */
    private static final int MAX_LINE = 4_096;
    /** Malformed lines that are logged one by one; the rest is in the count. */
    private static final int MALFORMED_LOGGED = 20;

    private static final int READY = 3;

    private static final Pattern DATE = Pattern.compile("\\d{6}");

    private final String gateway;
    private final String name;
    private final long run;
    private final long begin;
    private final long end;
    private final List<Event> events;
    private final int calls;
    private final Untidy untidy;

    private RecordedDay(String gateway, String name, ZoneId zone, long run, List<RecordedCall> calls, Untidy untidy) {
        this.gateway = gateway;
        this.name = name;
        this.run = run;
        this.calls = calls.size();
        this.untidy = untidy;
        List<Event> ofCalls = events(calls, untidy);
        this.begin = ofCalls.get(0).time() - SECOND;
        this.end = ofCalls.get(ofCalls.size() - 1).time() + SECOND;
        this.events = new ArrayList<>(ofCalls.size() + 4);
        events.add(configuration(calls, zone));
        events.add(new Event.GatewayUp(begin, true));
        events.add(new Event.GatewayPresent(begin));
        events.addAll(ofCalls);
        events.add(new Event.GatewayLost(end, FINISHED));
    }

    /**
     * Reads the calls of one day from a file, tab-separated, plain or gzip. Lines that cannot be read are logged with their
     * number and counted; the rest goes on.
     *
     * @param gateway the name of the gateway that plays it
     * @param zone whose wall clock the recorded times are
     * @throws CannotGoOnException when there is nothing to play; the message names the remedy
     */
    public static RecordedDay read(String gateway, Path file, LocalDate day, ZoneId zone) throws CannotGoOnException {
        if (Files.isDirectory(file)) {
            throw new CannotGoOnException(file + " is a directory: name the file of recorded calls in it");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return read(gateway, file.toString(), in, day, zone);
        } catch (NoSuchFileException missing) {
            throw new CannotGoOnException(
                    "There is no file " + file.toAbsolutePath() + ": name an existing file of recorded calls", missing);
        } catch (IOException unreadable) {
            throw new CannotGoOnException(
                    "Cannot read " + file.toAbsolutePath() + " (" + unreadable
                            + "): check the file and who may read it",
                    unreadable);
        }
    }

    /** As {@link #read(String, Path, LocalDate, ZoneId)}, from a stream. */
    static RecordedDay read(String gateway, String name, InputStream in, LocalDate day, ZoneId zone)
            throws CannotGoOnException {
        Untidy untidy = new Untidy();
        List<RecordedCall> calls = new ArrayList<>();
        Set<String> numbers = new HashSet<>();
        TreeSet<String> days = new TreeSet<>();
        String wanted = yymmdd(day);
        int lines = 0;
        byte[] digest;
        try (Lines text = new Lines(in)) {
            String header = text.next();
            lines++;
            Columns columns = new Columns(name, header == null ? "" : header.replaceFirst("^\uFEFF", ""));
            for (String line = text.next(); line != null; line = text.next()) {
                lines++;
                if (line.isBlank()) {
                    continue;
                }
                try {
                    String[] fields = line.split("\t", -1);
                    if (fields.length != columns.count()) {
                        throw new RecordedCall.MalformedLineException(
                                fields.length + " fields where the header names " + columns.count());
                    }
                    String date = columns.get(fields, Columns.DATE);
                    if (!DATE.matcher(date).matches()) {
                        throw new RecordedCall.MalformedLineException(
                                "date '" + RecordedCall.shown(date) + "' is not a day like 990105");
                    }
                    if (days.size() < 10_000) {
                        days.add(date);
                    }
                    if (!date.equals(wanted)) {
                        continue;
                    }
                    RecordedCall call = RecordedCall.read(lines, fields, columns, day, zone, untidy);
                    if (call != null) {
                        calls.add(numbers.add(call.call()) ? call : again(call, untidy));
                    }
                } catch (RecordedCall.MalformedLineException malformed) {
                    untidy.count(Untidy.Kind.MALFORMED);
                    if (untidy.get(Untidy.Kind.MALFORMED) <= MALFORMED_LOGGED) {
                        LOG.warn("{} line {} is left out: {}", name, lines, malformed.getMessage());
                    }
                }
            }
            digest = text.digest();
        } catch (EOFException cut) {
            throw new CannotGoOnException(
                    name + " ends in the middle, after line " + lines + ": it was not copied whole; copy it again",
                    cut);
        } catch (IOException damaged) {
            throw new CannotGoOnException(
                    name + " cannot be read after line " + lines + " (" + damaged.getMessage() + "): restore the file",
                    damaged);
        }
        if (calls.isEmpty()) {
            throw new CannotGoOnException(
                    name + " has no calls to play on day " + yymmdd(day) + ": " + remedy(days, day));
        }
        // The day above, so that a later day is a later run; the content below, so that another file is another one.
        long run = day.toEpochDay() << 40 | (ByteBuffer.wrap(digest).getLong() >>> 24);
        return new RecordedDay(gateway, name + " " + yymmdd(day), zone, run, calls, untidy);
    }

    /**
     * Reads a day as {@code YYMMDD}; 70 to 99 are of the last century.
     *
     * @throws IllegalArgumentException when it is none; the message says what to write
     */
    public static LocalDate day(String yymmdd) {
        String text = yymmdd == null ? "" : yymmdd.trim();
        try {
            if (DATE.matcher(text).matches()) {
                int year = Integer.parseInt(text.substring(0, 2));
                return LocalDate.of(
                        year < 70 ? 2000 + year : 1900 + year,
                        Integer.parseInt(text.substring(2, 4)),
                        Integer.parseInt(text.substring(4)));
            }
        } catch (DateTimeException noSuchDay) {
            // Said below.
        }
        throw new IllegalArgumentException(
                "day '" + text + "' is not a day: write year, month and day as six digits, 990105 for 5 January 1999");
    }

    private static String yymmdd(LocalDate day) {
        return "%02d%02d%02d".formatted(day.getYear() % 100, day.getMonthValue(), day.getDayOfMonth());
    }

    private static String remedy(TreeSet<String> days, LocalDate day) {
        days.remove(yymmdd(day));
        if (days.isEmpty()) {
            return "name a file of recorded calls";
        }
        String before = days.floor(yymmdd(day));
        String after = days.ceiling(yymmdd(day));
        return "the nearest days it has are "
                + (before == null ? after : after == null ? before : before + " and " + after);
    }

    private static RecordedCall again(RecordedCall call, Untidy untidy) {
        untidy.count(Untidy.Kind.REPEATED_CALL);
        return new RecordedCall(
                call.line(),
                call.call() + "-" + call.line(),
                call.callType(),
                call.offered(),
                call.queued(),
                call.answered(),
                call.ended(),
                call.agent());
    }

    /** An event's place within its second: a call goes through all of its own, and agents stay busy from call to call. */
    private record Placed(Event event, int step, int line) {
        static final Comparator<Placed> ORDER = Comparator.comparingLong((Placed placed) -> placed.event.time())
                .thenComparingInt(Placed::step)
                .thenComparingInt(Placed::line);
    }

    private static final class Shift {
        private long first = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;
        private final Set<String> skillGroups = new TreeSet<>();
        private final List<RecordedCall> calls = new ArrayList<>();
    }

    private static Map<String, Shift> shifts(List<RecordedCall> calls) {
        Map<String, Shift> shifts = new TreeMap<>();
        for (RecordedCall call : calls) {
            if (call.agent() != null) {
                Shift shift = shifts.computeIfAbsent(call.agent(), agent -> new Shift());
                shift.first = Math.min(shift.first, call.answered());
                shift.last = Math.max(shift.last, call.ended());
                shift.skillGroups.add(call.callType());
                shift.calls.add(call);
            }
        }
        return shifts;
    }

    private static List<Event> events(List<RecordedCall> calls, Untidy untidy) {
        List<Placed> placed = new ArrayList<>(calls.size() * 4);
        shifts(calls).forEach((agent, shift) -> {
            List<String> groups = List.copyOf(shift.skillGroups);
            long login = shift.first - SECOND;
            placed.add(new Placed(new Event.AgentLoggedIn(login, agent, groups, null), 0, 0));
            placed.add(new Placed(new Event.AgentStateChanged(login, agent, READY, 0), 1, 0));
            placed.add(new Placed(new Event.AgentLoggedOut(shift.last + SECOND, agent, 0), 6, 0));
            countOverlaps(shift, untidy);
        });
        for (RecordedCall call : calls) {
            String id = call.call();
            int line = call.line();
            placed.add(new Placed(new Event.CallOffered(call.offered(), id, call.callType()), 2, line));
            if (call.wasQueued()) {
                placed.add(new Placed(new Event.CallQueued(call.queued(), id, List.of(call.callType())), 3, line));
            }
            if (call.wasAnswered()) {
                placed.add(new Placed(
                        new Event.CallAnswered(call.answered(), id, call.agent(), call.callType()), 4, line));
                placed.add(new Placed(new Event.CallEnded(call.ended(), id), 5, line));
            } else {
                placed.add(new Placed(new Event.CallAbandoned(call.ended(), id), 5, line));
            }
        }
        placed.sort(Placed.ORDER);
        return placed.stream().map(Placed::event).collect(Collectors.toCollection(ArrayList::new));
    }

    private static void countOverlaps(Shift shift, Untidy untidy) {
        shift.calls.sort(Comparator.comparingLong(RecordedCall::answered).thenComparingInt(RecordedCall::line));
        long busyUntil = Long.MIN_VALUE;
        for (RecordedCall call : shift.calls) {
            if (call.answered() < busyUntil) {
                untidy.count(Untidy.Kind.OVERLAPPING);
            }
            busyUntil = Math.max(busyUntil, call.ended());
        }
    }

    private Event configuration(List<RecordedCall> calls, ZoneId zone) {
        Set<String> types = new TreeSet<>();
        calls.forEach(call -> types.add(call.callType()));
        return new Event.ConfigurationWanted(
                begin,
                zone.getId(),
                types.stream()
                        .map(type -> new Event.CallTypeWanted(
                                type, SERVICE_LEVEL_THRESHOLD, SERVICE_LEVEL_TYPE, ABANDON_WAIT_TIME))
                        .toList(),
                types.stream()
                        .map(type -> new Event.SkillGroupWanted(type, SERVICE_LEVEL_THRESHOLD, SERVICE_LEVEL_TYPE))
                        .toList(),
                shifts(calls).entrySet().stream()
                        .map(entry -> new Event.AgentWanted(
                                entry.getKey(), "", entry.getKey(), List.copyOf(entry.getValue().skillGroups)))
                        .toList(),
                List.of());
    }

    /** The one run of this recording: the day in its upper bits, the content's hash in its lower ones. */
    public long run() {
        return run;
    }

    /** How many events the day has, clock marks included. */
    public long size() {
        return events.size() + (end - begin) / SECOND + 1;
    }

    /** The first and the last moment of the day's events, UTC ms. */
    public long begin() {
        return begin;
    }

    public long end() {
        return end;
    }

    /** Calls that are played. */
    public int calls() {
        return calls;
    }

    /** What was untidy, by kind, in words. */
    public Map<String, Integer> untidy() {
        return untidy.byKind();
    }

    /** All of it in one line for the log. */
    public String summary() {
        return name + ": " + calls + " calls, " + size() + " events from " + Instant.ofEpochMilli(begin) + " to "
                + Instant.ofEpochMilli(end)
                + (untidy().isEmpty()
                        ? ""
                        : "; untidy: "
                                + untidy().entrySet().stream()
                                        .map(kind -> kind.getValue() + " " + kind.getKey())
                                        .collect(Collectors.joining(", ")));
    }

    @Override
    public Iterator<NumberedEvent> after(Mark held, long controllerTime) throws CannotGoOnException {
        if (held.run() == run) {
            return from(held.number() + 1);
        }
        if (held.run() > run || controllerTime > begin) {
            throw new CannotGoOnException("The centre is already at " + Instant.ofEpochMilli(controllerTime)
                    + (held.run() > run ? " and holds a later replay" : "") + ", but " + name + " begins at "
                    + Instant.ofEpochMilli(begin)
                    + ", and the controller's clock never goes back: play a later day, or begin with a centre that has"
                    + " no data and clock = gateway in etc/org.openrtd.realtimeserver.cfg");
        }
        return from(1);
    }

    /** The events from this number on. */
    public Iterator<NumberedEvent> from(long number) {
        // Numbers rise along the list, so the first event at or after this number is found by halving.
        int low = 0;
        int high = events.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (number(middle) < number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return new From(low, begin + (number - 1 - low) * SECOND);
    }

    /** Before it are the events before it in the list, and a clock mark for each second that is over. */
    private long number(int index) {
        return index + 1 + (events.get(index).time() - begin) / SECOND;
    }

    private final class From implements Iterator<NumberedEvent> {

        private int index;
        private long second;

        From(int index, long second) {
            this.index = index;
            this.second = second;
        }

        @Override
        public boolean hasNext() {
            return second <= end;
        }

        @Override
        public NumberedEvent next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            long number = index + (second - begin) / SECOND + 1;
            if (index < events.size() && events.get(index).time() <= second) {
                return new NumberedEvent(gateway, run, number, events.get(index++));
            }
            Event mark = new Event.ClockAdvanced(second);
            second += SECOND;
            return new NumberedEvent(gateway, run, number, mark);
        }
    }

    /** The lines of a text, plain or gzip, no longer than they can be, and the hash of all of it. */
    private static final class Lines implements AutoCloseable {

        private final MessageDigest sha256;
        private final InputStream in;
        private final byte[] line = new byte[MAX_LINE];

        Lines(InputStream raw) throws IOException {
            BufferedInputStream sniffed = new BufferedInputStream(raw, 65_536);
            sniffed.mark(2);
            boolean gzip = sniffed.read() == 0x1F && sniffed.read() == 0x8B;
            sniffed.reset();
            try {
                sha256 = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException impossible) {
                throw new AssertionError(impossible);
            }
            InputStream text = gzip ? new GZIPInputStream(sniffed, 65_536) : sniffed;
            in = new BufferedInputStream(new DigestInputStream(text, sha256), 65_536);
        }

        /** The next line without its end, or {@code null}; of a line that is too long, the beginning. */
        String next() throws IOException {
            int length = 0;
            int octet = in.read();
            if (octet < 0) {
                return null;
            }
            while (octet >= 0 && octet != '\n') {
                if (length < MAX_LINE) {
                    line[length++] = (byte) octet;
                }
                octet = in.read();
            }
            if (length > 0 && line[length - 1] == '\r') {
                length--;
            }
            return new String(line, 0, length, StandardCharsets.UTF_8);
        }

        byte[] digest() {
            return sha256.digest();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
