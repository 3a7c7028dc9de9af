package org.openrtd.localdb.internal;

import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.openrtd.feed.Column;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;

/** Compares the rows of a table in the database with those of a view, value by value, in the columns that both have. */
final class Comparison {

    /** Hears what differs; all rows are of the database's table. */
    interface Differences {
        void missing(Row inView);

        void surplus(Row inDatabase);

        void differs(Row inDatabase, Row inView);
    }

    private final SqlFeedSession session;
    private final ZoneId zone;

    /** @param zone the zone in whose local time the database shows instants; {@code null} where it has them exactly */
    Comparison(SqlFeedSession session, ZoneId zone) {
        this.session = session;
        this.zone = zone;
    }

    /** Answers how many rows the view has. The differences are told after the table was read. */
    long compare(Table known, View view, Differences to) throws SQLException {
        List<Runnable> found = new ArrayList<>();
        long[] rows = new long[2];
        session.forEach(known, inDatabase -> {
            rows[0]++;
            Row inView = view.find(known, inDatabase.key()).map(session::own).orElse(null);
            if (inView == null) {
                found.add(() -> to.surplus(inDatabase));
                return;
            }
            rows[1]++;
            if (!same(inDatabase, inView)) {
                found.add(() -> to.differs(inDatabase, inView));
            }
        });
        found.forEach(Runnable::run);
        if (rows[1] < view.size(known)) {
            missing(known, view, rows[0] == 0 ? Set.of() : keys(known), to);
        }
        return view.size(known);
    }

    /** Read for themselves, as they take much memory and are seldom needed. */
    private Set<List<Object>> keys(Table known) throws SQLException {
        Set<List<Object>> keys = new HashSet<>();
        session.forEach(known, row -> keys.add(row.key()));
        return keys;
    }

    private void missing(Table known, View view, Set<List<Object>> there, Differences to) {
        view.forEach(known, row -> {
            if (!there.contains(row.key())) {
                Row own = session.own(row);
                to.missing(own == null ? row : own);
            }
        });
    }

    private boolean same(Row inDatabase, Row inView) {
        return differing(inDatabase, inView, zone).isEmpty();
    }

    /** The columns whose values differ. */
    static List<Column> differing(Row inDatabase, Row inView, ZoneId zone) {
        List<Column> columns = inDatabase.table().columns();
        List<Column> differing = null;
        for (int i = 0; i < columns.size(); i++) {
            if (!same(columns.get(i).type(), inDatabase.get(i), inView.get(i), zone)) {
                differing = differing == null ? new ArrayList<>() : differing;
                differing.add(columns.get(i));
            }
        }
        return differing == null ? List.of() : differing;
    }

    private static boolean same(ColumnType type, Object inDatabase, Object inView, ZoneId zone) {
        if (inDatabase == null || inView == null) {
            return inDatabase == inView;
        }
        if (type == ColumnType.TIMESTAMP && zone != null) {
            return local((Long) inDatabase, zone) == local((Long) inView, zone);
        }
        return type == ColumnType.BYTES
                ? Arrays.equals((byte[]) inDatabase, (byte[]) inView)
                : Objects.equals(inDatabase, inView);
    }

    private static long local(long utcMillis, ZoneId zone) {
        return utcMillis
                + zone.getRules().getOffset(Instant.ofEpochMilli(utcMillis)).getTotalSeconds() * 1000L;
    }
}
