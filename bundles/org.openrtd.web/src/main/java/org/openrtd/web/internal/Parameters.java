package org.openrtd.web.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What stands behind the question mark. */
final class Parameters {

    static final int MOST_CHARACTERS = 8192;
    private static final int MOST = 64;

    private final Map<String, List<String>> values = new LinkedHashMap<>();

    /** @throws ApiError when it is not well formed, or has one that is not {@code known} */
    Parameters(String query, Set<String> known) {
        if (query == null || query.isEmpty()) {
            return;
        }
        if (query.length() > MOST_CHARACTERS) {
            throw ApiError.of(414, "too-large", "What is asked has more than " + MOST_CHARACTERS + " characters");
        }
        String[] parts = query.split("&", MOST + 1);
        if (parts.length > MOST) {
            throw ApiError.badRequest(null, "There are more than " + MOST + " parameters");
        }
        for (String part : parts) {
            if (part.isEmpty()) {
                continue;
            }
            int equals = part.indexOf('=');
            String name = decode(equals < 0 ? part : part.substring(0, equals), null);
            if (!known.contains(name)) {
                throw ApiError.badValue(
                        ApiError.cut(name),
                        name,
                        "There is no parameter " + ApiError.cut(name) + " here"
                                + (known.isEmpty()
                                        ? ""
                                        : "; there are "
                                                + String.join(
                                                        ", ",
                                                        known.stream().sorted().toList())));
            }
            values.computeIfAbsent(name, n -> new ArrayList<>())
                    .add(decode(equals < 0 ? "" : part.substring(equals + 1), name));
        }
    }

    private static String decode(String text, String parameter) {
        byte[] bytes = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                boolean whole = i + 2 < text.length();
                int high = whole ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = whole ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw ApiError.badRequest(parameter, "% is not followed by two hexadecimal digits");
                }
                bytes[length++] = (byte) (high << 4 | low);
                i += 2;
            } else if (c == '+') {
                bytes[length++] = ' ';
            } else {
                if (c >= 0x80) {
                    throw ApiError.badRequest(parameter, "An address has no letters beyond ASCII but as %XX");
                }
                bytes[length++] = (byte) c;
            }
        }
        try {
            String decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
            if (decoded.indexOf(0) >= 0) {
                throw ApiError.badRequest(parameter, "A parameter has no NUL in it");
            }
            return decoded;
        } catch (CharacterCodingException e) {
            throw ApiError.badRequest(parameter, "A parameter is not UTF-8");
        }
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** @throws ApiError when it is given more than once */
    Optional<String> one(String name) {
        List<String> all = all(name);
        if (all.size() > 1) {
            throw ApiError.badRequest(name, "Parameter " + name + " is given more than once");
        }
        return all.stream().findFirst();
    }

    /** Those separated by commas, in all places where the parameter stands. */
    List<String> list(String name) {
        List<String> list = new ArrayList<>();
        for (String value : all(name)) {
            for (String each : value.split(",")) {
                if (!each.isBlank()) {
                    list.add(each.strip());
                }
            }
        }
        return list;
    }

    int number(String name, int byDefault, int least, int most) {
        Optional<String> text = one(name);
        if (text.isEmpty()) {
            return byDefault;
        }
        if (text.get().matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(text.get());
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw ApiError.badValue(name, text.get(), "Parameter " + name + " is a number from " + least + " to " + most);
    }

    boolean flag(String name) {
        String text = one(name).orElse("false");
        if (!text.equals("true") && !text.equals("false")) {
            throw ApiError.badValue(name, text, "Parameter " + name + " is true or false");
        }
        return text.equals("true");
    }
}
