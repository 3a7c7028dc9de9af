package org.openrtd.localdb.internal;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.FeedCopy;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.Table;
import org.openrtd.localdb.LocalDatabase;
import org.openrtd.sql.Dialect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The role itself: opens the database, tries again until it opens, offers it to the node, has the real-time feeds written,
 * and makes the database anew when its files are damaged or gone.
 */
final class Keeper implements RoleStatus, LocalDatabaseMXBean, AutoCloseable {

    /** What the role is to the container around it. */
    interface Node {

        /** The database is open; answers what takes it back. */
        Runnable offer(LocalDatabase database, List<FeedCopy> copies);

        /** Ends what the engine holds of the database at that URL, so that its files can be moved. */
        void shutDown(String url) throws SQLException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final long FIRST_BACK_OFF_MILLIS = 500;
    private static final long LONGEST_BACK_OFF_MILLIS = 10_000;
    /** How often it looks after an open database, usually. */
    static final Duration LOOK = Duration.ofSeconds(5);

    private static final int MOST_MADE_ANEW = 3;
    private static final long HOUR_MILLIS = 3_600_000;

    private final DataSource dataSource;
    private final Node node;
    private final MonotonicClock clock;
    private final Duration look;
    private final Thread thread = new Thread(this::run, "openrtd-localdb");

    // Of the thread.
    private final List<Long> madeAnew = new ArrayList<>();
    // Damaged files were set aside, and the tables in the database that takes their place are not complete yet.
    private boolean begun;

    private volatile WriterSettings settings;
    private volatile SqlLocalDatabase database;
    private volatile String problem = "opens the database";
    private volatile String wrongSettings;
    private volatile int timesMadeAnew;

    // Guarded by this.
    private final Map<Replica, Integer> replicas = new LinkedHashMap<>();
    private final Map<String, RealTimeWriter> writers = new LinkedHashMap<>();
    private boolean closed;

    /** @param look how often it looks after the database when it is open */
    Keeper(DataSource dataSource, Node node, MonotonicClock clock, WriterSettings settings, Duration look) {
        this.dataSource = dataSource;
        this.node = node;
        this.clock = clock;
        this.settings = settings;
        this.look = look;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void settings(WriterSettings next) {
        settings = next;
        wrongSettings = null;
    }

    /** New settings make no sense; it goes on with those before. */
    void wrong(String why) {
        wrongSettings = why;
    }

    synchronized void add(Replica replica, int ranking) {
        replicas.put(replica, ranking);
        choose(replica.feed());
    }

    synchronized void remove(Replica replica) {
        replicas.remove(replica);
        choose(replica.feed());
    }

    private void choose(String feed) {
        RealTimeWriter writer = writers.get(feed);
        if (writer != null) {
            writer.follow(replica(feed));
        }
    }

    /** The feed's replica in this node, of several the best that came first; {@code null} when there is none. */
    private synchronized Replica replica(String feed) {
        Replica best = null;
        for (var each : replicas.entrySet()) {
            if (each.getKey().feed().equals(feed) && (best == null || each.getValue() > replicas.get(best))) {
                best = each.getKey();
            }
        }
        return best;
    }

    private void run() {
        Runnable takeBack = () -> {};
        try {
            if (!open()) {
                return;
            }
            List<FeedCopy> copies = new ArrayList<>();
            for (String feed : Catalog.feeds()) {
                copies.add(new LocalCopy(database, feed, () -> replica(feed)));
                if (!Catalog.feed(feed).durable()) {
                    RealTimeWriter writer = new RealTimeWriter(database, feed, () -> settings, clock);
                    synchronized (this) {
                        writers.put(feed, writer);
                        choose(feed);
                    }
                    writer.start();
                }
            }
            takeBack = node.offer(database, copies);
            while (pause(look.toMillis())) {
                try {
                    look();
                } catch (RuntimeException | Error e) {
                    say("cannot look after the local database: " + e, e);
                }
            }
        } catch (RuntimeException | Error e) {
            // Nobody tries again: the node does not take the database.
            say("is not at work, since it could not be offered to this node: " + e + "; restart the node", e);
        } finally {
            takeBack.run();
            List<RealTimeWriter> ending;
            synchronized (this) {
                ending = List.copyOf(writers.values());
                writers.clear();
            }
            ending.forEach(RealTimeWriter::close);
        }
    }

    /** Answers whether to go on. */
    private synchronized boolean pause(long millis) {
        long until = clock.millis() + millis;
        for (long left = millis; left > 0 && !closed; left = until - clock.millis()) {
            try {
                wait(left);
            } catch (InterruptedException derbyEndsADatabase) {
                // Derby interrupts whoever is at work in a database that is shut down; only close() ends this thread.
            }
        }
        return !closed;
    }

    private boolean open() {
        long backOff = FIRST_BACK_OFF_MILLIS;
        while (true) {
            try {
                SqlLocalDatabase opened = new SqlLocalDatabase(dataSource);
                probe(opened);
                database = opened;
                begun = false;
                LOG.info("Local database {} is open: {}", opened.url(), opened.product());
                problem = null;
                return true;
            } catch (SQLException e) {
                if (!mend(e)) {
                    say(describe("cannot open the local database that etc/org.ops4j.datasource-local.cfg names", e), e);
                }
            } catch (RuntimeException | Error e) {
                say("cannot open the local database: " + e, e);
            }
            if (!pause(backOff)) {
                return false;
            }
            backOff = Math.min(backOff * 2, LONGEST_BACK_OFF_MILLIS);
        }
    }

    private String describe(String what, SQLException e) {
        if (isMadeAnewTooOften() && DerbyFiles.isDamage(e)) {
            return "the local database is damaged or gone again, although it was made anew " + MOST_MADE_ANEW
                    + " times within an hour: have its disk tested, and find out who else writes there. It is tried again"
                    + " when the hour is over. " + causes(e);
        }
        return what + ": " + causes(e) + (e.getSQLState() == null ? "" : ". " + Dialect.remedy(e));
    }

    private void say(String now, Throwable why) {
        if (!now.equals(problem)) {
            problem = now;
            LOG.error(Character.toUpperCase(now.charAt(0)) + now.substring(1));
        }
        LOG.debug("The local database is not as it should be", why);
    }

    /** Looks after an open database: whether its files are there, and whether each table can be read. */
    private void look() {
        try {
            Optional<Path> directory = DerbyFiles.directory(database.url());
            if (begun) {
                bringUpToDate();
            }
            if (directory.isPresent() && DerbyFiles.isGone(directory.get())) {
                throw new SQLException("Its directory " + directory.get() + " is not there any more", "XBM0J");
            }
            probe(database);
            for (RealTimeWriter writer : writers()) {
                SQLException failure = writer.failure();
                if (failure != null && DerbyFiles.isDamage(failure)) {
                    throw failure;
                }
            }
            problem = null;
        } catch (SQLException e) {
            try {
                // While nobody connects, who would have Derby open the files that are being moved.
                boolean mended = DerbyFiles.isDamage(e)
                        && database.whileNobodyConnects(() -> {
                            if (!mend(e)) {
                                return false;
                            }
                            bringUpToDate();
                            return true;
                        });
                if (!mended && DerbyFiles.isWithoutTables(e)) {
                    bringUpToDate();
                    LOG.warn("The local database lacked tables, which were made anew: {}", causes(e));
                    mended = true;
                }
                if (mended) {
                    problem = null;
                } else {
                    say(describe("the database does not answer", e), e);
                }
            } catch (SQLException again) {
                say(describe("cannot make the local database anew, and tries again", again), again);
            }
        }
    }

    private void bringUpToDate() throws SQLException {
        database.bringUpToDate();
        begun = false;
        writers().forEach(RealTimeWriter::doubt);
    }

    private boolean isMadeAnewTooOften() {
        long now = clock.millis();
        madeAnew.removeIf(at -> now - at > HOUR_MILLIS);
        return madeAnew.size() >= MOST_MADE_ANEW && !begun;
    }

    /** Has a table answer, each in its turn: what is broken in one file shows only when that is read. */
    private static void probe(SqlLocalDatabase database) throws SQLException {
        Connection connection = database.connect();
        try (Statement statement = connection.createStatement()) {
            // Rows that a writer holds are none of this question's business.
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);
            statement.setMaxRows(1);
            for (FeedSchema feed : Catalog.feeds().stream().map(Catalog::feed).toList()) {
                for (Table table : feed.tables()) {
                    statement.executeQuery("SELECT * FROM t_" + table.name()).close();
                }
            }
            statement.executeQuery("SELECT * FROM Feed_State").close();
            statement.executeQuery("SELECT * FROM Local_Table").close();
        } finally {
            SqlLocalDatabase.close(connection);
        }
    }

    /** Sets damaged files aside, when it is that; answers whether an empty database may be made in their place. */
    private boolean mend(SQLException failure) {
        String url = database == null ? url() : database.url();
        Optional<Path> directory = DerbyFiles.directory(url);
        if (directory.isEmpty() || !DerbyFiles.isDamage(failure)) {
            return false;
        }
        if (isMadeAnewTooOften()) {
            return false;
        }
        try {
            node.shutDown(url);
        } catch (SQLException e) {
            LOG.debug("Derby has ended {}", url, e);
        }
        try {
            if (begun) {
                // What was worth keeping is aside already, and this is no other time.
                DerbyFiles.remove(directory.get());
                return true;
            }
            Path aside = DerbyFiles.setAside(directory.get());
            begun = true;
            madeAnew.add(clock.millis());
            timesMadeAnew++;
            LOG.warn(
                    "The local database in {} is damaged or gone ({}): it is made anew, and its rows come again. What was"
                            + " there is in {}",
                    directory.get(),
                    causes(failure),
                    aside);
            return true;
        } catch (RuntimeException e) {
            LOG.error("{}: move it away, so that the local database can be made anew", e.getMessage());
            return false;
        }
    }

    /** As the data source names it, which may be before it was ever open; empty when it does not tell. */
    private String url() {
        try {
            Object name = dataSource.getClass().getMethod("getDatabaseName").invoke(dataSource);
            return name == null ? "" : "jdbc:derby:" + name;
        } catch (ReflectiveOperationException e) {
            return "";
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            // Not interrupted: Derby closes files under a thread that is.
            thread.join(60_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<RealTimeWriter> writers() {
        return List.copyOf(writers.values());
    }

    @Override
    public String role() {
        return "local-db";
    }

    @Override
    public String summary() {
        SqlLocalDatabase open = database;
        String failing = writers().stream()
                .filter(writer -> writer.progress().failure() != null)
                .map(writer -> writer.feed() + " " + writer.line())
                .collect(Collectors.joining("; "));
        String now = problem != null ? problem : failing.isEmpty() ? "open, " + open.url() : failing;
        return wrongSettings == null ? now : now + "; new settings are not used: " + wrongSettings;
    }

    @Override
    public Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        SqlLocalDatabase open = database;
        if (open != null) {
            details.put("database", open.product());
            details.put("instants", "local times of " + open.zone());
            writers().forEach(writer -> details.put(writer.feed(), writer.line()));
            if (timesMadeAnew > 0) {
                details.put("made anew", timesMadeAnew + (timesMadeAnew == 1 ? " time" : " times"));
            }
        }
        return details;
    }

    @Override
    public String getSummary() {
        return summary();
    }

    @Override
    public String getDatabaseProduct() {
        return database == null ? "" : database.product();
    }

    @Override
    public String getDatabaseUrl() {
        return database == null ? "" : database.url();
    }

    @Override
    public long getDatabaseBytes() {
        return database == null ? -1 : database.size();
    }

    @Override
    public String getZone() {
        return database == null ? "" : database.zone().getId();
    }

    @Override
    public int getMadeAnew() {
        return timesMadeAnew;
    }

    @Override
    public List<WrittenFeed> getFeeds() {
        return writers().stream()
                .map(writer -> new WrittenFeed(writer, clock.millis()))
                .toList();
    }

    static String causes(SQLException e) {
        StringBuilder causes = new StringBuilder();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage())
                    .replaceFirst("(, see the next exception for details)?\\.?\\s*$", "");
            if (causes.indexOf(message) < 0) {
                causes.append(causes.isEmpty() ? "" : "; ").append(message);
            }
        }
        return causes.toString();
    }
}
