package org.openrtd.localdb.internal;

import java.time.ZoneId;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.TableInfo;
import org.openrtd.feed.Column;
import org.openrtd.feed.Table;
import org.openrtd.sql.Instants;
import org.openrtd.sql.TableLayout;

/** How the catalog's tables lie in the local database: as {@code t_X}, with instants in the controller's local time. */
final class LocalLayout implements TableLayout {

    /** What a copy has to take is checked where it is made; a width that the catalog widens later is no reason to alter. */
    private static final int LEAST_LENGTH = 1024;

    private final ZoneId zone;

    LocalLayout(ZoneId zone) {
        this.zone = zone;
    }

    @Override
    public String name(Table table) {
        return "t_" + table.name();
    }

    @Override
    public int length(Table table, Column column) {
        int length = Catalog.find(table.name())
                .flatMap(info -> info.find(column.name()))
                .map(info -> info.rules().maxLength())
                .orElse(0);
        return Math.max(length, LEAST_LENGTH);
    }

    @Override
    public Instants instants(Table table) {
        // Digests of configuration are computed from what is read back.
        boolean exact = Catalog.find(table.name())
                .map(TableInfo::feed)
                .filter(Catalog.CONFIG::equals)
                .isPresent();
        return exact ? Instants.localTimeAndUtc(zone) : Instants.localTime(zone);
    }
}
