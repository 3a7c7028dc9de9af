package org.openrtd.web.internal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Replica;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.feed.Whereabouts;

/** The site at a glance: how good each feed is, what broke, and the few numbers that everybody looks at first. */
final class SiteStatus {

    /** As the centre's role says it, behind what each hop has put before it. */
    private static final Pattern CLOCK_STANDS = Pattern.compile(
            "(?:^|: )gateway ([^,:]{1,64}), which moves the clock, (is silent|has lost its peripheral)");

    /** As a follower says it of its source. */
    private static final Pattern HOP = Pattern.compile("(?:^|: )source ([A-Za-z0-9_-]{1,64}) is [A-Z]+ itself");

    private static final Pattern NODE = Pattern.compile("[\\p{L}\\p{N}._ -]{1,64}");

    private final Map<String, Channel> channels;
    private final Function<String, String> roleOf;

    /** @param roleOf a feed's name to the role of this node that holds its replica; {@code null} when nobody says */
    SiteStatus(Map<String, Channel> channels, Function<String, String> roleOf) {
        this.channels = channels;
        this.roleOf = roleOf;
    }

    /** The newest rows there are; {@code null} before the first. */
    View view(String feed) {
        Channel channel = channels.get(feed);
        if (channel == null) {
            return null;
        }
        var replica = channel.replica();
        if (replica != null) {
            View view = replica.view();
            return view.schema().tables().isEmpty() ? null : view;
        }
        Channel.Moment last = channel.now();
        return last == null || last.view().schema().tables().isEmpty() ? null : last.view();
    }

    String zone() {
        return Labels.zone(view(Catalog.CALLS)).getId();
    }

    /** What broke, the most telling first: what is further away explains what is nearer. */
    List<Map<String, Object>> broken() {
        List<Map<String, Object>> peripherals = new ArrayList<>();
        for (Map<String, Object> peripheral : peripherals()) {
            Object state = peripheral.get("state");
            if (!"up".equals(state) && !"finished".equals(state)) {
                peripherals.add(one(
                        "peripheral",
                        peripheral.get("name").toString(),
                        state == null ? "not heard yet" : state,
                        peripheral.get("reason").toString(),
                        peripheral.get("lastHeard")));
            }
        }
        Map<String, Map<String, Object>> clocks = new LinkedHashMap<>();
        Map<String, Map<String, Object>> parts = new LinkedHashMap<>();
        for (Channel channel : channels.values()) {
            Channel.Standing standing = channel.standing();
            if (standing.state() == FeedState.LIVE && !standing.stale()) {
                continue;
            }
            Matcher clock = CLOCK_STANDS.matcher(standing.reason());
            Map<String, Object> one;
            if (standing.state() != FeedState.LIVE && clock.find()) {
                // The centre is well, but for its clock: what broke is who moves that.
                String name = clock.group(1);
                String state = clock.group(2).equals("is silent") ? "silent" : "lost";
                one = clocks.computeIfAbsent(name, n -> peripherals.stream()
                        .filter(peripheral -> peripheral.get("name").equals(n))
                        .findFirst()
                        .orElseGet(() -> one("peripheral", n, state, "", null)));
                peripherals.remove(one);
            } else {
                String part = part(channel, standing);
                boolean old =
                        standing.state() == FeedState.LIVE && !standing.reason().startsWith("ALARM");
                String reason = old ? "what arrives from " + standing.source() + " is old" : standing.reason();
                one = parts.computeIfAbsent(
                        part + reason, key -> one(part, name(channel, standing, part), standing.state(), reason, null));
            }
            @SuppressWarnings("unchecked")
            Collection<Object> feeds = (Collection<Object>) one.get("feeds");
            feeds.add(channel.feed());
        }
        List<Map<String, Object>> all = new ArrayList<>(clocks.values());
        all.addAll(parts.values());
        all.addAll(peripherals);
        return all;
    }

    private static Map<String, Object> one(String part, String name, Object state, String reason, Object since) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("part", part);
        one.put("name", name);
        one.put("state", state);
        one.put("reason", reason);
        one.put("since", since);
        one.put("feeds", new ArrayList<Object>());
        return one;
    }

    private boolean isClient(Channel channel) {
        return "client".equals(roleOf.apply(channel.feed()));
    }

    private String part(Channel channel, Channel.Standing standing) {
        if (!standing.followed() || standing.state() == FeedState.REFUSED) {
            return "node";
        }
        // What broke is further away than a source that says that it is not current itself.
        return isClient(channel) && !standing.sourceNotCurrent() ? "distributor" : "centre";
    }

    /** Of the centre behind a distributor as that says it, or as the centre says where its configuration and history are. */
    private String name(Channel channel, Channel.Standing standing, String part) {
        if (!part.equals("centre") || !isClient(channel)) {
            return standing.source();
        }
        String name = "";
        Matcher hop = HOP.matcher(standing.reason());
        for (boolean first = true; hop.find(); first = false) {
            name = first ? name : hop.group(1);
        }
        Whereabouts said = standing.whereabouts();
        // Both are the centre's name unless an operator has put an address, or another node, in its place.
        return name.isEmpty()
                        && said.configuration().equals(said.history())
                        && NODE.matcher(said.configuration()).matches()
                ? said.configuration()
                : name;
    }

    List<Map<String, Object>> peripherals() {
        List<Map<String, Object>> peripherals = new ArrayList<>();
        Labels labels = new Labels(view(Catalog.CONFIG));
        Labels.forEach(view(Catalog.CALLS), "Peripheral_Real_Time", row -> {
            Map<String, Object> peripheral = new LinkedHashMap<>();
            peripheral.put("id", row.get(0));
            peripheral.put("name", labels.name("Peripheral", row.get(0)));
            peripheral.put("state", Labels.text(row, "GatewayState"));
            String reason = Labels.text(row, "GatewayReason");
            peripheral.put("reason", reason == null ? "" : reason);
            peripheral.put("lastHeard", instant(Labels.number(row, "LastHeard")));
            Long online = Labels.number(row, "PeripheralOnline");
            peripheral.put("online", online == null ? null : online != 0);
            peripheral.put("callsInProgress", Labels.number(row, "CallsInProgress"));
            peripheral.put("agentsLoggedOn", Labels.number(row, "AgentsLoggedOn"));
            peripherals.add(peripheral);
        });
        peripherals.sort(
                Comparator.comparing(peripheral -> peripheral.get("name").toString()));
        return peripherals;
    }

    Map<String, Object> all(String node, String site) {
        View calls = view(Catalog.CALLS);
        List<Map<String, Object>> broken = broken();
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("node", node);
        status.put("site", site);
        status.put("now", Instant.now().truncatedTo(ChronoUnit.MILLIS));
        status.put("controllerTime", instant(calls == null ? null : calls.controllerTime()));
        status.put("timeZone", zone());
        status.put("current", broken.isEmpty());
        status.put("broken", broken);
        status.put("feeds", channels.values().stream().map(this::feed).toList());
        status.put("peripherals", peripherals());
        status.put("glance", glance(calls));
        return status;
    }

    private Map<String, Object> feed(Channel channel) {
        View view = view(channel.feed());
        Channel.Standing standing = channel.standing();
        Replica replica = channel.replica();
        Map<String, Object> feed = new LinkedHashMap<>();
        feed.put("feed", channel.feed());
        feed.put("source", standing.source());
        feed.put("sourceSite", standing.whereabouts().site());
        feed.put("sourcePrimary", replica != null && replica.isSourcePrimary());
        feed.put("instance", replica == null ? "" : replica.feedId());
        feed.put("configurationAt", standing.whereabouts().configuration());
        feed.put("historyAt", standing.whereabouts().history());
        feed.put("state", standing.state());
        feed.put("stale", standing.stale());
        feed.put("ageMillis", channel.ageMillis());
        feed.put("reason", standing.reason());
        Channel.position(view, feed);
        long rows = 0;
        if (view != null) {
            for (Table table : view.schema().tables()) {
                rows += view.size(table);
            }
        }
        feed.put("rows", rows);
        return feed;
    }

    private Map<String, Object> glance(View calls) {
        Map<String, Object> glance = new LinkedHashMap<>();
        Long[] sums = new Long[4];
        Long[] oldest = {null};
        double[] level = {0, 0};
        Labels.forEach(calls, "Call_Type_Real_Time", row -> {
            sums[0] = History.plus(sums[0], Labels.number(row, "RouterCallsQNow"));
            sums[1] = History.plus(sums[1], Labels.number(row, "CallsOfferedToday"));
            sums[2] = History.plus(sums[2], Labels.number(row, "CallsAnsweredToday"));
            sums[3] = History.plus(sums[3], Labels.number(row, "TotalCallsAbandToday"));
            Long since = Labels.number(row, "RouterLongestCallQ");
            if (since != null && (oldest[0] == null || since < oldest[0])) {
                oldest[0] = since;
            }
            Double serviceLevel = Labels.real(row, "ServiceLevelToday");
            Long counted = Labels.number(row, "ServiceLevelCallsOfferedToday");
            if (serviceLevel != null && counted != null) {
                level[0] += serviceLevel * counted;
                level[1] += counted;
            }
        });
        glance.put("callsWaiting", sums[0]);
        glance.put("oldestWaiting", instant(oldest[0]));
        glance.put("callsOffered", sums[1]);
        glance.put("callsAnswered", sums[2]);
        glance.put("callsAbandoned", sums[3]);
        glance.put("serviceLevel", level[1] == 0 ? null : level[0] / level[1]);
        View agents = view(Catalog.AGENTS);
        glance.putAll(History.agents(agents == null ? null : History.agents(agents)));
        return glance;
    }

    private static Instant instant(Long millis) {
        return millis == null || millis == 0 ? null : Instant.ofEpochMilli(millis);
    }

    /** Why not every feed that this node follows is current; nothing when each is. */
    List<String> notReady() {
        Map<String, String> reasons = new HashMap<>();
        boolean any = false;
        for (Channel channel : channels.values()) {
            if (channel.replica() == null) {
                continue;
            }
            any = true;
            Channel.Standing standing = channel.standing();
            if (view(channel.feed()) == null) {
                reasons.put(channel.feed(), "no rows yet: " + standing.state() + ", " + standing.reason());
            } else if (standing.stale()) {
                reasons.put(channel.feed(), standing.state() + ", " + standing.reason());
            }
        }
        if (!any) {
            return List.of("this node follows no feed");
        }
        return reasons.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(reason -> reason.getKey() + ": " + reason.getValue())
                .toList();
    }
}
