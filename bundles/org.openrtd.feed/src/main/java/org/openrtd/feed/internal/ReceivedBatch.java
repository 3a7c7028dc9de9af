package org.openrtd.feed.internal;

/**
 * A batch as it came.
 *
 * @param bytes the batch, whole
 * @param messages the messages that carried it: itself, or its parts
 */
public record ReceivedBatch(BatchHeader header, byte[] bytes, byte[][] messages) {}
