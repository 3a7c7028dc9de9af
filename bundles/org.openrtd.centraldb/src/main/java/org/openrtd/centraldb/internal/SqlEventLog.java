package org.openrtd.centraldb.internal;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.openrtd.centraldb.CentralDatabaseException;
import org.openrtd.centraldb.EventLog;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An {@link EventLog} in a SQL database: a row per block of entries. */
@Component(
        service = {EventLog.class, SqlEventLog.class},
        immediate = true)
public final class SqlEventLog implements EventLog, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SqlEventLog.class);

    /** How many blocks one transaction reads, or deletes: a page is never more than about 1 MiB or one large append. */
    private static final int PAGE = 16;

    private static final int PRUNE_PAGE = 256;

    private final CentralDatabase database;
    private final Supplier<Duration> retention;
    private final Clock clock;
    private final Rate rate = new Rate(System::nanoTime);

    // All below belong to whoever holds appendLock.
    private final Object appendLock = new Object();
    private final LogBlock block = new LogBlock();
    private final Map<Run, Long> numbers = new HashMap<>();
    private final Map<String, Mark> latest = new HashMap<>();
    private Connection connection;
    private PreparedStatement insertBlock;
    private PreparedStatement updateMark;
    private PreparedStatement insertMark;
    private boolean closed;
    private volatile long last;

    private final Object checkpointLock = new Object();
    private volatile CheckpointFacts lastCheckpoint;

    private record Run(String gateway, long run) {}

    /** What is known of a stored checkpoint without its state. */
    record CheckpointFacts(long logSequence, Instant writtenAt, long bytes) {}

    @Activate
    public SqlEventLog(
            @Reference(name = "database") CentralDatabase database,
            @Reference(name = "settings") CentralDatabaseSettings settings) {
        this(database, settings::eventLogRetention, Clock.systemUTC());
    }

    SqlEventLog(CentralDatabase database, Duration retention, Clock clock) {
        this(database, () -> retention, clock);
    }

    /**
     * @param retention how long an entry is kept at least, whether or not a checkpoint needs it
     * @throws CentralDatabaseException when the log cannot be read
     */
    SqlEventLog(CentralDatabase database, Supplier<Duration> retention, Clock clock) {
        this.database = database;
        this.retention = retention;
        this.clock = clock;
        synchronized (appendLock) {
            try {
                open();
            } catch (SQLException e) {
                throw CentralDatabase.failed("read the event log", e);
            }
        }
    }

    @Override
    public List<Logged> append(List<Entry> entries) {
        checkBounds(entries);
        synchronized (appendLock) {
            boolean done = false;
            try {
                open();
                Map<Run, Long> reached = new LinkedHashMap<>();
                List<Logged> stored = accept(entries, reached);
                if (!stored.isEmpty()) {
                    write(stored, reached);
                    connection.commit();
                    remember(stored, reached);
                }
                done = true;
                return stored;
            } catch (IllegalArgumentException e) {
                done = true;
                throw e;
            } catch (SQLException e) {
                throw CentralDatabase.failed("append " + entries.size() + " entries to the event log", e);
            } finally {
                if (!done) {
                    // Whether it was committed only the database knows: the next append asks it.
                    abandon();
                }
            }
        }
    }

    private static void checkBounds(List<Entry> entries) {
        long bytes = 0;
        for (Entry entry : entries) {
            bytes += entry.payload().length;
        }
        if (entries.size() > MAX_ENTRIES || bytes > MAX_BYTES) {
            throw new IllegalArgumentException("An append of " + entries.size() + " entries with " + bytes
                    + " bytes is too large; at most " + MAX_ENTRIES + " entries and " + MAX_BYTES + " bytes");
        }
    }

    /** What has to be stored, at its place; {@code reached} becomes the new marks. */
    private List<Logged> accept(List<Entry> entries, Map<Run, Long> reached) {
        List<Logged> accepted = new ArrayList<>(entries.size());
        long next = last + 1;
        for (Entry entry : entries) {
            if (!entry.gateway().isEmpty()) {
                Run run = new Run(entry.gateway(), entry.run());
                Long known = reached.get(run);
                if (known == null) {
                    known = numbers.getOrDefault(run, 0L);
                }
                if (entry.number() <= known) {
                    continue;
                }
                if (entry.number() != known + 1) {
                    throw new IllegalArgumentException("Event " + entry.number() + " of gateway " + entry.gateway()
                            + ", run " + entry.run() + ", does not follow event " + known);
                }
                reached.put(run, entry.number());
            }
            accepted.add(new Logged(next++, entry));
        }
        return accepted;
    }

    private void write(List<Logged> entries, Map<Run, Long> reached) throws SQLException {
        long now = clock.millis();
        block.clear();
        long first = entries.get(0).sequence();
        for (Logged logged : entries) {
            block.add(logged.entry());
            if (block.full()) {
                first = writeBlock(first, now);
            }
        }
        if (block.entries() > 0) {
            first = writeBlock(first, now);
        }
        // Same transaction as the events: a crash can never separate a mark from what it stands for.
        for (Map.Entry<Run, Long> mark : reached.entrySet()) {
            PreparedStatement statement = numbers.containsKey(mark.getKey()) ? updateMark : insertMark;
            statement.setLong(1, mark.getValue());
            statement.setLong(2, first - 1);
            statement.setString(3, mark.getKey().gateway());
            statement.setLong(4, mark.getKey().run());
            if (statement.executeUpdate() != 1) {
                throw new SQLException("The mark of gateway " + mark.getKey().gateway() + ", run "
                        + mark.getKey().run() + ", is gone from Event_Mark");
            }
        }
    }

    private long writeBlock(long first, long now) throws SQLException {
        insertBlock.setLong(1, first);
        insertBlock.setInt(2, block.entries());
        insertBlock.setLong(3, now);
        insertBlock.setBytes(4, block.toBytes());
        insertBlock.executeUpdate();
        long next = first + block.entries();
        block.clear();
        return next;
    }

    private void remember(List<Logged> stored, Map<Run, Long> reached) {
        numbers.putAll(reached);
        for (Logged logged : stored) {
            Entry entry = logged.entry();
            if (!entry.gateway().isEmpty()) {
                latest.put(entry.gateway(), new Mark(entry.run(), entry.number()));
            }
        }
        last = stored.get(stored.size() - 1).sequence();
        rate.add(stored.size());
    }

    private void open() throws SQLException {
        if (closed) {
            throw new SQLException("The event log is closed");
        }
        if (connection != null) {
            return;
        }
        Connection opened = database.connect();
        try (Statement statement = opened.createStatement()) {
            numbers.clear();
            latest.clear();
            // A run that has fallen behind another one keeps its mark; the last one written is the gateway's.
            try (ResultSet marks = statement.executeQuery(
                    "SELECT Gateway, Run, EventNumber FROM Event_Mark ORDER BY Gateway, LogSequence")) {
                while (marks.next()) {
                    numbers.put(new Run(marks.getString(1), marks.getLong(2)), marks.getLong(3));
                    latest.put(marks.getString(1), new Mark(marks.getLong(2), marks.getLong(3)));
                }
            }
            last = lastStored(statement);
            insertBlock = opened.prepareStatement(
                    "INSERT INTO Event_Log (FirstSequence, Entries, LoggedAt, Block) VALUES (?, ?, ?, ?)");
            updateMark = opened.prepareStatement(
                    "UPDATE Event_Mark SET EventNumber = ?, LogSequence = ? WHERE Gateway = ? AND Run = ?");
            insertMark = opened.prepareStatement(
                    "INSERT INTO Event_Mark (EventNumber, LogSequence, Gateway, Run) VALUES (?, ?, ?, ?)");
            opened.commit();
            connection = opened;
        } finally {
            if (connection == null) {
                CentralDatabase.close(opened);
            }
        }
    }

    private static long lastStored(Statement statement) throws SQLException {
        long first;
        try (ResultSet result = statement.executeQuery("SELECT MAX(FirstSequence) FROM Event_Log")) {
            result.next();
            first = result.getLong(1);
        }
        if (first == 0) {
            return 0;
        }
        try (ResultSet result =
                statement.executeQuery("SELECT Entries FROM Event_Log WHERE FirstSequence = " + first)) {
            result.next();
            return first + result.getInt(1) - 1;
        }
    }

    private void abandon() {
        Connection given = connection;
        connection = null;
        CentralDatabase.close(given);
    }

    @Override
    public long lastSequence() {
        return last;
    }

    @Override
    public long read(long after, Consumer<Logged> to) {
        long end = last;
        if (after >= end) {
            return after;
        }
        Connection reading = null;
        try {
            reading = database.connect();
            long next = firstOfBlockWith(reading, after + 1);
            long done = after;
            while (done < end) {
                List<Logged> page = page(reading, next, end);
                for (Logged logged : page) {
                    if (logged.sequence() > after && logged.sequence() <= end) {
                        to.accept(logged);
                    }
                }
                done = page.get(page.size() - 1).sequence();
                next = done + 1;
            }
            return end;
        } catch (SQLException e) {
            throw CentralDatabase.failed("read the event log after " + after, e);
        } finally {
            CentralDatabase.close(reading);
        }
    }

    private static long firstOfBlockWith(Connection reading, long sequence) throws SQLException {
        // The lower bound spares the database a walk over the whole index.
        try (PreparedStatement statement = reading.prepareStatement(
                "SELECT MAX(FirstSequence) FROM Event_Log WHERE FirstSequence <= ? AND FirstSequence > ?")) {
            statement.setLong(1, sequence);
            statement.setLong(2, sequence - MAX_ENTRIES);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                long first = result.getLong(1);
                if (!result.wasNull()) {
                    return first;
                }
            }
        }
        try (Statement statement = reading.createStatement();
                ResultSet result = statement.executeQuery("SELECT MIN(FirstSequence) FROM Event_Log")) {
            result.next();
            throw new IllegalArgumentException("The event log begins at " + result.getLong(1) + "; entry " + sequence
                    + " has been pruned. Without a checkpoint the statistics cannot be made from it: restore a backup of"
                    + " the central database, or begin with an empty one");
        }
    }

    /** The entries of the next blocks, the first of which begins with {@code first}; never empty. */
    private static List<Logged> page(Connection reading, long first, long end) throws SQLException {
        List<Logged> page = new ArrayList<>();
        try (PreparedStatement statement =
                reading.prepareStatement("SELECT FirstSequence, Entries, Block FROM Event_Log"
                        + " WHERE FirstSequence >= ? AND FirstSequence <= ? ORDER BY FirstSequence FETCH FIRST " + PAGE
                        + " ROWS ONLY")) {
            statement.setLong(1, first);
            statement.setLong(2, end);
            try (ResultSet result = statement.executeQuery()) {
                long next = first;
                while (result.next()) {
                    long begins = result.getLong(1);
                    if (begins != next) {
                        throw damaged("entry " + next + " is missing before the block at " + begins);
                    }
                    List<Entry> entries;
                    try {
                        entries = LogBlock.read(result.getBytes(3));
                    } catch (IllegalArgumentException e) {
                        throw damaged("the block at " + begins + " " + e.getMessage());
                    }
                    if (entries.size() != result.getInt(2)) {
                        throw damaged("the block at " + begins + " has " + entries.size() + " entries and not "
                                + result.getInt(2));
                    }
                    for (Entry entry : entries) {
                        page.add(new Logged(next++, entry));
                    }
                }
            }
        }
        reading.commit();
        if (page.isEmpty()) {
            throw damaged("entry " + first + " is missing");
        }
        return page;
    }

    private static CentralDatabaseException damaged(String how) {
        return new CentralDatabaseException(
                "The event log is damaged: " + how + ". Restore a backup of the central database", null);
    }

    @Override
    public Map<String, Mark> marks() {
        synchronized (appendLock) {
            return Map.copyOf(latest);
        }
    }

    @Override
    public OptionalLong mark(String gateway, long run) {
        synchronized (appendLock) {
            Long number = numbers.get(new Run(gateway, run));
            return number == null ? OptionalLong.empty() : OptionalLong.of(number);
        }
    }

    @Override
    public void writeCheckpoint(long logSequence, long recoveryKey, byte[] state) {
        if (logSequence < 0 || logSequence > last) {
            throw new IllegalArgumentException(
                    "A checkpoint at " + logSequence + " is not of this event log, which ends at " + last);
        }
        synchronized (checkpointLock) {
            Connection writing = null;
            try {
                writing = database.connect();
                long older = storeCheckpoint(writing, logSequence, recoveryKey, state);
                lastCheckpoint = new CheckpointFacts(logSequence, clock.instant(), state.length);
                prune(writing, older);
            } catch (SQLException e) {
                throw CentralDatabase.failed("write a checkpoint at log sequence " + logSequence, e);
            } finally {
                CentralDatabase.close(writing);
            }
        }
    }

    /** Returns the log sequence of the checkpoint before; 0 when there is none. */
    private long storeCheckpoint(Connection writing, long logSequence, long recoveryKey, byte[] state)
            throws SQLException {
        long number = 0;
        long before = 0;
        try (Statement statement = writing.createStatement();
                ResultSet result = statement.executeQuery(
                        "SELECT CheckpointNumber, LogSequence FROM Event_Checkpoint ORDER BY CheckpointNumber")) {
            while (result.next()) {
                number = result.getLong(1);
                before = result.getLong(2);
            }
        }
        if (before > logSequence) {
            throw new IllegalArgumentException(
                    "A checkpoint at " + logSequence + " is older than the last one, at " + before);
        }
        try (PreparedStatement insert = writing.prepareStatement(
                        "INSERT INTO Event_Checkpoint"
                                + " (CheckpointNumber, LogSequence, WrittenAt, Checksum, State, RecoveryKey) VALUES (?, ?, ?, ?, ?, ?)");
                PreparedStatement delete =
                        writing.prepareStatement("DELETE FROM Event_Checkpoint WHERE CheckpointNumber < ?")) {
            insert.setLong(1, number + 1);
            insert.setLong(2, logSequence);
            insert.setLong(3, clock.millis());
            insert.setLong(4, checksum(logSequence, state));
            insert.setBytes(5, state);
            insert.setLong(6, recoveryKey);
            insert.executeUpdate();
            delete.setLong(1, number);
            delete.executeUpdate();
        }
        writing.commit();
        return before;
    }

    /** Deletes whole blocks that lie below {@code sequence} and are older than the retention, in short transactions. */
    private void prune(Connection writing, long sequence) throws SQLException {
        long before = clock.millis() - retention.get().toMillis();
        long pruned = 0;
        boolean more = true;
        while (more) {
            long upTo = 0;
            int found = 0;
            try (Statement statement = writing.createStatement();
                    ResultSet result = statement.executeQuery("SELECT FirstSequence, Entries, LoggedAt FROM Event_Log"
                            + " ORDER BY FirstSequence FETCH FIRST " + PRUNE_PAGE + " ROWS ONLY")) {
                while (result.next()) {
                    long lastOfBlock = result.getLong(1) + result.getInt(2) - 1;
                    // The last block stays, whatever its age: it is what says how far the log has come.
                    if (lastOfBlock > sequence || result.getLong(3) >= before || lastOfBlock >= last) {
                        break;
                    }
                    upTo = result.getLong(1);
                    found++;
                }
            }
            if (found > 0) {
                try (PreparedStatement delete =
                        writing.prepareStatement("DELETE FROM Event_Log WHERE FirstSequence <= ?")) {
                    delete.setLong(1, upTo);
                    pruned += delete.executeUpdate();
                }
            }
            writing.commit();
            more = found == PRUNE_PAGE;
        }
        if (pruned > 0) {
            LOG.debug("Pruned {} blocks of the event log", pruned);
        }
    }

    @Override
    public Optional<Checkpoint> latestCheckpoint() {
        synchronized (checkpointLock) {
            Connection reading = null;
            try {
                reading = database.connect();
                while (true) {
                    long number;
                    try (Statement statement = reading.createStatement();
                            ResultSet result = statement.executeQuery(
                                    "SELECT CheckpointNumber, LogSequence, WrittenAt, Checksum, State FROM Event_Checkpoint"
                                            + " WHERE CheckpointNumber ="
                                            + " (SELECT MAX(CheckpointNumber) FROM Event_Checkpoint)")) {
                        if (!result.next()) {
                            reading.commit();
                            return Optional.empty();
                        }
                        number = result.getLong(1);
                        long sequence = result.getLong(2);
                        long writtenAt = result.getLong(3);
                        long checksum = result.getLong(4);
                        byte[] state = result.getBytes(5);
                        if (checksum == checksum(sequence, state) && sequence <= last) {
                            lastCheckpoint =
                                    new CheckpointFacts(sequence, Instant.ofEpochMilli(writtenAt), state.length);
                            return Optional.of(new Checkpoint(sequence, state));
                        }
                        LOG.warn(
                                "Checkpoint {} at log sequence {} is not as it was written; falling back to the one before",
                                number,
                                sequence);
                    }
                    // It must go: the next checkpoint keeps only the one before it, and that has to be a whole one.
                    try (PreparedStatement delete =
                            reading.prepareStatement("DELETE FROM Event_Checkpoint WHERE CheckpointNumber = ?")) {
                        delete.setLong(1, number);
                        delete.executeUpdate();
                    }
                    reading.commit();
                }
            } catch (SQLException e) {
                throw CentralDatabase.failed("read the latest checkpoint", e);
            } finally {
                CentralDatabase.close(reading);
            }
        }
    }

    private static long checksum(long sequence, byte[] state) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, sequence));
        crc.update(state);
        return crc.getValue();
    }

    double appendedPerSecond() {
        return rate.perSecond();
    }

    /** The last checkpoint written or read since the start. */
    Optional<CheckpointFacts> lastCheckpoint() {
        return Optional.ofNullable(lastCheckpoint);
    }

    @Deactivate
    @Override
    public void close() {
        synchronized (appendLock) {
            closed = true;
            abandon();
        }
    }
}
