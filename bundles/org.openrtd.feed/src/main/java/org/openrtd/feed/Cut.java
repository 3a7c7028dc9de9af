package org.openrtd.feed;

/**
 * The moment at which an origin cuts a batch.
 *
 * @param tick the number that all feeds of one controller share for one cut
 * @param controllerTime the controller's time, UTC ms: the batch holds exactly the events up to and including it
 * @param configurationKey the recovery key of the configuration that the rows were made under
 */
public record Cut(long tick, long controllerTime, long configurationKey) {}
