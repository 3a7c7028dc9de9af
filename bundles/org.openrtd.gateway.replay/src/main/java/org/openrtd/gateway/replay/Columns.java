package org.openrtd.gateway.replay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.openrtd.gateway.CannotGoOnException;

/** Where the columns stand that a replay needs, by the names in the file's header. */
final class Columns {

    static final int LINE = 0;
    static final int CALL_ID = 1;
    static final int TYPE = 2;
    static final int DATE = 3;
    static final int VRU_ENTRY = 4;
    static final int VRU_EXIT = 5;
    static final int Q_START = 6;
    static final int Q_EXIT = 7;
    static final int OUTCOME = 8;
    static final int SER_START = 9;
    static final int SER_TIME = 10;
    static final int SERVER = 11;

    private static final List<String> NAMES = List.of(
            "vru+line",
            "call_id",
            "type",
            "date",
            "vru_entry",
            "vru_exit",
            "q_start",
            "q_exit",
            "outcome",
            "ser_start",
            "ser_time",
            "server");

    private final int[] places = new int[NAMES.size()];
    private final int count;

    Columns(String file, String header) throws CannotGoOnException {
        List<String> names =
                Arrays.stream(header.split("\t", -1)).map(String::trim).toList();
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            places[i] = names.indexOf(NAMES.get(i));
            if (places[i] < 0) {
                missing.add(NAMES.get(i));
            }
        }
        if (!missing.isEmpty()) {
            throw new CannotGoOnException("The first line of " + file + " does not name the column(s) "
                    + String.join(", ", missing)
                    + ": name a file of recorded calls, tab-separated, plain or gzip, whose"
                    + " header names " + String.join(", ", NAMES));
        }
        count = names.size();
    }

    static String name(int column) {
        return NAMES.get(column);
    }

    int count() {
        return count;
    }

    String get(String[] fields, int column) {
        return fields[places[column]].trim();
    }
}
