package org.openrtd.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;

/**
 * Several tables at one moment: of each feed all changes of a batch or none, for as long as this is held. Immutable; usable
 * from any thread; costs no copy.
 */
public final class Reading {

    /** One feed's part. */
    record Part(FollowedFeed feed, View view, FeedStatus status) {}

    private final List<Part> parts;
    private final boolean sameMoment;

    Reading(List<Part> parts) {
        this.parts = parts;
        this.sameMoment = parts.stream()
                        .filter(part -> !part.feed.durable())
                        .map(part -> FollowedFeed.Moment.of(part.view))
                        .distinct()
                        .count()
                <= 1;
    }

    /**
     * All rows of a table, in no particular order; none while there are no rows yet, which {@link #stale} then tells.
     *
     * @throws IllegalArgumentException when this reading has no such table
     */
    public List<Row> rows(String table) {
        Part part = part(table);
        List<Row> rows = new ArrayList<>();
        table(part, table).ifPresent(found -> part.view.forEach(found, rows::add));
        return rows;
    }

    /**
     * The row with that key; found without a search of the whole table.
     *
     * @param key the values of the key columns
     * @throws IllegalArgumentException when this reading has no such table, or its key has other columns
     */
    public Optional<Row> row(String table, Object... key) {
        Part part = part(table);
        Optional<Table> found = table(part, table);
        if (found.isPresent() && !fits(found.get(), key)) {
            throw new IllegalArgumentException("The key of " + found.get() + " is "
                    + String.join(
                            ", ",
                            found.get().columns().stream()
                                    .limit(found.get().keyColumns())
                                    .map(column -> column.name() + " " + column.type())
                                    .toList())
                    + "; not " + Arrays.toString(key));
        }
        return found.flatMap(there -> part.view.find(there, Arrays.asList(key)));
    }

    /** How good the rows are, feed by feed. */
    public List<FeedStatus> statuses() {
        return parts.stream().map(Part::status).toList();
    }

    /**
     * How good the rows of a table are.
     *
     * @throws IllegalArgumentException when this reading has no such table
     */
    public FeedStatus status(String table) {
        return part(table).status;
    }

    /** Whether rows of any feed here are not current. */
    public boolean stale() {
        return parts.stream().anyMatch(part -> part.status.stale());
    }

    /** How old the oldest feed here is. */
    public Duration age() {
        return parts.stream()
                .map(part -> part.status.age())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /**
     * Whether all real-time feeds here are of the same tick of the controller. It is so while they are live; a feed that is
     * stale is not waited for, and the others are then newer. The configuration, which has no ticks, does not count: it is
     * the newest there is.
     */
    public boolean sameMoment() {
        return sameMoment;
    }

    /** The feeds' states, for people. */
    @Override
    public String toString() {
        return String.join("; ", statuses().stream().map(FeedStatus::toString).toList());
    }

    private Part part(String table) {
        for (Part part : parts) {
            if (part.feed.has(part.view, table)) {
                return part;
            }
        }
        throw new IllegalArgumentException(
                "This reading has no table " + table + ": name it where the tables are read, or followed");
    }

    private static Optional<Table> table(Part part, String name) {
        return FollowedFeed.table(part.view, name);
    }

    private static boolean fits(Table table, Object[] key) {
        if (key.length != table.keyColumns()) {
            return false;
        }
        for (int i = 0; i < key.length; i++) {
            boolean right =
                    switch (table.columns().get(i).type()) {
                        case INT -> key[i] instanceof Integer;
                        case LONG, TIMESTAMP -> key[i] instanceof Long;
                        case DOUBLE -> key[i] instanceof Double;
                        case BOOLEAN -> key[i] instanceof Boolean;
                        case STRING -> key[i] instanceof String;
                        case BYTES -> key[i] instanceof byte[];
                    };
            if (!right) {
                return false;
            }
        }
        return true;
    }
}
