package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.sql.DataSource;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.CentralDatabaseException;
import org.openrtd.centraldb.EventLog;

class CentralDatabaseTest {

    @TempDir
    Path temporary;

    @Test
    void saysWhatToDoWhenThereIsNoDatabase() {
        EmbeddedDataSource database = new EmbeddedDataSource();
        database.setDatabaseName(temporary.resolve("nowhere").toString());

        assertRefused(database, "add ;create=true to the url of the data source");
    }

    @Test
    void saysWhatToDoWhenTheDirectoryHoldsSomethingElse() throws Exception {
        Path directory = Files.createDirectory(temporary.resolve("photographs"));
        Files.writeString(directory.resolve("holiday"), "not a database");

        assertRefused(TestDatabase.onDisk(directory), "move it away, or name another directory");
    }

    @Test
    void refusesASchemaThatIsNewerThanTheProgram() {
        DataSource database = TestDatabase.inMemory();
        new CentralDatabase(database);
        TestDatabase.execute(
                database, "INSERT INTO Schema_Migration VALUES (3, '0003-of-the-future.sql', 'checksum', 0)");

        assertRefused(
                database, "has schema version 3 (0003-of-the-future.sql), and this program knows versions up to 2");
    }

    @Test
    void refusesADatabaseThatDoesNotForceItsLog() {
        DataSource database = TestDatabase.inMemory();
        TestDatabase.execute(
                database, "CALL SYSCS_UTIL.SYSCS_SET_DATABASE_PROPERTY('derby.system.durability', 'test')");

        assertRefused(database, "remove that property");
    }

    @Test
    void tellsOperatorsEachThingWithItsDescription() throws Exception {
        CentralDatabase database = new CentralDatabase(TestDatabase.inMemory());
        SqlEventLog log = new SqlEventLog(database, Duration.ofHours(1), Clock.systemUTC());
        SqlConfigurationStore configuration = new SqlConfigurationStore(
                database, Catalog.feed(Catalog.CONFIG), ConfigurationDefaults.USUAL, Clock.systemUTC());
        log.append(List.of(EventLog.Entry.ofController(new byte[] {1})));
        log.writeCheckpoint(1, new byte[7]);
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("org.openrtd:type=CentralDatabase");

        CentralDatabaseControl control = new CentralDatabaseControl(database, log, configuration);
        assertEquals("at 1, 0.0/s", control.details().get("event log"));
        server.registerMBean(control, name);
        try {
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
                assertNotNull(server.getAttribute(name, attribute.getName()), attribute.getName());
                assertTrue(attribute.getDescription().endsWith("."), attribute.getName());
            }
            assertEquals(1L, server.getAttribute(name, "LogSequence"));
            assertEquals(7L, server.getAttribute(name, "LastCheckpointBytes"));
            assertEquals(configuration.feedId(), server.getAttribute(name, "FeedId"));
            assertTrue((Long) server.getAttribute(name, "DatabaseBytes") > 0);
        } finally {
            server.unregisterMBean(name);
        }
    }

    @Test
    void countsWhatWasAppendedInTheLastTenSeconds() {
        long[] nanos = {0};
        Rate rate = new Rate(() -> nanos[0]);

        rate.add(500);
        assertEquals(0, rate.perSecond(), "the present second is not over");
        nanos[0] = 1_000_000_000L;
        assertEquals(50, rate.perSecond());
        nanos[0] = 10_999_999_999L;
        assertEquals(50, rate.perSecond());
        nanos[0] = 11_000_000_000L;
        assertEquals(0, rate.perSecond());
    }

    private static void assertRefused(DataSource database, String message) {
        CentralDatabaseException refusal =
                assertThrows(CentralDatabaseException.class, () -> new CentralDatabase(database));
        assertTrue(refusal.getMessage().contains("central database"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
    }
}
