package org.openrtd.feed.jms;

import java.util.List;
import java.util.Set;
import javax.jms.ConnectionFactory;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The broker embedded in this node: an OSGi service while it runs, registered by {@code org.openrtd.broker}.
 *
 * <p>What a role needs on it is opened by that role and closed when the role goes; nothing else can be sent to or read
 * from. An address that is open may be opened again, by a role's new version before the old one has closed its own: it
 * stays open until the last is closed.
 */
@ProviderType
public interface LocalBroker {

    /** The broker's name, for messages to people. */
    String name();

    /** In-VM connections; use with {@link #user()} and {@link #password()}. */
    ConnectionFactory connections();

    /** The user of the node's own roles, who may use all that is open. */
    String user();

    /** Made anew at each start of the broker; never shown. */
    String password();

    /**
     * Opens a source of a feed: the topic {@link Addresses#topic}, which the node sends to and {@code readerRole} reads,
     * bounded for each subscriber by itself; and the queue {@link Addresses#resume}, which {@code readerRole} sends to and
     * the node reads.
     */
    Opened openSource(String feed, String source, String readerRole);

    /** Opens a queue that {@code senderRole} sends to and the node reads. */
    Opened openQueue(String address, String senderRole);

    /** Whether there is such an address now; that of one who asks goes with it. Does not wait. */
    default boolean hasAddress(String address) {
        return true;
    }

    /** The roles that a user had when it last logged in here; empty of one that never did. */
    Set<String> roles(String user);

    /** Who is connected now, roles of this node included. */
    default List<BrokerClient> clients() {
        return List.of();
    }

    /** An address that was opened. */
    @FunctionalInterface
    interface Opened extends AutoCloseable {
        /** Removes the address, and disconnects who uses it, unless it was opened again; also called when the broker is gone. */
        @Override
        void close();
    }
}
