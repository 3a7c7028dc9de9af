package org.openrtd.centraldb.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
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
import org.openrtd.configuration.KnownTransaction;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.DurableHistory;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Position;
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

    /** How many transactions share one forced write at most. */
    private static final int GROUP = 100;

    private final CentralDatabase database;
    private final FeedSchema schema;
    private final Clock clock;
    private final String feedId;
    private final long epoch;
    private final EpochFile epochs;
    private final SqlTables tables;
    private final ConfigurationLog log;
    private final ConfigurationHistory history;
    private final List<Consumer<CommittedTransaction>> listeners = new CopyOnWriteArrayList<>();
    private final Queue<Pending> pending = new ConcurrentLinkedQueue<>();
    private final Rate commits = new Rate(System::nanoTime);

    // All below belong to whoever holds lock.
    private final Object lock = new Object();
    private SqlSession session;
    private final Supplier<ConfigurationDefaults> defaults;
    private volatile long recoveryKey;
    private volatile ConfigurationLog.Extent logged;
    private volatile long refused;
    private boolean closed;

    @Activate
    public SqlConfigurationStore(
            @Reference(name = "database") CentralDatabase database,
            @Reference(name = "settings") CentralDatabaseSettings settings) {
        this(database, Catalog.feed(Catalog.CONFIG), settings::defaults, Clock.systemUTC(), EpochFile.ofNode());
    }

    /** One that keeps no epoch beside the database. */
    SqlConfigurationStore(CentralDatabase database, FeedSchema schema, ConfigurationDefaults defaults, Clock clock) {
        this(database, schema, () -> defaults, clock, EpochFile.NONE);
    }

    /**
     * Begins a new epoch.
     *
     * @throws CentralDatabaseException when the database is not one that this program can use
     */
    SqlConfigurationStore(
            CentralDatabase database,
            FeedSchema schema,
            Supplier<ConfigurationDefaults> defaults,
            Clock clock,
            EpochFile epochs) {
        this.database = database;
        this.epochs = epochs;
        this.schema = schema;
        this.defaults = defaults;
        this.clock = clock;
        this.tables = ConfigurationTables.in(database.dialect());
        this.log = new ConfigurationLog(schema);
        this.history = new ConfigurationHistory(database, log, tables, () -> recoveryKey);
        synchronized (lock) {
            try {
                session = new SqlSession(database.connect(), tables);
                this.feedId = identify();
                this.epoch = beginEpoch();
                this.logged = log.extent(session);
                session.connection().commit();
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
        try (Statement statement = session.connection().createStatement()) {
            statement.setFetchSize(ConfigurationLog.FETCHED);
            try (ResultSet log = statement.executeQuery(
                    "SELECT RecoveryKey, ConfigMessage FROM Config_Message_Log ORDER BY RecoveryKey")) {
                while (log.next()) {
                    for (Change change : ConfigurationMessage.read(log.getBytes(2), schema)) {
                        fillRecoveryKey(session.find(change.table(), change.key()), log.getLong(1));
                    }
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
        long next = epochs.begin(session.number("SELECT MAX(Epoch) FROM Config_Epoch"), clock.millis());
        PreparedStatement insert = session.statement("INSERT INTO Config_Epoch (Epoch, FirstSequence) VALUES (?, ?)");
        insert.setLong(1, next);
        insert.setLong(2, recoveryKey);
        insert.executeUpdate();
        session.connection().commit();
        return next;
    }

    @Override
    public long beginEpoch(long last, long utcMillis) {
        return epochs.begin(Math.max(last, epoch), utcMillis);
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

    /** A transaction that waits for its turn, or had it. Belongs to whoever holds the lock, once it was handed over. */
    private static final class Pending {
        private final ConfigurationTransaction transaction;
        private final long characters;
        private ConfigurationResult result;
        private RuntimeException failure;

        Pending(ConfigurationTransaction transaction) {
            this.transaction = transaction;
            this.characters = characters(transaction);
        }

        boolean isDone() {
            return result != null || failure != null;
        }
    }

    /**
     * What became of a transaction.
     *
     * @param failure why nobody knows; {@code null} when there is a result
     */
    record Outcome(ConfigurationResult result, RuntimeException failure) {}

    /** How much text a transaction holds, which is nearly all that can make it large. */
    static long characters(ConfigurationTransaction transaction) {
        long characters = 0;
        for (Change change : transaction.changes()) {
            characters += change.row() == null ? characters(change.key()) : characters(change.row());
        }
        return characters;
    }

    static long characters(Row row) {
        return characters(Arrays.asList(row.values()));
    }

    private static long characters(List<Object> values) {
        long characters = 0;
        for (Object value : values) {
            characters += value instanceof String text ? text.length() : 8;
        }
        return characters;
    }

    @Override
    public ConfigurationResult commit(ConfigurationTransaction transaction) {
        Outcome outcome = commitAll(List.of(transaction)).get(0);
        if (outcome.failure() != null) {
            throw outcome.failure();
        }
        return outcome.result();
    }

    /**
     * Checks and commits transactions, each by itself and each with a recovery key of its own. Those that wait at the same
     * time, whoever handed them in, share one forced write where they can.
     */
    List<Outcome> commitAll(List<ConfigurationTransaction> transactions) {
        List<Pending> mine = transactions.stream().map(Pending::new).toList();
        pending.addAll(mine);
        synchronized (lock) {
            // Whoever held the lock before may have committed some or all of them.
            while (mine.stream().anyMatch(waiting -> !waiting.isDone())) {
                List<Pending> group = nextGroup();
                if (group.isEmpty()) {
                    mine.stream()
                            .filter(waiting -> !waiting.isDone())
                            .forEach(lost -> lost.failure =
                                    new CentralDatabaseException("Whoever committed it did not come to an end", null));
                }
                commitGroup(group);
            }
            return mine.stream()
                    .map(done -> new Outcome(done.result, done.failure))
                    .toList();
        }
    }

    private List<Pending> nextGroup() {
        List<Pending> group = new ArrayList<>();
        int changes = 0;
        long characters = 0;
        for (Pending next = pending.peek(); next != null; next = pending.peek()) {
            changes += next.transaction.changes().size();
            characters += next.characters;
            boolean fits = group.size() < GROUP
                    && changes <= ConfigurationTransaction.MAX_CHANGES
                    && characters <= ConfigurationTransaction.MAX_BYTES;
            if (!group.isEmpty() && !fits) {
                break;
            }
            group.add(pending.remove());
        }
        return group;
    }

    private void commitGroup(List<Pending> group) {
        RuntimeException failure = group.isEmpty() ? null : tried(group);
        if (failure != null && group.size() == 1) {
            group.get(0).failure = failure;
        } else if (failure != null) {
            // One of them may be what the database cannot take, or the commit itself failed. Each alone then: what took
            // effect
            // all the same is recognised. Two failures in a row are the database's, and not tried any further.
            int inARow = 0;
            for (Pending alone : group) {
                failure = inARow < 2 ? tried(List.of(alone)) : failure;
                alone.failure = failure;
                inARow = failure == null ? 0 : inARow + 1;
            }
        }
    }

    private RuntimeException tried(List<Pending> group) {
        try {
            String what = group.size() == 1
                    ? "configuration transaction " + group.get(0).transaction.id()
                    : group.size() + " configuration transactions";
            List<ConfigurationResult> results = locked("commit " + what, () -> commitTogether(group));
            for (int i = 0; i < results.size(); i++) {
                group.get(i).result = results.get(i);
            }
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    /** In one database transaction. Nothing of this may be told before its end: what one was refused for may be another. */
    private List<ConfigurationResult> commitTogether(List<Pending> group) throws SQLException {
        Connection connection = session.connection();
        List<ConfigurationResult> results = new ArrayList<>();
        List<CommittedTransaction> committed = new ArrayList<>();
        long bytes = 0;
        for (Pending next : group) {
            Savepoint before = group.size() > 1 ? connection.setSavepoint() : null;
            Optional<ConfigurationLog.Known> known = log.find(session, next.transaction.id());
            if (known.isPresent()) {
                results.add(again(next.transaction, known.get()));
            } else {
                long key = recoveryKey + committed.size();
                List<ConfigurationProblem> problems = new ArrayList<>();
                bytes += write(next.transaction, key, committed, problems);
                if (problems.isEmpty()) {
                    results.add(new ConfigurationResult.Committed(key + 1));
                } else {
                    results.add(new ConfigurationResult.Refused(problems));
                    if (before == null) {
                        connection.rollback();
                    } else {
                        connection.rollback(before);
                    }
                }
            }
            if (before != null) {
                connection.releaseSavepoint(before);
            }
        }
        if (!committed.isEmpty()) {
            raise(recoveryKey, recoveryKey + committed.size());
        }
        connection.commit();
        if (!committed.isEmpty()) {
            ConfigurationLog.Extent was = logged;
            logged = new ConfigurationLog.Extent(
                    was.entries() == 0 ? committed.get(0).recoveryKey() : was.firstKey(),
                    was.entries() + committed.size(),
                    was.bytes() + bytes);
            committed.forEach(this::took);
        }
        refused += results.stream()
                .filter(ConfigurationResult.Refused.class::isInstance)
                .count();
        return results;
    }

    /** What became of a transaction whose id is known: the first result, if it is the same one. */
    private static ConfigurationResult again(ConfigurationTransaction transaction, ConfigurationLog.Known known) {
        if (known.isSame(transaction.changes(), author(transaction))) {
            return new ConfigurationResult.Committed(known.recoveryKey());
        }
        Change first = transaction.changes().get(0);
        CommittedTransaction entry = known.entry();
        return new ConfigurationResult.Refused(List.of(new ConfigurationProblem(
                ConfigurationProblem.Kind.TRANSACTION_ID,
                first.table().name(),
                first.key(),
                null,
                "the id " + transaction.id() + " was another transaction's, committed under recovery key "
                        + known.recoveryKey()
                        + (known.author() == null ? "" : " by " + known.author())
                        + (entry == null ? "" : " at " + entry.time().truncatedTo(ChronoUnit.SECONDS))
                        + ": give this one an id of its own")));
    }

    /** No reason to refuse an edit, but nothing that a database, or a terminal, should get. */
    private static String author(ConfigurationTransaction transaction) {
        return ConfigurationValues.isLine(transaction.author())
                ? transaction.author()
                : transaction.author().replaceAll("[\\p{Cc}\\p{Cs}]", "?");
    }

    /** What became of a transaction, as far as that is remembered. */
    Optional<KnownTransaction> find(String transactionId, boolean withChanges) {
        // Over a connection of its own: a large entry may take longer than an edit, or the feed, should wait.
        try (SqlSession reading = new SqlSession(database.connect(), tables)) {
            ConfigurationLog.Known known = log.find(reading, transactionId).orElse(null);
            if (known == null) {
                return Optional.empty();
            }
            long committedIn =
                    reading.number("SELECT MAX(Epoch) FROM Config_Epoch WHERE FirstSequence < " + known.recoveryKey());
            reading.connection().commit();
            CommittedTransaction entry = known.entry();
            return Optional.of(new KnownTransaction(
                    new Position(committedIn, known.recoveryKey()),
                    known.author() == null ? "" : known.author(),
                    entry == null ? null : entry.time(),
                    entry == null || !withChanges ? List.of() : entry.changes()));
        } catch (SQLException e) {
            throw CentralDatabase.failed("find configuration transaction " + transactionId, e);
        }
    }

    /** Writes a transaction's rows and its entry, or finds problems. Answers the entry's bytes. */
    private int write(
            ConfigurationTransaction transaction,
            long keyBefore,
            List<CommittedTransaction> committed,
            List<ConfigurationProblem> problems)
            throws SQLException {
        String author = author(transaction);
        ConfigurationCheck.Stamp stamp = new ConfigurationCheck.Stamp(keyBefore + 1, author, clock.millis());
        ConfigurationCheck check = new ConfigurationCheck(schema, session, log, stamp);
        problems.addAll(check.write(transaction.changes()));
        if (!problems.isEmpty()) {
            return 0;
        }
        byte[] message = ConfigurationMessage.write(check.written());
        if (message.length > ConfigurationTransaction.MAX_BYTES) {
            Change first = check.written().get(0);
            problems.add(new ConfigurationProblem(
                    ConfigurationProblem.Kind.VALUE,
                    first.table().name(),
                    first.key(),
                    null,
                    "the transaction has " + message.length + " bytes; at most " + ConfigurationTransaction.MAX_BYTES
                            + " are allowed: split it"));
            return 0;
        }
        CommittedTransaction entry = new CommittedTransaction(
                keyBefore + 1,
                keyBefore,
                transaction.id(),
                author,
                Instant.ofEpochMilli(stamp.millis()),
                check.written());
        int bytes = log.write(session, entry, message, ConfigurationMessage.write(check.before()));
        committed.add(entry);
        return bytes;
    }

    /** Last, and only from the key that was read: this is what makes the keys dense and in commit order. */
    private void raise(long from, long to) throws SQLException {
        PreparedStatement raise = session.statement("UPDATE Config_Identity SET RecoveryKey = ? WHERE RecoveryKey = ?");
        raise.setLong(1, to);
        raise.setLong(2, from);
        if (raise.executeUpdate() != 1) {
            throw new SQLException(
                    "the recovery key is not " + from + " any more: another program writes to this database; stop it");
        }
    }

    /**
     * Deletes from the change log what is older, and the oldest by which it is larger; never what a start of the centre may
     * need. In short transactions, between which edits take their turns.
     *
     * @return how many entries were deleted
     */
    long prune(Duration olderThan, long largerThanBytes) {
        long pruned = 0;
        ConfigurationLog.Extent page;
        do {
            page = locked("prune the change log of the configuration", () -> {
                ConfigurationLog.Extent before = logged;
                ConfigurationLog.Extent gone = log.prune(
                        session,
                        recoveryKey,
                        clock.millis() - olderThan.toMillis(),
                        before.bytes() - largerThanBytes,
                        PAGE);
                session.connection().commit();
                if (gone.entries() > 0) {
                    logged = new ConfigurationLog.Extent(
                            gone.firstKey() + gone.entries(),
                            before.entries() - gone.entries(),
                            before.bytes() - gone.bytes());
                }
                return gone;
            });
            pruned += page.entries();
        } while (page.entries() > 0);
        return pruned;
    }

    /** What the change log holds. */
    ConfigurationLog.Extent logged() {
        return logged;
    }

    double committedPerSecond() {
        return commits.perSecond();
    }

    /** Transactions that were refused since the start. */
    long refused() {
        return refused;
    }

    private void took(CommittedTransaction committed) {
        recoveryKey = committed.recoveryKey();
        commits.add(1);
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
        Table of = schema.table(table);
        List<ConfigurationProblem> wrong = ConfigurationValues.problems(Change.delete(of, key));
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(wrong.get(0).toString());
        }
        // Over a connection of its own: this may take longer than an edit, or the feed, should wait.
        try (SqlSession reading = new SqlSession(database.connect(), tables)) {
            int[] left = {limit};
            List<ConfigurationLog.RowChange> changes =
                    log.changes(reading, of, key, reading.find(of, key), change -> --left[0] > 0);
            reading.connection().commit();
            return changes.stream()
                    .limit(Math.max(0, limit))
                    .map(ConfigurationLog::historyEntry)
                    .toList();
        } catch (SQLException e) {
            throw CentralDatabase.failed("read the history of " + table + key, e);
        }
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
        logged = log.extent(session);
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
