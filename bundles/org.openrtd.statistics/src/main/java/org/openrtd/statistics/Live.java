package org.openrtd.statistics;

import org.openrtd.feed.Change;
import org.openrtd.feed.Row;

/** What has a row in a real-time table. */
abstract class Live {

    /** Whether something happened to it since the last clock mark. */
    boolean touched;

    /** Whether the row awaits its cut. */
    boolean dirty;

    /** Whether the feed does not have the row: it was never cut, or its deletion was. */
    boolean absent = true;

    /** Whether its configuration is deleted: it has no row, but calls may still refer to it. */
    boolean gone;

    /** The clock mark at which something last happened to it; 0 for none yet. */
    long dateTime;

    /** The feed that carries the row. */
    abstract String feed();

    /** The row as of a whole second. */
    abstract Row row(long second);

    /** The row as a change: put, or deleted when there is to be none. */
    abstract Change change(long second);

    static Long time(long millis) {
        return millis == 0 ? null : (Long) millis;
    }

    /** Columns are 32 bits wide; a sum that outgrows them stays at the largest number instead of turning negative. */
    static Integer number(long value) {
        return value > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) value;
    }
}
