package org.openrtd.centraldb.internal;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.ConfigurationStore;
import org.openrtd.centraldb.EventLog;

/** Opens the parts of a central database without a container. */
public final class CentralDatabases {

    private CentralDatabases() {}

    /** A new event log on Derby in that directory. */
    public static EventLog eventLog(Path directory) {
        return new SqlEventLog(open(directory), Duration.ofHours(24), Clock.systemUTC());
    }

    /** A new configuration on Derby in that directory. */
    public static ConfigurationStore configuration(Path directory) {
        return new SqlConfigurationStore(
                open(directory), Catalog.feed(Catalog.CONFIG), ConfigurationDefaults.USUAL, Clock.systemUTC());
    }

    /** Ends its connections. */
    public static void close(ConfigurationStore store) {
        ((SqlConfigurationStore) store).close();
    }

    private static CentralDatabase open(Path directory) {
        EmbeddedDataSource database = new EmbeddedDataSource();
        database.setDatabaseName(directory.toString());
        database.setCreateDatabase("create");
        return new CentralDatabase(database);
    }
}
