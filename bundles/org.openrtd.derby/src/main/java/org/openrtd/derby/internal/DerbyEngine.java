package org.openrtd.derby.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import javax.sql.ConnectionPoolDataSource;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.apache.derby.jdbc.EmbeddedConnectionPoolDataSource;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.apache.derby.jdbc.EmbeddedDriver;
import org.apache.derby.jdbc.EmbeddedXADataSource;
import org.openrtd.derby.GuestDoor;
import org.openrtd.derby.GuestSettings;
import org.openrtd.derby.Guests;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.jdbc.DataSourceFactory;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Derby engine of this node, up while the component is active. */
@Component(
        service = {DataSourceFactory.class, GuestDoor.class},
        configurationPid = "org.openrtd.derby",
        property = {
            DataSourceFactory.OSGI_JDBC_DRIVER_CLASS + "=org.apache.derby.jdbc.EmbeddedDriver",
            DataSourceFactory.OSGI_JDBC_DRIVER_NAME + "=derby"
        })
@Designate(ocd = DerbyConfig.class)
public final class DerbyEngine implements DataSourceFactory, GuestDoor {

    private static final Logger LOG = LoggerFactory.getLogger(DerbyEngine.class);
    private static final int USUAL_LOCK_WAIT_SECONDS = 20;
    private static final int ROWS_LOCKED_ONE_BY_ONE = 200_000;
    private static final String URL_PREFIX = "jdbc:derby:";
    /** What Derby answers to a shutdown that succeeded. */
    private static final String SHUT_DOWN = "XJ015";
    /** As Derby's own for a connection that it refuses for now. */
    private static final String REFUSED = "08004";

    private final Map<String, String> systemProperties = new LinkedHashMap<>();
    private final EmbeddedDriver driver;

    @Activate
    public DerbyEngine(DerbyConfig config) throws IOException {
        this(home(config.home()), lockWaitTimeoutSeconds(config));
    }

    /** What cannot be read is said in one line, and the engine runs with what is usual: all databases need it. */
    private static int lockWaitTimeoutSeconds(DerbyConfig config) {
        try {
            return config.lockWaitTimeoutSeconds();
        } catch (RuntimeException unreadable) {
            // What the container throws ends in: For input string: "abc"
            String said = String.valueOf(unreadable.getMessage());
            String value = said.replaceFirst("(?s).*For input string: \"(.*?)\".*", "$1");
            LOG.error(
                    "lockWaitTimeoutSeconds = {} is not a number that fits: correct it in etc/org.openrtd.derby.cfg;"
                            + " until then it is {}",
                    value,
                    USUAL_LOCK_WAIT_SECONDS);
            return USUAL_LOCK_WAIT_SECONDS;
        }
    }

    /** The engine holds what others work with, so a changed setting does not restart it. */
    @Modified
    void modified(DerbyConfig config) {
        lockWaitTimeoutSeconds(config);
        LOG.info("New settings of Derby take effect when the node starts again");
    }

    DerbyEngine(Path home, int lockWaitTimeoutSeconds) throws IOException {
        Files.createDirectories(home);
        systemProperties.put("derby.system.home", home.toString());
        systemProperties.put(
                "derby.stream.error.file", home.resolve("derby.log").toString());
        systemProperties.put("derby.locks.waitTimeout", Integer.toString(lockWaitTimeoutSeconds));
        // Looked for only by a wait that is longer than this: usually 20 s, so that with the wait above none was found.
        systemProperties.put("derby.locks.deadlockTimeout", Integer.toString(Math.max(1, lockWaitTimeoutSeconds / 4)));
        // From 5000 rows on Derby locks the whole table, usually, and a large transaction shuts everybody out of it.
        // There is a bound, because each lock takes memory.
        systemProperties.put("derby.locks.escalationThreshold", Integer.toString(ROWS_LOCKED_ONE_BY_ONE));
        // Authentication is the engine's and cannot be had for one database: what is inside has a secret of its own.
        systemProperties.put("derby.connection.requireAuthentication", "true");
        systemProperties.put("derby.authentication.provider", Accounts.class.getName());
        systemProperties.put("derby.database.sqlAuthorization", "true");
        // A transaction that does not fit into the log buffer, 32 KiB otherwise, is forced to disk several times over.
        systemProperties.put("derby.storage.logBufferSize", Integer.toString(1 << 20));
        // Derby takes its settings from the system properties alone, and reads them when it boots.
        systemProperties.forEach(System::setProperty);
        driver = withOwnClassLoader(EmbeddedDriver::new);
        LOG.info("Derby {}.{} is up, home {}", driver.getMajorVersion(), driver.getMinorVersion(), home);
    }

    private static Path home(String configured) {
        if (!configured.isBlank()) {
            return Path.of(configured).toAbsolutePath();
        }
        return Path.of(System.getProperty("karaf.data", "."), "derby").toAbsolutePath();
    }

    @Deactivate
    void shutDown() {
        try {
            // Without this the engine and its threads stay, in the class loader of a bundle that is gone, and hold
            // the database's lock: the next bundle fails with XSDB6.
            withOwnClassLoader(() -> driver.connect(URL_PREFIX + ";shutdown=true", ownCredentials()));
        } catch (SQLException e) {
            if (SHUT_DOWN.equals(e.getSQLState())) {
                LOG.info("Derby is shut down");
            } else {
                LOG.warn("Derby refused to shut down: {}", e.getMessage());
            }
        } finally {
            systemProperties.keySet().forEach(System::clearProperty);
        }
    }

    private static Properties ownCredentials() {
        Properties credentials = new Properties();
        credentials.setProperty("user", Accounts.OWNER);
        credentials.setProperty("password", Accounts.own());
        return credentials;
    }

    @Override
    public Guests open(GuestSettings settings) throws IOException, SQLException {
        Properties properties = new Properties();
        properties.setProperty(JDBC_DATABASE_NAME, settings.database());
        DataSource database = createDataSource(properties);
        try {
            return withOwnClassLoader(() -> {
                try {
                    return new GuestServer(settings, database);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public DataSource createDataSource(Properties properties) throws SQLException {
        return fill(new Writable(this), properties);
    }

    @Override
    public ConnectionPoolDataSource createConnectionPoolDataSource(Properties properties) throws SQLException {
        return fill(new EmbeddedConnectionPoolDataSource(), properties);
    }

    @Override
    public XADataSource createXADataSource(Properties properties) throws SQLException {
        return fill(new EmbeddedXADataSource(), properties);
    }

    @Override
    public Driver createDriver(Properties properties) {
        return driver;
    }

    /** Takes the database from {@code url} ({@code jdbc:derby:NAME;attribute=value}) or from {@code databaseName}. */
    private static <T extends EmbeddedDataSource> T fill(T dataSource, Properties properties) throws SQLException {
        String url = properties.getProperty(JDBC_URL);
        String database = properties.getProperty(JDBC_DATABASE_NAME);
        if (url != null) {
            if (!url.startsWith(URL_PREFIX) || url.startsWith(URL_PREFIX + "//")) {
                throw new SQLException(
                        "url = " + url + ": the embedded database needs " + URL_PREFIX + "NAME[;attribute=value]");
            }
            database = url.substring(URL_PREFIX.length());
        }
        if (database == null || database.isBlank()) {
            throw new SQLException("No database: set url = " + URL_PREFIX + "NAME, or databaseName");
        }
        int attributes = database.indexOf(';');
        dataSource.setDatabaseName(attributes < 0 ? database : database.substring(0, attributes));
        if (attributes >= 0) {
            dataSource.setConnectionAttributes(database.substring(attributes + 1));
        }
        // Whoever makes a data source is inside this process, so its password proves nothing more.
        dataSource.setUser(properties.getProperty(JDBC_USER, Accounts.OWNER));
        dataSource.setPassword(Accounts.own());
        return dataSource;
    }

    /**
     * Derby takes a database whose lock file cannot be written for one on a read-only medium, and leaves it so for as long as
     * it is open: without what its log holds, some tables too. A disk that could not be written for a moment is no such
     * medium. So the database is ended, and whoever connects next opens it anew.
     */
    private Connection writable(Connection connection, String database) throws SQLException {
        if (!connection.getMetaData().isReadOnly()) {
            return connection;
        }
        connection.close();
        try {
            withOwnClassLoader(() -> driver.connect(URL_PREFIX + database + ";shutdown=true", ownCredentials()));
        } catch (SQLException ended) {
            LOG.debug("Database {} is ended", database, ended);
        }
        throw new SQLException(
                "Database " + database + " cannot be written: see that its disk is neither full nor read-only, and that"
                        + " its directory may be written. It is opened anew when it is asked for again",
                REFUSED);
    }

    private static final class Writable extends EmbeddedDataSource {

        private static final long serialVersionUID = 1;
        private final transient DerbyEngine engine;

        Writable(DerbyEngine engine) {
            this.engine = engine;
        }

        @Override
        public Connection getConnection() throws SQLException {
            return engine.writable(super.getConnection(), getDatabaseName());
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return engine.writable(super.getConnection(user, password), getDatabaseName());
        }
    }

    private interface Call<T, E extends Exception> {
        T run() throws E;
    }

    /** Derby finds its parts through the thread's class loader. */
    private static <T, E extends Exception> T withOwnClassLoader(Call<T, E> call) throws E {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(DerbyEngine.class.getClassLoader());
        try {
            return call.run();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
