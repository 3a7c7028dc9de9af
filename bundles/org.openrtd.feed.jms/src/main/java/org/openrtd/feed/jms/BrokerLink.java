package org.openrtd.feed.jms;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.ConnectionFactory;
import javax.jms.DeliveryMode;
import javax.jms.InvalidDestinationException;
import javax.jms.JMSException;
import javax.jms.JMSSecurityException;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.Session;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSClient;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSConstants;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to one broker, for one who asks there: requests go to a queue, replies come on an address of its own,
 * and what is published comes on a topic, where there is one.
 *
 * <p>It is made once and ends once: {@link Listener#closed} comes at most once and is the last call. Nothing here makes the
 * caller wait. Each link has a thread of its own, which may hang in the client library against a broker that has stopped;
 * {@link #close} then leaves it behind, and it ends when the library lets go of it.
 */
public final class BrokerLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerLink.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    /** Among the requests: what {@link #follow} asks of the link's thread. */
    private static final byte[] FOLLOW = new byte[0];
    /** Requests are small and few; a link on which this many wait is broken. */
    private static final int MAX_WAITING = 1024;

    static {
        // As many threads as there are listeners that wait, so that one of them holds up nobody else. A pool for each
        // connection would do too, but the library uses it after it has closed it, and says so with a stack trace.
        ActiveMQClient.setGlobalThreadPoolProperties(
                -1,
                ActiveMQClient.DEFAULT_SCHEDULED_THREAD_POOL_MAX_SIZE,
                ActiveMQClient.DEFAULT_GLOBAL_THREAD_POOL_MAX_SIZE);
    }

    /** Hears what happens to a link, on threads of the link's own; may wait, and so slow the broker's delivery. */
    public interface Listener {

        /**
         * Requests may be sent; all that is published from now on will be heard, after this call has returned. Of a link that
         * was opened ready it comes a second time, for {@link BrokerLink#follow}: until then only heartbeats are heard.
         */
        void connected();

        /** A message came on the topic. */
        default void published(Message message, byte[] payload) throws JMSException {}

        /** A message came on the reply address. */
        void replied(byte[] payload);

        /** A message came that is none of ours, or not of our version. */
        default void unreadable() {}

        /** The link is over. */
        void closed(Failure failure, String reason);
    }

    /** Why a link ended, as far as it decides what to do next. */
    public enum Failure {
        /** The broker is not there, or not any more: try again. */
        UNREACHABLE,
        /** The user or the password is wrong, or the user may not do this: an operator has to change something. */
        NOT_ALLOWED,
        /** The broker is there, but not (yet) the role that opens the addresses. */
        NOT_OPEN
    }

    private record Target(String broker, String user, String password, boolean ours) {}

    private final String queue;
    private final String topic;
    private final boolean ready;
    private final String id;
    private final Listener listener;
    private final BlockingQueue<byte[]> requests = new LinkedBlockingQueue<>(MAX_WAITING);
    private final AtomicBoolean over = new AtomicBoolean();
    private final Target target;
    private final Thread thread;

    // Until it has ended: a list of links that hang would hold a broker whose bundle has been updated.
    private ConnectionFactory factory;
    private volatile Connection connection;
    private Session outgoing;
    private MessageProducer producer;
    private MessageConsumer published;

    private BrokerLink(
            Target target, ConnectionFactory factory, String queue, String topic, boolean ready, Listener listener) {
        this.target = target;
        this.factory = factory;
        this.queue = queue;
        this.topic = topic;
        this.ready = ready;
        this.listener = listener;
        byte[] random = new byte[12];
        RANDOM.nextBytes(random);
        this.id = HexFormat.of().formatHex(random);
        this.thread = new Thread(this::run, "openrtd-link-" + queue);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Begins to connect to a broker by URL.
     *
     * @param topic what to listen to, or {@code null}
     * @throws IllegalArgumentException when the URL is {@code local} or the user cannot be part of an address
     */
    public static BrokerLink open(
            BrokerAddress broker, String user, String password, String queue, String topic, Listener listener) {
        return open(broker, user, password, queue, topic, false, false, listener);
    }

    /** The same for one who only holds it ready, until {@link #follow}. */
    static BrokerLink openReady(
            BrokerAddress broker, String user, String password, String queue, String topic, Listener listener) {
        return open(broker, user, password, queue, topic, true, false, listener);
    }

    /**
     * The same for one who only asks, and for whom each request is heard of: whether the user may send it is told by {@link
     * Listener#closed}. Each takes a round trip.
     */
    public static BrokerLink openChecked(
            BrokerAddress broker, String user, String password, String queue, Listener listener) {
        return open(broker, user, password, queue, null, false, true, listener);
    }

    private static BrokerLink open(
            BrokerAddress broker,
            String user,
            String password,
            String queue,
            String topic,
            boolean ready,
            boolean checked,
            Listener listener) {
        if (broker.isLocal()) {
            throw new IllegalArgumentException("local is the node's own broker, not a URL");
        }
        Addresses.word(user);
        ActiveMQConnectionFactory factory = broker.connections();
        if (checked) {
            // Otherwise who may not send hears nothing of it, and the broker logs a stack trace.
            factory.setBlockOnNonDurableSend(true);
        }
        return new BrokerLink(
                new Target(broker.toString(), user, password, true), factory, queue, topic, ready, listener);
    }

    /** Begins to connect to the node's own broker. */
    public static BrokerLink open(LocalBroker broker, String queue, String topic, Listener listener) {
        return open(broker, queue, topic, false, listener);
    }

    /** The same for one who only holds it ready, until {@link #follow}. */
    static BrokerLink openReady(LocalBroker broker, String queue, String topic, Listener listener) {
        return open(broker, queue, topic, true, listener);
    }

    private static BrokerLink open(LocalBroker broker, String queue, String topic, boolean ready, Listener listener) {
        Target target = new Target(broker.name(), broker.user(), broker.password(), false);
        return new BrokerLink(target, broker.connections(), queue, topic, ready, listener);
    }

    /** Of a link that was opened ready: from now on all that is published is to be heard. */
    void follow() {
        send(FOLLOW);
    }

    /** Sends a request; forgotten when the link is over. A link on which too many wait is closed. */
    public void send(byte[] request) {
        if (!over.get() && !requests.offer(request)) {
            end(Failure.UNREACHABLE, target.broker + " takes no requests");
        }
    }

    /** Sends a request, unless too many wait or the link is over; answers whether it does. */
    public boolean offer(byte[] request) {
        return !over.get() && requests.offer(request);
    }

    /** Ends the link at once; the listener hears nothing more of it. */
    @Override
    public void close() {
        over.set(true);
        thread.interrupt();
    }

    /** Whether it is over and has let go of all it used. */
    public boolean ended() {
        return !thread.isAlive();
    }

    /** Waits for that, but not longer than this; answers as {@link #ended}. */
    boolean awaitEnd(Duration most) throws InterruptedException {
        thread.join(Math.max(1, most.toMillis()));
        return ended();
    }

    /** Waits for the thread's end; for tests of what is left behind. */
    void awaitEnd() throws InterruptedException {
        thread.join();
    }

    private void run() {
        try {
            connect();
            sendRequests();
        } catch (InterruptedException closed) {
            // By close(): the listener knows.
        } catch (JMSSecurityException e) {
            end(
                    Failure.NOT_ALLOWED,
                    connection == null
                            ? target.broker + " refused user '" + target.user + "': wrong user or password"
                            : target.broker + " does not allow user '" + target.user + "' to use " + queue
                                    + ": the user's role is missing there");
        } catch (InvalidDestinationException e) {
            end(Failure.NOT_OPEN, target.broker + " has no " + queue + " (yet)");
        } catch (JMSException | RuntimeException e) {
            LOG.debug("Link to {} failed", target.broker, e);
            end(
                    Failure.UNREACHABLE,
                    connection == null
                            ? "cannot reach " + target.broker + ": " + rootMessage(e)
                            : "lost " + target.broker + ": " + rootMessage(e));
        } finally {
            over.set(true);
            dispose();
        }
    }

    private void connect() throws JMSException {
        connection = factory.createConnection(target.user, target.password);
        connection.setExceptionListener(e -> end(Failure.UNREACHABLE, "lost " + target.broker + ": " + rootMessage(e)));
        // Nothing is acknowledged: what is lost is found missing by the protocol above.
        Session incoming = connection.createSession(false, ActiveMQJMSConstants.PRE_ACKNOWLEDGE);
        incoming.createConsumer(ActiveMQJMSClient.createTopic(Addresses.reply(target.user, id)))
                .setMessageListener(message -> receive(message, true));
        if (topic != null) {
            published =
                    incoming.createConsumer(ActiveMQJMSClient.createTopic(topic), ready ? Wire.HEARTBEATS_ONLY : null);
            published.setMessageListener(message -> receive(message, false));
        }
        outgoing = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        producer = outgoing.createProducer(ActiveMQJMSClient.createQueue(queue));
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        producer.setDisableMessageID(true);
        producer.setDisableMessageTimestamp(true);
        if (!over.get()) {
            listener.connected();
            connection.start();
        }
    }

    private void sendRequests() throws JMSException, InterruptedException {
        while (!over.get()) {
            byte[] request = requests.poll(500, TimeUnit.MILLISECONDS);
            if (request == FOLLOW) {
                hearAll();
            } else if (request != null) {
                BytesMessage message = Wire.message(outgoing, request);
                message.setStringProperty(Wire.ID, id);
                producer.send(message);
            }
        }
    }

    private void hearAll() throws JMSException {
        MessageConsumer heartbeats = published;
        // A session of its own, since the other one is its listeners' thread's. What comes on the topic may so be
        // overtaken
        // by an answer, as over any two lines.
        published = connection
                .createSession(false, ActiveMQJMSConstants.PRE_ACKNOWLEDGE)
                .createConsumer(ActiveMQJMSClient.createTopic(topic));
        published.setMessageListener(message -> receive(message, false));
        if (!over.get()) {
            listener.connected();
        }
        // Last, as nobody waits for it; until then heartbeats come twice, which harms nobody.
        heartbeats.close();
    }

    private void receive(Message message, boolean reply) {
        if (over.get()) {
            return;
        }
        try {
            byte[] payload = Wire.payload(message);
            if (payload == null) {
                listener.unreadable();
            } else if (reply) {
                listener.replied(payload);
            } else {
                listener.published(message, payload);
            }
        } catch (JMSException | RuntimeException e) {
            LOG.warn("Could not take a message from {}: {}", target.broker, e.toString());
            listener.unreadable();
        }
    }

    private void end(Failure failure, String reason) {
        if (over.compareAndSet(false, true)) {
            listener.closed(failure, reason);
            thread.interrupt();
        }
    }

    private void dispose() {
        // An interrupt that close() sent would make the library's own closing fail half-way.
        Thread.interrupted();
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (JMSException | RuntimeException e) {
            LOG.debug("Closing a link to {} failed", target.broker, e);
        }
        try {
            if (target.ours && factory instanceof ActiveMQConnectionFactory made) {
                made.close();
            }
        } catch (RuntimeException e) {
            LOG.debug("Closing a link to {} failed", target.broker, e);
        }
        factory = null;
        connection = null;
        outgoing = null;
        producer = null;
        published = null;
    }

    /** The innermost message: the library wraps "Connection refused" in sentences that say less. */
    private static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
