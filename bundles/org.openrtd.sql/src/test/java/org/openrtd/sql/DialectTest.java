package org.openrtd.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

class DialectTest {

    @Test
    void refusesAPostgreSqlThatDoesNotForceItsCommits() throws SQLException {
        try (TestDatabase database = TestDatabase.fresh(Product.POSTGRESQL)) {
            try (Connection connection = database.dataSource().getConnection()) {
                Dialect.of(connection).requireDurable(connection);
            }
            String name = database.place().replaceFirst("\\?.*", "").replaceFirst(".*/", "");
            database.execute("ALTER DATABASE " + name + " SET synchronous_commit = off");
            try (Connection connection = database.dataSource().getConnection()) {
                Dialect dialect = Dialect.of(connection);
                SQLException refusal = assertThrows(SQLException.class, () -> dialect.requireDurable(connection));
                assertTrue(
                        refusal.getMessage().startsWith("PostgreSQL's synchronous_commit is off"),
                        refusal.getMessage());
            }
        }
    }

    @Test
    void saysWhatToDoAboutAPostgreSqlThatLetsNobodyIn() throws Exception {
        try (TestDatabase database = TestDatabase.fresh(Product.POSTGRESQL)) {
            String url = database.place();
            assertRemedy(
                    "The database refuses the user: correct user and password of the data source.",
                    url.replaceFirst("password=.*", "password=wrong"));
            assertRemedy(
                    "The database refuses the user: correct user and password of the data source.",
                    url.replaceFirst("&password=.*", ""));
            assertRemedy(
                    "That database does not exist: make it on the server (CREATE DATABASE … OWNER …), or correct the url"
                            + " of the data source.",
                    url.replaceFirst("/test\\d+", "/nowhere"));
            int nobody;
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                nobody = socket.getLocalPort();
            }
            assertRemedy(
                    "PostgreSQL cannot be reached there: check host and port in the url of the data source, that the"
                            + " server runs, and that it listens on that address.",
                    url.replaceFirst(":\\d+/", ":" + nobody + "/"));
        }
    }

    @Test
    void givesAPostgreSqlDatabaseToOneProcessAtATime() throws Exception {
        Dialect one = new PostgreSqlDialect("one");
        Dialect other = new PostgreSqlDialect("other");
        try (TestDatabase database = TestDatabase.fresh(Product.POSTGRESQL);
                Connection second = database.dataSource().getConnection();
                Connection others = database.dataSource().getConnection()) {
            try (Connection first = database.dataSource().getConnection()) {
                one.claim(first);
                one.claim(second);
            }
            SQLException refusal = assertThrows(SQLException.class, () -> other.claim(others));
            assertTrue(
                    refusal.getMessage().startsWith("another process has the database open (one at 127.0.0.1"),
                    refusal.getMessage());
            second.close();
            other.claim(others);
            assertEquals("other", application(others));
        }
    }

    private static String application(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW application_name")) {
            result.next();
            return result.getString(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Product.class)
    void reckonsWithTimesByTheDatabasesClock(Product product) throws SQLException {
        try (TestDatabase database = TestDatabase.fresh(product)) {
            Dialect dialect;
            try (Connection connection = database.dataSource().getConnection()) {
                dialect = Dialect.of(connection);
            }
            database.execute("CREATE TABLE Lease (Until TIMESTAMP)");
            database.execute("INSERT INTO Lease VALUES (" + dialect.plusSeconds(dialect.now(), "7200") + ")");
            long left = database.number("SELECT " + dialect.secondsBetween(dialect.now(), "Until") + " FROM Lease");
            assertTrue(left > 7100 && left <= 7200, "seconds left: " + left);
        }
    }

    @Test
    void tellsTheProductsApartWhereTheirStatesAreTheSame() {
        assertTrue(Dialect.remedy(new SQLException("shutdown", "08006")).startsWith("Derby has shut"));
        SQLException unreachable = new SQLException(
                "pool",
                new org.postgresql.util.PSQLException("refused", org.postgresql.util.PSQLState.CONNECTION_FAILURE));
        assertTrue(Dialect.remedy(unreachable).startsWith("See the server's log"));
        unreachable.setNextException(
                new org.postgresql.util.PSQLException("refused", org.postgresql.util.PSQLState.CONNECTION_FAILURE));
        assertTrue(Dialect.remedy(unreachable).startsWith("PostgreSQL cannot be reached there"));
        assertTrue(Dialect.remedy(new SQLException("no driver", "08001")).startsWith("No driver takes the url"));
        assertTrue(Dialect.remedy(new SQLException("there", "XBM0A")).startsWith("The directory is there"));
    }

    private static void assertRemedy(String remedy, String place) {
        SQLException refusal = assertThrows(
                SQLException.class, () -> TestDatabase.at(place).getConnection().close());
        assertEquals(remedy, Dialect.remedy(refusal), refusal.toString());
    }
}
