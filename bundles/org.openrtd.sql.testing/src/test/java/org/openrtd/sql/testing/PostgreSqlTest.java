package org.openrtd.sql.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PostgreSqlTest {

    /** Starts a server, says which, and waits to be killed. */
    static final class Owner {
        public static void main(String[] arguments) throws Exception {
            PostgreSql server = PostgreSql.start();
            System.out.println(server.processId() + " " + server.home());
            Thread.currentThread().join();
        }
    }

    @Test
    void givesEachTestADatabaseOfItsOwn() {
        try (TestDatabase one = TestDatabase.fresh(Product.POSTGRESQL);
                TestDatabase other = TestDatabase.fresh(Product.POSTGRESQL)) {
            assertNotEquals(one.place(), other.place());
            one.execute("CREATE TABLE Entry (ID INTEGER PRIMARY KEY)");
            other.execute("CREATE TABLE Entry (ID INTEGER PRIMARY KEY)");
            assertEquals(0, other.number("SELECT COUNT(*) FROM Entry"));
        }
    }

    @Test
    void forcesCommitsToDiskAsANodesServerMust() {
        try (TestDatabase database = TestDatabase.fresh(Product.POSTGRESQL)) {
            assertEquals(
                    1,
                    database.number("SELECT COUNT(*) WHERE current_setting('fsync') = 'on'"
                            + " AND current_setting('synchronous_commit') = 'on'"));
        }
    }

    @Test
    void comesBackWithWhatWasCommittedWhenItIsCrashed() {
        try (PostgreSql server = PostgreSql.start();
                TestDatabase database = TestDatabase.on(server)) {
            database.execute("CREATE TABLE Entry (ID INTEGER PRIMARY KEY)");
            database.execute("INSERT INTO Entry VALUES (1)");
            long before = server.processId();
            server.crash();
            assertNotEquals(before, server.processId());
            assertEquals(1, database.number("SELECT COUNT(*) FROM Entry"));
        }
    }

    @Test
    void endsAndLeavesNothingWhenTheProcessThatStartedItIsKilled() throws Exception {
        PostgreSql.shared(); // says whether there is a server for this platform
        Process owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String[] said;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8))) {
            said = out.readLine().split(" ", 2);
        }
        ProcessHandle server = ProcessHandle.of(Long.parseLong(said[0])).orElseThrow();
        assertTrue(server.isAlive());
        owner.destroyForcibly();
        server.onExit().get(60, TimeUnit.SECONDS);
        assertFalse(server.isAlive());
        while (Files.exists(Path.of(said[1]))) {
            // The keeper removes it right after the server has ended; this test has its own limit of time.
            Thread.onSpinWait();
        }
    }
}
