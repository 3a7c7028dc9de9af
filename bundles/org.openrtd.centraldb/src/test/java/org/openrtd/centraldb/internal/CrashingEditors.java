package org.openrtd.centraldb.internal;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import javax.sql.DataSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.EventLog;
import org.openrtd.configuration.ConfigurationResult.Committed;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.feed.Change;
import org.openrtd.feed.Table;
import org.openrtd.sql.testing.TestDatabase;

/**
 * A process in which several edit at once, in each of its databases, while the change log is pruned, until it crashes where
 * each database has come to a named point. It says on its standard output what was acknowledged:
 * {@link ConfigurationCrashTest} listens. Goes on where the one before crashed.
 */
final class CrashingEditors {

    /** How it works: right, or wrong in a way that the test has to catch. */
    enum Kind {
        RIGHT,
        /** Acknowledges what it is about to commit. */
        ACKNOWLEDGES_BEFORE_COMMIT,
        /** Commits the deletion of old entries before it keeps their ids. */
        PRUNES_BEFORE_IT_KEEPS_THE_IDS
    }

    static final int EDITORS = 4;

    /** Rows of an editor, which each of its transactions changes together. */
    static final int ROWS = 3;

    private static final PrintStream ACKNOWLEDGEMENTS = System.out;
    private static final Table CALL_TYPE = Catalog.table("Call_Type").table();

    private final int name;
    private final Kind kind;
    private final DataSource plain;
    private final SqlConfigurationStore store;
    private final SqlEventLog events;
    private final CentralEditor editor;

    /** @param name of the database, in what is said about it */
    private CrashingEditors(int name, Kind kind, DataSource plain, DataSource crashing) {
        this.name = name;
        this.kind = kind;
        this.plain = plain;
        this.store = new SqlConfigurationStore(
                new CentralDatabase(crashing),
                Catalog.feed(Catalog.CONFIG),
                ConfigurationDefaults.USUAL,
                Clock.systemUTC());
        this.events = new SqlEventLog(new CentralDatabase(plain), Duration.ZERO, Clock.systemUTC());
        this.editor = new CentralEditor(store);
    }

    /** Arguments: kind, and for each database its place, point, occurrence and seed. */
    public static void main(String[] arguments) throws Exception {
        endWithParent();
        Kind kind = Kind.valueOf(arguments[0]);
        List<CrashPoints.Point> points = new ArrayList<>();
        for (int i = 2; i < arguments.length; i += 4) {
            points.add(CrashPoints.Point.valueOf(arguments[i]));
        }
        CrashPoints.End end = new CrashPoints.End(points);
        for (int i = 0; i < points.size(); i++) {
            DataSource database = TestDatabase.at(arguments[1 + 4 * i]);
            int occurrence = Integer.parseInt(arguments[3 + 4 * i]);
            Random random = new Random(Long.parseLong(arguments[4 + 4 * i]));
            CrashPoints crashing = new CrashPoints(database, points.get(i), occurrence, random, end);
            new CrashingEditors(i, kind, database, crashing).start();
        }
    }

    private void start() throws SQLException {
        int[] committed = committed();
        for (int i = 1; i <= EDITORS; i++) {
            int number = i;
            new Thread(() -> edit(number, committed[number])).start();
        }
        new Thread(this::prune).start();
    }

    /** How far each editor had come. */
    private int[] committed() throws SQLException {
        int[] committed = new int[EDITORS + 1];
        try (Connection connection = plain.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT CallTypeID, ChangeStamp FROM Call_Type")) {
            while (rows.next()) {
                committed[rows.getInt(1) / 10] = rows.getInt(2);
            }
        }
        return committed;
    }

    private void edit(int number, int before) {
        try {
            int n = before;
            if (n > 0) {
                // The reply to this one may have been lost; to send it again is what an editor does.
                acknowledge(number, n, commit(number, n));
            }
            while (true) {
                n++;
                if (kind == Kind.ACKNOWLEDGES_BEFORE_COMMIT) {
                    acknowledge(number, n, 0);
                }
                long key = commit(number, n);
                if (kind != Kind.ACKNOWLEDGES_BEFORE_COMMIT) {
                    acknowledge(number, n, key);
                }
            }
        } catch (Exception e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(2);
        }
    }

    private long commit(int number, int n) throws InterruptedException, ExecutionException {
        List<Change> changes = new ArrayList<>();
        for (int row = 1; row <= ROWS; row++) {
            Object[] values = new Object[CALL_TYPE.columns().size()];
            values[0] = id(number, row);
            values[CALL_TYPE.column("EnterpriseName")] = "Call type " + id(number, row);
            values[CALL_TYPE.column("Description")] = number + "-" + n;
            values[CALL_TYPE.column("Deleted")] = "N";
            values[CALL_TYPE.column("ChangeStamp")] = n - 1;
            changes.add(Change.put(CALL_TYPE.row(values)));
        }
        ConfigurationTransaction transaction =
                new ConfigurationTransaction(number + "-" + n, "editor " + number, changes);
        return ((Committed) editor.commit(transaction).get()).recoveryKey();
    }

    static int id(int editor, int row) {
        return editor * 10 + row;
    }

    private void prune() {
        try {
            while (true) {
                events.append(List.of(EventLog.Entry.ofController(new byte[] {1})));
                events.writeCheckpoint(events.lastSequence(), store.recoveryKey(), new byte[] {1});
                if (kind == Kind.PRUNES_BEFORE_IT_KEEPS_THE_IDS) {
                    pruneWrongly();
                } else {
                    store.prune(Duration.ZERO, 0);
                }
            }
        } catch (RuntimeException | SQLException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(2);
        }
    }

    private void pruneWrongly() throws SQLException {
        try (Connection connection = plain.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            if (statement.executeUpdate("DELETE FROM Config_Message_Log WHERE RecoveryKey <="
                            + " (SELECT MIN(RecoveryKey) FROM Event_Checkpoint)")
                    > 3) {
                CrashPoints.End.now();
            }
        }
    }

    private void acknowledge(int editor, int n, long key) {
        synchronized (ACKNOWLEDGEMENTS) {
            ACKNOWLEDGEMENTS.println(name + " " + editor + " " + n + " " + key + " .");
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
