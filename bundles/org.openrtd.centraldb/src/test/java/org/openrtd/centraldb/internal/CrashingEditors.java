package org.openrtd.centraldb.internal;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
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
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.testing.TestDatabase;

/**
 * A process in which several edit at once while the change log is pruned, until it crashes at a named point. It says on its
 * standard output what was acknowledged: {@link ConfigurationCrashTest} listens. Goes on where the one before crashed.
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

    private final Kind kind;
    private final DataSource plain;
    private final SqlConfigurationStore store;
    private final SqlEventLog events;
    private final CentralEditor editor;

    private CrashingEditors(String place, Kind kind, CrashPoints.Point point, int occurrence, long seed) {
        this.kind = kind;
        this.plain = TestDatabase.at(place);
        CentralDatabase central = new CentralDatabase(new CrashPoints(plain, point, occurrence, new Random(seed)));
        this.store = new SqlConfigurationStore(
                central, Catalog.feed(Catalog.CONFIG), ConfigurationDefaults.USUAL, Clock.systemUTC());
        this.events = new SqlEventLog(new CentralDatabase(plain), Duration.ZERO, Clock.systemUTC());
        this.editor = new CentralEditor(store);
    }

    /** Arguments: place of the database, kind, point, occurrence, seed. */
    public static void main(String[] arguments) throws Exception {
        endWithParent();
        CrashingEditors editors = new CrashingEditors(
                arguments[0],
                Kind.valueOf(arguments[1]),
                CrashPoints.Point.valueOf(arguments[2]),
                Integer.parseInt(arguments[3]),
                Long.parseLong(arguments[4]));
        for (int i = 1; i <= EDITORS; i++) {
            int number = i;
            new Thread(() -> editors.edit(number)).start();
        }
        new Thread(editors::prune).start();
    }

    private void edit(int number) {
        try {
            Row first = store.rows().rows().stream()
                    .filter(row -> row.get(0).equals(id(number, 1)))
                    .findFirst()
                    .orElse(null);
            int n = first == null ? 0 : first.getInt("ChangeStamp");
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
                Runtime.getRuntime().halt(CrashPoints.KILLED);
            }
        }
    }

    private static void acknowledge(int editor, int n, long key) {
        synchronized (ACKNOWLEDGEMENTS) {
            ACKNOWLEDGEMENTS.println(editor + " " + n + " " + key + " .");
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
