package org.openrtd.gateway.replay;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.regex.Pattern;

/**
 * One line of a recording, made tidy. Times are UTC ms of whole seconds.
 *
 * @param line the line's number in the file, from 1
 * @param call unique among the day's calls
 * @param callType also the name of the skill group
 * @param offered when the call came in
 * @param queued when it entered the queue, or {@link #NEVER}
 * @param answered when it was answered, or {@link #NEVER}
 * @param ended when it was over: the conversation's end, or when the caller gave up
 * @param agent who answered, or {@code null}
 */
record RecordedCall(
        int line, String call, String callType, long offered, long queued, long answered, long ended, String agent) {

    static final long NEVER = -1;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,5}");
    private static final Pattern TIME = Pattern.compile("([01]?\\d|2[0-3]):[0-5]\\d:[0-5]\\d");

    private static final int HALF_A_DAY = 12 * 3600;
    private static final int DAY = 24 * 3600;

    /** Why a line cannot be played; for people. */
    static final class MalformedLineException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedLineException(String message) {
            super(message);
        }
    }

    /** The recorded wall clock of one call: its times come in order, and none is before the first. */
    private static final class WallClock {

        private final LocalDate day;
        private final ZoneId zone;
        private final Untidy untidy;
        private final int entry;
        private int last;

        WallClock(LocalDate day, ZoneId zone, Untidy untidy, int entry) {
            this.day = day;
            this.zone = zone;
            this.untidy = untidy;
            this.entry = entry;
            this.last = entry;
        }

        /** Seconds since the day's midnight, on the next day where the clock went back by more than half a day. */
        int next(int second) {
            int next = second;
            while (last - next > HALF_A_DAY) {
                next += DAY;
            }
            if (next < entry) {
                untidy.count(Untidy.Kind.BEFORE_ENTRY);
                next = entry;
            }
            last = next;
            return next;
        }

        /** The instant at which the wall clock showed this. */
        long instant(int second) {
            LocalDateTime shown = day.plusDays(second / DAY).atStartOfDay().plusSeconds(second % DAY);
            return shown.atZone(zone).toInstant().toEpochMilli();
        }
    }

    /**
     * Reads a line that is to be played.
     *
     * @return the call, or {@code null} when it is to be left out
     */
    static RecordedCall read(int number, String[] fields, Columns columns, LocalDate day, ZoneId zone, Untidy untidy)
            throws MalformedLineException {
        String outcome = columns.get(fields, Columns.OUTCOME);
        if (outcome.equals("PHANTOM")) {
            untidy.count(Untidy.Kind.PHANTOM);
            return null;
        }
        if (!outcome.equals("AGENT") && !outcome.equals("HANG")) {
            throw new MalformedLineException("outcome '" + shown(outcome) + "' is not AGENT, HANG or PHANTOM");
        }
        String call = word(columns, fields, Columns.LINE) + "-" + word(columns, fields, Columns.CALL_ID);
        String callType = word(columns, fields, Columns.TYPE);
        String server = word(columns, fields, Columns.SERVER);

        int entry = seconds(columns, fields, Columns.VRU_ENTRY);
        int exit = seconds(columns, fields, Columns.VRU_EXIT);
        int queueStart = seconds(columns, fields, Columns.Q_START);
        int queueExit = seconds(columns, fields, Columns.Q_EXIT);
        int serviceStart = seconds(columns, fields, Columns.SER_START);
        int serviceTime = number(columns, fields, Columns.SER_TIME);

        WallClock clock = new WallClock(day, zone, untidy, entry);
        exit = clock.next(exit);
        boolean queued = queueStart != 0;
        if (queued) {
            queueStart = clock.next(queueStart);
            queueExit = clock.next(queueExit);
        }
        long offeredAt = clock.instant(entry);

        if (outcome.equals("HANG")) {
            if (serviceStart != 0 || isAgent(server)) {
                untidy.count(Untidy.Kind.ABANDONED_AND_SERVED);
            }
            int gone = queued ? Math.max(queueStart, queueExit) : exit;
            untidy.pastMidnight(gone >= DAY);
            long queuedAt = queued ? clock.instant(queueStart) : NEVER;
            return new RecordedCall(number, call, callType, offeredAt, queuedAt, NEVER, clock.instant(gone), null);
        }

        int answered;
        if (serviceStart != 0) {
            answered = clock.next(serviceStart);
        } else {
            untidy.count(Untidy.Kind.NO_SERVICE_START);
            answered = queued ? queueExit : exit;
        }
        if (queued && answered <= queueStart) {
            untidy.count(Untidy.Kind.ANSWERED_BEFORE_QUEUED);
            queued = false;
        }
        if (!isAgent(server)) {
            untidy.count(Untidy.Kind.NO_AGENT);
        }
        untidy.pastMidnight(answered + serviceTime >= DAY);
        long answeredAt = clock.instant(answered);
        return new RecordedCall(
                number,
                call,
                callType,
                offeredAt,
                queued ? clock.instant(queueStart) : NEVER,
                answeredAt,
                answeredAt + serviceTime * 1_000L,
                isAgent(server) ? server : null);
    }

    boolean wasAnswered() {
        return answered != NEVER;
    }

    boolean wasQueued() {
        return queued != NEVER;
    }

    private static boolean isAgent(String server) {
        return !server.equals("NO_SERVER") && !server.equals("EXPRESS");
    }

    private static String word(Columns columns, String[] fields, int column) throws MalformedLineException {
        String word = columns.get(fields, column);
        if (word.isEmpty() || word.length() > 30) {
            throw new MalformedLineException(
                    Columns.name(column) + " '" + shown(word) + "' does not have 1 to 30 characters");
        }
        if (word.chars()
                .anyMatch(c ->
                        c <= ' ' || Character.isISOControl(c) || c == '\uFFFD' || Character.isSurrogate((char) c))) {
            throw new MalformedLineException(Columns.name(column) + " '" + shown(word) + "' is not a word");
        }
        return word;
    }

    private static int number(Columns columns, String[] fields, int column) throws MalformedLineException {
        String text = columns.get(fields, column);
        if (!NUMBER.matcher(text).matches()) {
            throw new MalformedLineException(
                    Columns.name(column) + " '" + shown(text) + "' is not a number of seconds");
        }
        return Integer.parseInt(text);
    }

    private static int seconds(Columns columns, String[] fields, int column) throws MalformedLineException {
        String text = columns.get(fields, column);
        if (!TIME.matcher(text).matches()) {
            throw new MalformedLineException(
                    Columns.name(column) + " '" + shown(text) + "' is not a time like 9:05:00");
        }
        String[] parts = text.split(":");
        return Integer.parseInt(parts[0]) * 3600 + Integer.parseInt(parts[1]) * 60 + Integer.parseInt(parts[2]);
    }

    /** Fit for a log line. */
    static String shown(String text) {
        String cut = text.length() > 20 ? text.substring(0, 20) + "…" : text;
        return cut.replaceAll("[^\\p{Print}…]", "?");
    }
}
