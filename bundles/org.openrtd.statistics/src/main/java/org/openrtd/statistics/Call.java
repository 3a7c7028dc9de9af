package org.openrtd.statistics;

import java.util.ArrayList;
import java.util.List;

/** A call that is not over. As a {@link Wait} it is its own place in its call type's queue. */
final class Call extends Wait {

    enum Status {
        /** At the voice response unit, in queue or not. */
        WAITING,
        /** As before, and ringing at an agent. */
        RINGING,
        TALKING,
        HELD,
        /** The conversation is over, the agent's work is not. */
        WRAP_UP
    }

    final String name;
    CallType type;
    Status status = Status.WAITING;

    // Times are the peripheral's, UTC ms.
    long firstOffered;
    long offered;
    boolean everQueued;
    long ringing;
    long answered;
    long held;
    long wrapUp;

    /** Whole seconds on hold so far. */
    long holdSeconds;

    /** The places in the groups' queues. */
    final List<Place> places = new ArrayList<>(1);

    /** At whom it rings, or who answered it; {@code null} when nobody, or when the peripheral does not say. */
    Agent agent;

    /** For which group it rings, or which answered it. */
    SkillGroup group;

    /** The picture of the present in which it was last seen. */
    int seen;

    Call(String name) {
        this.name = name;
    }

    boolean waits() {
        return status == Status.WAITING || status == Status.RINGING;
    }

    boolean atAgent() {
        return status == Status.TALKING || status == Status.HELD;
    }
}
