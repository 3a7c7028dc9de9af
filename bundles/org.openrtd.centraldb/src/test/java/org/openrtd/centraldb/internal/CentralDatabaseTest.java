package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.sql.DataSource;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.CentralDatabaseException;
import org.openrtd.centraldb.EventLog;
import org.openrtd.feed.RoleStatus;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

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

        assertRefused(
                TestDatabase.onDisk(Product.DERBY, directory).dataSource(), "move it away, or name another directory");
    }

    @Test
    void refusesASchemaThatIsNewerThanTheProgram() {
        DataSource database = TestDatabase.fresh(Product.DERBY).dataSource();
        new CentralDatabase(database);
        long known = TestDatabase.number(database, "SELECT COUNT(*) FROM Schema_Migration");
        TestDatabase.execute(
                database, "INSERT INTO Schema_Migration VALUES (99, '0099-of-the-future.sql', 'checksum', 0)");

        assertRefused(
                database,
                "has schema version " + (known + 1)
                        + " (0099-of-the-future.sql), and this program knows versions up to " + known);
    }

    @Test
    void refusesADatabaseThatDoesNotForceItsLog() {
        DataSource database = TestDatabase.fresh(Product.DERBY).dataSource();
        TestDatabase.execute(
                database, "CALL SYSCS_UTIL.SYSCS_SET_DATABASE_PROPERTY('derby.system.durability', 'test')");

        assertRefused(database, "remove that property");
    }

    @Test
    void tellsOperatorsEachThingWithItsDescription() throws Exception {
        CentralDatabase database =
                new CentralDatabase(TestDatabase.fresh(Product.DERBY).dataSource());
        SqlEventLog log = new SqlEventLog(database, Duration.ofHours(1), Clock.systemUTC());
        SqlConfigurationStore configuration = new SqlConfigurationStore(
                database, Catalog.feed(Catalog.CONFIG), ConfigurationDefaults.USUAL, Clock.systemUTC());
        log.append(List.of(EventLog.Entry.ofController(new byte[] {1})));
        log.writeCheckpoint(1, 0, new byte[7]);
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("org.openrtd:type=CentralDatabase");

        CentralDatabaseControl control = new CentralDatabaseControl(
                database,
                log,
                configuration,
                new CentralDatabaseSettings(container(), config(Map.of())),
                new DatabaseBackup(database, log, configuration));
        assertTrue(
                control.details().get("event log").startsWith("at 1, "),
                control.details().toString());
        assertEquals("empty", control.details().get("change log"));
        server.registerMBean(control, name);
        try {
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
                assertNotNull(server.getAttribute(name, attribute.getName()), attribute.getName());
                assertTrue(attribute.getDescription().endsWith("."), attribute.getName());
            }
            for (MBeanOperationInfo operation : server.getMBeanInfo(name).getOperations()) {
                assertTrue(operation.getDescription().endsWith("."), operation.getName());
            }
            assertEquals("none since the start", server.getAttribute(name, "Backup"));
            assertEquals(1L, server.getAttribute(name, "LogSequence"));
            assertEquals(7L, server.getAttribute(name, "LastCheckpointBytes"));
            assertEquals(configuration.feedId(), server.getAttribute(name, "FeedId"));
            assertTrue((Long) server.getAttribute(name, "DatabaseBytes") > 0);
        } finally {
            server.unregisterMBean(name);
        }
    }

    @Test
    void waitsForSettingsThatMakeSenseAndThenGoesOnWithThem() {
        CentralDatabaseSettings settings = new CentralDatabaseSettings(
                container(),
                config(Map.of("serviceLevelThresholdSeconds", new NumberFormatException("For input string: \"2o\""))));
        String typo = "serviceLevelThresholdSeconds = 2o is not a number that fits: correct it in"
                + " etc/org.openrtd.centraldb.cfg";
        assertEquals("not running: " + typo, settings.summary());
        assertEquals(List.of(RoleStatus.class), services);

        settings.modified(config(Map.of("eventLogRetentionHours", 7)));
        assertEquals(List.of(CentralDatabaseSettings.class), services);

        settings.modified(
                config(Map.of("eventLogRetentionHours", new NumberFormatException("For input string: \"x\""))));
        assertEquals(Duration.ofHours(7), settings.eventLogRetention());
        assertTrue(settings.problem().startsWith("eventLogRetentionHours = x "), settings.problem());

        settings.close();
        assertEquals(List.of(), services);
    }

    /** The classes of the services that are registered now. */
    private final List<Object> services = new ArrayList<>();

    private BundleContext container() {
        ClassLoader loader = getClass().getClassLoader();
        return (BundleContext)
                Proxy.newProxyInstance(loader, new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                    services.add(arguments[0]);
                    return Proxy.newProxyInstance(
                            loader, new Class<?>[] {ServiceRegistration.class}, (registration, called, none) -> {
                                services.remove(arguments[0]);
                                return null;
                            });
                });
    }

    private static CentralDatabaseConfig config(Map<String, Object> values) {
        return (CentralDatabaseConfig) Proxy.newProxyInstance(
                CentralDatabaseConfig.class.getClassLoader(),
                new Class<?>[] {CentralDatabaseConfig.class},
                (proxy, method, arguments) -> {
                    Object value = values.getOrDefault(method.getName(), method.getDefaultValue());
                    if (value instanceof RuntimeException unreadable) {
                        throw unreadable;
                    }
                    return value;
                });
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
