package org.openrtd.centraldb.internal;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.openrtd.centraldb.EventLog;

/** Opens the parts of a central database without a container. */
public final class CentralDatabases {

    private CentralDatabases() {}

    /** A new event log on Derby in that directory. */
    public static EventLog eventLog(Path directory) {
        EmbeddedDataSource database = new EmbeddedDataSource();
        database.setDatabaseName(directory.toString());
        database.setCreateDatabase("create");
        return new SqlEventLog(new CentralDatabase(database), Duration.ofHours(24), Clock.systemUTC());
    }
}
