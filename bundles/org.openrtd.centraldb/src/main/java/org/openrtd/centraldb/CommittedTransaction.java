package org.openrtd.centraldb;

import java.time.Instant;
import java.util.List;
import org.openrtd.feed.Change;

/**
 * A configuration transaction that took effect.
 *
 * @param previousKey the recovery key before it
 * @param changes with the rows as they are stored, {@code ChangeStamp} included
 */
public record CommittedTransaction(
        long recoveryKey, long previousKey, String id, String author, Instant time, List<Change> changes) {

    public CommittedTransaction {
        changes = List.copyOf(changes);
    }
}
