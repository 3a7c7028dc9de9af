package org.openrtd.gateway;

/** A gateway over JMX. */
public interface GatewayMXBean {

    String getState();

    String getReason();

    String getCentre();

    long getRun();

    long getSentNumber();

    long getAcknowledgedNumber();

    int getEventsInFlight();

    long getEventsSent();

    long getEventsPassedOver();

    long getConnections();

    String getEventTime();

    long getBehindMillis();
}
