package org.openrtd.events;

import java.util.Objects;

/**
 * An event as the centre knows it again when it is sent twice.
 *
 * @param gateway the gateway's name, which is that of its peripheral ({@code Peripheral.EnterpriseName})
 * @param run one numbering of the gateway's events; a higher run replaces a lower one
 * @param number 1, 2, 3, … within the run
 */
public record NumberedEvent(String gateway, long run, long number, Event event) {
    public NumberedEvent {
        Names.name("gateway", gateway);
        Names.numbers(run, number);
        Objects.requireNonNull(event, "event");
    }
}
