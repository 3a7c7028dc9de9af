package org.openrtd.console.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jline.utils.WCWidth;

/** Text as it goes to a terminal or a script. */
final class Text {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final DateTimeFormatter DAY_AND_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private Text() {}

    /**
     * Makes a text harmless: no character of the result moves a cursor, colours, rings, ends a line or turns the writing
     * direction. Names come from other systems; each such character is shown as {@code ?}.
     */
    static String harmless(String text) {
        int clean = 0;
        while (clean < text.length() && !dangerous(text.charAt(clean))) {
            clean++;
        }
        if (clean == text.length()) {
            return text;
        }
        StringBuilder result = new StringBuilder(text.length()).append(text, 0, clean);
        for (int i = clean; i < text.length(); i++) {
            char c = text.charAt(i);
            result.append(dangerous(c) ? '?' : c);
        }
        return result.toString();
    }

    private static boolean dangerous(char c) {
        return c < 0x20
                || c >= 0x7f && c < 0xa0
                || c == '\u061c'
                || c >= '\u200b' && c <= '\u200f'
                || c >= '\u2028' && c <= '\u202e'
                || c >= '\u2060' && c <= '\u206f'
                || c == '\ufeff'
                || c >= '\ufff9' && c <= '\ufffb';
    }

    /** How many columns of a terminal a text takes. */
    static int width(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            width += Math.max(0, WCWidth.wcwidth(c));
            i += Character.charCount(c);
        }
        return width;
    }

    /** The text in exactly {@code width} columns, on the left; what does not fit ends in {@code …}. */
    static String left(String text, int width) {
        int missing = width - width(text);
        return missing >= 0 ? text + " ".repeat(missing) : cut(text, width);
    }

    /** The text in exactly {@code width} columns, on the right. */
    static String right(String text, int width) {
        int missing = width - width(text);
        return missing >= 0 ? " ".repeat(missing) + text : cut(text, width);
    }

    private static String cut(String text, int width) {
        if (width <= 0) {
            return "";
        }
        StringBuilder result = new StringBuilder();
        int used = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int w = Math.max(0, WCWidth.wcwidth(c));
            if (used + w > width - 1) {
                break;
            }
            result.appendCodePoint(c);
            used += w;
            i += Character.charCount(c);
        }
        return result.append('…').append(" ".repeat(width - 1 - used)).toString();
    }

    /** Digits and points as in JSON, whatever language the node's operator speaks. */
    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** {@code 1:05}, {@code 2:01:05}; never negative. */
    static String minutes(long seconds) {
        long s = Math.max(0, seconds);
        return s < 3600 ? format("%d:%02d", s / 60, s % 60) : format("%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }

    /** An age to read at a glance: {@code 0.2 s}, {@code 42 s}, {@code 7 min}, {@code 3 h}. */
    static String age(Duration age) {
        long millis = Math.max(0, age.toMillis());
        if (millis < 10_000) {
            return format("%d.%d s", millis / 1000, millis / 100 % 10);
        }
        if (millis < 120_000) {
            return millis / 1000 + " s";
        }
        if (millis < 7_200_000) {
            return millis / 60_000 + " min";
        }
        return millis / 3_600_000 + " h";
    }

    static String time(long utcMillis, ZoneId zone) {
        return TIME.format(Instant.ofEpochMilli(utcMillis).atZone(zone));
    }

    static String dayAndTime(long utcMillis, ZoneId zone) {
        return DAY_AND_TIME.format(Instant.ofEpochMilli(utcMillis).atZone(zone));
    }

    /** {@code 950}, {@code 12.3k}, {@code 4.5M}: a rate or size to read at a glance. */
    static String amount(double value) {
        if (value >= 999_950) {
            return format("%.1fM", value / 1_000_000);
        }
        if (value >= 9_999.5) {
            return format("%.1fk", value / 1_000);
        }
        return value >= 99.95 || value == Math.rint(value) ? format("%.0f", value) : format("%.1f", value);
    }

    /** A real number to read: at most three digits after the point. */
    static String real(double value) {
        String text = format("%.3f", value);
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
    }
}
