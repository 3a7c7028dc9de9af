package org.openrtd.web.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Why a request is not answered, as the one who asked is told. */
final class ApiError extends RuntimeException {

    private final int status;
    private final String code;
    private final String parameter;
    private final String name;
    private final List<String> didYouMean;
    private final int retryAfterSeconds;

    private ApiError(
            int status,
            String code,
            String message,
            String parameter,
            String name,
            List<String> didYouMean,
            int retryAfterSeconds) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.parameter = parameter;
        this.name = name;
        this.didYouMean = didYouMean;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    static ApiError of(int status, String code, String message) {
        return new ApiError(status, code, message, null, null, List.of(), 0);
    }

    static ApiError retry(int status, String code, String message, int seconds) {
        return new ApiError(status, code, message, null, null, List.of(), seconds);
    }

    static ApiError badRequest(String parameter, String message) {
        return new ApiError(400, "bad-request", message, parameter, null, List.of(), 0);
    }

    static ApiError badValue(String parameter, String name, String message) {
        return new ApiError(400, "bad-value", message, parameter, cut(name), List.of(), 0);
    }

    static ApiError noSuchTable(String parameter, String name, List<String> nearest) {
        return new ApiError(
                404,
                "no-such-table",
                "There is no table " + cut(name) + didYouMean(nearest),
                parameter,
                cut(name),
                nearest,
                0);
    }

    static ApiError noSuchColumn(String parameter, String table, String name, List<String> nearest) {
        return new ApiError(
                400,
                "no-such-column",
                "Table " + table + " has no column " + cut(name) + didYouMean(nearest),
                parameter,
                cut(name),
                nearest,
                0);
    }

    static ApiError tooLarge(int bytes) {
        return of(
                413,
                "too-large",
                "The answer would have more than " + bytes / (1 << 20) + " MiB; ask for fewer columns or rows");
    }

    /** What others sent comes back short. */
    static String cut(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64) + "…";
    }

    private static String didYouMean(List<String> names) {
        return names.isEmpty() ? "" : "; did you mean " + String.join(", ", names) + "?";
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    /** 0 when there is none. */
    int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    byte[] json() {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("status", status);
        error.put("code", code);
        error.put("message", getMessage());
        if (parameter != null) {
            error.put("parameter", parameter);
        }
        if (name != null) {
            error.put("name", name);
        }
        if (!didYouMean.isEmpty()) {
            error.put("didYouMean", didYouMean);
        }
        return Utf8.json(Map.of("error", error));
    }
}
