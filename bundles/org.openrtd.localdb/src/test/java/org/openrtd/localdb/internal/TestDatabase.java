package org.openrtd.localdb.internal;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
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

    static void execute(DataSource database, String... statements) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** What a query answers, a row a string, values separated by blanks. */
    static List<String> query(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            ResultSetMetaData columns = result.getMetaData();
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    row.append(i > 1 ? " " : "").append(result.getString(i));
                }
                rows.add(row.toString());
            }
            return rows;
        }
    }
}
