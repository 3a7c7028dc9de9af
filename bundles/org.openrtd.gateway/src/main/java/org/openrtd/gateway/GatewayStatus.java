package org.openrtd.gateway;

import org.openrtd.events.Mark;

/**
 * How a {@link GatewayLink} is doing.
 *
 * @param reason why it is in this state, for people
 * @param sent the last event sent on this connection
 * @param acknowledged the last event that the centre holds
 * @param inFlight events sent and not yet acknowledged
 * @param eventsSent events sent since the start, those sent again included
 * @param eventsPassedOver events made again and not sent, as the centre held them
 * @param connections connections that the centre answered on
 * @param eventTime the time of the last event sent, UTC ms, 0 when there is none
 * @param behindMillis how long the next event has been due; 0 when it is not due yet
 */
public record GatewayStatus(
        GatewayLink.State state,
        String reason,
        Mark sent,
        Mark acknowledged,
        int inFlight,
        long eventsSent,
        long eventsPassedOver,
        long connections,
        long eventTime,
        long behindMillis) {}
