package org.openrtd.centraldb.internal;

import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.ConfigurationStore;
import org.openrtd.centraldb.EventLog;
import org.openrtd.configuration.ConfigurationEditor;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.SqlSession;

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

    /**
     * A new configuration on Derby in that directory, with rows as if one transaction had entered them whose entry in the log
     * is pruned: a million rows in transactions take longer than all that is measured with them.
     */
    public static ConfigurationStore configuration(Path directory, List<Row> rows) throws SQLException {
        // Makes the tables.
        close(configuration(directory));
        CentralDatabase database = open(directory);
        Map<Table, List<Row>> byTable = new LinkedHashMap<>();
        for (Row row : rows) {
            Object[] values = row.values();
            values[row.table().column("ChangeStamp")] = 1;
            values[row.table().column("RecoveryKey")] = 1L;
            byTable.computeIfAbsent(row.table(), table -> new ArrayList<>())
                    .add(row.table().row(values));
        }
        try (SqlSession session = new SqlSession(database.connect(), ConfigurationTables.in(database.dialect()));
                Statement statement = session.connection().createStatement()) {
            for (Map.Entry<Table, List<Row>> table : byTable.entrySet()) {
                session.insertAll(table.getKey(), table.getValue());
            }
            statement.executeUpdate("UPDATE Config_Identity SET RecoveryKey = 1");
            session.connection().commit();
        }
        return configuration(directory);
    }

    /** As editors reach it, from wherever: those that wait at the same time share a commit. */
    public static ConfigurationEditor editor(ConfigurationStore store) {
        return new CentralEditor((SqlConfigurationStore) store);
    }

    public static void close(ConfigurationEditor editor) {
        ((CentralEditor) editor).close();
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
