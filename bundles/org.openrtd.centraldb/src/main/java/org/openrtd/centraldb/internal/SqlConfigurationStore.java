package org.openrtd.centraldb.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.CentralDatabaseException;
import org.openrtd.centraldb.CommittedTransaction;
import org.openrtd.centraldb.ConfigurationStore;
import org.openrtd.centraldb.Provisioning;
import org.openrtd.centraldb.ProvisioningResult;
import org.openrtd.configuration.ConfigurationMessage;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.ConfigurationValues;
import org.openrtd.configuration.HistoryEntry;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.DurableHistory;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.SqlSession;
import org.openrtd.sql.SqlTables;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link ConfigurationStore} in a SQL database. */
@Component(
        service = {ConfigurationStore.class, SqlConfigurationStore.class},
        immediate = true)
public final class SqlConfigurationStore implements ConfigurationStore, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SqlConfigurationStore.class);

    /** How many log entries one transaction reads. */
    private static final int PAGE = 200;

    private final CentralDatabase database;
    private final FeedSchema schema;
    private final Clock clock;
    private final String feedId;
    private final long epoch;
    private final SqlTables tables;
    private final ConfigurationHistory history;
    private final List<Consumer<CommittedTransaction>> listeners = new CopyOnWriteArrayList<>();

    // All below belong to whoever holds lock.
    private final Object lock = new Object();
    private SqlSession session;
    private final Supplier<ConfigurationDefaults> defaults;
    private volatile long recoveryKey;
    private boolean closed;

    @Activate
    public SqlConfigurationStore(
            @Reference(name = "database") CentralDatabase database,
            @Reference(name = "settings") CentralDatabaseSettings settings) {
        this(database, Catalog.feed(Catalog.CONFIG), settings::defaults, Clock.systemUTC());
    }

    SqlConfigurationStore(CentralDatabase database, FeedSchema schema, ConfigurationDefaults defaults, Clock clock) {
        this(database, schema, () -> defaults, clock);
    }

    /**
     * Begins a new epoch.
     *
     * @throws CentralDatabaseException when the database is not one that this program can use
     */
    SqlConfigurationStore(
            CentralDatabase database, FeedSchema schema, Supplier<ConfigurationDefaults> defaults, Clock clock) {
        this.database = database;
        this.schema = schema;
        this.defaults = defaults;
        this.clock = clock;
        this.tables = ConfigurationTables.in(database.dialect());
        this.history = new ConfigurationHistory(database, schema, tables, () -> recoveryKey);
        synchronized (lock) {
            try {
                session = new SqlSession(database.connect(), tables);
                this.feedId = identify();
                this.epoch = beginEpoch();
            } catch (SQLException e) {
                close();
                throw CentralDatabase.failed("open the configuration", e);
            }
        }
        LOG.info("Configuration {} is at recovery key {}, epoch {}", feedId, recoveryKey, epoch);
    }

    private String identify() throws SQLException {
        Connection connection = session.connection();
        String id;
        try (Statement statement = connection.createStatement()) {
            int version;
            try (ResultSet identity =
                    statement.executeQuery("SELECT FeedID, SchemaVersion, RecoveryKey FROM Config_Identity")) {
                boolean present = identity.next();
                id = present ? identity.getString(1) : UUID.randomUUID().toString();
                version = present ? identity.getInt(2) : 0;
                recoveryKey = present ? identity.getLong(3) : 0;
            }
            if (version > schema.version()) {
                throw new SQLException("its tables have version " + version + " of the catalog, and this program knows "
                        + schema.version()
                        + ": install the newer program, or restore the backup made before the upgrade");
            }
            tables.create(connection, schema.tables());
            if (version == 0) {
                statement.executeUpdate("INSERT INTO Config_Identity (OnlyRow, FeedID, SchemaVersion, RecoveryKey)"
                        + " VALUES (1, '" + id + "', " + schema.version() + ", 0)");
            } else if (version < schema.version()) {
                fillRecoveryKeys();
                statement.executeUpdate("UPDATE Config_Identity SET SchemaVersion = " + schema.version());
            }
        }
        connection.commit();
        return id;
    }

    /** Rows from before there was a recovery key in them get it from the log; where that does not reach, its beginning. */
    private void fillRecoveryKeys() throws SQLException {
        try (Statement statement = session.connection().createStatement();
                ResultSet log = statement.executeQuery(
                        "SELECT RecoveryKey, ConfigMessage FROM Config_Message_Log ORDER BY RecoveryKey")) {
            while (log.next()) {
                for (Change change : ConfigurationMessage.read(log.getBytes(2), schema)) {
                    fillRecoveryKey(session.find(change.table(), change.key()), log.getLong(1));
                }
            }
        }
        long beginning = session.number("SELECT MIN(PreviousKey) FROM Config_Message_Log");
        for (Table table : schema.tables()) {
            if (ConfigurationRules.of(table).recoveryKey() >= 0) {
                try (Statement statement = session.connection().createStatement()) {
                    statement.executeUpdate("UPDATE " + table.name() + " SET RecoveryKey = " + beginning
                            + " WHERE RecoveryKey IS NULL");
                }
            }
        }
    }

    private void fillRecoveryKey(Row row, long key) throws SQLException {
        int column = row == null ? -1 : ConfigurationRules.of(row.table()).recoveryKey();
        if (column >= 0 && (row.get(column) == null || (Long) row.get(column) < key)) {
            Object[] values = row.values();
            values[column] = key;
            session.update(row.table().row(values));
        }
    }

    private long beginEpoch() throws SQLException {
        FeedIdentity next =
                FeedIdentity.starting(feedId, session.number("SELECT MAX(Epoch) FROM Config_Epoch"), clock.millis());
        PreparedStatement insert = session.statement("INSERT INTO Config_Epoch (Epoch, FirstSequence) VALUES (?, ?)");
        insert.setLong(1, next.epoch());
        insert.setLong(2, recoveryKey);
        insert.executeUpdate();
        session.connection().commit();
        return next.epoch();
    }

    @Override
    public String feedId() {
        return feedId;
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public FeedSchema schema() {
        return schema;
    }

    @Override
    public long recoveryKey() {
        return recoveryKey;
    }

    @Override
    public ConfigurationResult commit(ConfigurationTransaction transaction) {
        return locked("commit configuration transaction " + transaction.id(), () -> {
            OptionalLong before = keyOf(transaction.id());
            if (before.isPresent()) {
                session.connection().rollback();
                return new ConfigurationResult.Committed(before.getAsLong());
            }
            ConfigurationCheck.Stamp stamp =
                    new ConfigurationCheck.Stamp(recoveryKey + 1, transaction.author(), clock.millis());
            ConfigurationCheck check = new ConfigurationCheck(schema, session, stamp);
            List<ConfigurationProblem> problems = check.write(transaction.changes());
            if (!problems.isEmpty()) {
                session.connection().rollback();
                return new ConfigurationResult.Refused(problems);
            }
            CommittedTransaction committed = new CommittedTransaction(
                    recoveryKey + 1,
                    recoveryKey,
                    transaction.id(),
                    transaction.author(),
                    Instant.ofEpochMilli(stamp.millis()),
                    check.written());
            log(committed);
            session.connection().commit();
            took(committed);
            return new ConfigurationResult.Committed(committed.recoveryKey());
        });
    }

    private OptionalLong keyOf(String transactionId) throws SQLException {
        PreparedStatement select =
                session.statement("SELECT RecoveryKey FROM Config_Message_Log WHERE TransactionID = ?");
        select.setString(1, transactionId);
        try (ResultSet result = select.executeQuery()) {
            return result.next() ? OptionalLong.of(result.getLong(1)) : OptionalLong.empty();
        }
    }

    /** The entry and the key, in the transaction of the rows: a crash can never separate the three. */
    private void log(CommittedTransaction committed) throws SQLException {
        List<String> tables = committed.changes().stream()
                .map(change -> change.table().name())
                .distinct()
                .toList();
        List<String> operations = committed.changes().stream()
                .map(SqlConfigurationStore::operation)
                .distinct()
                .toList();
        PreparedStatement insert = session.statement("INSERT INTO Config_Message_Log (RecoveryKey, PreviousKey,"
                + " TransactionID, Author, LogOperation, TableName, LoggedAt, ConfigMessage)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        insert.setLong(1, committed.recoveryKey());
        insert.setLong(2, committed.previousKey());
        insert.setString(3, committed.id());
        insert.setString(4, committed.author());
        insert.setString(5, operations.size() == 1 ? operations.get(0) : null);
        insert.setString(6, tables.size() == 1 ? tables.get(0) : null);
        insert.setLong(7, committed.time().toEpochMilli());
        insert.setBytes(8, ConfigurationMessage.write(committed.changes()));
        insert.executeUpdate();
        // Last, and only from the key that was read: this is what makes the keys dense and in commit order.
        PreparedStatement raise = session.statement("UPDATE Config_Identity SET RecoveryKey = ? WHERE RecoveryKey = ?");
        raise.setLong(1, committed.recoveryKey());
        raise.setLong(2, committed.previousKey());
        if (raise.executeUpdate() != 1) {
            throw new SQLException("the recovery key is not " + committed.previousKey()
                    + " any more: another program writes to this database; stop it");
        }
    }

    private static String operation(Change change) {
        if (change.row() == null || ConfigurationValues.isDeleted(change.row())) {
            return "Delete";
        }
        return ConfigurationRules.of(change.table()).changeStamp(change.row()) <= 1 ? "Add" : "Update";
    }

    private void took(CommittedTransaction committed) {
        recoveryKey = committed.recoveryKey();
        for (Consumer<CommittedTransaction> listener : listeners) {
            try {
                listener.accept(committed);
            } catch (RuntimeException e) {
                // The transaction has taken effect, and the editor must hear that whatever a listener does.
                LOG.error("A listener failed at recovery key {}", committed.recoveryKey(), e);
            }
        }
    }

    @Override
    public int allotIds(String table, int count) {
        Table of = schema.table(table);
        if (of.keyColumns() != 1 || of.columns().get(0).type() != ColumnType.INT || count < 1) {
            throw new IllegalArgumentException("Table " + table + " has no ids of its own to allot " + count + " of");
        }
        String column = of.columns().get(0).name();
        return locked("allot ids for " + table, () -> {
            long next = FIRST_ID;
            PreparedStatement select = session.statement("SELECT NextID FROM Config_Next_ID WHERE KeyColumn = ?");
            select.setString(1, column);
            boolean known;
            try (ResultSet result = select.executeQuery()) {
                known = result.next();
                next = known ? result.getLong(1) : next;
            }
            // An edit may have brought an id of its own.
            for (Table sharing : schema.tables()) {
                if (sharing.keyColumns() == 1 && sharing.columns().get(0).name().equalsIgnoreCase(column)) {
                    next = Math.max(next, 1 + session.number("SELECT MAX(" + column + ") FROM " + sharing.name()));
                }
            }
            PreparedStatement write = session.statement(
                    known
                            ? "UPDATE Config_Next_ID SET NextID = ? WHERE KeyColumn = ?"
                            : "INSERT INTO Config_Next_ID (NextID, KeyColumn) VALUES (?, ?)");
            write.setInt(1, Math.toIntExact(next + count));
            write.setString(2, column);
            write.executeUpdate();
            session.connection().commit();
            return Math.toIntExact(next);
        });
    }

    @Override
    public ProvisioningResult provision(Provisioning wanted) {
        return locked("provision gateway " + wanted.gateway(), () -> {
            AutomaticConfiguration automatic = new AutomaticConfiguration(this, session, defaults.get());
            List<Change> missing = automatic.missing(wanted);
            session.connection().commit();
            for (int done = 0; done < missing.size(); done += ConfigurationTransaction.MAX_CHANGES) {
                int end = Math.min(missing.size(), done + ConfigurationTransaction.MAX_CHANGES);
                ConfigurationResult result = commit(new ConfigurationTransaction(
                        "provision-" + UUID.randomUUID(), "gateway " + wanted.gateway(), missing.subList(done, end)));
                if (result instanceof ConfigurationResult.Refused refused) {
                    return new ProvisioningResult.Refused(refused.problems());
                }
            }
            if (!automatic.leftOut().isEmpty()) {
                return new ProvisioningResult.EnteredInPart(recoveryKey, automatic.leftOut());
            }
            return missing.isEmpty()
                    ? new ProvisioningResult.Unchanged(recoveryKey)
                    : new ProvisioningResult.Entered(recoveryKey);
        });
    }

    @Override
    public Configuration rows() {
        return locked("read the configuration", () -> {
            List<Row> rows = new ArrayList<>();
            for (Table table : schema.tables()) {
                session.forEach(table, rows::add);
            }
            session.connection().commit();
            return new Configuration(recoveryKey, rows);
        });
    }

    @Override
    public List<HistoryEntry> history(String table, List<Object> key, int limit) {
        throw new UnsupportedOperationException("history");
    }

    @Override
    public DurableHistory history() {
        return history;
    }

    @Override
    public List<CommittedTransaction> after(long key, int limit) {
        long last = recoveryKey;
        if (key < 0 || key > last) {
            throw new IllegalArgumentException(
                    "Recovery key " + key + " was never given by this configuration, which is at " + last);
        }
        List<CommittedTransaction> entries = history.transactions(key, Math.min(key + limit, last));
        if (entries.isEmpty() && key < last && limit > 0) {
            throw new IllegalArgumentException("The transaction after recovery key " + key + " has been pruned");
        }
        return entries;
    }

    @Override
    public AutoCloseable listen(long after, Consumer<CommittedTransaction> listener) {
        // Under the lock from the first look at the past to the entry in the list: nothing can be committed in between.
        synchronized (lock) {
            long at = after;
            do {
                for (CommittedTransaction transaction : after(at, PAGE)) {
                    listener.accept(transaction);
                    at = transaction.recoveryKey();
                }
            } while (at < recoveryKey);
            listeners.add(listener);
        }
        return () -> listeners.remove(listener);
    }

    private interface Work<T> {
        T run() throws SQLException;
    }

    private <T> T locked(String what, Work<T> work) {
        synchronized (lock) {
            boolean done = false;
            try {
                open();
                T result = work.run();
                done = true;
                return result;
            } catch (SQLException e) {
                throw CentralDatabase.failed(what, e);
            } finally {
                if (!done) {
                    // What became of the transaction only the database knows: the next call asks it.
                    abandon();
                }
            }
        }
    }

    private void open() throws SQLException {
        if (closed) {
            throw new SQLException("The configuration is closed");
        }
        if (session != null) {
            return;
        }
        session = new SqlSession(database.connect(), tables);
        long stored = session.number("SELECT RecoveryKey FROM Config_Identity");
        session.connection().commit();
        // A commit that seemed to fail may have taken effect; then its listeners have not heard of it yet.
        while (recoveryKey < stored) {
            List<CommittedTransaction> missed = history.transactions(recoveryKey, Math.min(recoveryKey + PAGE, stored));
            if (missed.isEmpty()) {
                throw new SQLException("the log entry after recovery key " + recoveryKey + " is gone");
            }
            missed.forEach(this::took);
        }
    }

    private void abandon() {
        if (session != null) {
            Connection connection = session.connection();
            session = null;
            CentralDatabase.close(connection);
        }
    }

    @Deactivate
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            abandon();
        }
        history.close();
    }
}
