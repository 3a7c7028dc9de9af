package org.openrtd.clientfeed.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.jms.NodeIdentity;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

class FollowUrlsTest {

    /** The services that are registered now. */
    private final List<Object> services = new ArrayList<>();

    private ClientFeed feed;

    @AfterEach
    void close() {
        feed.close();
    }

    @Test
    void followsNobodyWhereNobodyIsNamed() {
        start(config(""));

        assertEquals(0, replicas());
        assertTrue(summary().endsWith("followUrls is not set"), this::summary);
    }

    @Test
    void saysWhatIsWrongWithFollowUrlsThatMakeNoSense() {
        start(config("tpc//nonsense"));

        assertEquals(0, replicas());
        assertTrue(summary().contains("(followUrls in etc/org.openrtd.clientfeed.cfg)"), this::summary);
    }

    @Test
    void keepsItsFollowersWhenNewFollowUrlsMakeNoSense() {
        start(config("local"));
        Object before = services.get(0);

        feed.modified(config("tpc//nonsense"));

        assertEquals(before, services.get(0));
        assertEquals(3, replicas());
        assertTrue(summary().contains("(followUrls in etc/org.openrtd.clientfeed.cfg)"), this::summary);

        feed.modified(config("local"));

        assertTrue(summary().endsWith("no feed of followUrls is there"), this::summary);
    }

    @Test
    void followsNobodyAnyMoreWhenFollowUrlsIsEmptied() {
        start(config("local"));

        feed.modified(config(""));

        assertEquals(0, replicas());
    }

    private void start(ClientFeedConfig config) {
        feed = new ClientFeed(container(), new NodeIdentity("north-1", "north"), config);
    }

    private long replicas() {
        return services.stream().filter(Replica.class::isInstance).count();
    }

    private String summary() {
        return services.stream()
                .filter(RoleStatus.class::isInstance)
                .map(RoleStatus.class::cast)
                .findFirst()
                .orElseThrow()
                .summary();
    }

    private static ClientFeedConfig config(String followUrls) {
        return (ClientFeedConfig) Proxy.newProxyInstance(
                FollowUrlsTest.class.getClassLoader(),
                new Class<?>[] {ClientFeedConfig.class},
                (proxy, method, arguments) ->
                        method.getName().equals("followUrls") ? new String[] {followUrls} : method.getDefaultValue());
    }

    private BundleContext container() {
        ClassLoader loader = getClass().getClassLoader();
        return (BundleContext)
                Proxy.newProxyInstance(loader, new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("registerService")) {
                        return null;
                    }
                    Object service = arguments[1];
                    services.add(service);
                    return Proxy.newProxyInstance(
                            loader, new Class<?>[] {ServiceRegistration.class}, (registration, called, given) -> {
                                if (called.getName().equals("unregister")) {
                                    services.remove(service);
                                }
                                return null;
                            });
                });
    }
}
