package org.openrtd.catalog;

import java.util.Optional;

/**
 * {@code AgentState} of real-time tables. (In {@code Agent_State_Trace} 9 and 10 mean something else.) The code is the
 * constant's ordinal.
 */
public enum AgentState {
    LOGGED_OFF("Logged Off"),
    LOGGED_ON("Logged On"),
    NOT_READY("Not Ready"),
    READY("Ready"),
    TALKING("Talking"),
    WORK_NOT_READY("Work Not Ready"),
    WORK_READY("Work Ready"),
    BUSY_OTHER("Busy Other"),
    RESERVED("Reserved"),
    UNKNOWN("Unknown"),
    CALLS_ON_HOLD("Calls On Hold"),
    ACTIVE("Active"),
    PAUSED("Paused"),
    INTERRUPTED("Interrupted"),
    NOT_ACTIVE("Not Active");

    private final String text;

    AgentState(String text) {
        this.text = text;
    }

    public int code() {
        return ordinal();
    }

    /** How people write it: {@code Not Ready}. */
    public String text() {
        return text;
    }

    public static Optional<AgentState> of(int code) {
        return code < 0 || code >= values().length ? Optional.empty() : Optional.of(values()[code]);
    }
}
