package org.openrtd.feed.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.openrtd.feed.Cut;
import org.openrtd.feed.Digest;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;

/** All tables of a feed at one position. */
public final class FeedView implements View {

    private final FeedSchema schema;
    private final Map<String, Integer> indexes;
    private final Position position;
    private final Cut cut;
    private final TableRows[] tables;

    private FeedView(FeedSchema schema, Map<String, Integer> indexes, Position position, Cut cut, TableRows[] tables) {
        this.schema = schema;
        this.indexes = indexes;
        this.position = position;
        this.cut = cut;
        this.tables = tables;
    }

    /** Before the first snapshot. */
    public static FeedView nothing(String feed) {
        return of(new FeedSchema(feed, 0, false, List.of()), Position.NONE, new Cut(0, 0, 0), new TableRows[0]);
    }

    /** Rows of the schema's tables, in their order. */
    public static FeedView of(FeedSchema schema, Position position, Cut cut, TableRows[] tables) {
        Map<String, Integer> indexes = new HashMap<>();
        for (int i = 0; i < tables.length; i++) {
            String name = tables[i].layout.table.name();
            indexes.put(name.toLowerCase(Locale.ROOT), i);
            indexes.put(name, i);
        }
        return new FeedView(schema, indexes, position, cut, tables);
    }

    public static FeedView empty(FeedSchema schema, Position position) {
        TableRows[] tables = schema.tables().stream()
                .map(table -> TableRows.empty(new Layout(table)))
                .toArray(TableRows[]::new);
        return of(schema, position, new Cut(0, 0, 0), tables);
    }

    /** The same schema with these rows. */
    public FeedView next(Position position, Cut cut, TableRows[] tables) {
        return new FeedView(schema, indexes, position, cut, tables);
    }

    public FeedView at(Position position) {
        return next(position, cut, tables);
    }

    public int tables() {
        return tables.length;
    }

    public TableRows rows(int table) {
        return tables[table];
    }

    public TableRows[] allRows() {
        return tables.clone();
    }

    /** The index of a table, or -1. */
    public int index(String table) {
        Integer index = indexes.get(table);
        if (index == null) {
            index = indexes.get(table.toLowerCase(Locale.ROOT));
        }
        return index == null ? -1 : index;
    }

    public Cut cut() {
        return cut;
    }

    @Override
    public FeedSchema schema() {
        return schema;
    }

    @Override
    public Position position() {
        return position;
    }

    @Override
    public long tick() {
        return cut.tick();
    }

    @Override
    public long controllerTime() {
        return cut.controllerTime();
    }

    @Override
    public long configurationKey() {
        return cut.configurationKey();
    }

    @Override
    public int size(Table table) {
        int index = index(table.name());
        return index < 0 ? 0 : tables[index].size();
    }

    @Override
    public void forEach(Table table, Consumer<Row> action) {
        int index = index(table.name());
        if (index >= 0) {
            tables[index].forEach(action);
        }
    }

    @Override
    public Optional<Row> find(Table table, List<Object> key) {
        int index = index(table.name());
        return index < 0 || !tables[index].layout.isKey(key)
                ? Optional.empty()
                : Optional.ofNullable(tables[index].find(key));
    }

    @Override
    public Digest digest(Table table) {
        int index = index(table.name());
        return index < 0 ? new Digest(0, 0) : tables[index].digest();
    }

    @Override
    public void changesSince(View before, Consumer<RowChange> to) {
        if (!(before instanceof FeedView) || !before.schema().tables().equals(schema.tables())) {
            View.super.changesSince(before, to);
            return;
        }
        for (int t = 0; t < tables.length; t++) {
            tables[t].changesSince(((FeedView) before).tables[t], to);
        }
    }

    @Override
    public String toString() {
        return schema.feed() + " at " + position;
    }
}
