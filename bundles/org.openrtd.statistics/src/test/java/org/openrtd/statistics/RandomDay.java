package org.openrtd.statistics;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.openrtd.events.Event;
import org.openrtd.feed.Change;

/**
 * A stream of events from a seed: mostly sensible calls and agents, with untidy ones between, over several hours and a
 * midnight, with every kind of event and some changes of configuration.
 */
final class RandomDay {

    /** One thing to fold: an event of a gateway, or configuration. */
    record Step(String gateway, Event event, List<Change> configuration) {
        void foldInto(Statistics statistics, long key) {
            if (configuration != null) {
                statistics.configure(key, configuration);
            } else {
                statistics.fold(gateway, event);
            }
        }
    }

    private static final String[] GATEWAYS = {"pg1", "pg2"};
    private static final int TYPES = 4;
    private static final int GROUPS = 4;
    private static final int AGENTS = 12;

    private final Random random;
    private final List<Step> steps = new ArrayList<>();
    private final List<List<String>> calls = List.of(new ArrayList<>(), new ArrayList<>());
    private long time;
    private int nextCall;

    /** Whether there are a midnight, leaps of time and changes of configuration. */
    private final boolean eventful;

    private RandomDay(long seed, boolean eventful) {
        random = new Random(seed);
        this.eventful = eventful;
    }

    static List<Step> steps(long seed, int seconds) {
        return steps(seed, seconds, true);
    }

    static List<Step> steps(long seed, int seconds, boolean eventful) {
        return new RandomDay(seed, eventful).make(seconds);
    }

    private List<Step> make(int seconds) {
        time = LocalDateTime.of(1999, 1, 5, eventful ? 23 : 10, 0)
                        .atZone(Stage.ZONE)
                        .toInstant()
                        .toEpochMilli()
                + random.nextInt(3_000_000);
        time -= time % 1000;
        List<Change> all = new ArrayList<>();
        for (int p = 0; p < GATEWAYS.length; p++) {
            all.add(Stage.row(
                    "Peripheral",
                    5000 + p,
                    "EnterpriseName",
                    GATEWAYS[p],
                    "TimeZone",
                    p == 0 ? "Asia/Jerusalem" : "Asia/Kathmandu",
                    "Deleted",
                    "N"));
            for (int g = 0; g < GROUPS; g++) {
                all.add(group(p, g, "N"));
            }
            for (int a = 0; a < AGENTS; a++) {
                all.add(agent(p, a, "N"));
                for (int g = 0; g < GROUPS; g++) {
                    if (random.nextInt(3) > 0) {
                        all.add(Stage.row("Skill_Group_Member", 100 * (p + 1) + g, 1000 * (p + 1) + a));
                    }
                }
            }
        }
        for (int t = 0; t < TYPES; t++) {
            all.add(callType(t, "N"));
        }
        java.util.Collections.shuffle(all, random);
        steps.add(new Step(null, null, all));
        for (int s = 0; s < seconds; s++) {
            int leap = eventful && random.nextInt(500) == 0 ? random.nextInt(4000) : 1;
            time += leap * 1000L;
            for (int i = random.nextInt(6); i > 0; i--) {
                step();
            }
            if (random.nextInt(10) > 0) {
                steps.add(new Step("pg1", new Event.ClockAdvanced(time), null));
            }
        }
        steps.add(new Step("pg1", new Event.ClockAdvanced(time), null));
        return steps;
    }

    private Change callType(int t, String deleted) {
        return Stage.row(
                "Call_Type",
                t + 1,
                "EnterpriseName",
                "type" + t,
                "ServiceLevelThreshold",
                t == 3 ? null : 5 + 10 * t,
                "ServiceLevelType",
                1 + t % 3,
                "AbandonWaitTime",
                t * 2,
                "Deleted",
                deleted);
    }

    private Change group(int p, int g, String deleted) {
        return Stage.row(
                "Skill_Group",
                100 * (p + 1) + g,
                "EnterpriseName",
                GATEWAYS[p] + ".group" + g,
                "PeripheralID",
                5000 + p,
                "PeripheralName",
                "group" + g,
                "MRDomainID",
                1 + g / 3,
                "ServiceLevelThreshold",
                7 * g,
                "ServiceLevelType",
                1 + random.nextInt(3),
                "Deleted",
                deleted);
    }

    private Change agent(int p, int a, String deleted) {
        return Stage.row(
                "Agent",
                1000 * (p + 1) + a,
                "PeripheralID",
                5000 + p,
                "PeripheralNumber",
                "agent" + a,
                "EnterpriseName",
                GATEWAYS[p] + a,
                "Deleted",
                deleted);
    }

    private void step() {
        int p = random.nextInt(GATEWAYS.length);
        // The second gateway's clock is its own.
        long t = p == 0 ? time - random.nextInt(3) * 250L : time + random.nextInt(20_000) - 10_000;
        Event event = event(p, t);
        if (eventful && random.nextInt(400) == 0) {
            steps.add(new Step(null, null, List.of(configuration())));
        }
        steps.add(new Step(GATEWAYS[p], event, null));
    }

    private Change configuration() {
        int p = random.nextInt(GATEWAYS.length);
        String deleted = random.nextInt(3) == 0 ? "Y" : "N";
        return switch (random.nextInt(4)) {
            case 0 -> callType(random.nextInt(TYPES), deleted);
            case 1 -> group(p, random.nextInt(GROUPS), deleted);
            case 2 -> agent(p, random.nextInt(AGENTS), deleted);
            default -> {
                Change member = Stage.row(
                        "Skill_Group_Member",
                        100 * (p + 1) + random.nextInt(GROUPS),
                        1000 * (p + 1) + random.nextInt(AGENTS));
                yield deleted.equals("Y") ? Change.delete(member.table(), member.key()) : member;
            }
        };
    }

    private Event event(int p, long t) {
        List<String> known = calls.get(p);
        int kind = random.nextInt(1000);
        if (kind < 4) {
            return switch (random.nextInt(6)) {
                case 0 -> new Event.GatewayUp(t, random.nextBoolean());
                case 1, 2 -> new Event.GatewayPresent(t);
                case 3 -> new Event.GatewaySilent(t);
                case 4 -> new Event.GatewayHeard(t);
                default -> new Event.GatewayLost(t, random.nextBoolean() ? "finished" : "cut");
            };
        }
        if (kind < 250 || known.isEmpty()) {
            String call = random.nextInt(50) == 0 && !known.isEmpty() ? call(p) : "c" + nextCall++;
            known.remove(call);
            known.add(call);
            return new Event.CallOffered(
                    t, call, random.nextInt(100) == 0 ? "nonsense" : "type" + random.nextInt(TYPES));
        }
        if (kind < 380) {
            return agentEvent(t);
        }
        return switch (random.nextInt(14)) {
            case 0, 1, 2 -> new Event.CallQueued(t, call(p), groups());
            case 3, 4 -> new Event.CallRinging(t, call(p), agentName(), group());
            case 5, 6, 7 ->
                new Event.CallAnswered(
                        t,
                        call(p),
                        random.nextInt(10) == 0 ? null : agentName(),
                        random.nextInt(3) == 0 ? null : group());
            case 8 -> random.nextBoolean() ? new Event.CallHeld(t, call(p)) : new Event.CallRetrieved(t, call(p));
            case 9 -> new Event.CallNotAnswered(t, call(p), agentName());
            case 10 ->
                random.nextInt(4) == 0
                        ? new Event.CallTransferred(t, call(p), "type" + random.nextInt(TYPES))
                        : new Event.CallWrapUp(t, call(p));
            case 11, 12 -> new Event.CallEnded(t, over(p));
            default -> new Event.CallAbandoned(t, over(p));
        };
    }

    private Event agentEvent(long t) {
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> new Event.AgentLoggedIn(t, agentName(), groups(), random.nextBoolean() ? "x1" : null);
            case 3 -> new Event.AgentLoggedOut(t, agentName(), random.nextInt(3));
            default ->
                new Event.AgentStateChanged(
                        t, agentName(), new int[] {2, 3, 3, 5, 6}[random.nextInt(5)], random.nextInt(3));
        };
    }

    private String call(int p) {
        List<String> known = calls.get(p);
        // Mostly recent ones, so that lives get long.
        int from = Math.max(0, known.size() - 12);
        return known.get(from + random.nextInt(known.size() - from));
    }

    private String over(int p) {
        String call = call(p);
        if (random.nextInt(4) > 0) {
            calls.get(p).remove(call);
        }
        return call;
    }

    private String agentName() {
        return "agent" + (random.nextInt(200) == 0 ? 99 : random.nextInt(AGENTS));
    }

    private String group() {
        return "group" + random.nextInt(GROUPS);
    }

    private List<String> groups() {
        List<String> groups = new ArrayList<>();
        for (int g = 0; g < GROUPS; g++) {
            if (random.nextBoolean()) {
                groups.add("group" + g);
            }
        }
        return groups.isEmpty() ? List.of(group()) : groups;
    }
}
