package org.openrtd.console.internal;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;

/**
 * What a supervisor looks at, taken from a node's replicas at one moment: call types, agents and peripherals by name, and
 * how current all that is. Values that no event determines are {@code null} and shown as such.
 *
 * @param feeds the feeds {@code calls}, {@code agents} and {@code config}, also those that are missing
 * @param controllerTime UTC ms; 0 before the first data
 * @param zone the zone that the controller's clock is shown in
 * @param troubles why the numbers are not current, the most telling first; empty when they are
 */
record Picture(
        String node,
        String site,
        List<Feed> feeds,
        long controllerTime,
        ZoneId zone,
        List<String> troubles,
        List<Peripheral> peripherals,
        List<CallType> callTypes,
        List<Agent> agents) {

    static final List<String> FEEDS = List.of("calls", "agents", "config");

    /** @param state {@code null} when the node has no replica of the feed */
    record Feed(
            String name,
            String source,
            FeedState state,
            String reason,
            Position position,
            Duration age,
            boolean stale,
            long controllerTime,
            long tick) {}

    record Peripheral(String name, String state, String reason, Long lastHeard, Long events) {

        boolean finished() {
            return "finished".equals(state);
        }

        boolean troubled() {
            return !"up".equals(state) && !finished();
        }
    }

    record CallType(
            String name,
            Long waiting,
            Long oldestSeconds,
            Long offered,
            Long answered,
            Long abandoned,
            Double serviceLevel,
            Double averageWait) {}

    record Agent(String name, int state, Long secondsInState, String reason, String skillGroup) {}

    /** Whether every number on the picture is current. */
    boolean current() {
        return troubles.isEmpty();
    }

    /** How old the oldest of the real-time feeds is; nothing before there is data. */
    Optional<Duration> age() {
        return feeds.stream()
                .filter(f -> !f.name().equals("config") && f.controllerTime() > 0)
                .map(Feed::age)
                .max(Comparator.naturalOrder());
    }

    /**
     * Whether the day is over and all of it is here: every peripheral's gateway has said that it is finished, and the
     * real-time feeds are live at one and the same tick of the controller.
     */
    boolean finished() {
        Feed calls = feeds.get(0);
        Feed agents = feeds.get(1);
        return !peripherals.isEmpty()
                && peripherals.stream().allMatch(Peripheral::finished)
                && feeds.stream().allMatch(f -> f.state() == FeedState.LIVE && !f.stale())
                // A centre that starts anew may count ticks below those of the one before.
                && agents.position().epoch() == calls.position().epoch()
                && agents.tick() == calls.tick()
                && agents.controllerTime() == calls.controllerTime();
    }

    static Picture take(String node, String site, Collection<Replica> replicas) {
        Map<String, Replica> chosen = new LinkedHashMap<>();
        Map<String, View> views = new LinkedHashMap<>();
        List<Feed> feeds = new ArrayList<>();
        for (String name : FEEDS) {
            Optional<Replica> replica = Replicas.choose(replicas, name, null);
            replica.ifPresent(r -> {
                chosen.put(name, r);
                views.put(name, r.view());
            });
            feeds.add(replica.map(r -> feed(r, views.get(name)))
                    .orElseGet(() -> new Feed(name, "", null, "", Position.NONE, Duration.ZERO, true, 0, 0)));
        }
        View calls = views.get("calls");
        View agents = views.get("agents");
        Names names = new Names(views.get("config"));
        List<Peripheral> peripherals = peripherals(calls, names);
        long controllerTime =
                Math.max(calls == null ? 0 : calls.controllerTime(), agents == null ? 0 : agents.controllerTime());
        return new Picture(
                node,
                site,
                List.copyOf(feeds),
                controllerTime,
                zone(calls),
                troubles(feeds, peripherals, zone(calls)),
                peripherals,
                callTypes(calls, names),
                agents(agents, names));
    }

    private static Feed feed(Replica replica, View view) {
        return new Feed(
                replica.feed(),
                replica.source(),
                replica.state(),
                Text.harmless(replica.reason()),
                view.position(),
                replica.age(),
                replica.stale(),
                view.controllerTime(),
                view.tick());
    }

    /** From the far end to the near: what broke first is named first, what follows from it is left out. */
    private static List<String> troubles(List<Feed> feeds, List<Peripheral> peripherals, ZoneId zone) {
        Map<String, List<Feed>> byReason = new LinkedHashMap<>();
        for (Feed feed : feeds) {
            if (feed.state() == null) {
                byReason.computeIfAbsent("not followed by this node", reason -> new ArrayList<>())
                        .add(feed);
            } else if (feed.stale()) {
                byReason.computeIfAbsent(feed.reason(), reason -> new ArrayList<>())
                        .add(feed);
            }
        }
        List<String> troubles = new ArrayList<>();
        byReason.forEach((reason, of) -> troubles.add(trouble(reason, of)));
        for (Peripheral peripheral : peripherals) {
            if (peripheral.troubled() && peripheral.state() == null) {
                troubles.add("PERIPHERAL " + peripheral.name() + " not heard yet");
            } else if (peripheral.troubled()) {
                troubles.add("PERIPHERAL " + peripheral.name() + " "
                        + peripheral.state().toUpperCase(Locale.ROOT)
                        + (peripheral.lastHeard() == null ? "" : " since " + Text.time(peripheral.lastHeard(), zone))
                        + (peripheral.reason().isEmpty() ? "" : " (" + peripheral.reason() + ")"));
            }
        }
        return troubles;
    }

    private static String trouble(String reason, List<Feed> feeds) {
        String which = String.join(", ", feeds.stream().map(Feed::name).toList());
        if (feeds.get(0).state() == null) {
            return "NO DATA YET — " + which + ": " + reason;
        }
        boolean empty = feeds.stream().allMatch(f -> f.position().equals(Position.NONE));
        Duration age =
                feeds.stream().map(Feed::age).max(Comparator.naturalOrder()).orElseThrow();
        // Live and yet stale: all arrives in order, but late.
        String what = feeds.get(0).state() == FeedState.LIVE
                ? "LIVE, but what arrives from " + feeds.get(0).source() + " is old"
                : feeds.get(0).state() + (reason.isEmpty() ? "" : ", " + reason);
        return (empty ? "NO DATA YET — " : "STALE for " + Text.age(age) + " — ") + which + ": " + what;
    }

    private static List<Peripheral> peripherals(View calls, Names names) {
        List<Peripheral> peripherals = new ArrayList<>();
        forEach(
                calls,
                "Peripheral_Real_Time",
                row -> peripherals.add(new Peripheral(
                        names.peripheral(row.get(0)),
                        text(row, "GatewayState"),
                        Optional.ofNullable(text(row, "GatewayReason")).orElse(""),
                        number(row, "LastHeard"),
                        number(row, "EventsAccepted"))));
        peripherals.sort(Comparator.comparing(Peripheral::name));
        return peripherals;
    }

    private static List<CallType> callTypes(View calls, Names names) {
        List<CallType> callTypes = new ArrayList<>();
        forEach(calls, "Call_Type_Real_Time", row -> {
            Long oldest = number(row, "RouterLongestCallQ");
            Long answered = number(row, "CallsAnsweredToday");
            Long waited = number(row, "AnswerWaitTimeToday");
            callTypes.add(new CallType(
                    names.callType(row.get(0)),
                    number(row, "RouterCallsQNow"),
                    oldest == null ? null : (calls.controllerTime() - oldest) / 1000,
                    number(row, "CallsOfferedToday"),
                    answered,
                    number(row, "TotalCallsAbandToday"),
                    real(row, "ServiceLevelToday"),
                    answered == null || waited == null || answered == 0 ? null : (double) waited / answered));
        });
        callTypes.sort(Comparator.comparing(CallType::name, String.CASE_INSENSITIVE_ORDER));
        return callTypes;
    }

    private static List<Agent> agents(View agents, Names names) {
        List<Agent> list = new ArrayList<>();
        forEach(agents, "Agent_Real_Time", row -> {
            Long state = number(row, "AgentState");
            Long since = number(row, "DateTimeLastStateChange");
            Long reason = number(row, "ReasonCode");
            Object group = value(row, "SkillGroupSkillTargetID");
            list.add(new Agent(
                    names.agent(row.get(0)),
                    state == null ? -1 : state.intValue(),
                    since == null ? null : (agents.controllerTime() - since) / 1000,
                    reason == null || reason == 0 ? "" : names.reason(value(row, "ReasonCode")),
                    group == null ? "" : names.skillGroup(group)));
        });
        list.sort(Comparator.comparing(Agent::name, String.CASE_INSENSITIVE_ORDER));
        return list;
    }

    /** The zone that the controller publishes with its clock; UTC until it has. */
    static ZoneId zone(View calls) {
        ZoneId[] zone = {ZoneOffset.UTC};
        forEach(calls, "Controller_Time", row -> {
            String name = text(row, "TimeZone");
            if (name != null) {
                try {
                    zone[0] = ZoneId.of(name);
                } catch (DateTimeException unknownHere) {
                    zone[0] = ZoneOffset.UTC;
                }
            }
        });
        return zone[0];
    }

    private static void forEach(View view, String name, java.util.function.Consumer<Row> action) {
        FeedSchema schema = view == null ? null : view.schema();
        if (schema == null) {
            return;
        }
        for (Table table : schema.tables()) {
            if (table.name().equals(name)) {
                view.forEach(table, action);
            }
        }
    }

    // A node may be older or newer than its centre: a column that is not there reads as NULL.
    private static Object value(Row row, String column) {
        return row.table().hasColumn(column) ? row.get(column) : null;
    }

    private static Long number(Row row, String column) {
        return value(row, column) instanceof Number number ? (Long) number.longValue() : null;
    }

    private static Double real(Row row, String column) {
        return value(row, column) instanceof Number number ? (Double) number.doubleValue() : null;
    }

    private static String text(Row row, String column) {
        return value(row, column) instanceof String text ? Text.harmless(text) : null;
    }
}
