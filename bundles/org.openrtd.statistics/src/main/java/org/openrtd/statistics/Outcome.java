package org.openrtd.statistics;

/** What {@link Statistics#fold} did with an event. */
public enum Outcome {
    /** It took effect. */
    ACCEPTED,
    /** It does not fit what went before, such as the end of an unknown call; it took what effect it could, and is counted. */
    UNTIDY,
    /** It names what is not configured, or is not well formed; it took no effect, and is counted. */
    REFUSED
}
