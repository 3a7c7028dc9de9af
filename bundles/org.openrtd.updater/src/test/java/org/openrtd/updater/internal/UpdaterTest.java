package org.openrtd.updater.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.Change;
import org.openrtd.feed.Follower;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.jms.NodeIdentity;
import org.openrtd.localdb.internal.SqlLocalDatabase;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** The role with its own thread, outside a container. */
class UpdaterTest {

    private final Centre centre = new Centre(System::currentTimeMillis);
    private final Follower follower = new Follower(
            FollowerSettings.of("config", List.of("central")),
            System::currentTimeMillis,
            new SplittableRandom(2),
            (index, heard) -> centre.connect(heard));

    /** As Derby does with whoever is at work in a database that is shut down. */
    @Test
    void goesOnWhenItsThreadIsInterrupted() throws Exception {
        try (TestDatabase place = TestDatabase.fresh(Product.DERBY)) {
            SqlLocalDatabase database = new SqlLocalDatabase(place.dataSource(), List.of(Centre.SCHEMA));
            Updater updater = new Updater(
                    proxy(
                            BundleContext.class,
                            (self, method, arguments) -> method.getName().equals("registerService")
                                    ? proxy(ServiceRegistration.class, (registration, call, with) -> null)
                                    : null),
                    new NodeIdentity("north-1", "north"),
                    database,
                    proxy(UpdaterConfig.class, (self, method, arguments) -> method.getDefaultValue()));
            try {
                updater.replica(follower.replica());
                centre.commit(Change.put(Centre.PERSON.row(1, "anna", 0.5, 1L, null)));
                await(() -> updater.getRecoveryKey() == 1);
                Thread thread = Thread.getAllStackTraces().keySet().stream()
                        .filter(each -> each.getName().equals("openrtd-updater"))
                        .findFirst()
                        .orElseThrow();
                thread.interrupt();
                // Until it has heard of it.
                await(() -> !thread.isInterrupted());
                centre.commit(Change.put(Centre.PERSON.row(2, "bert", 0.5, 1L, null)));
                await(() -> updater.getRecoveryKey() == 2);
            } finally {
                updater.close();
                follower.close();
            }
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(UpdaterTest.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < until, "nothing came of it within 60 s");
            centre.origin.time();
            follower.time();
            centre.deliver();
            Thread.sleep(5);
        }
    }
}
