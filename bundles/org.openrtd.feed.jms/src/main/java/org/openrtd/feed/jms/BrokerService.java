package org.openrtd.feed.jms;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageProducer;
import javax.jms.Session;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSClient;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other end of {@link BrokerLink}s: takes requests from a queue of the node's own broker, answers each asker on the
 * asker's own address, and publishes on a topic, where there is one.
 *
 * <p>The broker may come and go ({@link #attach}, {@link #detach}); what is to be sent while it is away is dropped, for
 * nobody listens. Sending never makes the caller wait: a thread of its own does it, from a bounded store.
 */
public final class BrokerService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerService.class);
    private static final long RETRY_MILLIS = 500;
    /** What waits to be published, in bytes; followers find what was dropped missing and fetch it again. */
    private static final long MAX_PUBLISHED_BYTES = 16L << 20;
    /** Above it {@link #hasRoom} asks to answer no further request until some of it is sent. */
    private static final long ENOUGH_REPLY_BYTES = 8L << 20;
    /** Replies beyond are dropped: those of askers who do not heed {@link #hasRoom}. */
    private static final long MAX_REPLY_BYTES = 32L << 20;
    /** The library remembers each address it sent to for as long as the connection lives. */
    private static final int MAX_REPLY_ADDRESSES = 10_000;

    private static final int MAX_REPLY_PRODUCERS = 256;

    /** Takes requests, on the service's receiving thread; while it waits, the next ones wait in the broker. */
    @FunctionalInterface
    public interface Handler {
        void request(String user, String id, byte[] payload);
    }

    /** Sets the properties of a message that is published. */
    @FunctionalInterface
    public interface Properties {
        void set(Message message) throws JMSException;
    }

    private record Outgoing(String topic, boolean reply, Properties properties, byte[] payload) {}

    private final String name;
    private final String queue;
    private final Function<LocalBroker, LocalBroker.Opened> open;
    private final Handler handler;
    private final Thread thread;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong sentBytes = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    /** What waits to be sent, within its limit. Guarded by the service. */
    private static final class Waiting {
        private final ArrayDeque<Outgoing> messages = new ArrayDeque<>();
        private final long maxBytes;
        private long bytes;

        Waiting(long maxBytes) {
            this.maxBytes = maxBytes;
        }

        boolean add(Outgoing message) {
            if (bytes + message.payload.length > maxBytes) {
                return false;
            }
            bytes += message.payload.length;
            return messages.add(message);
        }

        Outgoing poll() {
            Outgoing next = messages.poll();
            bytes -= next == null ? 0 : next.payload.length;
            return next;
        }

        int forget() {
            int count = messages.size();
            messages.clear();
            bytes = 0;
            return count;
        }
    }

    // Guarded by this. Two, so that what all listen to, heartbeats with it, never waits behind what some have asked
    // for.
    private final Waiting published = new Waiting(MAX_PUBLISHED_BYTES);
    private final Waiting replied = new Waiting(MAX_REPLY_BYTES);
    private LocalBroker broker;
    private boolean closed;
    /** Rises when what the thread works with is void: the broker changed, or the connection broke. */
    private long generation;

    private volatile boolean connected;
    private volatile String state = "the broker of this node is not running";

    /**
     * @param name for threads and log lines
     * @param queue where requests come
     * @param open opens what this needs on a broker
     */
    public BrokerService(String name, String queue, Function<LocalBroker, LocalBroker.Opened> open, Handler handler) {
        this.name = name;
        this.queue = queue;
        this.open = open;
        this.handler = handler;
        this.thread = new Thread(this::run, "openrtd-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    /** The node's broker is there, anew or for the first time. */
    public synchronized void attach(LocalBroker present) {
        broker = present;
        generation++;
        notifyAll();
    }

    /** That broker is gone; nothing happens when another was attached since. */
    public synchronized void detach(LocalBroker gone) {
        if (broker == gone) {
            broker = null;
            generation++;
            forgetOutgoing();
            notifyAll();
        }
    }

    /** Publishes on a topic; {@code payload} must not change afterwards. */
    public void publish(String topic, Properties properties, byte[] payload) {
        offer(new Outgoing(topic, false, properties, payload));
    }

    /** Answers an asker; {@code payload} must not change afterwards. */
    public void reply(String user, String id, byte[] payload) {
        offer(new Outgoing(Addresses.reply(user, id), true, message -> {}, payload));
    }

    private synchronized void offer(Outgoing message) {
        if (connected && !closed && (message.reply ? replied : published).add(message)) {
            notifyAll();
        } else {
            dropped.incrementAndGet();
        }
    }

    /** Whether further answers are sent soon; while not, requests had better wait, as many answers would be dropped. */
    public synchronized boolean hasRoom() {
        return replied.bytes < ENOUGH_REPLY_BYTES;
    }

    /** Bytes of replies that wait to be sent. */
    public synchronized long waitingReplyBytes() {
        return replied.bytes;
    }

    /** Whether requests are taken. */
    public boolean connected() {
        return connected;
    }

    /** How it stands to the broker, for people. */
    public String state() {
        return state;
    }

    public long sent() {
        return sent.get();
    }

    public long sentBytes() {
        return sentBytes.get();
    }

    /** Messages not sent, as the broker was away or too slow. */
    public long dropped() {
        return dropped.get();
    }

    public long requests() {
        return requests.get();
    }

    /** Requests that were not taken: unreadable, too many, or of an unknown user. */
    public long refused() {
        return refused.get();
    }

    /** Ends it; what was offered before is still sent, for at most 2 s. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join(2000);
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(3000);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean complained = false;
        while (true) {
            LocalBroker present;
            long mine;
            synchronized (this) {
                try {
                    while (broker == null && !closed) {
                        wait();
                    }
                    if (closed) {
                        return;
                    }
                } catch (InterruptedException interrupted) {
                    return;
                }
                present = broker;
                mine = generation;
            }
            try (Carrier carrier = new Carrier(present, mine)) {
                complained = false;
                carrier.carry();
            } catch (InterruptedException interrupted) {
                return;
            } catch (JMSException | RuntimeException e) {
                state = "cannot use the broker " + present.name() + ": " + e.getMessage();
                if (!complained && !over(mine)) {
                    complained = true;
                    LOG.warn("{}: {}; trying again", name, state);
                }
                LOG.debug("{}", name, e);
            } finally {
                synchronized (this) {
                    connected = false;
                    forgetOutgoing();
                    if (broker == null) {
                        state = "the broker of this node is not running";
                    }
                }
            }
            if (!pause()) {
                return;
            }
        }
    }

    private synchronized boolean over(long mine) {
        return closed || generation != mine;
    }

    private synchronized boolean pause() {
        long mine = generation;
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS);
        while (!closed && generation == mine) {
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            if (left <= 0) {
                break;
            }
            try {
                wait(left);
            } catch (InterruptedException interrupted) {
                return false;
            }
        }
        return !closed;
    }

    private void forgetOutgoing() {
        dropped.addAndGet(published.forget() + (long) replied.forget());
    }

    /** One connection to the broker, from its beginning to its end. */
    private final class Carrier implements AutoCloseable {

        private final long mine;
        private final LocalBroker broker;
        private final LocalBroker.Opened opened;
        private Connection connection;
        private Session session;
        private final Map<String, MessageProducer> topics = new HashMap<>();
        private final Set<String> replyAddresses = new HashSet<>();
        private final LinkedHashMap<String, MessageProducer> replies = new LinkedHashMap<>(16, 0.75f, true);

        Carrier(LocalBroker broker, long mine) throws JMSException {
            this.mine = mine;
            this.broker = broker;
            this.opened = open.apply(broker);
            try {
                connection = broker.connections().createConnection(broker.user(), broker.password());
                connection.setExceptionListener(e -> fail());
                Session incoming = connection.createSession(false, ActiveMQJMSConstants.PRE_ACKNOWLEDGE);
                session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                incoming.createConsumer(ActiveMQJMSClient.createQueue(queue)).setMessageListener(this::receive);
                synchronized (BrokerService.this) {
                    connected = true;
                    state = "open on the broker " + broker.name();
                }
                connection.start();
            } catch (JMSException | RuntimeException e) {
                close();
                throw e;
            }
        }

        private void fail() {
            synchronized (BrokerService.this) {
                if (generation == mine) {
                    generation++;
                    BrokerService.this.notifyAll();
                }
            }
        }

        void carry() throws JMSException, InterruptedException {
            while (true) {
                Outgoing next;
                synchronized (BrokerService.this) {
                    next = poll();
                    while (next == null && !closed && generation == mine) {
                        BrokerService.this.wait();
                        next = poll();
                    }
                    if (next == null || generation != mine) {
                        return;
                    }
                }
                send(next);
            }
        }

        private Outgoing poll() {
            Outgoing next = published.poll();
            return next == null ? replied.poll() : next;
        }

        private void send(Outgoing next) throws JMSException {
            BytesMessage message = Wire.message(session, next.payload);
            next.properties.set(message);
            if (!next.reply) {
                MessageProducer producer = topics.get(next.topic);
                if (producer == null) {
                    producer = producer(next.topic);
                    topics.put(next.topic, producer);
                }
                producer.send(message);
            } else {
                MessageProducer producer = replyProducer(next.topic);
                if (producer == null) {
                    dropped.incrementAndGet();
                    return;
                }
                producer.send(message);
            }
            sent.incrementAndGet();
            sentBytes.addAndGet(next.payload.length);
        }

        /** {@code null} when the asker has gone. */
        private MessageProducer replyProducer(String topic) throws JMSException {
            MessageProducer known = replies.get(topic);
            if (!broker.hasAddress(topic)) {
                // The broker would log a stack trace for each answer to one who has gone.
                if (known != null) {
                    replies.remove(topic).close();
                }
                return null;
            }
            if (known != null) {
                return known;
            }
            try {
                MessageProducer made = producer(topic);
                replies.put(topic, made);
                if (replies.size() > MAX_REPLY_PRODUCERS) {
                    var eldest = replies.entrySet().iterator();
                    MessageProducer old = eldest.next().getValue();
                    eldest.remove();
                    old.close();
                }
                if (replyAddresses.add(topic) && replyAddresses.size() > MAX_REPLY_ADDRESSES) {
                    // Connects anew; followers that lose a reply by this ask again.
                    fail();
                }
                return made;
            } catch (JMSException gone) {
                LOG.debug("{}: no one is at {}", name, topic, gone);
                return null;
            }
        }

        private MessageProducer producer(String topic) throws JMSException {
            MessageProducer producer = session.createProducer(ActiveMQJMSClient.createTopic(topic));
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            producer.setDisableMessageID(true);
            producer.setDisableMessageTimestamp(true);
            return producer;
        }

        private void receive(Message message) {
            try {
                byte[] payload = Wire.payload(message);
                // Set by the broker for the user it has authenticated; what the sender wrote there is overwritten.
                String user = message.getStringProperty("JMSXUserID");
                String id = message.getStringProperty(Wire.ID);
                if (payload == null || user == null || id == null) {
                    refused.incrementAndGet();
                    return;
                }
                Addresses.reply(user, id);
                requests.incrementAndGet();
                handler.request(user, id, payload);
            } catch (JMSException | RuntimeException e) {
                refused.incrementAndGet();
                LOG.debug("{}: refused a request", name, e);
            }
        }

        @Override
        public void close() {
            synchronized (BrokerService.this) {
                connected = false;
            }
            try {
                if (connection != null) {
                    connection.close();
                }
            } catch (JMSException | RuntimeException e) {
                LOG.debug("{}: closing failed", name, e);
            }
            try {
                opened.close();
            } catch (RuntimeException e) {
                LOG.debug("{}: closing failed", name, e);
            }
        }
    }
}
