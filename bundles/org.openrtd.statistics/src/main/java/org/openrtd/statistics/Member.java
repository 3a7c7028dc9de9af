package org.openrtd.statistics;

import java.util.List;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/** An agent in a skill group and its row in {@code Agent_Skill_Group_Real_Time}. There may be a million of these. */
final class Member extends Live {

    private static final Table TABLE =
            Catalog.table("Agent_Skill_Group_Real_Time").table();

    final Agent agent;
    final SkillGroup group;

    /** Whether the configuration has it; a member that it has not is there while the peripheral says so. */
    boolean configured;

    boolean loggedIn;
    long loginAt;
    int state = Agent.LOGGED_OFF;
    long stateAt;
    int calls;

    /** The place among the available; {@code null} when not available. */
    Line.Spot<Member> availableSpot;

    Member(Agent agent, SkillGroup group) {
        this.agent = agent;
        this.group = group;
    }

    /** Changes the state, with what the group counts by it while the state shows. */
    void show(int newState, long at, long second) {
        if (!agent.hidden()) {
            count(false, second);
        }
        state = newState;
        stateAt = at;
        if (!agent.hidden()) {
            count(true, second);
        }
        place();
    }

    /** Lets the group count the state, or no longer. */
    void count(boolean counts, long second) {
        int counted = counted(state);
        if (counted >= 0) {
            group.times.change(counted, counts ? 1 : -1, second);
            group.times.change(StateTimes.LOGGED_ON, counts ? 1 : -1, second);
        }
    }

    /** Puts it among the available, or takes it away, by the state that shows. */
    void place() {
        boolean available = state == Agent.READY && !agent.hidden();
        if (available && availableSpot == null) {
            availableSpot = group.available.join(this, stateAt);
        } else if (!available && availableSpot != null) {
            availableSpot.leave();
            availableSpot = null;
        }
    }

    /** By which of {@link StateTimes} an agent's state counts; −1 for none. */
    private static int counted(int state) {
        return switch (state) {
            case 2 -> StateTimes.NOT_READY;
            case 3 -> StateTimes.AVAIL;
            case 4 -> StateTimes.TALK;
            case 5 -> StateTimes.WORK_NOT_READY;
            case 6 -> StateTimes.WORK_READY;
            case 7 -> StateTimes.BUSY_OTHER;
            case 8 -> StateTimes.RESERVED;
            case 10 -> StateTimes.HOLD;
            // Logged Off.
            default -> -1;
        };
    }

    private boolean unknown() {
        return loggedIn && agent.hidden();
    }

    @Override
    String feed() {
        return Catalog.AGENTS;
    }

    @Override
    Change change(long second) {
        return gone ? Change.delete(TABLE, List.of(agent.id, group.id)) : Change.put(row(second));
    }

    @Override
    Row row(long second) {
        return TABLE.row(
                agent.id,
                group.id,
                unknown() ? Agent.UNKNOWN : state,
                calls,
                time(dateTime),
                time(unknown() ? agent.gateway.hiddenAt : stateAt),
                time(loginAt),
                null,
                agent.reason);
    }
}
