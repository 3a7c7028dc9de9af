package org.openrtd.catalog;

/** The period that a column speaks of. */
public enum Family {
    /** Part of the row's key. */
    KEY,
    /** Says what the row is, not how it goes: names, links, settings. */
    ATTRIBUTE,
    /** At this moment. */
    NOW,
    /** The sliding window of five minutes, (t − 300 s, t]. */
    TO5,
    /** The current half hour so far; zero at xx:00 and xx:30. */
    HALF,
    /** Since midnight. */
    TODAY
}
