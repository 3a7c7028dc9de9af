package org.openrtd.console.internal;

import org.openrtd.catalog.AgentState;

/** Agent states as people write them. */
final class AgentStates {

    private AgentStates() {}

    static String text(Object code) {
        return code instanceof Integer c
                ? AgentState.of(c).map(AgentState::text).orElse("#" + c)
                : "#" + code;
    }
}
