package org.openrtd.realtimeserver.internal;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.openrtd.events.Event;
import org.openrtd.events.EventCodec;
import org.openrtd.events.LinkMessage;
import org.openrtd.events.LinkMessage.Acknowledged;
import org.openrtd.events.LinkMessage.EventBatch;
import org.openrtd.events.LinkMessage.Hello;
import org.openrtd.events.LinkMessage.Highest;
import org.openrtd.events.LinkMessage.KeepAlive;
import org.openrtd.events.Mark;

/** A gateway that can send its events again, for as long as the centre wants. */
final class GatewayDouble implements Replies {

    static final String NAME = "pg";
    private static final To TO = new To("gateway", "1");

    private final List<Event> events;
    private final int batch;
    private final long run;
    final LinkedBlockingQueue<LinkMessage> replies = new LinkedBlockingQueue<>();

    GatewayDouble(long run, int batch, List<Event> events) {
        this.run = run;
        this.batch = batch;
        this.events = events;
    }

    @Override
    public void reply(To to, LinkMessage message) {
        replies.add(message);
    }

    static void send(Centre centre, LinkMessage message) throws InterruptedException {
        centre.arrived(TO, EventCodec.encode(message));
    }

    static void sendAs(String user, Centre centre, LinkMessage message) throws InterruptedException {
        centre.arrived(new To(user, "1"), EventCodec.encode(message));
    }

    LinkMessage next() throws InterruptedException {
        LinkMessage message = replies.poll(30, TimeUnit.SECONDS);
        if (message == null) {
            throw new IllegalStateException("no reply for 30 s");
        }
        return message;
    }

    /**
     * Sends all that the centre does not have yet.
     *
     * @return whether all was acknowledged; otherwise the centre died
     */
    boolean sendAll(Centre centre, MemoryDatabase.Session session) throws InterruptedException {
        replies.clear();
        send(centre, new Hello(NAME));
        Mark mark = null;
        while (mark == null) {
            LinkMessage reply = replies.poll(5, TimeUnit.MILLISECONDS);
            if (reply instanceof Highest highest) {
                mark = highest.mark();
            } else if (session.killed()) {
                return false;
            }
        }
        long from = mark.run() == run ? mark.number() : 0;
        // Sends some of it again, as a gateway would that lost acknowledgements.
        int next = (int) Math.max(0, from - batch / 2);
        while (next < events.size()) {
            int to = Math.min(events.size(), next + batch);
            send(centre, new EventBatch(NAME, run, next + 1, events.subList(next, to)));
            next = to;
            long acknowledged = 0;
            while (acknowledged < next) {
                LinkMessage reply = replies.poll(5, TimeUnit.MILLISECONDS);
                if (reply instanceof Acknowledged ack && ack.mark().run() == run) {
                    acknowledged = Math.max(acknowledged, ack.mark().number());
                } else if (reply instanceof LinkMessage.Refused refused) {
                    throw new IllegalStateException(refused.toString());
                } else if (session.killed()) {
                    return false;
                }
            }
        }
        return true;
    }

    static LinkMessage keepAlive() {
        return new KeepAlive(NAME);
    }
}
