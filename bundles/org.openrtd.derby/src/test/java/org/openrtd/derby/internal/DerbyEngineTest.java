package org.openrtd.derby.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.service.jdbc.DataSourceFactory;

class DerbyEngineTest {

    @TempDir
    Path home;

    @Test
    void putsDatabaseAndLogUnderItsHome() throws Exception {
        DerbyEngine engine = engine();
        query(engine, "jdbc:derby:central;create=true", "VALUES 1");
        engine.shutDown();

        assertTrue(Files.isDirectory(home.resolve("central")));
        assertTrue(Files.isRegularFile(home.resolve("derby.log")));
    }

    @Test
    void letsGoOfTheDatabaseWhenItShutsDown() throws Exception {
        DerbyEngine engine = engine();
        query(engine, "jdbc:derby:central;create=true", "VALUES 1");
        engine.shutDown();

        assertFalse(Files.exists(home.resolve("central/db.lck")));
        assertNull(System.getProperty("derby.system.home"));
        DerbyEngine next = engine();
        assertEquals("7", query(next, "jdbc:derby:central", "VALUES 7"));
        next.shutDown();
    }

    /** What cannot be written for a moment, here its lock file, Derby would take for read-only until the node ends. */
    @Test
    void opensADatabaseAnewThatCouldNotBeWritten() throws Exception {
        DerbyEngine engine = engine();
        query(engine, "jdbc:derby:central;create=true", "VALUES 1");
        engine.shutDown();
        Path inTheWay = Files.createDirectories(home.resolve("central/db.lck/in-the-way"));

        DerbyEngine next = engine();
        SQLException refused =
                assertThrows(SQLException.class, () -> query(next, "jdbc:derby:central;create=true", "VALUES 2"));
        assertTrue(refused.getMessage().contains("cannot be written"), refused.getMessage());
        assertEquals("08004", refused.getSQLState());

        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        Properties properties = new Properties();
        properties.setProperty(DataSourceFactory.JDBC_URL, "jdbc:derby:central;create=true");
        try (Connection again = next.createDataSource(properties).getConnection();
                Statement statement = again.createStatement()) {
            statement.execute("CREATE TABLE Writable (ID INT)");
        }
        next.shutDown();
    }

    @Test
    void namesTheRemedyWhenTheUrlIsNotItsOwn() throws Exception {
        DerbyEngine engine = engine();
        SQLException refused = assertThrows(
                SQLException.class, () -> query(engine, "jdbc:postgresql://db.example/central", "VALUES 1"));
        engine.shutDown();

        assertTrue(refused.getMessage().contains("jdbc:derby:NAME"), refused.getMessage());
    }

    @Test
    void locksNoTableForTheSakeOfATransactionOfManyRows() throws Exception {
        DerbyEngine engine = new DerbyEngine(home, 1);
        Properties properties = new Properties();
        properties.setProperty(DataSourceFactory.JDBC_URL, "jdbc:derby:local;create=true");
        try (Connection writer = engine.createDataSource(properties).getConnection();
                Connection other = engine.createDataSource(properties).getConnection();
                Statement write = writer.createStatement();
                Statement touch = other.createStatement()) {
            writer.setAutoCommit(false);
            write.execute("CREATE TABLE Agent (ID INT PRIMARY KEY, State INT)");
            write.execute("INSERT INTO Agent VALUES (0, 0)");
            for (int size = 1; size < 20_000; size *= 2) {
                write.execute("INSERT INTO Agent SELECT ID + " + size + ", 0 FROM Agent");
            }
            write.execute("INSERT INTO Agent VALUES (-1, 0)");
            writer.commit();

            assertTrue(write.executeUpdate("UPDATE Agent SET State = 1 WHERE ID >= 0") > 20_000);
            assertEquals(1, touch.executeUpdate("UPDATE Agent SET State = 2 WHERE ID = -1"));
            writer.rollback();
        } finally {
            engine.shutDown();
        }
    }

    private DerbyEngine engine() throws Exception {
        return new DerbyEngine(home, 5);
    }

    private static String query(DerbyEngine engine, String url, String sql) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty(DataSourceFactory.JDBC_URL, url);
        try (Connection connection = engine.createDataSource(properties).getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
