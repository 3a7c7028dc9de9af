package org.openrtd.statistics;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;

/**
 * The current half hour and day in one zone. Half hours begin at xx:00 and xx:30 local time, also where the offset to UTC
 * is no multiple of 30 minutes or changes; a day begins when the local date first moves on.
 */
final class Period {

    private static final long HALF_HOUR = 1800;

    final ZoneId zone;

    /** When the next half hour begins, in seconds since 1970. */
    private long nextHalf = Long.MAX_VALUE;

    private LocalDate day;

    Period(ZoneId zone) {
        this.zone = zone;
    }

    /** Begins to count at a second. */
    void begin(long second) {
        day = dateAt(second);
        nextHalf = halfAfter(second);
    }

    long nextHalf() {
        return nextHalf;
    }

    /** Enters the half hour that begins at {@link #nextHalf}; says whether a day begins with it. */
    boolean enterNext() {
        LocalDate date = dateAt(nextHalf);
        nextHalf = halfAfter(nextHalf);
        // Where clocks are put back over midnight, a date that was left comes again; the day does not.
        boolean newDay = date.isAfter(day);
        if (newDay) {
            day = date;
        }
        return newDay;
    }

    /**
     * Lets the next half hour be the first of the day that {@code second} is in, when there is a whole day between. All
     * that would be counted until then is counted in a day that is over.
     */
    void skipTo(long second) {
        if (second - nextHalf > 86_400) {
            nextHalf = Math.max(nextHalf, dateAt(second).atStartOfDay(zone).toEpochSecond());
        }
    }

    LocalDate day() {
        return day;
    }

    void restore(LocalDate savedDay, long savedNextHalf) {
        day = savedDay;
        nextHalf = savedNextHalf;
    }

    private LocalDate dateAt(long second) {
        return Instant.ofEpochSecond(second).atZone(zone).toLocalDate();
    }

    private long halfAfter(long second) {
        long from = second;
        while (true) {
            ZoneOffset offset = zone.getRules().getOffset(Instant.ofEpochSecond(from));
            long local = from + offset.getTotalSeconds();
            long candidate = from + HALF_HOUR - Math.floorMod(local, HALF_HOUR);
            ZoneOffsetTransition change = zone.getRules().nextTransition(Instant.ofEpochSecond(from));
            if (change == null || change.toEpochSecond() >= candidate) {
                return candidate;
            }
            from = change.toEpochSecond();
            if (Math.floorMod(from + change.getOffsetAfter().getTotalSeconds(), HALF_HOUR) == 0) {
                return from;
            }
        }
    }
}
