package org.openrtd.gateway;

import java.util.Iterator;
import org.openrtd.events.Mark;
import org.openrtd.events.NumberedEvent;

/**
 * Where a gateway's events come from. It can make them again: asked twice, in one process or in two, it gives the same
 * events the same numbers. So a gateway keeps nothing of its own; what the centre holds says where to go on.
 */
@FunctionalInterface
public interface EventSource {

    /**
     * The events after {@code held}, in order: the rest of that run if it is one of this source's, then higher runs, each
     * from number 1. Events at or before {@code held} may come first; they are passed over. When the iterator ends the
     * gateway is done.
     *
     * @param held the last of this gateway's events that the centre holds
     * @param controllerTime the controller's clock, UTC ms, 0 when it has not begun to run
     * @throws CannotGoOnException when there is nothing that could follow; the gateway stops and says why
     */
    Iterator<NumberedEvent> after(Mark held, long controllerTime) throws CannotGoOnException;
}
