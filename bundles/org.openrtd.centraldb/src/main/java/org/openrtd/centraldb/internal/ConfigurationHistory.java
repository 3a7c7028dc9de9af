package org.openrtd.centraldb.internal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.openrtd.centraldb.CommittedTransaction;
import org.openrtd.feed.DurableHistory;
import org.openrtd.sql.SqlSession;
import org.openrtd.sql.SqlTables;

/**
 * Reads what has been committed, over a connection of its own: the feed's thread, which asks here, must not wait for a
 * transaction that is being written.
 */
final class ConfigurationHistory implements DurableHistory, AutoCloseable {

    private final CentralDatabase database;
    private final ConfigurationLog log;
    private final SqlTables tables;
    private final LongSupplier recoveryKey;
    private SqlSession session;
    private boolean closed;

    /** @param recoveryKey the key of the last transaction that counts as committed; nothing after it is looked at */
    ConfigurationHistory(CentralDatabase database, ConfigurationLog log, SqlTables tables, LongSupplier recoveryKey) {
        this.database = database;
        this.log = log;
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
        return reading("read the configuration log after " + key, reader -> log.between(reader, key, last));
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
