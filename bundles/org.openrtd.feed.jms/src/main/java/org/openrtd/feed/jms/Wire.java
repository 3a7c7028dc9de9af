package org.openrtd.feed.jms;

import javax.jms.BytesMessage;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.Session;

/** How a payload stands in a JMS message: bytes, with what concerns this one hop in properties. */
final class Wire {

    /** The version of this mapping; another one is not read. */
    static final int VERSION = 1;

    static final String PROTOCOL = "rtd_protocol";
    /** Request: the last part of the reply address. */
    static final String ID = "rtd_id";
    /** From a source: its node's name. */
    static final String SOURCE = "rtd_source";
    /** From a source: its state, and how old what it sends was when it sent it. */
    static final String STATE = "rtd_state";

    static final String AGE = "rtd_age";

    static final String REASON = "rtd_reason";
    /** From a source: its health, where that is not its state's alone, and whether it is the primary, where it is. */
    static final String HEALTH = "rtd_health";

    static final String PRIMARY = "rtd_primary";
    /** From a source that is not LIVE, and where there is something to say: what there is to wait for. */
    static final String PROGRESS = "rtd_progress";
    /** On heartbeats, where they are known: the source's site, and where configuration and history are to be had. */
    static final String SITE = "rtd_site";

    static final String CONFIGURATION = "rtd_configuration";

    static final String HISTORY = "rtd_history";
    /** Stands on heartbeats alone. */
    static final String HEARTBEAT = "rtd_heartbeat";

    static final String HEARTBEATS_ONLY = HEARTBEAT + " = TRUE";

    /** Larger than any message of ours; what is longer is not read at all. */
    static final int MAX_BYTES = 1 << 20;

    private Wire() {}

    static BytesMessage message(Session session, byte[] payload) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.setIntProperty(PROTOCOL, VERSION);
        message.writeBytes(payload);
        return message;
    }

    /** The payload, or {@code null} when the message is none of ours; why is for people. */
    static byte[] payload(Message message) throws JMSException {
        // ObjectMessage and the like are never opened: reading one would run code that the sender chose.
        if (!(message instanceof BytesMessage bytes)
                || !message.propertyExists(PROTOCOL)
                || message.getIntProperty(PROTOCOL) != VERSION) {
            return null;
        }
        long length = bytes.getBodyLength();
        if (length < 0 || length > MAX_BYTES) {
            return null;
        }
        byte[] payload = new byte[(int) length];
        bytes.readBytes(payload);
        return payload;
    }
}
