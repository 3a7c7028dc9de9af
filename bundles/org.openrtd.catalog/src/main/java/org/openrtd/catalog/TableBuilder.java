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
    private final List<List<String>> unique = new ArrayList<>();
    private final List<Reference> references = new ArrayList<>();

    TableBuilder(String name, String feed, String description) {
        this.name = name;
        this.feed = feed;
        this.description = description;
    }

    TableBuilder key(String column, String text) {
        return add(column, ColumnType.INT, Unit.ID, Family.KEY, text, Optional.empty());
    }

    TableBuilder keyCode(String column, CodeList codes, String text) {
        return add(column, ColumnType.INT, Unit.CODE, Family.KEY, text, Optional.of(codes));
    }

    TableBuilder keyText(String column, String text) {
        return add(column, ColumnType.STRING, Unit.TEXT, Family.KEY, text, Optional.empty());
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
                codes,
                usualRules(type, unit, family)));
        return this;
    }

    private static ColumnRules usualRules(ColumnType type, Unit unit, Family family) {
        boolean text = type == ColumnType.STRING;
        boolean flag = text && unit == Unit.FLAG;
        return new ColumnRules(
                family == Family.KEY,
                !text ? 0 : flag ? 1 : ColumnRules.USUAL_LENGTH,
                text ? Optional.of(flag ? TextForm.FLAG : TextForm.LINE) : Optional.empty(),
                Optional.empty());
    }

    // What follows a column says more of it.

    TableBuilder required() {
        ColumnRules rules = last().rules();
        return ruled(new ColumnRules(true, rules.maxLength(), rules.text(), rules.range()));
    }

    TableBuilder length(int most) {
        ColumnRules rules = last().rules();
        return ruled(new ColumnRules(rules.required(), most, rules.text(), rules.range()));
    }

    TableBuilder form(TextForm form) {
        ColumnRules rules = last().rules();
        return ruled(new ColumnRules(rules.required(), rules.maxLength(), Optional.of(form), rules.range()));
    }

    TableBuilder range(int from, int to) {
        ColumnRules rules = last().rules();
        return ruled(new ColumnRules(
                rules.required(), rules.maxLength(), rules.text(), Optional.of(new ColumnRules.Range(from, to))));
    }

    TableBuilder atLeast(int from) {
        return range(from, Integer.MAX_VALUE);
    }

    private ColumnInfo last() {
        return columns.get(columns.size() - 1);
    }

    private TableBuilder ruled(ColumnRules rules) {
        ColumnInfo last = columns.remove(columns.size() - 1);
        columns.add(new ColumnInfo(
                last.column(),
                last.unit(),
                last.family(),
                last.description(),
                last.timeDriven(),
                last.sensitive(),
                last.undetermined(),
                last.codes(),
                rules));
        return this;
    }

    TableBuilder refers(String table) {
        references.add(new Reference(last().name(), table, Optional.empty(), Optional.empty()));
        return this;
    }

    /** Refers to a row of that table that has that value there. */
    TableBuilder refers(String table, String column, int value) {
        references.add(new Reference(
                last().name(), table, Optional.empty(), Optional.of(new Reference.Condition(column, value))));
        return this;
    }

    /** Refers to that table when another column of the row has that value. */
    TableBuilder refersWhen(String column, int value, String table) {
        references.add(new Reference(
                last().name(), table, Optional.of(new Reference.Condition(column, value)), Optional.empty()));
        return this;
    }

    /** Of columns of this table. */
    TableBuilder unique(String... together) {
        unique.add(List.of(together));
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
        return new TableInfo(new Table(name, keys, plain), feed, description, columns, unique, references);
    }
}
