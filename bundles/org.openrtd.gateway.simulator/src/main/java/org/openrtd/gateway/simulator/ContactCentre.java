package org.openrtd.gateway.simulator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.openrtd.events.Event;

/** What stays the same from day to day: call types, skill groups, agents, reason codes. From the seed. */
final class ContactCentre {

    static final int NO_REASON = 0;
    static final int BREAK = 1;
    static final int LUNCH = 2;
    static final int MEETING = 3;
    static final int TRAINING = 4;
    static final int E_MAIL = 5;
    static final int NO_ANSWER = 7;
    static final int END_OF_SHIFT = 10;

    private static final List<Event.ReasonWanted> REASONS = List.of(
            new Event.ReasonWanted(BREAK, "Break"),
            new Event.ReasonWanted(LUNCH, "Lunch"),
            new Event.ReasonWanted(MEETING, "Meeting"),
            new Event.ReasonWanted(TRAINING, "Training"),
            new Event.ReasonWanted(E_MAIL, "E-mail"),
            new Event.ReasonWanted(NO_ANSWER, "Did not answer"),
            new Event.ReasonWanted(END_OF_SHIFT, "End of shift"));

    /** Agents in one configuration event, so that none comes near its largest size. */
    private static final int AGENTS_AT_ONCE = 250;

    /**
     * A call type.
     *
     * @param skillGroups where its calls queue, the best first
     * @param share of all calls
     * @param talkSeconds the median of its conversations
     * @param priority calls of a higher one are taken first
     */
    record CallType(
            String name,
            int[] skillGroups,
            double share,
            double talkSeconds,
            int priority,
            int threshold,
            int serviceLevelType,
            int abandonWait) {}

    /** An agent; the first group is the agent's own. */
    record Agent(int index, String number, String extension, People.Name name, int[] skillGroups) {}

    private record TypeTemplate(
            String name, int[] groups, double share, double talk, int priority, int threshold, int type) {}

    private static final String[] GROUPS = {"Sales", "Service", "Billing", "Technical", "Retention"};

    private static final TypeTemplate[] TYPES = {
        new TypeTemplate("Orders", new int[] {0, 1}, 0.22, 110, 0, 20, 1),
        new TypeTemplate("Billing", new int[] {2, 1}, 0.24, 130, 0, 20, 1),
        new TypeTemplate("Technical_Support", new int[] {3}, 0.21, 190, 0, 30, 1),
        new TypeTemplate("Account_Changes", new int[] {1}, 0.14, 90, 0, 20, 2),
        new TypeTemplate("New_Customers", new int[] {0}, 0.11, 160, 1, 15, 1),
        new TypeTemplate("Cancellations", new int[] {4, 2}, 0.08, 170, 1, 20, 3)
    };

    final List<String> skillGroups = new ArrayList<>();
    final List<CallType> callTypes = new ArrayList<>();
    final List<Agent> agents = new ArrayList<>();

    ContactCentre(SimulatorSettings settings) {
        Dice dice = new Dice(Dice.mix(settings.hash(), 1));
        for (int i = 0; i < settings.skillGroups(); i++) {
            skillGroups.add(i < GROUPS.length ? GROUPS[i] : "Team_%03d".formatted(i + 1));
        }
        double shares = 0;
        for (int i = 0; i < settings.callTypes(); i++) {
            CallType type = callType(i, dice);
            callTypes.add(type);
            shares += type.share;
        }
        double[] load = new double[skillGroups.size()];
        for (int i = 0; i < callTypes.size(); i++) {
            CallType type = callTypes.get(i);
            callTypes.set(
                    i,
                    new CallType(
                            type.name,
                            type.skillGroups,
                            type.share / shares,
                            type.talkSeconds,
                            type.priority,
                            type.threshold,
                            type.serviceLevelType,
                            type.abandonWait));
            for (int place = 0; place < type.skillGroups.length; place++) {
                load[type.skillGroups[place]] += type.share * type.talkSeconds * (place == 0 ? 0.8 : 0.2);
            }
        }
        staff(settings, load, dice);
    }

    private CallType callType(int index, Dice dice) {
        if (index < TYPES.length) {
            TypeTemplate template = TYPES[index];
            return new CallType(
                    template.name,
                    existing(template.groups, index),
                    template.share,
                    template.talk,
                    template.priority,
                    template.threshold,
                    template.type,
                    5);
        }
        int first = index % skillGroups.size();
        Set<Integer> groups = new TreeSet<>(Set.of(dice.below(skillGroups.size())));
        groups.remove(first);
        int[] places = new int[1 + groups.size()];
        places[0] = first;
        int at = 1;
        for (int group : groups) {
            places[at++] = group;
        }
        return new CallType(
                "Line_%03d".formatted(index + 1), places, 0.02 + 0.1 * dice.unit(), 80 + dice.below(120), 0, 20, 1, 5);
    }

    private int[] existing(int[] groups, int index) {
        int[] there = java.util.Arrays.stream(groups)
                .filter(group -> group < skillGroups.size())
                .toArray();
        return there.length > 0 ? there : new int[] {index % skillGroups.size()};
    }

    /** Agents by the load of the groups; their other groups are those that share calls with their own. */
    private void staff(SimulatorSettings settings, double[] load, Dice dice) {
        double total = 0;
        for (double each : load) {
            total += each;
        }
        double[] staffed = new double[load.length];
        Set<People.Name> names = new HashSet<>();
        int digits = settings.agents() > 8_000 ? 6 : 4;
        int base = digits == 6 ? 100_000 : 1_000;
        for (int i = 0; i < settings.agents(); i++) {
            int own = 0;
            for (int group = 0; group < load.length; group++) {
                double lack = load[group] / total * (i + 1) - staffed[group];
                if (lack > load[own] / total * (i + 1) - staffed[own]) {
                    own = group;
                }
            }
            staffed[own]++;
            int count = 1;
            while (count < 50
                    && settings.skillGroupsPerAgent() > 1
                    && dice.chance(1 - 1.0 / settings.skillGroupsPerAgent())) {
                count++;
            }
            List<Integer> groups = new ArrayList<>(List.of(own));
            for (int group : related(own)) {
                if (groups.size() < count) {
                    groups.add(group);
                }
            }
            for (int tries = 0; groups.size() < Math.min(count, skillGroups.size()) && tries < 200; tries++) {
                int group = dice.below(skillGroups.size());
                if (!groups.contains(group)) {
                    groups.add(group);
                }
            }
            People.Name name = People.name(dice);
            // In a centre of ordinary size no two agents have the same name.
            for (int tries = 0; !names.add(name) && tries < 20; tries++) {
                name = People.name(dice);
            }
            agents.add(new Agent(
                    i,
                    Integer.toString(base + 1 + i),
                    Integer.toString(2 * base + 1 + i),
                    name,
                    groups.stream().mapToInt(Integer::intValue).toArray()));
        }
    }

    private Set<Integer> related(int own) {
        Set<Integer> related = new TreeSet<>();
        for (CallType type : callTypes) {
            if (java.util.Arrays.stream(type.skillGroups).anyMatch(group -> group == own)) {
                java.util.Arrays.stream(type.skillGroups).forEach(related::add);
            }
        }
        related.remove(own);
        return related;
    }

    List<String> names(int[] groups) {
        return java.util.Arrays.stream(groups).mapToObj(skillGroups::get).toList();
    }

    /** What the centre needs to know, in parts that fit. */
    List<Event> configuration(long time, String zone) {
        List<Event> parts = new ArrayList<>();
        List<Event.CallTypeWanted> types = callTypes.stream()
                .map(type ->
                        new Event.CallTypeWanted(type.name, type.threshold, type.serviceLevelType, type.abandonWait))
                .toList();
        List<Event.SkillGroupWanted> groups = skillGroups.stream()
                .map(group -> new Event.SkillGroupWanted(group, 20, 1))
                .toList();
        for (int from = 0; from < agents.size(); from += AGENTS_AT_ONCE) {
            List<Event.AgentWanted> some = agents.subList(from, Math.min(agents.size(), from + AGENTS_AT_ONCE)).stream()
                    .map(agent -> new Event.AgentWanted(
                            agent.number, agent.name.first(), agent.name.last(), names(agent.skillGroups)))
                    .toList();
            boolean first = from == 0;
            boolean small = types.size() + groups.size() < 200;
            if (first && !small) {
                parts.add(new Event.ConfigurationWanted(time, zone, types, List.of(), List.of(), REASONS));
                parts.add(new Event.ConfigurationWanted(time, zone, List.of(), groups, List.of(), List.of()));
            }
            parts.add(new Event.ConfigurationWanted(
                    time,
                    zone,
                    first && small ? types : List.of(),
                    first && small ? groups : List.of(),
                    some,
                    first && small ? REASONS : List.of()));
        }
        return parts;
    }
}
