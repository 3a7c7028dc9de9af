package org.openrtd.centraldb;

import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.HistoryEntry;
import org.openrtd.feed.DurableHistory;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Row;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The contact centre's configuration, and the origin of the {@code config} feed.
 *
 * <p>A configuration transaction is checked as a whole and takes effect as a whole: its rows, its one entry in
 * {@code Config_Message_Log} and its recovery key are committed in one database transaction. Recovery keys are dense and
 * in commit order, from 1. Usable from any thread; transactions take turns.
 *
 * <p>Every method throws {@link CentralDatabaseException} when the database does not do what it was asked. After that from
 * {@link #commit} nobody knows whether the transaction took effect: commit it again, under the same id.
 */
@ProviderType
public interface ConfigurationStore {

    /** The first id that is ever allotted; lower ones are free for what comes with the system. */
    int FIRST_ID = 5000;

    /** The identity of this configuration, made with the database: another database has another. */
    String feedId();

    /** The epoch that this start began; higher than that of every start before. */
    long epoch();

    /**
     * The epoch of feeds that begin beside this one: higher than {@code last}, than {@link #epoch}, and than any that was
     * begun on this node, also where the database was put back to a backup since. To be asked before a word of it is said.
     *
     * @param last the last epoch of these feeds; 0 when there was none
     * @param utcMillis the wall clock
     */
    long beginEpoch(long last, long utcMillis);

    /** The tables, as the feed carries them. */
    FeedSchema schema();

    /**
     * Checks and commits a transaction. When the same transaction has been committed before under its id, nothing is done
     * and the first result is returned; an id that was another transaction's is refused.
     */
    ConfigurationResult commit(ConfigurationTransaction transaction);

    /**
     * Allots ids for new rows of a table with a single key column, never to be given again. Tables that share a key, as
     * all with a {@code SkillTargetID} do, share its ids.
     *
     * @return the first of {@code count} consecutive ids
     * @throws IllegalArgumentException when the table has no such key
     */
    int allotIds(String table, int count);

    /**
     * Enters what a gateway needs and the configuration lacks: its peripheral, call types, skill groups, agents with their
     * persons, and the agents' memberships. Commits nothing when nothing is missing, and more than one transaction only when
     * there are more than {@link ConfigurationTransaction#MAX_CHANGES} changes. Persons' names that are too long are
     * shortened; a row that the rules do not allow is left out with what needs it, and the rest is entered:
     * {@link ProvisioningResult.EnteredInPart}.
     */
    ProvisioningResult provision(Provisioning wanted);

    /**
     * What was done to a row, the newest first, as far as the change log reaches back; at most {@code limit} entries.
     *
     * @throws IllegalArgumentException when there is no such table, or the key does not fit it
     */
    List<HistoryEntry> history(String table, List<Object> key, int limit);

    /** The key of the last transaction; 0 before the first. */
    long recoveryKey();

    /** All rows, at one recovery key. */
    Configuration rows();

    /**
     * All rows at one recovery key.
     *
     * @param recoveryKey the last transaction that the rows contain
     */
    record Configuration(long recoveryKey, Collection<Row> rows) {}

    /** The history for the {@code config} feed's origin, which commits each transaction with {@link CommittedTransaction#cut()}. */
    DurableHistory history();

    /**
     * Hands over every transaction after the recovery key {@code after}, in order: those of the past at once, on the
     * calling thread, and from then on each after its commit, on the thread that committed it. The listener must not block
     * and must not commit.
     *
     * @return what ends it
     * @throws IllegalArgumentException when transactions after {@code after} have been pruned, or the key was never given
     */
    AutoCloseable listen(long after, Consumer<CommittedTransaction> listener);

    /** The transactions after a recovery key, at most {@code limit} of them, in order. See {@link #listen}. */
    List<CommittedTransaction> after(long recoveryKey, int limit);
}
