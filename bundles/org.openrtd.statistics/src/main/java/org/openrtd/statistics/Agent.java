package org.openrtd.statistics;

import java.util.ArrayList;
import java.util.List;
import org.openrtd.catalog.AgentState;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/** An agent and its row in {@code Agent_Real_Time}. */
final class Agent extends Live {

    /** The domain of an agent who is in no group: that of calls. */
    static final int DEFAULT_DOMAIN = 1;

    static final int LOGGED_OFF = AgentState.LOGGED_OFF.code();
    static final int NOT_READY = AgentState.NOT_READY.code();
    static final int READY = AgentState.READY.code();
    static final int TALKING = AgentState.TALKING.code();
    static final int WORK_NOT_READY = AgentState.WORK_NOT_READY.code();
    static final int WORK_READY = AgentState.WORK_READY.code();
    static final int BUSY_OTHER = AgentState.BUSY_OTHER.code();
    static final int RESERVED = AgentState.RESERVED.code();
    static final int UNKNOWN = AgentState.UNKNOWN.code();
    static final int ON_HOLD = AgentState.CALLS_ON_HOLD.code();

    private static final Table TABLE = Catalog.table("Agent_Real_Time").table();
    private static final int DIRECTION_NONE = 0;
    private static final int DIRECTION_IN = 1;

    final int id;

    /** The peripheral's name for the agent. */
    String number;

    Gateway gateway;
    int peripheralId;
    int mediaRoutingDomain = DEFAULT_DOMAIN;

    boolean loggedIn;
    String extension;
    long loginAt;

    /** The state that the agent chose: 2, 3, 5 or 6. It shows when no call says otherwise. */
    int chosen = NOT_READY;

    int reason;

    /** The state, which shows while the gateway is heard. */
    int state = LOGGED_OFF;

    long stateAt;
    long tasksAt;

    /** The group of the last call, for which after-call work counts that no call stands for. */
    SkillGroup workGroup;

    /** The picture of the present in which the agent was last seen. */
    int seen;

    final List<Call> calls = new ArrayList<>(1);
    final List<Member> members = new ArrayList<>(2);

    Agent(int id) {
        this.id = id;
    }

    /** Whether the state does not show: whoever is logged in is Unknown. */
    boolean hidden() {
        return gateway != null && gateway.hidden;
    }

    private boolean unknown() {
        return loggedIn && hidden();
    }

    Member member(SkillGroup group) {
        for (Member member : members) {
            if (member.group == group) {
                return member;
            }
        }
        return null;
    }

    @Override
    String feed() {
        return Catalog.AGENTS;
    }

    @Override
    Change change(long second) {
        return gone ? Change.delete(TABLE, List.of(id, mediaRoutingDomain)) : Change.put(row(second));
    }

    /** That the row under the present key is to go, for its key is about to change. */
    Change deletion() {
        return Change.delete(TABLE, List.of(id, mediaRoutingDomain));
    }

    @Override
    Row row(long second) {
        Call task = currentCall();
        boolean inConversation = task != null && task.atAgent();
        return TABLE.row(
                id,
                mediaRoutingDomain,
                unknown() ? UNKNOWN : state,
                reason,
                extension,
                task == null || task.group == null ? null : (Integer) task.group.id,
                inConversation ? DIRECTION_IN : DIRECTION_NONE,
                null,
                time(dateTime),
                time(unknown() ? gateway.hiddenAt : stateAt),
                null,
                time(loginAt),
                time(tasksAt),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                state == READY && !unknown() ? 1 : 0,
                calls.size(),
                null,
                null,
                null,
                null,
                null);
    }

    /** The call that decides on the state; {@code null} when there is none. */
    private Call currentCall() {
        Call best = null;
        for (Call call : calls) {
            if (best == null || weight(call.status) > weight(best.status)) {
                best = call;
            }
        }
        return best;
    }

    /** Talking outweighs holding, holding a ringing telephone, and that after-call work. */
    private static int weight(Call.Status status) {
        return switch (status) {
            case TALKING -> 4;
            case HELD -> 3;
            case RINGING -> 2;
            case WRAP_UP -> 1;
            case WAITING -> 0;
        };
    }

    /** The state that calls and choice give, when the agent is logged in and heard of. */
    int stateNow() {
        Call task = currentCall();
        return task == null ? chosen : stateBy(task.status);
    }

    /** The same, as one group sees it. */
    int stateNowIn(SkillGroup group) {
        Call best = null;
        for (Call call : calls) {
            if (call.group == group && (best == null || weight(call.status) > weight(best.status))) {
                best = call;
            }
        }
        if (best != null) {
            return stateBy(best.status);
        }
        if (!calls.isEmpty()) {
            return BUSY_OTHER;
        }
        boolean working = chosen == WORK_READY || chosen == WORK_NOT_READY;
        return working && workGroup != null && workGroup != group ? BUSY_OTHER : chosen;
    }

    private int stateBy(Call.Status status) {
        return switch (status) {
            case TALKING -> TALKING;
            case HELD -> ON_HOLD;
            case RINGING -> RESERVED;
            // After it the agent will be what was chosen.
            case WRAP_UP -> chosen == NOT_READY || chosen == WORK_NOT_READY ? WORK_NOT_READY : WORK_READY;
            case WAITING -> chosen;
        };
    }
}
