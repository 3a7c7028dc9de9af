package org.openrtd.feed;

/**
 * What proves that two copies of a table are equal.
 *
 * @param rows how many rows there are
 * @param sum the 64-bit sum of a mixing hash of every cell with its table, column and key; see docs/feed-protocol.md
 */
public record Digest(long rows, long sum) {}
