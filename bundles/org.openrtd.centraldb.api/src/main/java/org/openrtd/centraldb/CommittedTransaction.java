package org.openrtd.centraldb;

import java.time.Instant;
import java.util.List;
import org.openrtd.feed.Change;
import org.openrtd.feed.Cut;

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

    /** The cut of this transaction's batch: the same whether the batch is sent when it happens or read from the log later. */
    public Cut cut() {
        return new Cut(recoveryKey, time.toEpochMilli(), recoveryKey);
    }
}
