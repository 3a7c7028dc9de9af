package org.openrtd.web.internal;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON strictly: maps, lists, texts, {@link Long}, {@link Double}, {@link Boolean}, {@code null}. For what comes from
 * outside: short, and not nested deeply.
 */
final class Json {

    private static final int DEEPEST = 32;

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException when it is not JSON; the message says where */
    static Object read(String text) {
        Json json = new Json(text);
        json.space();
        Object value = json.value(0);
        json.space();
        if (json.at < text.length()) {
            throw json.wrong();
        }
        return value;
    }

    private IllegalArgumentException wrong() {
        return new IllegalArgumentException("no JSON at character " + at);
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char next() {
        if (at >= text.length()) {
            throw wrong();
        }
        return text.charAt(at++);
    }

    private boolean take(char c) {
        space();
        boolean there = at < text.length() && text.charAt(at) == c;
        at += there ? 1 : 0;
        return there;
    }

    private void expect(String word) {
        if (!text.startsWith(word, at)) {
            throw wrong();
        }
        at += word.length();
    }

    private Object value(int depth) {
        if (depth > DEEPEST || at >= text.length()) {
            throw wrong();
        }
        switch (text.charAt(at)) {
            case '{' -> {
                at++;
                Map<String, Object> map = new LinkedHashMap<>();
                if (take('}')) {
                    return map;
                }
                do {
                    space();
                    String name = string();
                    if (!take(':')) {
                        throw wrong();
                    }
                    space();
                    if (map.containsKey(name)) {
                        throw wrong();
                    }
                    map.put(name, value(depth + 1));
                } while (take(','));
                if (!take('}')) {
                    throw wrong();
                }
                return map;
            }
            case '[' -> {
                at++;
                List<Object> list = new ArrayList<>();
                if (take(']')) {
                    return list;
                }
                do {
                    space();
                    list.add(value(depth + 1));
                } while (take(','));
                if (!take(']')) {
                    throw wrong();
                }
                return list;
            }
            case '"' -> {
                return string();
            }
            case 't' -> {
                expect("true");
                return true;
            }
            case 'f' -> {
                expect("false");
                return false;
            }
            case 'n' -> {
                expect("null");
                return null;
            }
            default -> {
                return number();
            }
        }
    }

    private String string() {
        if (next() != '"') {
            at--;
            throw wrong();
        }
        StringBuilder read = new StringBuilder();
        while (true) {
            char c = next();
            if (c == '"') {
                return read.toString();
            } else if (c < 0x20) {
                throw wrong();
            } else if (c != '\\') {
                read.append(c);
            } else {
                char escaped = next();
                switch (escaped) {
                    case '"', '\\', '/' -> read.append(escaped);
                    case 'b' -> read.append('\b');
                    case 'f' -> read.append('\f');
                    case 'n' -> read.append('\n');
                    case 'r' -> read.append('\r');
                    case 't' -> read.append('\t');
                    case 'u' -> {
                        int code = 0;
                        for (int i = 0; i < 4; i++) {
                            int digit = Character.digit(next(), 16);
                            if (digit < 0) {
                                throw wrong();
                            }
                            code = code << 4 | digit;
                        }
                        read.append((char) code);
                    }
                    default -> throw wrong();
                }
            }
        }
    }

    private Object number() {
        int start = at;
        while (at < text.length() && "+-0123456789.eE".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String number = text.substring(start, at);
        if (number.length() > 40 || !number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")) {
            throw wrong();
        }
        if (number.indexOf('.') < 0 && number.indexOf('e') < 0 && number.indexOf('E') < 0 && number.length() < 19) {
            return Long.parseLong(number);
        }
        return new BigDecimal(number).doubleValue();
    }
}
