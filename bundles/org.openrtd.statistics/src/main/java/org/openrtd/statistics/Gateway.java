package org.openrtd.statistics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/** A peripheral's gateway, what it has in progress, and its row in {@code Peripheral_Real_Time}. */
final class Gateway extends Live {

    static final String UP = "up";
    static final String SILENT = "silent";
    static final String LOST = "lost";
    static final String FINISHED = "finished";

    private static final Table TABLE = Catalog.table("Peripheral_Real_Time").table();

    final int id;
    String name;
    String timeZone;

    /** {@code null} before it was first heard. */
    String state;

    String reason;
    long lastHeard;
    long accepted;
    long refused;
    long untidy;
    long callsClosed;
    long agentsClosed;
    String lastRefusal;

    /** Whether its agents' states are unknown. */
    boolean hidden;

    /** Since when; 0 when they are not. */
    long hiddenAt;

    /** Whether a picture of its present is being received. */
    boolean picturing;

    /** The number of the last picture. */
    int picture;

    final Map<String, Call> calls = new HashMap<>();
    final Map<String, Agent> agents = new HashMap<>();
    final Map<String, SkillGroup> groups = new HashMap<>();
    int agentsLoggedOn;

    Gateway(int id) {
        this.id = id;
    }

    @Override
    String feed() {
        return Catalog.CALLS;
    }

    @Override
    Change change(long second) {
        return gone ? Change.delete(TABLE, List.of(id)) : Change.put(row(second));
    }

    @Override
    Row row(long second) {
        return TABLE.row(
                id,
                time(dateTime),
                UP.equals(state) ? 1 : 0,
                state,
                reason,
                time(lastHeard),
                calls.size(),
                agentsLoggedOn,
                accepted,
                refused,
                untidy,
                callsClosed,
                agentsClosed,
                lastRefusal);
    }
}
