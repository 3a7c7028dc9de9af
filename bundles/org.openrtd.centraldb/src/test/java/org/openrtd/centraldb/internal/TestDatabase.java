package org.openrtd.centraldb.internal;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.derby.jdbc.EmbeddedDataSource;

/** Real Derby, in memory or on disk. */
final class TestDatabase {

    static {
        // Beside nothing that is under version control.
        System.setProperty("derby.stream.error.file", "target/derby.log");
    }

    private TestDatabase() {}

    static DataSource inMemory() {
        return named("memory:" + UUID.randomUUID());
    }

    static DataSource onDisk(Path directory) {
        return named(directory.toString());
    }

    private static DataSource named(String name) {
        EmbeddedDataSource database = new EmbeddedDataSource();
        database.setDatabaseName(name);
        database.setCreateDatabase("create");
        return database;
    }

    /** Gives the directory free, so that another process can open the database. */
    static void shutDown(Path directory) {
        EmbeddedDataSource database = new EmbeddedDataSource();
        database.setDatabaseName(directory.toString());
        database.setShutdownDatabase("shutdown");
        try {
            database.getConnection().close();
        } catch (SQLException e) {
            // Derby reports a clean shutdown so.
            if (!"08006".equals(e.getSQLState())) {
                throw new IllegalStateException(e);
            }
        }
    }

    static void execute(DataSource database, String sql) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    static long number(DataSource database, String sql) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
