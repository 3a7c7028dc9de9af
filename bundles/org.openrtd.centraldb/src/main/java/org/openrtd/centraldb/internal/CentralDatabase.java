package org.openrtd.centraldb.internal;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.openrtd.centraldb.CentralDatabaseException;
import org.openrtd.sql.Dialect;
import org.openrtd.sql.Migrations;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The database behind event log and configuration, opened and brought up to date. */
@Component(service = CentralDatabase.class, immediate = true)
public final class CentralDatabase {

    private static final Logger LOG = LoggerFactory.getLogger(CentralDatabase.class);
    private static final Migrations MIGRATIONS = new Migrations(
            "central database",
            CentralDatabase.class,
            "0001-event-log.sql",
            "0002-configuration.sql",
            "0003-change-log.sql",
            "0004-transaction-content.sql");

    private final DataSource dataSource;
    private final Dialect dialect;
    private final String product;
    private final String url;

    /** @throws CentralDatabaseException when the database cannot be opened, is too new, or is not durable */
    @Activate
    public CentralDatabase(@Reference(name = "database", target = "(dataSourceName=central)") DataSource dataSource) {
        this.dataSource = dataSource;
        Connection connection = open(dataSource);
        try {
            DatabaseMetaData meta = connection.getMetaData();
            product = meta.getDatabaseProductName() + " " + meta.getDatabaseProductVersion();
            // Without the attributes, which may hold a password.
            url = meta.getURL().replaceFirst("[;?].*", "");
            dialect = Dialect.of(connection);
            dialect.claim(connection);
            dialect.requireDurable(connection);
            int run = MIGRATIONS.migrate(connection);
            LOG.info(
                    "Central database {} is open: {}, schema version {}{}",
                    url,
                    product,
                    MIGRATIONS.version(),
                    run == 0 ? "" : ", " + run + " of it new");
        } catch (SQLException e) {
            throw refused("Cannot use the central database: " + causes(e), e);
        } finally {
            close(connection);
        }
    }

    private static Connection open(DataSource dataSource) {
        try {
            return dataSource.getConnection();
        } catch (SQLException e) {
            throw refused(
                    "Cannot open the central database that etc/org.ops4j.datasource-central.cfg names: " + causes(e)
                            + ". " + Dialect.remedy(e),
                    e);
        }
    }

    /** Says it in a line of its own: what the container logs of a component that does not start is a page long. */
    private static CentralDatabaseException refused(String message, SQLException e) {
        LOG.error(message);
        return new CentralDatabaseException(message, e);
    }

    /** A connection without auto-commit; its owner closes it. */
    Connection connect() throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            dialect.claim(connection);
            return connection;
        } catch (SQLException e) {
            close(connection);
            throw e;
        }
    }

    Dialect dialect() {
        return dialect;
    }

    String product() {
        return product;
    }

    String url() {
        return url;
    }

    /** In bytes; -1 when it cannot be told. */
    long size() {
        try (Connection connection = connect()) {
            long size = dialect.size(connection);
            connection.rollback();
            return size;
        } catch (SQLException e) {
            LOG.debug("Cannot tell the size of the central database", e);
            return -1;
        }
    }

    /** What to throw when the database did not do what it was asked. */
    static CentralDatabaseException failed(String what, SQLException e) {
        return new CentralDatabaseException("Cannot " + what + ": " + causes(e), e);
    }

    /** Gives up a connection and what it has not committed. */
    static void close(Connection connection) {
        if (connection == null) {
            return;
        }
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

    private static String causes(SQLException e) {
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
