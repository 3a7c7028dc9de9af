package org.openrtd.statistics;

import java.time.Instant;
import java.time.ZoneId;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/** The one row of {@code Controller_Time}. */
final class Controller extends Live {

    private static final Table TABLE = Catalog.table("Controller_Time").table();
    private static final int ONLY = 1;

    private final ZoneId zone;

    Controller(ZoneId zone) {
        this.zone = zone;
    }

    @Override
    String feed() {
        return Catalog.CALLS;
    }

    @Override
    Change change(long second) {
        return Change.put(row(second));
    }

    @Override
    Row row(long second) {
        int offset = zone.getRules().getOffset(Instant.ofEpochMilli(dateTime)).getTotalSeconds();
        return TABLE.row(ONLY, time(dateTime), zone.getId(), offset / 60);
    }
}
