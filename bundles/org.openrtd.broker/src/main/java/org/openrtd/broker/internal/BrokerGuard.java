package org.openrtd.broker.internal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.Interceptor;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.core.protocol.core.Packet;
import org.apache.activemq.artemis.core.protocol.core.impl.PacketImpl;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.MessagePacketI;
import org.apache.activemq.artemis.core.protocol.core.impl.wireformat.Ping;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMConnection;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerPlugin;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds each connection to what a client of ours needs: in kinds of packets, in bytes, in time. */
final class BrokerGuard implements Interceptor, ActiveMQServerPlugin {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerGuard.class);

    /**
     * What clients send. Left out, and answered by the end of the connection: clustering, replication and federation
     * (some of it is taken before a login), XA, messages in pieces (they would be kept as files), reattachment.
     */
    private static final Set<Byte> KNOWN = Set.of(
            PacketImpl.PING,
            PacketImpl.DISCONNECT,
            PacketImpl.DISCONNECT_V2,
            PacketImpl.DISCONNECT_V3,
            PacketImpl.EXCEPTION,
            PacketImpl.NULL_RESPONSE,
            PacketImpl.PACKETS_CONFIRMED,
            PacketImpl.CREATESESSION,
            PacketImpl.CREATESESSION_V2,
            PacketImpl.SUBSCRIBE_TOPOLOGY,
            PacketImpl.SUBSCRIBE_TOPOLOGY_V2,
            PacketImpl.CREATE_ADDRESS,
            PacketImpl.CREATE_QUEUE,
            PacketImpl.CREATE_QUEUE_V2,
            PacketImpl.DELETE_QUEUE,
            PacketImpl.CREATE_PRODUCER,
            PacketImpl.REMOVE_PRODUCER,
            PacketImpl.SESS_CREATECONSUMER,
            PacketImpl.SESS_ACKNOWLEDGE,
            PacketImpl.SESS_INDIVIDUAL_ACKNOWLEDGE,
            PacketImpl.SESS_EXPIRED,
            PacketImpl.SESS_COMMIT,
            PacketImpl.SESS_ROLLBACK,
            PacketImpl.SESS_QUEUEQUERY,
            PacketImpl.SESS_BINDINGQUERY,
            PacketImpl.SESS_START,
            PacketImpl.SESS_STOP,
            PacketImpl.SESS_CLOSE,
            PacketImpl.SESS_FLOWTOKEN,
            PacketImpl.SESS_SEND,
            PacketImpl.SESS_CONSUMER_CLOSE,
            PacketImpl.SESS_FORCE_CONSUMER_DELIVERY,
            PacketImpl.SESS_PRODUCER_REQUEST_CREDITS,
            PacketImpl.SESS_ADD_METADATA,
            PacketImpl.SESS_ADD_METADATA2,
            PacketImpl.SESS_UNIQUE_ADD_METADATA);

    /** Who is refused may come again at once, and must not fill the log. */
    private static final int MAX_TOLD = 100;

    /** A processor has no more use of those who connect than this. */
    private static final int CONNECTING_OF_A_PROCESSOR = 8;

    private final Arrivals arrivals =
            new Arrivals(CONNECTING_OF_A_PROCESSOR * Runtime.getRuntime().availableProcessors(), System::nanoTime);

    private final int maxUserConnections;
    /** The connections over TCP of each user that has some. */
    private final Map<String, Set<Object>> userConnections = new HashMap<>();

    private final int maxMessageBytes;
    private final int maxSilenceMillis;
    private final int subscriptionMessages;
    private final LongAdder refusedMessages = new LongAdder();

    BrokerGuard(BrokerSettings settings) {
        this.maxMessageBytes = settings.maxMessageBytes();
        this.maxSilenceMillis = settings.maxSilenceMillis();
        this.subscriptionMessages = settings.subscriptionMessages();
        this.maxUserConnections = settings.maxUserConnections();
    }

    /** Called for a session whose user was found to be who it says. */
    @Override
    public void afterCreateSession(ServerSession session) {
        RemotingConnection connection = session.getRemotingConnection();
        String user = session.getValidatedUser();
        if (maxUserConnections == 0 || user == null || connection.getTransportConnection() instanceof InVMConnection) {
            return;
        }
        synchronized (userConnections) {
            Set<Object> connections = userConnections.computeIfAbsent(user, each -> new HashSet<>());
            if (connections.contains(connection.getID())) {
                return;
            }
            if (connections.size() < maxUserConnections) {
                connections.add(connection.getID());
                connection.addCloseListener(() -> forget(connection.getID()));
                return;
            }
        }
        // Not by an exception: Artemis would log a stack trace for each.
        refuse(
                connection,
                "one connection more than the " + maxUserConnections + " that user " + user
                        + " may have (maxUserConnections in etc/org.openrtd.broker.cfg)");
    }

    /** Not by {@code afterDestroyConnection}, of which one that was silent for too long is not told. */
    private void forget(Object id) {
        synchronized (userConnections) {
            userConnections.values().forEach(each -> each.remove(id));
            userConnections.values().removeIf(Set::isEmpty);
        }
    }

    /** How often somebody was told to connect later. */
    long putOff() {
        return arrivals.putOff();
    }

    long refusedMessages() {
        return refusedMessages.sum();
    }

    @Override
    public boolean intercept(Packet packet, RemotingConnection connection) {
        byte type = packet.getType();
        if (!KNOWN.contains(type)) {
            boolean large = type == PacketImpl.SESS_SEND_LARGE || type == PacketImpl.SESS_SEND_CONTINUATION;
            return refuse(
                    connection,
                    large
                            ? "a message in pieces, for its size; " + largest()
                            : "a packet of type " + type + ", which no client of ours sends");
        }
        if (type == PacketImpl.SESS_SEND || type == PacketImpl.SESS_START) {
            // Clients of ours do both last of all, when they have subscribed.
            arrivals.done(connection.getID());
        } else if ((type == PacketImpl.CREATESESSION || type == PacketImpl.CREATESESSION_V2)
                && !(connection.getTransportConnection() instanceof InVMConnection)) {
            return mayConnect(connection);
        }
        if (packet instanceof MessagePacketI message && message.getMessage().getEncodeSize() > maxMessageBytes) {
            return refuse(connection, "a message of " + message.getMessage().getEncodeSize() + " bytes; " + largest());
        }
        // Inside the process nothing is ever lost, and connections ask for no limit.
        if (packet instanceof Ping ping
                && tooLong(ping.getConnectionTTL())
                && !(connection.getTransportConnection() instanceof InVMConnection)) {
            return refuse(
                    connection,
                    "a silence of " + ping.getConnectionTTL() + " ms; the longest is " + maxSilenceMillis + " ms");
        }
        return true;
    }

    /** Asked for each of a connection's sessions; the first counts. Before it is known whose it is, as that costs too. */
    private boolean mayConnect(RemotingConnection connection) {
        Object id = connection.getID();
        if (arrivals.isKnown(id)) {
            return true;
        }
        if (arrivals.begin(id)) {
            connection.addCloseListener(() -> arrivals.gone(id));
            return true;
        }
        connection.fail(new ActiveMQException(
                "Many connect at this moment: come again", null, ActiveMQExceptionType.NOT_CONNECTED));
        return false;
    }

    private String largest() {
        return "the largest has " + maxMessageBytes / 1024 + " KiB";
    }

    private boolean tooLong(long ttl) {
        return ttl < 0 || ttl > maxSilenceMillis;
    }

    private boolean refuse(RemotingConnection connection, String what) {
        refusedMessages.increment();
        long refused = refusedMessages.sum();
        if (refused <= MAX_TOLD) {
            LOG.warn(
                    "Disconnected {}, which asked for {}{}",
                    connection.getRemoteAddress(),
                    what,
                    refused == MAX_TOLD ? "; further ones are only counted" : "");
        }
        connection.fail(new ActiveMQException("Refused: " + what, null, ActiveMQExceptionType.ILLEGAL_STATE));
        return false;
    }

    @Override
    public void beforeCreateQueue(QueueConfiguration queue) {
        // A client may ask for a ring of its own size; then its subscription alone could fill the memory.
        if (queue.getRoutingType() != RoutingType.ANYCAST) {
            queue.setRingSize((long) subscriptionMessages);
            queue.setRoutingType(RoutingType.MULTICAST);
            queue.setLastValue(false);
            queue.setNonDestructive(false);
        }
    }
}
