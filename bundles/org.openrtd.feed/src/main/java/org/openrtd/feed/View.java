package org.openrtd.feed;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All tables of a feed at one position: an immutable picture, so that a reader sees all changes of a batch or none,
 * also across several tables, for as long as it holds the view. Usable from any thread; costs no copy.
 */
public interface View {

    FeedSchema schema();

    Position position();

    /** The tick of the batch that led here; feeds cut at the same tick show the same moment. */
    long tick();

    /** The controller's time of that batch, UTC ms; 0 before the first. Durations are reckoned against it. */
    long controllerTime();

    /** The recovery key of the configuration that the batch was made under; 0 when none. */
    long configurationKey();

    /** How many rows a table has. */
    int size(Table table);

    /** Hands every row of a table to {@code action}, in no particular order. */
    void forEach(Table table, Consumer<Row> action);

    /** The row with that key, values of the columns' own types; found without a search of the whole table. */
    Optional<Row> find(Table table, List<Object> key);

    Digest digest(Table table);

    /**
     * Hands over what leads from the rows of {@code before} to these, in no particular order, each row at most once; what
     * both views share by having been made of one another costs nothing. A table that {@code before} has not, or has with
     * other columns, counts as empty there; its rows here are all new.
     */
    default void changesSince(View before, Consumer<RowChange> to) {
        for (Table table : schema().tables()) {
            boolean same = before.schema().tables().contains(table);
            forEach(table, row -> {
                Row old = same ? before.find(table, row.key()).orElse(null) : null;
                if (!row.equals(old)) {
                    to.accept(new RowChange(table, old, row));
                }
            });
            if (same) {
                before.forEach(table, old -> {
                    if (find(table, old.key()).isEmpty()) {
                        to.accept(new RowChange(table, old, null));
                    }
                });
            }
        }
    }
}
