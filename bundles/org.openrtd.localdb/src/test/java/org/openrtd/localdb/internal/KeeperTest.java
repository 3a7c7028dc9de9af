package org.openrtd.localdb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.FeedCopy;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Position;
import org.openrtd.feed.Table;
import org.openrtd.feed.Verification;
import org.openrtd.localdb.LocalDatabase;
import org.openrtd.sql.testing.TestDatabase;

class KeeperTest {

    private static final Table PERIPHERAL =
            Catalog.table("Peripheral_Real_Time").table();

    private static final String DURABILITY = "derby.system.durability";

    @TempDir
    Path directory;

    private final TestFeed calls = new TestFeed(Catalog.feed("calls"));
    private final List<FeedCopy> offered = new ArrayList<>();
    private Path files;
    private DataSource source;
    private Faults faults;
    private boolean faulty;
    private boolean failsWhenAside;
    private Keeper keeper;

    /** No power fails here, so nothing is forced to disk: it takes most of the time. */
    @BeforeAll
    static void forceNothing() {
        System.setProperty(DURABILITY, "test");
    }

    @AfterAll
    static void forceAsUsual() {
        System.clearProperty(DURABILITY);
    }

    private void begin() {
        files = directory.resolve("local");
        source = TestDatabase.at("derby:" + files);
        faults = new Faults(source);
        keeper = new Keeper(
                faulty ? faults : source,
                new Keeper.Node() {
                    @Override
                    public Runnable offer(LocalDatabase database, List<FeedCopy> copies) {
                        synchronized (offered) {
                            offered.addAll(copies);
                        }
                        return offered::clear;
                    }

                    @Override
                    public void shutDown(String url) throws SQLException {
                        if (failsWhenAside) {
                            faults.left = 0;
                        }
                        KeeperTest.this.shutDown();
                    }
                },
                MonotonicClock.SYSTEM,
                new WriterSettings(Duration.ofMillis(1), Duration.ofSeconds(300), Duration.ofSeconds(15)),
                Duration.ofMillis(50));
        keeper.add(calls, 0);
        keeper.start();
    }

    private void end() {
        if (keeper == null) {
            return;
        }
        keeper.close();
        try {
            shutDown();
        } catch (SQLException e) {
            // So it says that it has ended.
        }
    }

    private void shutDown() throws SQLException {
        EmbeddedDataSource ending = new EmbeddedDataSource();
        ending.setDatabaseName(files.toString());
        ending.setShutdownDatabase("shutdown");
        ending.getConnection().close();
    }

    @AfterEach
    void close() {
        end();
    }

    @Test
    void writesTheRowsOfTheNodesReplicas() throws Exception {
        begin();
        put(1);
        await(() -> peripherals().equals(List.of("1")));
        assertEquals(new Verification(new Position(300, 1), 1, List.of()), verify("calls"));
        assertEquals("no role of this node holds this feed", why("agents"));
        assertTrue(keeper.summary().startsWith("open, jdbc:derby:"), keeper.summary());
    }

    @Test
    void comparesWhileTheFeedGoesOn() throws Exception {
        begin();
        put(1);
        await(() -> peripherals().equals(List.of("1")));
        Thread feeding = new Thread(() -> {
            for (int i = 2; i < 300; i++) {
                put(i);
            }
        });
        feeding.start();
        assertEquals(List.of(), verify("calls").differences());
        feeding.join();
        await(() -> peripherals().size() == 299);
        assertEquals(299, verify("calls").rows());
    }

    @Test
    void findsWhatWasChangedBehindItsBack() throws Exception {
        begin();
        put(1);
        put(2);
        put(3);
        await(() -> peripherals().size() == 3);
        execute("UPDATE t_Peripheral_Real_Time SET GatewayState = 'lost' WHERE PeripheralID = 1");
        execute("DELETE FROM t_Peripheral_Real_Time WHERE PeripheralID = 2");
        execute("INSERT INTO t_Peripheral_Real_Time (PeripheralID) VALUES (4)");
        assertEquals(
                List.of(
                        "Peripheral_Real_Time[1] has GatewayState lost instead of up",
                        "Peripheral_Real_Time[2] is not in the local database",
                        "Peripheral_Real_Time[4] is only in the local database"),
                verify("calls").differences().stream().sorted().toList());
    }

    @Test
    void comesBackWhenItsDirectoryWasRemoved() throws Exception {
        begin();
        put(1);
        await(() -> peripherals().equals(List.of("1")));
        end();
        delete(files);
        begin();
        await(() -> peripherals().equals(List.of("1")));
        assertEquals(0, keeper.getMadeAnew(), "nothing was damaged");
    }

    @Test
    void comesBackWhicheverFileWasRemoved() throws Exception {
        begin();
        put(1);
        await(() -> peripherals().equals(List.of("1")));
        end();
        List<Path> all;
        try (Stream<Path> found = Files.walk(files)) {
            all = found.filter(Files::isRegularFile)
                    .map(files::relativize)
                    .sorted()
                    .toList();
        }
        // Derby makes hundreds; some of each kind, and always the same ones.
        List<Path> some = all.stream()
                .filter(file -> !file.startsWith("seg0") || all.indexOf(file) % 41 == 0)
                .toList();
        for (Path file : some) {
            Files.deleteIfExists(files.resolve(file));
            begin();
            // What is read at first may still be what was there.
            await(() -> isEqual("calls"));
            assertEquals(List.of("1"), peripherals(), file.toString());
            end();
        }
    }

    @Test
    void comesBackWhenItsDirectoryIsRemovedUnderIt() throws Exception {
        begin();
        put(1);
        await(() -> peripherals().equals(List.of("1")));
        delete(files);
        put(2);
        await(() -> keeper.getMadeAnew() == 1);
        await(() -> peripherals().equals(List.of("1", "2")));
        await(() -> keeper.summary().startsWith("open"));
        assertTrue(Files.exists(files.resolve("service.properties")));
    }

    @Test
    void makesItsTablesWhenADatabaseWithoutThemTookItsPlace() throws Exception {
        begin();
        put(1);
        await(() -> peripherals().equals(List.of("1")));
        // As when a writer connects before anybody has noticed that the files are gone.
        assertThrows(SQLException.class, this::shutDown);
        delete(files);
        try {
            source.getConnection().close();
        } catch (SQLException e) {
            // The keeper was quicker, and is shutting down what this has begun to make: it comes to the same.
        }
        put(2);
        await(() -> peripherals().equals(List.of("1", "2")));
        await(() -> keeper.summary().startsWith("open"));
    }

    @Test
    void makesATableAnewThatWasDropped() throws Exception {
        begin();
        put(1);
        await(() -> peripherals().equals(List.of("1")));
        TestDatabase.execute(source, "DROP VIEW Peripheral_Real_Time");
        TestDatabase.execute(source, "DROP TABLE t_Peripheral_Real_Time");
        // Without another row: nothing but the look itself finds it.
        await(() -> peripherals().equals(List.of("1")));
        await(() -> isEqual("calls"));
        assertEquals(0, keeper.getMadeAnew(), "no files were damaged");
    }

    @Test
    void goesOnMakingItAnewWhenThatFailsAtFirst() throws Exception {
        faulty = true;
        failsWhenAside = true;
        begin();
        put(1);
        await(() -> peripherals().equals(List.of("1")));
        delete(files);
        await(() -> keeper.summary().contains("the database is gone"));
        // A later look, which says it otherwise: it is still the same time.
        faults.state = "08001";
        faults.said = "still gone";
        await(() -> keeper.summary().contains("still gone"));
        assertEquals(1, keeper.getMadeAnew());
        failsWhenAside = false;
        faults.left = -1;
        await(() -> peripherals().equals(List.of("1")));
        await(() -> keeper.summary().startsWith("open"));
        assertEquals(1, keeper.getMadeAnew());
    }

    @Test
    void keepsItsFilesWhenTheDiskIsFull() throws Exception {
        faulty = true;
        begin();
        put(1);
        await(() -> peripherals().equals(List.of("1")));
        faults.state = "XSDG1";
        faults.left = 0;
        await(() -> keeper.summary().contains("the database is gone"));
        assertEquals(List.of("1"), peripherals());
        faults.left = -1;
        await(() -> keeper.summary().startsWith("open"));
        assertEquals(0, keeper.getMadeAnew());
        assertFalse(Files.exists(directory.resolve("local.damaged")));
    }

    @Test
    void saysWhenItWasMadeAnewTooOften() throws Exception {
        begin();
        put(1);
        for (int i = 1; i <= 3; i++) {
            int times = i;
            await(() -> peripherals().equals(List.of("1")) && keeper.summary().startsWith("open"));
            spoil();
            await(() -> keeper.getMadeAnew() == times);
        }
        await(() -> peripherals().equals(List.of("1")) && keeper.summary().startsWith("open"));
        spoil();
        await(() -> keeper.summary().contains("although it was made anew 3 times within an hour"));
        assertEquals(3, keeper.getMadeAnew());
        assertTrue(Files.exists(files), "it is left as it is");
    }

    /** As Derby does with whoever is at work in a database that is shut down, the keeper's own thread among them. */
    @Test
    void goesOnWhenItsThreadsAreInterrupted() throws Exception {
        begin();
        put(1);
        await(() -> peripherals().equals(List.of("1")) && keeper.summary().startsWith("open"));
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("openrtd-localdb")) {
                thread.interrupt();
                // Until it has heard of it.
                await(() -> !thread.isInterrupted());
            }
        }
        put(2);
        await(() -> peripherals().equals(List.of("1", "2")));
        spoil();
        await(() -> keeper.getMadeAnew() == 1);
        await(() -> peripherals().equals(List.of("1", "2")));
    }

    /** Its main file alone: nobody can open it, and nobody makes it anew by opening it. */
    private void spoil() throws Exception {
        assertThrows(SQLException.class, this::shutDown);
        Files.deleteIfExists(files.resolve("service.properties"));
    }

    @Test
    void goesOnAfterAnError() throws Exception {
        faulty = true;
        begin();
        put(1);
        await(() -> peripherals().equals(List.of("1")));
        faults.error = new OutOfMemoryError("as if");
        faults.left = 0;
        put(2);
        await(() -> keeper.summary().contains("cannot look after the local database: java.lang.OutOfMemoryError"));
        await(() ->
                keeper.getFeeds().stream().anyMatch(feed -> feed.getFailure().contains("OutOfMemoryError")));
        faults.left = -1;
        await(() -> peripherals().equals(List.of("1", "2")));
        await(() -> keeper.summary().startsWith("open"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"XSDG0", "XSDG2", "XSDB4", "XSLA3", "XSLA7", "XSLAB", "XSLAD", "XBM0A", "40XD2", "XSDFI"})
    void knowsDamage(String state) {
        assertTrue(DerbyFiles.isDamage(new SQLException("x", state)));
        assertTrue(DerbyFiles.isDamage(wrapped("XJ040", new SQLException("x", state))));
        assertFalse(
                DerbyFiles.isDamage(wrapped(state, new SQLException("x", "XSLA4"))), "what it comes from counts more");
        assertFalse(DerbyFiles.isDamage(
                wrapped(state, new SQLException("java.io.IOException: No space left on device", "XJ001"))));
        assertFalse(DerbyFiles.isDamage(wrapped(state, new java.io.IOException("File too large"))));
        assertFalse(DerbyFiles.isDamage(wrapped(state, new OutOfMemoryError())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "XSLA4", "XSLA0", "XSLA1", "XSDG1", "XSDF1", "XSDBC", "XSLA2", "XSLAA", "XSLAJ", "XSLAK", "XSLAC",
                "XSLAP", "XSLAE", "XSLAF", "XSLAH", "XBM0B", "XBM0C", "XBM06", "XBM07", "XSDB6", "XSLAN", "XJ040",
                "XJ001", "42X05", "08006", "40XL1"
            })
    void takesNothingElseForDamage(String state) {
        assertFalse(DerbyFiles.isDamage(new SQLException("x", state)));
        assertFalse(DerbyFiles.isDamage(wrapped("XJ040", new SQLException("x", state))));
    }

    private static SQLException wrapped(String state, Throwable cause) {
        return new SQLException("x", state, cause);
    }

    @Test
    void leavesADatabaseAloneThatIsANewerPrograms() throws Exception {
        begin();
        put(1);
        await(() -> peripherals().equals(List.of("1")));
        execute("UPDATE Local_Database SET CatalogVersion = 4711");
        end();
        begin();
        await(() -> keeper.summary().contains("catalog version 4711"));
        assertTrue(keeper.summary().contains("install the newer program"), keeper.summary());
        assertTrue(Files.exists(files));
        assertFalse(Files.exists(directory.resolve("local.damaged")));
    }

    private void put(int peripheral) {
        Object[] values = new Object[PERIPHERAL.columns().size()];
        values[0] = peripheral;
        values[PERIPHERAL.column("GatewayState")] = "up";
        calls.put(PERIPHERAL.row(values));
    }

    private void execute(String sql) throws SQLException {
        try (var connection = source.getConnection();
                var statement = connection.createStatement()) {
            assertEquals(1, statement.executeUpdate(sql), sql);
        }
    }

    private List<String> peripherals() {
        try {
            return Sql.query(source, "SELECT PeripheralID FROM Peripheral_Real_Time ORDER BY PeripheralID");
        } catch (IllegalStateException notYet) {
            return List.of();
        }
    }

    private Verification verify(String feed) throws Exception {
        return copy(feed).verify().get(60, TimeUnit.SECONDS);
    }

    private boolean isEqual(String feed) {
        synchronized (offered) {
            return offered.stream().filter(copy -> copy.feed().equals(feed)).anyMatch(copy -> copy.verify()
                    .handle((found, failure) -> failure == null && found.equal())
                    .join());
        }
    }

    private String why(String feed) {
        return assertThrows(CompletionException.class, () -> copy(feed).verify().join())
                .getCause()
                .getMessage();
    }

    private FeedCopy copy(String feed) throws InterruptedException {
        await(() -> !offered.isEmpty());
        synchronized (offered) {
            return offered.stream()
                    .filter(copy -> copy.feed().equals(feed))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** All at once, so that nothing is deleted of what takes its place meanwhile. */
    private static void delete(Path directory) throws Exception {
        Path going = directory.resolveSibling(directory.getFileName() + ".going");
        Files.move(directory, going);
        List<Path> all;
        try (Stream<Path> found = Files.walk(going)) {
            all = found.sorted(java.util.Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }

    private static void await(BooleanSupplier condition) {
        long until = System.nanoTime() + 90_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < until, "nothing came of it within 90 s");
            try {
                Thread.sleep(5);
            } catch (InterruptedException derbyEndsADatabase) {
                // Whoever is at work in it is interrupted, and that may be this test.
            }
        }
    }
}
