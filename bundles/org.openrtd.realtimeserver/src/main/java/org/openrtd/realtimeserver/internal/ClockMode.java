package org.openrtd.realtimeserver.internal;

/** Who moves the controller's clock. */
enum ClockMode {
    /** The one gateway that plays or simulates a day. */
    GATEWAY,
    /** The wall clock of this node. */
    CONTROLLER
}
