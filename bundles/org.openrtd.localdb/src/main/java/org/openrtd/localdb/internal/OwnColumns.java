package org.openrtd.localdb.internal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.feed.ViewBuilder;
import org.openrtd.sql.TableLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a feed's rows, of whatever version, rows as the database keeps them: of its tables and columns, with texts that
 * are no longer than those. Not thread-safe.
 */
final class OwnColumns {

    private static final Logger LOG = LoggerFactory.getLogger(OwnColumns.class);

    private final FeedSchema schema;
    private final TableLayout layout;
    private final Map<Table, Mapping> mappings = new HashMap<>();
    private final Set<String> cut = new HashSet<>();

    /**
     * @param known the database's table, or {@code null} when it has none, or one with another key
     * @param from for each of its columns, the feed's, or -1; {@code null} when both have the same
     */
    private record Mapping(Table known, int[] from) {}

    OwnColumns(FeedSchema schema, TableLayout layout) {
        this.schema = schema;
        this.layout = layout;
    }

    /** The database's table for a feed's, or {@code null} when it has none. */
    Table table(Table feeds) {
        return mapping(feeds).known;
    }

    /** The feed's table for one of the database's, or {@code null} when the feed has none. */
    Table feeds(FeedSchema feed, Table known) {
        return feed.tables().stream()
                .filter(table -> known.equals(table(table)))
                .findFirst()
                .orElse(null);
    }

    /** All rows as the database keeps them; the same object when that is what they are. */
    View view(View view) {
        if (view.schema().tables().equals(schema.tables()) && isKeptWhole(view)) {
            return view;
        }
        ViewBuilder rows = new ViewBuilder(schema);
        for (Table known : schema.tables()) {
            Table table = feeds(view.schema(), known);
            if (table != null) {
                view.forEach(table, row -> {
                    Row own = row(row);
                    if (own != null) {
                        rows.put(own);
                    }
                });
            }
        }
        return rows.build(Position.NONE, new Cut(0, 0, 0));
    }

    private boolean isKeptWhole(View view) {
        boolean[] whole = {true};
        for (Table table : schema.tables()) {
            view.forEach(table, row -> whole[0] = whole[0] && row(row) == row);
        }
        return whole[0];
    }

    /** Of a table that the database has; {@code null} when the database cannot have its key. */
    Row row(Row feeds) {
        Mapping mapping = mapping(feeds.table());
        Object[] values = mapping.from == null ? null : new Object[mapping.from.length];
        if (values != null) {
            for (int i = 0; i < values.length; i++) {
                values[i] = mapping.from[i] < 0 ? null : feeds.get(mapping.from[i]);
            }
        }
        return shortened(values == null ? feeds : mapping.known.row(values));
    }

    private Row shortened(Row row) {
        Row result = row;
        for (int i = 0; i < row.table().columns().size(); i++) {
            var column = row.table().columns().get(i);
            if (column.type() != ColumnType.STRING || row.get(i) == null) {
                continue;
            }
            String text = (String) row.get(i);
            int most = layout.length(row.table(), column);
            if (text.length() > most && i < row.table().keyColumns()) {
                // Cut, it might be the key of another row.
                if (cut.add(row.table() + "." + column.name())) {
                    LOG.error(
                            "A row of {} is not kept in the local database: {} of its key has {} characters, at most {} are"
                                    + " possible; make it shorter. It begins with {}",
                            row.table(),
                            column.name(),
                            text.length(),
                            most,
                            text.substring(0, 60));
                }
                return null;
            }
            if (text.length() > most) {
                // Not within a pair that is one character.
                int length = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
                Object[] values = result.values();
                values[i] = text.substring(0, length);
                result = row.table().row(values);
                if (cut.add(row.table() + "." + column.name())) {
                    LOG.warn(
                            "{}.{} of row {} has {} characters; the local database keeps the first {}",
                            row.table(),
                            column.name(),
                            row.key(),
                            text.length(),
                            length);
                }
            }
        }
        return result;
    }

    private Mapping mapping(Table feeds) {
        return mappings.computeIfAbsent(feeds, this::map);
    }

    private Mapping map(Table feeds) {
        Table known = schema.tables().stream()
                .filter(table -> table.name().equalsIgnoreCase(feeds.name()))
                .findFirst()
                .orElse(null);
        if (known == null) {
            LOG.info("The local database does not know table {}, and leaves it out", feeds);
            return new Mapping(null, null);
        }
        if (known.equals(feeds)) {
            return new Mapping(known, null);
        }
        if (known.keyColumns() != feeds.keyColumns()
                || !known.columns()
                        .subList(0, known.keyColumns())
                        .equals(feeds.columns().subList(0, known.keyColumns()))) {
            LOG.warn("Table {} has another key in the feed than in the local database, which leaves it out", feeds);
            return new Mapping(null, null);
        }
        int[] from = new int[known.columns().size()];
        for (int i = 0; i < from.length; i++) {
            var column = known.columns().get(i);
            boolean same = feeds.hasColumn(column.name())
                    && feeds.columns().get(feeds.column(column.name())).type() == column.type();
            from[i] = same ? feeds.column(column.name()) : -1;
        }
        return new Mapping(known, from);
    }
}
