package org.openrtd.console.internal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Rows under headings: aligned for people, separated by tabs for scripts. */
final class Grid {

    private record Heading(String name, boolean right) {}

    private final List<Heading> headings = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    Grid left(String heading) {
        headings.add(new Heading(heading, false));
        return this;
    }

    Grid right(String heading) {
        headings.add(new Heading(heading, true));
        return this;
    }

    /** Adds a row; what is not a harmless text becomes one. */
    void row(List<String> cells) {
        if (cells.size() != headings.size()) {
            throw new IllegalArgumentException(cells.size() + " cells under " + headings.size() + " headings");
        }
        rows.add(cells.stream().map(Text::harmless).toList());
    }

    void row(String... cells) {
        row(List.of(cells));
    }

    /** How many columns of a terminal the first so many columns take. */
    int width(int columns) {
        int width = 0;
        for (int i = 0; i < columns; i++) {
            width += width(headings.get(i), i) + (i == 0 ? 0 : 2);
        }
        return width;
    }

    private int width(Heading heading, int column) {
        int width = Text.width(heading.name());
        for (List<String> row : rows) {
            width = Math.max(width, Text.width(row.get(column)));
        }
        return width;
    }

    /** Aligned; the last column is as long as its text. */
    void print(PrintStream out) {
        int[] widths = new int[headings.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = width(headings.get(i), i);
        }
        print(out, headings.stream().map(Heading::name).toList(), widths);
        StringBuilder rule = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            rule.append(i == 0 ? "" : "  ").append("─".repeat(widths[i]));
        }
        out.println(rule);
        rows.forEach(row -> print(out, row, widths));
    }

    private void print(PrintStream out, List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(i == 0 ? "" : "  ");
            line.append(
                    headings.get(i).right() ? Text.right(cells.get(i), widths[i]) : Text.left(cells.get(i), widths[i]));
        }
        out.println(line.toString().stripTrailing());
    }

    /** One row a line, cells separated by tabs, the headings first. */
    void printTabbed(PrintStream out) {
        out.println(String.join("\t", headings.stream().map(Heading::name).toList()));
        rows.forEach(row -> out.println(String.join("\t", row)));
    }
}
