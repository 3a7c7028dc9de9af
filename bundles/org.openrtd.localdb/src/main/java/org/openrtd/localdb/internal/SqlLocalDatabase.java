package org.openrtd.localdb.internal;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import javax.sql.DataSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.localdb.LocalDatabase;
import org.openrtd.sql.Dialect;
import org.openrtd.sql.SqlSession;
import org.openrtd.sql.SqlTables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The local database behind a data source, opened and brought up to date. */
public final class SqlLocalDatabase implements LocalDatabase {

    private static final Logger LOG = LoggerFactory.getLogger(SqlLocalDatabase.class);
    private static final int WRITERS = 1 << 10;
    private static final int PORTION = 1000;

    private final DataSource dataSource;
    private final Map<String, FeedSchema> feeds = new LinkedHashMap<>();
    // A writing transaction holds one permit of its feed's; who needs its rows to stand still holds all.
    private final Map<String, Semaphore> writing = new LinkedHashMap<>();
    private final ReentrantReadWriteLock connecting = new ReentrantReadWriteLock();
    private final Dialect dialect;
    private final String product;
    private final String url;
    private volatile SqlTables tables;
    private volatile ZoneId zone;

    /** @throws SQLException when the database cannot be opened or is a newer program's */
    public SqlLocalDatabase(DataSource dataSource) throws SQLException {
        this(dataSource, Catalog.feeds().stream().map(Catalog::feed).toList());
    }

    public SqlLocalDatabase(DataSource dataSource, List<FeedSchema> feeds) throws SQLException {
        this.dataSource = dataSource;
        for (FeedSchema feed : feeds) {
            this.feeds.put(feed.feed(), feed);
            writing.put(feed.feed(), new Semaphore(WRITERS, true));
        }
        Connection connection = connect();
        try {
            DatabaseMetaData meta = connection.getMetaData();
            product = meta.getDatabaseProductName() + " " + meta.getDatabaseProductVersion();
            // Without the attributes, which may hold a password.
            url = meta.getURL().replaceFirst("[;?].*", "");
            LocalSchema schema = new LocalSchema(connection, feeds);
            schema.bringUpToDate();
            dialect = schema.dialect();
            zone = schema.zone();
            tables = new SqlTables(dialect, new LocalLayout(zone));
        } finally {
            close(connection);
        }
    }

    /** Makes tables anew in a database that was. */
    void bringUpToDate() throws SQLException {
        Connection connection = connect();
        try {
            LocalSchema schema = new LocalSchema(connection, List.copyOf(feeds.values()));
            schema.bringUpToDate();
            take(schema.zone());
        } finally {
            close(connection);
        }
    }

    @Override
    public Connection connect() throws SQLException {
        Connection connection = opened();
        try {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            Dialect.of(connection).claim(connection);
            return connection;
        } catch (SQLException e) {
            close(connection);
            throw e;
        }
    }

    private Connection opened() throws SQLException {
        if (!connecting.readLock().tryLock()) {
            throw new SQLException("The local database is being made anew");
        }
        try {
            return dataSource.getConnection();
        } finally {
            connecting.readLock().unlock();
        }
    }

    /** Does something while no other thread is given a connection; those that want one are refused meanwhile. */
    <T> T whileNobodyConnects(SqlAction<T> action) throws SQLException {
        connecting.writeLock().lock();
        try {
            return action.run();
        } finally {
            connecting.writeLock().unlock();
        }
    }

    interface SqlAction<T> {
        T run() throws SQLException;
    }

    @Override
    public SqlFeedSession open(String feed) throws SQLException {
        FeedSchema schema = schema(feed);
        return new SqlFeedSession(this, schema, connect(), writing(feed));
    }

    /** For who has brought the feed's writers to a stand: {@link #whileStill}. Nothing is written by it. */
    SqlFeedSession openToCompare(String feed) throws SQLException {
        return new SqlFeedSession(this, schema(feed), connect(), new Semaphore(1));
    }

    @Override
    public FeedSchema schema(String feed) {
        FeedSchema schema = feeds.get(feed);
        if (schema == null) {
            throw new IllegalArgumentException("The local database has no feed " + feed);
        }
        return schema;
    }

    @Override
    public ZoneId zone() {
        return zone;
    }

    @Override
    public String product() {
        return product;
    }

    @Override
    public String url() {
        return url;
    }

    Dialect dialect() {
        return dialect;
    }

    /** As the present zone has them; asked for in each transaction. */
    SqlTables tables() {
        return tables;
    }

    Semaphore writing(String feed) {
        return writing.get(feed);
    }

    /** In whose local time alone a feed's instants are; {@code null} where exact ones stand beside them. */
    ZoneId inexact(String feed) {
        return schema(feed).durable() ? null : zone;
    }

    /** In bytes; -1 when it cannot be told. */
    long size() {
        try (Connection connection = connect()) {
            long size = dialect.size(connection);
            connection.rollback();
            return size;
        } catch (SQLException e) {
            LOG.debug("Cannot tell the size of the local database", e);
            return -1;
        }
    }

    private void take(ZoneId now) {
        zone = now;
        tables = new SqlTables(dialect, new LocalLayout(now));
    }

    /**
     * From now on instants are in that zone's local time, those of configuration that are there too. Real-time rows are
     * their writer's.
     */
    void zone(ZoneId controllers) throws SQLException, InterruptedException {
        if (controllers.equals(zone)) {
            return;
        }
        SqlTables then = new SqlTables(dialect, new LocalLayout(controllers));
        whileStill(Catalog.CONFIG, Duration.ofMinutes(1), () -> {
            try (SqlSession session = new SqlSession(connect(), then)) {
                for (Table table : schema(Catalog.CONFIG).tables()) {
                    if (table.columns().stream().anyMatch(column -> column.type() == ColumnType.TIMESTAMP)) {
                        rewrite(session, table);
                    }
                }
                try (PreparedStatement update = session.connection()
                        .prepareStatement("UPDATE Local_Database SET ControllerZone = ? WHERE ID = 1")) {
                    update.setString(1, controllers.getId());
                    update.executeUpdate();
                }
                session.connection().commit();
            }
            LOG.info("Instants in the local database are local times of {} now, not of {}", controllers, zone);
            take(controllers);
            return null;
        });
    }

    private static void rewrite(SqlSession session, Table table) throws SQLException {
        List<Row> rows = Keys.after(session, table, null, PORTION);
        while (!rows.isEmpty()) {
            session.putAll(table, rows);
            rows = Keys.after(session, table, rows.get(rows.size() - 1).key(), PORTION);
        }
    }

    /**
     * Does something while no session writes to a feed.
     *
     * @throws SQLException when a writer does not come to an end in {@code patience}
     */
    <T> T whileStill(String feed, Duration patience, Callable<T> action) throws SQLException, InterruptedException {
        Semaphore writers = writing(feed);
        if (!writers.tryAcquire(WRITERS, patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new SQLException("The writer of " + feed + " was not done within " + patience.toSeconds() + " s");
        }
        try {
            return action.call();
        } catch (SQLException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            writers.release(WRITERS);
        }
    }

    /** Gives up a connection and what it has not committed. */
    static void close(Connection connection) {
        try {
            // Derby refuses to close a connection with an open transaction.
            if (!connection.isClosed() && !connection.getAutoCommit()) {
                connection.rollback();
            }
        } catch (SQLException e) {
            LOG.debug("Cannot roll back a connection that is given up", e);
        }
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("Cannot close a connection that is given up", e);
        }
    }
}
