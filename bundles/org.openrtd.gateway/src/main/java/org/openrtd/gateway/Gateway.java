package org.openrtd.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.management.DynamicMBean;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.jms.BrokerAddress;
import org.openrtd.feed.jms.FeedLoop;
import org.openrtd.feed.jms.LocalBroker;
import org.openrtd.gateway.internal.BrokerConnector;
import org.openrtd.gateway.internal.GatewayControl;

/** A running gateway: a source, its link to the centre over a broker, and the thread on which the link works. */
public final class Gateway implements AutoCloseable {

    private static final Duration TICK = Duration.ofMillis(20);

    /**
     * Where the centre is.
     *
     * @param url {@code local} for this node's own broker, or {@code tcp://host:port}; behind a {@code #} the centre's
     *     name in addresses when it is not the usual one
     * @param user a user of the centre's broker with the role {@code rtd-gateway}; not needed for {@code local}
     */
    public record Centre(BrokerAddress url, String user, String password) {

        /** @throws IllegalArgumentException when a setting is missing or wrong; the message names it and what to write */
        public static Centre of(String url, String user, String password) {
            if (url == null || url.isBlank()) {
                throw new IllegalArgumentException(
                        "centreUrl is missing: write local for the centre in this node, or the"
                                + " centre's tcp://host:port");
            }
            BrokerAddress address = BrokerAddress.parse(url);
            if (!address.isLocal() && (user == null || user.isBlank())) {
                throw new IllegalArgumentException("user is missing: name a user that has the role rtd-gateway at "
                        + address + ", and its password");
            }
            return new Centre(address, user, password);
        }
    }

    private final GatewaySettings settings;
    private final Centre centre;
    private final Pace pace;
    private final FeedLoop loop;
    private final GatewayLink link;

    private Gateway(
            GatewaySettings settings, Centre centre, Supplier<LocalBroker> localBroker, EventSource source, Pace pace) {
        this.settings = settings;
        this.centre = centre;
        this.pace = pace;
        this.loop = new FeedLoop("gateway-" + settings.gateway());
        CentreConnector connector =
                new BrokerConnector(centre.url(), centre.user(), centre.password(), localBroker, loop);
        this.link = new GatewayLink(settings, source, pace, MonotonicClock.SYSTEM, new SplittableRandom(), connector);
    }

    /**
     * Begins to send.
     *
     * @param localBroker gives the node's own broker, or {@code null} while there is none
     */
    public static Gateway start(
            GatewaySettings settings, Centre centre, Supplier<LocalBroker> localBroker, EventSource source, Pace pace) {
        Gateway gateway = new Gateway(settings, centre, localBroker, source, pace);
        gateway.loop.every(TICK, gateway.link::time);
        return gateway;
    }

    /** Changes the pace while it runs. */
    public void pace(Consumer<Pace> change) {
        loop.execute(() -> change.accept(pace));
    }

    public GatewayStatus status() {
        return link.status();
    }

    /** For JMX, under {@link #objectName}. */
    public DynamicMBean control() {
        return new GatewayControl(centre.url().toString(), link::status);
    }

    /** The name under which a gateway stands in JMX. */
    public static String objectName(String gateway) {
        return "org.openrtd:type=Gateway,name=" + gateway;
    }

    /** One line for operators. */
    public String summary() {
        GatewayStatus now = status();
        return settings.gateway() + " " + now.state().name().toLowerCase(java.util.Locale.ROOT) + ": " + now.reason();
    }

    /** More for operators, by name. */
    public Map<String, String> details() {
        GatewayStatus now = status();
        Map<String, String> details = new LinkedHashMap<>();
        details.put("centre", centre.url().toString());
        details.put("state", now.state().name());
        details.put(
                "event time",
                now.eventTime() == 0
                        ? ""
                        : Instant.ofEpochMilli(now.eventTime()).toString());
        details.put("acknowledged", now.acknowledged().toString());
        details.put("in flight", Integer.toString(now.inFlight()));
        details.put("sent", Long.toString(now.eventsSent()));
        details.put("connections", Long.toString(now.connections()));
        return details;
    }

    @Override
    public void close() {
        try {
            loop.call(() -> {
                link.close();
                return null;
            });
        } finally {
            loop.close();
        }
    }
}
