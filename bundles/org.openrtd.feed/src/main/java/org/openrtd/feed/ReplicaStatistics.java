package org.openrtd.feed;

/**
 * Counters of one replica since it was made, for operators.
 *
 * @param batches batches applied
 * @param rowChanges rows put or deleted by them
 * @param bytes bytes received
 * @param duplicates batches that it already had
 * @param gaps batches found missing
 * @param snapshots snapshots applied
 * @param repairs tables fetched again because their digest differed
 * @param undecodable messages that could not be decoded
 */
public record ReplicaStatistics(
        long batches,
        long rowChanges,
        long bytes,
        long duplicates,
        long gaps,
        long snapshots,
        long repairs,
        long undecodable) {}
