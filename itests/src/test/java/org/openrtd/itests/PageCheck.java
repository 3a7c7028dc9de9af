package org.openrtd.itests;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openrtd.statistics.Oracle;

/**
 * What a supervisor's page shows against what a file of calls determines at the second that stands on the page: each number,
 * as a person reads it.
 */
final class PageCheck {

    private static final ZoneId ZONE = ZoneId.of("Asia/Jerusalem");
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("EEE d MMM yyyy H:mm:ss", Locale.ENGLISH);
    private static final String NONE = "–";

    private final Oracle oracle;

    PageCheck(Oracle oracle) {
        this.oracle = oracle;
    }

    /** The second on the page's clock, from the midnight of the oracle's day; negative before it and without a clock. */
    int second(JsonNode shown) {
        String clock = shown.get("clock").asText().strip();
        return clock.isEmpty()
                ? -1
                : (int) (LocalDateTime.parse(clock, CLOCK).atZone(ZONE).toEpochSecond() - oracle.midnight);
    }

    /** All that is wrong at one moment; empty also when that is before the day. */
    List<String> wrong(JsonNode shown) {
        int t = second(shown);
        List<String> wrong = new ArrayList<>();
        if (t < 0) {
            return wrong;
        }
        for (JsonNode line : shown.get("types")) {
            if (oracle.types.contains(line.get("name").asText())) {
                compare(callType(oracle.callType(line.get("name").asText(), t), t), line, shown, wrong);
            }
        }
        for (JsonNode line : shown.get("groups")) {
            if (oracle.types.contains(line.get("name").asText())) {
                compare(skillGroup(oracle.skillGroup(line.get("name").asText(), t), t), line, shown, wrong);
            }
        }
        return wrong;
    }

    private static void compare(Map<String, String> expected, JsonNode line, JsonNode shown, List<String> wrong) {
        expected.forEach((column, text) -> {
            String is = plain(line.get(column).asText());
            if (!is.equals(text)) {
                wrong.add(shown.get("clock").asText() + " " + line.get("name").asText() + " " + column + " should be "
                        + text + ", is " + is);
            }
        });
    }

    private Map<String, String> callType(Map<String, Object> row, int t) {
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("waiting", text(row, "RouterCallsQNow"));
        shown.put("oldest", since(row.get("RouterLongestCallQ"), t));
        shown.put("sl5", percent(row.get("ServiceLevelTo5")));
        shown.put("sl", percent(row.get("ServiceLevelToday")));
        shown.put("atAgents", text(row, "CallsAtAgentNow"));
        shown.put("offered", text(row, "CallsOfferedToday"));
        shown.put("answered", text(row, "CallsAnsweredToday"));
        shown.put("abandoned", text(row, "TotalCallsAbandToday"));
        shown.put("asa", average(row, "AnswerWaitTimeToday", "CallsAnsweredToday"));
        shown.put("aht", average(row, "HandleTimeToday", "CallsHandledToday"));
        return shown;
    }

    private Map<String, String> skillGroup(Map<String, Object> row, int t) {
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("waiting", text(row, "RouterCallsQNow"));
        shown.put("oldest", since(row.get("RouterLongestCallQ"), t));
        shown.put("sl", percent(row.get("ServiceLevelToday")));
        shown.put("loggedOn", text(row, "LoggedOn"));
        shown.put("avail", text(row, "Avail"));
        shown.put("talking", text(row, "TalkingIn"));
        shown.put("hold", "0");
        shown.put("work", "0");
        shown.put("notReady", "0");
        shown.put("busyOther", text(row, "BusyOther"));
        shown.put("util", percent(row.get("PercentUtilizationTo5")));
        return shown;
    }

    private static String text(Map<String, Object> row, String column) {
        return row.get(column).toString();
    }

    private String since(Object instant, int t) {
        return instant == null ? "" : duration(oracle.midnight + t - (Long) instant / 1000);
    }

    private static String average(Map<String, Object> row, String sum, String of) {
        int divisor = (Integer) row.get(of);
        return divisor == 0 ? NONE : duration((Integer) row.get(sum) / divisor);
    }

    static String duration(long seconds) {
        return "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    private static String percent(Object ratio) {
        return ratio == null ? NONE : new BigDecimal((Double) ratio * 100).setScale(1, RoundingMode.HALF_UP) + "%";
    }

    /** Without the narrow spaces that group digits. */
    static String plain(String text) {
        return text.replace("\u202f", "");
    }
}
