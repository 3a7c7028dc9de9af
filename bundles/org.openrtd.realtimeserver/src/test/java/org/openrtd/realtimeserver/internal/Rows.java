package org.openrtd.realtimeserver.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openrtd.feed.Change;
import org.openrtd.feed.Cut;
import org.openrtd.feed.Row;

/** What a follower of the real-time feeds would see. */
final class Rows implements Feeds {

    private final Map<List<Object>, Row> rows = new HashMap<>();
    private final List<Cut> cuts = new ArrayList<>();
    private long epoch;

    @Override
    public synchronized void begin(long newEpoch, Cut cut, List<Change> calls, List<Change> agents) {
        if (newEpoch <= epoch) {
            throw new IllegalStateException("epoch " + newEpoch + " after " + epoch);
        }
        epoch = newEpoch;
        rows.clear();
        calls.forEach(this::follow);
        agents.forEach(this::follow);
        cuts.add(cut);
        notifyAll();
    }

    @Override
    public synchronized void commit(String feed, Cut cut, List<Change> changes) {
        changes.forEach(this::follow);
        cuts.add(cut);
        notifyAll();
    }

    private void follow(Change change) {
        List<Object> key = new ArrayList<>();
        key.add(change.table().name());
        key.addAll(change.key());
        if (change.row() == null) {
            rows.remove(key);
        } else {
            rows.put(key, change.row());
        }
    }

    synchronized Map<List<Object>, Row> rows() {
        return new HashMap<>(rows);
    }

    synchronized List<Cut> cuts() {
        return new ArrayList<>(cuts);
    }

    synchronized Object value(String table, String column) {
        for (Map.Entry<List<Object>, Row> entry : rows.entrySet()) {
            if (entry.getKey().get(0).equals(table)) {
                return entry.getValue().get(column);
            }
        }
        return "no row";
    }

    /** Waits until there is one row in the table and its column has the value. */
    synchronized void await(String table, String column, Object wanted) throws InterruptedException {
        while (!wanted.equals(value(table, column))) {
            wait();
        }
    }
}
