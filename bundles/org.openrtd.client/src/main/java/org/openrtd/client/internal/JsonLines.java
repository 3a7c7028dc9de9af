package org.openrtd.client.internal;

import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import org.openrtd.feed.Column;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Row;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;

/**
 * What a replica hears, as JSON Lines. Each line says {@code feed, controllerTime, epoch, sequence, tick} and an
 * {@code operation}:
 *
 * <ul>
 *   <li>{@code insert}, {@code update}, {@code delete}: one row change, with {@code table}, {@code key} and {@code values}:
 *       all of them for an insert, those that changed for an update, none for a delete.
 *   <li>{@code batch}: ends a batch; {@code changes} lines of the same position came before it.
 *   <li>{@code reset}: what was known before is void; the rows that follow, as inserts, up to {@code snapshot}, are all.
 *   <li>{@code snapshot}: ends that.
 *   <li>{@code state}: the replica's state changed, with {@code from, to, reason}; no rows did.
 * </ul>
 */
final class JsonLines {

    private final String feed;
    private final StringBuilder out = new StringBuilder();

    JsonLines(String feed) {
        this.feed = feed;
    }

    void reset(View view) {
        begin(view, "reset").append("}\n");
        long[] rows = new long[1];
        if (view.schema() != null) {
            for (Table table : view.schema().tables()) {
                view.forEach(table, row -> {
                    change(view, new RowChange(table, null, row));
                    rows[0]++;
                });
            }
        }
        begin(view, "snapshot").append(",\"changes\":").append(rows[0]).append("}\n");
    }

    void batch(View after, Iterable<RowChange> changes) {
        long count = 0;
        for (RowChange change : changes) {
            change(after, change);
            count++;
        }
        begin(after, "batch").append(",\"changes\":").append(count).append("}\n");
    }

    void state(View view, FeedState from, FeedState to, String reason) {
        begin(view, "state")
                .append(",\"from\":\"")
                .append(from)
                .append("\",\"to\":\"")
                .append(to)
                .append("\",\"reason\":");
        string(reason);
        out.append("}\n");
    }

    /** What was added since the last call; forgets it. */
    String take() {
        String taken = out.toString();
        out.setLength(0);
        return taken;
    }

    int length() {
        return out.length();
    }

    private StringBuilder begin(View view, String operation) {
        out.append("{\"feed\":");
        string(feed);
        out.append(",\"controllerTime\":");
        if (view.controllerTime() == 0) {
            out.append("null");
        } else {
            out.append('"').append(Instant.ofEpochMilli(view.controllerTime())).append('"');
        }
        return out.append(",\"epoch\":")
                .append(view.position().epoch())
                .append(",\"sequence\":")
                .append(view.position().sequence())
                .append(",\"tick\":")
                .append(view.tick())
                .append(",\"operation\":\"")
                .append(operation)
                .append('"');
    }

    private void change(View view, RowChange change) {
        Row before = change.before();
        Row after = change.after();
        begin(view, before == null ? "insert" : after == null ? "delete" : "update")
                .append(",\"table\":");
        string(change.table().name());
        Table table = (after == null ? before : after).table();
        Row named = after == null ? before : after;
        out.append(",\"key\":{");
        for (int i = 0; i < table.keyColumns(); i++) {
            column(table, named, i, i == 0);
        }
        out.append("},\"values\":{");
        boolean first = true;
        if (after != null) {
            for (int i = table.keyColumns(); i < table.columns().size(); i++) {
                if (before == null || !same(before, i, after)) {
                    column(table, after, i, first);
                    first = false;
                }
            }
        }
        out.append("}}\n");
    }

    private static boolean same(Row before, int i, Row after) {
        // Columns may have come or gone with a new schema.
        return i < before.table().columns().size()
                && before.table()
                        .columns()
                        .get(i)
                        .equals(after.table().columns().get(i))
                && Objects.deepEquals(before.get(i), after.get(i));
    }

    private void column(Table table, Row row, int i, boolean first) {
        Column column = table.columns().get(i);
        if (!first) {
            out.append(',');
        }
        string(column.name());
        out.append(':');
        Object value = row.get(i);
        if (value == null) {
            out.append("null");
        } else if (column.type() == ColumnType.TIMESTAMP) {
            out.append('"').append(Instant.ofEpochMilli((Long) value)).append('"');
        } else if (value instanceof byte[] bytes) {
            out.append('"').append(Base64.getEncoder().encodeToString(bytes)).append('"');
        } else if (value instanceof String text) {
            string(text);
        } else {
            out.append(value);
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || Character.isSurrogate(c) && !paired(text, i)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private static boolean paired(String text, int i) {
        char c = text.charAt(i);
        return Character.isHighSurrogate(c)
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
