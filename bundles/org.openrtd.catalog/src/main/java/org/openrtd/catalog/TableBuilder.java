package org.openrtd.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.openrtd.feed.Column;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Table;

/** The words in which {@link ContactCentreTables} is written. */
final class TableBuilder {

    /** What a column may be besides its name, unit and description. */
    enum Flag {
        TIME_DRIVEN,
        SENSITIVE,
        UNDETERMINED
    }

    private final String name;
    private final String feed;
    private final String description;
    private final List<ColumnInfo> columns = new ArrayList<>();

    TableBuilder(String name, String feed, String description) {
        this.name = name;
        this.feed = feed;
        this.description = description;
    }

    TableBuilder key(String column, String text) {
        return add(column, ColumnType.INT, Unit.ID, Family.KEY, text, Optional.empty());
    }

    TableBuilder id(String column, String text, Flag... flags) {
        return add(column, ColumnType.INT, Unit.ID, Family.ATTRIBUTE, text, Optional.empty(), flags);
    }

    TableBuilder text(String column, String text, Flag... flags) {
        return add(column, ColumnType.STRING, Unit.TEXT, Family.ATTRIBUTE, text, Optional.empty(), flags);
    }

    TableBuilder yesNo(String column, String text, Flag... flags) {
        return add(column, ColumnType.STRING, Unit.FLAG, Family.ATTRIBUTE, text, Optional.empty(), flags);
    }

    TableBuilder number(String column, String text, Flag... flags) {
        return add(column, ColumnType.INT, Unit.COUNT, Family.ATTRIBUTE, text, Optional.empty(), flags);
    }

    TableBuilder setting(String column, Unit unit, String text, Flag... flags) {
        return add(column, ColumnType.INT, unit, Family.ATTRIBUTE, text, Optional.empty(), flags);
    }

    TableBuilder code(String column, CodeList codes, String text, Flag... flags) {
        return add(column, ColumnType.INT, Unit.CODE, Family.ATTRIBUTE, text, Optional.of(codes), flags);
    }

    /** Columns that speak of this moment. */
    TableBuilder now(String column, Unit unit, String text, Flag... flags) {
        return add(column, type(unit), unit, Family.NOW, text, Optional.empty(), flags);
    }

    TableBuilder nowText(String column, String text, Flag... flags) {
        return add(column, ColumnType.STRING, Unit.TEXT, Family.NOW, text, Optional.empty(), flags);
    }

    TableBuilder nowTotal(String column, String text, Flag... flags) {
        return add(column, ColumnType.LONG, Unit.COUNT, Family.NOW, text, Optional.empty(), flags);
    }

    TableBuilder nowCode(String column, CodeList codes, String text, Flag... flags) {
        return add(column, ColumnType.INT, Unit.CODE, Family.NOW, text, Optional.of(codes), flags);
    }

    TableBuilder add(
            String column,
            ColumnType type,
            Unit unit,
            Family family,
            String text,
            Optional<CodeList> codes,
            Flag... flags) {
        List<Flag> set = List.of(flags);
        columns.add(new ColumnInfo(
                new Column(column, type),
                unit,
                family,
                text,
                set.contains(Flag.TIME_DRIVEN),
                set.contains(Flag.SENSITIVE),
                set.contains(Flag.UNDETERMINED),
                codes));
        return this;
    }

    static ColumnType type(Unit unit) {
        return switch (unit) {
            case TIME -> ColumnType.TIMESTAMP;
            case RATIO -> ColumnType.DOUBLE;
            case TEXT -> ColumnType.STRING;
            default -> ColumnType.INT;
        };
    }

    TableInfo build() {
        int keys = (int)
                columns.stream().filter(column -> column.family() == Family.KEY).count();
        List<Column> plain = columns.stream().map(ColumnInfo::column).toList();
        return new TableInfo(new Table(name, keys, plain), feed, description, columns);
    }
}
