package org.openrtd.sql;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;

/**
 * What a column that holds an instant becomes in a database.
 *
 * <p>Immutable; usable from any thread.
 *
 * @param zone whose local time an SQL TIMESTAMP shows; {@code null} when the column is a BIGINT of UTC ms itself
 * @param exact whether a BIGINT of UTC ms stands beside the TIMESTAMP, named as it with {@code UTC} after it, and is what
 *     is read back. Without it the hour that is there twice when summer time ends is read as the first of the two, and an
 *     instant cannot be part of a key
 */
public record Instants(ZoneId zone, boolean exact) {

    /** UTC ms, exact whatever the zone and its summer time. */
    public static final Instants UTC_MILLIS = new Instants(null, true);

    /** As people and reports read them: local time of a zone. */
    public static Instants localTime(ZoneId zone) {
        return new Instants(Objects.requireNonNull(zone), false);
    }

    /** As {@link #localTime}, and beside it the UTC ms. */
    public static Instants localTimeAndUtc(ZoneId zone) {
        return new Instants(Objects.requireNonNull(zone), true);
    }

    boolean isLocal() {
        return zone != null;
    }

    /** Whether a column of UTC ms stands beside the one of local time. */
    boolean hasCompanion() {
        return zone != null && exact;
    }

    /** The local time as if it were UTC, which is how it passes through JDBC without the JVM's own zone touching it. */
    long toLocal(long utcMillis) {
        Instant instant = Instant.ofEpochMilli(utcMillis);
        return LocalDateTime.ofInstant(instant, zone).toInstant(ZoneOffset.UTC).toEpochMilli();
    }

    long fromLocal(long localMillis) {
        return LocalDateTime.ofInstant(Instant.ofEpochMilli(localMillis), ZoneOffset.UTC)
                .atZone(zone)
                .toInstant()
                .toEpochMilli();
    }
}
