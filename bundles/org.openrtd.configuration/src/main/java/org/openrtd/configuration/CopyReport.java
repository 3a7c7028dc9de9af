package org.openrtd.configuration;

/**
 * What is known of one copy.
 *
 * @param via who passed it on, each as validated by the broker that took it, the nearest to the copy first:
 *     {@code desk7@north1}; empty for a copy of the node that is asked
 * @param lag how many transactions it lacks; negative when that is not known
 * @param lagMillis for how long it has lacked the first of them; 0 when it lacks none, negative when that is not known
 * @param ageMillis how long ago its node said so
 */
public record CopyReport(CopyStatus status, String via, long lag, long lagMillis, long ageMillis) {}
