package org.openrtd.derby.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openrtd.derby.GuestSettings;
import org.openrtd.derby.Guests;
import org.osgi.service.jdbc.DataSourceFactory;

/** A real client at a real port. */
class GuestsTest {

    static {
        // A port that is closed may be another's a moment later.
        DriverManager.setLoginTimeout(20);
    }

    @TempDir
    Path home;

    private DerbyEngine engine;
    private DataSource local;
    private Guests guests;

    @BeforeEach
    void open() throws Exception {
        engine = new DerbyEngine(home, 20);
        local = database("jdbc:derby:local;create=true");
        execute(
                local,
                "CREATE TABLE t_Person (PersonID INT NOT NULL PRIMARY KEY, FirstName VARCHAR(32))",
                "CREATE VIEW Person (PersonID, FirstName) AS SELECT PersonID, FirstName FROM t_Person",
                "INSERT INTO t_Person VALUES (1, 'Ann'), (2, 'Bob')");
        guests = engine.open(settings(null));
    }

    @AfterEach
    void close() {
        guests.close();
        engine.shutDown();
    }

    private GuestSettings settings(Path keyStore) {
        return new GuestSettings(
                "127.0.0.1", 0, "local", "report", "a guest's secret", keyStore, "changeit", Duration.ofSeconds(1), 3);
    }

    @Test
    void readsEachTableByItsNames() throws Exception {
        try (Connection guest = guest()) {
            for (String name : List.of("Person", "t_Person", "APP.Person", "APP.t_Person")) {
                assertEquals(List.of("1 Ann", "2 Bob"), query(guest, "SELECT * FROM " + name + " ORDER BY 1"));
            }
            // As tools find out what there is.
            try (ResultSet tables = guest.getMetaData().getTables(null, null, "%", null)) {
                TreeSet<String> names = new TreeSet<>();
                while (tables.next()) {
                    names.add(tables.getString("TABLE_SCHEM") + "." + tables.getString("TABLE_NAME"));
                }
                assertTrue(
                        names.containsAll(List.of("REPORT.PERSON", "REPORT.T_PERSON", "APP.T_PERSON")),
                        names::toString);
            }
        }
        assertEquals(1, guests.letIn());
    }

    @Test
    void readsWhatIsMadeLater() throws Exception {
        execute(
                local,
                "CREATE TABLE t_Agent (ID INT)",
                "DROP VIEW Person",
                "CREATE VIEW Person AS SELECT * FROM t_Person");
        try (Connection guest = guest()) {
            assertEquals(List.of(), query(guest, "SELECT * FROM t_Agent"));
            assertEquals(List.of("2"), query(guest, "SELECT COUNT(*) FROM Person"));
        }
    }

    /** As when it was made anew: what protects it is the database's own. */
    @Test
    void protectsADatabaseThatHasLostItsProtection() throws Exception {
        String property = "'derby.database.readOnlyAccessUsers'";
        execute(local, "CALL SYSCS_UTIL.SYSCS_SET_DATABASE_PROPERTY(" + property + ", null)");
        guest().close();
        try (Connection owner = local.getConnection()) {
            assertEquals(
                    List.of("REPORT"), query(owner, "VALUES SYSCS_UTIL.SYSCS_GET_DATABASE_PROPERTY(" + property + ")"));
        }
    }

    @Test
    void refusesAWrongPasswordAndAnotherUser() {
        assertEquals("08004", state(() -> connect("local", "report", "wrong")));
        assertEquals("08004", state(() -> connect("local", "app", "a guest's secret")));
        assertEquals("08004", state(() -> connect("local", "nobody", "a guest's secret")));
        assertEquals(3, guests.refused());
    }

    @Test
    void cannotWriteInAnyWay() throws Exception {
        List<String> attempts = List.of(
                "INSERT INTO t_Person VALUES (3, 'Eve')",
                "INSERT INTO APP.t_Person VALUES (3, 'Eve')",
                "UPDATE t_Person SET FirstName = 'Eve'",
                "DELETE FROM t_Person",
                "TRUNCATE TABLE APP.t_Person",
                "MERGE INTO APP.t_Person P USING APP.t_Person S ON P.PersonID = S.PersonID WHEN MATCHED THEN DELETE",
                "CREATE TABLE Mine (A INT)",
                "CREATE TABLE APP.Mine (A INT)",
                "CREATE SCHEMA Mine",
                "CREATE SCHEMA Mine AUTHORIZATION report",
                "CREATE VIEW Mine AS SELECT * FROM APP.Person",
                "CREATE INDEX Mine ON APP.t_Person (FirstName)",
                "CREATE SYNONYM Mine FOR APP.Person",
                "CREATE SEQUENCE Mine",
                "CREATE ROLE Mine",
                "CREATE TYPE Mine EXTERNAL NAME 'java.util.ArrayList' LANGUAGE JAVA",
                "CREATE FUNCTION Env(A VARCHAR(32)) RETURNS VARCHAR(99) PARAMETER STYLE JAVA NO SQL LANGUAGE JAVA"
                        + " EXTERNAL NAME 'java.lang.System.getProperty'",
                "CREATE PROCEDURE Quit(A INT) PARAMETER STYLE JAVA LANGUAGE JAVA EXTERNAL NAME 'java.lang.System.exit'",
                "CREATE DERBY AGGREGATE Mine FOR INT EXTERNAL NAME 'java.util.ArrayList'",
                "CREATE TRIGGER Mine AFTER INSERT ON APP.t_Person DELETE FROM APP.t_Person",
                "DECLARE GLOBAL TEMPORARY TABLE SESSION.Mine (A INT) NOT LOGGED",
                "ALTER TABLE APP.t_Person ADD COLUMN Mine INT",
                "RENAME TABLE APP.t_Person TO Mine",
                "DROP TABLE APP.t_Person",
                "DROP VIEW APP.Person",
                "DROP SYNONYM REPORT.Person",
                "DROP SCHEMA report RESTRICT",
                "GRANT INSERT ON APP.t_Person TO report",
                "GRANT SELECT ON APP.t_Person TO PUBLIC",
                "REVOKE SELECT ON APP.t_Person FROM report");
        assertEquals(List.of(), notRefused(attempts));
        // What nobody can do: write through a view, and be what there is not.
        List<String> impossible = List.of(
                "42Y24 INSERT INTO Person VALUES (3, 'Eve')", "42Y07 SET CURRENT SCHEMA Mine", "0P000 SET ROLE Mine");
        assertEquals(
                impossible,
                notRefused(impossible.stream().map(each -> each.substring(6)).toList()));
        assertEquals(List.of("1 Ann", "2 Bob"), query(local, "SELECT * FROM t_Person ORDER BY 1"));
    }

    @Test
    void cannotUseTheSystemsProceduresAndTables() throws Exception {
        String away = home.resolve("stolen").toString();
        List<String> attempts = List.of(
                "CALL SYSCS_UTIL.SYSCS_SET_DATABASE_PROPERTY('derby.database.defaultConnectionMode', 'fullAccess')",
                "VALUES SYSCS_UTIL.SYSCS_GET_DATABASE_PROPERTY('derby.database.readOnlyAccessUsers')",
                "CALL SYSCS_UTIL.SYSCS_CREATE_USER('EVE', 'secret')",
                "CALL SYSCS_UTIL.SYSCS_DROP_USER('APP')",
                "CALL SYSCS_UTIL.SYSCS_RESET_PASSWORD('APP', 'secret')",
                "CALL SYSCS_UTIL.SYSCS_MODIFY_PASSWORD('secret')",
                "CALL SYSCS_UTIL.SYSCS_SET_USER_ACCESS('REPORT', 'FULLACCESS')",
                "VALUES SYSCS_UTIL.SYSCS_GET_USER_ACCESS('APP')",
                "CALL SYSCS_UTIL.SYSCS_BACKUP_DATABASE('" + away + "')",
                "CALL SYSCS_UTIL.SYSCS_BACKUP_DATABASE_NOWAIT('" + away + "')",
                "CALL SYSCS_UTIL.SYSCS_BACKUP_DATABASE_AND_ENABLE_LOG_ARCHIVE_MODE('" + away + "', 1)",
                "CALL SYSCS_UTIL.SYSCS_FREEZE_DATABASE()",
                "CALL SYSCS_UTIL.SYSCS_UNFREEZE_DATABASE()",
                "CALL SYSCS_UTIL.SYSCS_CHECKPOINT_DATABASE()",
                "CALL SYSCS_UTIL.SYSCS_EXPORT_TABLE('APP', 'T_PERSON', '" + away + "', null, null, null)",
                "CALL SYSCS_UTIL.SYSCS_EXPORT_QUERY('SELECT * FROM APP.t_Person', '" + away + "', null, null, null)",
                "CALL SYSCS_UTIL.SYSCS_IMPORT_TABLE('APP', 'T_PERSON', '/etc/passwd', null, null, null, 0)",
                "CALL SYSCS_UTIL.SYSCS_IMPORT_DATA('APP', 'T_PERSON', null, null, '/etc/passwd', null, null, null, 0)",
                "CALL SYSCS_UTIL.SYSCS_COMPRESS_TABLE('APP', 'T_PERSON', 0)",
                "CALL SYSCS_UTIL.SYSCS_INPLACE_COMPRESS_TABLE('APP', 'T_PERSON', 1, 1, 1)",
                "CALL SYSCS_UTIL.SYSCS_UPDATE_STATISTICS('APP', 'T_PERSON', null)",
                "CALL SYSCS_UTIL.SYSCS_DROP_STATISTICS('APP', 'T_PERSON', null)",
                "VALUES SYSCS_UTIL.SYSCS_CHECK_TABLE('APP', 'T_PERSON')",
                "CALL SYSCS_UTIL.SYSCS_EMPTY_STATEMENT_CACHE()",
                "CALL SYSCS_UTIL.SYSCS_INVALIDATE_STORED_STATEMENTS()",
                "CALL SYSCS_UTIL.SYSCS_RELOAD_SECURITY_POLICY()",
                "CALL SYSCS_UTIL.SYSCS_SET_XPLAIN_SCHEMA('MINE')",
                "CALL SYSCS_UTIL.SYSCS_REGISTER_TOOL('databaseMetaData', true)",
                "CALL SYSCS_UTIL.SYSCS_REGISTER_TOOL('foreignViews', true, 'jdbc:derby:central', 'X')",
                "CALL SQLJ.INSTALL_JAR('file:///tmp/x.jar', 'REPORT.X', 0)",
                "CALL SQLJ.REMOVE_JAR('REPORT.X', 0)",
                "SELECT * FROM SYSCS_DIAG.STATEMENT_CACHE",
                "SELECT * FROM SYSCS_DIAG.TRANSACTION_TABLE",
                "SELECT * FROM TABLE (SYSCS_DIAG.ERROR_LOG_READER()) T",
                "SELECT * FROM TABLE (SYSCS_DIAG.STATEMENT_DURATION()) T",
                "SELECT * FROM SYS.SYSUSERS",
                "SELECT PASSWORD FROM SYS.SYSUSERS");
        assertEquals(List.of(), notRefused(attempts));
        assertFalse(Files.exists(home.resolve("stolen")));
    }

    @Test
    void getsNowhereByAttributesOfTheConnection() throws Exception {
        database("jdbc:derby:central;create=true").getConnection().close();
        TreeSet<String> before = files();
        for (String name : List.of(
                "local;create=true",
                "other;create=true",
                "local;shutdown=true",
                ";shutdown=true",
                "local;upgrade=true",
                "local;bootPassword=secretsecret",
                "local;dataEncryption=true;bootPassword=secretsecret",
                "local;newBootPassword=secretsecret",
                "local;decryptDatabase=true",
                "local;drop=true",
                "memory:mine;create=true",
                "other;createFrom=" + home.resolve("local"),
                "local;restoreFrom=" + home.resolve("local"),
                "local;rollForwardRecoveryFrom=" + home.resolve("local"),
                "local;logDevice=" + home.resolve("log"),
                "local;slaveHost=localhost;startMaster=true",
                "local;startSlave=true",
                "local;failover=true",
                "local;territory=de_DE",
                "local;deregister=false",
                "central",
                "./local",
                "../" + home.getFileName() + "/central",
                home.resolve("central").toString(),
                "classpath:x",
                "jar:(x.jar)y")) {
            assertNotNull(state(() -> connect(name, "report", "a guest's secret")), name);
        }
        assertEquals(before, files());
        try (Connection guest = guest()) {
            assertEquals(List.of("2"), query(guest, "SELECT COUNT(*) FROM Person"));
        }
        assertEquals(List.of("2"), query(local, "SELECT COUNT(*) FROM Person"));
    }

    /** traceDirectory and its like are the client's own: it writes where it runs, and the server writes nothing. */
    @Test
    void writesNoTraceAtTheServer() throws Exception {
        Path traces = Files.createDirectory(home.resolve("traces"));
        TreeSet<String> before = files();
        assertNotNull(state(() -> connect("local;traceDirectory=" + traces, "report", "a guest's secret")));
        TreeSet<String> after = files();
        after.removeIf(name -> name.startsWith("traces/_driver"));
        assertEquals(before, after);
    }

    /** What Derby's own server takes from every process of its host: commands that trace, that bound it, that end it. */
    @Test
    void takesNoCommandsOfTheNetworkServer() throws Exception {
        for (String command : List.of("CMD:", "GET / HTTP/1.0\r\n\r\n", "\u0000\u0000\u0000\u0000\u0000\u0000")) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), guests.port())) {
                OutputStream out = socket.getOutputStream();
                out.write(command.getBytes(StandardCharsets.ISO_8859_1));
                // Protocol version, locale, codeset and "trace on", as NetworkServerControl sends them.
                out.write(new byte[] {0, 2, 0, 0, 0, 2, 1, 0, 0, 0, 0});
                out.flush();
                InputStream in = socket.getInputStream();
                assertEquals(-1, end(in), command);
            }
        }
        assertTrue(guests.refused() >= 3);
        try (Connection guest = guest()) {
            assertEquals(List.of("2"), query(guest, "SELECT COUNT(*) FROM Person"));
        }
    }

    private static int end(InputStream in) {
        try {
            return in.read();
        } catch (java.io.IOException reset) {
            return -1;
        }
    }

    @Test
    void letsInAsManyAsItMay() throws Exception {
        try (Connection first = guest();
                Connection second = guest();
                Connection third = guest()) {
            assertEquals(3, guests.connected());
            assertNotNull(state(this::guest));
            assertEquals(List.of("2"), query(first, "SELECT COUNT(*) FROM Person"));
            third.close();
            await(() -> guests.connected() == 2);
            try (Connection next = guest()) {
                assertEquals(List.of("2"), query(next, "SELECT COUNT(*) FROM Person"));
            }
            assertFalse(second.isClosed());
        }
        await(() -> guests.connected() == 0);
    }

    @Test
    void disconnectsAReaderThatKeepsAWriterWaiting() throws Exception {
        for (int isolation : new int[] {Connection.TRANSACTION_SERIALIZABLE, Connection.TRANSACTION_REPEATABLE_READ}) {
            long before = guests.disconnected();
            try (Connection idle = guest();
                    Connection holding = guest()) {
                assertEquals(List.of("2"), query(idle, "SELECT COUNT(*) FROM Person"));
                holding.setAutoCommit(false);
                holding.setTransactionIsolation(isolation);
                query(holding, "SELECT * FROM Person");
                // It would wait for 20 s and fail.
                execute(local, "UPDATE t_Person SET FirstName = 'Eve' WHERE PersonID = 1");
                assertEquals(before + 1, guests.disconnected());
                assertThrows(SQLException.class, () -> query(holding, "SELECT * FROM Person"));
                assertEquals(List.of("2"), query(idle, "SELECT COUNT(*) FROM Person"));
                rollBack(holding);
            }
        }
    }

    /** Locks are all that SELECT alone gives a guest beyond reading; they last as long as no writer wants them. */
    @Test
    void disconnectsOneThatLocksATableOrRowsOutright() throws Exception {
        for (String lock :
                List.of("LOCK TABLE APP.t_Person IN EXCLUSIVE MODE", "SELECT * FROM APP.t_Person FOR UPDATE")) {
            long before = guests.disconnected();
            try (Connection holding = guest();
                    Statement statement =
                            holding.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE)) {
                holding.setAutoCommit(false);
                if (statement.execute(lock)) {
                    ResultSet rows = statement.getResultSet();
                    assertTrue(rows.next());
                    assertThrows(SQLException.class, () -> {
                        rows.updateString(2, "Eve");
                        rows.updateRow();
                    });
                }
                execute(local, "UPDATE t_Person SET FirstName = 'Abe' WHERE PersonID = 1");
                // Whoever locks the table outright stands in a writer's way; a row that may only be read does not have
                // to.
                long ended = guests.disconnected() - before;
                assertTrue(lock.startsWith("LOCK") ? ended == 1 : ended <= 1, lock + " ended " + ended);
                rollBack(holding);
            }
        }
        assertEquals(List.of("1 Abe", "2 Bob"), query(local, "SELECT * FROM t_Person ORDER BY 1"));
    }

    @Test
    void disconnectsALockingReaderThatIsAtWork() throws Exception {
        execute(local, "CREATE TABLE t_Number (N INT NOT NULL PRIMARY KEY)");
        StringBuilder values = new StringBuilder("INSERT INTO t_Number VALUES (0)");
        for (int i = 1; i < 500; i++) {
            values.append(", (").append(i).append(')');
        }
        execute(local, values.toString());
        Connection guest = guest();
        guest.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        CompletableFuture<List<String>> reading = CompletableFuture.supplyAsync(() -> {
            try {
                // Far more than the time of this test.
                return query(
                        guest,
                        "SELECT COUNT(*) FROM t_Number A, t_Number B, t_Number C, t_Number D WHERE A.N + B.N + C.N + D.N < 0");
            } catch (SQLException e) {
                return null;
            }
        });
        await(() -> number("SELECT COUNT(*) FROM SYSCS_DIAG.LOCK_TABLE WHERE TABLENAME = 'T_NUMBER'") > 0);
        execute(local, "UPDATE t_Number SET N = -1 WHERE N = 0");
        assertEquals(1, guests.disconnected());
        assertEquals(null, reading.get(60, TimeUnit.SECONDS));
        await(() -> guests.connected() == 0);
    }

    @Test
    void letsAnOrdinaryReaderBeForAsLongAsItTakes() throws Exception {
        try (Connection guest = guest();
                Statement statement = guest.createStatement()) {
            guest.setAutoCommit(false);
            ResultSet rows = statement.executeQuery("SELECT * FROM Person");
            assertTrue(rows.next());
            for (int i = 0; i < 20; i++) {
                execute(local, "UPDATE t_Person SET FirstName = 'Eve" + i + "'");
            }
            assertTrue(rows.next());
            assertEquals(0, guests.disconnected());
            guest.rollback();
        }
    }

    @Test
    void speaksTls() throws Exception {
        guests.close();
        Path keyStore = home.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "RSA",
                        "-alias",
                        "a",
                        "-dname",
                        "CN=localhost",
                        "-keystore",
                        keyStore.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        keytool.getInputStream().readAllBytes();
        assertEquals(0, keytool.waitFor());
        guests = engine.open(settings(keyStore));
        assertNotNull(state(this::guest), "not without TLS");
        try (Connection guest = connect("local;ssl=basic", "report", "a guest's secret")) {
            assertEquals(List.of("2"), query(guest, "SELECT COUNT(*) FROM Person"));
        }
    }

    @Test
    void refusesSettingsThatLetInTooMuch() {
        guests.close();
        for (GuestSettings wrong : List.of(
                new GuestSettings("0.0.0.0", 0, "local", "report", "x", null, "", Duration.ofSeconds(5), 5),
                new GuestSettings("127.0.0.1", 0, "local", "report", "", null, "", Duration.ofSeconds(5), 5),
                new GuestSettings("127.0.0.1", 0, "local", "app", "x", null, "", Duration.ofSeconds(5), 5),
                new GuestSettings("127.0.0.1", 0, "local", "a b", "x", null, "", Duration.ofSeconds(5), 5),
                new GuestSettings("127.0.0.1", 0, "local", "report", "x", null, "", Duration.ofSeconds(0), 5),
                new GuestSettings("127.0.0.1", 0, "local", "report", "x", null, "", Duration.ofSeconds(5), 0))) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> engine.open(wrong), wrong.toString());
            assertFalse(refused.getMessage().contains("secret"));
        }
        assertFalse(settings(null).toString().contains("secret"));
    }

    @Test
    void letsNobodyInAnyMoreWhenItIsClosed() throws Exception {
        Connection guest = guest();
        guests.close();
        assertThrows(SQLException.class, () -> query(guest, "SELECT * FROM Person"));
        assertNotNull(state(this::guest));
        assertEquals(List.of("2"), query(local, "SELECT COUNT(*) FROM Person"));
    }

    /** As a client does that may have been disconnected. */
    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException gone) {
            // Then there is nothing to roll back.
        }
    }

    /** Those that go, and those that fail otherwise than by a lack of rights, such as by a typing error of this test. */
    private List<String> notRefused(List<String> attempts) throws SQLException {
        List<String> others = new ArrayList<>();
        for (String attempt : attempts) {
            String state = "goes";
            try (Connection guest = guest();
                    Statement statement = guest.createStatement()) {
                statement.execute(attempt);
            } catch (SQLException e) {
                state = String.valueOf(e.getSQLState());
            }
            // No right to it: 42500 to 4251D. A read-only connection: 25502, 25503, 25505.
            if (!state.matches("425[01].|2550[235]")) {
                others.add(state + " " + attempt);
            }
        }
        return others;
    }

    private Connection guest() throws SQLException {
        return connect("local", "report", "a guest's secret");
    }

    private Connection connect(String name, String user, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        return DriverManager.getConnection("jdbc:derby://127.0.0.1:" + guests.port() + "/" + name, properties);
    }

    private interface Attempt {
        Connection run() throws SQLException;
    }

    /** The SQL state of its failure, or {@code null} when it does not fail. */
    private static String state(Attempt attempt) {
        try (Connection connection = attempt.run()) {
            return null;
        } catch (SQLException e) {
            return String.valueOf(e.getSQLState());
        }
    }

    private DataSource database(String url) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty(DataSourceFactory.JDBC_URL, url);
        return engine.createDataSource(properties);
    }

    private static void execute(DataSource database, String... statements) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> query(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return query(connection, sql);
        }
    }

    private int number(String sql) {
        try {
            return Integer.parseInt(query(local, sql).get(0));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.append(i > 1 ? " " : "").append(result.getString(i));
                }
                rows.add(row.toString());
            }
            return rows;
        }
    }

    /** Beside those that the databases themselves change. */
    private TreeSet<String> files() throws Exception {
        try (Stream<Path> all = Files.walk(home)) {
            TreeSet<String> names = new TreeSet<>();
            all.map(path -> home.relativize(path).toString().replace('\\', '/'))
                    .filter(name -> !name.matches("(local|central)/.+"))
                    .forEach(names::add);
            return names;
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < until, "nothing came of it within a minute");
            Thread.sleep(5);
        }
    }
}
