package org.openrtd.realtimeserver.internal;

import java.util.List;
import org.openrtd.feed.jms.Description;
import org.openrtd.feed.jms.FeedLine;
import org.openrtd.feed.jms.FollowerLine;

/** What the real-time server shows over JMX. */
@Description("Takes events from gateways and makes the feeds.")
public interface RealTimeServerMXBean {

    @Description("One line: what the role does, or what is wrong.")
    String getSummary();

    @Description("Who moves the controller's clock: gateway or controller.")
    String getClock();

    @Description("The controller's time, ISO 8601, UTC; empty before the clock has moved.")
    String getControllerTime();

    @Description("By how many ms the wall clock was set ahead (or back) and is not followed; 0 when it is.")
    long getClockStepMillis();

    @Description(
            "Follows the wall clock to where it was set: ahead at once, which no duration survives unharmed; back by"
                    + " letting the controller's clock stand still until then.")
    void acceptClockStep();

    @Description("Events written to the event log since the role began.")
    long getEventsLogged();

    @Description("Events received again and recognised since the role began.")
    long getEventsDuplicate();

    @Description("Events that wait to be written to the event log.")
    int getEventsWaiting();

    @Description("Events that took effect, since the central database was made.")
    long getEventsAccepted();

    @Description("Events that did not fit what went before and took what effect they could.")
    long getEventsUntidy();

    @Description("Events refused, as they name what is not configured.")
    long getEventsRefused();

    @Description("Events left out because of an error of the program; more than 0 is worth a bug report with the log.")
    long getEventsFailed();

    @Description("The log sequence of the last event folded.")
    long getLogSequence();

    @Description("The log sequence of the last checkpoint; 0 when there is none.")
    long getCheckpointSequence();

    @Description("The age of the last checkpoint in ms; -1 when there is none.")
    long getCheckpointAgeMillis();

    @Description("Cuts made since the role began; each is a batch of the real-time feeds.")
    long getCuts();

    @Description("Each gateway: state, ms since it was heard, and its last event in the event log.")
    List<GatewayLine> getGateways();

    @Description("Each feed: position, rows; whether followers can reach it; messages and bytes sent, messages dropped,"
            + " requests taken and refused. Counted since the role began.")
    List<FeedLine> getFeeds();

    @Description(
            "Who follows the feeds, by user, node and feed: what it said last of its state, position, lag and age and"
                    + " how long ago, its rates, what waits for it in the broker, and its connections.")
    List<FollowerLine> getFollowers();
}
