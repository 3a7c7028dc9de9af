package org.openrtd.gateway.simulator;

import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.TreeSet;
import org.openrtd.events.Event;

/**
 * One day of a simulated contact centre, from a quarter to eight to the next day's, event by event. It depends on nothing
 * but the settings and the date, so it can be made again. Night falls before it ends: nobody works and nobody calls.
 *
 * <p>A discrete simulation: what is to happen waits in the order of its time; what happens says events and plans more.
 */
final class SimulatedDay implements Iterator<Event> {

    private static final long SECOND = 1_000;
    private static final long MINUTE = 60_000;

    private static final int NOT_READY = 2;
    private static final int READY = 3;

    /** Shares of the agents, from the first: those with the early shift, those with the early or the middle one. */
    private static final double EARLY = 0.34;

    private static final double MIDDLE = 0.66;

    /** What an agent does. */
    private enum Doing {
        AWAY,
        PAUSING,
        IDLE,
        RINGING,
        TALKING
    }

    private static final class Agent {
        private final ContactCentre.Agent of;
        private Doing doing = Doing.AWAY;
        private long since;
        private boolean staysForCallers;
        private boolean shiftOver;
        /** The pauses still to take, by the time from which they are due. */
        private final Deque<Pause> pauses = new ArrayDeque<>();

        Agent(ContactCentre.Agent of) {
            this.of = of;
        }
    }

    private record Pause(long due, long length, int reason) {}

    private static final class Call {
        private final long number;
        private final String name;
        private ContactCentre.CallType type;
        private boolean queued;
        private long queuedAt;
        private boolean over;
        private boolean transferred;
        private Agent agent;
        /** Rises when the call goes on, so that what was planned for where it was comes to nothing. */
        private int step;

        Call(long number, ContactCentre.CallType type) {
            this.number = number;
            this.name = Long.toString(number);
            this.type = type;
        }
    }

    private static final class Group {
        private final String name;
        /** Who has been free for longest comes first. */
        private final TreeSet<Agent> idle = new TreeSet<>(
                Comparator.comparingLong((Agent agent) -> agent.since).thenComparingInt(agent -> agent.of.index()));
        /** Who matters more comes first, then who has waited longer. */
        private final TreeSet<Call> waiting = new TreeSet<>(SimulatedDay::sooner);

        Group(String name) {
            this.name = name;
        }
    }

    private static int sooner(Call a, Call b) {
        if (a.type.priority() != b.type.priority()) {
            return Integer.compare(b.type.priority(), a.type.priority());
        }
        return a.queuedAt != b.queuedAt ? Long.compare(a.queuedAt, b.queuedAt) : Long.compare(a.number, b.number);
    }

    private record Plan(long time, long order, Runnable action) {}

    private final SimulatorSettings settings;
    private final ContactCentre centre;
    private final Demand demand;
    private final Dice arrivals;
    private final Dice calls;
    private final Dice people;
    private final long begin;
    private final long opens;
    private final long end;

    private final List<Group> groups = new ArrayList<>();
    private final PriorityQueue<Plan> plans =
            new PriorityQueue<>(Comparator.comparingLong(Plan::time).thenComparingLong(Plan::order));
    private final Deque<Event> said = new ArrayDeque<>();
    private long now;
    private long order;
    private long second;
    private long callNumber;
    private int pausing;
    private final double roster;

    SimulatedDay(SimulatorSettings settings, ContactCentre centre, LocalDate date) {
        this.settings = settings;
        this.centre = centre;
        this.begin = begin(settings, date);
        this.opens = at(settings, date, SimulatorSettings.OPENS);
        this.end = begin(settings, date.plusDays(1));
        this.now = begin;
        this.second = begin;
        long day = Dice.mix(settings.hash(), 2, date.toEpochDay());
        // Each has dice of its own: so the same calls come in whoever is there to take them.
        this.arrivals = new Dice(Dice.mix(day, 1));
        this.calls = new Dice(Dice.mix(day, 2));
        this.people = new Dice(Dice.mix(day, 3));
        this.roster = people.unit();
        this.demand = new Demand(settings.callsPerHour(), shareOfCalls(date), new Dice(Dice.mix(day, 4)));
        centre.skillGroups.forEach(name -> groups.add(new Group(name)));
        said.addAll(centre.configuration(begin, settings.zone().getId()));
        said.add(new Event.GatewayUp(begin, true));
        said.add(new Event.GatewayPresent(begin));
        centre.agents.forEach(agent -> planShift(new Agent(agent), date));
        planArrival(opens);
    }

    /** How many calls come in on such a day of the week, beside a working day's. */
    private static double shareOfCalls(LocalDate date) {
        return switch (date.getDayOfWeek()) {
            case SATURDAY -> 0.45;
            case SUNDAY -> 0.3;
            default -> 1;
        };
    }

    static long begin(SimulatorSettings settings, LocalDate date) {
        return at(settings, date, SimulatorSettings.DAY_BEGINS);
    }

    static long at(SimulatorSettings settings, LocalDate date, LocalTime time) {
        return date.atTime(time).atZone(settings.zone()).toInstant().toEpochMilli();
    }

    @Override
    public boolean hasNext() {
        return second < end || !said.isEmpty();
    }

    @Override
    public Event next() {
        while (said.isEmpty()) {
            if (second >= end) {
                throw new NoSuchElementException();
            }
            Plan plan = plans.peek();
            if (plan == null || plan.time > second) {
                said.add(new Event.ClockAdvanced(second));
                second += SECOND;
            } else {
                plans.poll();
                now = plan.time;
                plan.action.run();
            }
        }
        return said.poll();
    }

    private void in(long delay, Runnable action) {
        at(now + delay, action);
    }

    private void at(long time, Runnable action) {
        plans.add(new Plan(Math.max(now, time), order++, action));
    }

    /** Unless the call has gone on meanwhile. */
    private void in(long delay, Call call, Runnable action) {
        int step = call.step;
        in(delay, () -> {
            if (call.step == step && !call.over) {
                action.run();
            }
        });
    }

    // ------------------------------------------------------------------------------------------------------------
    // agents

    /** Early, middle and late shifts; a few are ill or on holiday. Nobody works longer than calls come in. */
    private void planShift(Agent agent, LocalDate date) {
        // Rosters are made, not drawn: by the golden ratio every group has about its share of each shift.
        double which = (roster + agent.of.index() * 0.6180339887498949) % 1;
        // At the weekend another part of each group works every time.
        boolean off = (2 * roster + agent.of.index() * 0.7548776662466927) % 1 >= shareOfAgents(date);
        boolean ill = people.chance(0.06);
        LocalTime starts = which < EARLY ? SimulatorSettings.OPENS : LocalTime.of(which < MIDDLE ? 9 : 11, 0);
        LocalTime stops =
                which < EARLY ? LocalTime.of(16, 0) : which < MIDDLE ? LocalTime.of(18, 0) : SimulatorSettings.CLOSES;
        long from = at(settings, date, starts);
        long to = at(settings, date, stops);
        agent.staysForCallers = which >= MIDDLE;
        long comes = from + people.between(-600, 240);
        long goes = to + (agent.staysForCallers ? people.between(20, 300) : people.between(-120, 420));
        long third = (goes - comes) / 3;
        agent.pauses.add(
                new Pause(comes + third / 2 + people.between(0, 2_400), people.between(540, 960), ContactCentre.BREAK));
        int errand = new int[] {ContactCentre.E_MAIL, ContactCentre.MEETING, ContactCentre.TRAINING}[people.below(3)];
        boolean hasErrand = people.chance(0.4);
        Pause lunch =
                new Pause(comes + third + people.between(0, 4_800), people.between(1_500, 2_100), ContactCentre.LUNCH);
        Pause extra = new Pause(lunch.due + people.between(3_600, 6_000), people.between(600, 2_400), errand);
        Pause afternoon = new Pause(
                comes + 2 * third + third / 3 + people.between(0, 2_400),
                people.between(540, 960),
                ContactCentre.BREAK);
        agent.pauses.add(lunch);
        if (hasErrand && extra.due < afternoon.due) {
            agent.pauses.add(extra);
        }
        agent.pauses.add(afternoon);
        if (centre.agents.size() <= 4 || !off && !ill) {
            at(comes, () -> logIn(agent, goes));
        }
    }

    /** Few calls keep few agents less evenly busy, so there are some more of them than calls. */
    private static double shareOfAgents(LocalDate date) {
        return Math.min(1, 1.35 * shareOfCalls(date));
    }

    private void logIn(Agent agent, long goes) {
        say(new Event.AgentLoggedIn(
                now, agent.of.number(), centre.names(agent.of.skillGroups()), agent.of.extension()));
        agent.doing = Doing.PAUSING;
        in(people.between(4, 45), () -> comeBack(agent));
        at(goes, () -> {
            agent.shiftOver = true;
            if (agent.doing == Doing.PAUSING || agent.doing == Doing.IDLE) {
                next(agent);
            }
        });
        agent.pauses.forEach(pause -> at(pause.due, () -> {
            if (agent.doing == Doing.IDLE && mayPause(agent)) {
                next(agent);
            }
        }));
    }

    private void comeBack(Agent agent) {
        if (agent.doing == Doing.PAUSING) {
            say(new Event.AgentStateChanged(now, agent.of.number(), READY, ContactCentre.NO_REASON));
            next(agent);
        }
    }

    /** What an agent does who has nothing to do: goes home, pauses, takes who has waited longest, or waits. */
    private void next(Agent agent) {
        unidle(agent);
        boolean goesHome = agent.shiftOver && !(agent.staysForCallers && someoneWaits(agent));
        if (goesHome) {
            agent.doing = Doing.AWAY;
            say(new Event.AgentLoggedOut(now, agent.of.number(), ContactCentre.END_OF_SHIFT));
            return;
        }
        Pause due = agent.pauses.peek();
        if (due != null && due.due <= now && !agent.shiftOver && mayPause(agent)) {
            agent.pauses.poll();
            pause(agent, due.reason, due.length);
            return;
        }
        if (agent.doing == Doing.PAUSING && agent.shiftOver) {
            say(new Event.AgentStateChanged(now, agent.of.number(), READY, ContactCentre.NO_REASON));
        }
        Call call = longestWaiting(agent);
        if (call != null) {
            ring(call, agent, groupFor(call, agent));
            return;
        }
        agent.doing = Doing.IDLE;
        agent.since = now;
        for (int group : agent.of.skillGroups()) {
            groups.get(group).idle.add(agent);
        }
    }

    /** A supervisor lets only so many go at once, and fewer while callers wait. */
    private boolean mayPause(Agent agent) {
        return pausing < Math.max(1, centre.agents.size() / (someoneWaits(agent) ? 14 : 6));
    }

    private void pause(Agent agent, int reason, long length) {
        agent.doing = Doing.PAUSING;
        pausing++;
        say(new Event.AgentStateChanged(now, agent.of.number(), NOT_READY, reason));
        in(length, () -> {
            pausing--;
            comeBack(agent);
        });
    }

    private void unidle(Agent agent) {
        if (agent.doing == Doing.IDLE) {
            for (int group : agent.of.skillGroups()) {
                groups.get(group).idle.remove(agent);
            }
        }
    }

    private boolean someoneWaits(Agent agent) {
        return longestWaiting(agent) != null;
    }

    private Call longestWaiting(Agent agent) {
        Call longest = null;
        for (int group : agent.of.skillGroups()) {
            TreeSet<Call> waiting = groups.get(group).waiting;
            if (!waiting.isEmpty() && (longest == null || sooner(waiting.first(), longest) < 0)) {
                longest = waiting.first();
            }
        }
        return longest;
    }

    private Group groupFor(Call call, Agent agent) {
        for (int wanted : call.type.skillGroups()) {
            for (int has : agent.of.skillGroups()) {
                if (wanted == has) {
                    return groups.get(wanted);
                }
            }
        }
        throw new AssertionError("agent " + agent.of.number() + " has no group of call " + call.name);
    }

    // -------------------------------------------------------------------------------------------------------------
    // calls

    /** Thinning: candidates come at the highest rate of all, and are calls as often as the present rate is of that. */
    private void planArrival(long after) {
        long time = after;
        long closes = opens
                + java.time.Duration.between(SimulatorSettings.OPENS, SimulatorSettings.CLOSES)
                        .toMillis();
        do {
            time += arrivals.exponential(1 / (demand.mostPerMilli() * 1_000));
            if (time >= closes) {
                return;
            }
        } while (!arrivals.chance(demand.perMilli(time - opens) / demand.mostPerMilli()));
        long arrival = time;
        at(arrival, () -> {
            arrive();
            planArrival(arrival);
        });
    }

    private void arrive() {
        double share = arrivals.unit();
        int index = 0;
        while (index < centre.callTypes.size() - 1
                && share >= centre.callTypes.get(index).share()) {
            share -= centre.callTypes.get(index).share();
            index++;
        }
        Call call = new Call(++callNumber, centre.callTypes.get(index));
        say(new Event.CallOffered(now, call.name, call.type.name()));
        double fate = calls.unit();
        if (fate < 0.02) {
            // Dialled by mistake: a short call.
            in(calls.between(1, 4.9), call, () -> abandon(call));
        } else if (fate < 0.06) {
            in(calls.between(6, 40), call, () -> abandon(call));
        } else {
            in(calls.between(3, 10), call, () -> enter(call));
        }
    }

    /** To whoever has been free for longest in the best group that has someone free; else the call waits. */
    private void enter(Call call) {
        for (int group : call.type.skillGroups()) {
            TreeSet<Agent> idle = groups.get(group).idle;
            if (!idle.isEmpty()) {
                call.queuedAt = now;
                ring(call, idle.first(), groups.get(group));
                return;
            }
        }
        call.queuedAt = now;
        call.queued = true;
        say(new Event.CallQueued(now, call.name, centre.names(call.type.skillGroups())));
        await(call);
    }

    private void await(Call call) {
        call.step++;
        for (int group : call.type.skillGroups()) {
            groups.get(group).waiting.add(call);
        }
        // Some give up at the first announcement, most wait for minutes, none for ever.
        long patience = calls.chance(0.06) ? calls.between(2, 20) : Math.min(20 * MINUTE, calls.exponential(240));
        in(patience, call, () -> {
            leaveQueues(call);
            abandon(call);
        });
    }

    private void leaveQueues(Call call) {
        for (int group : call.type.skillGroups()) {
            groups.get(group).waiting.remove(call);
        }
    }

    private void abandon(Call call) {
        call.over = true;
        say(new Event.CallAbandoned(now, call.name));
    }

    private void ring(Call call, Agent agent, Group group) {
        leaveQueues(call);
        unidle(agent);
        call.step++;
        call.agent = agent;
        agent.doing = Doing.RINGING;
        say(new Event.CallRinging(now, call.name, agent.of.number(), group.name));
        double fate = calls.unit();
        if (fate < 0.012) {
            in(calls.between(14, 16), call, () -> notAnswered(call));
        } else if (fate < 0.018) {
            in(calls.between(1, 5), call, () -> {
                abandon(call);
                next(agent);
            });
        } else {
            in(calls.between(1.5, 7), call, () -> answer(call, group));
        }
    }

    /** Whoever does not answer is taken out until they come back; the call is the first to be taken again. */
    private void notAnswered(Call call) {
        Agent agent = call.agent;
        call.agent = null;
        say(new Event.CallNotAnswered(now, call.name, agent.of.number()));
        pause(agent, ContactCentre.NO_ANSWER, people.between(45, 240));
        if (call.queued) {
            for (int group : call.type.skillGroups()) {
                TreeSet<Agent> idle = groups.get(group).idle;
                if (!idle.isEmpty()) {
                    ring(call, idle.first(), groups.get(group));
                    return;
                }
            }
            await(call);
        } else {
            enter(call);
        }
    }

    private void answer(Call call, Group group) {
        call.step++;
        call.agent.doing = Doing.TALKING;
        say(new Event.CallAnswered(now, call.name, call.agent.of.number(), group.name));
        long talk = Math.max(4 * SECOND, calls.logNormal(0.71 * call.type.talkSeconds(), 0.7, 2_400));
        if (calls.chance(0.16)) {
            long before = (long) (talk * (0.2 + 0.6 * calls.unit()));
            in(before, call, () -> {
                say(new Event.CallHeld(now, call.name));
                in(5 * SECOND + Math.min(4 * MINUTE, calls.exponential(30)), call, () -> {
                    say(new Event.CallRetrieved(now, call.name));
                    in(talk - before, call, () -> hangUp(call));
                });
            });
        } else {
            in(talk, call, () -> hangUp(call));
        }
    }

    private void hangUp(Call call) {
        Agent agent = call.agent;
        if (!call.transferred && centre.callTypes.size() > 1 && calls.chance(0.04)) {
            call.step++;
            call.transferred = true;
            call.queued = false;
            call.agent = null;
            int other = calls.below(centre.callTypes.size() - 1);
            ContactCentre.CallType to = centre.callTypes.get(other);
            call.type = to == call.type ? centre.callTypes.get(centre.callTypes.size() - 1) : to;
            say(new Event.CallTransferred(now, call.name, call.type.name()));
            enter(call);
            next(agent);
        } else if (calls.chance(0.8)) {
            say(new Event.CallWrapUp(now, call.name));
            in(3 * SECOND + Math.min(5 * MINUTE, calls.exponential(28)), call, () -> end(call));
        } else {
            end(call);
        }
    }

    private void end(Call call) {
        call.over = true;
        say(new Event.CallEnded(now, call.name));
        next(call.agent);
    }

    private void say(Event event) {
        said.add(event);
    }
}
