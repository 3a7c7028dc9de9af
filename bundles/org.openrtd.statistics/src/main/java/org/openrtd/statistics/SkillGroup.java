package org.openrtd.statistics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openrtd.catalog.Family;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;

/** A skill group and its row in {@code Skill_Group_Real_Time}. */
final class SkillGroup extends Aggregate {

    // Counters.
    static final int CALLS_HANDLED = 0;
    static final int CALLS_ANSWERED = 1;
    static final int ANSWER_WAIT_TIME = 2;
    static final int ROUTER_CALLS_ABAND_Q = 3;
    static final int HANDLED_CALLS_TALK_TIME = 4;
    static final int HANDLED_CALLS_TIME = 5;
    static final int CALLS_OFFERED = 6;
    static final int SERVICE_LEVEL_CALLS = 7;
    static final int SERVICE_LEVEL_ABAND = 8;
    static final int SERVICE_LEVEL_CALLS_OFFERED = 9;
    static final int COUNTERS = 10;

    // Times in states, by StateTimes' own numbers, from here on.
    private static final int STATE_TIME = 50;

    // What is made of both.
    private static final int AVG_HANDLED_CALLS_TALK_TIME = 100;
    private static final int AVG_HANDLED_CALLS_TIME = 101;
    private static final int PERCENT_UTILIZATION = 102;
    private static final int SERVICE_LEVEL = 103;
    private static final int KEY = 104;
    private static final int DATE_TIME = 105;
    private static final int Q_NOW = 106;
    private static final int LONGEST_CALL_Q = 107;
    private static final int LONGEST_AVAIL_AGENT = 108;
    private static final int READY = 109;

    // Numbers of agents in states, by StateTimes' own numbers, from here on.
    private static final int STATE_NOW = 150;

    private static final Cells CELLS = new Cells("Skill_Group_Real_Time", sources());

    int peripheralId;

    /** The peripheral's name for it. */
    String peripheralName;

    int mediaRoutingDomain;

    final StateTimes times = new StateTimes();

    /** Who is available, in the order of becoming so. */
    final Line<Member> available = new Line<>();

    SkillGroup(int id) {
        super(id, COUNTERS);
    }

    @Override
    void passed(Wait wait, long second) {
        counters.add(SERVICE_LEVEL_CALLS_OFFERED, 1, second);
    }

    @Override
    boolean tick(long second) {
        boolean fired = firePassed(second);
        boolean slid = counters.slide(second);
        boolean moved = times.moves();
        times.reckon(second);
        return fired || slid || moved;
    }

    @Override
    boolean needsTicks() {
        return counters.slides() || !due.isEmpty() || times.moves();
    }

    @Override
    void endHalf(long second) {
        counters.endHalf();
        times.endHalf(second);
    }

    @Override
    void endDay() {
        counters.endDay();
        times.endDay();
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
                values[i] = over(counters.to5, times.to5, source);
            } else if (family == Family.HALF) {
                values[i] = over(counters.half, times.half, source);
            } else if (family == Family.TODAY) {
                values[i] = over(counters.today, times.today, source);
            } else {
                values[i] = now(source);
            }
        }
        return CELLS.table.row(values);
    }

    private Object over(long[] sums, long[] lasted, int source) {
        return switch (source) {
            case AVG_HANDLED_CALLS_TALK_TIME -> average(sums[HANDLED_CALLS_TALK_TIME], sums[CALLS_HANDLED]);
            case AVG_HANDLED_CALLS_TIME -> average(sums[HANDLED_CALLS_TIME], sums[CALLS_HANDLED]);
            case PERCENT_UTILIZATION -> utilization(lasted);
            case SERVICE_LEVEL ->
                serviceLevel(
                        serviceLevelType,
                        sums[SERVICE_LEVEL_CALLS],
                        sums[SERVICE_LEVEL_ABAND],
                        sums[SERVICE_LEVEL_CALLS_OFFERED]);
            default -> number(source >= STATE_TIME ? lasted[source - STATE_TIME] : sums[source]);
        };
    }

    private static Double utilization(long[] lasted) {
        long ready = lasted[StateTimes.LOGGED_ON] - lasted[StateTimes.NOT_READY];
        if (ready <= 0) {
            return null;
        }
        long working = lasted[StateTimes.TALK]
                + lasted[StateTimes.HOLD]
                + lasted[StateTimes.WORK_READY]
                + lasted[StateTimes.WORK_NOT_READY];
        return (double) working / ready;
    }

    private Object now(int source) {
        return switch (source) {
            case KEY -> id;
            case DATE_TIME -> time(dateTime);
            case READY -> times.now[StateTimes.LOGGED_ON] - times.now[StateTimes.NOT_READY];
            case Q_NOW -> queue.size();
            case LONGEST_CALL_Q -> queue.isEmpty() ? null : (Object) queue.firstTime();
            case LONGEST_AVAIL_AGENT -> available.isEmpty() ? null : (Object) available.firstTime();
            default -> times.now[source - STATE_NOW];
        };
    }

    private static Map<String, Integer> sources() {
        Map<String, Integer> sources = new HashMap<>();
        sources.put("SkillTargetID", KEY);
        sources.put("DateTime", DATE_TIME);
        sources.put("LoggedOn", STATE_NOW + StateTimes.LOGGED_ON);
        sources.put("Avail", STATE_NOW + StateTimes.AVAIL);
        sources.put("Ready", READY);
        sources.put("NotReady", STATE_NOW + StateTimes.NOT_READY);
        sources.put("TalkingIn", STATE_NOW + StateTimes.TALK);
        sources.put("WorkReady", STATE_NOW + StateTimes.WORK_READY);
        sources.put("WorkNotReady", STATE_NOW + StateTimes.WORK_NOT_READY);
        sources.put("BusyOther", STATE_NOW + StateTimes.BUSY_OTHER);
        sources.put("Hold", STATE_NOW + StateTimes.HOLD);
        sources.put("ReservedAgents", STATE_NOW + StateTimes.RESERVED);
        sources.put("ICMAvailable", STATE_NOW + StateTimes.AVAIL);
        sources.put("RouterCallsQNow", Q_NOW);
        sources.put("RouterLongestCallQ", LONGEST_CALL_Q);
        sources.put("LongestAvailAgent", LONGEST_AVAIL_AGENT);
        sources.put("CallsHandled", CALLS_HANDLED);
        sources.put("CallsAnswered", CALLS_ANSWERED);
        sources.put("AnswerWaitTime", ANSWER_WAIT_TIME);
        sources.put("RouterCallsAbandQ", ROUTER_CALLS_ABAND_Q);
        sources.put("AvgHandledCallsTalkTime", AVG_HANDLED_CALLS_TALK_TIME);
        sources.put("AvgHandledCallsTime", AVG_HANDLED_CALLS_TIME);
        sources.put("PercentUtilization", PERCENT_UTILIZATION);
        sources.put("AvailTime", STATE_TIME + StateTimes.AVAIL);
        sources.put("NotReadyTime", STATE_TIME + StateTimes.NOT_READY);
        sources.put("TalkTime", STATE_TIME + StateTimes.TALK);
        sources.put("WorkReadyTime", STATE_TIME + StateTimes.WORK_READY);
        sources.put("WorkNotReadyTime", STATE_TIME + StateTimes.WORK_NOT_READY);
        sources.put("BusyOtherTime", STATE_TIME + StateTimes.BUSY_OTHER);
        sources.put("ReservedStateTime", STATE_TIME + StateTimes.RESERVED);
        sources.put("LoggedOnTime", STATE_TIME + StateTimes.LOGGED_ON);
        sources.put("CallsOffered", CALLS_OFFERED);
        sources.put("ServiceLevel", SERVICE_LEVEL);
        sources.put("ServiceLevelCalls", SERVICE_LEVEL_CALLS);
        sources.put("ServiceLevelAband", SERVICE_LEVEL_ABAND);
        sources.put("ServiceLevelCallsOffered", SERVICE_LEVEL_CALLS_OFFERED);
        return sources;
    }
}
