package org.openrtd.centraldb.internal;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.EventLog;
import org.openrtd.configuration.ConfigurationMessage;
import org.openrtd.configuration.ConfigurationResult.Committed;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.feed.Change;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.Dialect;
import org.openrtd.sql.SqlSession;
import org.openrtd.sql.testing.TestDatabase;

/**
 * A process that appends events, writes checkpoints and commits configuration transactions, all at once, and acknowledges
 * on its standard output what is durable: {@link CrashTest} kills it. Goes on where the one before was killed.
 */
final class CrashingWriter {

    /** How it works: right, or wrong in a way that the test has to catch. */
    enum Kind {
        RIGHT,
        /** Acknowledges what it is about to commit. */
        ACKNOWLEDGES_BEFORE_COMMIT,
        /** Takes the recovery key from an identity column. */
        KEY_FROM_IDENTITY
    }

    static final String GATEWAY = "crash";
    static final long RUN = 42;

    /** Each transaction gives these call types one new name, so that half a transaction shows. */
    static final int ROWS = 5;

    static final Table CALL_TYPE = Catalog.table("Call_Type").table();

    private static final PrintStream ACKNOWLEDGEMENTS = System.out;

    private final Kind kind;
    private final Random random;
    private final DataSource database;
    private final SqlEventLog log;
    private final SqlConfigurationStore configuration;

    private CrashingWriter(String place, Kind kind, long seed) {
        this.kind = kind;
        this.random = new Random(seed);
        this.database = TestDatabase.at(place);
        CentralDatabase central = new CentralDatabase(database);
        this.log = new SqlEventLog(central, Duration.ZERO, Clock.systemUTC());
        FeedSchema schema = Catalog.feed(Catalog.CONFIG);
        this.configuration = new SqlConfigurationStore(central, schema, ConfigurationDefaults.USUAL, Clock.systemUTC());
    }

    /** Arguments: place of the database, kind, seed. */
    public static void main(String[] arguments) {
        CrashingWriter writer =
                new CrashingWriter(arguments[0], Kind.valueOf(arguments[1]), Long.parseLong(arguments[2]));
        endWithParent();
        new Thread(writer::append, "append").start();
        new Thread(() -> writer.commit(), "commit").start();
    }

    private void append() {
        // The next number is one after the mark: what was stored and not acknowledged counts as stored.
        long number = log.mark(GATEWAY, RUN).orElse(0);
        while (true) {
            int size = 1 + random.nextInt(40);
            List<EventLog.Entry> batch = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                batch.add(new EventLog.Entry(GATEWAY, RUN, number + 1 + i, payload(number + 1, size, i)));
            }
            if (kind == Kind.ACKNOWLEDGES_BEFORE_COMMIT) {
                acknowledge("event " + (number + size));
            }
            log.append(batch);
            number += size;
            if (kind != Kind.ACKNOWLEDGES_BEFORE_COMMIT) {
                acknowledge("event " + number);
            }
            if (random.nextInt(10) == 0) {
                long last = log.lastSequence();
                log.writeCheckpoint(last, 0, state(last));
            }
        }
    }

    /** Says of itself to which append it belongs, of how many entries, and at which place. */
    static byte[] payload(long first, int size, int index) {
        return (first + " " + size + " " + index).getBytes(StandardCharsets.UTF_8);
    }

    static byte[] state(long logSequence) {
        return ("state at " + logSequence).repeat(500).getBytes(StandardCharsets.UTF_8);
    }

    private void commit() {
        long number = configuration.recoveryKey();
        if (kind != Kind.KEY_FROM_IDENTITY && number > 0) {
            // The reply to this one may have been lost; to send it again is what an editor does.
            Committed again = (Committed) configuration.commit(transaction(number));
            acknowledge("key " + number + " " + again.recoveryKey());
        }
        while (true) {
            number++;
            if (kind == Kind.ACKNOWLEDGES_BEFORE_COMMIT) {
                acknowledge("key " + number + " " + number);
                configuration.commit(transaction(number));
            } else if (kind == Kind.KEY_FROM_IDENTITY) {
                number = commitWithKeyFromIdentity();
                acknowledge("key " + number + " " + number);
            } else {
                Committed committed = (Committed) configuration.commit(transaction(number));
                acknowledge("key " + number + " " + committed.recoveryKey());
            }
        }
    }

    static ConfigurationTransaction transaction(long number) {
        List<Change> changes = new ArrayList<>();
        for (int id = 1; id <= ROWS; id++) {
            Object[] values = new Object[CALL_TYPE.columns().size()];
            values[0] = id;
            values[CALL_TYPE.column("EnterpriseName")] = "Call type " + id;
            values[CALL_TYPE.column("Description")] = "transaction " + number;
            values[CALL_TYPE.column("Deleted")] = "N";
            changes.add(Change.put(CALL_TYPE.row(values)));
        }
        return new ConfigurationTransaction("transaction " + number, "crash", changes);
    }

    /** What the store does, but for the key. */
    private long commitWithKeyFromIdentity() {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            try (ResultSet tables = connection
                    .getMetaData()
                    .getTables(null, null, Dialect.of(connection).storedName("Twin_Key"), null)) {
                if (!tables.next()) {
                    statement.execute("CREATE TABLE Twin_Key (K BIGINT GENERATED ALWAYS AS IDENTITY, X INT)");
                }
            }
            statement.executeUpdate(
                    "INSERT INTO Twin_Key (X) VALUES (1)",
                    new String[] {Dialect.of(connection).storedName("K")});
            long key;
            try (ResultSet keys = statement.getGeneratedKeys()) {
                keys.next();
                key = keys.getLong(1);
            }
            long before;
            try (ResultSet last = statement.executeQuery("SELECT MAX(RecoveryKey) FROM Config_Message_Log")) {
                last.next();
                before = last.getLong(1);
            }
            SqlSession session = new SqlSession(connection, ConfigurationTables.in(Dialect.of(connection)));
            List<Change> changes = new ArrayList<>();
            for (Change change : transaction(key).changes()) {
                Object[] values = change.row().values();
                values[CALL_TYPE.column("ChangeStamp")] = 1;
                values[CALL_TYPE.column("RecoveryKey")] = key;
                Row row = CALL_TYPE.row(values);
                changes.add(Change.put(row));
                if (session.find(CALL_TYPE, row.key()) == null) {
                    session.insert(row);
                } else {
                    session.update(row);
                }
            }
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO Config_Message_Log (RecoveryKey,"
                            + " PreviousKey, TransactionID, Author, LoggedAt, ConfigMessage) VALUES (?, ?, ?, 'crash', 0, ?)")) {
                insert.setLong(1, key);
                insert.setLong(2, before);
                insert.setString(3, "transaction " + key);
                insert.setBytes(4, ConfigurationMessage.write(changes));
                insert.executeUpdate();
            }
            statement.executeUpdate("UPDATE Config_Identity SET RecoveryKey = " + key);
            connection.commit();
            return key;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void acknowledge(String what) {
        synchronized (ACKNOWLEDGEMENTS) {
            ACKNOWLEDGEMENTS.println(what + " .");
            ACKNOWLEDGEMENTS.flush();
        }
    }

    /** Nobody is left to kill this process when its parent is gone. */
    private static void endWithParent() {
        Thread watch = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // The parent says nothing; only the end of the stream counts.
                }
            } catch (IOException e) {
                // The parent is gone.
            }
            Runtime.getRuntime().halt(1);
        });
        watch.setDaemon(true);
        watch.start();
    }
}
