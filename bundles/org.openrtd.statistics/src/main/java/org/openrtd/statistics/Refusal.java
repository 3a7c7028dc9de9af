package org.openrtd.statistics;

/**
 * What events were refused for.
 *
 * @param gateway the gateway that sent them
 * @param reason what was wrong, for people, such as {@code unknown agent 4711}
 * @param firstTime the controller's time when it was first refused, UTC ms
 * @param count how often so far
 */
public record Refusal(String gateway, String reason, long firstTime, long count) {}
