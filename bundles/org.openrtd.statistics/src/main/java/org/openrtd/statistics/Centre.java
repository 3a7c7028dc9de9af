package org.openrtd.statistics;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;

/**
 * All that is there, its time, and which of it changed.
 *
 * <p>Time is reckoned in two grains. What is counted counts in a whole second: the one that the next clock mark will
 * close. What is shown as an instant, and what decides on which side of midnight something is, is in milliseconds, and
 * never goes back.
 */
final class Centre {

    /** Different reasons of refusal that are remembered; the counters count on. */
    static final int REFUSALS = 256;

    final ZoneId zone;
    final Period period;
    final Map<ZoneId, Period> periods = new LinkedHashMap<>();
    final Controller controller;

    final Map<Integer, CallType> callTypes = new HashMap<>();
    final Map<Integer, SkillGroup> groups = new HashMap<>();
    final Map<Integer, Agent> agents = new HashMap<>();
    final Map<Integer, Gateway> gateways = new HashMap<>();
    final Map<String, CallType> callTypesByName = new HashMap<>();
    final Map<String, Gateway> gatewaysByName = new HashMap<>();
    final Map<List<String>, Refusal> refusals = new LinkedHashMap<>();

    long configurationKey;

    /** Who sent the last clock mark; {@code null} before the first. Its events' times are the controller's. */
    String clockOwner;

    /** The last clock mark, UTC ms. */
    long controllerTime;

    /** The last whole second that has passed. */
    long second = Long.MIN_VALUE;

    /** The instant of what happens now, UTC ms; never goes back. */
    long at;

    final List<Live> touched = new ArrayList<>();
    private final List<Aggregate> active = new ArrayList<>();
    private final Dirt calls = new Dirt();
    private final Dirt agentsDirt = new Dirt();

    /** What one feed has to be told at the next cut. */
    private static final class Dirt {
        final List<Change> deletions = new ArrayList<>();
        final List<Live> rows = new ArrayList<>();

        void clear() {
            rows.forEach(row -> row.dirty = false);
            rows.clear();
            deletions.clear();
        }
    }

    Centre(ZoneId zone) {
        this.zone = zone;
        this.controller = new Controller(zone);
        this.period = periodOf(zone);
    }

    boolean begun() {
        return second != Long.MIN_VALUE;
    }

    /** The whole second in which counts what happens now. */
    long pending() {
        return second + 1;
    }

    Period periodOf(ZoneId wanted) {
        return periods.computeIfAbsent(wanted, z -> {
            Period made = new Period(z);
            if (begun()) {
                made.begin(second);
            }
            return made;
        });
    }

    // ---------------------------------------------------------------------------------------------------------- time

    private void begin(long time) {
        second = -Math.floorDiv(-time, 1000L) - 1;
        at = time;
        periods.values().forEach(each -> each.begin(second));
    }

    /** Comes to the moment of an event. */
    void enter(String gateway, long time) {
        if (!begun()) {
            begin(time);
        }
        if (clockOwner == null || clockOwner.equals(gateway)) {
            // The owner of the clock is past the second before its event, though its mark is still to come.
            long passed = -Math.floorDiv(-time, 1000L) - 1;
            if (passed > second && passed - second <= 86_400) {
                pass(passed);
            }
        }
        at = Math.max(at, Math.min(time, pending() * 1000));
        enterPeriods(at);
    }

    /** Takes a clock mark; says whether it is one: the clock does not go back. */
    boolean mark(String owner, long time) {
        if (!begun() || clockOwner == null && time < at) {
            // Events before the first mark had only their own clocks to go by.
            begin(time);
        }
        if (clockOwner != null && time < controllerTime) {
            return false;
        }
        clockOwner = owner;
        pass(Math.floorDiv(time, 1000L));
        at = Math.max(at, time);
        enterPeriods(at);
        controllerTime = time;
        touch(controller);
        stamp();
        return true;
    }

    /** Gives what was touched the controller's time, and lets it be cut; before there is a time, the first mark does so. */
    void stamp() {
        if (clockOwner == null) {
            return;
        }
        for (Live live : touched) {
            live.touched = false;
            live.dateTime = controllerTime;
            soil(live);
        }
        touched.clear();
    }

    private void soil(Live live) {
        if (!live.dirty) {
            live.dirty = true;
            dirt(live.feed()).rows.add(live);
        }
    }

    private void pass(long target) {
        while (second < target) {
            long next = target;
            if (target - second > 1) {
                // Nothing has to be looked at in the seconds between, except where a period or a threshold ends.
                for (Period each : periods.values()) {
                    each.skipTo(target);
                    next = Math.min(next, Math.max(each.nextHalf(), second + 1));
                }
                for (Aggregate aggregate : active) {
                    if (!aggregate.due.isEmpty()) {
                        long due = -Math.floorDiv(-aggregate.due.firstTime(), 1000L);
                        next = Math.min(next, Math.max(due, second + 1));
                    }
                }
            }
            enterPeriods(next * 1000);
            second = next;
            tick();
        }
    }

    private void enterPeriods(long time) {
        for (Period each : periods.values()) {
            while (each.nextHalf() <= Math.floorDiv(time, 1000L)) {
                enterHalf(each);
            }
        }
    }

    private void enterHalf(Period entered) {
        long boundary = entered.nextHalf();
        boolean newDay = entered.enterNext();
        if (entered == period) {
            callTypes.values().forEach(callType -> enterHalf(callType, boundary, newDay));
        }
        for (SkillGroup group : groups.values()) {
            if (group.period == entered) {
                enterHalf(group, boundary, newDay);
            }
        }
    }

    private void enterHalf(Aggregate aggregate, long boundary, boolean newDay) {
        aggregate.endHalf(boundary);
        if (newDay) {
            aggregate.endDay();
        }
        // What is gone has no row to show, but may come back, and must not bring an old day with it.
        if (!aggregate.gone) {
            touch(aggregate);
        }
    }

    private void tick() {
        for (int i = active.size() - 1; i >= 0; i--) {
            Aggregate aggregate = active.get(i);
            if (aggregate.tick(second)) {
                touchRow(aggregate);
            }
            if (!aggregate.needsTicks()) {
                aggregate.active = false;
                Aggregate moved = active.remove(active.size() - 1);
                if (moved != aggregate) {
                    active.set(i, moved);
                }
            }
        }
    }

    // ---------------------------------------------------------------------------------------------------------- rows

    void touch(Live live) {
        touchRow(live);
        if (live instanceof Aggregate aggregate) {
            activate(aggregate);
        }
    }

    /** Lets each second look at it, until a second finds that there is no need. */
    void activate(Aggregate aggregate) {
        if (!aggregate.active) {
            aggregate.active = true;
            active.add(aggregate);
        }
    }

    private void touchRow(Live live) {
        if (!live.touched) {
            live.touched = true;
            touched.add(live);
        }
    }

    /** Lets a row go because its key is about to change. */
    void deleteUnderPresentKey(Agent agent) {
        if (!agent.absent) {
            dirt(agent.feed()).deletions.add(agent.deletion());
            agent.absent = true;
        }
        touch(agent);
    }

    List<Change> cut(String feed) {
        Dirt dirt = dirt(feed);
        // What no mark has stamped yet stays touched, so that its time does not depend on when rows are cut.
        for (Live live : touched) {
            if (live.feed().equals(feed)) {
                soil(live);
            }
        }
        List<Change> changes = new ArrayList<>(dirt.deletions.size() + dirt.rows.size());
        changes.addAll(dirt.deletions);
        for (Live live : dirt.rows) {
            if (!live.gone || !live.absent) {
                changes.add(live.change(second));
            }
            live.absent = live.gone;
        }
        dirt.clear();
        return changes;
    }

    List<Change> all(String feed) {
        dirt(feed).clear();
        List<Change> changes = new ArrayList<>();
        if (feed.equals(Catalog.CALLS)) {
            addRows(callTypes.values(), changes);
            addRows(groups.values(), changes);
            addRows(gateways.values(), changes);
            if (controllerTime != 0) {
                changes.add(controller.change(second));
            }
        } else {
            addRows(agents.values(), changes);
            for (Agent agent : agents.values()) {
                addRows(agent.members, changes);
            }
        }
        return changes;
    }

    private void addRows(Collection<? extends Live> rows, List<Change> changes) {
        for (Live live : rows) {
            if (!live.gone) {
                changes.add(live.change(second));
            }
            live.absent = live.gone;
        }
    }

    private Dirt dirt(String feed) {
        return switch (feed) {
            case Catalog.CALLS -> calls;
            case Catalog.AGENTS -> agentsDirt;
            default -> throw new IllegalArgumentException("Statistics make the feeds calls and agents, not " + feed);
        };
    }

    // ------------------------------------------------------------------------------------------------------ refusals

    /** Counts a refused event. Names come from outside: they are remembered short, and not without end. */
    Outcome refuse(Gateway gateway, String gatewayName, String reason) {
        if (gateway != null) {
            gateway.refused++;
            gateway.lastRefusal = reason;
            touch(gateway);
        }
        List<String> key = List.of(shortened(gatewayName), reason);
        Refusal before = refusals.get(key);
        if (before != null) {
            refusals.put(key, new Refusal(before.gateway(), reason, before.firstTime(), before.count() + 1));
        } else if (refusals.size() < REFUSALS) {
            refusals.put(key, new Refusal(key.get(0), reason, controllerTime, 1));
        }
        return Outcome.REFUSED;
    }

    static String shortened(String name) {
        return name.length() <= 64 ? name : name.substring(0, 64) + "…";
    }
}
