package org.openrtd.centraldb.internal;

import java.util.ArrayList;
import java.util.List;
import org.openrtd.feed.Column;
import org.openrtd.feed.Table;
import org.openrtd.sql.Dialect;
import org.openrtd.sql.SqlTables;
import org.openrtd.sql.TableLayout;

/** How the configuration tables lie in the central database. */
final class ConfigurationTables implements TableLayout {

    static SqlTables in(Dialect dialect) {
        return new SqlTables(dialect, new ConfigurationTables());
    }

    private ConfigurationTables() {}

    @Override
    public int length(Table table, Column column) {
        return ConfigurationRules.of(table).length(column.name());
    }

    @Override
    public boolean isRequired(Table table, Column column) {
        return ConfigurationRules.of(table).isRequired(column.name());
    }

    /**
     * What the checks look up. They are no constraints: a transaction may pass through what it must not end with, and
     * constraints that Derby defers to the commit make each row dearer than the one before it.
     */
    @Override
    public List<List<String>> indexes(Table table) {
        ConfigurationRules rules = ConfigurationRules.of(table);
        List<List<String>> indexes = new ArrayList<>(rules.unique());
        rules.references().stream()
                .map(reference -> List.of(reference.column()))
                .distinct()
                .forEach(indexes::add);
        return indexes;
    }
}
