package org.openrtd.feed.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Position;
import org.openrtd.feed.StoredFeed;
import org.openrtd.feed.Table;
import org.openrtd.feed.ViewBuilder;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;

@Timeout(30)
class StoredFeedsTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Table TABLE =
            Table.named("Person").key("PersonID", ColumnType.INT).build();

    private final List<Bundle> bundles = new ArrayList<>();
    private final CountDownLatch listened = new CountDownLatch(1);
    private volatile ServiceListener listener;
    private volatile StoredFeed service;
    private final ServiceReference<?> reference = fake(
            ServiceReference.class,
            (self, method, arguments) -> method.getName().equals("getProperty")
                    ? null
                    : method.getName().equals("compareTo") ? 0 : other(self, method.getName(), arguments));

    /** A container with those bundles and, sooner or later, that service. */
    private final BundleContext context =
            fake(BundleContext.class, (self, method, arguments) -> switch (method.getName()) {
                case "getBundles" -> bundles.toArray(Bundle[]::new);
                case "createFilter" -> FrameworkUtil.createFilter((String) arguments[0]);
                case "addServiceListener" -> {
                    listener = (ServiceListener) arguments[0];
                    listened.countDown();
                    yield null;
                }
                case "getServiceReferences" -> service == null ? null : new ServiceReference<?>[] {reference};
                case "getService" -> service;
                case "ungetService" -> true;
                default -> other(self, method.getName(), arguments);
            });

    private static Object other(Object self, String method, Object[] arguments) {
        return switch (method) {
            case "hashCode" -> System.identityHashCode(self);
            case "equals" -> self == arguments[0];
            case "toString" -> "fake";
            default -> null;
        };
    }

    private static <T> T fake(Class<T> type, InvocationHandler answers) {
        return type.cast(
                Proxy.newProxyInstance(StoredFeedsTest.class.getClassLoader(), new Class<?>[] {type}, answers));
    }

    private static Bundle bundle(Map<String, Object> attributes) {
        BundleCapability capability = fake(BundleCapability.class, (self, method, arguments) -> attributes);
        BundleRevision revision = fake(BundleRevision.class, (self, method, arguments) -> List.of(capability));
        return fake(
                Bundle.class,
                (self, method, arguments) -> method.getName().equals("adapt") ? revision : "org.openrtd.updater");
    }

    private void install(String feed) {
        bundles.add(bundle(Map.of("objectClass", List.of("org.openrtd.feed.RoleStatus"))));
        bundles.add(bundle(Map.of("objectClass", List.of(StoredFeed.class.getName()), "feed", feed)));
    }

    private void register(StoredFeed registered) throws InterruptedException {
        listened.await();
        service = registered;
        listener.serviceChanged(new ServiceEvent(ServiceEvent.REGISTERED, reference));
    }

    private static StoredFeed storing(Optional<StoredFeed.Stored> rows) {
        return new StoredFeed() {
            @Override
            public String feed() {
                return "config";
            }

            @Override
            public Optional<Stored> load() {
                return rows;
            }
        };
    }

    private static StoredFeed.Stored rows() {
        return new StoredFeed.Stored(
                "id",
                List.of(),
                new ViewBuilder(new FeedSchema("config", 1, true, List.of(TABLE)))
                        .build(new Position(1, 2), new Cut(0, 0, 0)),
                Duration.ZERO);
    }

    @Test
    void expectsNothingWhereNoBundleDeclaresThatItKeepsTheFeed() {
        install("other");
        try (StoredFeeds stored = new StoredFeeds(context, LONG)) {
            assertNull(stored.read("config"));
        }
    }

    @Test
    void waitsForTheServiceThatABundleDeclares() throws Exception {
        install("config");
        try (StoredFeeds stored = new StoredFeeds(context, LONG)) {
            CompletableFuture<Optional<StoredFeed.Stored>> read = stored.read("config");
            Optional<StoredFeed.Stored> rows = Optional.of(rows());
            register(storing(rows));
            assertEquals(rows, read.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void doesWithoutAServiceThatDoesNotCome() throws Exception {
        install("config");
        try (StoredFeeds stored = new StoredFeeds(context, Duration.ofMillis(50))) {
            assertEquals(Optional.empty(), stored.read("config").get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void doesWithoutRowsThatCannotBeRead() throws Exception {
        install("config");
        try (StoredFeeds stored = new StoredFeeds(context, LONG)) {
            CompletableFuture<Optional<StoredFeed.Stored>> read = stored.read("config");
            register(new StoredFeed() {
                @Override
                public String feed() {
                    return "config";
                }

                @Override
                public Optional<Stored> load() {
                    throw new IllegalStateException("no database");
                }
            });
            assertEquals(Optional.empty(), read.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void waitsNoLongerWhenTheRoleEnds() throws Exception {
        install("config");
        StoredFeeds stored = new StoredFeeds(context, Duration.ofDays(1));
        CompletableFuture<Optional<StoredFeed.Stored>> read = stored.read("config");
        listened.await();
        stored.close();
        assertEquals(Optional.empty(), read.get(20, TimeUnit.SECONDS));
    }
}
