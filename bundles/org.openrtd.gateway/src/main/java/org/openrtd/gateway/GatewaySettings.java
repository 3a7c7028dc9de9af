package org.openrtd.gateway;

import java.time.Duration;

/**
 * How a {@link GatewayLink} behaves.
 *
 * @param gateway the gateway's name, which is that of its peripheral
 * @param window events that may be in flight, not yet acknowledged
 * @param batchEvents events in one message at most
 * @param batchBytes bytes of one message at most, unless one event alone is larger
 * @param keepAlive after so long without sending, the centre is told that the gateway is well
 * @param silence after so long without hearing anything, the connection is given up
 * @param progress after so long without an acknowledgement while events are in flight, the connection is given up
 * @param retryFirst the first pause before connecting again, doubled from try to try, each made up to a half shorter by chance
 * @param retryLast the longest pause
 */
public record GatewaySettings(
        String gateway,
        int window,
        int batchEvents,
        int batchBytes,
        Duration keepAlive,
        Duration silence,
        Duration progress,
        Duration retryFirst,
        Duration retryLast) {

    public GatewaySettings {
        // It becomes part of an MBean's name and fits Peripheral.EnterpriseName.
        if (gateway == null || !gateway.matches("[A-Za-z0-9_.-]{1,32}")) {
            throw new IllegalArgumentException(
                    "A gateway's name has 1 to 32 letters, digits, '-', '_' or '.'; not '" + gateway + "'");
        }
        if (window < 1 || batchEvents < 1 || batchBytes < 1) {
            throw new IllegalArgumentException("A link without room for events sends none: window " + window
                    + ", events in a batch " + batchEvents + ", bytes in a batch " + batchBytes);
        }
    }

    /** The usual settings. */
    public static GatewaySettings of(String gateway) {
        return new GatewaySettings(
                gateway,
                8_192,
                512,
                32_768,
                Duration.ofMillis(900),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                Duration.ofMillis(200),
                Duration.ofSeconds(3));
    }
}
