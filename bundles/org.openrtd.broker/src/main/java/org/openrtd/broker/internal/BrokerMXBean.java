package org.openrtd.broker.internal;

import java.util.List;

/** The node's broker, over JMX. */
public interface BrokerMXBean {

    /** One address and how it stands. */
    record Address(String address, String kind, String role, int opened, int users, long waiting, long messages) {}

    String getName();

    String getUrl();

    boolean isTls();

    int getConnections();

    int getMaxConnections();

    int getSubscriptions();

    List<Address> getAddresses();

    long getRefusedLogins();

    long getRefusedUses();

    long getRefusedMessages();

    long getPutOff();

    long getMemoryBytes();

    long getMaxMemoryBytes();

    long getWaitingReplyBytes();

    long getDisconnectedForMemory();
}
