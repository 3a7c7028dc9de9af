package org.openrtd.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.openrtd.catalog.Catalog;
import org.openrtd.events.Event;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/**
 * A small centre to tell a story in: what happens at which local time, and what the rows say then. It follows the cuts as
 * an origin does, so that a row that changed and was not cut is found out.
 */
final class Stage {

    static final ZoneId ZONE = ZoneId.of("Asia/Jerusalem");
    static final String GATEWAY = "pg";
    static final int PERIPHERAL = 5000;

    final Map<String, Map<List<Object>, Row>> replica = new HashMap<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<String, Integer> callTypes = new HashMap<>();
    private Statistics statistics;
    private LocalDateTime now = LocalDateTime.of(1999, 1, 5, 10, 0, 0);
    private long key;

    Stage() {
        this(ZONE);
    }

    Stage(ZoneId zone) {
        statistics = new Statistics(zone);
        configure(row("Peripheral", PERIPHERAL, "EnterpriseName", GATEWAY, "TimeZone", zone.getId(), "Deleted", "N"));
    }

    Statistics statistics() {
        return statistics;
    }

    // ------------------------------------------------------------------------------------------------- configuration

    Stage configure(Change... rows) {
        statistics.configure(++key, List.of(rows));
        return this;
    }

    static Change row(String tableName, Object... keyThenNamesAndValues) {
        Table table = Catalog.table(tableName).table();
        Object[] values = new Object[table.columns().size()];
        int keys = table.keyColumns();
        System.arraycopy(keyThenNamesAndValues, 0, values, 0, keys);
        for (int i = keys; i < keyThenNamesAndValues.length; i += 2) {
            values[table.column((String) keyThenNamesAndValues[i])] = keyThenNamesAndValues[i + 1];
        }
        return Change.put(table.row(values));
    }

    Stage callType(String name, int id, Object... more) {
        callTypes.put(name, id);
        return configure(row(
                "Call_Type",
                with(
                        more,
                        id,
                        "EnterpriseName",
                        name,
                        "ServiceLevelThreshold",
                        20,
                        "ServiceLevelType",
                        1,
                        "AbandonWaitTime",
                        0,
                        "Deleted",
                        "N")));
    }

    Stage skillGroup(String name, int id, Object... more) {
        ids.put(name, id);
        return configure(row(
                "Skill_Group",
                with(
                        more,
                        id,
                        "EnterpriseName",
                        "pg." + name,
                        "PeripheralName",
                        name,
                        "PeripheralID",
                        PERIPHERAL,
                        "MRDomainID",
                        1,
                        "ServiceLevelThreshold",
                        20,
                        "ServiceLevelType",
                        1,
                        "Deleted",
                        "N")));
    }

    Stage agent(String name, int id, String... groups) {
        ids.put(name, id);
        configure(row(
                "Agent",
                id,
                "EnterpriseName",
                "pg." + name,
                "PeripheralID",
                PERIPHERAL,
                "PeripheralNumber",
                name,
                "Deleted",
                "N"));
        for (String group : groups) {
            configure(row("Skill_Group_Member", ids.get(group), id));
        }
        return this;
    }

    private static Object[] with(Object[] more, Object... usual) {
        List<Object> all = new ArrayList<>(List.of(usual));
        all.addAll(List.of(more));
        return all.toArray();
    }

    // -------------------------------------------------------------------------------------------------------- events

    /** Goes on to a local time of the day, such as {@code 10:00:05}, second by second. */
    Stage at(String time) {
        String[] parts = time.split(":");
        LocalDateTime target = now.withHour(Integer.parseInt(parts[0]))
                .withMinute(Integer.parseInt(parts[1]))
                .withSecond(Integer.parseInt(parts[2]));
        return at(target.isBefore(now) ? target.plusDays(1) : target);
    }

    Stage at(LocalDateTime target) {
        while (now.isBefore(target)) {
            clock();
            now = now.plusSeconds(1);
        }
        return this;
    }

    /** Begins the story, or leaps in it, without a mark for each second. */
    Stage leap(LocalDateTime target) {
        now = target;
        return this;
    }

    Stage later(int seconds) {
        return at(now.plusSeconds(seconds));
    }

    /** Lets an event happen now. */
    Outcome happens(LongFunction<Event> event) {
        return statistics.fold(GATEWAY, event.apply(millis()));
    }

    Stage then(LongFunction<Event> event) {
        assertEquals(Outcome.ACCEPTED, happens(event));
        return this;
    }

    Stage offered(String call, String callType) {
        return then(t -> new Event.CallOffered(t, call, callType));
    }

    Stage queued(String call, String... groups) {
        return then(t -> new Event.CallQueued(t, call, List.of(groups)));
    }

    Stage rings(String call, String agent, String group) {
        return then(t -> new Event.CallRinging(t, call, agent, group));
    }

    Stage answered(String call, String agent, String group) {
        return then(t -> new Event.CallAnswered(t, call, agent, group));
    }

    Stage held(String call) {
        return then(t -> new Event.CallHeld(t, call));
    }

    Stage retrieved(String call) {
        return then(t -> new Event.CallRetrieved(t, call));
    }

    Stage wrapUp(String call) {
        return then(t -> new Event.CallWrapUp(t, call));
    }

    Stage ended(String call) {
        return then(t -> new Event.CallEnded(t, call));
    }

    Stage abandoned(String call) {
        return then(t -> new Event.CallAbandoned(t, call));
    }

    Stage notAnswered(String call, String agent) {
        return then(t -> new Event.CallNotAnswered(t, call, agent));
    }

    Stage transferred(String call, String callType) {
        return then(t -> new Event.CallTransferred(t, call, callType));
    }

    Stage logsIn(String agent, String... groups) {
        return then(t -> new Event.AgentLoggedIn(t, agent, List.of(groups), "77" + agent));
    }

    Stage ready(String agent) {
        return chooses(agent, 3, 0);
    }

    Stage notReady(String agent, int reason) {
        return chooses(agent, 2, reason);
    }

    Stage chooses(String agent, int state, int reason) {
        return then(t -> new Event.AgentStateChanged(t, agent, state, reason));
    }

    Stage logsOut(String agent, int reason) {
        return then(t -> new Event.AgentLoggedOut(t, agent, reason));
    }

    // ---------------------------------------------------------------------------------------------------------- rows

    /** Marks the clock, as often as one likes, and follows the cut. */
    Stage clock() {
        statistics.fold(GATEWAY, new Event.ClockAdvanced(millis()));
        return cut();
    }

    private Stage cut() {
        for (String feed : List.of(Catalog.CALLS, Catalog.AGENTS)) {
            statistics.cut(feed).forEach(this::follow);
        }
        return this;
    }

    private void follow(Change change) {
        Map<List<Object>, Row> rows = replica.computeIfAbsent(change.table().name(), t -> new HashMap<>());
        if (change.row() == null) {
            rows.remove(change.key());
        } else {
            rows.put(List.copyOf(change.key()), change.row());
        }
    }

    long millis() {
        return now.atZone(statistics.zone()).toInstant().toEpochMilli();
    }

    /** A value after all that happened up to now. */
    Object value(String table, String column, Object... key) {
        clock();
        return cutValue(table, column, key);
    }

    /** A value as it is cut, without a mark. */
    private Object cutValue(String table, String column, Object... key) {
        cut();
        Row row = replica.getOrDefault(table, Map.of()).get(List.of(key));
        return row == null ? "no row" : row.get(column);
    }

    Object callTypeValue(String callType, String column) {
        return value("Call_Type_Real_Time", column, callTypes.get(callType));
    }

    Object groupValue(String group, String column) {
        return value("Skill_Group_Real_Time", column, ids.get(group));
    }

    Object agentValueNow(String agent, String column) {
        return cutValue("Agent_Real_Time", column, ids.get(agent), 1);
    }

    Object groupValueNow(String group, String column) {
        return cutValue("Skill_Group_Real_Time", column, ids.get(group));
    }

    Object agentValue(String agent, String column) {
        return value("Agent_Real_Time", column, ids.get(agent), 1);
    }

    Object memberValue(String agent, String group, String column) {
        return value("Agent_Skill_Group_Real_Time", column, ids.get(agent), ids.get(group));
    }

    Object peripheralValue(String column) {
        return value("Peripheral_Real_Time", column, PERIPHERAL);
    }

    /** That what the cuts told is all there is. */
    void assertFollowed() {
        clock();
        assertEquals(rows(statistics), nonEmpty(replica));
    }

    static Map<String, Map<List<Object>, Row>> rows(Statistics statistics) {
        Map<String, Map<List<Object>, Row>> rows = new HashMap<>();
        for (String feed : List.of(Catalog.CALLS, Catalog.AGENTS)) {
            for (Change change : statistics.all(feed)) {
                rows.computeIfAbsent(change.table().name(), t -> new HashMap<>())
                        .put(List.copyOf(change.key()), change.row());
            }
        }
        return rows;
    }

    private static Map<String, Map<List<Object>, Row>> nonEmpty(Map<String, Map<List<Object>, Row>> tables) {
        Map<String, Map<List<Object>, Row>> copy = new HashMap<>(tables);
        copy.values().removeIf(Map::isEmpty);
        return copy;
    }

    /** Goes on from a checkpoint, as a restarted centre does. */
    Stage restart() {
        statistics = copy(statistics);
        return this;
    }

    static Statistics copy(Statistics statistics) {
        return read(write(statistics));
    }

    static byte[] write(Statistics statistics) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            statistics.writeTo(new DataOutputStream(bytes));
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Statistics read(byte[] bytes) {
        try {
            return Statistics.readFrom(new DataInputStream(new ByteArrayInputStream(bytes)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
