package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.List;

/** Reads comma-separated values, as spreadsheets write them: a value in quotes may hold commas, line breaks and quotes. */
final class Csv {

    private Csv() {}

    /** The lines with their values; empty lines are left out. */
    static List<List<String>> read(String text) {
        List<List<String>> lines = new ArrayList<>();
        List<String> line = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        boolean quoted = false;
        boolean wasQuoted = false;
        String all = text.startsWith("\ufeff") ? text.substring(1) : text;
        for (int i = 0; i < all.length(); i++) {
            char c = all.charAt(i);
            if (quoted) {
                if (c != '"') {
                    value.append(c);
                } else if (i + 1 < all.length() && all.charAt(i + 1) == '"') {
                    value.append('"');
                    i++;
                } else {
                    quoted = false;
                }
            } else if (c == '"' && value.isEmpty()) {
                quoted = true;
                wasQuoted = true;
            } else if (c == ',') {
                line.add(value.toString());
                value.setLength(0);
                wasQuoted = false;
            } else if (c == '\n') {
                end(lines, line, value, wasQuoted);
                line = new ArrayList<>();
                wasQuoted = false;
            } else if (c != '\r') {
                value.append(c);
            }
        }
        if (quoted) {
            throw new IllegalArgumentException("a quote is not closed");
        }
        end(lines, line, value, wasQuoted);
        return lines;
    }

    private static void end(List<List<String>> lines, List<String> line, StringBuilder value, boolean wasQuoted) {
        if (!line.isEmpty() || !value.isEmpty() || wasQuoted) {
            line.add(value.toString());
            lines.add(line);
        }
        value.setLength(0);
    }
}
