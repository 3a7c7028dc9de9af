package org.openrtd.itests;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageProducer;
import javax.jms.Session;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** Who has an account at a broker and does not keep to the protocol. */
final class Guests implements AutoCloseable {

    private final String url;
    private final String user;
    private final String password;
    private final List<Connection> open = new ArrayList<>();
    private Session session;
    private long taken;
    private long refused;

    Guests(String url, String user, String password) {
        this.url = url;
        this.user = user;
        this.password = password;
    }

    private Connection connect() throws JMSException {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
        // As soon given up as it is lost: what becomes of the guest does not matter. That it is refused does.
        factory.setReconnectAttempts(0);
        factory.setCallTimeout(5000);
        factory.setBlockOnNonDurableSend(true);
        Connection connection = factory.createConnection(user, password);
        open.add(connection);
        return connection;
    }

    /** One more connection, with a subscription to each feed that is never read from. */
    void subscribe(List<String> feeds, String source) throws JMSException {
        Connection connection = connect();
        Session own = connection.createSession();
        for (String feed : feeds) {
            own.createConsumer(own.createTopic("openrtd." + feed + "." + source));
        }
        connection.start();
    }

    /** Sends, whether it is taken or not. */
    void sendBytes(String queue, byte[] body) {
        send(queue, session -> {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(body);
            return message;
        });
    }

    private interface Making {
        Message in(Session session) throws JMSException;
    }

    private void send(String queue, Making making) {
        try {
            if (session == null) {
                session = connect().createSession();
            }
            try (MessageProducer producer = session.createProducer(session.createQueue(queue))) {
                producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
                producer.send(making.in(session));
                taken++;
            }
        } catch (JMSException refusedOrGone) {
            // The broker may have ended the connection; the next message comes by a new one.
            session = null;
            refused++;
        }
    }

    /** How many messages the broker took and did not, in words. */
    String told() {
        return taken + " taken by the broker, " + refused + " refused";
    }

    /**
     * Sends what nobody should: to addresses that this user may send to, and some of it to others.
     *
     * @throws AssertionError when a message was taken at an address where it should have been refused
     */
    void sendNonsense(Random random, List<String> allowed, List<String> forbidden) {
        for (String queue : allowed) {
            for (byte[] body : nonsense(random)) {
                sendBytes(queue, body);
            }
            send(queue, session -> dressed(session.createTextMessage("\u0000".repeat(1000)), session));
            send(queue, session -> dressed(session.createObjectMessage(new ArrayList<>(List.of("x"))), session));
            send(queue, session -> dressed(session.createMapMessage(), session));
            send(queue, session -> dressed(session.createMessage(), session));
        }
        for (String queue : forbidden) {
            long before = taken;
            sendBytes(queue, nonsense(random).get(1));
            if (taken > before) {
                throw new AssertionError("REFUSED: " + user + " may send to " + queue + " of " + url);
            }
        }
    }

    /** As if it came from somebody else, who is to be answered elsewhere. */
    private static Message dressed(Message message, Session session) throws JMSException {
        message.setJMSReplyTo(session.createTopic("openrtd.calls.distributor"));
        message.setStringProperty("_AMQ_VALIDATED_USER", "openrtd-node");
        return message;
    }

    private static List<byte[]> nonsense(Random random) {
        List<byte[]> all = new ArrayList<>();
        all.add(new byte[0]);
        for (int length : new int[] {1, 4, 5, 40, 70_000, 200_000, 400_000, 3_000_000}) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            all.add(bytes);
        }
        // Begins as what it is not; and each length in it is a large one.
        for (String magic : List.of("OF\u0002", "OE\u0001", "OC\u0001")) {
            for (int type = 0; type < 48; type++) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                out.writeBytes(magic.getBytes(StandardCharsets.ISO_8859_1));
                out.write(type);
                for (int i = 0; i < 12; i++) {
                    for (int octet = 0; octet < 8; octet++) {
                        out.write(random.nextInt(3) == 0 ? random.nextInt(256) : 0xff);
                    }
                    out.write(0x7f);
                }
                all.add(out.toByteArray());
            }
        }
        byte[] right = resume("calls", random.nextLong());
        for (int i = 0; i < 60; i++) {
            byte[] wrong = right.clone();
            wrong[random.nextInt(wrong.length)] ^= (byte) (1 << random.nextInt(8));
            all.add(wrong);
            all.add(java.util.Arrays.copyOf(right, random.nextInt(right.length)));
        }
        return all;
    }

    /** A new follower's, by the documentation. */
    static byte[] resume(String feed, long id) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x4f, 0x46, 2, 0x10});
        for (int shift = 56; shift >= 0; shift -= 8) {
            out.write((int) (id >>> shift));
        }
        out.write(feed.length());
        out.writeBytes(feed.getBytes(StandardCharsets.UTF_8));
        // Any identity, no position, no schema; no repair; nothing held; not outrun; all tables.
        out.writeBytes(new byte[1 + 1 + 1 + 1 + 1 + 8 + 1 + 1]);
        return out.toByteArray();
    }

    @Override
    public void close() {
        for (Connection each : open) {
            try {
                each.close();
            } catch (JMSException gone) {
                // Then it is closed.
            }
        }
    }
}
