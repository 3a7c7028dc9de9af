package org.openrtd.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

@ParameterizedClass
@EnumSource(Product.class)
class MigrationsTest {

    private final TestDatabase database;
    private final Connection connection;

    private final Migrations first = migrations("0001-things.sql");
    private final Migrations both = migrations("0001-things.sql", "0002-more.sql");

    MigrationsTest(Product product) throws SQLException {
        database = TestDatabase.fresh(product);
        connection = database.dataSource().getConnection();
    }

    @AfterEach
    void close() throws SQLException {
        connection.setAutoCommit(false);
        connection.rollback();
        connection.close();
        database.close();
    }

    @Test
    void runsWhatHasNotBeenRun() throws Exception {
        assertEquals(1, first.migrate(connection));
        assertEquals(1, both.migrate(connection));

        assertEquals(1, number("SELECT COUNT(*) FROM Thing"));
        assertEquals(2, number("SELECT MAX(MigrationNumber) FROM Schema_Migration"));
    }

    @Test
    void runsNothingTwice() throws Exception {
        both.migrate(connection);

        assertEquals(0, both.migrate(connection));
        assertEquals(1, number("SELECT COUNT(*) FROM Thing"));
    }

    @Test
    void undoesAMigrationThatFailsInItsMiddle() throws Exception {
        both.migrate(connection);
        Migrations broken = migrations("0001-things.sql", "0002-more.sql", "0003-broken.sql");

        SQLException failure = assertThrows(SQLException.class, () -> broken.migrate(connection));

        assertTrue(failure.getMessage().contains("0003-broken.sql"), failure.getMessage());
        assertTrue(failure.getMessage().contains("INSERT INTO Nowhere"), failure.getMessage());
        assertEquals(2, number("SELECT MAX(MigrationNumber) FROM Schema_Migration"));
        assertThrows(SQLException.class, () -> number("SELECT COUNT(*) FROM Half"));
    }

    @Test
    void refusesANewerSchemaAndNamesBothVersionsAndTheRemedy() throws Exception {
        both.migrate(connection);

        SQLException refusal = assertThrows(SQLException.class, () -> first.migrate(connection));

        assertEquals(
                "The test database has schema version 2 (0002-more.sql), and this program knows versions up to 1: install"
                        + " the newer program, or restore the backup made before the upgrade",
                refusal.getMessage());
    }

    @Test
    void refusesAMigrationThatWasChangedAfterItWasRun() throws Exception {
        both.migrate(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute("UPDATE Schema_Migration SET Checksum = 'other' WHERE MigrationNumber = 2");
        }
        connection.commit();

        SQLException refusal = assertThrows(SQLException.class, () -> both.migrate(connection));

        assertTrue(refusal.getMessage().contains("0002-more.sql with checksum other"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("install the program"), refusal.getMessage());
    }

    @Test
    void refusesFilesThatAreMissingOrMisnumbered() {
        assertThrows(IllegalArgumentException.class, () -> migrations("0001-nothing.sql"));
        assertThrows(IllegalArgumentException.class, () -> migrations("0002-more.sql"));
    }

    @Test
    void tellsTheSizeOfTheDatabase() throws Exception {
        both.migrate(connection);

        assertTrue(Dialect.of(connection).size(connection) > 0);
    }

    private static Migrations migrations(String... files) {
        return new Migrations("test database", MigrationsTest.class, files);
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }
}
