package org.openrtd.feed;

import java.util.Map;

/**
 * How one role of this node is doing, for operators. Each role registers one as an OSGi service; {@code rtd:status} lists
 * them. Answers from local state at once, never from the network.
 */
public interface RoleStatus {

    /** The role's name, as its feature is called without {@code openrtd-}: {@code real-time-server}, {@code client-feed}. */
    String role();

    /** One line: what it does now and, when something is wrong, what broke. */
    String summary();

    /** More, by name, in the order to be shown: connections, counters, whom it serves. Names are words, values are short. */
    Map<String, String> details();
}
