package org.openrtd.localdb.internal;

import java.nio.file.Path;
import java.sql.SQLException;
import org.apache.derby.jdbc.EmbeddedDataSource;
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
