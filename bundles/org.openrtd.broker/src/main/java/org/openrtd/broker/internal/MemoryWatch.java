package org.openrtd.broker.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees that those who ask and never read do not fill the broker's memory: beyond it every address drops what it is sent,
 * the batches that all others wait for too. What waits on a topic all its subscribers share; what does not end by itself is
 * answers, of which each asker has its own.
 */
final class MemoryWatch {

    private static final Logger LOG = LoggerFactory.getLogger(MemoryWatch.class);

    /** Who has less waiting is no cause; a follower of ours that pulls over a slow line has half as much. */
    private static final long LEAST_BYTES = 2L << 20;

    /** Answers that wait for one connection. */
    record Replies(String user, long bytes) {}

    private final ActiveMQServer server;
    private final long most;
    private final AtomicLong disconnected = new AtomicLong();
    private boolean warned;

    MemoryWatch(ActiveMQServer server, long most) {
        this.server = server;
        this.most = most;
    }

    long disconnected() {
        return disconnected.get();
    }

    /** Called about once a second, by one thread. */
    void look() {
        try {
            long size = server.getPagingManager().getGlobalSize();
            if (size > most / 4 * 3) {
                if (!warned) {
                    warned = true;
                    LOG.warn(
                            "Messages waiting in the broker take {} MiB of {} (maxMemoryMiB in"
                                    + " etc/org.openrtd.broker.cfg); beyond it messages are dropped. rtd:clients shows for"
                                    + " whom they wait",
                            size >> 20,
                            most >> 20);
                }
                disconnect(size - most / 2);
            } else if (size < most / 2) {
                warned = false;
            }
        } catch (RuntimeException stopping) {
            LOG.debug("The memory was not looked at", stopping);
        }
    }

    /** Those for whom the most waits, until so many bytes are free. */
    private void disconnect(long bytes) {
        List<Map.Entry<RemotingConnection, Replies>> worst =
                new ArrayList<>(replies(server).entrySet());
        worst.removeIf(each -> each.getValue().bytes() < LEAST_BYTES);
        worst.sort((a, b) -> Long.compare(b.getValue().bytes(), a.getValue().bytes()));
        long freed = 0;
        for (Map.Entry<RemotingConnection, Replies> each : worst) {
            if (freed >= bytes) {
                return;
            }
            freed += each.getValue().bytes();
            disconnected.incrementAndGet();
            LOG.warn(
                    "Disconnected {} of user {}: {} KiB of answers waited for it, and the broker's memory is short",
                    each.getKey().getRemoteAddress(),
                    each.getValue().user(),
                    each.getValue().bytes() >> 10);
            each.getKey()
                    .fail(new ActiveMQException(
                            "Answers that it asked for were not read, and the broker's memory is short",
                            null,
                            ActiveMQExceptionType.ILLEGAL_STATE));
        }
    }

    static Map<RemotingConnection, Replies> replies(ActiveMQServer server) {
        Map<RemotingConnection, Replies> replies = new HashMap<>();
        for (ServerSession session : server.getSessions()) {
            for (ServerConsumer consumer : session.getServerConsumers()) {
                if (consumer.getQueueAddress().toString().startsWith(AddressRules.REPLY)) {
                    long bytes = consumer.getQueue().getPersistentSize();
                    replies.merge(
                            session.getRemotingConnection(),
                            new Replies(String.valueOf(session.getValidatedUser()), bytes),
                            (a, b) -> new Replies(a.user(), a.bytes() + b.bytes()));
                }
            }
        }
        return replies;
    }
}
