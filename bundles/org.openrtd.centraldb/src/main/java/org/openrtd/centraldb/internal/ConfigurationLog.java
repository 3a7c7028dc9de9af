package org.openrtd.centraldb.internal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.openrtd.centraldb.CommittedTransaction;
import org.openrtd.configuration.ConfigurationMessage;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.ConfigurationValues;
import org.openrtd.configuration.HistoryEntry;
import org.openrtd.feed.Change;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.SqlSession;

/** {@code Config_Message_Log}: what its statements are, whoever's connection they go over. */
final class ConfigurationLog {

    /** How many transactions are looked through for the deletion of one row which is not there any more. */
    static final int MOST_DELETIONS = 20_000;

    /** How many bytes of messages one reading hands over, roughly: the next one goes on. */
    static final long MOST_BYTES = 4 * ConfigurationTransaction.MAX_BYTES;

    /** How many entries PostgreSQL's driver holds at once; of all that there are otherwise, and each may be large. */
    static final int FETCHED = 8;

    /** That many later transactions, and the id of one whose entry was pruned is forgotten. */
    static final long IDS_KEPT = 1_000_000;

    private static final String COLUMNS = "RecoveryKey, PreviousKey, TransactionID, Author, LoggedAt, ConfigMessage";

    private final FeedSchema schema;

    ConfigurationLog(FeedSchema schema) {
        this.schema = schema;
    }

    /**
     * What one transaction did to one row.
     *
     * @param by without its changes: of many that are looked through nobody holds all of them
     * @param before {@code null} when it was not there, or is not known
     * @param after {@code null} when it is not there any more
     * @param bytes that were read to find that out
     */
    record RowChange(CommittedTransaction by, boolean isBeforeKnown, Row before, Row after, int bytes) {}

    /**
     * A transaction that was committed.
     *
     * @param author {@code null} when that was not kept
     * @param content by {@link TransactionContent}; {@code null} when that was not kept
     * @param entry {@code null} when it has been pruned
     */
    record Known(long recoveryKey, String author, String content, CommittedTransaction entry) {

        /** Whether that is the one: by what it changes and who made it, through whichever nodes. What was not kept may be. */
        boolean isSame(List<Change> changes, String by) {
            return (content == null || content.equals(TransactionContent.of(changes)))
                    && (author == null || person(author).equals(person(by)));
        }

        private static String person(String author) {
            int at = author.indexOf('@');
            return at < 0 ? author : author.substring(0, at);
        }
    }

    /** The transaction with that id, if one was ever committed and is not forgotten. */
    Optional<Known> find(SqlSession session, String transactionId) throws SQLException {
        PreparedStatement entry =
                session.statement("SELECT " + COLUMNS + " FROM Config_Message_Log WHERE TransactionID = ?");
        entry.setString(1, transactionId);
        try (ResultSet result = entry.executeQuery()) {
            if (result.next()) {
                CommittedTransaction found = entry(result, result.getBytes(6));
                return Optional.of(
                        new Known(found.recoveryKey(), found.author(), TransactionContent.of(found.changes()), found));
            }
        }
        PreparedStatement old = session.statement(
                "SELECT RecoveryKey, Author, Content FROM Config_Old_Transaction WHERE TransactionID = ?");
        old.setString(1, transactionId);
        try (ResultSet result = old.executeQuery()) {
            return result.next()
                    ? Optional.of(new Known(result.getLong(1), result.getString(2), result.getString(3), null))
                    : Optional.empty();
        }
    }

    /**
     * Writes a transaction's entry.
     *
     * @param message its changes
     * @param before the rows that were there
     * @return the bytes it takes
     */
    int write(SqlSession session, CommittedTransaction committed, byte[] message, byte[] before) throws SQLException {
        List<String> tables = committed.changes().stream()
                .map(change -> change.table().name())
                .distinct()
                .toList();
        List<String> operations = committed.changes().stream()
                .map(ConfigurationLog::operation)
                .distinct()
                .toList();
        PreparedStatement insert = session.statement("INSERT INTO Config_Message_Log (RecoveryKey, PreviousKey,"
                + " TransactionID, Author, LogOperation, TableName, LoggedAt, ConfigMessage, RowsBefore, MessageBytes)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insert.setLong(1, committed.recoveryKey());
        insert.setLong(2, committed.previousKey());
        insert.setString(3, committed.id());
        insert.setString(4, committed.author());
        insert.setString(5, operations.size() == 1 ? operations.get(0) : null);
        insert.setString(6, tables.size() == 1 ? tables.get(0) : null);
        insert.setLong(7, committed.time().toEpochMilli());
        insert.setBytes(8, message);
        insert.setBytes(9, before);
        insert.setInt(10, message.length + before.length);
        insert.executeUpdate();
        return message.length + before.length;
    }

    private static String operation(Change change) {
        if (change.row() == null || ConfigurationValues.isDeleted(change.row())) {
            return "Delete";
        }
        return ConfigurationRules.of(change.table()).changeStamp(change.row()) <= 1 ? "Add" : "Update";
    }

    /**
     * Those after {@code key} up to {@code last}, or the first of them where together they are large; empty also when the log
     * does not reach back to {@code key}.
     */
    List<CommittedTransaction> between(SqlSession session, long key, long last) throws SQLException {
        List<CommittedTransaction> entries = new ArrayList<>();
        PreparedStatement select = session.statement("SELECT " + COLUMNS
                + " FROM Config_Message_Log WHERE RecoveryKey > ? AND RecoveryKey <= ? ORDER BY RecoveryKey");
        select.setLong(1, key);
        select.setLong(2, last);
        select.setFetchSize(FETCHED);
        try (ResultSet result = select.executeQuery()) {
            long before = key;
            long bytes = 0;
            while (bytes < MOST_BYTES && result.next() && result.getLong(2) == before) {
                byte[] message = result.getBytes(6);
                CommittedTransaction entry = entry(result, message);
                before = entry.recoveryKey();
                bytes += message.length;
                entries.add(entry);
            }
        }
        return entries;
    }

    private CommittedTransaction entry(ResultSet result, byte[] message) throws SQLException {
        long key = result.getLong(1);
        return new CommittedTransaction(
                key,
                result.getLong(2),
                result.getString(3),
                result.getString(4),
                Instant.ofEpochMilli(result.getLong(5)),
                stamped(ConfigurationMessage.read(message, schema), key));
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

    /**
     * What was done to a row, the newest first, as far as the log reaches back.
     *
     * @param present the row as it is, {@code null} when it is not there
     * @param goOn whether the one before the last one found is wanted too
     */
    List<RowChange> changes(SqlSession session, Table table, List<Object> key, Row present, Predicate<RowChange> goOn)
            throws SQLException {
        List<RowChange> found = new ArrayList<>();
        Row after = present;
        long at = present == null ? lastDeletion(session, table, key) : recoveryKey(present);
        RowChange change = at == 0 ? null : change(session, at, table, key, after);
        while (change != null) {
            found.add(change);
            after = change.before();
            change =
                    after == null || !goOn.test(change) ? null : change(session, recoveryKey(after), table, key, after);
        }
        return found;
    }

    private static long recoveryKey(Row row) {
        int column = ConfigurationRules.of(row.table()).recoveryKey();
        return column < 0 || row.get(column) == null ? 0 : (Long) row.get(column);
    }

    /** What the transaction with that key did to a row; {@code null} when its entry has been pruned. */
    private RowChange change(SqlSession session, long at, Table table, List<Object> key, Row after)
            throws SQLException {
        PreparedStatement select = session.statement("SELECT PreviousKey, TransactionID, Author, LoggedAt, RowsBefore"
                + " FROM Config_Message_Log WHERE RecoveryKey = ?");
        select.setLong(1, at);
        try (ResultSet result = select.executeQuery()) {
            if (!result.next()) {
                return null;
            }
            CommittedTransaction by = new CommittedTransaction(
                    at,
                    result.getLong(1),
                    result.getString(2),
                    result.getString(3),
                    Instant.ofEpochMilli(result.getLong(4)),
                    List.of());
            byte[] before = result.getBytes(5);
            if (before == null) {
                return new RowChange(by, false, null, after, 0);
            }
            Row was = ConfigurationMessage.read(before, schema).stream()
                    .filter(change ->
                            change.table().equals(table) && change.key().equals(key))
                    .map(Change::row)
                    .findFirst()
                    .orElse(null);
            return new RowChange(by, true, was, after, before.length);
        }
    }

    private long lastDeletion(SqlSession session, Table table, List<Object> key) throws SQLException {
        // Bounded, for edits wait meanwhile: without it a log without deletions is read to its end.
        PreparedStatement select = session.statement("SELECT RecoveryKey, ConfigMessage FROM Config_Message_Log"
                + " WHERE RecoveryKey > (SELECT RecoveryKey FROM Config_Identity) - " + MOST_DELETIONS
                + " AND (TableName IS NULL OR TableName = ?) AND (LogOperation IS NULL OR LogOperation = 'Delete')"
                + " ORDER BY RecoveryKey DESC");
        select.setString(1, table.name());
        select.setFetchSize(FETCHED);
        try (ResultSet result = select.executeQuery()) {
            while (result.next()) {
                boolean isIt = ConfigurationMessage.read(result.getBytes(2), schema).stream()
                        .anyMatch(change -> change.row() == null
                                && change.table().equals(table)
                                && change.key().equals(key));
                if (isIt) {
                    return result.getLong(1);
                }
            }
        }
        return 0;
    }

    /** For people. */
    static HistoryEntry historyEntry(RowChange change) {
        Row before = change.before();
        Row after = change.after();
        Table table = after != null ? after.table() : before.table();
        List<HistoryEntry.ColumnChange> columns = new ArrayList<>();
        for (int i = 0; i < table.columns().size(); i++) {
            Object was = before == null ? null : before.get(i);
            Object is = after == null ? null : after.get(i);
            if (!ConfigurationRules.of(table).isStamp(i) && !Objects.deepEquals(was, is)) {
                columns.add(new HistoryEntry.ColumnChange(table.columns().get(i).name(), was, is));
            }
        }
        boolean isAdded = change.isBeforeKnown()
                ? before == null
                : ConfigurationRules.of(table).changeStamp(after) <= 1;
        return new HistoryEntry(
                change.by().recoveryKey(),
                change.by().time(),
                change.by().author(),
                change.by().id(),
                isAdded
                        ? HistoryEntry.Operation.ADD
                        : after == null || ConfigurationValues.isDeleted(after)
                                ? HistoryEntry.Operation.DELETE
                                : HistoryEntry.Operation.UPDATE,
                columns);
    }

    /** How much the log holds. */
    record Extent(long firstKey, long entries, long bytes) {}

    Extent extent(SqlSession session) throws SQLException {
        try (ResultSet result = session.statement(
                        "SELECT MIN(RecoveryKey), COUNT(*), SUM(CAST(MessageBytes AS BIGINT)) FROM Config_Message_Log")
                .executeQuery()) {
            result.next();
            return new Extent(result.getLong(1), result.getLong(2), result.getLong(3));
        }
    }

    /**
     * Deletes the oldest entries, at most {@code page} of them and no more bytes than one reading has, which are older than a
     * moment or by which the log is too large, and keeps their ids, with who made them and the digest of what they changed.
     * None after the older of the two checkpoints: a start of the centre reads from there on. The caller commits.
     *
     * @return how much was deleted: its entries and bytes
     */
    Extent prune(SqlSession session, long recoveryKey, long olderThan, long tooManyBytes, int page)
            throws SQLException {
        long upTo = 0;
        long bytes = 0;
        List<Long> keys = new ArrayList<>();
        PreparedStatement oldest = session.statement("SELECT RecoveryKey, LoggedAt, MessageBytes"
                + " FROM Config_Message_Log WHERE RecoveryKey <= ? ORDER BY RecoveryKey FETCH FIRST " + page
                + " ROWS ONLY");
        oldest.setLong(1, neededAfter(session));
        try (ResultSet result = oldest.executeQuery()) {
            // Each is read for its digest, and edits wait meanwhile.
            while (bytes < MOST_BYTES && result.next() && (result.getLong(2) < olderThan || bytes < tooManyBytes)) {
                upTo = result.getLong(1);
                keys.add(upTo);
                bytes += result.getInt(3);
            }
        }
        if (keys.isEmpty()) {
            return new Extent(0, 0, 0);
        }
        for (long key : keys) {
            keepId(session, key);
        }
        delete(session, "Config_Message_Log", upTo);
        delete(session, "Config_Old_Transaction", recoveryKey - IDS_KEPT);
        return new Extent(keys.get(0), keys.size(), bytes);
    }

    private void keepId(SqlSession session, long key) throws SQLException {
        // One by one: a page of entries may be more than fits into memory.
        PreparedStatement select =
                session.statement("SELECT " + COLUMNS + " FROM Config_Message_Log WHERE RecoveryKey = ?");
        select.setLong(1, key);
        CommittedTransaction entry;
        try (ResultSet result = select.executeQuery()) {
            if (!result.next()) {
                throw new SQLException("the log entry of recovery key " + key + " is gone");
            }
            entry = entry(result, result.getBytes(6));
        }
        PreparedStatement keep = session.statement(
                "INSERT INTO Config_Old_Transaction (TransactionID, RecoveryKey, Author, Content) VALUES (?, ?, ?, ?)");
        keep.setString(1, entry.id());
        keep.setLong(2, key);
        keep.setString(3, entry.author());
        keep.setString(4, TransactionContent.of(entry.changes()));
        keep.executeUpdate();
    }

    private static void delete(SqlSession session, String table, long upTo) throws SQLException {
        PreparedStatement delete = session.statement("DELETE FROM " + table + " WHERE RecoveryKey <= ?");
        delete.setLong(1, upTo);
        delete.executeUpdate();
    }

    /** The key after which a start may need entries: with fewer than two checkpoints it may need them all. */
    private static long neededAfter(SqlSession session) throws SQLException {
        try (ResultSet result = session.statement("SELECT COUNT(RecoveryKey), MIN(RecoveryKey) FROM Event_Checkpoint")
                .executeQuery()) {
            result.next();
            return result.getInt(1) < 2 ? 0 : result.getLong(2);
        }
    }
}
