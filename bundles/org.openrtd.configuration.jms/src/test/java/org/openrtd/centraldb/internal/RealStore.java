package org.openrtd.centraldb.internal;

import java.time.Clock;
import java.util.UUID;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.openrtd.catalog.Catalog;

/** The central database's configuration, in a real Derby. */
public final class RealStore {

    static {
        System.setProperty("derby.stream.error.file", "target/derby.log");
    }

    private RealStore() {}

    public static SqlConfigurationStore inMemory() {
        EmbeddedDataSource database = new EmbeddedDataSource();
        database.setDatabaseName("memory:" + UUID.randomUUID());
        database.setCreateDatabase("create");
        return new SqlConfigurationStore(
                new CentralDatabase(database),
                Catalog.feed(Catalog.CONFIG),
                ConfigurationDefaults.USUAL,
                Clock.systemUTC());
    }
}
