package org.openrtd.gateway.internal;

import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.StandardMBean;
import org.openrtd.gateway.GatewayMXBean;
import org.openrtd.gateway.GatewayStatus;

/** Publishes a gateway over JMX; every attribute answers from the link's last status. */
public final class GatewayControl extends StandardMBean implements GatewayMXBean {

    private static final Map<String, String> DESCRIPTIONS = Map.ofEntries(
            Map.entry(
                    "State",
                    "WAITING, CONNECTING, ASKING, SENDING; FINISHED when the centre holds all events; REFUSED when an"
                            + " operator has to change something, see Reason; CLOSED"),
            Map.entry("Reason", "Why it is in this state"),
            Map.entry("Centre", "Where it sends its events"),
            Map.entry("Run", "The run, one numbering of events, of the last event sent"),
            Map.entry("SentNumber", "The number of the last event sent"),
            Map.entry("AcknowledgedNumber", "The number of the last event that is in the centre's event log"),
            Map.entry("EventsInFlight", "Events sent and not yet acknowledged"),
            Map.entry("EventsSent", "Events sent since the gateway started, those sent again included"),
            Map.entry("EventsPassedOver", "Events made again after a restart and not sent, as the centre held them"),
            Map.entry("Connections", "Connections on which the centre answered"),
            Map.entry("EventTime", "The time of the last event sent, ISO 8601 UTC"),
            Map.entry(
                    "BehindMillis",
                    "For how long the next event has been due: the centre acknowledges more slowly than events come"));

    private final String centre;
    private final Supplier<GatewayStatus> status;

    public GatewayControl(String centre, Supplier<GatewayStatus> status) {
        super(GatewayMXBean.class, true);
        this.centre = centre;
        this.status = status;
    }

    @Override
    public String getState() {
        return status.get().state().name();
    }

    @Override
    public String getReason() {
        return status.get().reason();
    }

    @Override
    public String getCentre() {
        return centre;
    }

    @Override
    public long getRun() {
        return status.get().sent().run();
    }

    @Override
    public long getSentNumber() {
        return status.get().sent().number();
    }

    @Override
    public long getAcknowledgedNumber() {
        return status.get().acknowledged().number();
    }

    @Override
    public int getEventsInFlight() {
        return status.get().inFlight();
    }

    @Override
    public long getEventsSent() {
        return status.get().eventsSent();
    }

    @Override
    public long getEventsPassedOver() {
        return status.get().eventsPassedOver();
    }

    @Override
    public long getConnections() {
        return status.get().connections();
    }

    @Override
    public String getEventTime() {
        long time = status.get().eventTime();
        return time == 0 ? "" : Instant.ofEpochMilli(time).toString();
    }

    @Override
    public long getBehindMillis() {
        return status.get().behindMillis();
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        return "A gateway: brings the events of one peripheral to the centre, each once and in order.";
    }

    @Override
    protected String getDescription(MBeanAttributeInfo info) {
        return DESCRIPTIONS.get(info.getName());
    }
}
