package org.openrtd.realtimeserver.internal;

import org.openrtd.events.LinkMessage;

/** The way back to a gateway; never waits. */
@FunctionalInterface
interface Replies {

    /** A gateway's connection. */
    record To(String user, String id) {}

    void reply(To to, LinkMessage message);
}
