package org.openrtd.configuration.jms.internal;

import java.time.Instant;
import java.util.List;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.CopyReport;
import org.openrtd.configuration.HistoryEntry;
import org.openrtd.configuration.SyncStatus;
import org.openrtd.feed.Position;

/** What editors and sources say to each other; docs/configuration-protocol.md has it byte by byte. */
sealed interface Message {

    // ---- up

    /** Asks who is there. */
    record Hello() implements Message {}

    /**
     * Commit this.
     *
     * @param author whom the asker's node vouches for; empty for nobody but itself
     * @param changes as {@link org.openrtd.configuration.ConfigurationMessage} writes them
     */
    record Commit(String id, String author, byte[] changes) implements Message {}

    /** What was done to this row? */
    record AskHistory(String table, List<Object> key, int limit) implements Message {}

    /** Ids for new rows, please. */
    record AskIds(String table, int count) implements Message {}

    /** What became of the transaction with this id? */
    record AskTransaction(String id, boolean withChanges) implements Message {}

    /** These copies are here; is not answered. */
    record Report(List<CopyReport> copies) implements Message {}

    /** What is known of all copies? */
    record AskPicture() implements Message {}

    // ---- down

    /** Answers {@link Hello}: the node's name. */
    record Welcome(String node) implements Message {}

    /** It took effect, now or when it was first committed. */
    record Committed(long recoveryKey) implements Message {}

    /** Nothing of it took effect. */
    record Refused(List<ConfigurationProblem> problems) implements Message {}

    /** Answers {@link AskHistory}. */
    record History(List<HistoryEntry> entries) implements Message {}

    /** Answers {@link AskIds}: the first of them. */
    record Ids(int first) implements Message {}

    /** Answers {@link AskPicture}. */
    record Copies(SyncStatus.Picture picture) implements Message {}

    /**
     * Answers {@link AskTransaction}: it was committed.
     *
     * @param author empty when that was not kept
     * @param time {@code null} when its entry has been pruned
     * @param changes as {@link org.openrtd.configuration.ConfigurationMessage} writes them; empty without
     */
    record Transaction(Position position, String author, Instant time, byte[] changes) implements Message {}

    /** Answers {@link AskTransaction}: none with that id is known. */
    record NoTransaction() implements Message {}

    /**
     * It cannot be asked for on this way now.
     *
     * @param undecided whether it may have been done all the same
     */
    record Unreachable(boolean undecided, String reason) implements Message {}

    /** What was asked for makes no sense; asking again would not help. */
    record Invalid(String reason) implements Message {}
}
