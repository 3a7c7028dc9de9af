package org.openrtd.catalog;

import java.util.Optional;
import org.openrtd.feed.Column;

/**
 * What is known of one column beyond its name and type.
 *
 * @param description one sentence, for people
 * @param timeDriven whether time alone can move the value, at whole seconds of the controller's clock
 * @param sensitive whether it may identify a customer, and is to be shown to those only who need it
 * @param undetermined whether no event determines it, so that it is always NULL
 * @param codes what its codes mean, where it is a code with a fixed list; a column of a configuration table holds no other
 * @param rules what else it may hold; only configuration tables are checked
 */
public record ColumnInfo(
        Column column,
        Unit unit,
        Family family,
        String description,
        boolean timeDriven,
        boolean sensitive,
        boolean undetermined,
        Optional<CodeList> codes,
        ColumnRules rules) {

    public String name() {
        return column.name();
    }
}
