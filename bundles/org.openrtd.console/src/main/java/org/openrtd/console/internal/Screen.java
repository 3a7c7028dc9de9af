package org.openrtd.console.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openrtd.feed.FeedState;

/** Draws a {@link Picture}: a full screen for terminals, plain lines for pipes, or a single line. */
final class Screen {

    private static final String RESET = "\033[0m";
    private static final String BOLD = "\033[1m";
    private static final String DIM = "\033[2m";
    private static final String RED = "\033[31m";
    private static final String GREEN = "\033[32m";
    private static final String YELLOW = "\033[33m";
    private static final String CYAN = "\033[36m";
    private static final String BANNER = "\033[1;97;41m";
    private static final String LIVE = "\033[1;97;42m";

    private static final int AGENT_WIDTH = 56;
    private static final int GAP = 3;

    private final int width;
    private final int height;
    private final boolean ansi;

    /** @param height how many lines fit, or {@link Integer#MAX_VALUE} where nothing has to fit */
    Screen(int width, int height, boolean ansi) {
        this.width = Math.max(20, width);
        this.height = Math.max(5, height);
        this.ansi = ansi;
    }

    /** The lines of the screen, none wider and not more than fit. */
    List<String> lines(Picture picture) {
        List<String> lines = new ArrayList<>(header(picture));
        int room = height - lines.size();
        List<Picture.Agent> present =
                picture.agents().stream().filter(agent -> agent.state() != 0).toList();
        int agentColumns = Math.max(1, (width + GAP) / (AGENT_WIDTH + GAP));
        int agentLines = 3 + (present.size() + agentColumns - 1) / agentColumns;
        int callTypeLines = 2 + picture.callTypes().size();
        // Both as they are if they fit; else the shorter one whole, and neither below half of the room.
        int forCallTypes = Math.min(callTypeLines, Math.max(room / 2, room - agentLines));
        lines.addAll(callTypes(picture, forCallTypes));
        lines.addAll(agents(picture, present, agentColumns, height - lines.size()));
        if (!ansi) {
            lines.replaceAll(String::stripTrailing);
        }
        return lines.size() > height ? lines.subList(0, height) : lines;
    }

    /** The same, with a note on the last line that fits, unless the note is empty. */
    List<String> lines(Picture picture, String note) {
        if (note.isEmpty()) {
            return lines(picture);
        }
        List<String> lines = new ArrayList<>(new Screen(width, height - 1, ansi).lines(picture));
        while (lines.size() < height - 1) {
            lines.add("");
        }
        lines.subList(height - 1, lines.size()).clear();
        lines.add(style(CYAN, Text.left(note, width)));
        return lines;
    }

    private List<String> header(Picture picture) {
        List<String> lines = new ArrayList<>();
        String name = "OpenRTD  " + (picture.site().isEmpty() ? "" : "site " + picture.site() + "  ") + picture.node();
        String clock = picture.controllerTime() == 0
                ? "no controller time yet"
                : "controller " + Text.dayAndTime(picture.controllerTime(), picture.zone()) + " " + picture.zone();
        lines.add(style(BOLD, ends(name, clock)));
        if (picture.current()) {
            String state = picture.finished() ? " LIVE: ALL OF THE DAY IS HERE " : " LIVE ";
            lines.add(style(LIVE, state) + Text.left("  " + freshness(picture), width - Text.width(state)));
        } else {
            for (String trouble :
                    picture.troubles().subList(0, Math.min(3, picture.troubles().size()))) {
                for (String part : wrap((ansi ? " " : "!! ") + trouble, width, 2)) {
                    lines.add(style(BANNER, Text.left(part, width)));
                }
            }
            lines.add(style("", Text.left("  " + freshness(picture), width)));
        }
        for (Picture.Peripheral peripheral : picture.peripherals()) {
            lines.add(style(
                    peripheral.troubled() ? RED : picture.current() ? "" : DIM,
                    Text.left(
                            "  peripheral " + peripheral.name() + ": "
                                    + (peripheral.state() == null ? "not heard yet" : peripheral.state())
                                    + (peripheral.reason().isEmpty() ? "" : " (" + peripheral.reason() + ")")
                                    + (peripheral.lastHeard() == null
                                            ? ""
                                            : ", heard " + Text.time(peripheral.lastHeard(), picture.zone()))
                                    + (peripheral.events() == null ? "" : ", " + peripheral.events() + " events"),
                            width)));
            if (lines.size() > height / 3) {
                break;
            }
        }
        return lines;
    }

    private String freshness(Picture picture) {
        StringBuilder text = new StringBuilder(
                picture.age().map(age -> "data " + Text.age(age) + " old").orElse("no data yet"));
        for (Picture.Feed feed : picture.feeds()) {
            text.append("  ").append(feed.name()).append(' ');
            text.append(feed.state() == null ? "–" : feed.state() == FeedState.LIVE ? "" : feed.state() + " ");
            text.append(feed.state() == null ? "" : feed.position().toString());
        }
        return text.toString();
    }

    private List<String> callTypes(Picture picture, int room) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        int name = Math.max(8, Math.min(24, width - 64));
        String heading = Text.left("CALL TYPE", name)
                + columns("WAITING", "OLDEST", "OFFERED", "ANSWERED", "ABAND", "SL", "AVG WAIT");
        lines.add(style(DIM, Text.left(heading, width)));
        List<Picture.CallType> all = picture.callTypes();
        int shown = fitting(all.size(), room - 2);
        for (Picture.CallType type : all.subList(0, shown)) {
            String line = Text.left(
                    Text.left(type.name(), name)
                            + columns(
                                    number(type.waiting()),
                                    type.oldestSeconds() == null ? "" : Text.minutes(type.oldestSeconds()),
                                    number(type.offered()),
                                    number(type.answered()),
                                    number(type.abandoned()),
                                    type.serviceLevel() == null ? "–" : Math.round(type.serviceLevel() * 100) + " %",
                                    type.averageWait() == null ? "–" : Text.minutes(Math.round(type.averageWait()))),
                    width);
            boolean waiting = type.waiting() != null && type.waiting() > 0;
            lines.add(style(picture.current() ? (waiting ? BOLD : "") : DIM, line));
        }
        more(all.size() - shown, "call types", lines);
        return lines;
    }

    private static String columns(
            String waiting, String oldest, String offered, String answered, String aband, String sl, String wait) {
        return Text.right(waiting, 8)
                + Text.right(oldest, 9)
                + Text.right(offered, 9)
                + Text.right(answered, 10)
                + Text.right(aband, 8)
                + Text.right(sl, 8)
                + Text.right(wait, 10);
    }

    private static String number(Long value) {
        return value == null ? "–" : value.toString();
    }

    private List<String> agents(Picture picture, List<Picture.Agent> present, int columns, int room) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(style("", Text.left(summary(picture), width)));
        int cell = columns == 1 ? width : (width - GAP * (columns - 1)) / columns;
        StringBuilder heading = new StringBuilder();
        for (int i = 0; i < columns && (i == 0 || i < present.size()); i++) {
            heading.append(i == 0 ? "" : " ".repeat(GAP))
                    .append(agent("AGENT", "STATE", "FOR", "REASON OR GROUP", cell));
        }
        lines.add(style(DIM, heading.toString()));
        int rows = (present.size() + columns - 1) / columns;
        int shownRows = fitting(rows, room - 3);
        for (int i = 0; i < shownRows; i++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                // Down first, then to the right, as in a telephone book.
                int index = column * shownRows + i;
                if (index < present.size()) {
                    Picture.Agent agent = present.get(index);
                    String text = agent(
                            agent.name(),
                            AgentStates.text(agent.state()),
                            agent.secondsInState() == null ? "" : Text.minutes(agent.secondsInState()),
                            agent.reason().isEmpty() ? agent.skillGroup() : agent.reason(),
                            cell);
                    line.append(column == 0 ? "" : " ".repeat(GAP));
                    line.append(style(picture.current() ? colour(agent.state()) : DIM, text));
                }
            }
            lines.add(line.toString());
        }
        more(present.size() - Math.min(present.size(), shownRows * columns), "agents", lines);
        return lines;
    }

    private static String agent(String name, String state, String time, String group, int cell) {
        int fixed = 16 + 9;
        int names = Math.max(8, Math.min(22, (cell - fixed) / 2));
        return Text.left(
                Text.left(name, names - 1) + " " + Text.left(state, 15) + Text.right(time, 8) + "  " + group, cell);
    }

    private static String colour(int state) {
        return switch (state) {
            case 4 -> GREEN;
            case 2 -> YELLOW;
            case 5, 6, 8, 10 -> CYAN;
            case 9 -> RED;
            default -> "";
        };
    }

    private static String summary(Picture picture) {
        Map<String, Integer> states = new LinkedHashMap<>();
        for (int state : new int[] {4, 8, 10, 3, 7, 2, 5, 6, 1, 9}) {
            states.put(AgentStates.text(state), 0);
        }
        int off = 0;
        for (Picture.Agent agent : picture.agents()) {
            if (agent.state() == 0) {
                off++;
            } else {
                states.merge(AgentStates.text(agent.state()), 1, Integer::sum);
            }
        }
        states.values().removeAll(Collections.singleton(0));
        StringBuilder text = new StringBuilder("Agents: " + (picture.agents().size() - off) + " in");
        String separator = " — ";
        for (Map.Entry<String, Integer> state : states.entrySet()) {
            text.append(separator).append(state.getValue()).append(' ').append(state.getKey());
            separator = ", ";
        }
        return text.append(off == 0 ? "" : "; " + off + " logged off").toString();
    }

    private static int fitting(int all, int room) {
        return all <= room ? all : Math.max(0, room - 1);
    }

    private void more(int hidden, String what, List<String> lines) {
        if (hidden > 0) {
            lines.add(style(DIM, Text.left("… " + hidden + " more " + what + " (the terminal is too small)", width)));
        }
    }

    private String ends(String left, String right) {
        int gap = width - Text.width(left) - Text.width(right);
        return gap > 0 ? left + " ".repeat(gap) + right : Text.left(left + "  " + right, width);
    }

    private String style(String code, String text) {
        return !ansi || code.isEmpty() ? text.stripTrailing() : code + text + RESET;
    }

    /** Breaks a long text at blanks into at most so many lines. */
    private static List<String> wrap(String text, int width, int limit) {
        List<String> parts = new ArrayList<>();
        String rest = text;
        while (Text.width(rest) > width && parts.size() < limit - 1) {
            int at = rest.lastIndexOf(' ', Math.min(rest.length() - 1, width));
            if (at <= 2) {
                break;
            }
            parts.add(rest.substring(0, at));
            rest = "   " + rest.substring(at + 1);
        }
        parts.add(rest);
        return parts;
    }

    /** All that matters on one line, for logs and pipes. */
    static String line(Picture picture) {
        StringBuilder line = new StringBuilder();
        line.append(
                picture.controllerTime() == 0 ? "--:--:--" : Text.dayAndTime(picture.controllerTime(), picture.zone()));
        if (picture.current()) {
            line.append(" LIVE ").append(Text.age(picture.age().orElse(Duration.ZERO)));
        } else {
            line.append(" ").append(String.join("; ", picture.troubles()));
        }
        if (picture.callTypes().isEmpty() && picture.agents().isEmpty()) {
            return line.toString();
        }
        long waiting = 0;
        long offered = 0;
        long answered = 0;
        long abandoned = 0;
        Long oldest = null;
        for (Picture.CallType type : picture.callTypes()) {
            waiting += type.waiting() == null ? 0 : type.waiting();
            offered += type.offered() == null ? 0 : type.offered();
            answered += type.answered() == null ? 0 : type.answered();
            abandoned += type.abandoned() == null ? 0 : type.abandoned();
            if (type.oldestSeconds() != null && (oldest == null || oldest < type.oldestSeconds())) {
                oldest = type.oldestSeconds();
            }
        }
        line.append(" | waiting ").append(waiting);
        line.append(oldest == null ? "" : " oldest " + Text.minutes(oldest));
        line.append(" | today offered ").append(offered);
        line.append(" answered ").append(answered);
        line.append(" abandoned ").append(abandoned);
        line.append(" | ").append(summary(picture));
        line.append(" | calls ").append(picture.feeds().get(0).position());
        return line.toString();
    }
}
