package org.openrtd.centraldb.internal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.openrtd.centraldb.CommittedTransaction;
import org.openrtd.configuration.ConfigurationMessage;
import org.openrtd.feed.Change;
import org.openrtd.feed.DurableHistory;
import org.openrtd.feed.FeedSchema;
import org.openrtd.sql.SqlSession;
import org.openrtd.sql.SqlTables;

/**
 * Reads what has been committed, over a connection of its own: the feed's thread, which asks here, must not wait for a
 * transaction that is being written.
 */
final class ConfigurationHistory implements DurableHistory, AutoCloseable {

    private final CentralDatabase database;
    private final FeedSchema schema;
    private final SqlTables tables;
    private final LongSupplier recoveryKey;
    private SqlSession session;
    private boolean closed;

    /** @param recoveryKey the key of the last transaction that counts as committed; nothing after it is looked at */
    ConfigurationHistory(CentralDatabase database, FeedSchema schema, SqlTables tables, LongSupplier recoveryKey) {
        this.database = database;
        this.schema = schema;
        this.tables = tables;
        this.recoveryKey = recoveryKey;
    }

    @Override
    public List<Epoch> epochs() {
        return reading("read the epochs", reader -> {
            List<Epoch> epochs = new ArrayList<>();
            try (ResultSet result = reader.statement("SELECT Epoch, FirstSequence FROM Config_Epoch ORDER BY Epoch")
                    .executeQuery()) {
                while (result.next()) {
                    epochs.add(new Epoch(result.getLong(1), result.getLong(2)));
                }
            }
            return epochs;
        });
    }

    @Override
    public List<Entry> after(long key, int limit) {
        return transactions(key, Math.min(key + limit, recoveryKey.getAsLong())).stream()
                .map(committed -> new Entry(
                        committed.recoveryKey(), committed.previousKey(), committed.cut(), committed.changes()))
                .toList();
    }

    /** Those after {@code key} up to {@code last}; empty also when the log does not reach back to {@code key}. */
    List<CommittedTransaction> transactions(long key, long last) {
        return reading("read the configuration log after " + key, reader -> {
            List<CommittedTransaction> entries = new ArrayList<>();
            PreparedStatement select = reader.statement("SELECT RecoveryKey, PreviousKey, TransactionID, Author,"
                    + " LoggedAt, ConfigMessage FROM Config_Message_Log WHERE RecoveryKey > ? AND RecoveryKey <= ?"
                    + " ORDER BY RecoveryKey");
            select.setLong(1, key);
            select.setLong(2, last);
            try (ResultSet result = select.executeQuery()) {
                long before = key;
                while (result.next()) {
                    if (result.getLong(2) != before) {
                        break;
                    }
                    before = result.getLong(1);
                    entries.add(new CommittedTransaction(
                            before,
                            result.getLong(2),
                            result.getString(3),
                            result.getString(4),
                            Instant.ofEpochMilli(result.getLong(5)),
                            stamped(ConfigurationMessage.read(result.getBytes(6), schema), before)));
                }
            }
            return entries;
        });
    }

    /** What was logged before rows had a recovery key has it all the same. */
    private static List<Change> stamped(List<Change> changes, long recoveryKey) {
        List<Change> stamped = new ArrayList<>(changes.size());
        for (Change change : changes) {
            int column = ConfigurationRules.of(change.table()).recoveryKey();
            if (change.row() == null || column < 0 || change.row().get(column) != null) {
                stamped.add(change);
            } else {
                Object[] values = change.row().values();
                values[column] = recoveryKey;
                stamped.add(Change.put(change.table().row(values)));
            }
        }
        return stamped;
    }

    private interface Reading<T> {
        T from(SqlSession session) throws SQLException;
    }

    private synchronized <T> T reading(String what, Reading<T> reading) {
        boolean done = false;
        try {
            if (closed) {
                throw new SQLException("The configuration is closed");
            }
            if (session == null) {
                session = new SqlSession(database.connect(), tables);
            }
            T result = reading.from(session);
            session.connection().commit();
            done = true;
            return result;
        } catch (SQLException e) {
            throw CentralDatabase.failed(what, e);
        } finally {
            if (!done) {
                abandon();
            }
        }
    }

    private void abandon() {
        if (session != null) {
            CentralDatabase.close(session.connection());
            session = null;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        abandon();
    }
}
