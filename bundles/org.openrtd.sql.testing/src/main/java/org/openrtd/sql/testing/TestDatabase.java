package org.openrtd.sql.testing;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** An empty database of a test's own, on a real server of its kind. Gone when it is closed. */
public final class TestDatabase implements AutoCloseable {

    static {
        // Beside nothing that is under version control.
        if (System.getProperty("derby.stream.error.file") == null) {
            System.setProperty("derby.stream.error.file", "target/derby.log");
        }
    }

    private static final String DERBY = "derby:";

    private final Product product;
    private final String place;

    private TestDatabase(Product product, String place) {
        this.product = product;
        this.place = place;
    }

    /** As quick as the product allows: Derby keeps it in memory. */
    public static TestDatabase fresh(Product product) {
        return switch (product) {
            case DERBY -> new TestDatabase(product, DERBY + "memory:" + UUID.randomUUID());
            case POSTGRESQL -> onPostgreSql(PostgreSql.shared());
        };
    }

    /** One that outlives the process that has it open. Derby makes the directory, PostgreSQL does not need it. */
    public static TestDatabase onDisk(Product product, Path directory) {
        return switch (product) {
            case DERBY -> new TestDatabase(product, DERBY + directory);
            case POSTGRESQL -> onPostgreSql(PostgreSql.shared());
        };
    }

    /** One on a server that the test has to itself, to crash it. */
    public static TestDatabase on(PostgreSql server) {
        return onPostgreSql(server);
    }

    private static TestDatabase onPostgreSql(PostgreSql server) {
        return new TestDatabase(Product.POSTGRESQL, server.createDatabase());
    }

    public Product product() {
        return product;
    }

    /** What another process finds it by; see {@link #at}. */
    public String place() {
        return place;
    }

    public DataSource dataSource() {
        return at(place);
    }

    /** The database that another process, or an earlier one, calls so. */
    public static DataSource at(String place) {
        if (place.startsWith(DERBY)) {
            EmbeddedDataSource database = derby(place);
            database.setCreateDatabase("create");
            return database;
        }
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(place);
        return database;
    }

    private static EmbeddedDataSource derby(String place) {
        EmbeddedDataSource database = new EmbeddedDataSource();
        database.setDatabaseName(place.substring(DERBY.length()));
        return database;
    }

    /** Lets go of it, so that another process can open it: Derby's databases belong to one process at a time. */
    public void release() {
        if (product == Product.DERBY) {
            EmbeddedDataSource database = derby(place);
            database.setShutdownDatabase("shutdown");
            try {
                database.getConnection().close();
            } catch (SQLException e) {
                // 08006: Derby reports a clean shutdown so. XJ004, 40000: there is none.
                if (!"08006".equals(e.getSQLState())
                        && !"XJ004".equals(e.getSQLState())
                        && !"XJ040".equals(e.getSQLState())) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    public void execute(String sql) {
        execute(dataSource(), sql);
    }

    public static void execute(DataSource database, String sql) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** The number that a query answers. */
    public long number(String sql) {
        return number(dataSource(), sql);
    }

    public static long number(DataSource database, String sql) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Removes it, whoever has it open. What Derby has on disk is the owner of the directory's. */
    @Override
    public void close() {
        if (product == Product.POSTGRESQL) {
            PostgreSql.dropDatabase(place);
            return;
        }
        release();
        if (place.startsWith(DERBY + "memory:")) {
            EmbeddedDataSource database = derby(place);
            database.setConnectionAttributes("drop=true");
            try {
                database.getConnection().close();
            } catch (SQLException e) {
                // It says that it is gone, or that it never was.
            }
        }
    }

    @Override
    public String toString() {
        return product.toString();
    }
}
