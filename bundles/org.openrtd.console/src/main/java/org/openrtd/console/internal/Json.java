package org.openrtd.console.internal;

import java.util.Base64;
import java.util.Collection;
import java.util.Map;

/** Writes JSON on one line: maps, collections, texts, numbers, booleans, bytes (base 64) and null. */
final class Json {

    private Json() {}

    static String of(Object value) {
        StringBuilder json = new StringBuilder();
        write(value, json);
        return json.toString();
    }

    private static void write(Object value, StringBuilder json) {
        if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            json.append(value);
        } else if (value instanceof Double number) {
            json.append(number.isNaN() || number.isInfinite() ? "null" : number.toString());
        } else if (value instanceof byte[] bytes) {
            text(Base64.getEncoder().encodeToString(bytes), json);
        } else if (value instanceof Map<?, ?> map) {
            String separator = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.append(separator);
                text(entry.getKey().toString(), json);
                json.append(':');
                write(entry.getValue(), json);
                separator = ",";
            }
            json.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof Collection<?> list) {
            String separator = "[";
            for (Object element : list) {
                json.append(separator);
                write(element, json);
                separator = ",";
            }
            json.append(list.isEmpty() ? "[]" : "]");
        } else {
            text(value.toString(), json);
        }
    }

    private static void text(String text, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    // Also what is no control character to JSON but is one to a terminal, and halves of pairs.
                    if (c < 0x20 || c >= 0x7f && c < 0xa0 || c >= 0x2028 && c <= 0x202e || lonelySurrogate(text, i)) {
                        json.append("\\u%04x".formatted((int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }

    private static boolean lonelySurrogate(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }
}
