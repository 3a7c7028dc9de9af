package org.openrtd.configuration;

import java.time.Instant;
import java.util.List;
import org.openrtd.feed.Change;
import org.openrtd.feed.Position;

/**
 * A transaction that was committed, as the central database remembers it.
 *
 * @param position the epoch in which it was committed, and its recovery key
 * @param author who made it; empty when that was not kept
 * @param time when; {@code null} once its entry has been pruned from the change log
 * @param changes the rows as they were written, each with its new {@code ChangeStamp}; empty when they were not asked for,
 *     when the entry has been pruned, and when they are too many for an answer
 */
public record KnownTransaction(Position position, String author, Instant time, List<Change> changes) {

    public KnownTransaction {
        changes = List.copyOf(changes);
    }
}
