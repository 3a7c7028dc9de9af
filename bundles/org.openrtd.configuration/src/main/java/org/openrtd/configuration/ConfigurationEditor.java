package org.openrtd.configuration;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Where edits go from this node: the configuration itself at the centre, elsewhere the way up to it. An OSGi service with
 * the property {@link #HOP}; where a node has several, that of the centre is the nearest.
 *
 * <p>Usable from any thread; never blocks. Futures are completed on a thread of the editor's, which what depends on them
 * must not hold up. They end with {@link ConfigurationUnreachable} when the centre cannot be reached now: nothing is queued
 * until it can.
 */
@ProviderType
public interface ConfigurationEditor {

    /** Service property: {@link #CENTRAL} or {@link #UPSTREAM}. */
    String HOP = "hop";

    /** The value of {@link #HOP} at the centre itself. */
    String CENTRAL = "central";

    /** The value of {@link #HOP} where edits are handed to the source that a role of this node follows. */
    String UPSTREAM = "upstream";

    /** History is never answered with more entries. */
    int MAX_HISTORY = 1_000;

    /** No more ids are allotted at once. */
    int MAX_IDS = 100_000;

    /**
     * Checks and commits a transaction. When the same transaction has been committed before under its id, nothing is done
     * and the first result is answered; an id that was another transaction's is refused
     * ({@link ConfigurationProblem.Kind#TRANSACTION_ID}).
     */
    CompletableFuture<ConfigurationResult> commit(ConfigurationTransaction transaction);

    /**
     * What became of a transaction: nothing when none with that id was committed, as far as ids are remembered.
     *
     * @param withChanges whether the answer holds what it changed, too
     */
    CompletableFuture<Optional<KnownTransaction>> find(String transactionId, boolean withChanges);

    /**
     * What was done to a row, the newest first, as far as the change log reaches back: at most {@code limit} entries, and
     * {@link #MAX_HISTORY}. Ends with an {@link IllegalArgumentException} when there is no such table, or the key does not
     * fit it.
     */
    CompletableFuture<List<HistoryEntry>> history(String table, List<Object> key, int limit);

    /**
     * Allots ids for new rows of a table with a single key column, never to be given again: answers the first of
     * {@code count} consecutive ids. Tables that share a key, as all with a {@code SkillTargetID} do, share its ids. Ends
     * with an {@link IllegalArgumentException} when the table has no such key, or {@code count} is not 1 to
     * {@link #MAX_IDS}.
     */
    CompletableFuture<Integer> allotIds(String table, int count);
}
