package org.openrtd.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.openrtd.itests.Ledger.Held;

/** The files of a node's database, while the node does not run. */
final class DerbyFiles {

    private DerbyFiles() {}

    /** A column of each row that has not been deleted, with the key of the row's last change, by the row's name. */
    static Map<String, Held> rows(KarafNode node, String database, String table, String name, String column)
            throws SQLException {
        Path files = node.home().resolve("data/derby").resolve(database);
        System.setProperty(
                "derby.stream.error.file",
                node.home().resolve("derby-of-the-test.log").toString());
        Map<String, Held> rows = new HashMap<>();
        try (Connection connection = DriverManager.getConnection("jdbc:derby:" + files);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(
                        "SELECT " + name + ", " + column + ", RecoveryKey FROM " + table + " WHERE Deleted = 'N'")) {
            while (found.next()) {
                rows.put(found.getString(1), new Held(found.getString(2), found.getLong(3)));
            }
        } finally {
            try {
                DriverManager.getConnection("jdbc:derby:" + files + ";shutdown=true");
            } catch (SQLException shutDown) {
                // So Derby says that it succeeded.
            }
        }
        return rows;
    }

    static void delete(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.delete(file);
        }
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
