package org.openrtd.realtimeserver.internal;

/** One gateway, for JMX. */
public final class GatewayLine {

    private final Centre.GatewayStatus status;

    GatewayLine(Centre.GatewayStatus status) {
        this.status = status;
    }

    public String getGateway() {
        return status.gateway();
    }

    /** up, silent, lost, or unknown before it has said. */
    public String getState() {
        return status.state();
    }

    /** Milliseconds since it was heard; -1 when not since the start. */
    public long getHeardMillisAgo() {
        return status.heardMillisAgo();
    }

    /** The run of its last event in the event log. */
    public long getRun() {
        return status.mark().run();
    }

    /** The number of its last event in the event log. */
    public long getNumber() {
        return status.mark().number();
    }
}
