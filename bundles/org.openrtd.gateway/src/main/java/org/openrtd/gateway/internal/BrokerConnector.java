package org.openrtd.gateway.internal;

import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.BrokerAddress;
import org.openrtd.feed.jms.BrokerLink;
import org.openrtd.feed.jms.LocalBroker;
import org.openrtd.gateway.CentreConnector;

/** Reaches the centre over a broker: this node's own, or one by URL. */
public final class BrokerConnector implements CentreConnector {

    private final BrokerAddress broker;
    private final String user;
    private final String password;
    private final Supplier<LocalBroker> localBroker;
    private final String queue;
    private final Executor thread;

    /**
     * @param localBroker gives the node's own broker, or {@code null} while there is none
     * @param thread the link's thread
     */
    public BrokerConnector(
            BrokerAddress broker, String user, String password, Supplier<LocalBroker> localBroker, Executor thread) {
        this.broker = broker;
        this.user = user;
        this.password = password;
        this.localBroker = localBroker;
        this.queue = Addresses.events(broker.source() == null ? Addresses.CENTRE : broker.source());
        this.thread = thread;
    }

    @Override
    public Connection connect(Listener listener) {
        BrokerLink.Listener adapter = new BrokerLink.Listener() {
            @Override
            public void connected() {
                thread.execute(listener::connected);
            }

            @Override
            public void replied(byte[] payload) {
                thread.execute(() -> listener.received(payload));
            }

            @Override
            public void closed(BrokerLink.Failure failure, String reason) {
                // Not taken as final: the operator may be about to add the user at the centre.
                thread.execute(() -> listener.closed(reason));
            }
        };
        BrokerLink link;
        if (broker.isLocal()) {
            LocalBroker local = localBroker.get();
            if (local == null) {
                thread.execute(
                        () -> listener.closed("this node has no broker (yet): install openrtd-real-time-server here,"
                                + " or set centreUrl to the centre's tcp://host:port"));
                return new Connection() {
                    @Override
                    public void send(byte[] message) {}

                    @Override
                    public void close() {}
                };
            }
            link = BrokerLink.open(local, queue, null, adapter);
        } else {
            link = BrokerLink.open(broker, user, password, queue, null, adapter);
        }
        return new Connection() {
            @Override
            public void send(byte[] message) {
                link.send(message);
            }

            @Override
            public void close() {
                link.close();
            }
        };
    }
}
