package org.openrtd.events;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;

/** What an event may hold. Every check throws {@link IllegalArgumentException} and names the field. */
final class Names {

    /** Characters in a name; the configuration's own limits are narrower. */
    static final int MAX_NAME = 64;

    /** Characters in a text for people. */
    static final int MAX_TEXT = 128;

    /** Skill groups of one call or one agent. */
    static final int MAX_GROUPS = 100;

    private static final long YEAR_10000 = 253_402_300_800_000L;

    private Names() {}

    static void time(long time) {
        // Bounded so that nobody who subtracts two times has to think of overflow.
        if (time < 0 || time >= YEAR_10000) {
            throw new IllegalArgumentException("Not a time between 1970 and 9999: " + time);
        }
    }

    static void name(String field, String name) {
        if (name == null || name.isBlank() || name.length() > MAX_NAME) {
            throw new IllegalArgumentException(field + " must have 1 to " + MAX_NAME + " characters");
        }
        characters(field, name);
    }

    static void nameOrNull(String field, String name) {
        if (name != null) {
            name(field, name);
        }
    }

    static List<String> names(String field, List<String> names) {
        if (names.size() > MAX_GROUPS) {
            throw new IllegalArgumentException(field + " are at most " + MAX_GROUPS + ", not " + names.size());
        }
        List<String> copy = List.copyOf(names);
        copy.forEach(name -> name(field, name));
        return copy;
    }

    static void text(String field, String text) {
        if (text == null || text.length() > MAX_TEXT) {
            throw new IllegalArgumentException(field + " must have at most " + MAX_TEXT + " characters");
        }
        characters(field, text);
    }

    static void reason(int reason) {
        if (reason < 0 || reason > 65_535) {
            throw new IllegalArgumentException("A reason code is between 0 and 65535, not " + reason);
        }
    }

    static void seconds(String field, int seconds) {
        if (seconds < 0 || seconds > 86_400) {
            throw new IllegalArgumentException(field + " is between 0 and 86400 s, not " + seconds);
        }
    }

    static void serviceLevel(int threshold, int type) {
        seconds("serviceLevelThreshold", threshold);
        if (type < 1 || type > 3) {
            throw new IllegalArgumentException("A service level type is 1, 2 or 3, not " + type);
        }
    }

    static void zone(String zone) {
        name("timeZone", zone);
        try {
            ZoneId.of(zone);
        } catch (DateTimeException unknown) {
            throw new IllegalArgumentException("Not a time zone: " + zone, unknown);
        }
    }

    static void numbers(long run, long number) {
        if (run < 0 || number < 0) {
            throw new IllegalArgumentException("Runs and numbers are not negative: " + run + ", " + number);
        }
    }

    /** No control characters, which would break a log line, and no half of a surrogate pair, which UTF-8 cannot carry. */
    private static void characters(String field, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (Character.isISOControl(c) || (Character.isSurrogate(c) && !pair)) {
                throw new IllegalArgumentException(field + " has a character that is not text, at " + i);
            }
            if (pair) {
                i++;
            }
        }
    }
}
