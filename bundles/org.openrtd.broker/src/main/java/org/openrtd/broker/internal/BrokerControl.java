package org.openrtd.broker.internal;

import java.util.List;
import java.util.Map;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.StandardMBean;

/** The broker over JMX. */
final class BrokerControl extends StandardMBean implements BrokerMXBean {

    private static final Map<String, String> DESCRIPTIONS = Map.ofEntries(
            Map.entry("Name", "The broker's name: the node's."),
            Map.entry("Url", "Where it listens."),
            Map.entry("Tls", "Whether connections over TCP are encrypted."),
            Map.entry("Connections", "Connections over TCP now."),
            Map.entry("MaxConnections", "Connections over TCP at one time; one more is refused."),
            Map.entry("Subscriptions", "Subscriptions to the topics that are open, now."),
            Map.entry(
                    "Addresses",
                    "What the roles of this node have opened: kind, who may use it, how often it was opened, its"
                            + " subscriptions or readers, the messages that wait and that were carried."),
            Map.entry("RefusedLogins", "Logins refused since the start: no or wrong user, password or role."),
            Map.entry("RefusedUses", "Sends and subscriptions refused since the start, as the user's role is missing."),
            Map.entry(
                    "RefusedMessages",
                    "Messages and requests refused since the start as no client of ours sends such."),
            Map.entry(
                    "PutOff",
                    "How often somebody was told to connect later since the start, as many connected at once."),
            Map.entry("MemoryBytes", "Bytes that all messages waiting in the broker take."),
            Map.entry(
                    "MaxMemoryBytes",
                    "Bytes they may take; what does not fit is dropped, and asked for again by who misses it."),
            Map.entry("WaitingReplyBytes", "Bytes of answers that wait in the broker for those who asked."),
            Map.entry(
                    "DisconnectedForMemory",
                    "Connections ended since the start, as memory was short and they had the most answers waiting."));

    private final NodeBroker broker;

    BrokerControl(NodeBroker broker) {
        super(BrokerMXBean.class, true);
        this.broker = broker;
    }

    @Override
    public String getName() {
        return broker.name();
    }

    @Override
    public String getUrl() {
        return broker.settings().url();
    }

    @Override
    public boolean isTls() {
        return broker.settings().tls();
    }

    @Override
    public int getConnections() {
        return broker.connectionCount();
    }

    @Override
    public int getMaxConnections() {
        return broker.settings().maxConnections();
    }

    @Override
    public int getSubscriptions() {
        return broker.addresses().stream()
                .filter(address -> address.kind().equals("topic"))
                .mapToInt(Address::users)
                .sum();
    }

    @Override
    public List<Address> getAddresses() {
        return broker.addresses();
    }

    @Override
    public long getRefusedLogins() {
        return broker.refusedLogins();
    }

    @Override
    public long getRefusedUses() {
        return broker.refusedUses();
    }

    @Override
    public long getRefusedMessages() {
        return broker.refusedMessages();
    }

    @Override
    public long getPutOff() {
        return broker.putOff();
    }

    @Override
    public long getMemoryBytes() {
        return broker.memoryBytes();
    }

    @Override
    public long getMaxMemoryBytes() {
        return broker.settings().maxMemoryBytes();
    }

    @Override
    public long getWaitingReplyBytes() {
        return broker.waitingReplyBytes();
    }

    @Override
    public long getDisconnectedForMemory() {
        return broker.disconnectedForMemory();
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        return "The Artemis broker inside this node.";
    }

    @Override
    protected String getDescription(MBeanAttributeInfo info) {
        return DESCRIPTIONS.get(info.getName());
    }
}
