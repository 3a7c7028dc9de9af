package org.openrtd.statistics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openrtd.catalog.Family;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;

/** A call type and its row in {@code Call_Type_Real_Time}. */
final class CallType extends Aggregate {

    // Counters.
    static final int ANSWER_WAIT_TIME = 0;
    static final int CALL_DELAY_ABAND_TIME = 1;
    static final int CT_DELAY_ABAND_TIME = 2;
    static final int DELAY_AGENT_ABAND_TIME = 3;
    static final int DELAY_Q_ABAND_TIME = 4;
    static final int CALLS_ANSWERED = 5;
    static final int CALLS_HANDLED = 6;
    static final int CALLS_LEFT_Q = 7;
    static final int CALLS_OFFERED = 8;
    static final int CALLS_RONA = 9;
    static final int HANDLE_TIME = 10;
    static final int HOLD_TIME = 11;
    static final int TALK_TIME = 12;
    static final int ROUTER_CALLS_ABAND_Q = 13;
    static final int ROUTER_CALLS_ABAND_TO_AGENT = 14;
    static final int ROUTER_QUEUE_CALLS = 15;
    static final int ROUTER_QUEUE_WAIT_TIME = 16;
    static final int TOTAL_CALLS_ABAND = 17;
    static final int SERVICE_LEVEL_CALLS = 18;
    static final int SERVICE_LEVEL_CALLS_OFFERED = 19;
    static final int SERVICE_LEVEL_ABAND = 20;
    static final int SERVICE_LEVEL_RONA = 21;
    static final int SHORT_CALLS = 22;
    static final int COUNTERS = 23;

    // What is made of them.
    private static final int AVG_ROUTER_DELAY_Q = 100;
    private static final int SERVICE_LEVEL = 101;
    private static final int KEY = 102;
    private static final int DATE_TIME = 103;
    private static final int Q_NOW = 104;
    private static final int Q_NOW_TIME = 105;
    private static final int LONGEST_CALL_Q = 106;
    private static final int AVG_ROUTER_DELAY_Q_NOW = 107;
    private static final int AT_VRU_NOW = 108;
    private static final int AT_AGENT_NOW = 109;
    private static final int Q_HELD = 110;

    private static final Cells CELLS = new Cells("Call_Type_Real_Time", sources());

    int abandonWait;
    int atVru;
    int atAgent;

    /** Calls in queue whose threshold has passed. */
    int queueHeld;

    CallType(int id) {
        super(id, COUNTERS);
    }

    @Override
    void passed(Wait wait, long second) {
        counters.add(SERVICE_LEVEL_CALLS_OFFERED, 1, second);
        if (wait.inQueue()) {
            queueHeld++;
        }
    }

    @Override
    boolean tick(long second) {
        boolean fired = firePassed(second);
        boolean slid = counters.slide(second);
        return fired || slid || !queue.isEmpty();
    }

    @Override
    boolean needsTicks() {
        return counters.slides() || !queue.isEmpty() || !due.isEmpty();
    }

    @Override
    void endHalf(long second) {
        counters.endHalf();
    }

    @Override
    void endDay() {
        counters.endDay();
    }

    @Override
    Change change(long second) {
        return gone ? Change.delete(CELLS.table, List.of(id)) : Change.put(row(second));
    }

    @Override
    Row row(long second) {
        Object[] values = new Object[CELLS.sources.length];
        for (int i = 0; i < values.length; i++) {
            int source = CELLS.sources[i];
            if (source == Cells.NULL) {
                continue;
            }
            Family family = CELLS.families[i];
            if (family == Family.TO5) {
                values[i] = over(counters.to5, source);
            } else if (family == Family.HALF) {
                values[i] = over(counters.half, source);
            } else if (family == Family.TODAY) {
                values[i] = over(counters.today, source);
            } else {
                values[i] = now(source, second);
            }
        }
        return CELLS.table.row(values);
    }

    private Object over(long[] sums, int source) {
        return switch (source) {
            case AVG_ROUTER_DELAY_Q -> average(sums[ROUTER_QUEUE_WAIT_TIME], sums[CALLS_LEFT_Q]);
            case SERVICE_LEVEL ->
                serviceLevel(
                        serviceLevelType,
                        sums[SERVICE_LEVEL_CALLS],
                        sums[SERVICE_LEVEL_ABAND],
                        sums[SERVICE_LEVEL_CALLS_OFFERED]);
            default -> number(sums[source]);
        };
    }

    private Object now(int source, long second) {
        return switch (source) {
            case KEY -> id;
            case DATE_TIME -> time(dateTime);
            case Q_NOW -> queue.size();
            case Q_NOW_TIME -> number(waited(second));
            case LONGEST_CALL_Q -> queue.isEmpty() ? null : (Object) queue.firstTime();
            case AVG_ROUTER_DELAY_Q_NOW -> average(waited(second), queue.size());
            case AT_VRU_NOW -> atVru;
            case AT_AGENT_NOW -> atAgent;
            case Q_HELD -> queueHeld;
            default -> throw new IllegalStateException("No such source: " + source);
        };
    }

    private long waited(long second) {
        return Math.max(0, queue.size() * second - enteredSum);
    }

    private static Map<String, Integer> sources() {
        Map<String, Integer> sources = new HashMap<>();
        sources.put("CallTypeID", KEY);
        sources.put("DateTime", DATE_TIME);
        sources.put("RouterCallsQNow", Q_NOW);
        sources.put("RouterCallsQNowTime", Q_NOW_TIME);
        sources.put("RouterLongestCallQ", LONGEST_CALL_Q);
        sources.put("AvgRouterDelayQNow", AVG_ROUTER_DELAY_Q_NOW);
        sources.put("CallsAtVRUNow", AT_VRU_NOW);
        sources.put("CallsAtAgentNow", AT_AGENT_NOW);
        sources.put("ServiceLevelCallsQHeld", Q_HELD);
        sources.put("AnswerWaitTime", ANSWER_WAIT_TIME);
        sources.put("AvgRouterDelayQ", AVG_ROUTER_DELAY_Q);
        sources.put("CallDelayAbandTime", CALL_DELAY_ABAND_TIME);
        sources.put("CTDelayAbandTime", CT_DELAY_ABAND_TIME);
        sources.put("DelayAgentAbandTime", DELAY_AGENT_ABAND_TIME);
        sources.put("DelayQAbandTime", DELAY_Q_ABAND_TIME);
        sources.put("CallsAnswered", CALLS_ANSWERED);
        sources.put("CallsHandled", CALLS_HANDLED);
        sources.put("CallsLeftQ", CALLS_LEFT_Q);
        sources.put("CallsOffered", CALLS_OFFERED);
        sources.put("CallsRONA", CALLS_RONA);
        sources.put("HandleTime", HANDLE_TIME);
        sources.put("HoldTime", HOLD_TIME);
        sources.put("TalkTime", TALK_TIME);
        sources.put("RouterCallsAbandQ", ROUTER_CALLS_ABAND_Q);
        sources.put("RouterCallsAbandToAgent", ROUTER_CALLS_ABAND_TO_AGENT);
        sources.put("RouterQueueCalls", ROUTER_QUEUE_CALLS);
        sources.put("RouterQueueWaitTime", ROUTER_QUEUE_WAIT_TIME);
        sources.put("TotalCallsAband", TOTAL_CALLS_ABAND);
        sources.put("ServiceLevel", SERVICE_LEVEL);
        sources.put("ServiceLevelCalls", SERVICE_LEVEL_CALLS);
        sources.put("ServiceLevelCallsOffered", SERVICE_LEVEL_CALLS_OFFERED);
        sources.put("ServiceLevelAband", SERVICE_LEVEL_ABAND);
        sources.put("ServiceLevelRONA", SERVICE_LEVEL_RONA);
        sources.put("ShortCalls", SHORT_CALLS);
        sources.put("ShortCall", SHORT_CALLS);
        return sources;
    }
}
