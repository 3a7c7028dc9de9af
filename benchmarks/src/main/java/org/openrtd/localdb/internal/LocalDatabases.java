package org.openrtd.localdb.internal;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Replica;
import org.openrtd.localdb.LocalDatabase;

/** Opens local databases without a container. */
public final class LocalDatabases {

    private LocalDatabases() {}

    /** A new one on Derby in that directory, with all its tables. */
    public static LocalDatabase open(Path directory) throws SQLException {
        EmbeddedDataSource database = new EmbeddedDataSource();
        database.setDatabaseName(directory.toString());
        database.setCreateDatabase("create");
        return new SqlLocalDatabase(database);
    }

    /** One behind a data source, with all its tables. */
    public static LocalDatabase open(DataSource database) throws SQLException {
        return new SqlLocalDatabase(database);
    }

    /** What writes a replica's rows; each call is one writing, and answers whether it could. */
    public static Callable<Boolean> writer(LocalDatabase database, Replica replica) {
        WriterSettings settings =
                new WriterSettings(Duration.ofMillis(1), Duration.ofSeconds(300), Duration.ofSeconds(15));
        RealTimeWriter writer =
                new RealTimeWriter((SqlLocalDatabase) database, replica.feed(), () -> settings, MonotonicClock.SYSTEM);
        writer.follow(replica);
        return writer::write;
    }

    /** Ends what runs of it, so that its files can be deleted. */
    public static void shutDown(Path directory) throws SQLException {
        EmbeddedDataSource database = new EmbeddedDataSource();
        database.setDatabaseName(directory.toString());
        database.setShutdownDatabase("shutdown");
        try {
            database.getConnection().close();
        } catch (SQLException e) {
            if (!"08006".equals(e.getSQLState())) {
                throw e;
            }
        }
    }
}
